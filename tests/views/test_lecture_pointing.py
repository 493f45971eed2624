"""Pointing in a lecture: each key, and what becomes of tools and ink as the stage changes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QCursor, QImage, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.drawing import Tool
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Expression
from explorer.debug.lessons.stop import Stop, StopState
from explorer.theme.scaling import scaled_point
from explorer.theme.tokens import LIGHT
from explorer.views.lecture import Lecture
from explorer.views.lecture_cover import Blank
from explorer.views.main_window import MainWindow
from explorer.views.pointing_layer import LARGEST, SMALLEST, PointingLayer

K, M = Qt.Key, Qt.KeyboardModifier
TOOLS = {
    K.Key_S: Tool.SPOTLIGHT,
    K.Key_M: Tool.MAGNIFIER,
    K.Key_L: Tool.LASER,
    K.Key_I: Tool.PEN,
}
LESSON = Lesson(
    "A formula",
    stops=tuple(
        Stop(title=title, model="m", state=StopState(cursor=at)) for at, title in enumerate("ab")
    ),
    models={"m": Expression("L = a*b + a", {"a": 2.0, "b": 3.0})},
)


@pytest.fixture
def lecture(qtbot: QtBot, window: MainWindow) -> Iterator[Lecture]:
    """A lecture about the pass of emma."""
    lecture = window.lecture
    lecture.stand_still()
    lecture.enter()
    qtbot.addWidget(lecture.window)
    qtbot.waitExposed(lecture.window)
    yield lecture
    lecture.close_down()


def layer_of(lecture: Lecture) -> PointingLayer:
    assert lecture.window.pointing is not None
    return lecture.window.pointing


def press(lecture: Lecture, key: Qt.Key, modifier: Qt.KeyboardModifier = M.NoModifier) -> None:
    QTest.keyClick(lecture.window, key, modifier)


def middle_of_map(lecture: Lecture) -> QPoint:
    assert lecture.stage is not None
    view = lecture.stage.map_view
    return view.mapTo(lecture.window, view.rect().center())


def draw(lecture: Lecture, *shifts: tuple[int, int]) -> None:
    """Draw a line on the map; the points are given from its middle."""
    layer, middle = layer_of(lecture), middle_of_map(lecture)
    first, *others = (middle + QPoint(*shift) for shift in shifts)
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=first)
    for point in others:
        QTest.mouseMove(layer, point)
    QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=middle + QPoint(*shifts[-1]))


def picture(lecture: Lecture) -> QImage:
    return lecture.window.grab().toImage()


def inked(lecture: Lecture, dx: int = 0, dy: int = 0) -> bool:
    """Return whether there is ink at a distance from the middle of the map."""
    assert lecture.stage is not None
    ink = QColor(lecture.stage.theme.found)
    return picture(lecture).pixelColor(middle_of_map(lecture) + QPoint(dx, dy)) == ink


def inked_where_drawn(lecture: Lecture) -> bool:
    """Return whether there is ink at the cells of the map between the ends of the first line."""
    layer, stage = layer_of(lecture), lecture.stage
    assert stage is not None
    (board, *_), (line, *_) = layer._boards(), layer.drawing.on("map")
    first, last = board.point_on_layer(line.points[0]), board.point_on_layer(line.points[-1])
    point = scaled_point((first + last) / 2, stage.theme).toPoint()
    return picture(lecture).pixelColor(point) == QColor(stage.theme.found)


def test_each_key_takes_a_tool_and_puts_it_away(lecture: Lecture) -> None:
    for key, tool in TOOLS.items():
        press(lecture, key)
        assert layer_of(lecture).tool is tool
        press(lecture, key)
        assert layer_of(lecture).tool is None
    for key, tool in TOOLS.items():  # from one to the next
        press(lecture, key)
        assert layer_of(lecture).tool is tool
    press(lecture, K.Key_Escape)
    assert layer_of(lecture).tool is None
    assert lecture.is_open


def test_brackets_change_the_circle_within_limits(lecture: Lecture) -> None:
    QCursor.setPos(lecture.window.mapToGlobal(middle_of_map(lecture)))
    press(lecture, K.Key_S)
    usual = picture(lecture)
    press(lecture, K.Key_BracketRight)
    larger = picture(lecture)
    press(lecture, K.Key_BracketLeft)
    assert larger != usual
    assert picture(lecture) == usual
    for key, limit in ((K.Key_BracketRight, LARGEST), (K.Key_BracketLeft, SMALLEST)):
        for _ in range(20):
            press(lecture, key)
        assert layer_of(lecture)._growth == limit


def test_lines_are_undone_one_by_one_and_erased_at_once(lecture: Lecture) -> None:
    before = picture(lecture)
    press(lecture, K.Key_I)
    draw(lecture, (-50, 0), (50, 0))
    draw(lecture, (0, 40), (80, 40))
    assert inked(lecture)
    assert inked(lecture, 40, 40)
    press(lecture, K.Key_Z, M.ControlModifier)
    assert inked(lecture)
    assert not inked(lecture, 40, 40)
    draw(lecture, (0, 40), (80, 40))
    press(lecture, K.Key_Escape)  # puts the pen away; lines stay
    assert inked(lecture)
    press(lecture, K.Key_E)
    assert picture(lecture) == before
    press(lecture, K.Key_Z, M.ControlModifier)
    assert picture(lecture) == before


@pytest.mark.parametrize(
    ("key", "modifier"), [(K.Key_E, M.NoModifier), (K.Key_Z, M.ControlModifier)]
)
def test_a_line_can_be_taken_away_while_it_is_drawn(
    qtbot: QtBot, lecture: Lecture, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    press(lecture, K.Key_I)
    layer, middle = layer_of(lecture), middle_of_map(lecture)
    QTest.mousePress(layer, Qt.MouseButton.LeftButton, pos=middle)
    press(lecture, key, modifier)
    with qtbot.captureExceptions() as raised:
        QTest.mouseMove(layer, middle + QPoint(60, 0))
        QTest.mouseRelease(layer, Qt.MouseButton.LeftButton, pos=middle + QPoint(60, 0))
    assert raised == []
    assert not layer.drawing
    draw(lecture, (-50, 0), (50, 0))
    assert inked(lecture)


def test_ink_stays_on_the_map_while_the_wheel_zooms(lecture: Lecture) -> None:
    press(lecture, K.Key_I)
    draw(lecture, (40, 30), (40, 90))
    middle = middle_of_map(lecture)
    wheel = QWheelEvent(
        QPointF(middle), QPointF(lecture.window.mapToGlobal(middle)), QPoint(), QPoint(0, 360),
        Qt.MouseButton.NoButton, M.NoModifier, Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    assert lecture.stage is not None
    view = lecture.stage.map_view
    before = view.seen.scale
    QApplication.sendEvent(layer_of(lecture), wheel)
    growth = view.seen.scale / before
    assert growth > 1.2
    assert inked(lecture, round(40 * growth), round(60 * growth))
    assert not inked(lecture, 40, 60)


def test_ink_and_tool_outlive_another_theme_and_size_of_text(lecture: Lecture) -> None:
    press(lecture, K.Key_I)
    draw(lecture, (-60, 0), (60, 0))
    for key, modifier in ((K.Key_T, M.NoModifier), (K.Key_Plus, M.ControlModifier)):
        last = layer_of(lecture)
        press(lecture, key, modifier)
        assert layer_of(lecture) is not last
        assert layer_of(lecture).tool is Tool.PEN
        assert inked_where_drawn(lecture)
    assert lecture.stage is not None
    assert lecture.stage.theme.found == LIGHT.found
    draw(lecture, (0, 60), (60, 60))
    assert inked(lecture, 30, 60)
    press(lecture, K.Key_Z, M.ControlModifier)
    assert inked_where_drawn(lecture)
    assert not inked(lecture, 30, 60)


def test_ink_of_a_view_is_seen_with_that_view_only(lecture: Lecture) -> None:
    press(lecture, K.Key_I)
    draw(lecture, (-50, 0), (50, 0))
    press(lecture, K.Key_2)
    assert not inked(lecture)
    press(lecture, K.Key_1)
    assert inked(lecture)


def test_another_stop_is_clean(qtbot: QtBot, lecture: Lecture, window: MainWindow) -> None:
    window.lectern.open(LESSON)
    qtbot.waitUntil(lambda: window.lectern.passes.waiting == 0, timeout=60_000)
    window.lectern.go(0)
    clean = picture(lecture)
    press(lecture, K.Key_I)
    draw(lecture, (-50, 0), (50, 0))
    assert inked(lecture)
    press(lecture, K.Key_PageDown)
    assert not layer_of(lecture).drawing
    assert layer_of(lecture).tool is Tool.PEN  # which is still in the hand
    press(lecture, K.Key_PageUp)
    assert picture(lecture) == clean
    window.lectern.forget_changes()


def test_black_and_white_cover_what_is_pointed_with(lecture: Lecture) -> None:
    QCursor.setPos(lecture.window.mapToGlobal(middle_of_map(lecture)))
    press(lecture, K.Key_L)
    for key, blank in ((K.Key_B, Blank.BLACK), (K.Key_W, Blank.WHITE)):
        press(lecture, key)
        shown = picture(lecture)
        for point in (middle_of_map(lecture), QPoint(5, 5)):
            assert shown.pixelColor(point).name() == blank.value
        press(lecture, K.Key_Escape)
        assert lecture.window.blank is None
        assert layer_of(lecture).tool is Tool.LASER  # one thing at a time


def test_the_dot_takes_the_place_of_the_mouse_cursor(lecture: Lecture) -> None:
    QCursor.setPos(lecture.window.mapToGlobal(middle_of_map(lecture)))
    assert QApplication.overrideCursor() is None
    press(lecture, K.Key_L)
    assert QApplication.overrideCursor().shape() is Qt.CursorShape.BlankCursor
    lecture.window._move_mouse()
    assert QApplication.overrideCursor().shape() is Qt.CursorShape.BlankCursor
    press(lecture, K.Key_S)
    assert QApplication.overrideCursor() is None
    press(lecture, K.Key_L)
    lecture.leave()
    assert QApplication.overrideCursor() is None


def test_ink_is_seen_through_the_magnifier(lecture: Lecture) -> None:
    press(lecture, K.Key_I)
    draw(lecture, (30, -40), (30, 40))
    press(lecture, K.Key_M)
    QCursor.setPos(lecture.window.mapToGlobal(middle_of_map(lecture)))
    layer_of(lecture)._follow_mouse()
    assert inked(lecture, 60, 0)  # twice as far away
    assert not inked(lecture, 30, 0)
