"""Changed numbers are those of the scalar code, or of a literal recomputation: bit for bit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.debug import whatif
from explorer.debug.happening import happening
from explorer.debug.inspection import inspect_node
from explorer.debug.whatif import CannotChangeError, Rerun, parse_number, prepare
from explorer.trace.failure import Failure, Kind
from explorer.trace.passes import Subject, record_pass
from explorer.trace.replay import NotReplayableError
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

EXPONENTS = (-1, -0.5)


@pytest.fixture(scope="module")
def rerun(a_timeline: Timeline) -> Rerun:
    return prepare(a_timeline)


def literal(trace: Trace, forced: dict[int, float]) -> tuple[list[float], list[float]]:
    """Compute data and gradients in plain floats, node by node.

    Constants stay as recorded, but for the largest logit of the last position's softmax.
    """
    logits, softmax_end = trace.logits[-1].tolist(), int(trace.probabilities[-1].min())
    data, local = trace.data.tolist(), trace.local_grad.tolist()
    recorded, child = trace.data.tolist(), trace.child.tolist()
    for node in range(trace.nodes):
        edges = trace.edges(node)
        given = [data[child[edge]] for edge in edges]
        op = trace.op_name(node)
        is_peak = op == "constant" and logits[-1] < node < softmax_end
        if is_peak and abs(recorded[node]) == max(recorded[logit] for logit in logits):
            data[node] = math.copysign(max(data[logit] for logit in logits), recorded[node])
        elif op == "add":
            data[node] = given[0] + given[1]
        elif op == "mul":
            data[node] = given[0] * given[1]
            local[edges[0]], local[edges[1]] = given[1], given[0]
        elif op == "exp":
            data[node] = local[edges[0]] = math.exp(given[0])
        elif op == "log":
            data[node], local[edges[0]] = math.log(given[0]), 1 / given[0]
        elif op == "relu":
            data[node], local[edges[0]] = max(0, given[0]), float(given[0] > 0)
        elif op == "pow":
            base, slope = recorded[child[edges[0]]], float(trace.local_grad[edges[0]])
            powers = [n for n in EXPONENTS if n * base ** (n - 1) == slope]
            (power,) = (n for n in powers if base**n == recorded[node])
            data[node] = given[0] ** power
            local[edges[0]] = power * given[0] ** (power - 1)
        if node in forced:
            data[node] = forced[node]
    grad = [0.0] * trace.nodes
    grad[trace.loss] = 1.0
    for consumer in reversed(trace.order.tolist()):
        for edge in trace.edges(consumer):
            grad[child[edge]] += local[edge] * grad[consumer]
    return data, grad


def last_of(trace: Trace, op: str) -> int:
    """Return a node of an operation, behind which no peak of a softmax is looked for any more."""
    loss_scope = trace.scope[trace.position_loss[-1]]
    of_op = np.flatnonzero((trace.op == trace.op_names.index(op)) & trace.reaches_loss)
    late = of_op[of_op > trace.probabilities[-1, 0]] if op in ("log", "add") else of_op
    assert loss_scope >= 0
    return int(late[-1]) if len(late) else int(of_op[-1])


def test_a_changed_parameter_gives_what_the_code_itself_gives(
    subject: Subject, a_timeline: Timeline, rerun: Rerun
) -> None:
    trace = a_timeline.trace
    node = trace.document.tokens[0] * trace.parameters[0].columns + 3
    parameter = subject.model.parameters()[node]
    before = parameter.data
    parameter.data = 0.4375
    try:
        again = record_pass(subject, "a")
    finally:
        parameter.data = before
    what_if = rerun.change({node: 0.4375})
    changed = what_if.timeline.trace
    for name in ("data", "grad", "local_grad"):
        assert getattr(changed, name).tobytes() == getattr(again, name).tobytes()
    for name in ("m", "v", "data"):
        assert getattr(changed.update, name).tobytes() == getattr(again.update, name).tobytes()
    assert what_if.loss == again.data[again.loss]
    assert what_if.timeline.end == a_timeline.end


@pytest.mark.parametrize("op", ["add", "mul", "exp", "log", "relu", "pow"])
def test_a_changed_node_gives_what_a_literal_recomputation_gives(
    a_timeline: Timeline, rerun: Rerun, op: str
) -> None:
    trace = a_timeline.trace
    node = last_of(trace, op)
    forced = {node: float(trace.data[node]) + 0.01}
    data, grad = literal(trace, forced)
    changed = rerun.change(forced).timeline.trace
    assert changed.data[node] == forced[node]
    assert changed.data.tolist() == data
    assert changed.grad.tolist() == grad


def test_all_events_of_the_changed_pass_agree_with_a_time_line_of_its_own(
    a_timeline: Timeline, rerun: Rerun
) -> None:
    assert a_timeline.total is a_timeline.total  # made before, and not to be taken over
    shared = rerun.change({3: 0.5, 4000: -0.25}).timeline
    own = Timeline(shared.trace)
    assert shared.value.tobytes() == own.value.tobytes()
    assert shared.total.tobytes() == own.total.tobytes()
    assert (shared.node_steps == own.node_steps).all()
    for cursor in (0, own.forward_end, own.backward_start + 999, own.backward_end, own.end):
        assert shared.grad_at(cursor).tobytes() == own.grad_at(cursor).tobytes()
        assert shared.data_at(cursor).tobytes() == own.data_at(cursor).tobytes()
        assert (shared.grad_states_at(cursor) == own.grad_states_at(cursor)).all()
    node = own.trace.leaves + 100
    assert inspect_node(shared, own.end, node) == inspect_node(own, own.end, node)


def test_other_events_are_refused(a_timeline: Timeline, emma: Trace) -> None:
    with pytest.raises(ValueError, match="time line of its own"):
        a_timeline.with_numbers(emma)
    failed = Failure(Kind.RAISED, 5, "log", 0, 0)
    with pytest.raises(ValueError, match="time line of its own"):
        a_timeline.with_numbers(replace(a_timeline.trace, failure=failed))


def test_the_prediction_is_gradient_times_change(a_timeline: Timeline, rerun: Rerun) -> None:
    trace = a_timeline.trace
    node, other = 3, int(trace.logits[0, 5])
    forced = {node: 0.3, other: 1.5}
    what_if = rerun.change(forced)
    expected = sum(
        float(trace.grad[n]) * (data - float(trace.data[n])) for n, data in forced.items()
    )
    assert what_if.predicted == expected
    assert what_if.loss_before == trace.data[trace.loss]
    assert what_if.change == what_if.loss - what_if.loss_before
    assert what_if.prediction_error == what_if.change - what_if.predicted
    assert what_if.of(other).recorded == trace.data[other]
    assert what_if.of(7) is None
    changed = np.count_nonzero(what_if.timeline.trace.data != trace.data)
    assert what_if.different == changed > 100


def test_the_prediction_of_a_small_change_is_nearly_right(rerun: Rerun) -> None:
    trace = rerun.recorded.trace
    node = int(trace.logits[1, 2])
    what_if = rerun.change({node: float(trace.data[node]) + 1e-4})
    assert abs(what_if.prediction_error) < 1e-3 * abs(what_if.predicted)


def test_changes_that_lie_behind_each_other_are_noticed(rerun: Rerun) -> None:
    trace = rerun.recorded.trace
    logit, other = int(trace.logits[0, 0]), int(trace.logits[0, 1])
    assert not rerun.change({logit: 0.1, other: 0.2}).overlaps
    assert rerun.change({logit: 0.1, trace.loss: 0.2}).overlaps
    assert not rerun.change({logit: 0.1}).overlaps


def test_the_loss_itself_can_be_set(rerun: Rerun) -> None:
    what_if = rerun.change({rerun.recorded.trace.loss: 1.25})
    assert what_if.loss == 1.25
    assert what_if.prediction_error == pytest.approx(0)


@pytest.mark.parametrize("data", [math.inf, -math.inf, math.nan])
def test_what_is_not_finite_is_refused(rerun: Rerun, data: float) -> None:
    with pytest.raises(CannotChangeError, match="finite"):
        rerun.change({3: data})


def test_numbers_with_which_the_code_fails_are_refused_and_leave_no_trace(rerun: Rerun) -> None:
    trace = rerun.recorded.trace
    probability = int(trace.probabilities[0, trace.document.tokens[1]])
    for forced in ({probability: 0.0}, {probability: -1.0}, {3: 1e200}):
        with pytest.raises(CannotChangeError, match="fails"):
            rerun.change(forced)
    assert rerun.change({3: float(trace.data[3])}).timeline.trace.data.tobytes() == (
        trace.data.tobytes()
    )


def test_without_replay_the_scalar_code_stands_in_for_parameters(
    a_timeline: Timeline, rerun: Rerun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(trace: Trace) -> None:
        raise NotReplayableError("it is too strange")

    monkeypatch.setattr(whatif, "compile_program", refuse)
    slow = prepare(a_timeline)
    assert not slow.is_live
    assert "it is too strange" in slow.warning
    assert slow.loss({3: 0.5}) == rerun.loss({3: 0.5})
    fast = rerun.change({3: 0.5}).timeline.trace
    assert slow.change({3: 0.5}).timeline.trace.grad.tobytes() == fast.grad.tobytes()
    with pytest.raises(CannotChangeError, match="Only parameters"):
        slow.change({a_timeline.trace.leaves: 0.5})


def test_a_replay_that_gives_other_numbers_is_not_used(
    a_timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slightly_off(trace: Trace, *rest: object, **more: object) -> Trace:
        grad = trace.grad.copy()
        grad[0] = np.nextafter(grad[0], 1)
        return replace(trace, grad=grad)

    monkeypatch.setattr(whatif, "retraced", slightly_off)
    assert "other numbers" in prepare(a_timeline).warning


def test_a_pass_that_nothing_can_compute_again_is_refused(
    foreign_trace: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(trace: Trace) -> None:
        raise NotReplayableError("it is too strange")

    monkeypatch.setattr(whatif, "compile_program", refuse)
    with pytest.raises(CannotChangeError, match="too strange"):
        prepare(Timeline(foreign_trace))


def test_a_pass_without_a_loss_is_refused(a_timeline: Timeline) -> None:
    nothing = np.array([], np.int32)
    bare = replace(a_timeline.trace, order=nothing, update=None)
    with pytest.raises(CannotChangeError, match="has no backward part"):
        prepare(Timeline(bare))


def test_no_arithmetic_is_claimed_for_a_number_set_by_hand(rerun: Rerun) -> None:
    trace = rerun.recorded.trace
    node = trace.leaves + 5
    timeline = rerun.change({node: 8.0}).timeline
    cursor = timeline.computed_after(node)
    assert "set by hand" in "".join(part.text for part in happening(timeline, cursor))
    explained = inspect_node(timeline, cursor, node).explained
    assert explained.numbers == ""
    assert "set by hand" in explained.words[0]
    leaf = inspect_node(rerun.change({3: 0.5}).timeline, timeline.end, 3).explained
    assert "set by hand" in leaf.words[0]


def test_typed_numbers_are_read() -> None:
    assert parse_number(" −0.5 ") == -0.5
    assert parse_number("1e-3") == 0.001
    for typed, why in (("", "Nothing"), ("0,5", "“0,5”"), ("nan", "finite"), ("1e999", "finite")):
        with pytest.raises(CannotChangeError, match=why):
            parse_number(typed)
