"""The time line: what does not change with time is not drawn at every step."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage

from explorer.debug.bookmarks import Bookmark
from explorer.theme.tokens import DARK
from explorer.views.main_window import MainWindow
from explorer.views.timeline_view import BAR, LINE_OF_TEXT, MARGIN, TimelineView


@pytest.fixture
def line(window: MainWindow) -> TimelineView:
    return window.explore.timeline_view


def shown(line: TimelineView) -> QImage:
    return line.grab().toImage()


def test_steps_move_the_cursor_over_pictures_that_are_kept(
    window: MainWindow, line: TimelineView, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn, paint_all = [], line._paint_all

    def count(*args: object) -> None:
        drawn.append(args)
        paint_all(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(line, "_paint_all", count)
    end = window.session.timeline.end
    for share in (1, 2, 3):
        window.session.seek(end * share // 5)
        shown(line)
    del drawn[:]
    before = shown(line)
    window.session.seek(end * 4 // 5)
    assert shown(line) != before
    assert drawn == []


def add_bookmark(window: MainWindow) -> None:
    name = window.session.trace.document.name
    window.session.bookmarks.add(Bookmark(name, window.session.timeline.end // 4, None))


@pytest.mark.parametrize(
    "change",
    [
        add_bookmark,
        lambda window: window.session.play(1),
        lambda window: window.resize(window.width() + 100, window.height()),
    ],
    ids=["bookmark", "hint", "size"],
)
def test_what_changes_otherwise_is_seen_at_once(
    window: MainWindow, line: TimelineView, change: Callable[[MainWindow], None]
) -> None:
    for _ in range(3):
        before = shown(line)
    change(window)
    assert shown(line) != before
    window.session.play(0)


def test_what_lies_ahead_is_pale(window: MainWindow, line: TimelineView) -> None:
    window.session.seek(window.session.timeline.end // 2)
    for _ in range(3):  # drawn straight away, then from pictures
        image = shown(line)
        y = LINE_OF_TEXT + BAR // 2
        happened = image.pixelColor(QPoint(line.width() // 2 - 40, y))
        ahead = image.pixelColor(QPoint(line.width() // 2 + 40, y))
        assert happened == QColor(DARK.backward)
        assert ahead.lightness() < happened.lightness()
        assert image.pixelColor(QPoint(MARGIN // 2, y)) == QColor(DARK.panel)
