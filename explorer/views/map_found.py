"""Marking what the search found: outlines that can be seen at every zoom."""

from __future__ import annotations

from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.views.map_frame import Frame, Rects, Scene, draw_rects
from explorer.views.map_path import PathPainter

LEAST_OUTLINE = 7.0  # pixels: smaller cells are outlined in squares of several
LINE, HALO = 2.0, 1.0  # pixels; the halo parts the line from cells of any colour
AROUND_CURRENT = 7.0  # pixels between the current one's cell and its mark

Mask = npt.NDArray[np.bool_]


class FoundPainter:
    """Outlines the found nodes: single ones as rings, neighbours as one region.

    A line runs where a found cell stands beside one that is not found. So the cells keep their
    colours, and a whole block costs as little as a ring: all nodes of a pass take a few
    milliseconds at most.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._nodes: npt.NDArray[np.int64] | None = None
        self._masks: dict[int, Mask] = {}
        self._path = PathPainter(scene)

    def paint(self, frame: Frame) -> None:
        """Outline all found nodes, mark the current one among them, and draw a path."""
        self._path.paint(frame)
        nodes, at = frame.marks.found, frame.marks.found_at
        if nodes is None or not len(nodes):
            return
        cells = max(1, ceil(LEAST_OUTLINE / frame.scale))
        lines = self._lines(frame, self._mask(nodes, cells), cells)
        frame.painter.setPen(Qt.PenStyle.NoPen)
        frame.painter.setBrush(QColor(self._scene.theme.window))
        draw_rects(frame.painter, lines + np.array([-HALO, -HALO, 2 * HALO, 2 * HALO]))
        frame.painter.setBrush(QColor(self._scene.theme.found))
        draw_rects(frame.painter, lines)
        if at is not None:
            self._paint_current(frame, int(nodes[at]))

    def _mask(self, nodes: npt.NDArray[np.int64], cells: int) -> Mask:
        """Return which squares of so many cells a side hold a found node, with a rim of none."""
        if nodes is not self._nodes:
            self._nodes, self._masks = nodes, {}
        if cells not in self._masks:
            layout = self._scene.layout
            shape = (layout.height // cells + 3, layout.width // cells + 3)
            mask = np.zeros(shape, bool)
            mask[layout.y[nodes] // cells + 1, layout.x[nodes] // cells + 1] = True
            self._masks = {cells: mask}
        return self._masks[cells]

    @staticmethod
    def _lines(frame: Frame, mask: Mask, cells: int) -> Rects:
        """Return the visible outlines as thin rectangles in pixels."""
        side = cells * frame.scale
        camera, whole, line = frame.camera, frame.whole, frame.crisp(LINE)
        left, top = camera.left / cells, camera.top / cells
        first_row, first_column = max(0, int(top)), max(0, int(left))
        last_row = max(0, int(top + frame.height / side) + 3)
        last_column = max(0, int(left + frame.width / side) + 3)
        seen = mask[first_row:last_row, first_column:last_column]
        parts = []
        # A change along a row is an upright line, a change along a column a level one.
        rows, columns = np.nonzero(seen[:, 1:] != seen[:, :-1])
        x, y = (columns + first_column - left) * side, (rows + first_row - 1 - top) * side
        upright = np.empty((len(x), 4))
        upright[:, 0], upright[:, 1] = whole(x) - line / 2, whole(y) - line / 2
        upright[:, 2], upright[:, 3] = line, whole(y + side) - whole(y) + line
        parts.append(upright)
        rows, columns = np.nonzero(seen[1:] != seen[:-1])
        x, y = (columns + first_column - 1 - left) * side, (rows + first_row - top) * side
        level = np.empty((len(x), 4))
        level[:, 0], level[:, 1] = whole(x) - line / 2, whole(y) - line / 2
        level[:, 2], level[:, 3] = whole(x + side) - whole(x) + line, line
        parts.append(level)
        return np.concatenate(parts)

    def _paint_current(self, frame: Frame, node: int) -> None:
        painter = frame.painter
        x, y = frame.middle(node)
        half = max(frame.scale / 2, LEAST_OUTLINE / 2) + AROUND_CURRENT
        box = QRectF(x - half, y - half, 2 * half, 2 * half)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((self._scene.theme.window, 7.0), (self._scene.theme.found, 4.0)):
            painter.setPen(QPen(QColor(colour), self._scene.theme.line(width)))
            painter.drawRoundedRect(box, 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
