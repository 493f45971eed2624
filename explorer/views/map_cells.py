"""Drawing the nodes: small ones as one image, larger ones as cells with their numbers."""

from __future__ import annotations

from itertools import compress

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter

from explorer.debug import numbers
from explorer.debug.formula import formula
from explorer.debug.roles import node_heading
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.style import mono
from explorer.trace.timeline import GradState, Timeline
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
from explorer.views.map_text import WordPainter
from explorer.views.vector_cells import paint_vector_cells

HOLLOW_RIM = (0.16, 4.0)  # of a node that never reaches the loss: share of a cell, most pixels
# What has not come about yet is smaller than its cell, by this share at each side; around words
# by so many pixels at most, as they begin near the edge.
INSETS, MOST_AROUND_WORDS = {palette.UNBORN: 0.3, palette.PENDING: 0.18}, 3.0
DIGITS = 3
FORMULA_DIGITS, FORMULA_TEXT = 4, 44  # of a formula's few cells, and the most pixels of a letter
HOLLOW_INK = 2  # after those for dark and for bright cells
LEAST_TEXT = 10  # pixels


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
        self._more = scene.theme.more_room(LEAST_TEXT)
        self._table = palette.colour_table(scene.theme)
        self._colours = [QColor.fromRgb(int(argb)) for argb in self._table]
        self._inks = tuple(map(QColor, (*palette.INKS, scene.theme.text)))
        self._ink = palette.bright_colours(self._table).astype(int)
        self._words = WordPainter()
        self._indices: Indices = np.full(scene.trace.nodes, palette.EMPTY, np.uint8)
        self._pixels = np.zeros(layout.grid.shape, np.uint32)
        self._pixel_of = layout.y.astype(np.int64) * layout.width + layout.x
        self.image = QImage(
            self._pixels.data,
            layout.width,
            layout.height,
            4 * layout.width,
            QImage.Format.Format_ARGB32_Premultiplied,
        )
        self._known: tuple[Timeline, int] | None = None  # of which the gradients are known
        self._hollow = ~scene.trace.reaches_loss & (scene.trace.loss is not None)
        self._hollow[: scene.trace.leaves] = False

    def recolour(self, indices: Indices) -> npt.NDArray[np.int64]:
        """Take over the palette index of each node; return the nodes for which it is another."""
        changed = np.flatnonzero(indices != self._indices)
        self._pixels.reshape(-1)[self._pixel_of[changed]] = self._table[indices[changed]]
        self._indices = indices
        return changed

    def paint(self, frame: Frame) -> None:
        """Draw all nodes in the picture."""
        if frame.scale < SEPARATE_CELLS:
            if frame.as_vectors:
                paint_vector_cells(frame, self._colours)
            else:
                self._paint_image(frame)
            return
        nodes = frame.visible_nodes()
        if not nodes.size:
            return
        cells = self._paint_cells(frame, nodes)
        if frame.scale >= NUMBER_CELLS * self._more:
            self._paint_numbers(frame, nodes, cells)
        elif frame.scale >= SYMBOL_CELLS:
            self._paint_symbols(frame, nodes, cells)

    def _paint_image(self, frame: Frame) -> None:
        smooth = QPainter.RenderHint.SmoothPixmapTransform
        frame.painter.setRenderHint(smooth, frame.scale * self._scene.theme.scale < 1)
        # Only the part in the picture: Qt would scale all of the rest as well.
        left, top, right, bottom = frame.visible_cells()
        width, height = right - left, bottom - top
        if width <= 0 or height <= 0:
            return
        x, y = frame.camera.to_screen(left, top)
        area = QRectF(x, y, width * frame.scale, height * frame.scale)
        frame.painter.drawImage(area, self.image, QRectF(left, top, width, height))

    def _paint_cells(self, frame: Frame, nodes: npt.NDArray[np.int32]) -> Rects:
        """Draw cells, one call a colour; return them in pixels."""
        gap = 1.0 if frame.scale < SYMBOL_CELLS else 2.0
        cells = np.empty((len(nodes), 4))
        cells[:, :2] = frame.whole(frame.middles(nodes) - frame.scale / 2)
        cells[:, 2:] = frame.crisp(frame.scale) - frame.crisp(gap)
        indices = frame.indices[nodes]
        order = np.argsort(indices, kind="stable")
        bounds = np.searchsorted(indices[order], np.arange(257))
        in_order = cells[order]
        frame.painter.setPen(Qt.PenStyle.NoPen)
        for index in np.unique(indices).tolist():
            frame.painter.setBrush(self._colours[index])
            rects = in_order[bounds[index] : bounds[index + 1]]
            if index in INSETS:
                inset = INSETS[index] * frame.scale
                if frame.scale >= NUMBER_CELLS * self._more:
                    inset = min(inset, MOST_AROUND_WORDS)
                inset = frame.crisp(inset)
                rects[:, :2] += inset
                rects[:, 2:] -= 2 * inset
            draw_rects(frame.painter, rects)
        hollow = cells[self._hollow[nodes]]
        if len(hollow):
            rim = frame.crisp(max(1.0, min(round(HOLLOW_RIM[0] * frame.scale), HOLLOW_RIM[1])))
            hollow[:, :2] += rim
            hollow[:, 2:] -= 2 * rim
            frame.painter.setBrush(QColor(self._scene.theme.box))
            draw_rects(frame.painter, hollow)
        return cells

    def _gradients_at(self, cursor: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.uint8]]:
        """Return gradients and their states; they are kept until time moves or numbers change."""
        timeline = self._scene.timeline
        if (timeline, cursor) != self._known:
            self._known = timeline, cursor
            self._gradients = timeline.grad_at(cursor), timeline.grad_states_at(cursor)
        return self._gradients

    def _paint_symbols(self, frame: Frame, nodes: npt.NDArray[np.int32], cells: Rects) -> None:
        side = cells[0, 2]
        font = mono(int(min(max(side * 0.42, LEAST_TEXT * self._more), 16)))
        metrics = QFontMetricsF(font)
        symbols = [numbers.symbol(name) for name in self._scene.trace.op_names]
        widths = np.array([metrics.horizontalAdvance(text) for text in symbols])
        ops = self._scene.trace.op[nodes]
        fits = widths[ops] <= side
        places = cells[fits, :2]
        places[:, 0] += (side - widths[ops[fits]]) / 2
        places[:, 1] += (side + metrics.capHeight()) / 2
        self._write(frame, font, nodes[fits], [symbols[op] for op in ops[fits].tolist()], places)

    def _paint_numbers(self, frame: Frame, nodes: npt.NDArray[np.int32], cells: Rects) -> None:
        side = cells[0, 2]
        most = FORMULA_TEXT if self._scene.trace.names else 15 if side < 160 else 20
        text_size = int(min(max(side * 0.165, LEAST_TEXT * self._more), most))
        places = cells[:, :2] + np.array((side * 0.06, side * 0.06 + text_size))
        trace = self._scene.trace
        symbols = [node_heading(trace, node) for node in nodes.tolist()]
        self._write(frame, mono(int(text_size * 1.2), bold=True), nodes, symbols, places)
        font = mono(text_size)
        texts = self._numbers(frame, nodes, QFontMetricsF(font), side * 0.9)
        owners = np.repeat(np.arange(len(nodes)), [len(lines) for lines in texts])
        rows = np.array([row for lines in texts for row in range(len(lines))])
        places = places[owners]
        places[:, 1] += text_size * 1.35 * (1.25 + rows)
        words = [text for lines in texts for text in lines]
        self._write(frame, font, nodes[owners], words, places)

    def _numbers(
        self, frame: Frame, nodes: npt.NDArray[np.int32], metrics: QFontMetricsF, room: float
    ) -> list[list[str]]:
        """Return the lines below the symbol of each node."""
        trace, timeline = self._scene.trace, self._scene.timeline
        gradients, states = self._gradients_at(frame.cursor)
        computed = timeline.moment(frame.cursor).computed
        backward = frame.cursor >= timeline.backward_start
        data, grad = timeline.data_at(frame.cursor)[nodes].tolist(), gradients[nodes].tolist()
        reached = (states[nodes] != GradState.NOT_REACHED).tolist()
        digits = FORMULA_DIGITS if trace.names else DIGITS
        texts = []
        for i, node in enumerate(nodes.tolist()):
            lines = []
            if node < computed:
                lines.append(numbers.short(data[i], digits))
                if frame.scale >= FORMULA_CELLS * self._more and trace.edges(node):
                    written = f"= {formula(trace, node, digits - 1)}"
                    written = "set by hand" if node in timeline.forced else written
                    lines.append(written if metrics.horizontalAdvance(written) <= room else "")
            if backward:
                lines.append(f"∇{numbers.short(grad[i], digits) if reached[i] else '–'}")
            texts.append(lines)
        return texts

    def _write(
        self,
        frame: Frame,
        font: QFont,
        nodes: npt.NDArray[np.int32],
        words: list[str],
        places: npt.NDArray[np.float64],
    ) -> None:
        """Write a word into the cell of each node, in what can be read on its colour."""
        inks = np.where(self._hollow[nodes], HOLLOW_INK, self._ink[frame.indices[nodes]])
        frame.painter.setFont(font)
        for ink, colour in enumerate(self._inks):
            those = inks == ink
            frame.painter.setPen(colour)
            self._words.write(frame.painter, list(compress(words, those)), places[those])
