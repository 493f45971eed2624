"""The lists of breakpoints, watches and bookmarks, by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.addresses import Address, node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint, breakpoint_on
from explorer.debug.watches import watch_rows
from explorer.trace.timeline import Timeline
from explorer.views.main_window import MainWindow
from explorer.views.mark_tables import MarkPanel, RowTable

K = Qt.Key


def texts(table: RowTable) -> list[list[str]]:
    """Return what stands in the list."""
    model = table.model()
    return [
        [model.index(row, column).data() for column in range(model.columnCount())]
        for row in range(model.rowCount())
    ]


def choose(table: RowTable, row: int, column: int = 0) -> None:
    """Put the keyboard on a row."""
    table.setFocus()
    table.setCurrentIndex(table.model().index(row, column))


def type_condition(qtbot: QtBot, window: MainWindow, text: str) -> QLineEdit:
    qtbot.keyClick(window, K.Key_B, Qt.KeyboardModifier.ControlModifier)
    field = window.explore.breakpoints.condition
    field.clear()
    field.insert(text)
    qtbot.keyClick(field, K.Key_Return)
    return field


def edit(qtbot: QtBot, table: RowTable, row: int, column: int, typed: str) -> None:
    choose(table, row, column)
    qtbot.keyClick(table, K.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.setText(typed)
    finish(qtbot, editor)


def finish(qtbot: QtBot, editor: QLineEdit) -> None:
    """Press Enter; Qt takes what was typed when the key is dealt with."""
    with qtbot.waitSignal(editor.destroyed):
        qtbot.keyClick(editor, K.Key_Return)


@pytest.fixture
def breaking(window: MainWindow) -> MainWindow:
    """The window with the breakpoints in front: on a gradient, a line, and an operation."""
    trace, breakpoints = window.session.trace, window.session.breakpoints
    for node, on in ((700, BreakOn.GRADIENT), (20_000, BreakOn.LINE), (20_000, BreakOn.OP)):
        breakpoints.add(breakpoint_on(trace, node, on))
    window.desk.show_panel("breakpoints")
    return window


def test_a_condition_is_added_by_the_keyboard_alone(qtbot: QtBot, window: MainWindow) -> None:
    window.session.seek(0)
    field = type_condition(qtbot, window, "abs(grad) > 0.1")
    assert field.hasFocus()
    assert field.text() == ""
    assert list(window.session.breakpoints) == [
        Breakpoint(BreakOn.CONDITION, text="abs(grad) > 0.1")
    ]
    assert texts(window.explore.breakpoints.table)[0][0] == "abs(grad) > 0.1"
    assert window.explore.breakpoints.error.isHidden()


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("abs(grads) > 0", "grads"),
        ("op == '𝄞😀é' and grade > 0", "grade"),
        ("data = 1", "="),
        ("data", "data"),
    ],
)
def test_a_malformed_condition_is_refused_where_it_goes_wrong(
    qtbot: QtBot, window: MainWindow, text: str, place: str
) -> None:
    field = type_condition(qtbot, window, text)
    assert field.hasFocus()
    assert field.text() == text
    assert field.selectedText() == place
    assert window.explore.breakpoints.error.isVisible()
    assert window.explore.breakpoints.error.text().endswith(".")
    assert len(window.session.breakpoints) == 0
    qtbot.keyClick(field, K.Key_X)
    assert window.explore.breakpoints.error.isHidden()


@pytest.mark.parametrize("column", [0, 1, 2])
def test_space_ticks_the_box_of_the_row_and_does_not_step(
    qtbot: QtBot, breaking: MainWindow, column: int
) -> None:
    table, cursor = breaking.explore.breakpoints.table, breaking.session.cursor
    choose(table, 1, column)
    for ticked in (False, True):
        qtbot.keyClick(table, K.Key_Space)
        assert [one.enabled for one in breaking.session.breakpoints] == [True, ticked, True]
    assert breaking.session.cursor == cursor


def test_space_steps_where_there_is_nothing_to_tick(qtbot: QtBot, window: MainWindow) -> None:
    window.session.watches.toggle(node_address(window.session.trace, 5))
    window.desk.show_panel("watches")
    choose(window.explore.watches.table, 0)
    window.session.seek(10)
    qtbot.keyClick(window.explore.watches.table, K.Key_Space)
    assert window.session.cursor == 11


def test_a_click_on_the_box_ticks_it(qtbot: QtBot, breaking: MainWindow) -> None:
    table = breaking.explore.breakpoints.table
    at = table.visualRect(table.model().index(0, 0))
    spot = at.center()
    spot.setX(at.left() + 13)
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert [one.enabled for one in breaking.session.breakpoints] == [False, True, True]


@pytest.mark.parametrize(
    ("typed", "skip"),
    [("3", 3), (" 12 ", 12), ("-1", 0), ("x", 0), ("", 0), ("1.5", 0), ("9" * 5000, 0)],
)
def test_hits_to_skip_are_edited_in_place(
    qtbot: QtBot, breaking: MainWindow, typed: str, skip: int
) -> None:
    table, cursor = breaking.explore.breakpoints.table, breaking.session.cursor
    edit(qtbot, table, 0, 2, typed)
    first, *_ = breaking.session.breakpoints
    assert first.skip == skip
    assert texts(table)[0][2] == str(skip)
    assert breaking.session.cursor == cursor


def test_delete_removes_and_the_keyboard_stays(qtbot: QtBot, breaking: MainWindow) -> None:
    table, (first, second, third) = breaking.explore.breakpoints.table, breaking.session.breakpoints
    choose(table, 1)
    qtbot.keyClick(table, K.Key_Delete)
    assert list(breaking.session.breakpoints) == [first, third]
    assert table.current.breakpoint == third
    qtbot.keyClick(table, K.Key_Backspace)
    assert table.current.breakpoint == first
    qtbot.keyClick(table, K.Key_Delete)
    assert len(breaking.session.breakpoints) == 0
    assert table.isHidden()
    assert second not in breaking.session.breakpoints


def test_enter_and_a_double_click_go_to_the_next_hit(qtbot: QtBot, breaking: MainWindow) -> None:
    session, table = breaking.session, breaking.explore.breakpoints.table
    first, *_ = session.breakpoints
    moments = session.breakpoints.moments(first).tolist()
    session.seek(0)
    choose(table, 0)
    for moment in [*moments, moments[0]]:
        qtbot.keyClick(table, K.Key_Return)
        assert session.cursor == moment
    spot = table.visualRect(table.model().index(0, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    qtbot.mouseDClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert session.cursor == moments[1 % len(moments)]


def test_hits_follow_the_cursor_and_what_hits_here_is_marked(breaking: MainWindow) -> None:
    session, table = breaking.session, breaking.explore.breakpoints.table
    moments = session.breakpoints.moments(next(iter(session.breakpoints))).tolist()
    total = len(moments)
    for cursor, hits in ((0, 0), (moments[0] - 1, 0), (moments[0], 1), (moments[-1], total)):
        session.seek(cursor)
        label, shown, _ = texts(table)[0]
        assert shown == f"{hits} / {total}"
        assert label.startswith("▸ ") == (cursor in moments)


def test_what_the_pass_does_not_have_is_said(breaking: MainWindow) -> None:
    breaking.session.breakpoints.add(Breakpoint(BreakOn.OP, text="tanh"))
    assert texts(breaking.explore.breakpoints.table)[3][1] == "not in this pass"


def test_time_takes_away_neither_the_row_nor_what_is_being_typed(
    qtbot: QtBot, breaking: MainWindow
) -> None:
    table, field = breaking.explore.breakpoints.table, breaking.explore.breakpoints.condition
    field.setText("data >")
    choose(table, 1, 2)
    qtbot.keyClick(table, K.Key_F2)
    editor = table.findChild(QLineEdit)
    editor.setText("4")
    for cursor in (0, 500, 60_000):
        breaking.session.seek(cursor)
        QApplication.processEvents()
    assert table.currentIndex().row() == 1
    assert table.findChild(QLineEdit) is editor
    assert editor.text() == "4"
    finish(qtbot, editor)
    assert [one.skip for one in breaking.session.breakpoints] == [0, 4, 0]
    assert field.text() == "data >"


def test_a_list_that_nobody_sees_does_not_work(
    breaking: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    rows = type(breaking.explore.breakpoints).rows
    monkeypatch.setattr(
        type(breaking.explore.breakpoints), "rows", lambda panel: asked.append(1) or rows(panel)
    )
    breaking.desk.show_panel("watches")
    breaking.session.seek(10)
    assert asked == []
    breaking.desk.show_panel("breakpoints")
    assert asked
    assert texts(breaking.explore.breakpoints.table)[0][1].startswith("0 / ")


@pytest.fixture
def watching(window: MainWindow) -> MainWindow:
    """The window with the watches in front: a parameter, the loss, one that is not there."""
    trace, watches = window.session.trace, window.session.watches
    for node in (700, trace.loss, 20_000):
        watches.toggle(node_address(trace, node))
    watches.toggle(Address(("nowhere",), 1))
    window.desk.show_panel("watches")
    return window


def test_watches_show_what_is_known_at_every_moment(watching: MainWindow) -> None:
    session, t = watching.session, watching.session.timeline
    ledger = t.ledger(700)
    moments = [0, 20_000, t.forward_end, t.backward_start, int(ledger.event[0])]
    moments += [int(ledger.event[-1]), t.backward_end, t.backward_end + 701, t.end]
    states = []
    for cursor in moments:
        session.seek(cursor)
        shown = texts(watching.explore.watches.table)
        states.append(shown[0][3])
        for row, watched in zip(shown, watch_rows(t, cursor, session.watches), strict=True):
            if watched.node is not None:
                expected = [watched.data, watched.grad]
                assert row[1:3] == ["–" if n is None else numbers.short(n) for n in expected]
    total = len(ledger)
    assert states[0] == states[3] == "not yet"
    assert states[4] == (f"1 / {total}" if total > 1 else "final")
    assert states[5:] == ["final", "final", "set back", "set back"]
    assert shown[3] == ["nowhere", "not in this pass", "–", ""]


def test_watches_are_gone_to_and_removed_by_the_keyboard(
    qtbot: QtBot, watching: MainWindow
) -> None:
    table, session = watching.explore.watches.table, watching.session
    choose(table, 0)
    qtbot.keyClick(table, K.Key_Return)
    assert session.selection == 700
    choose(table, 3)
    qtbot.keyClick(table, K.Key_Return)
    assert session.selection == 700
    qtbot.keyClick(table, K.Key_Delete)
    assert len(session.watches) == 3
    spot = table.visualRect(table.model().index(2, 1)).center()
    qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=spot)
    assert session.selection == 20_000


@pytest.fixture
def marked(window: MainWindow) -> MainWindow:
    """The window with the bookmarks in front."""
    bookmarks = window.session.bookmarks
    bookmarks.add(Bookmark("emma", 900, node_address(window.session.trace, 6000), "first"))
    bookmarks.add(Bookmark("emma", 70_000, None))
    bookmarks.add(Bookmark("zoe", 4, None, "elsewhere"))
    window.desk.show_panel("bookmarks")
    return window


def test_bookmarks_are_listed_gone_to_noted_and_removed(qtbot: QtBot, marked: MainWindow) -> None:
    session, table = marked.session, marked.explore.bookmarks.table
    thin = numbers.count(70_000)
    assert texts(table) == [
        ["900", "emma", "first"], [thin, "emma", ""], ["4", "zoe", "elsewhere"],
    ]  # fmt: skip
    choose(table, 0)
    qtbot.keyClick(table, K.Key_Return)
    assert (session.cursor, session.selection) == (900, 6000)
    edit(qtbot, table, 1, 2, "long " * 1000)
    assert session.bookmarks.at("emma", 70_000).note.startswith("long long")
    assert session.cursor == 900
    choose(table, 2)
    qtbot.keyClick(table, K.Key_Return)
    assert session.cursor == 900  # of another name
    qtbot.keyClick(table, K.Key_Delete)
    assert [one.name for one in session.bookmarks] == ["emma", "emma"]


def test_typing_a_note_does_not_step_or_colour(qtbot: QtBot, marked: MainWindow) -> None:
    table, before = marked.explore.bookmarks.table, marked.session.cursor
    choose(table, 1, 2)
    qtbot.keyClick(table, K.Key_F2)
    editor = table.findChild(QLineEdit)
    qtbot.keyClicks(editor, "w n 1?/ [p]")
    finish(qtbot, editor)
    assert marked.session.bookmarks.at("emma", 70_000).note == "w n 1?/ [p]"
    assert marked.session.cursor == before
    assert len(marked.session.watches) == 0


@pytest.mark.parametrize("panel", ["breakpoints", "watches", "bookmarks"])
def test_an_empty_list_says_what_it_is_for_at_its_top(window: MainWindow, panel: str) -> None:
    window.desk.show_panel(panel)
    QApplication.processEvents()
    shown: MarkPanel = getattr(window.explore, panel)
    assert shown.table.isHidden()
    (label,) = [label for label in shown.findChildren(QLabel) if label.isVisible()]
    assert label.text().endswith(".")
    assert label.y() < 60
    assert label.alignment() & Qt.AlignmentFlag.AlignTop


@pytest.mark.parametrize("panel", ["breakpoints", "watches", "bookmarks"])
def test_models_are_sound(
    breaking: MainWindow, watching: MainWindow, marked: MainWindow, panel: str
) -> None:
    marked.desk.show_panel(panel)
    model = getattr(marked.explore, panel).table.model()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    assert model.data(QModelIndex()) is None
    marked.session.seek(50)
    marked.session.breakpoints.set([])
    marked.session.watches.set([])
    marked.session.bookmarks.set([])
    assert model.rowCount() == 0


def test_another_name_keeps_the_lists(
    marked: MainWindow, breaking: MainWindow, a_pass: Timeline
) -> None:
    count = len(marked.session.breakpoints)
    marked.session.open(a_pass)
    assert len(marked.session.breakpoints) == count
    assert len(texts(marked.explore.bookmarks.table)) == 3
