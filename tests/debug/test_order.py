"""The order of backward, row by row, against a literal account of the pass."""

from __future__ import annotations

from typing import Any, Protocol

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.order import BackwardOrder, Relation
from explorer.debug.order_words import NAMED, as_text, explain_order
from explorer.debug.roles import node_label
from explorer.debug.titles import scope_path
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


class Account(Protocol):
    """The `History` of conftest.py."""

    of: dict[int, list[Any]]
    passed_on: dict[tuple[int, int], int]
    seeded: int
    end: int

    def moments(self, node: int) -> list[int]: ...


@pytest.fixture(scope="session")
def order(emma_timeline: Timeline) -> BackwardOrder:
    return BackwardOrder(emma_timeline)


def words(order: BackwardOrder, cursor: int, node: int) -> str:
    return as_text(explain_order(order, cursor, node))


def with_consumers(order: BackwardOrder, number: int, children: bool = True) -> int:
    """Return a node with so many distinct consumers, one contribution each."""
    timeline = order.timeline
    for place in range(len(order)):
        node = order.node_at(place)
        consumers = timeline.consumers(node).tolist()
        passes_on = len(timeline.trace.edges(node)) > 0
        if len(consumers) == len(set(consumers)) == number and passes_on is children:
            return node
    raise AssertionError(f"no node has {number} consumers")


def unreached(trace: Trace) -> int:
    return int((~trace.reaches_loss).nonzero()[0][-1])


def test_places_are_those_of_the_reversed_topological_order(
    order: BackwardOrder, emma: Trace
) -> None:
    assert len(order) == len(emma.order)
    assert order.node_at(0) == emma.loss
    assert [order.node_at(i) for i in range(len(order))] == emma.order[::-1].tolist()
    assert all(order.place_of(order.node_at(i)) == i for i in range(0, len(order), 97))
    assert order.place_of(unreached(emma)) is None


def test_consumers_come_before_their_children(order: BackwardOrder, emma: Trace) -> None:
    for place in range(0, len(order), 31):
        node = order.node_at(place)
        for edge in emma.edges(node):
            child = order.place_of(int(emma.child[edge]))
            assert child is not None
            assert child > place


@given(data=st.data())
def test_progress_is_what_has_been_added(
    order: BackwardOrder, emma: Trace, history: Account, data: st.DataObject
) -> None:
    node = data.draw(st.integers(0, emma.nodes - 1))
    cursor = data.draw(st.sampled_from(history.moments(node)))
    added = history.of.get(node, [])
    progress = order.progress(cursor, node)
    assert progress.contributions == len(added)
    assert progress.received == sum(a.event <= cursor for a in added)
    pending = [a.consumer for a in added if a.event > cursor]
    assert list(progress.pending) == sorted(set(pending), key=pending.index)
    assert progress.state is order.timeline.grad_state_at(cursor, node)


@given(data=st.data())
def test_a_row_tells_of_its_node(
    order: BackwardOrder, emma: Trace, history: Account, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(order) - 1))
    cursor = data.draw(st.integers(0, history.end))
    row = order.row(place, cursor, {})
    node = int(emma.order[-1 - place])
    assert (row.rank, row.node, row.relation) == (place + 1, node, Relation.NONE)
    assert row.label == node_label(emma, node)
    assert row.op == emma.op_name(node)
    assert row.path == scope_path(emma, int(emma.scope[node]))
    assert row.computed == (node < emma.leaves + cursor)
    assert row.progress == order.progress(cursor, node)
    edges = len(emma.edges(node))
    assert row.event == (history.passed_on[node, edges - 1] if edges else None)


def test_the_place_where_backward_is(order: BackwardOrder, history: Account) -> None:
    timeline = order.timeline
    assert order.current(0) is order.current(timeline.forward_end) is None
    assert order.current(timeline.backward_start) == 0
    for cursor in range(timeline.backward_start + 1, timeline.backward_end, 997):
        place = order.current(cursor)
        assert place is not None
        node = order.node_at(place)
        moments = [m for (consumer, _), m in history.passed_on.items() if consumer == node]
        assert min(moments) <= cursor <= max(moments)


def test_a_node_is_processed_when_it_passes_on_or_is_complete(
    order: BackwardOrder, emma: Trace, history: Account
) -> None:
    node, parameter = with_consumers(order, 3), with_consumers(order, 5, children=False)
    last = len(emma.edges(node)) - 1
    assert order.processed_at(node) == history.passed_on[node, last]
    assert order.passes_on_at(parameter) is None
    assert order.processed_at(parameter) == history.of[parameter][-1].event
    assert order.processed_at(unreached(emma)) is None
    assert order.complete_at(emma.loss) == history.seeded


def test_relations_to_the_selection(order: BackwardOrder, emma: Trace) -> None:
    node = with_consumers(order, 3)
    relations = order.relations(node)
    assert relations[node] is Relation.SELECTED
    for edge in emma.edges(node):
        assert relations[int(emma.child[edge])] is Relation.CHILD
    consumers = set(order.timeline.consumers(node).tolist())
    assert {n for n, r in relations.items() if r is Relation.CONSUMER} == consumers
    assert order.relations(None) == {}
    place = order.place_of(node)
    assert place is not None
    assert order.row(place, 0, relations).relation is Relation.SELECTED


def test_a_node_waits_for_its_consumers_until_the_last_one(order: BackwardOrder) -> None:
    node = with_consumers(order, 3)
    timeline = order.timeline
    label = node_label(timeline.trace, node)
    first, second, third = (node_label(timeline.trace, n) for n in timeline.consumers(node))
    events = timeline.ledger(node).event.tolist()
    before = words(order, timeline.backward_start, node)
    none = "none of its 3 consumers has passed its gradient on yet: "
    assert before.startswith(f"{label} waits: {none}{first}, {second} and {third}. It passes its ")
    one_in = words(order, events[0], node)
    two = "2 of its 3 consumers have not passed their gradient on yet: "
    assert f"{label} waits: {two}{second} and {third}." in one_in
    two_in = words(order, events[1], node)
    assert f"1 of its 3 consumers has not passed its gradient on yet: {third}." in two_in
    assert "waits: " not in words(order, events[2], node)


def test_the_moment_of_a_node_then_and_after(order: BackwardOrder) -> None:
    node = with_consumers(order, 3)
    timeline = order.timeline
    moments = timeline.passed_on_after(node)
    now = words(order, moments[0], node)
    assert "is processed now, no. " in now
    assert "all 3 contributions are in, and it has passed its gradient on along 1 of its " in now
    if order.current(moments[-1] + 1) != order.place_of(node):
        after = words(order, moments[-1] + 1, node)
        assert "was processed at event" in after
        assert "all 3 contributions were in from event" in after


def test_a_complete_node_waits_for_its_turn(order: BackwardOrder) -> None:
    """Somewhere the last contribution to a node is not followed by its own turn."""
    timeline = order.timeline
    node = next(
        n
        for n in map(order.node_at, range(1, len(order)))
        if len(timeline.trace.edges(n))
        and order.complete_at(n) + 1 < timeline.passed_on_after(n)[0]
    )
    text = words(order, order.complete_at(node), node)
    assert "waits for nothing more" in text
    assert "It only waits for its turn. It passes its gradient on at event " in text


def test_the_loss_and_what_it_does_not_depend_on(order: BackwardOrder, emma: Trace) -> None:
    timeline = order.timeline
    text = words(order, timeline.backward_start, emma.loss)
    assert text.startswith("loss is no. 1 of ")
    assert "it has no consumers to wait for. Its gradient starts at d loss / d loss = 1." in text
    text = words(order, timeline.backward_end, unreached(emma))
    assert "the loss does not depend on it, so backward never reaches it" in text


def test_a_parameter_passes_nothing_on(order: BackwardOrder) -> None:
    node = with_consumers(order, 5, children=False)
    timeline = order.timeline
    before = words(order, timeline.backward_start, node)
    assert "It has no children to pass its gradient on to; it is complete at event" in before
    after = words(order, timeline.backward_end, node)
    assert "is complete: all 5 contributions are in since event" in after


def test_before_backward_it_is_computed_after_its_children(
    order: BackwardOrder, emma: Trace
) -> None:
    timeline = order.timeline
    node = with_consumers(order, 3)
    child = node_label(emma, int(emma.child[emma.edges(node)[0]]))
    event = timeline.computed_after(node)
    assert " is computed at event " in words(order, event - 1, node)
    assert " was computed at event " in words(order, event, node)
    assert "after its child" in words(order, 0, node)
    assert child in words(order, 0, node)
    assert "There the node is no. " in words(order, 0, node)
    assert "was there before the pass." in words(order, 0, 0)
    assert "It will never reach this node" in words(order, 0, unreached(emma))


@given(data=st.data())
def test_whatever_is_linked_is_a_node_or_a_moment(
    order: BackwardOrder, emma: Trace, history: Account, data: st.DataObject
) -> None:
    node = data.draw(st.integers(0, emma.nodes - 1))
    cursor = data.draw(st.sampled_from(history.moments(node)))
    pieces = explain_order(order, cursor, node)
    assert pieces[0].node == node
    linked = [piece.node for piece in pieces if piece.node is not None]
    assert len(linked) <= NAMED + 2
    for piece in pieces:
        assert piece.text
        assert piece.node is None or piece.text == node_label(emma, piece.node)
        assert piece.event is None or 0 <= piece.event <= history.end
