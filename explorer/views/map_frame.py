"""What all parts of the map's drawing share: the pass on show, and one frame of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import shiboken6
from PySide6.QtCore import QLineF, QRectF
from PySide6.QtGui import QPainter

from explorer.debug.whatif import WhatIf
from explorer.layout.camera import Camera
from explorer.layout.map_layout import MapLayout
from explorer.theme.palette import Indices
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

Rects = npt.NDArray[np.float64]  # left, top, width, height, one a row

SEPARATE_CELLS = 6.0  # pixels a cell from which cells stand apart
SYMBOL_CELLS = 22.0  # from which they show their operation, and their edges
NUMBER_CELLS = 62.0  # from which they show data and gradient
FORMULA_CELLS = 118.0  # from which they show how they were computed
COLUMN_HEADER = 26  # pixels of the strip that names columns
BLEED = 2.0  # pixels around a cell that its colour may reach
LEAST_BOX = 4.0  # pixels below which a box is not drawn


@dataclass(frozen=True)
class MapMarks:
    """What is pointed out on the map.

    Of what the search found, `found_at` is the current one; `path` are the nodes of a path that it
    found, in its order. Watched nodes come with their names, those that break with whether they
    are enabled. A what-if is compared with the recorded pass by data, or by gradients if these are
    what colours tell.
    """

    selected: int | None
    current: int | None
    hovered: int | None
    compared: int | None
    flows: bool = True
    found: npt.NDArray[np.int64] | None = None
    found_at: int | None = None
    watched: tuple[tuple[int, str], ...] = ()
    breaks: tuple[tuple[int, bool], ...] = ()
    path: npt.NDArray[np.int64] | None = None
    what_if: WhatIf | None = None
    by_gradient: bool = False


@dataclass(eq=False)
class Scene:
    """A pass to be drawn.

    Attributes
    ----------
    layout : MapLayout
    timeline : Timeline
        It may be replaced by one of the same events with other numbers.
    titles : list of str
        The label of each scope.
    depth : int32 array, (scopes,)
        How many scopes are around each.
    theme : Theme
    """

    layout: MapLayout
    timeline: Timeline
    titles: list[str]
    depth: npt.NDArray[np.int32]
    theme: Theme

    @property
    def trace(self) -> Trace:
        """The recorded columns of the pass."""
        return self.timeline.trace


@dataclass(frozen=True)
class Frame:
    """One picture of a scene.

    Attributes
    ----------
    scene : Scene
    painter : QPainter
    camera : Camera
    width, height : float
        Of the picture, as all lengths in pixels of scale 1.
    marks : MapMarks
    cursor : int
        The moment on show.
    indices : uint8 array, (nodes,)
        Palette index of each node.
    as_vectors : bool
        Whether the picture is for a file that can be enlarged: without images, and unrounded.
    """

    scene: Scene
    painter: QPainter
    camera: Camera
    width: float
    height: float
    marks: MapMarks
    cursor: int
    indices: Indices
    as_vectors: bool = False

    @property
    def scale(self) -> float:
        """Pixels a cell."""
        return self.camera.scale

    def whole(self, lengths: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
        """Return lengths rounded to whole pixels of the screen, on which lines are crisp."""
        scale = self.scene.theme.scale
        return np.divide(np.rint(lengths * scale), scale, dtype=np.float64)

    def crisp(self, width: float) -> float:
        """Return a width rounded to whole pixels of the screen, but seen as a line has to be."""
        theme = self.scene.theme
        return max(round(theme.line(width) * theme.scale), 1) / theme.scale

    @property
    def area(self) -> QRectF:
        """All of the picture."""
        return QRectF(0, 0, self.width, self.height)

    def cell(self, node: int) -> QRectF:
        """Return a node's cell in pixels, with what bleeds out of it where it is small."""
        x, y = self.middle(node)
        half = self.scale / 2 + BLEED
        return QRectF(x - half, y - half, 2 * half, 2 * half)

    def boxes(self, among: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int64], Rects]:
        """Return those of some scopes whose boxes are in the picture, and the boxes in pixels."""
        screen = self.scene.layout.box[among].astype(np.float64) * self.scale
        screen[:, 0] -= self.camera.left * self.scale
        screen[:, 1] -= self.camera.top * self.scale
        left, top, width, height = screen.T
        shown = (
            (left < self.width)
            & (top < self.height)
            & (left + width > 0)
            & (top + height > 0)
            & (width >= LEAST_BOX)
            & (height >= LEAST_BOX)
        )
        return among[shown], screen[shown]

    def visible_cells(self) -> tuple[int, int, int, int]:
        """Return left, top, right and bottom (both exclusive) of the cells in the picture.

        Right is not more than left if no cell is, and likewise bottom.
        """
        left, top = (max(0, int(edge)) for edge in self.camera.to_map(0, 0))
        right, bottom = (int(edge) + 1 for edge in self.camera.to_map(self.width, self.height))
        layout = self.scene.layout
        return left, top, max(min(right, layout.width), 0), max(min(bottom, layout.height), 0)

    def visible_nodes(self) -> npt.NDArray[np.int32]:
        """Return the nodes whose cells are in the picture."""
        left, top, right, bottom = self.visible_cells()
        visible = self.scene.layout.grid[top:bottom, left:right]
        return visible[visible >= 0]

    def middles(self, nodes: npt.NDArray[np.int32]) -> npt.NDArray[np.float64]:
        """Return the middles of cells in pixels, one a row."""
        layout = self.scene.layout
        across = (layout.x[nodes] + 0.5 - self.camera.left) * self.scale
        down = (layout.y[nodes] + 0.5 - self.camera.top) * self.scale
        return np.stack([across, down], axis=1)

    def middle(self, node: int) -> tuple[float, float]:
        """Return the middle of one cell in pixels."""
        layout = self.scene.layout
        return self.camera.to_screen(*layout.middle(node))


def draw_rects(painter: QPainter, rects: Rects) -> None:
    """Draw rectangles straight from the array's memory."""
    if len(rects):
        rects = np.ascontiguousarray(rects)
        first = cast(QRectF, shiboken6.wrapInstance(rects.ctypes.data, QRectF))
        painter.drawRects(first, len(rects))


def draw_lines(painter: QPainter, lines: npt.NDArray[np.float64]) -> None:
    """Draw lines (x1, y1, x2, y2) straight from the array's memory."""
    if len(lines):
        lines = np.ascontiguousarray(lines)
        first = cast(QLineF, shiboken6.wrapInstance(lines.ctypes.data, QLineF))
        painter.drawLines(first, len(lines))
