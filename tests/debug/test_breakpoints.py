"""Where breakpoints hit, against a walk over every moment of the pass."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.addresses import Address, find_scope, node_address
from explorer.debug.breakpoints import (
    BreakOn,
    Breakpoint,
    Breakpoints,
    breakpoint_label,
    breakpoint_on,
)
from explorer.debug.conditions import ConditionError
from explorer.debug.events import Events
from explorer.debug.explain import explain
from explorer.debug.happening import happening
from explorer.debug.watches import watch_rows
from explorer.trace.build import build_trace
from explorer.trace.record import record, until_nan
from explorer.trace.timeline import Moment, Phase, Timeline
from explorer.trace.trace import Trace
from microgpt import Value

ON_NODES = [on for on in BreakOn if on is not BreakOn.CONDITION]
TIMELINES = ["emma_timeline", "a_timeline", "foreign_timeline"]
CONDITION = Breakpoint(BreakOn.CONDITION, text="abs(grad) > 0.1")


@pytest.fixture(scope="module")
def foreign_timeline(foreign_trace: Trace) -> Timeline:
    return Timeline(foreign_trace)


@pytest.fixture(scope="module")
def walks(request: pytest.FixtureRequest) -> dict[str, list[Moment]]:
    """Every moment of each pass, from the first event on."""
    timelines = {name: request.getfixturevalue(name) for name in TIMELINES}
    return {name: [t.moment(at) for at in range(1, t.end + 1)] for name, t in timelines.items()}


def breakpoints_on(timeline: Timeline, *all_of: Breakpoint) -> Breakpoints:
    found = Breakpoints()
    found.open(Events(timeline))
    for one in all_of:
        found.add(one)
    return found


def some_nodes(trace: Trace) -> list[int]:
    """Return the loss, a parameter, a constant, one of each operation, and others at random."""
    first = {trace.op_name(node): node for node in reversed(range(trace.nodes))}
    others = random.Random(3).sample(range(trace.nodes), min(5, trace.nodes))
    return sorted({trace.loss, 0, *first.values(), *others})


def works(timeline: Timeline, node: int, on: BreakOn) -> Callable[[Moment], bool]:
    """Return what tells whether the line, scope or operation of a node works at a moment."""
    trace = timeline.trace
    if on is BreakOn.LINE:
        place = trace.sites[int(trace.site[node])]

        def at_line(moment: Moment) -> bool:
            site = int(trace.site[moment.node])
            if site < 0:
                return False
            there = trace.sites[site]
            return (there.line, there.file) == (place.line, place.file)

        return at_line
    if on is BreakOn.SCOPE:
        scope = int(trace.scope[node])
        inside = range(scope, trace.scopes[scope].stop)
        return lambda moment: int(trace.scope[moment.node]) in inside
    return lambda moment: trace.op_name(moment.node) == trace.op_name(node)


def literal_hits(timeline: Timeline, walk: list[Moment], node: int, on: BreakOn) -> list[int]:
    """Return when a breakpoint hits, looking at one moment after the other."""
    if on is BreakOn.GRADIENT:
        seeds = [m.cursor for m in walk if m.phase is Phase.SEED and m.node == node]
        return seeds + [m.cursor for m in walk if m.phase is Phase.BACKWARD and m.child == node]
    if on is BreakOn.NODE:
        turns = [m for m in walk if m.node == node and m.phase is not Phase.SEED]
        first = {m.phase: m.cursor for m in reversed(turns)}
        return sorted(first.values())
    hits, at_work = [], works(timeline, node, on)
    before: int | None = None  # the node of the event before, if it was at work
    for moment in walk:
        now = moment.node if moment.phase is not Phase.SEED and at_work(moment) else None
        begins = now is not None and (before is None or (on is BreakOn.OP and now != before))
        if begins:
            hits.append(moment.cursor)
        before = now
    return hits


@pytest.mark.parametrize("on", ON_NODES)
@pytest.mark.parametrize("which", TIMELINES)
def test_a_breakpoint_hits_when_a_walk_says_so(
    request: pytest.FixtureRequest, walks: dict[str, list[Moment]], which: str, on: BreakOn
) -> None:
    timeline = request.getfixturevalue(which)
    for node in some_nodes(timeline.trace):
        one = breakpoint_on(timeline.trace, node, on)
        if one is None:
            assert on is BreakOn.LINE
            assert timeline.trace.site[node] < 0
            continue
        found = breakpoints_on(timeline, one).moments(one)
        assert found.tolist() == literal_hits(timeline, walks[which], node, on), node
        assert found.dtype.kind == "i"


def test_a_condition_hits_where_it_holds(a_timeline: Timeline) -> None:
    found = breakpoints_on(a_timeline, CONDITION).moments(CONDITION).tolist()
    walk = [a_timeline.moment(at) for at in range(1, a_timeline.end + 1)]
    expected = []
    for moment in walk:
        if moment.phase is Phase.SEED:
            grad = 1.0
        elif moment.phase is Phase.BACKWARD:
            grad = float(a_timeline.total[moment.contributions - 1])
        else:
            grad = 0.0
        if abs(grad) > 0.1:
            expected.append(moment.cursor)
    assert found == expected
    assert len(found) > 10


def test_the_loss_begins_anew_when_it_passes_its_gradient_on(a_timeline: Timeline) -> None:
    loss, t = a_timeline.trace.loss, a_timeline
    node = breakpoint_on(t.trace, loss, BreakOn.NODE)
    assert breakpoints_on(t, node).moments(node).tolist() == [t.forward_end, t.backward_start + 1]
    for on in (BreakOn.LINE, BreakOn.SCOPE, BreakOn.OP):
        moments = breakpoints_on(t, one := breakpoint_on(t.trace, loss, on)).moments(one)
        assert t.backward_start + 1 in moments
        assert t.backward_start not in moments
    grad = breakpoint_on(t.trace, loss, BreakOn.GRADIENT)
    assert breakpoints_on(t, grad).moments(grad).tolist() == [t.backward_start]


def mixed(timeline: Timeline) -> Breakpoints:
    """Breakpoints of every kind: some disabled, some that skip, two that hit at one moment."""
    trace = timeline.trace
    middle = (trace.leaves + trace.nodes) // 2
    node = breakpoint_on(trace, middle, BreakOn.NODE)
    return breakpoints_on(
        timeline,
        node,
        Breakpoint(BreakOn.CONDITION, text=f"node == {middle} and phase == 'forward'"),
        replace(breakpoint_on(trace, trace.loss, BreakOn.SCOPE), skip=1),
        replace(breakpoint_on(trace, middle, BreakOn.LINE), skip=7),
        replace(breakpoint_on(trace, middle + 1, BreakOn.OP), enabled=False),
        replace(breakpoint_on(trace, 0, BreakOn.GRADIENT), skip=10_000_000),
        breakpoint_on(trace, middle - 40, BreakOn.GRADIENT),
        Breakpoint(BreakOn.OP, text="no such operation"),
    )


def literal_stops(breakpoints: Breakpoints) -> list[int]:
    stops = {m for one in breakpoints if one.enabled for m in breakpoints.moments(one)[one.skip :]}
    return sorted(int(stop) for stop in stops)


@given(data=st.data())
def test_the_next_stop_is_the_nearest_on_either_side(
    a_timeline: Timeline, data: st.DataObject
) -> None:
    breakpoints = mixed(a_timeline)
    stops = literal_stops(breakpoints)
    near = [s + d for s in stops[:40] for d in (-1, 0, 1)]
    cursor = data.draw(st.one_of(st.integers(0, a_timeline.end), st.sampled_from(near)))
    assert breakpoints.next_stop(cursor, 1) == min((s for s in stops if s > cursor), default=None)
    assert breakpoints.next_stop(cursor, -1) == max((s for s in stops if s < cursor), default=None)


def test_continuing_on_and_back_visits_the_same_moments(a_timeline: Timeline) -> None:
    breakpoints = mixed(a_timeline)

    def visited(cursor: int, direction: int) -> list[int]:
        places = []
        while (stop := breakpoints.next_stop(cursor, direction)) is not None:
            places.append(stop)
            cursor = stop
        return places

    on = visited(-1, 1)
    assert on == visited(a_timeline.end + 1, -1)[::-1] == literal_stops(breakpoints)
    for stop in on:
        assert breakpoints.hit_at(stop)
        assert all(one.enabled for one in breakpoints.hit_at(stop))
    assert breakpoints.hit_at(on[0] - 1) == []


def test_two_breakpoints_may_hit_at_one_moment(a_timeline: Timeline) -> None:
    breakpoints = mixed(a_timeline)
    node, condition, *_ = breakpoints
    moment = int(breakpoints.moments(node)[0])
    assert breakpoints.hit_at(moment)[:2] == [node, condition]


def test_rows_count_hits_until_now(a_timeline: Timeline) -> None:
    breakpoints = mixed(a_timeline)
    stops = literal_stops(breakpoints)
    for cursor in (0, stops[0], stops[0] - 1, stops[9], a_timeline.backward_start, a_timeline.end):
        for row in breakpoints.rows(cursor):
            one = row.breakpoint
            moments = breakpoints.moments(one).tolist()
            assert row.total == len(moments)
            assert row.hits == sum(moment <= cursor for moment in moments)
            assert row.is_here == (one.enabled and cursor in moments[one.skip :])
            assert row.in_pass == (one.text != "no such operation")


def test_what_a_skipping_breakpoint_lets_pass_is_counted_but_no_stop(a_timeline: Timeline) -> None:
    one = breakpoint_on(a_timeline.trace, a_timeline.trace.leaves + 100, BreakOn.NODE)
    breakpoints = breakpoints_on(a_timeline, one)
    first, second = breakpoints.moments(one).tolist()
    breakpoints.change(one, skip=1)
    assert breakpoints.next_stop(0, 1) == second
    assert breakpoints.next_stop(a_timeline.end, -1) == second
    assert breakpoints.next_stop(second, -1) is None
    assert breakpoints.hit_at(first) == []
    (row,) = breakpoints.rows(first)
    assert (row.hits, row.total, row.is_here) == (1, 2, False)
    breakpoints.change(next(iter(breakpoints)), skip=-5)
    assert next(iter(breakpoints)).skip == 0


def test_nothing_stops_without_breakpoints_or_without_a_pass(a_timeline: Timeline) -> None:
    breakpoints = Breakpoints()
    breakpoints.add(CONDITION)
    assert breakpoints.next_stop(0, 1) is None
    assert breakpoints.hit_at(0) == []
    (row,) = breakpoints.rows(0)
    assert (row.hits, row.total, row.is_here, row.in_pass) == (0, 0, False, False)
    assert row.label == CONDITION.text
    assert breakpoints_on(a_timeline).next_stop(5, -1) is None


def changes(breakpoints: Breakpoints) -> list[int]:
    """Return a list that grows with each change, by how many there are then."""
    heard: list[int] = []

    def hear() -> None:
        heard.append(len(breakpoints))

    breakpoints.changed.connect(hear)
    return heard


def test_setting_what_waits_for_the_same_replaces_it_in_its_place(a_timeline: Timeline) -> None:
    first, *_ = breakpoints = mixed(a_timeline)
    heard = changes(breakpoints)
    count = len(breakpoints)
    breakpoints.add(replace(first, skip=3, enabled=False))
    assert len(breakpoints) == count
    assert next(iter(breakpoints)) == replace(first, skip=3, enabled=False)
    assert breakpoints.find(first) == replace(first, skip=3, enabled=False)
    assert heard == [count]


def test_toggling_sets_and_takes_away_even_if_it_was_changed_meanwhile(
    a_timeline: Timeline,
) -> None:
    breakpoints = breakpoints_on(a_timeline)
    heard = changes(breakpoints)
    breakpoints.toggle(CONDITION)
    breakpoints.change(CONDITION, enabled=False, skip=2)
    assert list(breakpoints) == [replace(CONDITION, enabled=False, skip=2)]
    breakpoints.toggle(CONDITION)
    assert heard == [1, 1, 0]


def test_removing_what_is_not_there_does_no_harm(a_timeline: Timeline) -> None:
    breakpoints = breakpoints_on(a_timeline, CONDITION)
    breakpoints.remove(Breakpoint(BreakOn.OP, text="mul"))
    breakpoints.change(Breakpoint(BreakOn.OP, text="mul"), enabled=False)
    assert list(breakpoints) == [CONDITION]


def test_a_malformed_condition_changes_nothing(a_timeline: Timeline) -> None:
    breakpoints = breakpoints_on(a_timeline, CONDITION)
    heard = changes(breakpoints)
    bad = Breakpoint(BreakOn.CONDITION, text="grads > 0")
    for attempt in (
        lambda: breakpoints.add(bad),
        lambda: breakpoints.toggle(bad),
        lambda: breakpoints.set([replace(CONDITION, skip=1), bad]),
    ):
        with pytest.raises(ConditionError, match="“grads” is not known"):
            attempt()
    assert list(breakpoints) == [CONDITION]
    assert heard == []


def test_what_is_set_twice_is_there_once() -> None:
    breakpoints = Breakpoints()
    breakpoints.set([CONDITION, Breakpoint(BreakOn.OP, text="mul"), replace(CONDITION, skip=4)])
    assert [one.skip for one in breakpoints] == [4, 0]


def test_a_pass_over_another_name_keeps_what_it_has_too(
    emma_timeline: Timeline, a_timeline: Timeline
) -> None:
    emma, a = emma_timeline.trace, a_timeline.trace
    last = int(emma.position_loss[4])
    shared = [breakpoint_on(emma, emma.leaves + 100, on) for on in ON_NODES]
    only_emma = [
        breakpoint_on(emma, last, BreakOn.NODE),
        breakpoint_on(emma, last, BreakOn.GRADIENT),
        breakpoint_on(emma, last, BreakOn.SCOPE),
    ]
    parameter = breakpoint_on(emma, 700, BreakOn.GRADIENT)
    breakpoints = breakpoints_on(emma_timeline, *shared, *only_emma, parameter, CONDITION)
    rows = breakpoints.rows(emma_timeline.end)
    assert all(row.in_pass and row.hits == row.total > 0 for row in rows)
    breakpoints.open(Events(a_timeline))
    rows = breakpoints.rows(a_timeline.end)
    gone = [row for row in rows if not row.in_pass]
    assert [row.breakpoint for row in gone] == only_emma
    assert all((row.hits, row.total, row.is_here) == (0, 0, False) for row in gone)
    assert gone[2].label == " / ".join(only_emma[2].address.path)
    for row in rows:
        if row.in_pass:
            assert row.hits == row.total > 0
    walk = [a_timeline.moment(at) for at in range(1, a_timeline.end + 1)]
    expected = literal_hits(a_timeline, walk, 700, BreakOn.GRADIENT)
    assert breakpoints.moments(parameter).tolist() == expected
    assert find_scope(a, shared[0].address) is not None


def test_labels_say_what_is_waited_for(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    node = int(trace.probabilities[2, 3])
    labels = {
        on: breakpoint_label(breakpoint_on(trace, node, on), trace)
        for on in (BreakOn.NODE, BreakOn.GRADIENT, BreakOn.SCOPE, BreakOn.OP)
    }
    assert labels == {
        BreakOn.NODE: "p(d) at position 2",
        BreakOn.GRADIENT: "gradient of p(d) at position 2",
        BreakOn.SCOPE: "2 m → m / softmax / result",
        BreakOn.OP: "every ×",
    }
    line = breakpoint_on(trace, node, BreakOn.LINE)
    assert breakpoint_label(line, trace) == f"line {line.line} of microgpt/nn.py"
    parameter = breakpoint_on(trace, 5, BreakOn.GRADIENT)
    assert breakpoint_label(parameter, trace) == "gradient of wte[0][5]"
    assert breakpoint_label(CONDITION, trace) == breakpoint_label(CONDITION, None)
    assert breakpoint_label(CONDITION, None) == "abs(grad) > 0.1"


def test_addresses_of_nothing_are_not_in_the_pass(a_timeline: Timeline) -> None:
    for address in (Address(("nowhere",), 0), Address((), 10**12), Address((), -1)):
        for on in (BreakOn.NODE, BreakOn.GRADIENT):
            one = Breakpoint(on, address)
            (row,) = breakpoints_on(a_timeline, one).rows(a_timeline.end)
            assert not row.in_pass
    (row,) = breakpoints_on(a_timeline, Breakpoint(BreakOn.LINE, text="nn.py", line=10**6)).rows(5)
    assert not row.in_pass


@pytest.mark.parametrize("fails", ["forward", "backward"])
def test_passes_that_failed_are_broken_and_told_as_far_as_they_went(fails: str) -> None:
    def run(x: Value, y: Value) -> Value:
        made = (x * y + y) * y
        return (made + -made).log() if fails == "forward" else made * 1e200 * 1e200 * 1e-300

    leaves = [Value(2.0), Value(1e100)]
    recording = until_nan(record(lambda: run(*leaves), Value))
    loss = None if recording.error else recording.result
    if loss is not None:
        loss.backward()
    t = Timeline(build_trace(recording, loss, {"x": [leaves]}))
    trace = t.trace
    walk = [t.moment(at) for at in range(1, t.end + 1)]
    for node in range(trace.nodes):
        for cursor in range(t.end + 1):
            explain(t, cursor, node)
            watch_rows(t, cursor, [node_address(trace, node)])
        for on in ON_NODES:
            one = breakpoint_on(trace, node, on)
            if one is not None:
                found = breakpoints_on(t, one).moments(one).tolist()
                assert found == literal_hits(t, walk, node, on)
    for cursor in range(t.end + 1):
        assert happening(t, cursor)
    everywhere = Breakpoint(BreakOn.CONDITION, text="event > 0")
    found = breakpoints_on(t, everywhere).moments(everywhere)
    assert found.tolist() == list(range(1, t.end + 1))
