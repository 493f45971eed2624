"""What the colours of cells stand for, and the looks of cells without a number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.theme import palette
from explorer.theme.scaling import scaled_size, unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme

HEIGHT, RAMP, SWATCH, GAP = 32, 110, 15, 7
MIDDLE_SHARE = 0.25  # whose root is a half
MIDDLE = palette.RAMP + palette.LEVELS // 2
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellLegend(QWidget):
    """A scale with its ends, then marks for what is not known; what has no room is left out.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = palette.colour_table(theme)
        self._limit, self._is_share, self._of_gradient = 1.0, False, False
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")

    def minimumSizeHint(self) -> QSize:
        return scaled_size(QSize(RAMP + 120, HEIGHT), self._theme)

    def show_scale(self, limit: float, is_share: bool, of_gradient: bool) -> None:
        """Show the scale that ends at a number.

        Parameters
        ----------
        limit : float
        is_share : bool
            It goes by square roots, from 0 to 1.
        of_gradient : bool
            Cells may wait for a gradient.
        """
        if (limit, is_share, of_gradient) == (self._limit, self._is_share, self._of_gradient):
            return
        self._limit, self._is_share, self._of_gradient = limit, is_share, of_gradient
        self.setAccessibleDescription(f"from {self.ends[0]} to {self.ends[-1]}")
        self.update()

    @property
    def ends(self) -> tuple[str, ...]:
        """What is written at the ends of the scale, and between them if it is not symmetric."""
        if self._is_share:
            return "0", numbers.short(MIDDLE_SHARE), "1"
        end = numbers.short(self._limit, 2)
        return f"{numbers.MINUS}{end}", f"+{end}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.scale(self._theme.scale, self._theme.scale)
        low, *between, high = self.ends
        first = MIDDLE if self._is_share else palette.RAMP
        levels = np.ascontiguousarray(self._table[first : palette.PARTIAL_RAMP])
        image = QImage(levels.data, len(levels), 1, QImage.Format.Format_RGB32)
        room = unscaled_size(self, self._theme).width()
        left = self._text(painter, 0.0, low, mono(SMALL), self._theme.text) + GAP
        ends = [*between, high]
        part = image.width() / len(ends)
        for i, text in enumerate(ends):
            ramp = QRectF(left, (HEIGHT - SWATCH) / 2, RAMP / len(ends), SWATCH)
            painter.drawImage(ramp, image, QRectF(i * part, 0, part, 1))
            left = self._text(painter, ramp.right() + GAP, text, mono(SMALL), self._theme.text)
            left += GAP if i + 1 < len(ends) else 0
        marks = [("not computed yet", self._paint_empty), ("comes later", self._paint_hatched)]
        if self._of_gradient:
            marks.insert(1, ("not reached yet", self._paint_pending))
        for text, paint in marks:
            needed = 3 * GAP + SWATCH + QFontMetricsF(sans(SMALL)).horizontalAdvance(text)
            if left + needed > room:
                break
            swatch = QRectF(left + 2 * GAP, ramp.top(), SWATCH, SWATCH)
            paint(painter, swatch)
            left = self._text(painter, swatch.right() + GAP, text, sans(SMALL), self._theme.muted)

    def _paint_empty(self, painter: QPainter, swatch: QRectF) -> None:
        self._paint_frame(painter, swatch)
        painter.fillRect(swatch.adjusted(4, 4, -4, -4), QColor(self._theme.unborn))

    def _paint_pending(self, painter: QPainter, swatch: QRectF) -> None:
        self._paint_frame(painter, swatch)
        painter.fillRect(swatch.adjusted(3, 3, -3, -3), QColor(self._theme.pending))

    def _paint_hatched(self, painter: QPainter, swatch: QRectF) -> None:
        painter.fillRect(swatch, QBrush(QColor(self._theme.border), Qt.BrushStyle.BDiagPattern))
        self._paint_frame(painter, swatch)

    def _paint_frame(self, painter: QPainter, swatch: QRectF) -> None:
        painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1)))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(swatch.adjusted(0.5, 0.5, -0.5, -0.5))

    def _text(self, painter: QPainter, left: float, text: str, font: QFont, colour: str) -> float:
        """Write a text; return where it ends."""
        painter.setFont(font)
        painter.setPen(QColor(colour))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        painter.drawText(QRectF(left, 0, width + 1, HEIGHT), LEFT, text)
        return left + width
