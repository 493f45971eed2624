"""Drawing the edges of a neighbourhood, and the local gradients on them."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.layout.card_edges import Curves
from explorer.layout.layered import FloatArray
from explorer.theme.style import mono
from explorer.theme.tokens import Theme
from explorer.views.map_text import WordPainter
from explorer.views.neighbourhood_marks import CardMarks
from explorer.views.neighbourhood_scene import LABEL_HEIGHT, LABEL_SIZE, Scene

ARROW = 10.0
HEADS_KEPT = 100  # arrangements
HAIR = 1  # pixels; Qt draws such curves 20 times as fast as wider ones
APART = 0.8  # pixels between hairs that look like one line
PALE = 150 / 255  # how opaque edges are that matter less

BoolArray = npt.NDArray[np.bool_]


class EdgePainter:
    """Draws edges, those that matter on top.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._words = WordPainter()
        self._heads: dict[Curves, list[QPolygonF]] = {}  # of arrangements seen of late

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        computed: BoolArray,
        marks: CardMarks,
        moved: FloatArray | None,
        visible: QRectF,
    ) -> None:
        """Draw curves and arrow heads.

        Parameters
        ----------
        painter : QPainter
        scene : Scene
        computed : bool array, (cards,)
        marks : CardMarks
        moved : float64 array, (cards, 2) or None
            How far each card is from its place.
        visible : QRectF
            The part of the scene that is on screen.
        """
        near, curves = scene.neighbourhood, scene.curves
        if not len(curves.edge):
            return
        points = curves.points
        if moved is not None:
            points = curves.moved(moved[near.child], moved[near.consumer])
        low, high = points.min(axis=1), points.max(axis=1)
        seen = (low <= (visible.right(), visible.bottom())).all(axis=1)
        seen &= (high >= (visible.left(), visible.top())).all(axis=1)
        exists, asked = computed[near.consumer], _asked(scene, marks)
        of_centre = (near.child == 0) | (near.consumer == 0)
        active = np.zeros(len(exists), bool)
        if marks.active_edge is not None:
            active[marks.active_edge] = True
        plain = exists & ~asked & ~active
        heads = self._kept_heads(curves) if moved is None else _heads(points)
        t, is_last = self._theme, curves.is_last
        for which, colour, alpha, count in (
            (~exists, t.border, 1.0, 1),
            (plain & ~of_centre, t.muted, PALE, 1),
            (plain & of_centre, t.muted, 1.0, 2),
            (exists & asked & ~active, t.text, 1.0, 2),
            (active, t.current, 1.0, 3),
        ):
            chosen = which[curves.edge] & seen
            if chosen.any():
                ink, hairs = QColor(colour), self._hairs(count)
                layers = max(len(hairs) / 2, 1.0)  # of hairs that lie on each other in a ring
                ink.setAlphaF(1 - (1 - alpha) ** (1 / layers))
                _draw(painter, points[chosen], ink, hairs)
                _draw_heads(painter, heads, chosen & is_last, QColor(colour))

    def _hairs(self, count: int) -> list[tuple[float, float]]:
        """Return where the hairs of a line lie, which at scale 1 are so many beside each other.

        For wider lines they are a ring: a line of them has to be as wide in all directions. The
        number of hairs is odd, so that none lies on another in any.
        """
        width = HAIR + (count - 1) * APART
        wanted = self._theme.line(width) * self._theme.scale
        if wanted <= width:
            aside = [APART * (hair - (count - 1) / 2) for hair in range(count)]
            return [(0.4 * shift, shift) for shift in aside]
        radius = (wanted - HAIR) / 2
        hairs = 2 * round(math.pi * radius) + 1
        angles = [math.tau * hair / hairs for hair in range(hairs)]
        return [(radius * math.cos(angle), radius * math.sin(angle)) for angle in angles]

    def _kept_heads(self, curves: Curves) -> list[QPolygonF]:
        if curves not in self._heads:
            if len(self._heads) >= HEADS_KEPT:
                self._heads.clear()
            self._heads[curves] = _heads(curves.points)
        return self._heads[curves]

    def paint_labels(
        self,
        painter: QPainter,
        scene: Scene,
        computed: BoolArray,
        marks: CardMarks,
        visible: QRectF,
        hidden: QRectF | None,
    ) -> None:
        """Write local gradients; those that have no room only while the mouse asks for them."""
        t, asked = self._theme, _asked(scene, marks)
        has_room = ~np.isnan(scene.label_places[:, 0])
        shown = computed[scene.neighbourhood.consumer] & (has_room | asked)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.window))
        written: dict[str, tuple[list[str], list[tuple[float, float]]]] = {}
        areas = []
        places, widths = scene.label_places.tolist(), scene.label_width.tolist()
        for edge in np.flatnonzero(shown).tolist():
            (x, y), width = places[edge], widths[edge]
            if math.isnan(x):
                path = scene.path_of(edge)
                x, y = path[len(path) // 2].tolist()
            area = QRectF(x - width / 2, y - LABEL_HEIGHT / 2, width, LABEL_HEIGHT)
            if not visible.intersects(area) or (hidden is not None and hidden.intersects(area)):
                continue
            areas.append(area)
            words, starts = written.setdefault(t.text if asked[edge] else t.muted, ([], []))
            words.append(scene.labels[edge])
            starts.append((area.left() + 4, y + 4.5))
        painter.drawRects(areas)
        painter.setFont(mono(LABEL_SIZE))
        for colour, (words, starts) in written.items():
            painter.setPen(QColor(colour))
            self._words.write(painter, words, np.array(starts))


def _asked(scene: Scene, marks: CardMarks) -> BoolArray:
    """Return for each edge whether it is below the mouse, or ends at a card that is."""
    near = scene.neighbourhood
    asked = np.zeros(len(near.edges), bool)
    if marks.hovered is not None:
        asked |= (near.child == marks.hovered) | (near.consumer == marks.hovered)
    if marks.hovered_edge is not None:
        asked[marks.hovered_edge] = True
    return asked


def _draw(
    painter: QPainter, points: FloatArray, ink: QColor, hairs: list[tuple[float, float]]
) -> None:
    """Draw curves; many hairs beside each other are much cheaper than one thick line."""
    path = QPainterPath()
    for a, b, c, d in points.tolist():
        path.moveTo(*a)
        path.cubicTo(*b, *c, *d)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(ink, HAIR)
    pen.setCosmetic(True)
    painter.setPen(pen)
    pixel = 1 / painter.worldTransform().m11()
    for x, y in hairs:
        painter.translate(x * pixel, y * pixel)
        painter.drawPath(path)
        painter.translate(-x * pixel, -y * pixel)


def _heads(points: FloatArray) -> list[QPolygonF]:
    """Return an arrow head for the end of each curve."""
    way = points[:, 3] - points[:, 2]
    way = way / np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)[:, np.newaxis] * ARROW
    aside = 0.42 * np.stack([-way[:, 1], way[:, 0]], axis=1)
    tip = points[:, 3]
    corners = np.stack([tip, tip - way + aside, tip - way - aside], axis=1).tolist()
    return [QPolygonF([QPointF(x, y) for x, y in head]) for head in corners]


def _draw_heads(
    painter: QPainter, heads: list[QPolygonF], chosen: BoolArray, colour: QColor
) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for which in np.flatnonzero(chosen).tolist():
        painter.drawConvexPolygon(heads[which])
