"""The command palette: a few letters, Enter, and the keyboard is back where it was."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.palette import Found
from explorer.debug.session import Colour
from explorer.views.command_palette import CommandPalette, _places_left
from explorer.views.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier
LAST = "End of the pass"
TOGGLE = (K.Key_P, M.ControlModifier | M.ShiftModifier)


@pytest.fixture
def palette(window: MainWindow) -> CommandPalette:
    """The open palette, over a window whose map has the keyboard."""
    window.activateWindow()
    window.explore.map_view.setFocus()
    QTest.keyClick(window.explore.map_view, *TOGGLE)
    return window.command_palette


def titles(palette: CommandPalette) -> list[str]:
    model = palette.list.model()
    return [model.index(i, 0).data() for i in range(model.rowCount())]


def marked(palette: CommandPalette) -> str:
    return palette.list.currentIndex().data()


def type_in(palette: CommandPalette, text: str) -> None:
    QTest.keyClicks(palette.field, text)


def press(palette: CommandPalette, key: Qt.Key) -> None:
    QTest.keyClick(palette.field, key)


def test_it_opens_with_all_commands_and_the_keyboard(palette: CommandPalette) -> None:
    assert palette.isVisible()
    assert palette.field.hasFocus()
    assert titles(palette) == [c.title for c in COMMANDS if c.id != "palette"]


def test_letters_that_are_keys_elsewhere_are_typed(
    window: MainWindow, palette: CommandPalette
) -> None:
    before = window.session.cursor, window.session.selection, window.explore.map_view.camera
    type_in(palette, "lf 2?/")
    assert palette.field.text() == "lf 2?/"
    for key in (K.Key_F10, K.Key_Home, K.Key_PageUp, K.Key_F3):
        press(palette, key)
    assert (
        window.session.cursor,
        window.session.selection,
        window.explore.map_view.camera,
    ) == before
    assert window.session.colour is Colour.DATA
    assert palette.isVisible()


def test_enter_runs_what_is_marked_and_gives_the_keyboard_back(
    window: MainWindow, palette: CommandPalette
) -> None:
    type_in(palette, "col gra")
    assert marked(palette) == "Colour by gradient"
    press(palette, K.Key_Return)
    assert window.session.colour is Colour.GRADIENT
    assert not palette.isVisible()
    assert window.explore.map_view.hasFocus()


def test_what_is_run_may_take_the_keyboard(window: MainWindow, palette: CommandPalette) -> None:
    type_in(palette, "another name")
    press(palette, K.Key_Return)
    assert window.top_bar.name.hasFocus()


def test_what_was_run_is_first_the_next_time(palette: CommandPalette) -> None:
    type_in(palette, "whole map")
    run = marked(palette)
    press(palette, K.Key_Return)
    palette.open_palette()
    assert palette.field.text() == ""
    assert titles(palette)[0] == run


def test_escape_gives_the_keyboard_back_to_who_had_it(
    window: MainWindow, palette: CommandPalette
) -> None:
    press(palette, K.Key_Escape)
    assert not palette.isVisible()
    window.explore.outline.setFocus()
    palette.open_palette()
    press(palette, K.Key_Escape)
    assert window.explore.outline.hasFocus()


def test_its_key_closes_it_as_well(window: MainWindow, palette: CommandPalette) -> None:
    QTest.keyClick(palette.field, *TOGGLE)
    assert not palette.isVisible()
    assert window.explore.map_view.hasFocus()


def test_it_closes_when_the_keyboard_goes_elsewhere(
    window: MainWindow, palette: CommandPalette
) -> None:
    window.top_bar.name.setFocus()
    assert not palette.isVisible()
    assert window.top_bar.name.hasFocus()


def test_a_press_of_the_mouse_elsewhere_closes_it(
    window: MainWindow, palette: CommandPalette, qtbot: QtBot
) -> None:
    qtbot.mouseClick(palette, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert palette.isVisible()
    qtbot.mouseClick(window.top_bar, Qt.MouseButton.LeftButton, pos=QPoint(2, 2))
    assert not palette.isVisible()


def test_the_menu_of_the_text_field_does_not_close_it(palette: CommandPalette) -> None:
    point = QPoint(5, 5)
    reason = QContextMenuEvent.Reason.Mouse
    event = QContextMenuEvent(reason, point, palette.field.mapToGlobal(point))
    QApplication.sendEvent(palette.field, event)
    assert palette.isVisible()
    for menu in palette.field.findChildren(QMenu):
        menu.close()


def test_a_click_runs_an_entry(window: MainWindow, palette: CommandPalette, qtbot: QtBot) -> None:
    type_in(palette, "colour by op")
    index = palette.list.model().index(0, 0)
    place = palette.list.visualRect(index).center()
    qtbot.mouseClick(palette.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert window.session.colour is Colour.OP
    assert not palette.isVisible()


def test_arrows_tab_and_page_keys_walk_through_the_list(palette: CommandPalette) -> None:
    listed = titles(palette)
    for key, row in (
        (K.Key_Down, 1), (K.Key_Up, 0), (K.Key_Up, len(listed) - 1), (K.Key_Down, 0),
        (K.Key_Tab, 1), (K.Key_Backtab, 0), (K.Key_PageUp, 0),
    ):  # fmt: skip
        press(palette, key)
        assert palette.list.currentIndex().row() == row
    press(palette, K.Key_PageDown)
    assert palette.list.currentIndex().row() > 3
    for _ in listed:
        press(palette, K.Key_PageDown)
    assert marked(palette) == listed[-1]
    assert palette.field.hasFocus()


def test_what_cannot_be_run_is_shown_but_not_run(
    window: MainWindow, palette: CommandPalette
) -> None:
    window.session.seek(window.session.timeline.end)
    type_in(palette, "end of the pass")
    palette.list.setCurrentIndex(palette.list.model().index(titles(palette).index(LAST), 0))
    found = palette.list.currentIndex().data(Qt.ItemDataRole.UserRole)
    assert isinstance(found, Found)
    assert found.entry.refused == "not now"
    press(palette, K.Key_Return)
    assert palette.isVisible()


def test_the_first_that_can_be_run_is_marked(window: MainWindow, palette: CommandPalette) -> None:
    press(palette, K.Key_Escape)
    window.session.seek(0)
    palette.open_palette()
    assert titles(palette)[0] == "Start of the pass"
    assert marked(palette) == "Step"


@pytest.mark.parametrize(
    ("typed", "node"), [("12345", 12_345), ("#12345", 12_345), ("wte[4][3]", 4 * 16 + 3)]
)
def test_nodes_are_selected_by_number_and_name(
    window: MainWindow, palette: CommandPalette, typed: str, node: int
) -> None:
    type_in(palette, typed)
    press(palette, K.Key_Return)
    assert window.session.selection == node


def test_an_event_is_gone_to(window: MainWindow, palette: CommandPalette) -> None:
    type_in(palette, "@44671")
    press(palette, K.Key_Return)
    assert window.session.cursor == 44_671


def test_a_scope_is_shown_on_the_map(window: MainWindow, palette: CommandPalette) -> None:
    whole = window.explore.map_view.camera
    type_in(palette, "2 att")
    assert marked(palette) == "Show 2 m → m / gpt / layer 0 / attention on the map"
    press(palette, K.Key_Return)
    assert window.explore.map_view.camera.scale > whole.scale


def test_nonsense_is_answered(palette: CommandPalette) -> None:
    type_in(palette, "qqqq")
    assert palette.nothing.isVisible()
    assert not palette.list.isVisible()
    press(palette, K.Key_Return)
    press(palette, K.Key_Down)
    press(palette, K.Key_PageDown)
    assert palette.isVisible()


def test_what_is_marked_is_spoken(palette: CommandPalette) -> None:
    type_in(palette, "zoom sel")
    said = palette.field.accessibleDescription()
    assert said == "Zoom to the selection; again: the whole map, Map, F"
    type_in(palette, "qqqq")
    assert palette.field.accessibleDescription() == ""


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1920, 1080), (3840, 2160)])
def test_it_stands_within_the_window(
    window: MainWindow, palette: CommandPalette, width: int, height: int
) -> None:
    window.resize(width, height)
    for typed in ("", "s", "qqqq"):
        palette.field.setText(typed)
        assert QRect(0, 0, width, height).contains(palette.geometry())
        assert abs(palette.geometry().center().x() - width / 2) <= 1
    assert palette.isVisible()


def test_before_the_first_pass_it_offers_what_can_be_done(empty_window: MainWindow) -> None:
    empty_window.desk.toggle_palette()
    palette = empty_window.command_palette
    type_in(palette, "all keys")
    press(palette, K.Key_Return)
    assert empty_window.guides.keys is not None
    empty_window.guides.keys.close()


def test_emphasis_follows_letters_of_a_shortened_title() -> None:
    title, shortened = "Show attention on the map", "Show att…he map"
    places = [title.index(letter) for letter in ("S", "a", "n", "m")]
    assert [shortened[p] for p in _places_left(places, title, shortened)] == ["S", "a", "m"]
    assert _places_left([0, 3], "Step", "Step") == [0, 3]
