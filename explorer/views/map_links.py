"""Drawing edges: those of the selected node at every zoom, and all of large cells."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.debug import numbers
from explorer.theme.style import mono
from explorer.trace.order import edges_of
from explorer.views.map_frame import SYMBOL_CELLS, Frame, Scene, draw_lines

Lines = npt.NDArray[np.float64]  # from x, from y, to x, to y; one a row

ARROW = 9.0  # pixels
LEAST_LABELLED = 90.0  # pixels of an edge between cells from which it shows its local gradient
MOST_LABELLED = 12  # edges of a node with local gradients; more would cover each other
LABEL_SIZE = 12


class LinkPainter:
    """Draws edges between cells, from child to consumer, as far as they exist at the moment.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def paint(self, frame: Frame) -> None:
        """Draw the edges of the cells in the picture, and those of the selected node."""
        if frame.scale >= SYMBOL_CELLS:
            self._paint_visible(frame)
        if frame.marks.selected is not None:
            self._paint_selected(frame, frame.marks.selected)

    def _paint_visible(self, frame: Frame) -> None:
        trace = self._scene.trace
        nodes = frame.visible_nodes()
        nodes = nodes[nodes < self._scene.timeline.moment(frame.cursor).computed]
        visible = np.zeros(trace.nodes, bool)
        visible[nodes] = True
        consumer, edges = edges_of(trace.child_pointer, nodes)
        child = trace.child[edges]
        inside = visible[child]
        ends = frame.middles(child[inside]), frame.middles(consumer[inside])
        colour = QColor(self._scene.theme.text)
        colour.setAlpha(70)
        frame.painter.setPen(QPen(colour, self._scene.theme.line(1)))
        draw_lines(frame.painter, self._seen(frame, np.concatenate(ends, axis=1)))

    def _paint_selected(self, frame: Frame, node: int) -> None:
        """Draw arrows from the node's children, and to the consumers that exist."""
        trace, theme = self._scene.trace, self._scene.theme
        computed = self._scene.timeline.moment(frame.cursor).computed
        if node >= computed:
            return
        edges = np.array(trace.edges(node), np.int64)
        ledger = self._scene.timeline.ledger(node)
        used = ledger.consumer < computed
        painter = frame.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = np.array([[*frame.middle(node)]])
        for others, local, colour, inward in (
            (trace.child[edges], trace.local_grad[edges], theme.negative, True),
            (ledger.consumer[used], ledger.local_grad[used], theme.positive, False),
        ):
            there = frame.middles(others)
            ends = (there, np.broadcast_to(here, there.shape))
            lines = np.concatenate(ends if inward else ends[::-1], axis=1)
            painter.setPen(QPen(QColor(colour), theme.line(1.75)))
            seen = self._seen(frame, lines)
            draw_lines(painter, seen)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            for line in seen.tolist():
                _draw_arrow(painter, line, 0.0 if self._scene.trace.names else frame.scale / 2)
            if len(lines) <= MOST_LABELLED:
                self._paint_local_gradients(frame, lines, local, colour)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _seen(self, frame: Frame, lines: Lines) -> Lines:
        """Return what is drawn of lines from cell to cell: all but the ends within a formula's.

        The cells of a formula are few, and stand apart: what is written in them stays clear.
        """
        if not self._scene.trace.names:
            return lines
        way = lines[:, 2:] - lines[:, :2]
        longest = np.maximum(np.abs(way).max(axis=1, keepdims=True), 1.0)
        within = way * np.minimum(frame.scale / 2 / longest, 0.5)
        return np.concatenate([lines[:, :2] + within, lines[:, 2:] - within], axis=1)

    def _paint_local_gradients(
        self,
        frame: Frame,
        lines: Lines,
        local: npt.NDArray[np.float64],
        colour: str,
    ) -> None:
        painter = frame.painter
        painter.setFont(mono(int(max(LABEL_SIZE, self._scene.theme.least_text))))
        metrics = QFontMetricsF(painter.font())
        background = QColor(self._scene.theme.raised)
        for (x1, y1, x2, y2), value in zip(lines.tolist(), local.tolist(), strict=True):
            if math.hypot(x2 - x1, y2 - y1) - frame.scale < LEAST_LABELLED:
                continue
            text = f"∂ {numbers.short(value, 3)}"
            width, height = metrics.horizontalAdvance(text) + 10, metrics.height() + 2
            area = QRectF((x1 + x2 - width) / 2, (y1 + y2 - height) / 2, width, height)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(area, 4, 4)
            painter.setPen(QColor(colour))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _draw_arrow(painter: QPainter, line: list[float], back: float) -> None:
    """Draw the head of an arrow, `back` pixels before the end of its line."""
    x1, y1, x2, y2 = line
    length = math.hypot(x2 - x1, y2 - y1)
    if length < 1:
        return
    dx, dy = (x2 - x1) / length, (y2 - y1) / length
    back = min(back, length / 2)
    x, y = x2 - dx * back, y2 - dy * back
    painter.drawPolygon(
        QPolygonF(
            [
                QPointF(x, y),
                QPointF(x - ARROW * dx - 0.45 * ARROW * dy, y - ARROW * dy + 0.45 * ARROW * dx),
                QPointF(x - ARROW * dx + 0.45 * ARROW * dy, y - ARROW * dy - 0.45 * ARROW * dx),
            ]
        )
    )
