"""The legend of the map's colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from explorer.debug import numbers
from explorer.debug.session import Colour, Session
from explorer.theme import palette
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.map_colours import MapColours

RAMP_WIDTH, SWATCH, GAP = 150, 13, 7
WIDTH, HEIGHT = 560, 34


class Legend(QWidget):
    """What the colours mean: a scale of signed numbers with its ends, or the operations.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._table = palette.colour_table(theme)
        self._colours: MapColours | None = None
        self.setMinimumHeight(HEIGHT)
        self.setAccessibleName("Legend")
        session.colour_changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(WIDTH, HEIGHT)

    def show_scales(self, colours: MapColours) -> None:
        """Show the scales of another pass."""
        self._colours = colours
        self.update()

    def _redraw(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        trace = self._session.trace
        if self._colours is None or trace is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right = float(self.width())
        colour = self._session.colour
        if colour is Colour.OP:
            used = np.unique(trace.op).tolist()
            for op in reversed(used):
                index = palette.FIRST_OP + op % palette.OPS
                right = self._swatch(painter, right, index, trace.op_names[op])
            return
        limit = self._colours.grad_limit
        if colour is Colour.DATA:
            limit = self._colours.data_limit
        right = self._ramp(painter, right, limit)
        right = self._swatch(painter, right - GAP, palette.ZERO, "zero")
        if colour is Colour.GRADIENT:
            middle = palette.PARTIAL_RAMP + palette.LEVELS - 1
            right = self._swatch(painter, right, middle, "partial")
            right = self._swatch(painter, right, palette.PENDING, "not reached")
        self._swatch(painter, right, palette.UNBORN, "not computed")

    def _ramp(self, painter: QPainter, right: float, limit: float) -> float:
        """Draw the scale ending at `right`; return where it begins."""
        painter.setFont(mono(SMALL))
        metrics = QFontMetricsF(painter.font())
        high, low = f"+{numbers.short(limit, 2)}", f"{numbers.MINUS}{numbers.short(limit, 2)}"
        width = metrics.horizontalAdvance(high)
        painter.setPen(QColor(self._theme.text))
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right - width, 0, width, HEIGHT), line, high)
        ramp = min(RAMP_WIDTH, right - 2 * width - 2 * GAP)
        if ramp < SWATCH:
            return right
        left = right - width - GAP - ramp
        levels = np.ascontiguousarray(self._table[palette.RAMP : palette.PARTIAL_RAMP])
        image = QImage(levels.data, palette.LEVELS, 1, QImage.Format.Format_RGB32)
        painter.drawImage(QRectF(left, (HEIGHT - SWATCH) / 2, ramp, SWATCH), image)
        left -= GAP + metrics.horizontalAdvance(low)
        painter.drawText(QRectF(left, 0, width, HEIGHT), line, low)
        return left - GAP

    def _swatch(self, painter: QPainter, right: float, index: int, text: str) -> float:
        """Draw a colour with its meaning ending at `right`; return where it begins."""
        painter.setFont(sans(SMALL))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        left = right - width - GAP - SWATCH
        if left < 0:
            return left
        painter.setPen(QColor(self._theme.muted))
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right - width, 0, width + 1, HEIGHT), line, text)
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(QColor.fromRgb(int(self._table[index])))
        painter.drawRoundedRect(QRectF(left, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH), 3, 3)
        return left - 2 * GAP
