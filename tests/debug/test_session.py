"""The session: what changes, and what is told about it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from explorer.debug.contrast import Contrast
from explorer.debug.session import Colour, Session
from explorer.debug.stepping import Granularity
from explorer.debug.visits import LIMIT
from explorer.debug.whatif import prepare
from explorer.trace.timeline import Phase, Timeline

SIGNALS = (
    "opened", "cursor_moved", "selected", "colour_changed", "granularity_changed", "found_changed",
)  # fmt: skip


def listen(session: Session) -> list[str]:
    """Return a list that grows with each signal."""
    heard: list[str] = []

    def hear(name: str) -> None:
        getattr(session, name).connect(lambda: heard.append(name))

    for name in SIGNALS:
        hear(name)
    return heard


@pytest.fixture
def session(a_timeline: Timeline) -> Session:
    """A session on a pass, when all gradients are complete."""
    session = Session()
    session.open(a_timeline)
    return session


@pytest.fixture
def heard(session: Session) -> list[str]:
    return listen(session)


def visited(session: Session, direction: int) -> list[int | None]:
    """Return the selections as one goes through the history."""
    found = []
    while session.can_revisit(direction):
        session.revisit(direction)
        found.append(session.selection)
    return found


def test_opening_shows_the_end_and_selects_the_loss(a_timeline: Timeline) -> None:
    session = Session()
    heard = listen(session)
    session.open(a_timeline)
    assert heard == ["opened"]
    assert session.timeline is a_timeline
    assert session.trace is a_timeline.trace
    assert session.cursor == a_timeline.backward_end
    assert session.selection == a_timeline.trace.loss
    assert session.moment == a_timeline.moment(a_timeline.backward_end)


def test_listeners_of_opened_see_the_whole_new_state(
    session: Session, emma_timeline: Timeline
) -> None:
    session.seek(3)
    seen: list[object] = []
    session.opened.connect(lambda: seen.extend([session.cursor, session.selection]))
    session.open(emma_timeline)
    assert seen == [emma_timeline.backward_end, emma_timeline.trace.loss]


def test_opening_forgets_the_history_but_not_how_things_are_shown(
    session: Session, emma_timeline: Timeline
) -> None:
    session.select(5)
    session.set_colour(Colour.OP)
    session.set_granularity(Granularity.EDGE)
    session.open(emma_timeline)
    assert not session.can_revisit(-1)
    assert not session.can_revisit(1)
    assert (session.colour, session.granularity) == (Colour.OP, Granularity.EDGE)


def test_seeking_tells_once(session: Session, heard: list[str]) -> None:
    session.seek(7)
    assert (session.cursor, heard) == (7, ["cursor_moved"])


def test_seeking_to_where_time_stands_tells_nothing(session: Session, heard: list[str]) -> None:
    session.seek(session.cursor)
    assert heard == []


@pytest.mark.parametrize("beyond", [1, 10**9])
def test_seeking_outside_of_the_pass_stops_at_its_ends(session: Session, beyond: int) -> None:
    assert session.timeline is not None
    session.seek(-beyond)
    assert session.cursor == 0
    session.seek(session.timeline.end + beyond)
    assert session.cursor == session.timeline.end


def test_seeking_leaves_the_selection(session: Session) -> None:
    before = session.selection
    session.seek(0)
    assert session.selection == before


def test_a_step_tells_of_time_and_of_the_selection_once_each(
    session: Session, heard: list[str]
) -> None:
    session.step(-1)
    assert heard == ["cursor_moved", "selected"]


def test_a_step_of_the_forward_phase_selects_the_node_just_computed(session: Session) -> None:
    assert session.trace is not None
    session.seek(0)
    session.step(1)
    assert (session.cursor, session.selection) == (1, session.trace.leaves)
    session.step(1)
    assert (session.cursor, session.selection) == (2, session.trace.leaves + 1)
    session.step(-1)
    assert (session.cursor, session.selection) == (1, session.trace.leaves)


def test_a_step_to_the_seed_selects_the_loss(session: Session) -> None:
    assert session.timeline is not None
    session.seek(session.timeline.forward_end)
    session.select(0)
    session.step(1)
    assert session.moment is not None
    assert session.moment.phase is Phase.SEED
    assert session.selection == session.timeline.trace.loss


@pytest.mark.parametrize("granularity", [Granularity.EDGE, Granularity.NODE])
def test_a_step_of_the_backward_phase_selects_the_node_that_passes_on(
    session: Session, granularity: Granularity
) -> None:
    assert session.timeline is not None
    session.set_granularity(granularity)
    session.seek(session.timeline.backward_start)
    for _ in range(50):
        session.step(1)
        done = session.cursor - session.timeline.backward_start
        assert session.selection == session.timeline.consumer[done - 1]


def test_a_step_back_to_the_start_leaves_the_selection(session: Session, heard: list[str]) -> None:
    session.seek(1)
    session.select(5)
    heard.clear()
    session.step(-1)
    assert (session.cursor, session.selection) == (0, 5)
    assert heard == ["cursor_moved"]


def test_the_granularity_decides_how_far_a_step_goes(session: Session) -> None:
    assert session.timeline is not None
    session.seek(session.timeline.backward_start)
    session.step(1)
    by_node = session.cursor
    session.seek(session.timeline.backward_start)
    session.set_granularity(Granularity.EDGE)
    session.step(1)
    assert (session.cursor, by_node) == (
        session.timeline.backward_start + 1,
        session.timeline.backward_start + 2,
    )


def test_phases_are_stepped_through_without_touching_the_selection(
    session: Session, heard: list[str]
) -> None:
    assert session.timeline is not None
    session.step_phase(-1)
    assert session.cursor == session.timeline.backward_start
    session.step_phase(-1)
    assert session.cursor == session.timeline.forward_end
    session.step_phase(1)
    assert session.cursor == session.timeline.backward_start
    assert heard == ["cursor_moved"] * 3


def test_selecting_tells_once_and_only_on_a_change(session: Session, heard: list[str]) -> None:
    session.select(5)
    session.select(5)
    assert (session.selection, heard) == (5, ["selected"])


def test_nothing_can_be_selected(session: Session, heard: list[str]) -> None:
    session.select(None)
    session.select(None)
    assert (session.selection, heard) == (None, ["selected"])


def test_the_history_goes_back_and_on(session: Session, heard: list[str]) -> None:
    assert session.trace is not None
    session.select(5)
    session.select(6)
    heard.clear()
    assert visited(session, -1) == [5, session.trace.loss]
    assert visited(session, 1) == [5, 6]
    assert heard == ["selected"] * 4


def test_a_new_selection_cuts_off_what_came_after(session: Session) -> None:
    for node in (5, 6, 7):
        session.select(node)
    session.revisit(-1)
    session.revisit(-1)
    session.select(8)
    assert not session.can_revisit(1)
    assert session.trace is not None
    assert visited(session, -1) == [5, session.trace.loss]


def test_the_ends_of_the_history_are_silent(session: Session, heard: list[str]) -> None:
    session.revisit(-1)
    session.revisit(1)
    assert heard == []


def test_the_history_has_a_limit_and_keeps_the_latest(session: Session) -> None:
    for node in range(LIMIT + 20):
        session.select(node)
    assert visited(session, -1) == list(range(LIMIT + 18, 19, -1))
    assert len(visited(session, 1)) == LIMIT - 1
    assert session.selection == LIMIT + 19


def test_going_back_over_no_selection_tells_only_of_changes(
    session: Session, heard: list[str]
) -> None:
    session.select(5)
    session.select(None)
    session.select(5)
    heard.clear()
    session.revisit(-1)
    assert (session.selection != 5) == (heard == ["selected"])


def test_going_back_from_no_selection_leads_to_the_last_one(session: Session) -> None:
    session.select(5)
    session.select(6)
    session.select(None)
    session.revisit(-1)
    assert session.selection == 6


def test_colour_and_granularity_tell_once_and_only_on_a_change(
    session: Session, heard: list[str]
) -> None:
    session.set_colour(Colour.GRADIENT)
    session.set_colour(Colour.GRADIENT)
    session.set_granularity(Granularity.EDGE)
    session.set_granularity(Granularity.EDGE)
    assert heard == ["colour_changed", "granularity_changed"]


def test_a_new_session_shows_nothing() -> None:
    session = Session()
    assert (session.timeline, session.trace, session.moment, session.selection) == (None,) * 4
    assert session.cursor == 0
    assert (session.colour, session.granularity) == (Colour.DATA, Granularity.NODE)


@pytest.mark.parametrize("direction", [-1, 1])
def test_without_a_pass_time_and_history_stand_still(direction: int) -> None:
    session = Session()
    heard = listen(session)
    session.seek(5)
    session.step(direction)
    session.step_phase(direction)
    session.revisit(direction)
    assert not session.can_revisit(direction)
    assert (session.cursor, session.selection, heard) == (0, None, [])


def test_a_pinned_selection_stays_while_time_is_stepped(a_timeline: Timeline) -> None:
    session = Session()
    session.open(a_timeline)
    session.select(7)
    session.pin(True)
    session.step(-1)
    assert session.selection == 7
    session.pin(False)
    session.step(-1)
    assert session.selection == a_timeline.moment(session.cursor).node


def test_steps_are_no_part_of_the_history(a_timeline: Timeline) -> None:
    session = Session()
    session.open(a_timeline)
    session.select(7)
    for _ in range(5):
        session.step(-1)
    assert session.can_revisit(-1)
    session.revisit(-1)
    assert session.selection == 7  # where one was before the steps
    session.revisit(-1)
    assert session.selection == a_timeline.trace.loss
    assert not session.can_revisit(-1)


def test_after_steps_one_comes_back_to_the_only_selection_there_was(session: Session) -> None:
    loss = session.selection
    session.step(-1)
    session.step(-1)
    assert session.selection != loss
    session.revisit(-1)
    assert session.selection == loss
    assert not session.can_revisit(-1)


def test_steps_cut_nothing_off_the_history(session: Session) -> None:
    for node in (5, 6, 7):
        session.select(node)
    session.revisit(-1)
    session.revisit(-1)
    session.step(-1)
    session.revisit(1)
    assert session.selection == 6
    session.step(-1)
    session.select(8)
    assert session.trace is not None
    assert visited(session, -1) == [6, 5, session.trace.loss]
    assert visited(session, 1) == [5, 6, 8]


def test_a_node_that_a_step_left_can_be_selected_again_and_stands_there_once(
    session: Session,
) -> None:
    session.select(5)
    session.step(-1)
    session.select(5)
    assert session.trace is not None
    assert visited(session, -1) == [session.trace.loss]


def test_a_path_that_is_searched_for_is_there_once_its_goal_is(
    session: Session, a_timeline: Timeline
) -> None:
    assert len(session.found_path) == 0
    session.search("path:9000")
    assert session.found_path.tolist() == session.found.tolist()
    assert session.found_path[-1] == a_timeline.trace.loss
    known = session.search_words
    session.seek(a_timeline.forward_end - 1)
    assert (len(session.found), len(session.found_path)) == (0, 0)
    assert known.startswith(session.search_words)
    assert session.search_words.endswith("to the loss")
    session.search("op:exp")
    assert len(session.found_path) == 0


def test_a_search_is_told_once_and_keeps_the_selection(session: Session, heard: list[str]) -> None:
    loss = session.selection
    session.search("op:exp")
    session.search("op:exp")
    assert heard == ["found_changed"]
    assert len(session.found) > 10
    assert (session.query, session.found_at, session.selection) == ("op:exp", None, loss)
    assert (session.search_words, session.search_error) == ("operation exp", "")


def test_an_empty_search_ends_it(session: Session, heard: list[str]) -> None:
    session.search("op:exp")
    session.walk_found(1)
    session.search("")
    assert heard == ["found_changed", "selected", "found_changed"]
    assert (len(session.found), session.found_at, session.search_words) == (0, None, "")


def test_a_malformed_search_finds_nothing_and_says_why(session: Session) -> None:
    session.search("op:exp")
    session.search("op:exp [")
    assert (len(session.found), session.search_words) == (0, "")
    assert session.search_error == "“[”, at letter 8: unterminated character set."
    session.search("op:log")
    assert session.search_error == ""


def test_walking_goes_through_all_that_is_found_and_round(session: Session) -> None:
    session.search("op:exp")
    nodes = session.found.tolist()
    walked = []
    for _ in range(len(nodes) + 1):
        session.walk_found(1)
        walked.append(session.selection)
    assert walked == [*nodes, nodes[0]]
    assert session.found_at == 0
    session.walk_found(-1)
    assert (session.selection, session.found_at) == (nodes[-1], len(nodes) - 1)


def test_walking_backwards_begins_at_the_last(session: Session) -> None:
    session.search("op:exp")
    session.walk_found(-1)
    assert session.selection == session.found[-1]


def test_walking_where_nothing_is_found_does_nothing(session: Session, heard: list[str]) -> None:
    session.walk_found(1)
    assert heard == []


def test_walking_to_the_node_that_is_selected_takes_ones_place_there(
    session: Session, heard: list[str]
) -> None:
    session.search("op:mul")
    session.select(int(session.found[0]))
    session.search("op:mul data!=nan")  # another search begins anew
    heard.clear()
    assert (session.found[0], session.found_at) == (session.selection, None)
    session.walk_found(1)
    assert session.found_at == 0
    assert heard == ["found_changed"]
    session.walk_found(1)
    assert session.found_at == 1


def test_a_selected_node_is_ones_place_if_it_is_found_and_else_the_place_stays(
    session: Session,
) -> None:
    session.search("op:exp")
    nodes = session.found.tolist()
    session.select(nodes[4])
    assert session.found_at == 4
    session.select(3)
    assert session.found_at == 4
    session.walk_found(1)
    assert session.selection == nodes[5]
    session.revisit(-1)
    session.revisit(-1)
    assert (session.selection, session.found_at) == (nodes[4], 4)


def test_what_is_found_follows_the_cursor_and_the_place_stays_with_its_node(
    session: Session, a_timeline: Timeline
) -> None:
    session.search("op:exp")
    nodes = session.found.tolist()
    session.select(nodes[1])
    heard = listen(session)
    session.seek(a_timeline.computed_after(nodes[2]))
    assert session.found.tolist() == nodes[:3]
    assert (session.found_at, session.selection) == (1, nodes[1])
    assert heard == ["cursor_moved", "found_changed"]
    session.seek(a_timeline.computed_after(nodes[0]))
    assert (session.found.tolist(), session.found_at) == (nodes[:1], None)
    assert session.found_at_end == len(nodes)


def test_moving_time_without_finding_anything_else_is_not_told(
    session: Session, a_timeline: Timeline
) -> None:
    session.search("op:exp")
    heard = listen(session)
    session.seek(a_timeline.backward_start)
    assert heard == ["cursor_moved"]


def test_listeners_of_the_cursor_already_see_what_is_found(session: Session) -> None:
    session.search("op:exp")
    seen: list[int] = []
    session.cursor_moved.connect(lambda: seen.append(len(session.found)))
    session.seek(0)
    assert seen == [0]


def test_a_search_goes_on_in_another_pass(session: Session, emma_timeline: Timeline) -> None:
    session.search("op:exp")
    session.walk_found(1)
    before = len(session.found)
    heard = listen(session)
    session.open(emma_timeline)
    assert heard == ["opened", "found_changed"]
    assert len(session.found) > before
    assert session.found_at is None


def test_a_search_before_the_first_pass_begins_with_it(a_timeline: Timeline) -> None:
    session = Session()
    session.search("op:exp")
    assert (len(session.found), session.found_at_end, session.search_error) == (0, 0, "")
    session.open(a_timeline)
    assert len(session.found) == session.found_at_end > 0


@pytest.fixture(scope="module")
def other_model(a_timeline: Timeline) -> Timeline:
    """The same events with other numbers."""
    return prepare(a_timeline).change({0: 0.5, 700: -0.25}).timeline


def test_another_model_changes_numbers_and_nothing_else(
    session: Session, a_timeline: Timeline, other_model: Timeline
) -> None:
    session.seek(900)
    session.select(5000)
    session.show_what_if(prepare(a_timeline).change({3: 1.0}))
    told: list[tuple[object, ...]] = []
    heard = listen(session)
    session.numbers_changed.connect(
        lambda: told.append((session.timeline, session.recorded, session.what_if, session.contrast))
    )
    contrast = Contrast(a_timeline, "step 2", "step 1")
    session.show_model(other_model, contrast)
    assert told == [(other_model, other_model, None, contrast)]
    assert (session.cursor, session.selection, heard) == (900, 5000, [])
    session.show_what_if(None)  # there is none any more
    assert len(told) == 1


def test_a_search_is_about_the_model_on_show(session: Session, other_model: Timeline) -> None:
    session.search("data>0.4")
    before = session.found.tolist()
    session.show_model(other_model)
    assert session.found.tolist() != before
    assert 0 in session.found


def test_a_contrast_comes_and_goes_and_is_dropped_with_the_pass(
    session: Session, a_timeline: Timeline, other_model: Timeline
) -> None:
    told: list[object] = []
    session.numbers_changed.connect(lambda: told.append(session.contrast))
    contrast = Contrast(other_model, "step 2", "step 1")
    session.show_contrast(contrast)
    session.show_contrast(contrast)
    session.show_contrast(None)
    assert told == [contrast, None]
    session.show_contrast(contrast)
    session.open(a_timeline)
    assert session.contrast is None


def test_a_pass_with_another_end_is_opened_where_one_was(
    session: Session, a_timeline: Timeline
) -> None:
    session.seek(a_timeline.end)
    session.select(40)
    shorter = a_timeline.with_numbers(replace(a_timeline.trace, update=None))
    session.open_again(shorter)
    assert (session.cursor, session.selection) == (shorter.backward_end, 40)
    session.seek(77)
    session.open_again(a_timeline)
    assert (session.cursor, session.selection) == (77, 40)
    session.seek(a_timeline.end)
    assert session.moment.phase is Phase.UPDATE
