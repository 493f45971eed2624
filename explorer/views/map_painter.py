"""Drawing the map: numpy arrays and a few large calls, no object a node."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from math import ceil

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRect, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from explorer.layout.camera import Camera
from explorer.layout.flows import Flow
from explorer.layout.map_layout import MapLayout
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.layer import Layer
from explorer.views.map_cells import CellPainter
from explorer.views.map_flows import FlowPainter
from explorer.views.map_found import FoundPainter
from explorer.views.map_frame import NUMBER_CELLS, Frame, MapMarks, Scene, draw_rects
from explorer.views.map_labels import LabelPainter
from explorer.views.map_links import LinkPainter
from explorer.views.map_pins import PinPainter
from explorer.views.map_whatif import WhatIfPainter

FEW = 32  # cells that are painted one by one; of more, all are
NO_NODES = np.empty(0, np.int64)


class MapPainter:
    """Draws one pass: boxes of scopes, cells of nodes, labels, edges and marks.

    Parameters
    ----------
    layout : MapLayout
    timeline : Timeline
    flows : sequence of Flow
    titles : list of str
        The label of each scope.
    theme : Theme
    """

    def __init__(
        self,
        layout: MapLayout,
        timeline: Timeline,
        flows: Sequence[Flow],
        titles: list[str],
        theme: Theme,
    ) -> None:
        self._scene = Scene(layout, timeline, titles, _depths(timeline.trace), theme)
        self._indices: Indices = np.full(timeline.trace.nodes, palette.EMPTY, np.uint8)
        self._framed = np.flatnonzero(layout.framed)
        self._box_colours = _box_colours(theme, int(self._scene.depth.max()))
        self._cells = CellPainter(self._scene)
        self._labels = LabelPainter(self._scene)
        self._links = LinkPainter(self._scene)
        self._flows = FlowPainter(self._scene, flows)
        self._found = FoundPainter(self._scene)
        self._pins = PinPainter(self._scene)
        self._what_if = WhatIfPainter(self._scene)
        self._base, self._below, self._above = Layer(), Layer(), Layer()
        self._colouring, self._changed = 0, NO_NODES  # and what has changed in it since painted

    @property
    def image(self) -> QImage:
        """The map as it was last coloured, a pixel a cell."""
        return self._cells.image

    def show_numbers(self, timeline: Timeline) -> None:
        """Show other numbers of the same events."""
        self._scene.timeline = timeline

    def recolour(self, indices: Indices) -> None:
        """Take over the palette index of each node: few of them change from step to step."""
        self._indices = indices
        self._changed = np.concatenate([self._changed, self._cells.recolour(indices)])
        if len(self._changed) > FEW:
            self._colouring, self._changed = self._colouring + 1, NO_NODES

    def paint(
        self,
        painter: QPainter,
        camera: Camera,
        size: QSizeF,
        marks: MapMarks,
        cursor: int,
        as_vectors: bool = False,
    ) -> None:
        """Draw everything that a widget of this size shows.

        Parameters
        ----------
        painter : QPainter
            Scaled as the theme is.
        camera : Camera
        size : QSizeF
            In pixels of scale 1.
        marks : MapMarks
        cursor : int
            The moment on show.
        as_vectors : bool
            Whether the picture is for a file that can be enlarged.
        """
        frame = Frame(
            self._scene,
            painter,
            camera,
            size.width(),
            size.height(),
            marks,
            cursor,
            self._indices,
            as_vectors,
        )
        # Qt draws lines five times as fast within a clip that was set by hand.
        painter.setClipRect(0, 0, ceil(size.width()), ceil(size.height()))
        self._paint_base(frame)
        self._links.paint(frame)
        self._found.paint(frame)
        self._pins.paint(frame)
        self._labels.paint_column_headers(frame)
        self._paint_marks(frame)
        self._what_if.paint_rings(frame)  # whose words are to be read

    def _paint_base(self, frame: Frame) -> None:
        """Draw all that stays as it is when something is pointed out."""
        # Where cells have numbers, not only colours tell of time.
        moment = frame.cursor if frame.scale >= NUMBER_CELLS else None
        compared = frame.marks.what_if, frame.marks.by_gradient
        look = frame.camera, self._colouring, self._flows.shown(frame), moment, compared
        changed = [cell.toAlignedRect() for cell in map(frame.cell, self._changed.tolist())]
        self._changed = NO_NODES
        _paint_layer(self._base, frame, frame.area, look, self._paint_pass, True, changed)

    def _paint_pass(self, frame: Frame) -> None:
        _paint_layer(self._below, frame, frame.area, frame.camera, self._paint_boxes, opaque=True)
        self._cells.paint(frame)
        self._what_if.paint_differences(frame)
        flows = self._flows.shown(frame)
        if flows:
            look = frame.camera, flows
            _paint_layer(self._above, frame, frame.area, look, self._flows.paint)
        self._labels.paint(frame)

    def _paint_boxes(self, frame: Frame) -> None:
        picture = QRectF(0, 0, frame.width, frame.height)
        frame.painter.fillRect(picture, QColor(self._scene.theme.window))
        scopes, boxes = frame.boxes(self._framed)
        depths = self._scene.depth[scopes]
        line = frame.crisp(1)
        frame.painter.setPen(QPen(QColor(self._scene.theme.box_border), line))
        for depth in range(1, len(self._box_colours)):
            chosen = boxes[depths == depth]
            if not frame.as_vectors:
                chosen = frame.whole(chosen)
                chosen[:, :2] += line / 2  # pens draw crisp lines within pixels, not across
            frame.painter.setBrush(self._box_colours[depth])
            draw_rects(frame.painter, chosen)

    def _paint_marks(self, frame: Frame) -> None:
        painter, marks, theme = frame.painter, frame.marks, self._scene.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for node, colour, width, room in (
            (marks.hovered, theme.muted, 1.5, 2),
            (marks.current, theme.text, 2.0, 5),
            (marks.compared, theme.negative, 2.5, 2),
            (marks.selected, theme.current, 2.5, 2),
        ):
            if node is None:
                continue
            x, y = frame.middle(node)
            half = max(frame.scale / 2, 3.0) + room
            painter.setPen(QPen(QColor(colour), theme.line(width)))
            painter.drawRoundedRect(QRectF(x - half, y - half, 2 * half, 2 * half), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _paint_layer(
    layer: Layer,
    frame: Frame,
    area: QRectF,
    look: Hashable,
    paint: Callable[[Frame], None],
    opaque: bool = False,
    changed: Sequence[QRect] = (),
) -> None:
    """Paint a part of a frame that looks the same as long as `look` does, but for what changed."""
    if frame.as_vectors:
        paint(frame)
        return

    def draw(painter: QPainter) -> None:
        paint(replace(frame, painter=painter))

    layer.paint(frame.painter, area, look, draw, opaque, changed)


def _depths(trace: Trace) -> npt.NDArray[np.int32]:
    depth = np.zeros(len(trace.scopes), np.int32)
    for i, scope in enumerate(trace.scopes):
        if scope.parent >= 0:
            depth[i] = depth[scope.parent] + 1
    return depth


def _box_colours(theme: Theme, deepest: int) -> list[QColor]:
    """Return the surface of a box at each depth."""
    start, end = QColor(theme.box), QColor(theme.box_step)
    colours = []
    for depth in range(deepest + 1):
        share = min(max(0, depth - 1) / 8, 1.0)
        colours.append(
            QColor.fromRgbF(
                start.redF() + (end.redF() - start.redF()) * share,
                start.greenF() + (end.greenF() - start.greenF()) * share,
                start.blueF() + (end.blueF() - start.blueF()) * share,
            )
        )
    return colours
