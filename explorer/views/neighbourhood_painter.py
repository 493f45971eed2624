"""Drawing the cards of a neighbourhood and the edges between them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPainterPath, QPen, QPolygonF

from explorer.debug.neighbourhood import CardFace, CardKind, CardReading, Contribution
from explorer.layout.layered import FloatArray
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.views.neighbourhood_scene import LABEL_HEIGHT, LABEL_SIZE, Scene

RADIUS, PADDING = 9.0, 13.0
ARROW = 10.0
READABLE = 0.45  # scale from which cards have texts
RING_GAP = 4.0
STATE_SIZE = 9.0
TITLE, VALUE = 14, 13
LARGE_TITLE, LARGE_VALUE = 20, 15


@dataclass(frozen=True)
class CardMarks:
    """Which cards and edges stand out.

    Attributes
    ----------
    current, compared, hovered : int or None
        Cards.
    hovered_edge : int or None
    active : Contribution or None
        The contribution that is added now.
    active_edge : int or None
        Its edge, if it is on show.
    """

    current: int | None = None
    compared: int | None = None
    hovered: int | None = None
    hovered_edge: int | None = None
    active: Contribution | None = None
    active_edge: int | None = None


class NeighbourhoodPainter:
    """Draws scenes in the colours of a theme.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._words: dict[tuple[str, int, bool, int, bool], str] = {}

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        readings: list[CardReading],
        marks: CardMarks,
        moved: FloatArray | None = None,
        shown: FloatArray | None = None,
        hidden: QRectF | None = None,
    ) -> None:
        """Draw a scene; the painter is scaled and moved to it.

        Parameters
        ----------
        painter : QPainter
        scene : Scene
        readings : list of CardReading
        marks : CardMarks
        moved : float64 array, (cards, 2), optional
            How far each card is from its place, while it moves there.
        shown : float64 array, (cards,), optional
            How much of each card is there already, 0 to 1.
        hidden : QRectF, optional
            Where something else will be written.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        computed = np.array([reading.computed for reading in readings])
        self._edges(painter, scene, computed, marks, moved)
        has_text = painter.worldTransform().m11() >= READABLE
        for card, reading in enumerate(readings):
            rect = scene.rect(card)
            if moved is not None and shown is not None:
                rect.translate(*moved[card].tolist())
                painter.setOpacity(float(shown[card]))
            self._card(painter, scene, card, rect, reading, has_text)
        painter.setOpacity(1.0)
        if moved is None:
            self._rings(painter, scene, marks)
            if has_text:
                self._labels(painter, scene, computed, marks, hidden)

    def _edges(
        self,
        painter: QPainter,
        scene: Scene,
        computed: npt.NDArray[np.bool_],
        marks: CardMarks,
        moved: FloatArray | None,
    ) -> None:
        near, curves = scene.neighbourhood, scene.curves
        if not len(curves.edge):
            return
        points = curves.points
        if moved is not None:
            points = curves.moved(moved[near.child], moved[near.consumer])
        exists = computed[near.consumer]
        of_centre = (near.child == 0) | (near.consumer == 0)
        of_hovered = np.zeros(len(exists), bool)
        if marks.hovered is not None:
            of_hovered = (near.child == marks.hovered) | (near.consumer == marks.hovered)
        if marks.hovered_edge is not None:
            of_hovered[marks.hovered_edge] = True
        active = np.zeros(len(exists), bool)
        if marks.active_edge is not None:
            active[marks.active_edge] = True
        t = self._theme
        for which, colour, width, alpha in (
            (~exists, t.border, 1.4, 255),
            (exists & ~of_centre & ~of_hovered & ~active, t.muted, 1.3, 120),
            (exists & of_centre & ~of_hovered & ~active, t.muted, 1.8, 220),
            (exists & of_hovered & ~active, t.text, 2.0, 255),
            (active, t.current, 3.0, 255),
        ):
            chosen = which[curves.edge]
            if chosen.any():
                self._curves(painter, points[chosen], curves.is_last[chosen], colour, width, alpha)

    def _curves(
        self,
        painter: QPainter,
        points: FloatArray,
        is_last: npt.NDArray[np.bool_],
        colour: str,
        width: float,
        alpha: int,
    ) -> None:
        path, heads = QPainterPath(), QPainterPath()
        for (a, b, c, d), ends in zip(points.tolist(), is_last.tolist(), strict=True):
            path.moveTo(*a)
            path.cubicTo(*b, *c, *d)
            if ends:
                heads.addPolygon(_arrow_head(c, d))
                heads.closeSubpath()
        ink = QColor(colour)
        ink.setAlpha(alpha)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(ink, width))
        painter.drawPath(path)
        painter.fillPath(heads, QColor(colour))

    def _card(
        self,
        painter: QPainter,
        scene: Scene,
        card: int,
        rect: QRectF,
        reading: CardReading,
        has_text: bool,
    ) -> None:
        face = scene.facts.faces[card]
        self._surface(painter, face, rect, reading, is_centre=card == 0)
        if not has_text:
            return
        if int(scene.neighbourhood.sums[card]) >= 0:
            is_folded = int(scene.neighbourhood.summands[card]) > 0
            self._disclosure(painter, rect, is_folded)
        if card == 0:
            self._large_texts(painter, face, rect, reading, bool(scene.neighbourhood.sums[0] >= 0))
        else:
            self._texts(painter, face, rect, reading, bool(scene.neighbourhood.sums[card] >= 0))

    def _surface(
        self,
        painter: QPainter,
        face: CardFace,
        rect: QRectF,
        reading: CardReading,
        is_centre: bool,
    ) -> None:
        t = self._theme
        fill, line, width = t.raised, t.box_border, 1.2
        radius = rect.height() / 2 if face.kind is CardKind.PARAMETER and not is_centre else RADIUS
        if face.kind is CardKind.LOSS:
            line, width = t.warning, 2.2
        if is_centre:
            fill, line, width = t.current_surface, t.current, 2.6
        pen = QPen(QColor(line), width)
        if face.kind is CardKind.CONSTANT:
            if not is_centre:
                fill = t.window
                pen.setColor(QColor(t.muted))
            pen.setDashPattern([4.0, 3.0])
        if not reading.computed:
            fill = t.window
            if not is_centre:
                pen.setColor(QColor(t.border))
        painter.setPen(pen)
        painter.setBrush(QColor(fill))
        if face.kind is CardKind.SUM:  # a stack: there is more in it
            painter.drawRoundedRect(rect.translated(4, 4), radius, radius)
        painter.drawRoundedRect(rect, radius, radius)

    def _disclosure(self, painter: QPainter, rect: QRectF, is_folded: bool) -> None:
        x, y = rect.right() - 17, rect.top() + 17
        corners = [(-3.5, -5.0), (4.5, 0.0), (-3.5, 5.0)]
        if not is_folded:
            corners = [(-5.0, -3.5), (5.0, -3.5), (0.0, 4.5)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.text))
        painter.drawPolygon(QPolygonF([QPointF(x + dx, y + dy) for dx, dy in corners]))

    def _texts(
        self, painter: QPainter, face: CardFace, rect: QRectF, reading: CardReading, opens: bool
    ) -> None:
        t = self._theme
        left, top = rect.left() + PADDING, rect.top()
        if face.kind is CardKind.PARAMETER:
            left += 4
        room = rect.right() - PADDING - left - (14 if opens else 0)
        used = self._write(painter, face.title, left, top + 20, room, TITLE, bold=True,
                           colour=t.text if reading.computed else t.muted)  # fmt: skip
        if face.where and room - used > 40:
            self._write(painter, face.where, left + used + 8, top + 20, room - used - 8, VALUE,
                        colour=t.muted)  # fmt: skip
        if not reading.computed:
            return
        painter.setFont(mono(VALUE))
        painter.setPen(QColor(t.text))
        painter.drawText(QPointF(left, top + 40), reading.data)
        is_known = reading.state is not GradState.NOT_REACHED
        grad = f"∇ {reading.grad}" if is_known else "∇ pending"
        painter.setPen(QColor(self._grad_colour(reading)))
        end = rect.right() - PADDING - STATE_SIZE - 6
        painter.drawText(QPointF(end - self._width(grad, VALUE), top + 40), grad)
        self._state(painter, QPointF(end + 6 + STATE_SIZE / 2, top + 35.5), reading)

    def _large_texts(
        self, painter: QPainter, face: CardFace, rect: QRectF, reading: CardReading, opens: bool
    ) -> None:
        t = self._theme
        left, top = rect.left() + 16, rect.top()
        room = rect.width() - 32
        used = self._write(painter, face.title, left, top + 30, room - (16 if opens else 0),
                           LARGE_TITLE, bold=True, colour=t.text)  # fmt: skip
        if face.where and room - used > 60:
            self._write(painter, face.where, left + used + 10, top + 30,
                        room - used - 10 - (16 if opens else 0), VALUE, colour=t.muted)  # fmt: skip
        y = top + 59
        for name, number, colour in (
            ("data", reading.data_digits, t.text),
            ("grad", reading.grad_digits, self._grad_colour(reading)),
        ):
            painter.setFont(sans(LARGE_VALUE))
            painter.setPen(QColor(t.muted))
            painter.drawText(QPointF(left, y), name)
            if number:
                painter.setFont(mono(LARGE_VALUE))
                painter.setPen(QColor(colour))
                painter.drawText(QPointF(left + 52, y), number)
            y += 23
        if reading.computed:
            self._state(painter, QPointF(left + STATE_SIZE / 2, top + 102), reading)
        indent = STATE_SIZE + 7 if reading.computed else 0
        self._write(painter, reading.state_words, left + indent, top + 107, room - indent, VALUE,
                    colour=t.muted)  # fmt: skip

    def _grad_colour(self, reading: CardReading) -> str:
        t = self._theme
        if reading.state in (GradState.NOT_REACHED, GradState.ZERO):
            return t.muted
        return t.negative if reading.is_negative else t.positive

    def _state(self, painter: QPainter, at: QPointF, reading: CardReading) -> None:
        """Draw how far the gradient has come: ring, half disc, disc, struck ring."""
        t, half = self._theme, STATE_SIZE / 2
        area = QRectF(at.x() - half, at.y() - half, STATE_SIZE, STATE_SIZE)
        colour = {
            GradState.NOT_REACHED: t.muted,
            GradState.PARTIAL: t.partial,
            GradState.FINAL: t.final,
            GradState.ZERO: t.final,
        }[reading.state]
        painter.setPen(QPen(QColor(colour), 1.6))
        is_final = reading.state is GradState.FINAL
        painter.setBrush(QColor(colour) if is_final else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(area)
        if reading.state is GradState.PARTIAL:
            painter.setBrush(QColor(colour))
            painter.drawPie(area, 90 * 16, 180 * 16)
        elif reading.state is GradState.ZERO:
            painter.drawLine(area.bottomLeft(), area.topRight())

    def _rings(self, painter: QPainter, scene: Scene, marks: CardMarks) -> None:
        t = self._theme
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for card, colour, style in (
            (marks.hovered, t.muted, Qt.PenStyle.SolidLine),
            (marks.compared, t.negative, Qt.PenStyle.DashLine),
            (marks.current, t.text, Qt.PenStyle.SolidLine),
        ):
            if card is not None:
                painter.setPen(QPen(QColor(colour), 2.0, style))
                gap = RING_GAP
                area = scene.rect(card).adjusted(-gap, -gap, gap, gap)
                is_pill = scene.facts.faces[card].kind is CardKind.PARAMETER and card != 0
                radius = area.height() / 2 if is_pill else RADIUS + gap
                painter.drawRoundedRect(area, radius, radius)

    def _labels(
        self,
        painter: QPainter,
        scene: Scene,
        computed: npt.NDArray[np.bool_],
        marks: CardMarks,
        hidden: QRectF | None,
    ) -> None:
        """Write local gradients; those that have no room only while the mouse asks for them."""
        t, near = self._theme, scene.neighbourhood
        painter.setFont(mono(LABEL_SIZE))
        background = QColor(t.window)
        has_room = ~np.isnan(scene.label_places[:, 0])
        exists = computed[near.consumer]
        asked = np.zeros(len(exists), bool)
        if marks.hovered is not None:
            asked = (near.child == marks.hovered) | (near.consumer == marks.hovered)
        if marks.hovered_edge is not None:
            asked[marks.hovered_edge] = True
        for edge in np.flatnonzero(exists & (has_room | asked)).tolist():
            place = scene.label_places[edge]
            if not has_room[edge]:
                path = scene.path_of(edge)
                place = path[len(path) // 2]
            x, y = place.tolist()
            width = float(scene.label_width[edge])
            area = QRectF(x - width / 2, y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
            if hidden is not None and hidden.intersects(area):
                continue
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(area, 4, 4)
            painter.setPen(QColor(t.text if asked[edge] else t.muted))
            painter.drawText(QPointF(area.left() + 4, y + 4.5), scene.labels[edge])

    def _write(
        self,
        painter: QPainter,
        text: str,
        x: float,
        y: float,
        room: float,
        pixels: int,
        *,
        colour: str,
        bold: bool = False,
    ) -> float:
        """Write as much of a text as there is room for; return how wide it is."""
        font = sans(pixels, bold)
        metrics = QFontMetricsF(font)
        key = text, pixels, bold, int(room), False
        if key not in self._words:
            mode = Qt.TextElideMode.ElideRight if bold else Qt.TextElideMode.ElideLeft
            self._words[key] = metrics.elidedText(text, mode, room)
        shown = self._words[key]
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(QPointF(x, y), shown)
        return metrics.horizontalAdvance(shown)

    def _width(self, text: str, pixels: int) -> float:
        return QFontMetricsF(mono(pixels)).horizontalAdvance(text)


def _arrow_head(before: list[float], tip: list[float]) -> QPolygonF:
    dx, dy = tip[0] - before[0], tip[1] - before[1]
    length = max((dx * dx + dy * dy) ** 0.5, 1e-9)
    dx, dy = dx / length * ARROW, dy / length * ARROW
    x, y = tip
    return QPolygonF(
        [
            QPointF(x, y),
            QPointF(x - dx - 0.42 * dy, y - dy + 0.42 * dx),
            QPointF(x - dx + 0.42 * dy, y - dy - 0.42 * dx),
        ]
    )
