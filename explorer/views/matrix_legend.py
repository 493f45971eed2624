"""The legend of matrices: which colour stands for which number."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.runs.matrices import Quantity
from explorer.theme import palette
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.matrix_colours import RATIO_DECADES, RULE_OF_THUMB, UNSIGNED, ratio_share

RAMP, SWATCH, GAP = 140, 13, 7
SIZE, LEAST_WIDTH = QSize(340, 40), 200
MIDDLE = palette.RAMP + palette.LEVELS // 2
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class MatrixLegend(QWidget):
    """A scale with its ends, and the colour of exact zeros.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._table = palette.colour_table(theme)
        self._quantity, self._limit = Quantity.WEIGHTS, 1.0
        self.setFixedHeight(theme.px(SIZE.height()))
        self.setMinimumWidth(theme.px(LEAST_WIDTH))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")

    def sizeHint(self) -> QSize:
        return SIZE * self._theme.scale

    def show_scale(self, quantity: Quantity, limit: float) -> None:
        """Show the scale of a quantity that ends at a number."""
        self._quantity, self._limit = quantity, limit
        low, high = self.ends
        self.setAccessibleDescription(f"{quantity.value} from {low} to {high}")
        self.update()

    @property
    def ends(self) -> tuple[str, str]:
        """What is written at the ends of the scale."""
        end = numbers.short(self._limit, 2)
        if self._quantity is Quantity.RATIO:
            return numbers.short(10.0**-RATIO_DECADES, 2), end
        if self._quantity in UNSIGNED:
            return "0", end
        return f"{numbers.MINUS}{end}", f"+{end}"

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._theme.scale, self._theme.scale)
        size = unscaled_size(self, self._theme)
        low, high = self.ends
        left = self._text(painter, 1.0, low, mono(SMALL), self._theme.text) + GAP
        first = MIDDLE if self._quantity in UNSIGNED else palette.RAMP
        levels = np.ascontiguousarray(self._table[first : palette.PARTIAL_RAMP])
        image = QImage(levels.data, len(levels), 1, QImage.Format.Format_RGB32)
        metrics, zero = QFontMetricsF(sans(SMALL)), "zero"
        rest = QFontMetricsF(mono(SMALL)).horizontalAdvance(high) + SWATCH + 4 * GAP
        room = size.width() - left - rest - metrics.horizontalAdvance(zero) - 1
        ramp = QRectF(left, (size.height() - SWATCH) / 2, min(RAMP, room), SWATCH)
        painter.drawImage(ramp, image)
        if self._quantity is Quantity.RATIO:
            self._mark_rule(painter, ramp)
        left = self._text(painter, ramp.right() + GAP, high, mono(SMALL), self._theme.text)
        painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1)))
        painter.setBrush(QColor.fromRgb(int(self._table[palette.ZERO])))
        swatch = QRectF(left + 2 * GAP, ramp.top(), SWATCH, SWATCH)
        painter.drawRoundedRect(swatch, 3, 3)
        self._text(painter, swatch.right() + GAP, zero, sans(SMALL), self._theme.muted)

    def _mark_rule(self, painter: QPainter, ramp: QRectF) -> None:
        """Mark where the norm of an update should about be."""
        share = float(ratio_share(np.array((RULE_OF_THUMB,)))[0])
        x = ramp.left() + ramp.width() * share
        painter.fillRect(QRectF(x - 1, ramp.top() - 4, 2, ramp.height() + 8), self._theme.text)

    def _text(self, painter: QPainter, left: float, text: str, font: QFont, colour: str) -> float:
        """Write a text; return where it ends."""
        painter.setFont(font)
        painter.setPen(QColor(colour))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        painter.drawText(QRectF(left, 0, width + 1, SIZE.height()), LEFT, text)
        return left + width
