"""Watches show what is known of a node at a moment, and nothing before its time."""

from __future__ import annotations

import pytest

from explorer.debug.addresses import Address, node_address
from explorer.debug.watches import Watches, WatchRow, watch_rows
from explorer.trace.timeline import GradState, Timeline


def chosen_nodes(timeline: Timeline) -> list[int]:
    """Return a parameter, the loss, a probability, a node without a gradient, one used often."""
    trace = timeline.trace
    uses = [len(timeline.ledger(node)) for node in range(trace.leaves, trace.nodes)]
    busiest = trace.leaves + max(range(len(uses)), key=uses.__getitem__)
    return [3, 700, trace.loss, int(trace.probabilities[0, 4]), trace.leaves + 60, busiest]


def test_rows_at_every_turn_of_a_node_are_those_of_the_literal_history(
    emma_timeline: Timeline, history
) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    for node in chosen_nodes(t):
        address = node_address(trace, node)
        for cursor in history.moments(node):
            (row,) = watch_rows(t, cursor, [address])
            added = [one.event for one in history.of.get(node, [])]
            done = sum(event <= cursor for event in added)
            assert (row.address, row.node) == (address, node)
            assert (row.done, row.total) == (done, len(added))
            computed = node < trace.leaves or cursor >= node - trace.leaves + 1
            assert row.data == (float(trace.data[node]) if computed else None)
            reached = cursor >= history.seeded if not added or node == trace.loss else done > 0
            assert row.grad == (history.grad(node, cursor) if reached else None)
            assert (row.state is GradState.NOT_REACHED) == (not reached)


def test_rows_after_the_update_show_the_new_data_and_no_gradient(emma_timeline: Timeline) -> None:
    t, trace = emma_timeline, emma_timeline.trace
    address = node_address(trace, 700)
    before, after = (watch_rows(t, t.backward_end + at, [address])[0] for at in (700, 701))
    assert (before.data, before.grad) == (float(trace.data[700]), float(trace.grad[700]))
    assert before.state is GradState.FINAL
    assert (after.data, after.grad) == (float(trace.update.data[700]), 0.0)
    assert after.state is GradState.CLEARED
    assert after.data != before.data


def test_a_node_that_the_pass_does_not_have_is_said_by_its_path(
    emma_timeline: Timeline, a_timeline: Timeline
) -> None:
    node = int(emma_timeline.trace.position_loss[4])
    address = node_address(emma_timeline.trace, node)
    (row,) = watch_rows(a_timeline, 9, [address])
    assert row == WatchRow(address, " / ".join(address.path), None)


def test_foreign_passes_are_watched_too(foreign_trace) -> None:
    t = Timeline(foreign_trace)
    addresses = [node_address(foreign_trace, node) for node in range(foreign_trace.nodes)]
    for cursor in range(t.end + 1):
        rows = watch_rows(t, cursor, addresses)
        assert [row.node for row in rows] == list(range(foreign_trace.nodes))
        assert [row.data is not None for row in rows] == t.is_computed(cursor).tolist()


@pytest.fixture
def watches() -> Watches:
    return Watches()


def test_toggling_keeps_the_order_in_which_nodes_were_chosen(watches: Watches) -> None:
    one, other, third = (Address(("a",), place) for place in range(3))
    heard: list[int] = []

    def hear() -> None:
        heard.append(len(watches))

    watches.changed.connect(hear)
    for address in (one, other, third, other, one, one):
        watches.toggle(address)
    assert list(watches) == [third, one]
    assert heard == [1, 2, 3, 2, 1, 2]
    assert one in watches
    assert other not in watches


def test_setting_replaces_all_and_keeps_each_once(watches: Watches) -> None:
    one, other = Address(("a",), 1), Address(("b",), 1)
    watches.toggle(Address(("c",), 1))
    watches.set([other, one, other])
    assert list(watches) == [other, one]
