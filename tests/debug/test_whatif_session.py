"""Changed numbers in a session: what is told, and when."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable

import pytest

from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.search import SearchIndex
from explorer.debug.session import Session
from explorer.debug.whatif import Rerun, prepare
from explorer.trace.timeline import Timeline


@pytest.fixture(scope="module")
def rerun(a_timeline: Timeline) -> Rerun:
    return prepare(a_timeline)


def test_the_session_shows_changed_numbers_at_the_same_moment_and_goes_back(
    a_timeline: Timeline, rerun: Rerun
) -> None:
    session, told = Session(), []
    session.open(a_timeline)
    session.seek(1234)
    session.numbers_changed.connect(lambda: told.append(session.what_if))
    what_if = rerun.change({3: 0.5})
    session.show_what_if(what_if)
    assert (session.timeline, session.cursor) == (what_if.timeline, 1234)
    assert session.recorded is a_timeline
    session.show_what_if(what_if)
    session.show_what_if(None)
    assert session.timeline is a_timeline
    assert told == [what_if, None]


def test_another_pass_ends_a_what_if(a_timeline: Timeline, rerun: Rerun) -> None:
    session = Session()
    session.show_what_if(rerun.change({3: 0.5}))
    assert session.timeline is None
    session.open(a_timeline)
    session.show_what_if(rerun.change({3: 0.5}))
    session.open(a_timeline)
    assert session.what_if is None
    assert session.timeline is a_timeline


def test_searches_and_conditions_are_about_the_numbers_on_show(
    a_timeline: Timeline, rerun: Rerun
) -> None:
    session = Session()
    session.open(a_timeline)
    session.search("data>7.5")
    condition = Breakpoint(BreakOn.CONDITION, text="data > 7.5")
    session.breakpoints.add(condition)
    found, hits = len(session.found), len(session.breakpoints.moments(condition))
    node = a_timeline.trace.leaves + 5
    session.show_what_if(rerun.change({node: 8.0}))
    assert node in session.found
    assert len(session.found) > found
    assert len(session.breakpoints.moments(condition)) > hits
    session.show_what_if(None)
    assert len(session.found) == found
    assert len(session.breakpoints.moments(condition)) == hits


@pytest.fixture
def told(a_timeline: Timeline) -> tuple[Session, list[str]]:
    """A session that searches and breaks by numbers, and what it tells from then on."""
    session, heard = Session(), []
    session.open(a_timeline)
    session.search("data>7.5")
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="data > 7.5"))
    session.numbers_changed.connect(lambda: heard.append("numbers"))
    session.found_changed.connect(lambda: heard.append("found"))
    session.breakpoints.changed.connect(lambda: heard.append("breakpoints"))
    return session, heard


def test_while_numbers_move_searches_and_conditions_wait_until_they_settle(
    told: tuple[Session, list[str]], rerun: Rerun
) -> None:
    session, heard = told
    node = rerun.recorded.trace.leaves + 5
    for data in (8.0, 8.5, 9.0):
        session.show_what_if(rerun.change({node: data}), moving=True)
    assert heard == ["numbers"] * 3
    assert node not in session.found
    session.settle()
    session.settle()
    assert heard == ["numbers"] * 3 + ["breakpoints", "found"]
    assert node in session.found


def test_continuing_never_stops_where_a_condition_held_with_other_numbers(
    told: tuple[Session, list[str]], rerun: Rerun
) -> None:
    session, _ = told
    node = rerun.recorded.trace.leaves + 5
    session.seek(0)
    session.show_what_if(rerun.change({node: 8.0}), moving=True)
    session.run_to_breakpoint(1)
    assert session.selection == node


@pytest.mark.parametrize("ask", [lambda s: s.seek(s.cursor - 1), lambda s: s.walk_found(1)])
def test_what_is_asked_for_while_numbers_move_is_about_those_on_show(
    told: tuple[Session, list[str]], rerun: Rerun, ask: Callable[[Session], None]
) -> None:
    session, _ = told
    node = rerun.recorded.trace.leaves + 5
    session.show_what_if(rerun.change({node: 8.0}), moving=True)
    ask(session)
    assert node in session.found


@pytest.mark.parametrize("query", ["op:exp", "softmax", "line:33", "node<99", "ancestors:loss"])
def test_a_search_that_needs_no_numbers_stays_as_it_is(
    told: tuple[Session, list[str]], rerun: Rerun, query: str
) -> None:
    session, heard = told
    session.search(query)
    session.breakpoints.set([])
    found, before = session.found, len(heard)
    session.show_what_if(rerun.change({3: 0.5}))
    assert heard[before:] == ["numbers"]
    assert session.found is found


def test_a_search_that_begins_while_numbers_move_is_about_those_on_show(
    told: tuple[Session, list[str]], rerun: Rerun
) -> None:
    session, _ = told
    node = rerun.recorded.trace.leaves + 5
    session.search("")
    session.show_what_if(rerun.change({node: 8.0}), moving=True)
    session.search("data=8")
    assert session.found.tolist() == [node]


@pytest.mark.parametrize(
    ("query", "needs"),
    [
        ("data>1", True),
        ("|grad|>0.1", True),
        ("largest gradients", True),
        ("dead relus", True),
        ("path:3", True),
        ("op:exp data>1", True),
        ("between:3,loss", False),
        ("constants", False),
        ("unreachable", False),
    ],
)
def test_it_is_known_which_searches_need_numbers(
    a_timeline: Timeline, query: str, needs: bool
) -> None:
    assert SearchIndex(a_timeline).search(query).needs_numbers is needs


def test_the_numbers_of_the_last_move_are_forgotten_at_once(
    told: tuple[Session, list[str]], rerun: Rerun
) -> None:
    """In a circle of references, megabytes would wait for the garbage collector at each move."""
    session, _ = told
    session.show_what_if(rerun.change({3: 0.5}))
    session.breakpoints.rows(session.cursor)
    assert session.timeline is not None
    last = weakref.ref(session.timeline)
    gc.disable()
    try:
        session.show_what_if(rerun.change({3: 0.6}))
        session.breakpoints.rows(session.cursor)
        assert last() is None
    finally:
        gc.enable()
