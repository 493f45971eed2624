"""All is reachable by keyboard, has a name, and shows that it has the keyboard.

Keys belong to the window or to the view that has the keyboard:

===================  =============================================================================
Text fields          letters, digits, signs, Space, Home, End, Esc where it closes them, arrows
Number of a what-if  also Up, Down (with Shift finer, with Ctrl coarser), Esc goes back
Buttons, links       Space presses a button or opens a list of choices, Enter follows a link
Tab bars             Left, Right from tab to tab
Outline              arrows, Enter (shows the scope on the map)
Steps of a run       Left, Right from step to step
Token strip          Left, Right from card to card, Enter selects
Source, inspector    arrows scroll
Map                  arrows pan, +, − zoom, the menu key opens the menu of the selected node
Neighbourhood        arrows walk, +, − zoom, Enter opens a sum, F brings all cards into view
Order of backward    Up, Down from row to row, Enter goes to the moment
Breakpoints          Up, Down, Enter goes there, Delete removes, Space switches on and off, F2 edits
Watches, bookmarks   Up, Down, Enter goes there, Delete removes, F2 edits a note
Stops of a lesson    Up, Down, Enter goes there, Delete removes, F2 retitles, Alt+Up, Alt+Down move
Caption, notes       all that is typed, Enter included; it counts when the keyboard leaves them
Time line            Left, Right step
Stages of a name     Left, Right from stage to stage, Enter opens one, Enter again or M: the map
All positions        arrows from position to position, Enter goes to the target's node
Bars                 Left, Right from bar to bar, Up, Down from row to row, Enter goes to the node
Attention            arrows from cell to cell and from head to head, Enter goes to the node
Stream, embeddings   the same; Left, Right in the bar of positions
Compared names       arrows from cell to cell, Enter goes to the node of the pass on show
The window           all keys of the table of commands, wherever the keyboard is but for the above:
                     Space, PgUp, PgDown, Home, End and letters never scroll or search a view
===================  =============================================================================

PgUp and PgDown, the keys of a clicker, step from everywhere, text fields of the window included.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import pytest
from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QContextMenuEvent, QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDockWidget,
    QLineEdit,
    QMenu,
    QTabBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import IN_ONE, Workspace
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Expression
from explorer.debug.lessons.stop import Stop, StopState
from explorer.views.buttons import CommandButton
from explorer.views.cell_grid import CellGrid
from explorer.views.main_window import MainWindow
from explorer.views.map_panel import MapPanel
from explorer.views.name_page import NamePage
from explorer.views.source_code import SourceCode

K, M = Qt.Key, Qt.KeyboardModifier
MOST_STOPS = 300
HERE = [command for command in COMMANDS if command.group not in IN_ONE]
TYPED = {"Home", "End", "Space", "Shift+Space", "/", "?"}  # into a text field, like letters
CLICKER = {"PgUp", "PgDown"}


def source_text(window: MainWindow) -> QWidget:
    return window.explore.source.findChild(SourceCode)


def in_panel(panel: str, find: Callable[[MainWindow], QWidget]) -> Callable[[MainWindow], QWidget]:
    """Return what brings a panel to the front, and then finds something in it."""

    def show(window: MainWindow) -> QWidget:
        window.desk.show_panel(panel)
        return find(window)

    return show


def inside_name(find: Callable[[MainWindow], QWidget]) -> Callable[[MainWindow], QWidget]:
    """Return what looks inside the name, and then finds something there."""

    def show(window: MainWindow) -> QWidget:
        window.show_workspace(Workspace.NAME)
        return find(window)

    return show


def in_part(title: str, find: Callable[[NamePage], QWidget]) -> Callable[[MainWindow], QWidget]:
    """Return what opens a tab about a name, and then finds something in it."""

    def show(window: MainWindow) -> QWidget:
        open_part(window, title)
        return find(window.name_page)

    return show


def open_part(window: MainWindow, title: str) -> None:
    window.show_workspace(Workspace.NAME)
    tabs = window.name_page.tabs
    tabs.setCurrentIndex([tabs.tabText(i) for i in range(tabs.count())].index(title))


def tabs_of(window: MainWindow, panel: QWidget) -> QWidget:
    return pane_of(window, panel).findChild(QTabBar)


def pane_of(window: MainWindow, panel: QWidget) -> QDockWidget:
    return next(pane for pane in window.findChildren(QDockWidget) if pane.isAncestorOf(panel))


def first_button(window: MainWindow) -> QWidget:
    return next(b for b in window.top_bar.findChildren(CommandButton) if b.isEnabled())


VIEWS: dict[str, Callable[[MainWindow], QWidget]] = {
    "map": lambda window: window.explore.map_view,
    "outline": lambda window: window.explore.outline,
    "source": source_text,
    "inspector": lambda window: window.explore.inspector,
    "time line": lambda window: window.explore.timeline_view,
    "token strip": lambda window: window.explore.token_strip,
    "button": first_button,
    "tab bar": lambda window: tabs_of(window, window.explore.neighbourhood),
    "neighbourhood": lambda window: window.explore.neighbourhood.view,
    "hops": lambda window: window.explore.neighbourhood.hops,
    "layouts": lambda window: window.explore.neighbourhood.layouts,
    "order": in_panel("order", lambda window: window.explore.order.order.list),
    "why the node waits": in_panel("order", lambda window: window.explore.order.order.sentence),
    "breakpoints": lambda window: window.explore.breakpoints.table,
    "watches": in_panel("watches", lambda window: window.explore.watches.table),
    "bookmarks": in_panel("bookmarks", lambda window: window.explore.bookmarks.table),
    "stops of the lesson": in_panel("lesson", lambda window: window.lesson_panel.stops),
    "stages": inside_name(lambda window: window.name_page.chain),
    "parts": inside_name(lambda window: window.name_page.tabs),
    "all positions": inside_name(lambda window: window.name_page.probabilities.panels),
    "one position": inside_name(lambda window: window.name_page.probabilities.position),
    "losses": inside_name(lambda window: window.name_page.probabilities.losses),
    "heads": in_part("Attention", lambda page: page.attention.matrices),
    "one head": in_part("Attention", lambda page: page.attention.steps),
    "cache": in_part("Attention", lambda page: page.attention.cache),
    "compared letters": in_part("Compare", lambda page: page.compare.columns[1].rows),
    "compared heads": in_part("Compare", lambda page: page.compare.columns[2].heads),
    "compared model": in_part("Compare", lambda page: page.compare.headers[2].model),
    "stream's positions": in_part("Residual stream", lambda page: page.stream.positions),
    "stream": in_part("Residual stream", lambda page: page.stream.stream),
    "units": in_part("Residual stream", lambda page: page.stream.units),
    "embeddings": in_part("Embeddings", lambda page: page.embeddings.grid),
    "projected": in_part("Embeddings", lambda page: page.embeddings.matrices),
}
OWN_KEYS = {  # that mean something else while the view has the keyboard
    "button": {"Space"},
    "layouts": {"Space"},
    "compared model": {"Space"},
    "neighbourhood": {"F"},
    "breakpoints": {"Space"},
}


def what_if_number(window: MainWindow) -> QWidget:
    """Return the field for the data of the selected node, once it can be changed."""
    window.desk.show_panel("whatif")
    window.explore.what_if.wait()
    QApplication.processEvents()
    assert window.explore.what_if.field.isEnabled()
    return window.explore.what_if.field


FIELDS: dict[str, Callable[[MainWindow], QWidget]] = {
    "name": lambda window: window.top_bar.name,
    "search": lambda window: window.explore.search_bar.field,
    "condition": lambda window: window.explore.breakpoints.condition,
    "compared name": in_part("Compare", lambda page: page.compare.headers[2].name),
    "number": what_if_number,
    "title of the lesson": in_panel("lesson", lambda window: window.lesson_panel.title),
    "caption": in_panel("lesson", lambda window: window.lesson_panel.caption),
    "notes": in_panel("lesson", lambda window: window.lesson_panel.notes),
}


LESSON = Lesson(
    "A formula",
    stops=(Stop(title="All of it", model="m", state=StopState(cursor=7), caption="{loss}"),),
    models={"m": Expression("L = a*b + a", {"a": 2.0, "b": 3.0})},
)


def is_typed(key: str) -> bool:
    return len(key) == 1 or key in TYPED or (key.startswith("Shift+") and len(key) == 7)


def stops(window: MainWindow, key: str = "Tab") -> list[QWidget]:
    """Return what the Tab key visits, from the name field round to it; or Shift and Tab."""
    window.top_bar.name.setFocus()
    visited = [window.top_bar.name]
    for _ in range(MOST_STOPS):
        press(QApplication.focusWidget(), key)
        visited.append(QApplication.focusWidget())
        if visited[-1] is window.top_bar.name:
            return visited[:-1]
    raise AssertionError(f"the Tab key never leaves {visited[-3:]}")


def press(widget: QWidget, key: str) -> None:
    combination = QKeySequence(key)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


@pytest.fixture
def ready(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window in the middle of backward, with a node that has links, and all bars open."""
    window.activateWindow()
    window.lectern.open(LESSON)
    window.session.seek(90_000)
    window.session.select(40_000)
    window.message.tell("A sentence.", "emma")
    window.desk.open_search()
    window.explore.map_view.zoom_to_selection()
    for mark in ("break_node", "watch", "bookmark"):
        window._actions.by_id[mark].trigger()
    for table in (
        window.explore.breakpoints.table,
        window.explore.watches.table,
        window.explore.bookmarks.table,
    ):
        table.selectRow(0)
    return window


@pytest.fixture
def inside(ready: MainWindow) -> MainWindow:
    """The window looking inside the name."""
    ready.show_workspace(Workspace.NAME)
    return ready


def test_whatever_takes_the_keyboard_or_is_pressed_has_a_name(ready: MainWindow) -> None:
    asked = [
        widget
        for widget in ready.findChildren(QWidget)
        if (isinstance(widget, QAbstractButton) or widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        and widget.focusProxy() is None
        and widget.objectName() != "qt_tableview_cornerbutton"  # never in sight
    ]
    assert len(asked) > 30
    nameless = [
        widget
        for widget in asked
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        and not isinstance(widget.parent(), QMenu)
    ]
    assert nameless == []


def test_tab_visits_the_window_in_reading_order(ready: MainWindow) -> None:
    page = ready.explore
    areas = [
        ready.top_bar, ready.message, page.token_strip, page.outline, page.source,
        ready.findChild(MapPanel), pane_of(ready, page.neighbourhood), page.inspector,
        pane_of(ready, page.breakpoints), page.timeline_view, ready.top_bar,
    ]  # fmt: skip
    seen: list[QWidget] = []
    for stop in stops(ready):
        area = next(area for area in areas if area is stop or area.isAncestorOf(stop))
        if not seen or seen[-1] is not area:
            seen.append(area)
    assert seen == areas


def test_within_the_map_the_bars_come_first(ready: MainWindow) -> None:
    visited = stops(ready)
    panel = ready.findChild(MapPanel)
    inside = [stop for stop in visited if panel.isAncestorOf(stop)]
    place = inside.index(ready.explore.map_view)
    assert inside.index(ready.explore.search_bar.field) < place
    above = [stop for stop in inside[:place] if isinstance(stop, CommandButton)]
    assert len(above) >= 9


@pytest.mark.parametrize("panel", ["breakpoints", "watches", "bookmarks", "neighbourhood", "order"])
def test_tabs_come_before_what_stands_under_them(ready: MainWindow, panel: str) -> None:
    ready.desk.show_panel(panel)
    pane = pane_of(ready, getattr(ready.explore, panel))
    tabs, *inside = [stop for stop in stops(ready) if pane.isAncestorOf(stop)]
    assert tabs is pane.findChild(QTabBar)
    assert inside


@pytest.mark.parametrize("panel", [None, "order", "watches", "bookmarks", "lesson"])
def test_tab_reaches_everything_that_takes_the_keyboard(
    ready: MainWindow, panel: str | None
) -> None:
    if panel is not None:
        ready.desk.show_panel(panel)
    visited = set(stops(ready))
    missed = [
        widget
        for widget in ready.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget not in visited
    ]
    assert missed == []


def test_tab_visits_attention_from_its_choices_to_the_cache(ready: MainWindow) -> None:
    open_part(ready, "Attention")
    view = ready.name_page.attention
    figures = view.matrices_figure, view.steps_figure, view.cache_figure
    inside = [stop for stop in stops(ready) if view.isAncestorOf(stop)]
    order = [i for stop in inside for i, f in enumerate(figures) if f.isAncestorOf(stop)]
    assert order == sorted(order)
    assert [stop for stop in inside if isinstance(stop, CellGrid)] == [
        view.matrices, view.steps, view.cache,
    ]  # fmt: skip
    unseen = []
    for stop in inside:
        area = QRect(stop.mapTo(ready, QPoint(0, 0)), stop.size())
        ready.name_page.timeline_view.setFocus(Qt.FocusReason.TabFocusReason)
        without = ready.grab(area).toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if ready.grab(area).toImage() == without:
            unseen.append(stop)
    assert unseen == []


@pytest.mark.parametrize("title", ["Residual stream", "Embeddings"])
def test_tab_visits_a_part_from_its_bars_to_its_figures(ready: MainWindow, title: str) -> None:
    open_part(ready, title)
    page = ready.name_page
    view = {"Residual stream": page.stream, "Embeddings": page.embeddings}[title]
    inside = [stop for stop in stops(ready) if view.isAncestorOf(stop)]
    takers = [
        widget
        for widget in view.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.focusProxy() is None
    ]
    assert set(takers) == set(inside)
    tops = [stop.mapTo(view, QPoint(0, 0)).y() for stop in inside if isinstance(stop, CellGrid)]
    assert tops == sorted(tops)


def test_tab_goes_through_the_links_of_the_inspector_and_enter_follows_one(
    ready: MainWindow,
) -> None:
    assert stops(ready).count(ready.explore.inspector) > 1
    source_text(ready).setFocus()
    before = ready.session.selection, ready.session.cursor
    ready.explore.inspector.setFocus(Qt.FocusReason.TabFocusReason)
    press(ready.explore.inspector, "Tab")
    while ready.explore.inspector.textCursor().charFormat().anchorHref().startswith("word:"):
        press(ready.explore.inspector, "Tab")
    press(ready.explore.inspector, "Return")
    assert (ready.session.selection, ready.session.cursor) != before


def test_shift_tab_leads_back(ready: MainWindow) -> None:
    there, back = stops(ready), stops(ready, "Shift+Tab")
    assert [stop for stop, _ in groupby(back[1:])] == [stop for stop, _ in groupby(there[:0:-1])]


@pytest.mark.parametrize("panel", [None, "order", "watches", "bookmarks"])
def test_whatever_has_the_keyboard_shows_it(ready: MainWindow, panel: str | None) -> None:
    if panel is not None:
        ready.desk.show_panel(panel)
    QApplication.setCursorFlashTime(0)
    unseen = []
    for stop in dict.fromkeys(stops(ready)):
        elsewhere = (
            ready.explore.timeline_view
            if stop is not ready.explore.timeline_view
            else ready.top_bar.name
        )
        area = QRect(stop.mapTo(ready, QPoint(0, 0)), stop.size())
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = ready.grab(area).toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if ready.grab(area).toImage() == without:
            unseen.append(stop)
    assert unseen == []


def test_tab_visits_the_page_of_a_name_in_reading_order(inside: MainWindow) -> None:
    page = inside.name_page
    visited = stops(inside)
    for part in range(page.tabs.count()):
        page.tabs.setCurrentIndex(part)
        visited = stops(inside)
        missed = [
            widget
            for widget in page.findChildren(QWidget)
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            and widget.isVisible()
            and widget.isEnabled()
            and widget.focusProxy() is None
            and widget not in visited
        ]
        assert missed == []
        order = [page.token_strip, page.chain, page.tabs, page.timeline_view]
        assert [stop for stop in visited if stop in order] == order
    page.tabs.setCurrentIndex(0)
    view = page.probabilities
    bars = [view.panels, view.position, view.losses]
    assert [stop for stop in stops(inside) if stop in bars] == bars


def test_whatever_has_the_keyboard_inside_a_name_shows_it(inside: MainWindow) -> None:
    page, unseen = inside.name_page, []
    for stop in dict.fromkeys(stops(inside)):
        if not page.isAncestorOf(stop):
            continue
        elsewhere = page.timeline_view if stop is not page.timeline_view else page.tabs
        area = QRect(stop.mapTo(inside, QPoint(0, 0)), stop.size())
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = inside.grab(area).toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if inside.grab(area).toImage() == without:
            unseen.append(stop)
    assert unseen == []


def test_whatever_takes_the_keyboard_inside_a_name_has_a_name(inside: MainWindow) -> None:
    inside.name_page.chain.card.show()
    asked = set()
    for part in range(inside.name_page.tabs.count()):
        inside.name_page.tabs.setCurrentIndex(part)
        asked |= {
            widget
            for widget in inside.name_page.findChildren(QWidget)
            if widget.isVisible()
            and (
                isinstance(widget, QAbstractButton)
                or widget.focusPolicy() & Qt.FocusPolicy.TabFocus
            )
            and widget.focusProxy() is None
        }
    assert len(asked) > 20
    nameless = [
        widget
        for widget in asked
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        and not isinstance(widget.parent(), QMenu)
    ]
    assert nameless == []


@pytest.fixture
def fired(ready: MainWindow) -> list[str]:
    """Return what commands were triggered, instead of running them; all are enabled."""
    fired: list[str] = []
    for command in HERE:
        action = ready._actions.by_id[command.id]
        action.triggered.disconnect()
        action.triggered.connect(lambda _=False, command=command: fired.append(command.id))
    enable_all(ready)
    return fired


def enable_all(window: MainWindow) -> None:
    for command in HERE:
        window._actions.by_id[command.id].setEnabled(True)


@pytest.mark.parametrize("view", VIEWS)
def test_no_view_takes_a_key_from_the_window(
    ready: MainWindow, fired: list[str], view: str
) -> None:
    widget = VIEWS[view](ready)
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    assert widget.hasFocus()
    enable_all(ready)  # another workspace has changed that
    for command in HERE:
        for key in set(command.keys) - OWN_KEYS.get(view, set()):
            fired.clear()
            press(widget, key)
            assert fired == [command.id], f"{key} in the {view}"


@pytest.mark.parametrize("field", FIELDS)
def test_a_text_field_takes_only_what_is_typed(
    ready: MainWindow, fired: list[str], field: str
) -> None:
    widget = FIELDS[field](ready)
    widget.setFocus()
    for command in HERE:
        for key in command.keys:
            fired.clear()
            ready._actions.by_id[command.id].setEnabled(True)  # typing a query has changed that
            press(widget, key)
            own = is_typed(key) or (key == "Esc" and field in ("search", "number"))
            assert fired == ([] if own else [command.id]), f"{key} in the {field} field"
            if own and key == "Esc":
                ready.explore.search_bar.show()
                widget.setFocus()


@pytest.mark.parametrize("view", [*VIEWS, *FIELDS])
def test_a_clicker_steps_wherever_the_keyboard_is(
    ready: MainWindow, fired: list[str], view: str
) -> None:
    widget = {**VIEWS, **FIELDS}[view](ready)
    widget.setFocus()
    enable_all(ready)
    for key in sorted(CLICKER):
        press(widget, key)
    assert fired == ["step", "step_back"]


def test_space_presses_every_button_of_the_window(ready: MainWindow, fired: list[str]) -> None:
    buttons = [stop for stop in stops(ready) if isinstance(stop, QAbstractButton)]
    assert {"Run", "×"} <= {button.text() for button in buttons}
    for button in buttons:
        event = _space_override()
        QApplication.sendEvent(button, event)
        assert event.isAccepted(), button.text()


def _space_override() -> QEvent:
    event = QKeyEvent(QEvent.Type.ShortcutOverride, K.Key_Space, M.NoModifier, " ")
    event.ignore()
    return event


def test_the_token_strip_is_walked_with_the_arrow_keys(ready: MainWindow) -> None:
    strip, trace = ready.explore.token_strip, ready.session.trace
    strip.setFocus(Qt.FocusReason.TabFocusReason)
    assert strip.accessibleDescription().startswith("position 0, BOS to e, probability")
    for _ in range(3):
        press(strip, "Right")
    assert strip.accessibleDescription().startswith("position 3, m to a")
    press(strip, "Left")
    press(strip, "Return")
    assert ready.session.selection == trace.probabilities[2, trace.document.tokens[3]]
    for _ in range(9):
        press(strip, "Right")
    assert strip.accessibleDescription().startswith("mean loss")
    press(strip, "Return")
    assert ready.session.selection == trace.loss


def test_what_is_not_computed_yet_is_not_spoken(ready: MainWindow) -> None:
    ready.session.seek(0)
    assert (
        ready.explore.token_strip.accessibleDescription()
        == "position 0, BOS to e, not computed yet"
    )


def test_arrow_keys_belong_to_the_view(ready: MainWindow) -> None:
    before = ready.session.cursor
    ready.explore.outline.setFocus()
    row = ready.explore.outline.currentIndex()
    press(ready.explore.outline, "Up")
    assert ready.explore.outline.currentIndex() != row
    ready.explore.map_view.setFocus()
    camera = ready.explore.map_view.camera
    press(ready.explore.map_view, "Left")
    assert ready.explore.map_view.camera != camera
    assert ready.session.cursor == before
    ready.explore.timeline_view.setFocus()
    press(ready.explore.timeline_view, "Right")
    assert ready.session.cursor > before


@pytest.mark.parametrize("panel", ["neighbourhood", "breakpoints"])
def test_arrows_go_from_tab_to_tab(ready: MainWindow, panel: str) -> None:
    tabs = tabs_of(ready, getattr(ready.explore, panel))
    tabs.setFocus(Qt.FocusReason.TabFocusReason)
    press(tabs, "Right")
    assert not getattr(ready.explore, panel).isVisible()
    press(tabs, "Left")
    assert getattr(ready.explore, panel).isVisible()


def test_keys_of_the_table_of_breakpoints(ready: MainWindow) -> None:
    table, breakpoints = ready.explore.breakpoints.table, ready.session.breakpoints
    before = ready.session.cursor
    table.clearSelection()
    table.setFocus(Qt.FocusReason.TabFocusReason)
    assert [index.row() for index in table.selectionModel().selectedRows()] == [0]
    for column in (0, table.model().columnCount() - 1):  # wherever in the row one is
        table.setCurrentIndex(table.model().index(0, column))
        was_on = [one.enabled for one in breakpoints]
        press(table, "Space")
        assert [one.enabled for one in breakpoints] == [not on for on in was_on]
    assert ready.session.cursor == before
    press(table, "Delete")
    assert len(breakpoints) == 0


def test_enter_in_the_outline_shows_the_scope(ready: MainWindow, qtbot: QtBot) -> None:
    ready.explore.outline.setFocus()
    with qtbot.waitSignal(ready.explore.outline.scope_chosen):
        press(ready.explore.outline, "Return")


def test_the_menu_key_opens_the_menu_of_the_selected_node(ready: MainWindow) -> None:
    ready.session.select(40_000)
    point = QPoint(1, 1)  # where another node, or none, is
    event = QContextMenuEvent(
        QContextMenuEvent.Reason.Keyboard, point, ready.explore.map_view.mapToGlobal(point)
    )
    QApplication.sendEvent(ready.explore.map_view, event)
    (menu,) = ready.explore.map_view.findChildren(QMenu)
    assert "40\N{NARROW NO-BREAK SPACE}000" in menu.actions()[0].text()
    assert "Select" in [action.text() for action in menu.actions()]
    menu.close()


def test_a_click_on_the_token_strip_leaves_the_keyboard_where_it_was(
    ready: MainWindow, qtbot: QtBot
) -> None:
    ready.explore.map_view.setFocus()
    qtbot.mouseClick(ready.explore.token_strip, Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert ready.explore.map_view.hasFocus()


def test_the_map_shows_no_frame_to_who_clicks(ready: MainWindow) -> None:
    ready.top_bar.name.setFocus()
    without = ready.explore.map_view.grab().toImage()
    ready.explore.map_view.setFocus(Qt.FocusReason.MouseFocusReason)
    assert ready.explore.map_view.grab().toImage() == without
    ready.top_bar.name.setFocus()
    ready.explore.map_view.setFocus(Qt.FocusReason.TabFocusReason)
    assert ready.explore.map_view.grab().toImage() != without


def test_no_text_field_swallows_tab(ready: MainWindow) -> None:
    for field in ready.findChildren(QLineEdit):
        if field.isVisible():
            field.setFocus()
            press(field, "Tab")
            assert not field.hasFocus()
