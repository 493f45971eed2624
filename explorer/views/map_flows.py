"""Drawing what flows between blocks that are far from each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.layout.flows import Flow
from explorer.layout.map_layout import MapLayout
from explorer.views.map_frame import SEPARATE_CELLS, Frame, Scene, draw_lines

LEAST_COLUMN = 45.0  # pixels of a column's width from which flows can be told apart
HEAD = 7.0  # pixels of an arrow's head
CURVE = 14  # straight pieces of a curve
AROUND = 200  # opacity of lines around blocks
ACROSS, ACROSS_MANY, MANY = 150, 90, 60  # of curves to other columns, and if they are many


class FlowPainter:
    """Draws residual connections, and keys and values on their way to later positions.

    All curves are kept as straight pieces, in cells: a few thousand lines in one call are drawn
    in a tenth of the time of as many curves.

    Parameters
    ----------
    scene : Scene
    flows : sequence of Flow
    """

    def __init__(self, scene: Scene, flows: Sequence[Flow]) -> None:
        self._scene = scene
        across = sorted({flow.name for flow in flows if flow.lane is None})
        opacity = ACROSS if len(flows) < MANY else ACROSS_MANY
        self._groups = [
            _Group(scene.layout, [f for f in flows if f.lane is not None], scene.theme.text, AROUND)
        ]
        for name, colour in zip(across, cycle(scene.theme.flows), strict=False):
            group = [flow for flow in flows if flow.lane is None and flow.name == name]
            self._groups.append(_Group(scene.layout, group, colour, opacity))
        self._last = np.sort(np.array([flow.last for flow in flows], np.int64))

    def shown(self, frame: Frame) -> int:
        """Return how many flows are drawn: in the order of time, they are the first ones."""
        positions = self._scene.trace.position_scope
        if not frame.marks.flows or frame.scale >= SEPARATE_CELLS or not len(positions):
            return 0
        if self._scene.layout.box[positions[0], 2] * frame.scale < LEAST_COLUMN:
            return 0
        computed = self._scene.timeline.moment(frame.cursor).computed
        return int(np.searchsorted(self._last, computed))

    def paint(self, frame: Frame) -> None:
        """Draw the flows that have come about by the moment, when seen from afar."""
        if not self.shown(frame):
            return
        computed = self._scene.timeline.moment(frame.cursor).computed
        frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for group in self._groups:
            group.paint(frame, computed)
        frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


class _Group:
    """Flows of one colour.

    Attributes
    ----------
    pieces : float64 array, (pieces, 4)
        Straight lines in cells.
    flow : int array, (pieces,)
        Which flow each belongs to.
    last : int array, (flows,)
        The last node of each flow.
    """

    def __init__(self, layout: MapLayout, flows: Sequence[Flow], colour: str, opacity: int) -> None:
        points = [_points(layout, flow) for flow in flows]
        self._pieces = np.concatenate(
            [np.concatenate([p[:-1], p[1:]], axis=1) for p in points] or [np.empty((0, 4))]
        )
        self._flow = np.repeat(np.arange(len(points)), [len(p) - 1 for p in points])
        self._ends = np.array([p[-1] for p in points]).reshape(-1, 2)
        self._ways = np.array([1.0 if flow.lane is None else -1.0 for flow in flows])
        self._last = np.array([flow.last for flow in flows], np.int64)
        self._colour = QColor(colour)
        self._colour.setAlpha(opacity)

    def paint(self, frame: Frame, computed: int) -> None:
        theme, happened = frame.scene.theme, self._last < computed
        pieces = _to_screen(frame, self._pieces[happened[self._flow]])
        pieces = pieces[_in_picture(frame, pieces)]
        frame.painter.setPen(QPen(self._colour, theme.line(1)))
        draw_lines(frame.painter, pieces)
        ends, ways = _to_screen(frame, self._ends[happened]), self._ways[happened]
        heads = [
            np.stack([ends[:, 0], ends[:, 1], ends[:, 0] - ways * HEAD, ends[:, 1] + side], axis=1)
            for side in (-HEAD / 2, HEAD / 2)
        ]
        frame.painter.setPen(QPen(self._colour, theme.line(2)))
        draw_lines(frame.painter, np.concatenate(heads))


def _points(layout: MapLayout, flow: Flow) -> npt.NDArray[np.float64]:
    """Return the corners of a flow's line, in cells."""
    left, top, width, height = map(float, layout.box[flow.source])
    to_left, to_top, to_width, to_height = map(float, layout.box[flow.target])
    end_y = to_top + to_height / 2
    if flow.lane is not None:
        y, x = top + height / 2, flow.lane
        return np.array([[left + width, y], [x, y], [x, end_y], [to_left + to_width, end_y]])
    start, end = np.array([left + width, top + height * 0.75]), np.array([to_left, end_y])
    reach = np.array([(end[0] - start[0]) * 0.35, 0.0])
    t = np.linspace(0, 1, CURVE + 1)[:, np.newaxis]
    return (
        (1 - t) ** 3 * start
        + 3 * (1 - t) ** 2 * t * (start + reach)
        + 3 * (1 - t) * t**2 * (end - reach)
        + t**3 * end
    )


def _in_picture(frame: Frame, pieces: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Return which lines may cross the picture: Qt takes long to find out by itself."""
    x, y = pieces[:, 0::2], pieces[:, 1::2]
    return (
        (x.max(axis=1) >= 0)
        & (x.min(axis=1) <= frame.width)
        & (y.max(axis=1) >= 0)
        & (y.min(axis=1) <= frame.height)
    )


def _to_screen(frame: Frame, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return points, two numbers each, in pixels."""
    corner = np.tile([frame.camera.left, frame.camera.top], points.shape[1] // 2)
    return (points - corner) * frame.scale
