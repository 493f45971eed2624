"""Backward with one node too early, against a literal backward() on real Values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.cones import ancestors
from explorer.debug.wrong_order import EarlyPasses, EarlyResult
from explorer.trace.build import build_trace
from explorer.trace.passes import Subject
from explorer.trace.record import record
from explorer.trace.timeline import Timeline
from microgpt import Value, forward
from microgpt.value import topological_order


class Graph:
    """Values, numbered as in the trace of the pass that made them.

    Parameters
    ----------
    before : list of Value
        What existed before the pass.
    compute : callable
        The pass; it returns the loss.
    """

    def __init__(self, before: list[Value], compute: Callable[[], Value]) -> None:
        made: list[Value] = []
        plain = Value.__init__

        def note(self: Value, *args: object) -> None:
            plain(self, *args)  # type: ignore[arg-type]
            made.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Value, "__init__", note)
            loss = compute()
        self.values = [*before, *made]
        self.loss = loss
        self.order = topological_order(loss)[::-1]

    def backward(self, node: int, after: int) -> list[float]:
        """Do backward() with a node right after so many of its consumers."""
        early = self.values[node]
        consumers = [value for value in self.order if early in value._children]
        order = [value for value in self.order if value is not early]
        order.insert(order.index(consumers[after - 1]) + 1, early)
        for value in self.values:
            value.grad = 0
        self.loss.grad = 1
        for value in order:
            for child, local_grad in zip(value._children, value._local_grads, strict=True):
                child.grad += local_grad * value.grad
        found = [float(value.grad) for value in self.values]
        for value in self.values:
            value.grad = 0
        return found


@pytest.fixture(scope="module")
def graph(subject: Subject) -> Graph:
    tokens = subject.tokenizer.encode("a")
    return Graph(subject.model.parameters(), lambda: forward(subject.model, tokens)[0])


@pytest.fixture(scope="module")
def passes(a_timeline: Timeline) -> EarlyPasses:
    return EarlyPasses(a_timeline)


@pytest.fixture(scope="module")
def early(a_timeline: Timeline, passes: EarlyPasses) -> list[int]:
    """All nodes that can be processed too early, in the order of backward."""
    order = a_timeline.trace.order[::-1].tolist()
    return [node for node in order if passes.choice(node).can_be_early]


def test_every_bit_is_that_of_a_literal_backward(
    graph: Graph, passes: EarlyPasses, early: list[int]
) -> None:
    checked = 0
    for node in early[:: len(early) // 24]:
        consumers = passes.choice(node).consumers
        for after in {1, consumers // 2, consumers - 1} - {0}:
            found = passes.run(node, after).grad.tolist()
            assert found == graph.backward(node, after), (node, after)
            checked += 1
    assert checked >= 30


def test_a_node_used_twice_by_one_consumer_is_moved_as_a_whole(
    graph: Graph, passes: EarlyPasses, early: list[int]
) -> None:
    squared = [n for n in early if passes.choice(n).contributions[-1] > passes.choice(n).consumers]
    assert squared
    for node in squared[::8]:
        for after in range(1, passes.choice(node).consumers):
            assert passes.run(node, after).grad.tolist() == graph.backward(node, after)


@given(
    numbers=st.lists(st.floats(-3, 3), min_size=2, max_size=4),
    choices=st.lists(st.tuples(st.booleans(), *[st.integers(0, 99)] * 2), min_size=4, max_size=24),
)
def test_every_bit_on_graphs_of_any_shape(
    numbers: list[float], choices: list[tuple[bool, int, int]]
) -> None:
    """Each node is a sum or a product of any two before it; the loss is the sum of all."""

    def compute() -> Value:
        values = [Value(number) for number in numbers]
        for is_sum, i, j in choices:
            a, b = values[i % len(values)], values[-1 - j % min(len(values), 4)]
            values.append(a + b if is_sum else a * b)
        return sum(values[1:], values[0])

    recording = record(compute, Value)
    recording.result.backward()
    timeline = Timeline(build_trace(recording, recording.result, {}))
    passes, graph = EarlyPasses(timeline), Graph([], compute)
    assert len(graph.values) == timeline.trace.nodes
    for node in range(timeline.trace.nodes):
        for after in range(1, passes.choice(node).consumers):
            found, expected = passes.run(node, after).grad.tolist(), graph.backward(node, after)
            assert np.array_equal(found, expected, equal_nan=True), (node, after)


def test_the_next_node_comes_after_the_moved_one() -> None:
    """What follows the consumer adds to the same child: sums of three, sensitive to order."""
    rng = Random(1)
    for _ in range(40):
        factors = [rng.uniform(0.1, 2) for _ in range(6)]

        def compute(factors: list[float] = factors) -> Value:
            a = Value(factors[0])
            b = a * factors[1]
            first, second = b * factors[2], b * factors[3]
            between, before = a * factors[4], a * factors[5]
            return second + ((between + first) + before)

        recording = record(compute, Value)
        recording.result.backward()
        timeline = Timeline(build_trace(recording, recording.result, {}))
        b = 1 if timeline.trace.op_name(1) == "mul" else 2  # after its constant
        assert len(timeline.consumers(b)) == 2
        found = EarlyPasses(timeline).run(b, 1).grad.tolist()
        assert found == Graph([], compute).backward(b, 1)


def test_only_what_the_node_was_computed_from_goes_wrong(
    a_timeline: Timeline, passes: EarlyPasses, early: list[int]
) -> None:
    for node in early[::40]:
        result = passes.run(node, 1)
        assert node not in result.wrong  # what comes later is still added up
        assert ancestors(a_timeline.trace, node)[result.wrong].all()


def test_after_all_consumers_nothing_is_wrong(passes: EarlyPasses, early: list[int]) -> None:
    for node in early[::40]:
        result = passes.run(node, passes.choice(node).consumers)
        assert result.passed_on == result.complete
        assert len(result.wrong) == result.wrong_parameters == result.only_rounded == 0


def test_what_is_passed_on_is_the_running_sum(
    a_timeline: Timeline, passes: EarlyPasses, early: list[int]
) -> None:
    for node in early[::40]:
        ledger, choice = a_timeline.ledger(node), passes.choice(node)
        for after, contributions in enumerate(choice.contributions, start=1):
            assert passes.run(node, after).passed_on == ledger.total[contributions - 1]


def test_who_cannot_be_early(a_timeline: Timeline, passes: EarlyPasses) -> None:
    trace = a_timeline.trace
    loss, parameter = passes.choice(trace.loss), passes.choice(0)
    unreached = passes.choice(int((~trace.reaches_loss).nonzero()[0][-1]))
    assert (loss.consumers, loss.can_be_early, loss.reached) == (0, False, True)
    assert (parameter.children, parameter.can_be_early) == (0, False)
    assert (unreached.consumers, unreached.can_be_early, unreached.reached) == (0, False, False)


@pytest.mark.parametrize("after", [0, -1, 3])
def test_a_node_cannot_come_after_consumers_that_it_does_not_have(
    passes: EarlyPasses, early: list[int], after: int
) -> None:
    node = next(n for n in early if passes.choice(n).consumers == 2)
    with pytest.raises(ValueError, match=rf"node {node} has 2 consumers, not {after}"):
        passes.run(node, after)


def test_the_recorded_gradients_are_left_alone(
    a_timeline: Timeline, passes: EarlyPasses, early: list[int]
) -> None:
    before = a_timeline.trace.grad.copy()
    passes.run(early[0], 1)
    assert np.array_equal(a_timeline.trace.grad, before)


def test_the_toy_with_a_second_consumer() -> None:
    """Gradients that can be worked out on paper."""

    def compute() -> Value:
        a = Value(3.0)
        b = a * a  # consumers: c and d
        c = b * 2
        d = b * 5
        return c + d

    recording = record(compute, Value)
    loss = recording.result
    loss.backward()
    timeline = Timeline(build_trace(recording, loss, {}))
    a, b = 0, 1
    assert timeline.trace.grad[[a, b]].tolist() == [42.0, 7.0]
    result = EarlyPasses(timeline).run(b, 1)
    given = result.passed_on
    assert given in (2.0, 5.0)
    assert result.complete == 7.0
    assert result.wrong.tolist() == [a]
    assert result.grad[a] == 6 * given
    assert result.difference.tolist() == [6 * given - 42]
    assert result.relative.tolist() == [(42 - 6 * given) / 42]


def test_sizes_of_errors() -> None:
    right = np.array([1.0, 0.0, -2.0, 5.0, np.nan, 1.0])
    grad = np.array([1.0 + 2**-50, 0.5, 2.0, 5.0, np.nan, np.inf])
    result = EarlyResult(3, 1, 0.0, 1.0, grad, right, leaves=2)
    assert result.wrong.tolist() == [0, 1, 2, 5]
    assert result.difference.tolist() == [2**-50, 0.5, 4.0, np.inf]
    assert result.relative.tolist() == [2**-50, np.inf, 2.0, np.inf]
    assert (result.wrong_parameters, result.only_rounded) == (2, 1)
    assert result.sorted_by(result.difference).tolist() == [3, 2, 1, 0]
    broken = replace(result, grad=np.full(6, np.nan))
    assert broken.wrong.tolist() == [0, 1, 2, 3, 5]
