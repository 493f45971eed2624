"""Drawing what flows between blocks that are far from each other."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen, QPolygonF

from explorer.layout.flows import Flow, find_flows
from explorer.views.map_frame import SEPARATE_CELLS, Frame, Scene

LEAST_COLUMN = 45.0  # pixels of a column's width from which flows can be told apart
HEAD = 6.0  # pixels
CORNER = 6.0  # pixels of the round corners of a line around blocks
AROUND = 190  # opacity of lines around blocks
ACROSS, ACROSS_MANY, MANY = 120, 65, 60  # of curves to other columns, and if they are many


class FlowPainter:
    """Draws residual connections, and keys and values on their way to later positions.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._flows = find_flows(scene.trace, scene.layout)
        across = sorted({flow.name for flow in self._flows if flow.lane is None})
        self._across = ACROSS if len(self._flows) < MANY else ACROSS_MANY
        palette = scene.theme.flows
        self._colours = {name: palette[i % len(palette)] for i, name in enumerate(across)}

    def paint(self, frame: Frame) -> None:
        """Draw the flows that have come about by the moment, when seen from afar."""
        positions = self._scene.trace.position_scope
        if not frame.marks.flows or frame.scale >= SEPARATE_CELLS or not len(positions):
            return
        if self._scene.layout.box[positions[0], 2] * frame.scale < LEAST_COLUMN:
            return
        computed = self._scene.timeline.moment(frame.cursor).computed
        frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for flow in self._flows:
            if flow.last < computed:
                self._paint_flow(frame, flow)
        frame.painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_flow(self, frame: Frame, flow: Flow) -> None:
        left, top, width, height = map(float, self._scene.layout.box[flow.source])
        to_left, to_top, to_width, to_height = map(float, self._scene.layout.box[flow.target])
        if flow.lane is None:
            start = _on_screen(frame, left + width, top + height * 0.75)
            end = _on_screen(frame, to_left, to_top + to_height / 2)
            path, inward = _across(start, end), QPointF(1, 0)
        else:
            start = _on_screen(frame, left + width, top + height / 2)
            end = _on_screen(frame, to_left + to_width, to_top + to_height / 2)
            path, inward = _around(start, end, flow.lane, frame), QPointF(-1, 0)
        colour = QColor(self._colours.get(flow.name, self._scene.theme.text))
        colour.setAlpha(self._across if flow.lane is None else AROUND)
        frame.painter.setBrush(Qt.BrushStyle.NoBrush)
        frame.painter.setPen(QPen(colour, 1.5))
        frame.painter.drawPath(path)
        base, side = end - inward * HEAD, QPointF(0, HEAD / 2)
        frame.painter.setPen(Qt.PenStyle.NoPen)
        frame.painter.setBrush(colour)
        frame.painter.drawPolygon(QPolygonF([end, base + side, base - side]))


def _on_screen(frame: Frame, x: float, y: float) -> QPointF:
    return QPointF(*frame.camera.to_screen(x, y))


def _across(start: QPointF, end: QPointF) -> QPainterPath:
    """Return a curve to a later column."""
    reach = QPointF((end.x() - start.x()) * 0.35, 0)
    path = QPainterPath(start)
    path.cubicTo(start + reach, end - reach, end - QPointF(HEAD, 0))
    return path


def _around(start: QPointF, end: QPointF, lane: float, frame: Frame) -> QPainterPath:
    """Return a line to the lane, down along it, and back."""
    x = _on_screen(frame, lane, 0).x()
    path = QPainterPath(start)
    path.lineTo(x - CORNER, start.y())
    path.quadTo(x, start.y(), x, start.y() + CORNER)
    path.lineTo(x, end.y() - CORNER)
    path.quadTo(x, end.y(), x - CORNER, end.y())
    path.lineTo(end + QPointF(HEAD, 0))
    return path
