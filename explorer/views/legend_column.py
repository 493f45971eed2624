"""The legend of the map as a column, beside the caption of a lecture."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy

from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.legend import GAP, SWATCH, Legend

COLUMN_WIDTH, ROW, MARGIN = 216, 18, 14
TOP = 8


class LegendColumn(Legend):
    """What the colours mean, below each other; in two columns if there are many.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self.setFixedWidth(theme.px(COLUMN_WIDTH))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(COLUMN_WIDTH), self._theme.px(5 * ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        theme, trace = self._theme, self._session.trace
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        size = unscaled_size(self, theme)
        painter.fillRect(QRectF(QPointF(), size), QColor(theme.panel))
        if trace is None:
            return
        y, ends = float(TOP), self._ends()
        if ends is not None:
            y = self._paint_scale(painter, y, size.width() - MARGIN, *ends)
        swatches = self._swatches(trace)
        rows = max(int((size.height() - y) / ROW), 1)
        painter.setFont(sans(SMALL))
        metrics, left = QFontMetricsF(painter.font()), 0.0
        for first in range(0, len(swatches), rows):
            column = swatches[first : first + rows]
            for row, (index, meaning) in enumerate(column):
                middle = y + (row + 0.5) * ROW
                place = QRectF(left, middle - SWATCH / 2, SWATCH, SWATCH)
                self._paint_swatch(painter, place, index)
                painter.setPen(QColor(theme.text))
                baseline = middle + metrics.capHeight() / 2
                painter.drawText(QPointF(left + SWATCH + GAP, baseline), meaning)
            widest = max(metrics.horizontalAdvance(meaning) for _, meaning in column)
            left += SWATCH + widest + 3 * GAP

    def _paint_scale(
        self, painter: QPainter, top: float, width: float, first: int, low: str, high: str
    ) -> float:
        """Draw the scale with its ends below it; return where it ends."""
        self._paint_ramp(painter, QRectF(0, top, width, SWATCH), first)
        painter.setFont(mono(SMALL))
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(self._theme.text))
        baseline = top + SWATCH + ROW / 2 + metrics.capHeight() / 2
        painter.drawText(QPointF(0, baseline), low)
        painter.drawText(QPointF(width - metrics.horizontalAdvance(high), baseline), high)
        return top + SWATCH + ROW
