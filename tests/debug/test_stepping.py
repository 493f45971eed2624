"""Where a step leads, forwards and backwards."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.stepping import Granularity, Stepper, position_of_nodes
from explorer.trace.timeline import Timeline

EDGE, NODE = Granularity.EDGE, Granularity.NODE
MANY = 1000


@pytest.fixture(scope="module")
def stepper(emma_timeline: Timeline) -> Stepper:
    return Stepper(emma_timeline)


def walk(stepper: Stepper, cursor: int, granularity: Granularity, direction: int) -> list[int]:
    places = [cursor]
    for _ in range(MANY):
        places.append(stepper.step(places[-1], granularity, direction))
    return places


@pytest.mark.parametrize("granularity", Granularity)
@given(data=st.data())
def test_a_step_and_its_mirror_image_lead_back(
    emma_timeline: Timeline, stepper: Stepper, granularity: Granularity, data: st.DataObject
) -> None:
    start = data.draw(st.sampled_from(stepper.stops(granularity).tolist()))
    if start < emma_timeline.end:
        on = stepper.step(start, granularity, 1)
        assert on > start
        assert stepper.step(on, granularity, -1) == start
    if start > 0:
        back = stepper.step(start, granularity, -1)
        assert back < start
        assert stepper.step(back, granularity, 1) == start


@pytest.mark.parametrize("granularity", [EDGE, NODE, Granularity.LINE, Granularity.SCOPE])
@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_a_thousand_steps_and_a_thousand_back_visit_the_same_moments(
    emma_timeline: Timeline, stepper: Stepper, granularity: Granularity, phase: str
) -> None:
    start = 0 if phase == "forward" else emma_timeline.forward_end
    there = walk(stepper, start, granularity, 1)
    back = walk(stepper, there[-1], granularity, -1)
    assert len(set(there)) == MANY + 1
    assert back == there[::-1]


@given(data=st.data())
def test_a_step_from_within_a_node_ends_at_its_edges(
    emma_timeline: Timeline, stepper: Stepper, data: st.DataObject
) -> None:
    steps = emma_timeline.node_steps.tolist()
    at = data.draw(st.integers(0, len(steps) - 2))
    first, last = steps[at], steps[at + 1]
    inside = data.draw(st.integers(first, last - 1))
    assert stepper.step(inside, NODE, 1) == last
    if inside > first:
        assert stepper.step(inside, NODE, -1) == first


def test_a_step_of_the_forward_phase_computes_one_node(stepper: Stepper) -> None:
    assert walk(stepper, 0, NODE, 1) == list(range(MANY + 1))


def test_a_step_of_the_backward_phase_passes_on_all_of_one_node(
    emma_timeline: Timeline, stepper: Stepper
) -> None:
    places = walk(stepper, emma_timeline.backward_start, NODE, 1)
    trace = emma_timeline.trace
    consumers = [node for node in trace.order[::-1].tolist() if len(trace.edges(node))][:MANY]
    assert [emma_timeline.moment(place).node for place in places[1:]] == consumers
    assert [b - a for a, b in pairwise(places)] == [len(trace.edges(node)) for node in consumers]


def test_the_seed_is_a_step_of_its_own(emma_timeline: Timeline, stepper: Stepper) -> None:
    end = emma_timeline.forward_end
    for granularity in Granularity:
        assert stepper.step(end, granularity, 1) == emma_timeline.backward_start == end + 1


def test_an_update_is_a_step_of_its_own(emma_timeline: Timeline, stepper: Stepper) -> None:
    for granularity in (EDGE, NODE):
        places = walk(stepper, emma_timeline.backward_end, granularity, 1)
        assert [emma_timeline.moment(place).node for place in places[1:]] == list(range(MANY))


@pytest.mark.parametrize("granularity", Granularity)
def test_steps_reach_both_ends_and_stay_within_the_pass(
    emma_timeline: Timeline, stepper: Stepper, granularity: Granularity
) -> None:
    stops = stepper.stops(granularity)
    assert [stops[0], stops[-1]] == [0, emma_timeline.end]
    assert stepper.step(0, granularity, -1) == 0
    assert stepper.step(emma_timeline.end, granularity, 1) == emma_timeline.end


@pytest.mark.parametrize(
    ("granularity", "column"),
    [
        (Granularity.LINE, lambda trace: trace.site),
        (Granularity.SCOPE, lambda trace: trace.scope),
        (Granularity.POSITION, position_of_nodes),
    ],
)
def test_a_step_ends_exactly_where_its_key_or_the_phase_changes(
    emma_timeline: Timeline, stepper: Stepper, granularity: Granularity, column
) -> None:
    key = column(emma_timeline.trace)
    expected = [0]
    last = None
    for event in range(emma_timeline.end):
        moment = emma_timeline.moment(event + 1)
        now = moment.phase, int(key[moment.node])
        if last is not None and now != last:
            expected.append(event)
        last = now
    assert stepper.stops(granularity).tolist() == [*expected, emma_timeline.end]


def scope_at(timeline: Timeline, cursor: int) -> int:
    return int(timeline.trace.scope[timeline.moment(cursor).node])


@given(data=st.data())
def test_stepping_out_leaves_the_scope_around(
    emma_timeline: Timeline, stepper: Stepper, data: st.DataObject
) -> None:
    t = emma_timeline
    cursor = data.draw(st.integers(1, t.end - 1))
    around = max(t.trace.scopes[scope_at(t, cursor)].parent, 0)
    inside = range(around, t.trace.scopes[around].stop)
    on, back = stepper.out(cursor, 1), stepper.out(cursor, -1)
    assert all(scope_at(t, moment) in inside for moment in range(cursor, min(on, cursor + 500) + 1))
    assert on == t.end or scope_at(t, on + 1) not in inside
    assert all(
        scope_at(t, moment) in inside for moment in range(max(back + 1, cursor - 500), cursor)
    )
    assert back == 0 or scope_at(t, back) not in inside


def test_there_is_nothing_to_step_out_of_before_the_start(
    emma_timeline: Timeline, stepper: Stepper
) -> None:
    assert stepper.out(0, -1) == 0
    assert stepper.out(0, 1) == stepper.step(0, Granularity.SCOPE, 1)


def test_phase_edges_are_visited_in_order(emma_timeline: Timeline, stepper: Stepper) -> None:
    t = emma_timeline
    edges = [0, t.forward_end, t.backward_start, t.backward_end, t.end]
    assert [stepper.phase_edge(edge, 1) for edge in edges] == [*edges[1:], t.end]
    assert [stepper.phase_edge(edge, -1) for edge in edges] == [0, *edges[:-1]]


@given(data=st.data())
def test_phase_edges_are_the_nearest_on_either_side(
    emma_timeline: Timeline, stepper: Stepper, data: st.DataObject
) -> None:
    t = emma_timeline
    edges = [0, t.forward_end, t.backward_start, t.backward_end, t.end]
    cursor = data.draw(st.integers(1, t.end - 1))
    assert stepper.phase_edge(cursor, 1) == min(edge for edge in edges if edge > cursor)
    assert stepper.phase_edge(cursor, -1) == max(edge for edge in edges if edge < cursor)
