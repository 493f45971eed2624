"""Bookmarks: one for each moment of each name, in order."""

from __future__ import annotations

import pytest

from explorer.debug.addresses import Address, node_address
from explorer.debug.bookmarks import Bookmark, Bookmarks
from explorer.debug.session import Session
from explorer.trace.timeline import Timeline

EARLY, LATE = Bookmark("emma", 5, None), Bookmark("emma", 70, Address(("x",), 2), "look")
OTHER = Bookmark("ava", 50, None)


@pytest.fixture
def bookmarks() -> Bookmarks:
    found = Bookmarks()
    found.set([LATE, OTHER, EARLY])
    return found


@pytest.fixture
def heard(bookmarks: Bookmarks) -> list[int]:
    found: list[int] = []

    def hear() -> None:
        found.append(len(bookmarks))

    bookmarks.changed.connect(hear)
    return found


def test_they_stand_in_the_order_of_names_and_moments(bookmarks: Bookmarks) -> None:
    assert list(bookmarks) == [OTHER, EARLY, LATE]
    assert bookmarks.of("emma") == [EARLY, LATE]
    assert bookmarks.of("nobody") == []
    assert bookmarks.at("emma", 70) == LATE
    assert bookmarks.at("ava", 70) is None


def test_a_second_one_at_a_moment_replaces_the_first(
    bookmarks: Bookmarks, heard: list[int]
) -> None:
    bookmarks.add(Bookmark("emma", 5, None, "new"))
    assert bookmarks.of("emma")[0].note == "new"
    assert heard == [3]


def test_a_note_is_written_on_what_is_there(bookmarks: Bookmarks, heard: list[int]) -> None:
    bookmarks.note(LATE, "why?")
    assert bookmarks.at("emma", 70) == Bookmark("emma", 70, Address(("x",), 2), "why?")
    bookmarks.note(Bookmark("emma", 6, None), "nothing there")
    assert len(bookmarks) == 3
    assert heard == [3]


def test_removing_takes_the_one_of_that_moment_whatever_its_note(
    bookmarks: Bookmarks, heard: list[int]
) -> None:
    bookmarks.note(EARLY, "changed")
    bookmarks.remove(EARLY)
    bookmarks.remove(EARLY)
    assert list(bookmarks) == [OTHER, LATE]
    assert heard == [3, 2]


def test_a_session_goes_to_the_moment_and_the_selection(a_timeline: Timeline) -> None:
    session = Session()
    session.open(a_timeline)
    trace = a_timeline.trace
    session.go_to_bookmark(Bookmark("a", 77, node_address(trace, 4321)))
    assert (session.cursor, session.selection) == (77, 4321)
    session.go_to_bookmark(Bookmark("a", 78, None))
    assert (session.cursor, session.selection) == (78, 4321)
    session.go_to_bookmark(Bookmark("a", 79, Address(("nowhere",), 3)))
    assert (session.cursor, session.selection) == (79, 4321)
    session.go_to_bookmark(Bookmark("a", 10**15, None))
    assert session.cursor == a_timeline.end


def test_before_the_first_pass_there_is_nowhere_to_go() -> None:
    session = Session()
    session.go_to_bookmark(LATE)
    assert (session.cursor, session.selection) == (0, None)
