"""Cards without their texts, drawn once for each look and size."""

from __future__ import annotations

import math
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF

from explorer.debug.neighbourhood import CardKind
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState

RADIUS, BORDER, STATE_SIZE = 9.0, 6.0, 9.0
MOST_STAMPS = 200


@dataclass(frozen=True)
class Look:
    """All that makes one card look different from another.

    Attributes
    ----------
    width, height : float
    kind : CardKind
    computed : bool
    state : GradState
    is_centre : bool
    opens : bool or None
        Whether its triangle opens a sum or folds it; None if it has none.
    """

    width: float
    height: float
    kind: CardKind
    computed: bool
    state: GradState
    is_centre: bool
    opens: bool | None


class Stamps:
    """Pictures of cards; a card costs a tenth of what drawing its outline would.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._scale = 0.0, 0.0
        self._made: dict[Look, QPixmap] = {}

    def get(self, look: Look, scale: float, pixel_ratio: float) -> QPixmap:
        """Return the picture of a card; its upper left corner is `BORDER` within it."""
        if self._scale != (scale, pixel_ratio) or len(self._made) > MOST_STAMPS:
            self._scale, self._made = (scale, pixel_ratio), {}
        if look not in self._made:
            self._made[look] = self._draw(look, scale, pixel_ratio)
        return self._made[look]

    def _draw(self, look: Look, scale: float, pixel_ratio: float) -> QPixmap:
        size = (look.width + 2 * BORDER) * scale, (look.height + 2 * BORDER) * scale
        pixmap = QPixmap(*(max(1, math.ceil(side * pixel_ratio)) for side in size))
        pixmap.setDevicePixelRatio(pixel_ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(scale, scale)
        rect = QRectF(BORDER, BORDER, look.width, look.height)
        self._surface(painter, look, rect, scale)
        if look.opens is not None:
            self._disclosure(painter, rect, look.opens)
        if look.computed:
            at = QPointF(rect.right() - 17.5, rect.top() + 35.5)
            if look.is_centre:
                at = QPointF(rect.left() + 16 + STATE_SIZE / 2, rect.top() + 102)
            self._state(painter, at, look.state, scale)
        painter.end()
        return pixmap

    def _surface(self, painter: QPainter, look: Look, rect: QRectF, scale: float) -> None:
        t = self._theme
        fill, line, width = t.raised, t.box_border, 1.2
        if look.kind is CardKind.LOSS:
            line, width = t.warning, 2.2
        if look.is_centre:
            fill, line, width = t.current_surface, t.current, 2.6
        pen = QPen(QColor(line), self._line(width, scale))
        if look.kind is CardKind.CONSTANT:
            if not look.is_centre:
                fill = t.window
                pen.setColor(QColor(t.muted))
            pen.setDashPattern([4.0, 3.0])
        if not look.computed:
            fill = t.window
            if not look.is_centre:
                pen.setColor(QColor(t.border))
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        radius = corner(look)
        if look.kind is CardKind.SUM:  # a stack: there is more in it
            painter.drawRoundedRect(rect.translated(4, 4), radius, radius)
        painter.drawRoundedRect(rect, radius, radius)

    def _disclosure(self, painter: QPainter, rect: QRectF, opens: bool) -> None:
        x, y = rect.right() - 17, rect.top() + 16
        corners = [(-3.5, -5.0), (4.5, 0.0), (-3.5, 5.0)]
        if not opens:
            corners = [(-5.0, -3.5), (5.0, -3.5), (0.0, 4.5)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))

    def _state(self, painter: QPainter, at: QPointF, state: GradState, scale: float) -> None:
        """Draw how far the gradient has come: ring, half disc, disc, struck ring."""
        t, half = self._theme, STATE_SIZE / 2
        area = QRectF(at.x() - half, at.y() - half, STATE_SIZE, STATE_SIZE)
        colour = {
            GradState.NOT_REACHED: t.muted,
            GradState.PARTIAL: t.partial,
            GradState.FINAL: t.final,
            GradState.ZERO: t.final,
            GradState.CLEARED: t.muted,
        }[state]
        painter.setPen(QPen(QColor(colour), self._line(1.6, scale)))
        painter.setBrush(QColor(colour) if state is GradState.FINAL else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(area)
        if state is GradState.PARTIAL:
            painter.setBrush(QColor(colour))
            painter.drawPie(area, 90 * 16, 180 * 16)
        elif state is GradState.ZERO:
            painter.drawLine(area.bottomLeft(), area.topRight())

    def _line(self, width: float, scale: float) -> float:
        """Return a width at which a line is seen on a card of this size."""
        return self._theme.line(width * scale) / scale


def corner(look: Look) -> float:
    """Return how round the corners of a card are: parameters are pills."""
    is_pill = look.kind is CardKind.PARAMETER and not look.is_centre
    return look.height / 2 if is_pill else RADIUS
