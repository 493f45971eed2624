"""A number that is dragged, nudged and typed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QAccessible, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.theme.tokens import Theme
from explorer.views.number_field import NumberField

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
CONTROL = Qt.KeyboardModifier.ControlModifier


class Box(QWidget):
    """A number field, and another one that can have the keyboard."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.other, self.field = QLineEdit(), NumberField(theme)
        self.scale = theme.scale
        self.field.show_number(0.25)
        self.heard: list[float | str] = []
        for signal in (self.field.entered, self.field.nudged, self.field.dragged):
            signal.connect(self.heard.append)
        column = QVBoxLayout(self)
        column.addWidget(self.other)
        column.addWidget(self.field)

    def mouse(self) -> QWidget:
        return self.field.lineEdit()

    def press(self) -> None:
        QTest.mousePress(self.mouse(), LEFT, NONE, QPoint(30, 8))

    def move(self, x: int, modifiers: Qt.KeyboardModifier = NONE) -> None:
        event_at = QPoint(30 + round(x * self.scale), 8)
        send_move(self.mouse(), event_at, modifiers)

    def release(self, x: int) -> None:
        QTest.mouseRelease(self.mouse(), LEFT, NONE, QPoint(30 + round(x * self.scale), 8))


def send_move(widget: QWidget, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """Move the mouse with its left button down: QTest moves it without."""
    place, everywhere = at.toPointF(), widget.mapToGlobal(at).toPointF()
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, everywhere, Qt.MouseButton.NoButton, LEFT, modifiers
    )
    QApplication.sendEvent(widget, event)


@pytest.fixture
def box(qtbot: QtBot, theme: Theme) -> Box:
    box = Box(theme)
    qtbot.addWidget(box)
    with qtbot.waitExposed(box):
        box.show()
    box.activateWindow()
    qtbot.waitUntil(box.isActiveWindow)
    box.other.setFocus()
    return box


def test_a_drag_changes_the_number_and_leaves_the_keyboard_where_it_was(
    qtbot: QtBot, box: Box
) -> None:
    box.press()
    with qtbot.waitSignal(box.field.dragged):
        box.move(10)
    assert box.field.is_dragged
    box.release(10)
    assert box.heard == [0.35, 0.35]
    assert not box.field.is_dragged
    assert box.other.hasFocus()


def test_moves_that_come_too_fast_are_left_out(qtbot: QtBot, box: Box) -> None:
    box.press()
    with qtbot.waitSignal(box.field.dragged):
        for x in range(4, 21):
            box.move(x)
    assert box.heard == [0.45]


@pytest.mark.parametrize(("modifiers", "number"), [(SHIFT, 0.26), (CONTROL, 1.25)])
def test_shift_drags_finely_and_ctrl_coarsely(
    qtbot: QtBot, box: Box, modifiers: Qt.KeyboardModifier, number: float
) -> None:
    box.press()
    with qtbot.waitSignal(box.field.dragged):
        box.move(10, modifiers)
    assert box.heard == [number]


def test_escape_puts_back_what_the_drag_began_with(qtbot: QtBot, box: Box) -> None:
    box.press()
    with qtbot.waitSignal(box.field.dragged):
        box.move(10)
    qtbot.keyClick(box.field, Qt.Key.Key_Escape)
    assert box.heard[-1] == 0.25
    assert box.other.hasFocus()
    heard = list(box.heard)
    box.move(50)  # the button is still down
    box.release(50)
    assert box.heard == heard


def test_a_click_begins_to_type(qtbot: QtBot, box: Box) -> None:
    assert box.mouse().cursor().shape() == Qt.CursorShape.SizeHorCursor
    box.press()
    box.release(0)
    assert box.field.hasFocus()
    assert box.mouse().cursor().shape() == Qt.CursorShape.IBeamCursor
    qtbot.keyClicks(box.field, "0.5")
    qtbot.keyClick(box.field, Qt.Key.Key_Return)
    assert box.heard == ["0.5"]
    box.field.accept()
    assert box.mouse().cursor().shape() == Qt.CursorShape.SizeHorCursor


def test_who_types_has_the_mouse_for_the_text(box: Box) -> None:
    QTest.mouseDClick(box.mouse(), LEFT, NONE, QPoint(30, 8))
    assert box.field.lineEdit().selectedText() == "0.25"
    box.press()
    box.move(40)
    box.release(40)
    assert not box.field.is_dragged
    assert box.heard == []


def test_what_is_typed_is_left_alone_until_it_is_given_up(qtbot: QtBot, box: Box) -> None:
    box.field.setFocus()
    box.field.selectAll()
    qtbot.keyClicks(box.field, "7")
    box.field.show_number(0.5)
    assert box.field.text() == "7"
    qtbot.keyClick(box.field, Qt.Key.Key_Escape)
    box.field.show_number(0.5)
    assert box.field.text() == "0.5"


def test_what_was_not_entered_does_not_stand_there_as_if_it_were(qtbot: QtBot, box: Box) -> None:
    box.field.setFocus()
    box.field.selectAll()
    qtbot.keyClicks(box.field, "7")
    box.other.setFocus()
    assert box.field.text() == "0.25"
    assert box.heard == []


@pytest.mark.parametrize(("modifiers", "by"), [(NONE, 0.001), (SHIFT, 1e-4), (CONTROL, 0.01)])
def test_up_and_down_nudge(
    qtbot: QtBot, box: Box, modifiers: Qt.KeyboardModifier, by: float
) -> None:
    qtbot.keyClick(box.field, Qt.Key.Key_Up, modifiers)
    qtbot.keyClick(box.field, Qt.Key.Key_Down, modifiers)
    assert box.heard == pytest.approx([by, -by])


def test_the_keys_of_a_clicker_never_change_the_number(qtbot: QtBot, box: Box) -> None:
    box.field.setFocus()
    for key in (Qt.Key.Key_PageUp, Qt.Key.Key_PageDown):
        qtbot.keyClick(box.field, key)
    assert (box.heard, box.field.text()) == ([], "0.25")


def test_no_number_is_dragged_where_there_is_none(box: Box) -> None:
    box.field.show_number(None)
    box.press()
    box.move(40)
    assert not box.field.is_dragged


def test_screen_readers_are_told_of_a_spin_box_and_its_number(box: Box) -> None:
    told = QAccessible.queryAccessibleInterface(box.field)
    assert told.role() == QAccessible.Role.SpinBox
    assert told.text(QAccessible.Text.Value) == "0.25"
