"""The legend of the map's colours."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.contrast import Contrast
from explorer.debug.session import Colour, Cone, Session
from explorer.theme import palette
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import Trace
from explorer.views.map_colours import COMPARED, SIZE_DECADES

RAMP_WIDTH, SWATCH, GAP = 150, 13, 7
WIDTH, HEIGHT = 560, 34
UNBORN = (palette.UNBORN, "not computed")
PENDING = (palette.PENDING, "not reached")
ZERO = (palette.ZERO, "zero")
PARTIAL_SUM = (palette.PARTIAL_RAMP + palette.LEVELS - 1, "partial")
SWATCHES = {
    Colour.DATA: (UNBORN, ZERO),
    Colour.GRADIENT: (UNBORN, PENDING, PARTIAL_SUM, ZERO),
    Colour.MAGNITUDE: (UNBORN, PENDING, PARTIAL_SUM, ZERO),
    Colour.STATE: (
        UNBORN,
        PENDING,
        (palette.PARTIAL, "partial"),
        (palette.FINAL, "final"),
        (palette.ZERO, "truly zero"),
    ),
    Colour.FAN_OUT: (UNBORN, (palette.ZERO, "never used")),
}


class Legend(QWidget):
    """What the colours mean: a scale with its ends, states, or operations.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._table = palette.colour_table(theme)
        self._limit = 1.0
        self.setMinimumHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Legend")
        session.colour_changed.connect(self._redraw)
        session.opened.connect(self._redraw)
        session.numbers_changed.connect(self._redraw)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(WIDTH), self._theme.px(HEIGHT))

    def show_limit(self, limit: float) -> None:
        """Show a scale that ends at a number."""
        if limit != self._limit:
            self._limit = limit
            self.update()

    def _redraw(self) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        trace = self._session.trace
        if trace is None:
            return
        scale = self._theme.scale
        painter = QPainter(self)
        painter.scale(scale, scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        right, colour = unscaled_size(self, self._theme).width(), self._session.colour
        ends = self._ends()
        if ends is not None:
            right = self._ramp(painter, right, *ends)
        contrast, left = self._contrast(), 0.0
        if contrast is not None:
            left = self._title(painter, right, f"{colour.value}: {contrast.title}")
        for index, meaning in reversed(self._swatches(trace)):
            right = self._swatch(painter, left, right, index, meaning)

    def _ends(self) -> tuple[int, str, str] | None:
        """Return where the scale begins in the table of colours, and what stands at its ends."""
        colour, limit = self._session.colour, numbers.short(self._limit, 2)
        if colour in (Colour.DATA, Colour.GRADIENT):
            return palette.RAMP, f"{numbers.MINUS}{limit}", f"+{limit}"
        if colour is Colour.MAGNITUDE:
            return MIDDLE, numbers.short(self._limit / 10**SIZE_DECADES, 2), limit
        return (MIDDLE, "1", limit) if colour is Colour.FAN_OUT else None

    def _swatches(self, trace: Trace) -> list[tuple[int, str]]:
        """Return the colours that are on no scale, and what each means."""
        colour = self._session.colour
        if colour is Colour.OP:
            used = np.unique(trace.op).tolist()
            swatches = [(palette.FIRST_OP + op % palette.OPS, trace.op_names[op]) for op in used]
        else:
            swatches = list(SWATCHES[colour])
        if self._session.cone is not Cone.ALL:
            swatches = [(palette.UNBORN, f"no {self._session.cone.value[:-1]}"), *swatches]
        if self._contrast() is not None:
            swatches = [(i, "the same" if i == palette.ZERO else text) for i, text in swatches]
        return swatches

    def _contrast(self) -> Contrast | None:
        return self._session.contrast if self._session.colour in COMPARED else None

    def _ramp(self, painter: QPainter, right: float, first: int, low: str, high: str) -> float:
        """Draw a scale that ends at `right`; return where it begins."""
        painter.setFont(mono(SMALL))
        metrics = QFontMetricsF(painter.font())
        low_width, high_width = (metrics.horizontalAdvance(text) for text in (low, high))
        painter.setPen(QColor(self._theme.text))
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right - high_width, 0, high_width + 1, HEIGHT), line, high)
        ramp = min(RAMP_WIDTH, right - low_width - high_width - 2 * GAP)
        if ramp < SWATCH:
            return right
        left = right - high_width - GAP - ramp
        self._paint_ramp(painter, QRectF(left, (HEIGHT - SWATCH) / 2, ramp, SWATCH), first)
        left -= GAP + low_width
        painter.drawText(QRectF(left, 0, low_width + 1, HEIGHT), line, low)
        return left - 2 * GAP

    def _paint_ramp(self, painter: QPainter, area: QRectF, first: int) -> None:
        levels = np.ascontiguousarray(self._table[first : palette.PARTIAL_RAMP])
        image = QImage(levels.data, len(levels), 1, QImage.Format.Format_RGB32)
        painter.drawImage(area, image)

    def _title(self, painter: QPainter, right: float, text: str) -> float:
        """Write at the left what the scale is of, up to `right`; return where it ends."""
        painter.setFont(sans(SMALL, bold=True))
        painter.setPen(QColor(self._theme.text))
        metrics = QFontMetricsF(painter.font())
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, right)
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, 0, right, HEIGHT), line, shown)
        return metrics.horizontalAdvance(shown) + GAP

    def _swatch(
        self, painter: QPainter, least: float, right: float, index: int, text: str
    ) -> float:
        """Draw a colour with its meaning ending at `right`; return where it begins.

        Nothing is drawn left of `least`.
        """
        painter.setFont(sans(SMALL))
        width = QFontMetricsF(painter.font()).horizontalAdvance(text)
        left = right - width - GAP - SWATCH
        if left < least:
            return left
        painter.setPen(QColor(self._theme.muted))
        line = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(right - width, 0, width + 1, HEIGHT), line, text)
        self._paint_swatch(painter, QRectF(left, (HEIGHT - SWATCH) / 2, SWATCH, SWATCH), index)
        return left - 2 * GAP

    def _paint_swatch(self, painter: QPainter, area: QRectF, index: int) -> None:
        painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1)))
        painter.setBrush(QColor.fromRgb(int(self._table[index])))
        painter.drawRoundedRect(area, 3, 3)


MIDDLE = palette.RAMP + palette.LEVELS // 2
