"""Spotlight, magnifier and dot follow the mouse; lines stay on the map while it moves."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.drawing import Tool
from explorer.debug.session import Session
from explorer.layout.camera import Camera
from explorer.theme.tokens import DARK, Theme
from explorer.views.boards import Board, MapBoard, WidgetBoard
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass
from explorer.views.pointing_layer import PointingLayer

MIDDLE = QPoint(500, 300)


class Projected(QWidget):
    """A map with something beside it, and the layer over both."""

    def __init__(self, loaded: LoadedPass, theme: Theme) -> None:
        super().__init__()
        self.resize(1000, 700)
        session = Session()
        self.stage = QWidget(self)
        self.stage.resize(1000, 700)
        self.map = MapView(session, theme)
        self.map.glide = 0
        self.map.setParent(self.stage)
        self.map.setGeometry(40, 30, 900, 560)
        session.open(loaded.timeline)
        self.map.show_pass(loaded.layout, loaded.flows, loaded.colours)
        self.layer = PointingLayer(self, self.stage, theme, self.boards)
        self.layer.resize(1000, 700)
        self.map.camera_moved.connect(self.layer.follow_board)
        self._boards = [
            MapBoard(self.map, self.layer, theme),
            WidgetBoard("screen", self.stage, self.layer, theme),
        ]

    def boards(self) -> Sequence[Board]:
        return self._boards

    def draw(self, *points: tuple[int, int]) -> None:
        first, *others = (QPoint(*point) for point in points)
        QTest.mousePress(self.layer, Qt.MouseButton.LeftButton, pos=first)
        for point in others:
            QTest.mouseMove(self.layer, point)
        QTest.mouseRelease(
            self.layer, Qt.MouseButton.LeftButton, pos=points and QPoint(*points[-1])
        )

    def picture(self) -> QImage:
        return self.grab().toImage()


@pytest.fixture(params=[1.0, 1.7])
def projected(request: pytest.FixtureRequest, qtbot: QtBot, loaded_emma: LoadedPass) -> Projected:
    widget = Projected(loaded_emma, DARK.scaled(request.param))
    qtbot.addWidget(widget)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


def point_at(projected: Projected, point: QPoint) -> None:
    QCursor.setPos(projected.mapToGlobal(point))


def test_nothing_is_seen_of_the_layer_before_it_is_used(projected: Projected) -> None:
    with_layer = projected.picture()
    projected.layer.hide()
    assert with_layer == projected.picture()


def test_the_spotlight_dims_all_but_a_circle(projected: Projected) -> None:
    before = projected.picture()
    point_at(projected, MIDDLE)
    projected.layer.use(Tool.SPOTLIGHT)
    after = projected.picture()
    assert after.pixelColor(MIDDLE) == before.pixelColor(MIDDLE)
    corner = QPoint(50, 560)
    assert after.pixelColor(corner).lightness() < before.pixelColor(corner).lightness()
    projected.layer.use(None)
    assert projected.picture() == before


def test_the_magnifier_shows_what_is_below_twice_as_large(projected: Projected) -> None:
    before = projected.picture()
    point_at(projected, MIDDLE)
    projected.layer.use(Tool.MAGNIFIER)
    after = projected.picture()
    inside = [(dx, dy) for dx in range(-40, 41, 8) for dy in range(-40, 41, 8)]
    alike = [after.pixelColor(MIDDLE + QPoint(2 * dx, 2 * dy)) for dx, dy in inside]
    small = [before.pixelColor(MIDDLE + QPoint(dx, dy)) for dx, dy in inside]
    distance = [
        abs(one.lightness() - other.lightness()) for one, other in zip(alike, small, strict=True)
    ]
    assert sorted(distance)[len(distance) // 2] <= 12
    assert len({colour.name() for colour in alike}) > 3


def test_the_dot_follows_the_mouse(qtbot: QtBot, projected: Projected) -> None:
    projected.layer.use(Tool.LASER)
    colour = QColor(DARK.breakpoint)
    for point in (MIDDLE, QPoint(200, 100)):
        point_at(projected, point)
        qtbot.waitUntil(lambda p=point: projected.picture().pixelColor(p) == colour)


def test_clicks_go_through_to_the_map_except_those_of_the_pen(projected: Projected) -> None:
    assert projected.childAt(MIDDLE) is projected.map
    projected.layer.use(Tool.LASER)
    assert projected.childAt(MIDDLE) is projected.map
    projected.layer.use(Tool.PEN)
    assert projected.childAt(MIDDLE) is projected.layer


def test_lines_stay_with_what_they_were_drawn_on(projected: Projected) -> None:
    projected.layer.use(Tool.PEN)
    projected.draw((300, 300), (340, 300), (340, 340))
    projected.draw((960, 650), (990, 650))
    ink = QColor(DARK.found)
    assert projected.picture().pixelColor(320, 300) == ink
    assert projected.picture().pixelColor(975, 650) == ink
    camera = projected.map.seen
    scale = projected.layer._theme.scale
    x, y = camera.to_map((320 - 40) / scale, (300 - 30) / scale)
    projected.map.look(Camera(camera.scale * 2, camera.left, camera.top))
    moved = QPointF(*projected.map.seen.to_screen(x, y)) * scale + QPointF(40, 30)
    assert (moved - QPointF(320, 300)).manhattanLength() > 50
    assert projected.picture().pixelColor(moved.toPoint()) == ink
    assert projected.picture().pixelColor(975, 650) == ink


def test_one_call_clears_all_lines(projected: Projected) -> None:
    before = projected.picture()
    projected.layer.use(Tool.PEN)
    projected.draw((300, 300), (340, 300))
    projected.draw((300, 350))
    assert projected.picture() != before
    projected.layer.undo()
    projected.layer.clear()
    projected.layer.use(None)
    assert projected.picture() == before


def test_the_wheel_zooms_the_map_while_the_pen_is_in_use(projected: Projected) -> None:
    projected.layer.use(Tool.PEN)
    before = projected.map.seen.scale
    place = QPointF(MIDDLE)
    wheel = QWheelEvent(
        place,
        QPointF(projected.mapToGlobal(MIDDLE)),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(projected.layer, wheel)
    assert projected.map.seen.scale > before


def test_what_is_pointed_with_can_be_made_larger(projected: Projected) -> None:
    point_at(projected, MIDDLE)
    projected.layer.use(Tool.SPOTLIGHT)
    radius = round(160 * projected.layer._theme.scale)
    just_outside = MIDDLE + QPoint(0, -radius)
    dimmed = projected.picture().pixelColor(just_outside)
    projected.layer.grow(1.5)
    assert projected.picture().pixelColor(just_outside) != dimmed
