"""The same map drawn by others: QGraphicsView with an item a node, and pyqtgraph's GraphItem.

Each runs in a process of its own, so that gigabytes of one are not in the way of the next. They
draw the same nodes and edges at the same places through the same cameras. They are given what is
fast for them: C++ items of plain rectangles, all edges as one item drawn by one call, no text. Ours
draws boxes, labels and texts as well, but of the edges only those of the selected node.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from functools import partial
from statistics import median
from time import perf_counter
from typing import cast

import numpy as np
import numpy.typing as npt
import shiboken6
from PySide6.QtCore import QLineF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QGraphicsItem,
    QGraphicsRectItem,
    QGraphicsScene,
    QGraphicsView,
    QStyleOptionGraphicsItem,
    QWidget,
)

from explorer.app import make_application
from explorer.bench.camera_path import SCREEN, camera_path, level_name
from explorer.bench.map_frames import show, shown_map
from explorer.bench.resident import resident
from explorer.bench.table import LONG_NAME, Measurement, in_another_process, seconds
from explorer.debug.session import Colour
from explorer.layout.camera import Camera
from explorer.theme import palette
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.pass_loader import LoadedPass, load_pass
from microgpt import Config

LEVELS, FRAMES = (0, 3, 12, 30), 3
EXPECTED = 20.0  # times faster
NAMES = {"graphics_view": "QGraphicsView, an item a node", "pyqtgraph": "pyqtgraph's GraphItem"}

Show = Callable[[Camera], None]  # look through a camera and paint, at once


def rivals() -> Iterator[Measurement]:
    """Compare the median frame of each with ours."""
    module = "explorer.bench.rivals"
    ours = in_another_process(module, "ours")
    yield Measurement("median frame of the map", ours["frame"], "ms")
    for rival, name in NAMES.items():
        try:
            found = in_another_process(module, rival)
        except RuntimeError as error:
            yield Measurement(f"{name}: not measured ({error})", 0.0, "frames")
            continue
        yield Measurement(f"{name}, first frame", found["first"], "s")
        yield Measurement(f"{name}, resident", found["memory"], "MB")
        yield Measurement(f"{name}, median frame", found["frame"], "ms")
        yield Measurement("ours / that", ours["frame"] / found["frame"], "ratio", 1 / EXPECTED)
        for level, we, they in zip(LEVELS, ours["levels"], found["levels"], strict=True):
            yield Measurement(f"ours / that, {level_name(level)}", we / they, "ratio")


def main(which: str) -> None:
    """Measure one of them and print JSON."""
    make_application()
    loaded = load_pass(untrained(Config()), LONG_NAME)
    start = perf_counter()
    draw = DRAWERS[which](loaded)
    cameras = [c for level in LEVELS for c in camera_path(loaded.layout, level, FRAMES)]
    draw(cameras[0])
    first = perf_counter() - start
    frames = [1000 * seconds(partial(draw, camera)) for camera in cameras]
    levels = [median(frames[i : i + FRAMES]) for i in range(0, len(frames), FRAMES)]
    found = {"frame": median(frames), "levels": levels, "first": first, "memory": resident()}
    print(json.dumps(found))


def _ours(loaded: LoadedPass) -> Show:
    return partial(show, shown_map(loaded))


def _node_colours(loaded: LoadedPass) -> npt.NDArray[np.uint32]:
    shading = loaded.colours.at(loaded.timeline.end, Colour.DATA)
    return palette.colour_table(DARK)[shading.indices]


def _edges(loaded: LoadedPass) -> npt.NDArray[np.int64]:
    """Return consumer and child of every edge of the pass."""
    trace = loaded.timeline.trace
    consumers = np.repeat(np.arange(trace.nodes), np.diff(trace.child_pointer))
    return np.column_stack((consumers, trace.child)).astype(np.int64)


class _Edges(QGraphicsItem):
    """All edges as one item."""

    def __init__(self, loaded: LoadedPass) -> None:
        super().__init__()
        layout = loaded.layout
        middles = np.column_stack((layout.x, layout.y)) + 0.5
        self._lines = np.ascontiguousarray(middles[_edges(loaded)].reshape(-1, 4))
        self._bounds = QRectF(0, 0, layout.width, layout.height)
        self._pen = QPen(QColor(DARK.border), 0)

    def boundingRect(self) -> QRectF:  # noqa: N802
        """Return the whole map."""
        return self._bounds

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        """Draw them all by one call."""
        painter.setPen(self._pen)
        first = cast(QLineF, shiboken6.wrapInstance(self._lines.ctypes.data, QLineF))
        painter.drawLines(first, len(self._lines))


def _graphics_view(loaded: LoadedPass) -> Show:
    layout = loaded.layout
    # Room on all sides, as a view does not look beyond its scene.
    scene = QGraphicsScene(-layout.width, -layout.height, 3 * layout.width, 3 * layout.height)
    scene.addItem(_Edges(loaded))
    brushes = {argb: QBrush(QColor.fromRgb(argb)) for argb in _node_colours(loaded).tolist()}
    places = zip(layout.x.tolist(), layout.y.tolist(), _node_colours(loaded).tolist(), strict=True)
    for x, y, argb in places:
        item = QGraphicsRectItem(x, y, 0.9, 0.9)
        item.setPen(Qt.PenStyle.NoPen)
        item.setBrush(brushes[argb])
        scene.addItem(item)
    view = QGraphicsView(scene)
    scene.setParent(view)
    view.setFrameShape(QFrame.Shape.NoFrame)
    view.setBackgroundBrush(QColor(DARK.window))
    view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    view.setFixedSize(*SCREEN)
    view.show()
    QApplication.processEvents()

    def show(camera: Camera) -> None:
        view.resetTransform()
        view.scale(camera.scale, camera.scale)
        view.centerOn(*camera.to_map(SCREEN[0] / 2, SCREEN[1] / 2))
        view.viewport().repaint()

    return show


def _pyqtgraph(loaded: LoadedPass) -> Show:
    import pyqtgraph

    layout = loaded.layout
    pyqtgraph.setConfigOptions(background=DARK.window)
    widget = pyqtgraph.GraphicsLayoutWidget()
    widget.ci.setContentsMargins(0, 0, 0, 0)
    box = widget.addViewBox(enableMenu=False, invertY=True)
    argb = _node_colours(loaded)
    distinct, which = np.unique(argb, return_inverse=True)
    brushes = np.array([pyqtgraph.mkBrush(QColor.fromRgb(int(colour))) for colour in distinct])
    graph = pyqtgraph.GraphItem(
        pos=np.column_stack((layout.x, layout.y)) + 0.5,
        adj=_edges(loaded),
        pen=pyqtgraph.mkPen(DARK.border),
        symbol="s",
        symbolPen=None,
        symbolBrush=brushes[which],
        size=0.9,
        pxMode=False,
    )
    box.addItem(graph)
    widget.setFixedSize(*SCREEN)
    widget.show()
    QApplication.processEvents()

    def show(camera: Camera) -> None:
        left, top = camera.to_map(0, 0)
        right, bottom = camera.to_map(*SCREEN)
        box.setRange(QRectF(left, top, right - left, bottom - top), padding=0)
        widget.viewport().repaint()

    return show


DRAWERS: dict[str, Callable[[LoadedPass], Show]] = {
    "ours": _ours,
    "graphics_view": _graphics_view,
    "pyqtgraph": _pyqtgraph,
}

if __name__ == "__main__":
    main(sys.argv[1])
