"""The menu holds every command once, as the table has them."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from explorer.debug.commands import COMMANDS
from explorer.debug.session import Colour
from explorer.views.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier


def submenus(window: MainWindow) -> dict[str, QMenu]:
    return {action.text(): action.menu() for action in window.menu.actions()}


def test_there_is_a_submenu_for_each_group_in_the_tables_order(window: MainWindow) -> None:
    assert list(submenus(window)) == list(dict.fromkeys(command.group for command in COMMANDS))


def test_every_command_but_the_menu_itself_is_in_its_group(window: MainWindow) -> None:
    for group, menu in submenus(window).items():
        expected = [c.title for c in COMMANDS if c.group == group and c.id != "menu"]
        assert [action.text() for action in menu.actions()] == expected


def test_what_is_chosen_and_what_is_on_are_marked(window: MainWindow) -> None:
    window.session.set_colour(Colour.GRADIENT)
    actions = {action.text(): action for action in submenus(window)["Map"].actions()}
    colours = [a for title, a in actions.items() if title.startswith("Colour by")]
    assert [a.text() for a in colours if a.isChecked()] == ["Colour by gradient"]
    assert len({a.actionGroup() for a in colours}) == 1
    assert colours[0].actionGroup().isExclusive()


def test_shortcuts_stand_at_the_right(window: MainWindow) -> None:
    for menu in submenus(window).values():
        for action in menu.actions():
            assert action.isShortcutVisibleInContextMenu()


def test_alt_m_opens_it_below_its_button_and_keys_choose(window: MainWindow) -> None:
    window.session.seek(0)
    window.explore.map_view.setFocus()
    QTest.keyClick(window.explore.map_view, K.Key_M, M.AltModifier)
    button = window.top_bar.menu_button
    assert window.menu.isVisible()
    assert window.menu.pos().y() >= button.mapToGlobal(button.rect().bottomLeft()).y()
    time = submenus(window)["Time"]
    QTest.keyClick(window.menu, K.Key_Right)
    assert time.isVisible()
    time.setActiveAction(next(a for a in time.actions() if a.text() == "End of the pass"))
    QTest.keyClick(time, K.Key_Return)
    assert window.session.cursor == window.session.timeline.end
    assert not window.menu.isVisible()


def test_the_button_is_the_very_first_and_opens_it(window: MainWindow) -> None:
    button = window.top_bar.menu_button
    assert button.accessibleName() == "Menu"
    assert button.mapTo(window, button.rect().topLeft()).x() < 20
    button.click()
    assert window.menu.isVisible()
    window.menu.close()


@pytest.mark.parametrize("group", dict.fromkeys(command.group for command in COMMANDS))
def test_no_submenu_is_higher_than_a_small_screen(window: MainWindow, group: str) -> None:
    assert submenus(window)[group].sizeHint().height() <= 720
