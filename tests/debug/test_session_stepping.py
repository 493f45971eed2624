"""Time in a session: steps, runs and jumps in both directions leave every bit as it was."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.breakpoints import BreakOn, Breakpoint, breakpoint_on
from explorer.debug.session import FASTEST, SLOWEST, Session
from explorer.debug.stepping import Granularity
from explorer.trace.timeline import Phase, Timeline

MANY = 1000
FAR = Breakpoint(BreakOn.CONDITION, text="event == 20000")


def session_on(timeline: Timeline) -> Session:
    session = Session()
    session.open(timeline)
    return session


def state(session: Session) -> tuple[bytes, bytes, bytes]:
    """Return all data, gradients and their states at the cursor, bit for bit."""
    t, cursor = session.timeline, session.cursor
    return (
        t.data_at(cursor).tobytes(),
        t.grad_at(cursor).tobytes(),
        t.grad_states_at(cursor).tobytes(),
    )


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("phase", ["forward", "backward", "end"])
def test_a_thousand_steps_each_way_end_in_the_same_bits(
    emma_timeline: Timeline, granularity: Granularity, phase: str
) -> None:
    session = session_on(emma_timeline)
    starts = {
        "forward": 0,
        "backward": emma_timeline.backward_start,
        "end": emma_timeline.end,
    }
    session.seek(starts[phase])
    session.set_granularity(granularity)
    direction = -1 if phase == "end" else 1
    moments = [session.cursor]
    before = state(session)
    for _ in range(MANY):
        session.step(direction)
        if session.cursor == moments[-1]:  # positions are few
            break
        moments.append(session.cursor)
    far = state(session)
    assert far != before
    for moment in moments[-2::-1]:
        session.step(-direction)
        assert session.cursor == moment
    assert state(session) == before
    for _ in moments[1:]:
        session.step(direction)
    assert state(session) == far


def test_jumps_to_random_events_find_the_bits_that_steps_find(a_timeline: Timeline) -> None:
    jumping, stepping = session_on(a_timeline), session_on(a_timeline)
    wanted = sorted(random.Random(6).sample(range(a_timeline.end + 1), 12))
    for cursor in random.Random(7).sample(wanted, len(wanted)):
        jumping.seek(cursor)
        jumping.seek(a_timeline.end - cursor)
        jumping.seek(cursor)
        stepping.seek(max(cursor - 50, 0))
        while stepping.cursor < cursor:
            stepping.step(1, Granularity.EDGE)
        assert state(jumping) == state(stepping)


@pytest.mark.parametrize("which", ["emma_timeline", "a_timeline"])
def test_every_ledger_adds_up_to_the_final_gradient_bit_for_bit(
    request: pytest.FixtureRequest, which: str
) -> None:
    timeline = request.getfixturevalue(which)
    for node, grad in enumerate(timeline.trace.grad.tolist()):
        ledger = timeline.ledger(node)
        total = ledger.seed
        for value in ledger.value.tolist():
            total += value
        assert total.hex() == grad.hex()


@pytest.fixture
def session(a_timeline: Timeline) -> Session:
    return session_on(a_timeline)


def test_continuing_stops_at_each_hit_in_both_directions(session: Session) -> None:
    trace = session.trace
    one = breakpoint_on(trace, trace.leaves + 100, BreakOn.GRADIENT)
    session.breakpoints.add(one)
    moments = session.breakpoints.moments(one).tolist()
    session.seek(0)
    for moment in [*moments, session.timeline.end]:
        session.run_to_breakpoint(1)
        assert session.cursor == moment
        assert session.selection == session.moment.node
    for moment in [*moments[::-1], 0]:
        session.run_to_breakpoint(-1)
        assert session.cursor == moment


def test_a_pinned_selection_stays_when_time_runs(session: Session) -> None:
    session.select(5)
    session.pin(True)
    session.breakpoints.add(FAR)
    for run in (session.run_to_breakpoint, session.step_out, session.step_to_breakpoint):
        run(-1)
        assert session.selection == 5


@given(data=st.data())
def test_a_step_stops_at_the_first_breakpoint_on_its_way(
    a_timeline: Timeline, data: st.DataObject
) -> None:
    session = session_on(a_timeline)
    hits = sorted(data.draw(st.sets(st.integers(1, a_timeline.end), max_size=4)))
    for hit in hits:
        session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text=f"event == {hit}"))
    granularity = data.draw(st.sampled_from(Granularity))
    cursor = data.draw(st.integers(0, a_timeline.end))
    session.set_granularity(granularity)
    for direction in (1, -1):
        session.seek(cursor)
        session.step(direction)
        ahead = session.cursor
        session.seek(cursor)
        session.step_to_breakpoint(direction)
        between = [h for h in hits if 0 < (h - cursor) * direction < (ahead - cursor) * direction]
        nearest = (min if direction > 0 else max)(between, default=ahead)
        assert session.cursor == nearest


def test_running_to_the_selection_visits_its_turns(session: Session) -> None:
    t = session.timeline
    node = t.trace.leaves + 100
    turns = [101, t.passed_on_after(node)[0]]
    session.select(node)
    session.seek(0)
    for turn in turns:
        assert session.next_turn(1) == turn
        session.run_to_selection(1)
        assert session.cursor == turn
    assert session.next_turn(1) is None
    session.run_to_selection(1)
    assert session.cursor == turns[-1]
    session.seek(t.end)
    for turn in turns[::-1]:
        session.run_to_selection(-1)
        assert (session.cursor, session.selection) == (turn, node)
    assert session.next_turn(-1) is None
    session.select(9)
    assert session.next_turn(1) == t.backward_end + 10  # a parameter has but its update
    session.select(None)
    assert session.next_turn(-1) is None


def test_running_to_a_hit_goes_round(session: Session) -> None:
    one = Breakpoint(BreakOn.CONDITION, text="event == 10 or event == 500", skip=1, enabled=False)
    session.breakpoints.add(one)
    session.seek(0)
    for moment in (10, 500, 10):
        session.run_to_hit(one)
        assert session.cursor == moment
    session.run_to_hit(Breakpoint(BreakOn.CONDITION, text="False"))
    assert session.cursor == 10


def test_breakpoints_live_on_in_another_pass(session: Session, emma_timeline: Timeline) -> None:
    session.breakpoints.add(FAR)
    session.open(emma_timeline)
    session.run_to_breakpoint(-1)
    assert session.cursor == 20_000
    assert session.moment.phase is Phase.FORWARD


@pytest.mark.parametrize(
    "act",
    [
        lambda s: s.run_to_breakpoint(1),
        lambda s: s.run_to_breakpoint(-1),
        lambda s: s.step_to_breakpoint(1),
        lambda s: s.step_out(-1),
        lambda s: s.run_to_selection(1),
        lambda s: s.run_to_hit(FAR),
        lambda s: s.play(1),
    ],
)
def test_before_the_first_pass_nothing_moves(act: Callable[[Session], None]) -> None:
    session = Session()
    session.breakpoints.add(FAR)
    act(session)
    assert (session.cursor, session.selection, session.playing) == (0, None, 0)


def test_playing_is_told_once_a_change(session: Session) -> None:
    heard: list[tuple[int, float]] = []

    def hear() -> None:
        heard.append((session.playing, session.speed))

    session.play_changed.connect(hear)
    usual = session.speed
    for direction in (1, 1, -1, 0, 0):
        session.play(direction)
    for speed in (usual, 2 * usual, 1e9, FASTEST, 0, -1):
        session.set_speed(speed)
    assert heard == [
        (1, usual),
        (-1, usual),
        (0, usual),
        (0, 2 * usual),
        (0, FASTEST),
        (0, SLOWEST),
    ]
