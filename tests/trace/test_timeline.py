"""`Timeline`: every moment of a pass, against a literal interpreter of the published script."""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import GradState, Phase, Timeline
from explorer.trace.trace import Trace
from microgpt import Config, train


@pytest.fixture(scope="module")
def truncated_timeline() -> Timeline:
    return Timeline(record_pass(untrained(Config(2, 4, 2, 2), seed=3), "emma"))


@pytest.fixture(scope="module")
def foreign_timeline(foreign_trace: Trace) -> Timeline:
    return Timeline(foreign_trace)


ALL = ["emma_timeline", "truncated_timeline", "foreign_timeline"]


@pytest.fixture(params=ALL)
def timeline(request: pytest.FixtureRequest) -> Timeline:
    return request.getfixturevalue(request.param)


def published_backward(trace: Trace) -> Iterator[tuple[int, int, list[float]]]:
    """Do what the published ``backward()`` does, one ``+=`` at a time.

    Yields the consumer, the child and all gradients: first after ``self.grad = 1``, then after
    each contribution.
    """
    pointer, child = trace.child_pointer.tolist(), trace.child.tolist()
    local_grad = trace.local_grad.tolist()
    order: list[int] = []
    visited = set()

    def build(node: int) -> None:
        if node not in visited:
            visited.add(node)
            for inner in child[pointer[node] : pointer[node + 1]]:
                build(inner)
            order.append(node)

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(10_000)
    try:
        build(trace.loss)
    finally:
        sys.setrecursionlimit(limit)
    grad: list[float] = [0] * trace.nodes
    grad[trace.loss] = 1
    yield trace.loss, -1, grad
    for node in reversed(order):
        for edge in range(pointer[node], pointer[node + 1]):
            grad[child[edge]] += local_grad[edge] * grad[node]
            yield node, child[edge], grad


def moments_of(timeline: Timeline, count: int = 25) -> list[int]:
    """Return all moments of a small pass; of a large one those at the edges and random ones."""
    if timeline.backward_end < 3000:
        return list(range(timeline.backward_end + 1))
    edges = [0, 1, timeline.forward_end - 1, timeline.forward_end, timeline.backward_start]
    edges += [timeline.backward_start + 1, timeline.backward_end - 1, timeline.backward_end]
    rng = random.Random(timeline.backward_end)
    return sorted({*edges, *(rng.randint(0, timeline.backward_end) for _ in range(count))})


def bits(numbers) -> bytes:
    return np.array(numbers, np.float64).tobytes()


def test_gradients_at_a_moment_are_those_of_the_published_backward(timeline: Timeline) -> None:
    wanted = set(moments_of(timeline))
    for cursor in sorted(wanted):
        if cursor < timeline.backward_start:
            assert bits(timeline.grad_at(cursor)) == bits([0.0] * timeline.trace.nodes)
    checked = 0
    steps = published_backward(timeline.trace)
    for cursor, (_, _, grad) in enumerate(steps, start=timeline.backward_start):
        if cursor in wanted:
            assert bits(timeline.grad_at(cursor)) == bits(grad)
            checked += 1
    assert cursor == timeline.backward_end
    assert checked == sum(w >= timeline.backward_start for w in wanted) > 8


def test_last_gradients_are_the_recorded_ones(timeline: Timeline) -> None:
    assert bits(timeline.grad_at(timeline.backward_end)) == bits(timeline.trace.grad)


def test_events_are_those_of_the_published_backward_in_order(timeline: Timeline) -> None:
    steps = [(node, child) for node, child, _ in published_backward(timeline.trace)]
    assert list(zip(timeline.consumer.tolist(), timeline.child.tolist(), strict=True)) == steps[1:]
    for event in random.Random(1).sample(range(1, len(steps)), 50):
        moment = timeline.moment(timeline.backward_start + event)
        assert (moment.phase, moment.node, moment.child) == (Phase.BACKWARD, *steps[event])
        assert moment.contributions == event
        assert moment.computed == timeline.trace.nodes


def test_values_of_events_are_local_gradient_times_final_gradient(timeline: Timeline) -> None:
    trace = timeline.trace
    expected = trace.local_grad[timeline.edge] * trace.grad[timeline.consumer]
    assert bits(timeline.value) == bits(expected)
    assert np.array_equal(trace.child[timeline.edge], timeline.child)


def test_phases_follow_each_other(timeline: Timeline) -> None:
    trace = timeline.trace
    assert timeline.forward_end == trace.created
    assert timeline.backward_start == trace.created + 1
    assert timeline.backward_end == timeline.backward_start + len(timeline.value)
    start = timeline.moment(0)
    assert (start.phase, start.computed, start.node) == (Phase.START, trace.leaves, None)
    first, last = timeline.moment(1), timeline.moment(timeline.forward_end)
    assert (first.phase, first.node, first.computed) == (
        Phase.FORWARD,
        trace.leaves,
        trace.leaves + 1,
    )
    assert (last.phase, last.node, last.computed) == (
        Phase.FORWARD,
        trace.nodes - 1,
        trace.nodes,
    )
    seed = timeline.moment(timeline.backward_start)
    assert (seed.phase, seed.node, seed.child, seed.contributions) == (
        Phase.SEED,
        trace.loss,
        None,
        0,
    )


def test_data_is_there_from_the_moment_a_node_is_computed(timeline: Timeline) -> None:
    trace = timeline.trace
    for cursor in moments_of(timeline):
        there = [node < trace.leaves + cursor for node in range(trace.nodes)]
        data = timeline.data_at(cursor)
        assert timeline.is_computed(cursor).tolist() == there
        assert np.array_equal(np.isnan(data), ~np.array(there))
        assert bits(data[there]) == bits(trace.data[there])


def test_computed_after_is_the_first_moment_with_the_node(timeline: Timeline) -> None:
    trace = timeline.trace
    nodes = [0, trace.leaves - 1, trace.leaves, trace.leaves + 1, trace.nodes - 1]
    assert [timeline.computed_after(node) for node in nodes] == [0, 0, 1, 2, trace.created]
    for node in nodes[2:]:
        cursor = timeline.computed_after(node)
        assert timeline.is_computed(cursor)[node]
        assert not timeline.is_computed(cursor - 1)[node]


def test_states_of_gradients_are_those_of_the_definition(timeline: Timeline) -> None:
    trace = timeline.trace
    children = timeline.child.tolist()
    total = [0] * trace.nodes
    for child in children:
        total[child] += 1
    arrived, done = [0] * trace.nodes, 0
    for cursor in moments_of(timeline):
        while done < cursor - timeline.backward_start:
            arrived[children[done]] += 1
            done += 1

        def state(node: int, cursor: int = cursor) -> GradState:
            if cursor < timeline.backward_start:
                return GradState.NOT_REACHED
            if arrived[node] < total[node]:
                return GradState.PARTIAL if arrived[node] else GradState.NOT_REACHED
            return GradState.FINAL if trace.grad[node] != 0 else GradState.ZERO

        expected = [state(node) for node in range(trace.nodes)]
        assert timeline.grad_states_at(cursor).tolist() == expected
        for node in {0, trace.loss, *random.Random(cursor).choices(range(trace.nodes), k=20)}:
            assert timeline.grad_state_at(cursor, node) is expected[node]


def test_final_gradients_do_not_change_and_partial_ones_are_not_all(timeline: Timeline) -> None:
    for cursor in moments_of(timeline, 8):
        states, grad = timeline.grad_states_at(cursor), timeline.grad_at(cursor)
        settled = states >= GradState.FINAL
        assert bits(grad[settled]) == bits(timeline.trace.grad[settled])
        assert not grad[states == GradState.NOT_REACHED].any()


def test_nodes_that_never_reach_the_loss_are_truly_zero_at_the_end(timeline: Timeline) -> None:
    states = timeline.grad_states_at(timeline.backward_end)
    assert (states[~timeline.trace.reaches_loss] == GradState.ZERO).all()
    assert set(states.tolist()) <= {GradState.FINAL, GradState.ZERO}
    assert timeline.grad_state_at(timeline.backward_start, timeline.trace.loss) is GradState.FINAL


def test_ledger_of_every_node_adds_up_to_its_gradient_bit_for_bit(timeline: Timeline) -> None:
    trace = timeline.trace
    sums = [0.0] * trace.nodes
    rows = 0
    for node in range(trace.nodes):
        ledger = timeline.ledger(node)
        rows += len(ledger)
        total = ledger.seed
        for value, shown in zip(ledger.value.tolist(), ledger.total.tolist(), strict=True):
            total += value
            assert shown == total
        sums[node] = total
    assert bits(sums) == bits(trace.grad)
    assert rows == len(timeline.value)


def test_ledger_rows_are_the_events_of_the_node(timeline: Timeline) -> None:
    busiest = int(np.bincount(timeline.child).argmax())
    for node in {busiest, 0, timeline.trace.loss, int(timeline.child[-1])}:
        ledger = timeline.ledger(node)
        assert ledger.node == node
        assert ledger.seed == (1.0 if node == timeline.trace.loss else 0.0)
        assert all(earlier < later for earlier, later in pairwise(ledger.event.tolist()))
        assert len(ledger) == (timeline.child == node).sum()
        for i, event in enumerate(ledger.event.tolist()):
            moment = timeline.moment(event)
            assert (moment.node, moment.child) == (ledger.consumer[i], node)
            assert timeline.grad_at(event)[node] == ledger.total[i]
            assert ledger.value[i] == ledger.local_grad[i] * ledger.consumer_grad[i]
            assert ledger.consumer_grad[i] == timeline.trace.grad[ledger.consumer[i]]
            assert (ledger.done(event - 1), ledger.done(event)) == (i, i + 1)
        assert ledger.done(0) == 0
        assert ledger.done(timeline.backward_end) == len(ledger)


def test_square_has_two_rows_from_one_consumer(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    pairs = trace.child_pointer[:-1][np.diff(trace.child_pointer) == 2]
    squared = int(trace.child[pairs[trace.child[pairs] == trace.child[pairs + 1]][0]])
    consumers = emma_timeline.ledger(squared).consumer.tolist()
    assert any(one == other for one, other in pairwise(consumers))


def test_each_node_step_deals_with_one_node(timeline: Timeline) -> None:
    steps = timeline.node_steps.tolist()
    start = timeline.backward_start
    assert steps[0] == 0
    assert steps[-1] == timeline.end
    assert steps[: start + 1] == list(range(start + 1))
    backward_end = steps.index(timeline.backward_end)
    assert steps[backward_end:] == list(range(timeline.backward_end, timeline.end + 1))
    steps = steps[: backward_end + 1]
    consumers = timeline.consumer.tolist()
    dealt_with = []
    for before, after in pairwise(steps[start:]):
        (consumer,) = set(consumers[before - start : after - start])
        dealt_with.append(consumer)
    assert len(set(dealt_with)) == len(dealt_with)
    reachable = timeline.trace.order[::-1]
    inner = reachable[np.diff(timeline.trace.child_pointer)[reachable] > 0]
    assert dealt_with == inner.tolist()


def test_node_passes_its_gradient_on_right_after_its_turn(timeline: Timeline) -> None:
    events: dict[int, list[int]] = {}
    for event, node in enumerate(timeline.consumer.tolist(), start=timeline.backward_start + 1):
        events.setdefault(node, []).append(event)
    for node in range(timeline.trace.nodes):
        assert list(timeline.passed_on_after(node)) == events.get(node, [])


def test_queries_do_not_change_anything(emma_timeline: Timeline) -> None:
    middle = (emma_timeline.backward_start + emma_timeline.backward_end) // 2
    before = bits(emma_timeline.grad_at(middle))
    emma_timeline.grad_at(emma_timeline.backward_end)
    for moment in (0, middle, emma_timeline.backward_end, emma_timeline.end):
        with pytest.raises(ValueError, match="read-only"):
            emma_timeline.grad_at(moment)[:] = 7.0
    emma_timeline.data_at(0)[:] = 7.0
    emma_timeline.grad_states_at(emma_timeline.backward_end)[:] = 7
    assert bits(emma_timeline.grad_at(middle)) == before


def test_other_numbers_are_summed_up_anew(emma_timeline: Timeline) -> None:
    trace, middle = emma_timeline.trace, emma_timeline.backward_end - 5
    before, states = emma_timeline.grad_at(middle), emma_timeline.grad_states_at(middle)
    nothing = replace(trace, grad=np.zeros_like(trace.grad))
    other = emma_timeline.with_numbers(nothing)
    assert np.count_nonzero(other.grad_at(middle)) == 1  # the seed
    assert np.count_nonzero(other.grad_states_at(middle) == GradState.FINAL) == 0
    ledger = emma_timeline.ledger(trace.leaves + 9)
    assert other.ledger(trace.leaves + 9).value.tolist() == [0.0] * len(ledger)
    assert bits(emma_timeline.grad_at(middle)) == bits(before)
    assert bits(emma_timeline.grad_states_at(middle)) == bits(states)


def test_pass_that_is_a_single_node_has_a_seed_and_no_more(foreign, observe) -> None:
    timeline = Timeline(observe(lambda: foreign.Scalar(2.0)))
    assert timeline.backward_end == timeline.backward_start == 2
    assert timeline.node_steps.tolist() == [0, 1, 2]
    assert timeline.grad_at(1).tolist() == [0.0]
    assert timeline.grad_at(2).tolist() == [1.0]
    assert len(timeline.ledger(0)) == 0


def test_the_update_is_what_adam_does_one_parameter_after_the_other(subject: Subject) -> None:
    """Every moment of the update, against the published form of Adam written down again."""
    trace = record_pass(subject, "bo")
    timeline = Timeline(trace)
    assert trace.update is not None
    assert timeline.end - timeline.backward_end == len(trace.update) == trace.leaves
    data, grad = trace.data.tolist(), trace.grad.tolist()
    beta1, beta2, epsilon, rate = 0.85, 0.99, 1e-8, 0.01
    for i in range(trace.leaves):
        cursor = timeline.backward_end + i + 1
        m = beta1 * 0.0 + (1 - beta1) * grad[i]
        v = beta2 * 0.0 + (1 - beta2) * grad[i] ** 2
        change = rate * (m / (1 - beta1**1)) / ((v / (1 - beta2**1)) ** 0.5 + epsilon)
        done = trace.update.of(i, data[i], grad[i])
        assert (done.m, done.v, done.change) == (m, v, change)
        before = data[i]
        data[i] -= change
        grad[i] = 0
        assert (done.before, done.after) == (before, data[i])
        moment = timeline.moment(cursor)
        assert (moment.phase, moment.node, moment.updated) == (Phase.UPDATE, i, i + 1)
        assert timeline.updated_after(i) == cursor
        assert timeline.node_data_at(cursor, i) == data[i]
        assert timeline.node_data_at(cursor - 1, i) == before
        assert timeline.node_grad_at(cursor, i) == 0
        assert timeline.grad_state_at(cursor, i) is GradState.CLEARED
        assert timeline.grad_state_at(cursor - 1, i) is not GradState.CLEARED
        if i % 500 == 0 or i == trace.leaves - 1:
            assert bits(timeline.data_at(cursor)) == bits(data)
            assert bits(timeline.grad_at(cursor)) == bits(grad)
            states = timeline.grad_states_at(cursor)
            assert (states == GradState.CLEARED).sum() == i + 1


def test_a_pass_leaves_the_model_and_the_optimizer_as_they_were(subject: Subject) -> None:
    before = [p.data for p in subject.model.parameters()]
    record_pass(subject, "bo")
    assert [p.data for p in subject.model.parameters()] == before
    assert not any(subject.optimizer.m)
    assert not any(subject.optimizer.v)
    assert subject.optimizer.steps_done == 0


def test_the_update_is_that_of_the_step_that_training_has_come_to() -> None:
    subject = untrained(Config(1, 4, 2, 8), seed=1)
    model, documents = subject.model, ["ann", "bob", "cid"]
    for _ in train(model, subject.optimizer, documents, subject.tokenizer, 2):
        pass
    later = replace(subject, total_steps=3)
    trace = record_pass(later, "cid")
    for _ in train(model, subject.optimizer, documents, subject.tokenizer, 3):
        pass
    assert trace.update is not None
    assert trace.update.settings.step == 3
    assert bits(trace.update.data) == bits([p.data for p in model.parameters()])
    assert bits(trace.update.m) == bits(subject.optimizer.m)
    assert bits(trace.update.v) == bits(subject.optimizer.v)
    assert record_pass(replace(subject, total_steps=3), "ann").update is None


def test_nodes_without_an_update_have_no_moment_of_it(timeline: Timeline) -> None:
    assert timeline.updated_after(timeline.trace.loss) is None
    assert timeline.updated_after(timeline.trace.leaves) is None


def test_running_totals_are_those_of_the_ledgers(timeline: Timeline) -> None:
    for node in range(0, timeline.trace.nodes, 7):
        ledger = timeline.ledger(node)
        totals = timeline.total[ledger.event - timeline.backward_start - 1]
        assert bits(totals) == bits(ledger.total)


def test_every_event_names_what_it_deals_with_and_changes(timeline: Timeline) -> None:
    for cursor in moments_of(timeline, 200):
        if cursor:
            moment = timeline.moment(cursor)
            assert timeline.event_node[cursor - 1] == moment.node
            changed = moment.node if moment.child is None else moment.child
            assert timeline.event_target[cursor - 1] == changed
    assert len(timeline.event_node) == len(timeline.event_target) == timeline.end
