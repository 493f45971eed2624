"""Neighbourhoods on the stage of a lecture: all cards that are shown are seen, and large."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
from PySide6.QtCore import QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.debug import numbers
from explorer.debug.crowd import page_at
from explorer.layout.camera import Camera
from explorer.layout.card_camera import fits
from explorer.layout.layered import CARD_GAP
from explorer.layout.neighbourhood import CHILDREN, CONSUMERS, Neighbourhood
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.neighbourhood_choices import Choices, PassScenes
from explorer.views.neighbourhood_scene import CARD, Scene

MARGINS = 36.0  # pixels above and below all cards together
MORE, PADDING = 34.0, 8.0  # pixels below the cards, for how many there are besides


@dataclass(frozen=True, eq=False)
class Staged:
    """What a stage shows of a neighbourhood.

    Attributes
    ----------
    scene : Scene
    reason : str
        Why it is not in the layout of choice; empty if it is.
    besides : dict of int to int
        How many children (-1) and consumers (1) are not shown.
    """

    scene: Scene
    reason: str
    besides: dict[int, int] = field(default_factory=dict)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of all cards, and of what is said below them."""
        left, top, right, bottom = self.scene.bounds()
        return left, top, right, bottom + (MORE if self.besides else 0)

    def notes(self, camera: Camera) -> list[QRectF]:
        """Return where on the screen it is said how many there are besides."""
        middle, height = self.scene.middle, self.scene.size[:, 1]
        notes = []
        for side in self.besides:
            there = np.sign(self.scene.neighbourhood.hops) == side
            bottom = float((middle[there, 1] + height[there] / 2).max())
            x, y = camera.to_screen(float(middle[there, 0].mean()), bottom)
            notes.append(QRectF(x - CARD[0] / 2, y + PADDING, CARD[0], MORE - PADDING))
        return notes


def staged(scenes: PassScenes, node: int, choices: Choices, cursor: int, size: QSizeF) -> Staged:
    """Return as much of a neighbourhood as there is room for.

    Columns stand closer, hops are left out, and at last cards: those stay whose gradients are
    passed on around the moment.

    Parameters
    ----------
    scenes : PassScenes
    node : int
    choices : Choices
    cursor : int
    size : QSizeF
        Of the stage, in pixels of scale 1.
    """
    for hops in range(choices.hops, 0, -1):
        fewer = replace(choices, hops=hops)
        for maker in (scenes, scenes.closer):
            scene, reason = maker.make(node, fewer)
            if fits(scene.bounds(), size.width(), size.height()):
                return Staged(scene, reason)
    most = max(int((size.height() - MARGINS - MORE + CARD_GAP) // (CARD[1] + CARD_GAP)), 1)
    around, besides = _fewer(scene.neighbourhood, scenes.timeline, cursor, most)
    for maker in (scenes, scenes.closer):
        scene, reason = maker.make(node, fewer, around)
        left, _, right, _ = scene.bounds()
        if fits((left, 0, right, 0), size.width(), size.height()):
            break
    return Staged(scene, reason, besides)


def paint_besides(painter: QPainter, staged: Staged, camera: Camera, theme: Theme) -> None:
    """Write below the cards of each side how many there are besides."""
    painter.setFont(sans(BODY))
    painter.setPen(QColor(theme.muted))
    for area, count in zip(staged.notes(camera), staged.besides.values(), strict=True):
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, f"and {numbers.count(count)} more")


def _fewer(
    around: Neighbourhood, timeline: Timeline, cursor: int, most: int
) -> tuple[Neighbourhood, dict[int, int]]:
    """Return a neighbourhood of one hop with so many cards at a side, and how many it lacks."""
    kept = np.zeros(len(around), bool)
    kept[0] = True
    besides = {}
    for side, near, far in (
        (CHILDREN, around.consumer, around.child),
        (CONSUMERS, around.child, around.consumer),
    ):
        edges = np.flatnonzero(near == 0)
        page = page_at(timeline, cursor, around.edges[edges], most)
        kept[far[edges[page]]] = True
        missing = int(((around.hops == side) & ~kept).sum())
        if missing:
            besides[side] = missing
    return around.only(kept), besides
