"""Time that goes on by itself, the line of what happened, and the marks on the time line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot

from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.happening import happening
from explorer.debug.session import FASTEST, SLOWEST
from explorer.debug.shown import USUAL_SPEED
from explorer.debug.stepping import Granularity
from explorer.theme.tokens import DARK
from explorer.views.main_window import MainWindow

PATIENCE = 60_000  # milliseconds
K, M = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def fast(window: MainWindow) -> MainWindow:
    window.session.set_speed(FASTEST)
    return window


def play_until_it_pauses(qtbot: QtBot, window: MainWindow, direction: int) -> list[int]:
    """Return the moments that are passed."""
    session = window.session
    seen: list[int] = []

    def see() -> None:
        seen.append(session.cursor)

    session.cursor_moved.connect(see)
    session.play(direction)
    assert session.playing == direction
    qtbot.waitUntil(lambda: not session.playing, timeout=PATIENCE)
    session.cursor_moved.disconnect(see)
    return seen


def test_playing_steps_to_the_end_and_pauses(qtbot: QtBot, fast: MainWindow) -> None:
    end = fast.session.timeline.end
    fast.session.seek(end - 4)
    assert play_until_it_pauses(qtbot, fast, 1) == [end - 3, end - 2, end - 1, end]
    assert not fast._actions.by_id["play"].isChecked()


def test_playing_back_steps_to_the_start_and_pauses(qtbot: QtBot, fast: MainWindow) -> None:
    fast.session.seek(3)
    assert play_until_it_pauses(qtbot, fast, -1) == [2, 1, 0]


@pytest.mark.parametrize("direction", [1, -1])
def test_playing_pauses_where_a_breakpoint_hits(
    qtbot: QtBot, fast: MainWindow, direction: int
) -> None:
    session = fast.session
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 100"))
    session.seek(100 - 3 * direction)
    expected = [100 - 2 * direction, 100 - direction, 100]
    assert play_until_it_pauses(qtbot, fast, direction) == expected
    session.seek(100)
    session.play(direction)  # on from where it hit
    qtbot.waitUntil(lambda: session.cursor != 100, timeout=PATIENCE)
    assert session.playing == direction
    session.play(0)


def test_large_steps_do_not_jump_over_a_breakpoint(qtbot: QtBot, fast: MainWindow) -> None:
    session = fast.session
    session.set_granularity(Granularity.POSITION)
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 4321"))
    session.seek(0)
    assert play_until_it_pauses(qtbot, fast, 1) == [4321]
    session.breakpoints.set([])
    session.seek(session.timeline.end)
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 60000"))
    assert play_until_it_pauses(qtbot, fast, -1)[-1] == 60_000


def test_keys_play_pause_and_turn_round(qtbot: QtBot, window: MainWindow) -> None:
    session = window.session
    session.seek(500)
    qtbot.keyClick(window, K.Key_Space, M.ControlModifier)
    assert session.playing == 1
    assert window._actions.by_id["play"].isChecked()
    qtbot.keyClick(window, K.Key_Space, M.ControlModifier | M.ShiftModifier)
    assert session.playing == -1
    qtbot.keyClick(window, K.Key_Space, M.ControlModifier | M.ShiftModifier)
    assert session.playing == 0
    assert not window._player._timer.isActive()


def test_the_speed_is_that_of_the_timer_and_has_limits(qtbot: QtBot, window: MainWindow) -> None:
    session, timer = window.session, window._player._timer
    session.seek(500)
    session.play(1)
    assert timer.interval() == round(1000 / USUAL_SPEED)
    qtbot.keyClick(window, K.Key_BracketRight)
    assert timer.interval() == round(1000 / (2 * USUAL_SPEED))
    for _ in range(12):
        qtbot.keyClick(window, K.Key_BracketRight)
    assert session.speed == FASTEST
    for _ in range(12):
        qtbot.keyClick(window, K.Key_BracketLeft)
    assert session.speed == SLOWEST
    assert session.playing == 1
    session.play(0)


def test_another_pass_ends_playing(window: MainWindow) -> None:
    window.session.seek(500)
    window.session.play(1)
    window.session.open(window.session.timeline)
    assert window.session.playing == 0
    assert not window._player._timer.isActive()


def test_there_is_nothing_to_play_before_the_first_pass(empty_window: MainWindow) -> None:
    empty_window.session.play(1)
    assert empty_window.session.playing == 0


def test_the_line_says_what_happened_last(window: MainWindow) -> None:
    session, bar = window.session, window.explore.event_bar
    for cursor in (0, 1, 30_000, session.timeline.backward_start, 90_000, session.timeline.end):
        session.seek(cursor)
        parts = happening(session.timeline, cursor)
        assert bar.text == "".join(part.text for part in parts)
        assert bar.accessibleDescription() == bar.text


@pytest.mark.parametrize("width", [1280, 1600, 1920])
def test_the_line_fits_and_clicks_on_its_names_select(
    qtbot: QtBot, window: MainWindow, width: int
) -> None:
    window.resize(width, 800)
    session, bar = window.session, window.explore.event_bar
    t = session.timeline
    for cursor in (4000, t.forward_end, t.backward_start, 60_000, 90_003, t.end - 1000):
        session.seek(cursor)
        bar.grab()
        parts = happening(t, cursor)
        assert bar._areas[-1].right() <= bar.width()
        for part, area in zip(parts, bar._areas, strict=True):
            before = session.selection
            qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=area.center().toPoint())
            assert session.selection == (before if part.node is None else part.node)


def test_the_pointer_tells_what_can_be_clicked(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.explore.event_bar
    window.session.seek(60_000)
    bar.grab()
    qtbot.mouseMove(bar, bar._areas[0].center().toPoint())
    assert bar.cursor().shape() is Qt.CursorShape.PointingHandCursor
    qtbot.mouseMove(bar, bar._areas[1].center().toPoint())
    assert bar.cursor().shape() is Qt.CursorShape.ArrowCursor


def colours_at(window: MainWindow, x: float, rows: range) -> set[str]:
    """Return the colours of the time line in a few pixels around a place."""
    image = window.explore.timeline_view.grab().toImage()
    columns = range(round(x) - 1, round(x) + 2)
    return {QColor(image.pixel(column, row)).name() for column in columns for row in rows}


def test_breakpoints_and_bookmarks_are_painted_where_they_are(window: MainWindow) -> None:
    session, line = window.session, window.explore.timeline_view
    session.seek(0)
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 30000"))
    session.bookmarks.add(Bookmark("emma", 80_000, None))
    session.bookmarks.add(Bookmark("zoe", 100_000, None))
    red, flag = QColor(DARK.breakpoint).name(), QColor(DARK.bookmark).name()
    below, above = range(62, 71), range(32, 40)
    assert red in colours_at(window, line._x_of(30_000), below)
    assert red not in colours_at(window, line._x_of(31_000), below)
    assert flag in colours_at(window, line._x_of(80_000) + 2, above)
    assert flag not in colours_at(window, line._x_of(100_000) + 2, above)
    one = next(iter(session.breakpoints))
    session.breakpoints.change(one, skip=1)
    assert red not in colours_at(window, line._x_of(30_000), below)
    session.breakpoints.set([])
    session.bookmarks.set([])
    assert flag not in colours_at(window, line._x_of(80_000) + 2, above)


def test_marks_move_with_the_window(window: MainWindow) -> None:
    session, line = window.session, window.explore.timeline_view
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 30000"))
    red = QColor(DARK.breakpoint).name()
    for width in (1300, 1700):
        window.resize(width, 800)
        assert red in colours_at(window, line._x_of(30_000), range(62, 71))


def test_many_marks_leave_the_bands_to_be_seen(window: MainWindow) -> None:
    window.session.breakpoints.add(Breakpoint(BreakOn.OP, text="mul"))
    inside, below = range(45, 66), range(67, 71)
    x = window.explore.timeline_view._x_of(60_000)
    red = QColor(DARK.breakpoint).name()
    assert red not in colours_at(window, x, inside)
    assert red in colours_at(window, x, below)


@pytest.mark.parametrize("y", [33, 45, 60, 70])
def test_clicks_near_marks_scrub(qtbot: QtBot, window: MainWindow, y: int) -> None:
    session, line = window.session, window.explore.timeline_view
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="event == 30000"))
    session.bookmarks.add(Bookmark("emma", 80_000, None))
    for cursor in (30_000, 80_000):
        spot = QPoint(round(line._x_of(cursor)), y)
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=spot)
        assert abs(session.cursor - cursor) < session.timeline.end / line.width()


def test_a_bookmark_beyond_the_end_stands_at_the_end(window: MainWindow) -> None:
    window.session.seek(0)
    window.session.bookmarks.add(Bookmark("emma", 2**62, None))
    flag = QColor(DARK.bookmark).name()
    line = window.explore.timeline_view
    assert flag in colours_at(window, line._x_of(line._session.timeline.end) + 2, range(32, 40))
