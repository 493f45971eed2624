"""Drawing the map: numpy arrays and a few large calls, no object a node.

Small cells are one image, a pixel a cell, drawn scaled. Larger ones are rectangles, one call a
colour. Text appears where there is room for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
import shiboken6
from PySide6.QtCore import QLineF, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from explorer.debug import numbers
from explorer.layout.camera import Camera
from explorer.layout.map_layout import MapLayout
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

SEPARATE_CELLS = 6.0  # pixels a cell from which cells stand apart
SYMBOL_CELLS = 22.0  # from which they show their operation
NUMBER_CELLS = 62.0  # from which they show data and gradient
LEAST_BOX = 4.0  # pixels below which a box is not drawn
LABEL_SIZE, LEAST_LABEL = 13, 10
COLUMN_HEADER = 26  # pixels


@dataclass(frozen=True)
class MapMarks:
    """What is pointed out on the map."""

    selected: int | None
    current: int | None
    hovered: int | None


class MapPainter:
    """Draws one pass.

    Parameters
    ----------
    layout : MapLayout
    timeline : Timeline
    titles : list of str
        The label of each scope.
    theme : Theme
    """

    def __init__(
        self, layout: MapLayout, timeline: Timeline, titles: list[str], theme: Theme
    ) -> None:
        self._layout, self._timeline, self._theme = layout, timeline, theme
        self._trace: Trace = timeline.trace
        self._titles = titles
        self._table = palette.colour_table(theme)
        self._colours = [QColor.fromRgb(int(argb)) for argb in self._table]
        self._ink = [_readable_on(colour) for colour in self._colours]
        self._indices: Indices = np.zeros(self._trace.nodes + 1, np.uint8)
        self._pixels = np.zeros(layout.grid.shape, np.uint32)
        self._image = QImage(
            self._pixels.data,
            layout.width,
            layout.height,
            4 * layout.width,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        self._framed = np.flatnonzero(layout.framed)
        self._labelled = np.flatnonzero(layout.header)
        self._depth = _depths(self._trace)
        self._box_colours = _box_colours(theme, int(self._depth.max()))

    def recolour(self, indices: Indices) -> None:
        """Take over the palette index of each node."""
        self._indices = np.append(indices, np.uint8(palette.EMPTY))
        np.take(self._table[self._indices], self._layout.grid, out=self._pixels, mode="wrap")

    def paint(
        self, painter: QPainter, camera: Camera, size: QSizeF, marks: MapMarks, cursor: int
    ) -> None:
        """Draw everything that a widget of this size shows.

        Parameters
        ----------
        painter : QPainter
        camera : Camera
        size : QSizeF
        marks : MapMarks
        cursor : int
            The moment, for the numbers in large cells.
        """
        painter.fillRect(QRectF(QPointF(), size), QColor(self._theme.window))
        painter.setClipRect(0, 0, int(size.width()), int(size.height()))
        self._paint_boxes(painter, camera, size)
        if camera.scale < SEPARATE_CELLS:
            self._paint_image(painter, camera)
        else:
            self._paint_cells(painter, camera, size, cursor)
        self._paint_labels(painter, camera, size)
        self._paint_links(painter, camera, marks)
        self._paint_marks(painter, camera, marks)
        self._paint_column_headers(painter, camera, size)

    def _screen_boxes(
        self, among: npt.NDArray[np.int64], camera: Camera, size: QSizeF
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
        """Return those of some scopes whose boxes are visible, and the boxes in pixels."""
        screen = self._layout.box[among].astype(np.float64) * camera.scale
        screen[:, 0] -= camera.left * camera.scale
        screen[:, 1] -= camera.top * camera.scale
        left, top, width, height = screen.T
        shown = (
            (left < size.width())
            & (top < size.height())
            & (left + width > 0)
            & (top + height > 0)
            & (width >= LEAST_BOX)
            & (height >= LEAST_BOX)
        )
        return among[shown], screen[shown]

    def _paint_boxes(self, painter: QPainter, camera: Camera, size: QSizeF) -> None:
        scopes, boxes = self._screen_boxes(self._framed, camera, size)
        depths = self._depth[scopes]
        painter.setPen(QPen(QColor(self._theme.box_border), 1))
        for depth in range(1, len(self._box_colours)):
            chosen = np.rint(boxes[depths == depth])
            chosen[:, :2] += 0.5  # pens draw crisp lines on the middle of pixels
            if len(chosen):
                painter.setBrush(self._box_colours[depth])
                _draw_rects(painter, chosen)

    def _paint_image(self, painter: QPainter, camera: Camera) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, camera.scale < 1)
        x, y = camera.to_screen(0, 0)
        width, height = self._layout.width * camera.scale, self._layout.height * camera.scale
        painter.drawImage(QRectF(x, y, width, height), self._image)

    def _paint_cells(self, painter: QPainter, camera: Camera, size: QSizeF, cursor: int) -> None:
        left, top = (max(0, int(edge)) for edge in camera.to_map(0, 0))
        right, bottom = (int(edge) + 1 for edge in camera.to_map(size.width(), size.height()))
        visible = self._layout.grid[top : max(bottom, 0), left : max(right, 0)]
        nodes = visible[visible >= 0]
        if not nodes.size:
            return
        gap = 1.0 if camera.scale < SYMBOL_CELLS else 2.0
        cells = np.empty((len(nodes), 4))
        cells[:, 0] = np.rint((self._layout.x[nodes] - camera.left) * camera.scale)
        cells[:, 1] = np.rint((self._layout.y[nodes] - camera.top) * camera.scale)
        cells[:, 2:] = np.rint(camera.scale) - gap
        indices = self._indices[nodes]
        order = np.argsort(indices, kind="stable")
        bounds = np.searchsorted(indices[order], np.arange(257))
        painter.setPen(Qt.PenStyle.NoPen)
        sorted_cells = cells[order]
        for index in np.unique(indices):
            painter.setBrush(self._colours[index])
            _draw_rects(painter, sorted_cells[bounds[index] : bounds[index + 1]])
        if camera.scale >= NUMBER_CELLS:
            self._paint_numbers(painter, nodes, cells, cursor)
        elif camera.scale >= SYMBOL_CELLS:
            self._paint_symbols(painter, nodes, cells)

    def _paint_symbols(
        self, painter: QPainter, nodes: npt.NDArray[np.int32], cells: npt.NDArray[np.float64]
    ) -> None:
        side = cells[0, 2]
        painter.setFont(mono(int(min(max(side * 0.42, 10), 16))))
        metrics = QFontMetricsF(painter.font())
        symbols = [numbers.symbol(name) for name in self._trace.op_names]
        widths = [metrics.horizontalAdvance(text) for text in symbols]
        down = (side + metrics.capHeight()) / 2
        ops, indices = self._trace.op[nodes], self._indices[nodes]
        for i, op in enumerate(ops.tolist()):
            if widths[op] <= side:
                painter.setPen(self._ink[indices[i]])
                across = cells[i, 0] + (side - widths[op]) / 2
                painter.drawText(QPointF(across, cells[i, 1] + down), symbols[op])

    def _paint_numbers(
        self,
        painter: QPainter,
        nodes: npt.NDArray[np.int32],
        cells: npt.NDArray[np.float64],
        cursor: int,
    ) -> None:
        side = cells[0, 2]
        text_size = int(min(max(side * 0.17, 10), 18))
        large, small = mono(int(text_size * 1.25), bold=True), mono(text_size)
        line = text_size * 1.35
        grad = self._timeline.grad_at(cursor)
        computed = self._timeline.moment(cursor).computed
        backward = cursor >= self._timeline.backward_start
        for i, node in enumerate(nodes.tolist()):
            x, y = cells[i, 0] + side * 0.08, cells[i, 1] + side * 0.07 + text_size
            painter.setPen(self._ink[self._indices[node]])
            painter.setFont(large)
            painter.drawText(QPointF(x, y), numbers.symbol(self._trace.op_name(node)))
            painter.setFont(small)
            if node < computed:
                data = numbers.short(float(self._trace.data[node]), 3)
                painter.drawText(QPointF(x, y + line * 1.3), data)
            if backward:
                slope = numbers.short(float(grad[node]), 3)
                painter.drawText(QPointF(x, y + line * 2.3), f"∇{slope}")

    def _paint_labels(self, painter: QPainter, camera: Camera, size: QSizeF) -> None:
        legible = self._layout.header[self._labelled] * camera.scale >= LEAST_LABEL - 1.5
        scopes, boxes = self._screen_boxes(self._labelled[legible], camera, size)
        header = self._layout.header[scopes] * camera.scale
        painter.setPen(QColor(self._theme.text))
        last_size = 0
        for i, scope in enumerate(scopes.tolist()):
            left, top, *_ = boxes[i].tolist()
            right = left + self._layout.label_width[scope] * camera.scale
            left = max(left, 0.0)  # the label stays in sight as long as its box does
            label_size = int(min(max(header[i] * 0.72, LEAST_LABEL), LABEL_SIZE))
            if label_size != last_size:
                painter.setFont(sans(label_size))
                metrics, last_size = QFontMetricsF(painter.font()), label_size
            text = _fitting(self._titles[scope], metrics, right - left - 4)
            if text:
                middle = top + min(header[i], 2.2 * label_size) / 2
                painter.drawText(QPointF(left + 4, middle + metrics.capHeight() / 2 + 1), text)

    def _paint_links(self, painter: QPainter, camera: Camera, marks: MapMarks) -> None:
        """Draw the edges of the selected node: from its children, and to its consumers."""
        node = marks.selected
        if node is None:
            return
        trace = self._trace
        children = trace.child[trace.child_pointer[node] : trace.child_pointer[node + 1]]
        consumers = self._timeline.ledger(node).consumer
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for others, colour in (
            (children, self._theme.negative),
            (consumers, self._theme.positive),
        ):
            lines = np.empty((len(others), 4))
            lines[:, 0], lines[:, 1] = self._middle(node, camera)
            for i, other in enumerate(others.tolist()):
                lines[i, 2:] = self._middle(other, camera)
            painter.setPen(QPen(QColor(colour), 1.5))
            _draw_lines(painter, lines)
            painter.setBrush(QColor(colour))
            painter.setPen(Qt.PenStyle.NoPen)
            for x, y in lines[:, 2:].tolist():
                painter.drawEllipse(QPointF(x, y), 3.5, 3.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_marks(self, painter: QPainter, camera: Camera, marks: MapMarks) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for node, colour, width, room in (
            (marks.hovered, self._theme.muted, 1.5, 2),
            (marks.current, self._theme.text, 2.0, 5),
            (marks.selected, self._theme.current, 2.5, 2),
        ):
            if node is None:
                continue
            x, y = self._middle(node, camera)
            half = max(camera.scale / 2, 3.0) + room
            painter.setPen(QPen(QColor(colour), width))
            painter.drawRoundedRect(QRectF(x - half, y - half, 2 * half, 2 * half), 3, 3)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_column_headers(self, painter: QPainter, camera: Camera, size: QSizeF) -> None:
        """Name the columns above them or at the upper edge, where they don't do so themselves."""
        columns = np.flatnonzero(self._depth == 1)
        boxes = self._layout.box[columns].astype(np.float64)
        header = self._layout.header[columns] * camera.scale
        top = (boxes[:, 1] - camera.top) * camera.scale
        hidden = (top < -2) | (header < LEAST_LABEL - 1.5)
        if not hidden.any():
            return
        painter.setFont(sans(LABEL_SIZE, bold=True))
        metrics = QFontMetricsF(painter.font())
        background = QColor(self._theme.window)
        background.setAlpha(225)
        strip = max(0.0, float(top[hidden].min()) - COLUMN_HEADER)
        painter.fillRect(QRectF(0, strip, size.width(), COLUMN_HEADER), background)
        painter.setPen(QColor(self._theme.text))
        for i in np.flatnonzero(hidden).tolist():
            left = (boxes[i, 0] - camera.left) * camera.scale
            right = min(left + boxes[i, 2] * camera.scale, size.width())
            left = max(left, 0.0)
            title = self._titles[int(columns[i])]
            text = _fitting(title, metrics, right - left - 10, title.partition(" ")[0])
            if text:
                down = strip + (COLUMN_HEADER + metrics.capHeight()) / 2
                painter.drawText(QPointF(left + 6, down), text)

    def _middle(self, node: int, camera: Camera) -> tuple[float, float]:
        return camera.to_screen(self._layout.x[node] + 0.5, self._layout.y[node] + 0.5)


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
        share = max(0, depth - 1) / 8
        colour = QColor(end)
        colour.setAlphaF(min(share, 1.0))
        colours.append(_blend(start, colour))
    return colours


def _blend(below: QColor, above: QColor) -> QColor:
    share = above.alphaF()
    return QColor.fromRgbF(
        below.redF() + (above.redF() - below.redF()) * share,
        below.greenF() + (above.greenF() - below.greenF()) * share,
        below.blueF() + (above.blueF() - below.blueF()) * share,
    )


def _readable_on(colour: QColor) -> QColor:
    """Return black or white, whichever stands out more."""
    luminance = 0.299 * colour.red() + 0.587 * colour.green() + 0.114 * colour.blue()
    return QColor("#0a0e14" if luminance > 120 else "#ffffff")


def _fitting(title: str, metrics: QFontMetricsF, width: float, *shorter: str) -> str:
    """Return the title, its last part or another shorter form, if one of them fits the width."""
    for text in (title, title.rpartition(".")[2], title.rpartition("_")[2], *shorter):
        if metrics.horizontalAdvance(text) <= width:
            return text
    return ""


def _draw_rects(painter: QPainter, rects: npt.NDArray[np.float64]) -> None:
    """Draw rectangles (left, top, width, height) straight from the array's memory."""
    rects = np.ascontiguousarray(rects)
    first = cast(QRectF, shiboken6.wrapInstance(rects.ctypes.data, QRectF))
    painter.drawRects(first, len(rects))


def _draw_lines(painter: QPainter, lines: npt.NDArray[np.float64]) -> None:
    """Draw lines (x1, y1, x2, y2) straight from the array's memory."""
    if len(lines):
        first = cast(QLineF, shiboken6.wrapInstance(lines.ctypes.data, QLineF))
        painter.drawLines(first, len(lines))
