"""Everything can be done from the keyboard, and typing a name does nothing else."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import IN_ONE
from explorer.debug.session import Colour
from explorer.views.buttons import CommandButton
from explorer.views.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier
OPENING = ("keys", "palette", "menu")  # these take the keyboard


def test_every_key_of_the_table_is_one_that_qt_knows_and_stands_once() -> None:
    keys = [QKeySequence(key) for command in COMMANDS for key in command.keys]
    assert all(not key.isEmpty() and key.toString() for key in keys)
    elsewhere = [c for c in COMMANDS if c.group not in IN_ONE]
    for group in ({c for c in COMMANDS if c.group in IN_ONE}, elsewhere):
        spelled = [QKeySequence(key).toString() for command in group for key in command.keys]
        assert len(set(spelled)) == len(spelled) > 0


@pytest.mark.parametrize("key", [(K.Key_F10, M.NoModifier), (K.Key_PageDown, M.NoModifier)])
def test_keys_step_forward_by_a_node(
    qtbot: QtBot, window: MainWindow, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    window.session.seek(0)
    qtbot.keyClick(window, *key)
    assert window.session.cursor == 1
    assert window.session.selection == window.session.moment.node


@pytest.mark.parametrize(
    "key",
    [(K.Key_F10, M.ShiftModifier), (K.Key_PageUp, M.NoModifier), (K.Key_Space, M.ShiftModifier)],
)
def test_keys_step_back_by_a_node(
    qtbot: QtBot, window: MainWindow, key: tuple[Qt.Key, Qt.KeyboardModifier]
) -> None:
    timeline = window.session.timeline
    qtbot.keyClick(window, *key)
    steps = timeline.node_steps
    assert window.session.cursor == steps[steps < timeline.backward_end][-1]


def test_space_steps_on_the_map(qtbot: QtBot, window: MainWindow) -> None:
    window.session.seek(0)
    window.explore.map_view.setFocus()
    qtbot.keyClick(window.explore.map_view, K.Key_Space)
    assert window.session.cursor == 1


def test_home_and_end_go_to_the_ends(qtbot: QtBot, window: MainWindow) -> None:
    qtbot.keyClick(window, K.Key_Home)
    assert window.session.cursor == 0
    qtbot.keyClick(window, K.Key_End)
    assert window.session.cursor == window.session.timeline.end


def test_control_page_keys_walk_through_the_phases(qtbot: QtBot, window: MainWindow) -> None:
    timeline = window.session.timeline
    seen = []
    for _ in range(3):
        qtbot.keyClick(window, K.Key_PageUp, M.ControlModifier)
        seen.append(window.session.cursor)
    assert seen == [timeline.backward_start, timeline.forward_end, 0]


def test_number_keys_choose_the_colour(qtbot: QtBot, window: MainWindow) -> None:
    for key, colour in ((K.Key_2, Colour.GRADIENT), (K.Key_3, Colour.OP), (K.Key_1, Colour.DATA)):
        qtbot.keyClick(window, key)
        assert window.session.colour is colour


def test_alt_arrows_walk_through_the_selections(qtbot: QtBot, window: MainWindow) -> None:
    loss = window.session.selection
    window.session.select(5000)
    qtbot.keyClick(window, K.Key_Left, M.AltModifier)
    assert window.session.selection == loss
    qtbot.keyClick(window, K.Key_Right, M.AltModifier)
    assert window.session.selection == 5000


def test_f_zooms_to_the_selection_and_out_again(qtbot: QtBot, window: MainWindow) -> None:
    whole = window.explore.map_view.camera
    qtbot.keyClick(window, K.Key_F)
    assert window.explore.map_view.camera.scale > 10 * whole.scale
    qtbot.keyClick(window, K.Key_F)
    assert window.explore.map_view.camera == whole


def test_l_selects_the_loss(qtbot: QtBot, window: MainWindow) -> None:
    window.session.select(5000)
    qtbot.keyClick(window, K.Key_L)
    assert window.session.selection == window.session.trace.loss


def test_letters_digits_and_keys_typed_as_a_name_do_nothing_else(
    qtbot: QtBot, window: MainWindow
) -> None:
    name = window.top_bar.name
    window.desk.focus_name()
    before = window.session.cursor, window.session.selection, window.explore.map_view.camera
    qtbot.keyClicks(name, "fl 12?")
    qtbot.keyClick(name, K.Key_Home)
    assert name.text() == "fl 12?"
    assert (
        window.session.cursor,
        window.session.selection,
        window.explore.map_view.camera,
    ) == before
    assert window.session.colour is Colour.DATA


def test_space_presses_a_button_that_tab_has_reached(qtbot: QtBot, window: MainWindow) -> None:
    button = next(
        b
        for b in window.top_bar.findChildren(CommandButton)
        if b.defaultAction().text() == "Start of the pass"
    )
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(button, K.Key_Space)
    assert window.session.cursor == 0


def test_a_click_on_a_button_leaves_the_keyboard_where_it_was(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.explore.map_view.setFocus()
    for button in window.findChildren(CommandButton):
        assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_actions_are_enabled_only_when_they_do_something(window: MainWindow) -> None:
    actions = {a.text(): a for a in window.interior.actions()}
    window.session.seek(window.session.timeline.end)
    assert not actions["Step"].isEnabled()
    assert actions["Step back"].isEnabled()
    window.session.seek(0)
    assert actions["Step"].isEnabled()
    assert not actions["Step back"].isEnabled()


def test_before_the_first_pass_no_key_does_harm(qtbot: QtBot, empty_window: MainWindow) -> None:
    for command in COMMANDS:
        if command.id not in OPENING:
            for key in command.keys:
                qtbot.keySequence(empty_window, QKeySequence(key))
    assert empty_window.session.timeline is None
