"""Measured slopes agree with backward(), and where they do not, that is seen and explained."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug import gradcheck
from explorer.debug.gradcheck import (
    FLOOR,
    GOOD,
    check_node,
    check_parameters,
    relative_error,
    step_of,
)
from explorer.debug.whatif import Rerun, prepare
from explorer.trace.replay import compile_program
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


@pytest.fixture(scope="module")
def rerun(emma_timeline: Timeline) -> Rerun:
    return prepare(emma_timeline)


def with_wrong_gradient(timeline: Timeline, node: int) -> Rerun:
    """Return a pass in which backward() made a mistake at one node."""
    grad = timeline.trace.grad.copy()
    grad[node] *= 1.01
    wrong = replace(timeline.trace, grad=grad)
    return Rerun(Timeline(wrong), compile_program(timeline.trace))


def test_the_worst_relative_error_of_all_parameters_is_small(rerun: Rerun) -> None:
    shares: list[float] = []
    check = check_parameters(rerun, shares.append)
    assert len(check) == 4192
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert check.worst.error < 1e-4
    assert check.worst.error == check.errors.max()
    assert check.worst.node == check.errors.argmax()
    assert sum(check.classes) == len(check)
    assert check.median < 1e-7
    assert 0 < check.exact < len(check)


def test_inner_nodes_agree_too(rerun: Rerun, emma: Trace) -> None:
    some = np.random.default_rng(1).integers(emma.leaves, emma.nodes, 60).tolist()
    for node in [*some, emma.loss, int(emma.probabilities[0, 3])]:
        check = check_node(rerun, node)
        assert check.error < GOOD, (node, check)
        assert check.explanation == ""


def test_a_check_is_a_central_difference(rerun: Rerun, emma: Trace) -> None:
    node = int(emma.logits[2, 4])
    data = float(emma.data[node])
    check, h = check_node(rerun, node), step_of(data)
    above, below = rerun.loss({node: data + h}), rerun.loss({node: data - h})
    assert (check.above, check.below, check.step) == (above, below, h)
    assert check.numeric == pytest.approx((above - below) / (2 * h), rel=1e-9)
    assert check.analytic == emma.grad[node]


def test_steps_grow_with_large_numbers_and_errors_have_a_floor() -> None:
    assert step_of(0.0) == step_of(-1.0) == pytest.approx(6.055e-6, rel=1e-3)
    assert step_of(-1000.0) == 1000 * step_of(1.0)
    assert relative_error(2.0, 1.0) == 0.5
    assert relative_error(1e-9, 0.0) == 1e-9 / FLOOR
    assert relative_error(0.0, 0.0) == 0


def test_a_wrong_gradient_is_found(
    emma_timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = int(np.abs(emma_timeline.trace.grad[:432]).argmax())
    wrong = with_wrong_gradient(emma_timeline, node)
    check = check_node(wrong, node)
    assert check.error == pytest.approx(0.01 / 1.01, rel=1e-3)
    assert "mistake" in check.explanation
    monkeypatch.setattr(gradcheck, "parameter_count", lambda timeline: 432)
    whole = check_parameters(wrong)
    assert whole.worst.node == node
    assert whole.classes[-1] == 1


def test_a_kink_is_told_from_a_mistake(rerun: Rerun, emma: Trace) -> None:
    """The input of a relu is moved so close to 0 that the step crosses it."""
    relus = np.flatnonzero(emma.op == emma.op_names.index("relu"))
    node = int(emma.child[emma.edges(int(relus[np.abs(emma.grad[relus]).argmax()]))[0]])
    at_kink = rerun.change({node: 1e-7}).timeline
    closer = _Moved(rerun, at_kink, node)
    check = check_node(closer, node)
    assert check.kinks == 1
    assert "kink" in check.explanation


class _Moved(Rerun):
    """A pass whose recorded numbers are those of a what-if."""

    def __init__(self, rerun: Rerun, timeline: Timeline, node: int) -> None:
        super().__init__(timeline, rerun._engine)
        self._parameters = rerun._parameters


def test_cancelling_ends_the_check(rerun: Rerun) -> None:
    class GivenUpError(Exception):
        pass

    def give_up(share: float) -> None:
        raise GivenUpError

    with pytest.raises(GivenUpError):
        check_parameters(rerun, give_up)
