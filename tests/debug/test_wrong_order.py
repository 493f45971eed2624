"""Backward with one node too early, against a literal backward() on real Values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.cones import ancestors
from explorer.debug.wrong_order import EarlyPasses, EarlyResult
from explorer.trace.build import build_trace
from explorer.trace.passes import Subject
from explorer.trace.record import record
from explorer.trace.timeline import Timeline
from microgpt import Value, forward
from microgpt.value import topological_order


class Graph:
    """The pass over "a" as Values, numbered as in its trace."""

    def __init__(self, subject: Subject) -> None:
        model = subject.model
        tokens = subject.tokenizer.encode("a")
        made: list[Value] = []
        plain = Value.__init__

        def note(self: Value, *args: object) -> None:
            plain(self, *args)  # type: ignore[arg-type]
            made.append(self)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Value, "__init__", note)
            self.loss, _ = forward(model, tokens)
        self.values = [*model.parameters(), *made]
        self.number = {value: i for i, value in enumerate(self.values)}
        self.order = topological_order(self.loss)[::-1]

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
    return Graph(subject)


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
