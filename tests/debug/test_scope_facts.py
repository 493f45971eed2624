"""Numbers of scopes agree with adding up their nodes one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.debug.scope_facts import ScopeFacts
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


@pytest.fixture(scope="module")
def facts(emma_timeline: Timeline) -> ScopeFacts:
    return ScopeFacts(emma_timeline)


def inside(trace: Trace, scope: int) -> npt.NDArray[np.int64]:
    """Return the nodes of a scope and of all in it, found by their way up."""
    found = [n for n, s in enumerate(trace.scope.tolist()) if scope in [0, *trace.scope_path(s)]]
    return np.array(found, np.int64)


def some_scopes(trace: Trace) -> list[int]:
    """Return the whole pass, the parameters, a matrix, a position, the loss's, and others."""
    step = len(trace.scopes) // 7
    positions = trace.position_scope.tolist()
    return sorted({0, 1, 2, positions[2], int(trace.scope[trace.loss]), *range(5, 1200, step)})


def moments(timeline: Timeline) -> list[int]:
    start, end = timeline.backward_start, timeline.backward_end
    return [0, 1, 9_999, start - 2, start - 1, start, start + 1, start + 700, end - 9_000, end]


def test_nodes_and_norms_are_those_of_the_nodes_inside(
    emma_timeline: Timeline, facts: ScopeFacts
) -> None:
    trace = emma_timeline.trace
    members = {scope: inside(trace, scope) for scope in some_scopes(trace)}
    for cursor in moments(emma_timeline):
        at, grad = facts.at(cursor), emma_timeline.grad_at(cursor)
        computed = emma_timeline.moment(cursor).computed
        for scope, nodes in members.items():
            assert at.computed[scope] == np.count_nonzero(nodes < computed)
            assert at.norm[scope] == pytest.approx(np.linalg.norm(grad[nodes]), rel=1e-12)
            assert facts.nodes[scope] == len(nodes)


def test_a_gradient_has_come_with_the_first_contribution_and_is_final_with_the_last(
    emma_timeline: Timeline, facts: ScopeFacts, history: Any
) -> None:
    trace, start = emma_timeline.trace, emma_timeline.backward_start
    for scope in some_scopes(trace):
        nodes = inside(trace, scope)
        events = sorted(a.event for n in nodes.tolist() for a in history.of.get(n, []))
        if trace.loss in nodes:
            events = [start, *events]
        assert facts.ever_reached(scope) == bool(events)
        for cursor in {0, start - 1, start, emma_timeline.backward_end, *events[:1], *events[-1:]}:
            for moment in (cursor - 1, cursor):
                at = facts.at(max(moment, 0))
                assert at.reached[scope] == bool(events and events[0] <= moment), scope
                assert at.final[scope] == bool(events and events[-1] <= moment), scope


def test_contributions_to_a_scope_are_counted(
    emma_timeline: Timeline, facts: ScopeFacts, history: Any
) -> None:
    trace, cursor = emma_timeline.trace, emma_timeline.backward_end - 20_000
    for scope in some_scopes(trace):
        events = [a.event for n in inside(trace, scope).tolist() for a in history.of.get(n, [])]
        done = sum(event <= cursor for event in events)
        assert facts.contributions(cursor, scope) == (done, len(events))
    assert facts.contributions(0, 0) == (0, len(emma_timeline.child))


def test_no_gradient_reaches_what_the_loss_does_not_depend_on(
    emma_timeline: Timeline, facts: ScopeFacts
) -> None:
    trace, at = emma_timeline.trace, facts.at(emma_timeline.backward_end)
    lonely = [s for s in range(len(trace.scopes)) if not facts.ever_reached(s)]
    for scope in lonely:
        assert not trace.reaches_loss[inside(trace, scope)].any()
        assert not at.reached[scope]
        assert not at.final[scope]


@given(share=st.floats(0, 1))
@settings(max_examples=20)
def test_the_whole_pass_has_the_norm_of_all_gradients(
    emma_timeline: Timeline, facts: ScopeFacts, share: float
) -> None:
    cursor = int(share * emma_timeline.backward_end)
    at = facts.at(cursor)
    assert at.norm[0] == pytest.approx(np.linalg.norm(emma_timeline.grad_at(cursor)), rel=1e-12)
    assert at.computed[0] == emma_timeline.moment(cursor).computed
    assert (at.computed <= facts.nodes).all()
    assert at.norm[~at.reached].sum() == 0


def test_the_current_scope_is_that_of_the_node_that_is_dealt_with(
    emma_timeline: Timeline, facts: ScopeFacts
) -> None:
    trace = emma_timeline.trace
    assert facts.at(0).current == 0
    assert facts.at(77).current == trace.scope[trace.leaves + 76]
    assert facts.at(emma_timeline.backward_start).current == trace.scope[trace.loss]
    last = facts.at(emma_timeline.backward_end).current
    assert last == trace.scope[emma_timeline.consumer[-1]]


def test_shares_of_the_loss_are_known_once_every_loss_is(
    emma_timeline: Timeline, facts: ScopeFacts
) -> None:
    trace = emma_timeline.trace
    known = emma_timeline.computed_after(int(trace.position_loss.max()))
    assert facts.loss_shares(known - 1) == {}
    shares = facts.loss_shares(known)
    assert list(shares) == trace.position_scope.tolist()
    assert sum(shares.values()) == pytest.approx(1)
    losses = trace.data[trace.position_loss]
    assert list(shares.values()) == (losses / losses.sum()).tolist()
    assert facts.loss_shares(emma_timeline.backward_end) == shares


@pytest.mark.parametrize(
    "losses", [[0, 0, 0, 0, 0], [1, 2, -1, 1, 1], [1, np.nan, 1, 1, 1], [1, np.inf, 1, 1, 1]]
)
def test_shares_are_not_made_up(emma: Trace, losses: list[float]) -> None:
    data = emma.data.copy()
    data[emma.position_loss] = losses
    timeline = Timeline(replace(emma, data=data))
    assert ScopeFacts(timeline).loss_shares(timeline.backward_end) == {}


def test_a_pass_without_a_document_has_no_shares(emma: Trace) -> None:
    none = np.zeros(0, np.int32)
    timeline = Timeline(
        replace(
            emma,
            document=None,
            position_scope=none,
            position_loss=none,
            logits=np.zeros((0, 0), np.int32),
            probabilities=np.zeros((0, 0), np.int32),
        )
    )
    assert ScopeFacts(timeline).loss_shares(timeline.backward_end) == {}


def test_a_gradient_that_is_too_large_to_be_squared_is_no_error(emma: Trace) -> None:
    grad = emma.grad.copy()
    grad[0] = 1e200
    timeline = Timeline(replace(emma, grad=grad))
    with np.errstate(all="raise"):
        at = ScopeFacts(timeline).at(timeline.backward_end)
    assert at.norm[0] > 1e100
