"""Drawing the nodes: small ones as one image, larger ones as cells with their numbers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter

from explorer.debug import numbers
from explorer.debug.formula import formula
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.style import mono
from explorer.trace.timeline import GradState
from explorer.views.map_frame import (
    FORMULA_CELLS,
    NUMBER_CELLS,
    SEPARATE_CELLS,
    SYMBOL_CELLS,
    Frame,
    Rects,
    Scene,
    draw_rects,
)

HOLLOW_RIM = (0.16, 4.0)  # of a node that never reaches the loss: share of a cell, most pixels
# What has not come about yet is smaller than its cell, by this share at each side.
INSETS = {palette.UNBORN: 0.3, palette.PENDING: 0.18}
DIGITS = 3


class CellPainter:
    """Draws nodes. Those that never reach the loss are hollow, where cells are large enough.

    Parameters
    ----------
    scene : Scene

    Attributes
    ----------
    image : QImage
        The whole map, a pixel a cell.
    """

    def __init__(self, scene: Scene) -> None:
        layout = scene.layout
        self._scene = scene
        self._table = palette.colour_table(scene.theme)
        self._colours = [QColor.fromRgb(int(argb)) for argb in self._table]
        self._ink = [_readable_on(colour) for colour in self._colours]
        self._hollow_ink = QColor(scene.theme.text)
        self._pixels = np.zeros(layout.grid.shape, np.uint32)
        self.image = QImage(
            self._pixels.data,
            layout.width,
            layout.height,
            4 * layout.width,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        self._cursor = -1  # of which the gradients are known
        self._hollow = ~scene.trace.reaches_loss
        self._hollow[: scene.trace.leaves] = False

    def recolour(self, indices: Indices) -> None:
        """Take over the palette index of each node, and of no node (-1) at the end."""
        np.take(self._table[indices], self._scene.layout.grid, out=self._pixels, mode="wrap")

    def paint(self, frame: Frame) -> None:
        """Draw all nodes in the picture."""
        if frame.scale < SEPARATE_CELLS:
            self._paint_image(frame)
            return
        nodes = frame.visible_nodes()
        if not nodes.size:
            return
        cells = self._paint_cells(frame, nodes)
        if frame.scale >= NUMBER_CELLS:
            self._paint_numbers(frame, nodes, cells)
        elif frame.scale >= SYMBOL_CELLS:
            self._paint_symbols(frame, nodes, cells)

    def _paint_image(self, frame: Frame) -> None:
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        frame.painter.setRenderHint(smooth, frame.scale < 1)
        x, y = frame.camera.to_screen(0, 0)
        layout = self._scene.layout
        area = QRectF(x, y, layout.width * frame.scale, layout.height * frame.scale)
        frame.painter.drawImage(area, self.image)

    def _paint_cells(self, frame: Frame, nodes: npt.NDArray[np.int32]) -> Rects:
        """Draw cells, one call a colour; return them in pixels."""
        gap = 1.0 if frame.scale < SYMBOL_CELLS else 2.0
        cells = np.empty((len(nodes), 4))
        cells[:, :2] = np.rint(frame.middles(nodes) - frame.scale / 2)
        cells[:, 2:] = np.rint(frame.scale) - gap
        indices = frame.indices[nodes]
        order = np.argsort(indices, kind="stable")
        bounds = np.searchsorted(indices[order], np.arange(257))
        in_order = cells[order]
        frame.painter.setPen(Qt.PenStyle.NoPen)
        for index in np.unique(indices).tolist():
            frame.painter.setBrush(self._colours[index])
            rects = in_order[bounds[index] : bounds[index + 1]]
            if index in INSETS:
                inset = round(INSETS[index] * frame.scale)
                rects[:, :2] += inset
                rects[:, 2:] -= 2 * inset
            draw_rects(frame.painter, rects)
        hollow = cells[self._hollow[nodes]]
        if len(hollow):
            rim = max(1.0, min(round(HOLLOW_RIM[0] * frame.scale), HOLLOW_RIM[1]))
            hollow[:, :2] += rim
            hollow[:, 2:] -= 2 * rim
            frame.painter.setBrush(QColor(self._scene.theme.box))
            draw_rects(frame.painter, hollow)
        return cells

    def _gradients_at(self, cursor: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
        """Return gradients and their states; they are kept until time moves."""
        if cursor != self._cursor:
            timeline = self._scene.timeline
            self._cursor = cursor
            self._gradients = timeline.grad_at(cursor), timeline.grad_states_at(cursor)
        return self._gradients

    def _ink_of(self, frame: Frame, node: int) -> QColor:
        return self._hollow_ink if self._hollow[node] else self._ink[frame.indices[node]]

    def _paint_symbols(self, frame: Frame, nodes: npt.NDArray[np.int32], cells: Rects) -> None:
        painter, trace = frame.painter, self._scene.trace
        side = cells[0, 2]
        painter.setFont(mono(int(min(max(side * 0.42, 10), 16))))
        metrics = QFontMetricsF(painter.font())
        symbols = [numbers.symbol(name) for name in trace.op_names]
        widths = [metrics.horizontalAdvance(text) for text in symbols]
        down = (side + metrics.capHeight()) / 2
        for i, node in enumerate(nodes.tolist()):
            op = trace.op[node]
            if widths[op] <= side:
                painter.setPen(self._ink_of(frame, node))
                across = cells[i, 0] + (side - widths[op]) / 2
                painter.drawText(QPointF(across, cells[i, 1] + down), symbols[op])

    def _paint_numbers(self, frame: Frame, nodes: npt.NDArray[np.int32], cells: Rects) -> None:
        painter, trace, timeline = frame.painter, self._scene.trace, self._scene.timeline
        side = cells[0, 2]
        text_size = int(min(max(side * 0.165, 10), 15 if side < 160 else 20))
        large, small = mono(int(text_size * 1.2), bold=True), mono(text_size)
        metrics = QFontMetricsF(small)
        room, line = side * 0.9, text_size * 1.35
        grad, states = self._gradients_at(frame.cursor)
        computed = timeline.moment(frame.cursor).computed
        backward = frame.cursor >= timeline.backward_start
        # One font after the other: changing it costs as much as writing.
        corners = (cells[:, :2] + (side * 0.06, side * 0.06 + text_size)).tolist()
        painter.setFont(large)
        for (x, y), node in zip(corners, nodes.tolist(), strict=True):
            painter.setPen(self._ink_of(frame, node))
            painter.drawText(QPointF(x, y), numbers.symbol(trace.op_name(node)))
        painter.setFont(small)
        for (x, y), node in zip(corners, nodes.tolist(), strict=True):
            painter.setPen(self._ink_of(frame, node))
            lines = []
            if node < computed:
                lines.append(numbers.short(float(trace.data[node]), DIGITS))
                if frame.scale >= FORMULA_CELLS and trace.edges(node):
                    written = f"= {formula(trace, node, DIGITS - 1)}"
                    lines.append(written if metrics.horizontalAdvance(written) <= room else "")
            if backward:
                reached = states[node] != GradState.NOT_REACHED
                lines.append(f"∇{numbers.short(float(grad[node]), DIGITS) if reached else '–'}")
            for place, text in enumerate(lines):
                painter.drawText(QPointF(x, y + line * (1.25 + place)), text)


def _readable_on(colour: QColor) -> QColor:
    """Return black or white, whichever stands out more."""
    luminance = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return QColor("#0a0e14" if luminance > 120 else "#ffffff")
