"""The line from 0 to 1 in stretches, one a token, and where the random number fell."""

from __future__ import annotations

from bisect import bisect_right

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.words import spelled
from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus
from microgpt import Tokenizer

LEFT, RIGHT = 62, 18  # as the bars above
ABOVE, BAND, BELOW = 28, 34, 24  # pixels: the number, the stretches, the scale
POINTER, LABEL = 8, 60
NOTCH = 8  # of the mark that leaves the letter free
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


class NumberLine(QWidget):
    """Stretches as wide as their tokens are probable, laid end to end as the draw does it.

    Left and Right point at one stretch after the other, once the Tab key has reached the line.

    Parameters
    ----------
    theme : Theme
    """

    hovered = Signal(object)  # a token, or None

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._tokenizer: Tokenizer | None = None
        self._draw: TokenDraw | None = None
        self._pointed: int | None = None
        self.setFixedHeight(theme.px(ABOVE + BAND + BELOW))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName("Where the number falls")

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(600), self.height())

    def show_tokens(self, tokenizer: Tokenizer) -> None:
        """Take the names of the tokens."""
        self._tokenizer = tokenizer

    def show_draw(self, draw: TokenDraw | None) -> None:
        """Show another draw; without one the line is empty."""
        self._draw = draw
        self.update()

    def point_out(self, token: int | None) -> None:
        """Let the stretch of a token stand out."""
        if token != self._pointed:
            self._pointed = token
            self.update()

    def area_of(self, token: int) -> QRectF | None:
        """Return where the stretch of a token is, in pixels of scale 1."""
        if self._draw is None:
            return None
        low, high = self._draw.stretch(token)
        return QRectF(self._x(low), ABOVE, self._x(high) - self._x(low), BAND)

    def _x(self, at: float) -> float:
        assert self._draw is not None
        return LEFT + self._length() * at / self._draw.total

    def _length(self) -> float:
        return unscaled_size(self, self._theme).width() - LEFT - RIGHT

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._theme.scale, self._theme.scale)
        draw = self._draw
        if draw is None or self._tokenizer is None:
            return
        for token in range(len(draw.weights)):
            self._paint_stretch(painter, draw, token, spelled(self._tokenizer, token))
        self._paint_scale(painter)
        if draw.fell is not None and draw.number is not None:
            self._paint_number(painter, self._x(draw.fell), f"{draw.number:.4f}")
        if self.hasFocus():
            whole = unscaled_rect(self, self._theme)
            paint_focus(painter, whole.adjusted(1, 1, -1, -1), self._theme, 6)

    def _paint_stretch(self, painter: QPainter, draw: TokenDraw, token: int, text: str) -> None:
        theme, area = self._theme, self.area_of(token)
        assert area is not None
        colour = theme.forward if token % 2 else theme.forward_other
        painter.fillRect(area, QColor(theme.backward if token == draw.token else colour))
        font = mono(14, bold=token == draw.token)
        if QFontMetricsF(font).horizontalAdvance(text) + 4 <= area.width():
            painter.setFont(font)
            painter.setPen(QColor(theme.band_text))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)
        if token == self._pointed:
            painter.setPen(QPen(QColor(theme.text), theme.line(2)))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(area.adjusted(-1, 1, 1, -1))

    def _paint_scale(self, painter: QPainter) -> None:
        painter.setFont(sans(SMALL))
        painter.setPen(QPen(QColor(self._theme.muted), self._theme.line(1)))
        top = ABOVE + BAND
        for tick in TICKS:
            x = LEFT + self._length() * tick
            painter.drawLine(QPointF(x, top), QPointF(x, top + 4))
            place = QRectF(x - LABEL * tick, top + 4, LABEL, BELOW - 4)  # within the line
            side = Qt.AlignmentFlag.AlignHCenter
            if tick in (TICKS[0], TICKS[-1]):
                side = Qt.AlignmentFlag.AlignRight if tick else Qt.AlignmentFlag.AlignLeft
            painter.drawText(place, side, f"{tick:g}")

    def _paint_number(self, painter: QPainter, x: float, text: str) -> None:
        """Draw the number above its place, and a pointer down to it."""
        colour = QColor(self._theme.text)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        tip = ABOVE + 2
        corners = [
            QPointF(x - POINTER, tip - 10), QPointF(x + POINTER, tip - 10), QPointF(x, tip)
        ]  # fmt: skip
        painter.drawPolygon(QPolygonF(corners))
        for top, height in ((tip - 2, NOTCH + 2), (ABOVE + BAND - NOTCH, NOTCH)):
            painter.fillRect(QRectF(x - 1, top, 2, height), colour)
        font = mono(15, bold=True)
        width = QFontMetricsF(font).horizontalAdvance(text) + 4
        fits_right = x + POINTER + 4 + width <= LEFT + self._length()
        left = x + POINTER + 4 if fits_right else x - POINTER - 4 - width
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(QRectF(left, 0, width, ABOVE - 4), Qt.AlignmentFlag.AlignCenter, text)

    def token_at(self, x: float) -> int | None:
        """Return the token on whose stretch a point is, in pixels of scale 1."""
        if self._draw is None:
            return None
        share = (x - LEFT) / self._length()
        if not 0 <= share <= 1:
            return None
        last = len(self._draw.weights) - 1
        return min(bisect_right(self._draw.ends, share * self._draw.total), last)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        at = unscaled_point(event.position(), self._theme)
        self.hovered.emit(self.token_at(at.x()))

    def leaveEvent(self, event: object) -> None:
        self.hovered.emit(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.hovered.emit(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Point at the stretch before or after the one that is pointed at."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or self._draw is None:
            super().keyPressEvent(event)
            return
        last = len(self._draw.weights) - 1
        if self._pointed is None:
            start = self._draw.token if self._draw.token is not None else 0
            self.hovered.emit(start)
        else:
            self.hovered.emit(min(max(self._pointed + step, 0), last))
