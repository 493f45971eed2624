"""Marking what a what-if has done: what is as recorded is paler, and what was set has a ring."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.debug import numbers
from explorer.debug.whatif import WhatIf
from explorer.views.map_frame import NUMBER_CELLS, SYMBOL_CELLS, Frame, Scene, draw_rects
from explorer.views.map_pins import paint_name

VEIL = 150  # of 255: how much of an unchanged cell its veil covers
LEAST_RING, ROOM = 6.0, 5.0  # pixels: half a ring at least, and from the cell to the ring
FLAG, FLAG_LEAST = 0.13, 5.0  # the corner of a changed cell: share of its side, least pixels
CORNER, BELOW = 5.0, 14.0  # pixels: of the ring around a large cell; its name is below it
DIGITS = 6

Mask = npt.NDArray[np.bool_]


class WhatIfPainter:
    """Shows on the map which numbers are others than the recorded ones.

    Small cells that are as recorded lie under a veil. Cells with words in them all stay as clear
    as they are; there, those that have changed have a flag at a corner.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        layout = scene.layout
        self._scene = scene
        self._what_if: WhatIf | None = None
        self._by_gradient = False
        self._differs: Mask = np.ones(scene.trace.nodes, bool)
        self._pixels = np.zeros(layout.grid.shape, np.uint32)
        self._pixel_of = layout.y.astype(np.int64) * layout.width + layout.x
        self._image = QImage(
            self._pixels.data,
            layout.width,
            layout.height,
            4 * layout.width,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        cover = QColor(scene.theme.box)
        shades = (VEIL * part // 255 for part in (cover.red(), cover.green(), cover.blue()))
        red, green, blue = shades
        self._veil = np.uint32(VEIL << 24 | red << 16 | green << 8 | blue)

    def paint_differences(self, frame: Frame) -> None:
        """Draw what lies on the cells: veils, or flags."""
        marks = frame.marks
        if marks.what_if is None:
            return
        self._compare(marks.what_if, marks.by_gradient)
        if frame.scale >= SYMBOL_CELLS:
            self._paint_flags(frame)
        elif not frame.as_vectors:
            self._paint_veil(frame)

    def paint_rings(self, frame: Frame) -> None:
        """Draw a ring and a name at each node that was set by hand."""
        what_if, painter, theme = frame.marks.what_if, frame.painter, self._scene.theme
        if what_if is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        taken: list[QRectF] = []
        for changed in what_if.changes:
            x, y = frame.middle(changed.node)
            half = max(frame.scale / 2, LEAST_RING) + ROOM
            box = QRectF(x - half, y - half, 2 * half, 2 * half)
            radius = half if frame.scale < SYMBOL_CELLS else CORNER
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for colour, width in ((theme.window, 5.5), (theme.warning, 2.5)):
                painter.setPen(QPen(QColor(colour), theme.line(width)))
                painter.drawRoundedRect(box, radius, radius)
            words, place = f"what if {numbers.short(changed.data, DIGITS)}", QPointF(x + half, y)
            if frame.scale >= NUMBER_CELLS:  # the cell says its number, and so does the next one
                words, place = "what if", QPointF(x - half, y + half + BELOW)
            paint_name(frame, place, words, theme.warning, taken)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _compare(self, what_if: WhatIf, by_gradient: bool) -> None:
        """Find out which nodes differ; few of them are others after a move of the mouse."""
        if (what_if, by_gradient) == (self._what_if, self._by_gradient):
            return
        self._what_if, self._by_gradient = what_if, by_gradient
        differs = what_if.differs_in_gradient if by_gradient else what_if.differs
        turned = np.flatnonzero(differs != self._differs)
        self._pixels.reshape(-1)[self._pixel_of[turned]] = np.where(
            differs[turned], np.uint32(0), self._veil
        )
        self._differs = differs

    def _paint_veil(self, frame: Frame) -> None:
        left, top, right, bottom = frame.visible_cells()
        width, height = right - left, bottom - top
        if width > 0 and height > 0:
            x, y = frame.camera.to_screen(left, top)
            area = QRectF(x, y, width * frame.scale, height * frame.scale)
            frame.painter.drawImage(area, self._image, QRectF(left, top, width, height))

    def _paint_flags(self, frame: Frame) -> None:
        nodes = frame.visible_nodes()
        nodes = nodes[self._differs[nodes]]
        side = max(FLAG * frame.scale, FLAG_LEAST)
        flags = np.empty((len(nodes), 4))
        flags[:, :2] = frame.whole(frame.middles(nodes) - frame.scale / 2)
        # Cells of this size are 2 pixels apart.
        flags[:, 0] += frame.crisp(frame.scale) - frame.crisp(2) - side
        flags[:, 2:] = side
        frame.painter.setPen(QPen(QColor(self._scene.theme.window), self._scene.theme.line(1)))
        frame.painter.setBrush(QColor(self._scene.theme.warning))
        draw_rects(frame.painter, flags)
