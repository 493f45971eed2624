"""Where a step leads, forwards and backwards."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.stepping import Granularity, phase_edge, step
from explorer.trace.timeline import Timeline

EDGE, NODE = Granularity.EDGE, Granularity.NODE
MANY = 1000


def boundaries(timeline: Timeline, granularity: Granularity) -> st.SearchStrategy[int]:
    """Moments at which a step can begin and end."""
    if granularity is EDGE:
        return st.integers(0, timeline.end)
    return st.sampled_from(timeline.node_steps.tolist())


def walk(timeline: Timeline, cursor: int, granularity: Granularity, direction: int) -> list[int]:
    places = [cursor]
    for _ in range(MANY):
        places.append(step(timeline, places[-1], granularity, direction))
    return places


@pytest.mark.parametrize("granularity", Granularity)
@given(data=st.data())
def test_a_step_and_its_mirror_image_lead_back(
    emma_timeline: Timeline, granularity: Granularity, data: st.DataObject
) -> None:
    start = data.draw(boundaries(emma_timeline, granularity))
    if start < emma_timeline.end:
        on = step(emma_timeline, start, granularity, 1)
        assert on > start
        assert step(emma_timeline, on, granularity, -1) == start
    if start > 0:
        back = step(emma_timeline, start, granularity, -1)
        assert back < start
        assert step(emma_timeline, back, granularity, 1) == start


@pytest.mark.parametrize("granularity", Granularity)
@pytest.mark.parametrize("phase", ["forward", "backward"])
def test_a_thousand_steps_and_a_thousand_back_visit_the_same_moments(
    emma_timeline: Timeline, granularity: Granularity, phase: str
) -> None:
    start = 0 if phase == "forward" else emma_timeline.forward_end - 10
    there = walk(emma_timeline, start, granularity, 1)
    back = walk(emma_timeline, there[-1], granularity, -1)
    assert len(set(there)) == MANY + 1
    assert back == there[::-1]


@given(data=st.data())
def test_a_step_from_within_a_node_ends_at_its_edges(
    emma_timeline: Timeline, data: st.DataObject
) -> None:
    steps = emma_timeline.node_steps.tolist()
    at = data.draw(st.integers(0, len(steps) - 2))
    first, last = steps[at], steps[at + 1]
    inside = data.draw(st.integers(first, last - 1))
    assert step(emma_timeline, inside, NODE, 1) == last
    if inside > first:
        assert step(emma_timeline, inside, NODE, -1) == first


def test_a_step_of_the_forward_phase_computes_one_node(emma_timeline: Timeline) -> None:
    assert walk(emma_timeline, 0, NODE, 1) == list(range(MANY + 1))


def test_a_step_of_the_backward_phase_passes_on_all_of_one_node(emma_timeline: Timeline) -> None:
    places = walk(emma_timeline, emma_timeline.backward_start, NODE, 1)
    trace = emma_timeline.trace
    consumers = [node for node in trace.order[::-1].tolist() if len(trace.edges(node))][:MANY]
    assert [emma_timeline.moment(place).node for place in places[1:]] == consumers
    assert [b - a for a, b in pairwise(places)] == [len(trace.edges(node)) for node in consumers]


def test_the_seed_is_a_step_of_its_own(emma_timeline: Timeline) -> None:
    end = emma_timeline.forward_end
    for granularity in Granularity:
        assert step(emma_timeline, end, granularity, 1) == emma_timeline.backward_start == end + 1


def test_steps_by_node_reach_both_ends(emma_timeline: Timeline) -> None:
    steps = emma_timeline.node_steps
    assert [steps[0], steps[-1]] == [0, emma_timeline.end]


@pytest.mark.parametrize("granularity", Granularity)
def test_steps_stay_within_the_pass(emma_timeline: Timeline, granularity: Granularity) -> None:
    assert step(emma_timeline, 0, granularity, -1) == 0
    assert step(emma_timeline, emma_timeline.end, granularity, 1) == emma_timeline.end


def test_phase_edges_are_visited_in_order(emma_timeline: Timeline) -> None:
    t = emma_timeline
    edges = [0, t.forward_end, t.backward_start, t.end]
    assert [phase_edge(t, edge, 1) for edge in edges] == [*edges[1:], t.end]
    assert [phase_edge(t, edge, -1) for edge in edges] == [0, *edges[:-1]]


@given(data=st.data())
def test_phase_edges_are_the_nearest_on_either_side(
    emma_timeline: Timeline, data: st.DataObject
) -> None:
    t = emma_timeline
    edges = [0, t.forward_end, t.backward_start, t.end]
    cursor = data.draw(st.integers(1, t.end - 1))
    assert phase_edge(t, cursor, 1) == min(edge for edge in edges if edge > cursor)
    assert phase_edge(t, cursor, -1) == max(edge for edge in edges if edge < cursor)
