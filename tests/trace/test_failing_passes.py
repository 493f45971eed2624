"""Passes that fail: they end at the failing operation, and say which one it was."""

from __future__ import annotations

import gc
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from explorer.trace.build import ForeignOrderError, build_trace
from explorer.trace.failure import Argument, Failure, Kind, failing_contribution
from explorer.trace.order import contributions
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.record import record, until_nan
from explorer.trace.timeline import GradState, Phase, Timeline
from explorer.trace.trace import Trace
from explorer.trace.trace_file import TraceFileError, load_trace, save_trace
from microgpt import Config, Value

INF, NAN = math.inf, math.nan
Ends = Callable[..., Trace]


@pytest.fixture
def ends(foreign: ModuleType) -> Ends:
    """Run a function on new Scalars as far as it goes; return the trace."""

    def run(function: Callable[..., Any], *numbers: float, listed: bool = True) -> Trace:
        leaves = [foreign.Scalar(number) for number in numbers]
        recording = until_nan(record(lambda: function(*leaves), foreign.Scalar))
        loss = None
        if recording.error is None:
            loss = recording.result
            loss.backward()
        return build_trace(recording, loss, {"x": [leaves]} if leaves and listed else {})

    return run


def failed(trace: Trace) -> Failure:
    assert trace.failure is not None
    return trace.failure


def line_of(trace: Trace) -> str:
    site = trace.sites[failed(trace).site]
    return trace.files[site.file].text.splitlines()[site.line - 1]


def overflows(x):
    return [(y * 2).exp() for y in [x, x + 500]]  # overflows


@pytest.mark.parametrize(
    ("function", "given", "op", "arguments", "error"),
    [
        (lambda x: (x + 1).exp(), (800.0,), "exp", [801.0], "OverflowError"),
        (lambda x: (x * 0).log(), (2.0,), "log", [0.0], "ValueError"),
        (lambda x: (x + 1).log(), (-3.0,), "log", [-2.0], "ValueError"),
        (lambda x: (x * 0) ** -1, (2.0,), "pow", [0.0, -1.0], "ZeroDivisionError"),
        (lambda x: x / (x * 0), (2.0,), "pow", [0.0, -1.0], "ZeroDivisionError"),
        (lambda x: (x * 1) ** -1, (1e-200,), "pow", [1e-200, -1.0], "OverflowError"),
        (lambda x, y: x.ratio(y + x), (1.0, -1.0), "ratio", [1.0, 0.0], "ZeroDivisionError"),
        (lambda x: (x + 1).logs(x), (-0.5,), "logs", [0.5, -0.5], "ValueError"),
    ],
    ids=["exp", "log of 0", "log of negative", "pow", "truediv", "slope", "ratio", "logs"],
)
def test_what_python_refuses_ends_the_pass_with_operation_and_arguments(
    function: Callable[..., Any],
    given: tuple[float, ...],
    op: str,
    arguments: list[float],
    error: str,
    ends: Ends,
) -> None:
    trace = ends(function, *given)
    failure = failed(trace)
    assert (failure.kind, failure.op, failure.error) == (Kind.RAISED, op, error)
    assert [argument.number for argument in failure.arguments] == arguments
    for argument in failure.arguments:
        if argument.node is not None:
            assert trace.data[argument.node] == argument.number
    assert failure.node in [argument.node for argument in failure.arguments]
    assert failure.message
    assert trace.loss is None


def test_the_argument_to_blame_is_the_one_to_look_at(ends: Ends) -> None:
    trace = ends(lambda x, y: x.ratio(y * 0), 1.0, 2.0)
    assert trace.op_name(failed(trace).node) == "mul"
    trace = ends(lambda x, y: (x * 0).logs(y * INF), -1.0, 2.0)
    assert trace.data[failed(trace).node] == INF
    trace = ends(lambda x: (x + 0).log(), -1.0)
    assert failed(trace).node == trace.nodes - 1


def test_place_is_that_outside_of_the_class_in_a_comprehension_too(ends: Ends) -> None:
    trace = ends(overflows, 0.5)
    assert "# overflows" in line_of(trace)
    assert trace.sites[failed(trace).site].function == "overflows"
    assert [trace.op_name(n) for n in range(1, trace.nodes)] == [
        "constant", "add", "constant", "mul", "exp", "constant", "mul"
    ]  # fmt: skip


def test_place_in_a_function_that_has_made_no_node_yet(ends: Ends) -> None:
    def logarithm(x):
        return x.log()  # here

    def caller(x):
        y = x * 0
        z = y + 1
        return [z, logarithm(y)]

    trace = ends(caller, 1.0)
    assert line_of(trace).endswith("# here")
    assert trace.sites[failed(trace).site].function == "logarithm"
    assert failed(trace).scope == 0


def test_scope_is_that_of_the_statement_under_way(foreign: ModuleType, ends: Ends) -> None:
    def inner(x):
        large = [x * 1000 for _ in range(2)]
        exps = [one.exp() for one in large]
        return exps

    def outer(x):
        return [foreign.plus_one(x), inner(x)]

    trace = ends(outer, 1.0)
    titles = [trace.scopes[scope].title for scope in trace.scope_path(failed(trace).scope)]
    assert titles == ["inner"]

    def small_and_large(x):
        return [inner(x * -1), inner(x)]

    trace = ends(small_and_large, 1.0)
    titles = [trace.scopes[scope].title for scope in trace.scope_path(failed(trace).scope)]
    assert titles == ["inner 1"]
    assert {scope.title for scope in trace.scopes} >= {"large", "exps"}


def test_error_that_is_no_operation_of_the_class_ends_the_pass_too(ends: Ends) -> None:
    def divides(x):
        y = x + 1
        return y * (1 / (y.data - 3))  # divides

    trace = ends(divides, 2.0)
    failure = failed(trace)
    assert (failure.op, failure.arguments, failure.error) == ("", (), "ZeroDivisionError")
    assert failure.node == trace.nodes - 1
    assert line_of(trace).endswith("# divides")


def test_operand_that_was_there_before_and_has_no_name_is_an_input(ends: Ends) -> None:
    trace = ends(lambda x, y: [x + 1, y.log()], 1.0, 0.0, listed=False)
    assert failed(trace).node == 1
    assert trace.op_name(1) == "input"
    assert trace.data[:2].tolist() == [1.0, 0.0]


def test_first_operation_of_all_may_fail(ends: Ends) -> None:
    trace = ends(lambda x: x.log(), 0.0)
    assert (trace.nodes, trace.created) == (1, 0)
    assert failed(trace).node == 0
    assert "x.log()" in line_of(trace)
    assert Timeline(trace).end == 0


@pytest.mark.parametrize(
    ("function", "given", "op"),
    [
        (lambda x, y: ((x + y) * 3).exp(), (INF, -INF), "add"),
        (lambda x, y: (x * x * y).tanh(), (1e200, 0.0), "mul"),
        (lambda x, y: x - x * 1e300 + y, (1e300, INF), "add"),
        (lambda x, y: y + (x + 2), (NAN, 1.0), "add"),
    ],
    ids=["inf - inf", "inf * 0", "overflow - inf", "nan leaf"],
)
def test_pass_ends_with_the_first_node_that_is_not_a_number(
    function: Callable[..., Any], given: tuple[float, ...], op: str, ends: Ends
) -> None:
    trace = ends(function, *given)
    failure = failed(trace)
    assert (failure.kind, failure.op, failure.error) == (Kind.NAN, op, "")
    assert failure.node == trace.nodes - 1
    assert np.flatnonzero(np.isnan(trace.data[trace.leaves :])).tolist() == [trace.created - 1]
    assert (failure.scope, failure.site) == (trace.scope[-1], trace.site[-1])
    assert not trace.grad.any()


def test_nan_counts_even_if_the_code_raises_later(ends: Ends) -> None:
    trace = ends(lambda x: ((x - x) * 0 + 1).logs(x * 0), INF)
    assert failed(trace).kind is Kind.NAN
    assert trace.op_name(failed(trace).node) == "add"


def test_infinity_alone_is_no_failure(ends: Ends) -> None:
    trace = ends(lambda x: (-(x + INF)).exp() + x, 2.0)
    assert trace.failure is None
    assert trace.data[trace.loss] == 2.0
    assert trace.grad[0] == 1.0
    minus = int(np.flatnonzero(trace.data == -1)[0])
    assert math.isnan(trace.grad[minus])  # a constant, which hands on nothing


def test_gradient_that_overflows_ends_the_pass_there(ends: Ends) -> None:
    trace = ends(lambda x: (x * 1e200) * 1e200, 1e-300)
    failure, timeline = failed(trace), Timeline(trace)
    assert (failure.kind, failure.op, failure.node) == (Kind.GRADIENT, "mul", 0)
    last = timeline.moment(timeline.end)
    assert (last.phase, last.child) == (Phase.BACKWARD, 0)
    assert timeline.grad_at(timeline.end)[0] == INF
    assert np.isfinite(timeline.grad_at(timeline.end - 1)).all()


def test_sum_of_finite_contributions_may_overflow(ends: Ends) -> None:
    trace = ends(lambda x: x * -1e308 + x * 9e307 + x * 1e308, 1e-10)
    failure, timeline = failed(trace), Timeline(trace)
    assert np.isfinite(timeline.value).all()
    assert failure.contribution == int(timeline.ledger(0).event[1]) - timeline.backward_start - 1
    assert timeline.grad_at(timeline.end)[0] == INF
    assert np.isfinite(timeline.grad_at(timeline.end - 1)).all()


def test_gradient_that_is_not_a_number_ends_the_pass_there(ends: Ends) -> None:
    trace = ends(lambda x, y: (x * y * -1).exp() + x, 1.0, INF)
    failure, timeline = failed(trace), Timeline(trace)
    assert (failure.kind, failure.node) == (Kind.GRADIENT, 0)
    assert math.isnan(timeline.value[failure.contribution])
    before = timeline.value[: failure.contribution]
    assert np.isnan(before).any()  # into the constant -1, which does not count
    assert timeline.end == timeline.backward_start + failure.contribution + 1


@pytest.fixture
def cut_in_backward(ends: Ends) -> Timeline:
    return Timeline(ends(lambda x, y: (x * y) * 1e200 * y + x * y, 1.0, 1e200))


def test_no_moment_after_the_failure_can_be_reached(cut_in_backward: Timeline) -> None:
    timeline = cut_in_backward
    trace = timeline.trace
    assert timeline.end == timeline.backward_start + len(timeline.value)
    assert len(timeline.value) < len(contributions(trace.child_pointer, trace.order)[1])
    assert timeline.node_steps[-1] == timeline.end
    assert (np.diff(timeline.node_steps) > 0).all()
    for node in range(timeline.trace.nodes):
        assert all(event <= timeline.end for event in timeline.passed_on_after(node))
        used = (trace.child[contributions(trace.child_pointer, trace.order)[1]] == node).sum()
        state = timeline.grad_state_at(timeline.end, node)
        incomplete = len(timeline.ledger(node)) < used
        assert incomplete == (state in (GradState.PARTIAL, GradState.NOT_REACHED))
    assert timeline.grad_states_at(timeline.end)[0] == timeline.grad_state_at(timeline.end, 0)


def test_failing_contribution_is_the_first_at_which_a_running_sum_is_not_finite(
    subject: Subject,
) -> None:
    trace = record_pass(subject, "a")
    rng = np.random.default_rng(3)
    for _ in range(20):
        local = trace.local_grad.copy()
        local[rng.integers(len(local), size=3)] = rng.choice([INF, -INF, NAN, 1e308, -1e308], 3)
        pointer, child, order = trace.child_pointer, trace.child, trace.order
        grad, first, at = np.zeros(trace.nodes), None, 0
        grad[trace.loss] = 1.0
        with np.errstate(all="ignore"):
            for consumer in reversed(order.tolist()):
                for edge in range(pointer[consumer], pointer[consumer + 1]):
                    grad[child[edge]] += local[edge] * grad[consumer]
                    inner = child[edge]
                    constant = inner >= trace.leaves and pointer[inner] == pointer[inner + 1]
                    if first is None and not constant and not np.isfinite(grad[inner]):
                        first = at
                    at += 1
        assert failing_contribution(pointer, child, local, grad, order, trace.leaves) == first


def test_forward_alone_is_a_trace_without_a_loss(foreign: ModuleType) -> None:
    x = foreign.Scalar(2.0)
    trace = build_trace(record(lambda: x * x + 1, foreign.Scalar), None, {"x": [[x]]})
    timeline = Timeline(trace)
    assert (trace.loss, trace.failure, trace.telling_node) == (None, None, 3)
    assert not trace.reaches_loss.any()
    assert timeline.end == timeline.forward_end == 3
    assert timeline.node_steps.tolist() == [0, 1, 2, 3]
    assert timeline.moment(3).phase is Phase.FORWARD
    for cursor in range(4):
        assert not timeline.grad_at(cursor).any()
        assert set(timeline.grad_states_at(cursor)) == {GradState.NOT_REACHED}
        assert timeline.grad_state_at(cursor, 0) is GradState.NOT_REACHED
    assert len(timeline.ledger(0)) == len(timeline.passed_on_after(1)) == 0


def test_gradients_without_a_backward_pass_are_refused(foreign: ModuleType) -> None:
    x = foreign.Scalar(2.0)
    recording = record(lambda: x * x, foreign.Scalar)
    recording.result.backward()
    with pytest.raises(ForeignOrderError):
        build_trace(recording, None, {"x": [[x]]})


def scaled(factor: float, *matrices: str) -> Callable[[Subject], None]:
    def change(subject: Subject) -> None:
        for name, matrix in subject.model.state_dict.items():
            if not matrices or name.rpartition(".")[2] in matrices:
                for parameter in (p for row in matrix for p in row):
                    parameter.data *= factor

    return change


def put(number: float, matrix: str, row: int, column: int) -> Callable[[Subject], None]:
    def change(subject: Subject) -> None:
        subject.model.state_dict[matrix][row][column].data = number

    return change


# What is done to the parameters; kind, operation, positions begun and finished of 3 in "bo".
SPOILED = {
    "all x 1e3": (scaled(1e3), Kind.RAISED, "log", 1, 0),
    "all x 1e80": (scaled(1e80), Kind.RAISED, "log", 1, 0),
    "all x 1e160": (scaled(1e160), Kind.GRADIENT, "mul", 3, 3),
    "lm_head x 1e5": (scaled(1e5, "lm_head"), Kind.RAISED, "log", 1, 0),
    "inf in lm_head": (put(INF, "lm_head", 3, 2), Kind.NAN, "add", 3, 2),
    "mlp x 1e200": (scaled(1e200, "mlp_fc1", "mlp_fc2"), Kind.NAN, "add", 1, 0),
    "inf in wte[b]": (put(INF, "wte", 1, 0), Kind.NAN, "mul", 2, 1),
    "nan in wpe[2]": (put(NAN, "wpe", 2, 5), Kind.NAN, "add", 3, 2),
    "nan in lm_head": (put(NAN, "lm_head", 0, 0), Kind.NAN, "mul", 1, 0),
    "inf in wq": (put(INF, "layer0.attn_wq", 0, 0), Kind.NAN, "add", 1, 0),
}


def spoiled(change: Callable[[Subject], None]) -> Subject:
    subject = untrained(Config())
    change(subject)
    return subject


@pytest.mark.parametrize("case", SPOILED)
def test_spoiled_parameters_end_the_pass(case: str, tmp_path: Path) -> None:
    change, kind, op, begun, finished = SPOILED[case]
    subject, before = spoiled(change), Value.__init__
    trace = record_pass(subject, "bo")
    failure = failed(trace)
    assert (failure.kind, failure.op) == (kind, op)
    assert (len(trace.position_scope), len(trace.position_loss)) == (begun, finished)
    assert trace.logits.shape == trace.probabilities.shape
    assert trace.document is not None
    assert len(trace.document.tokens) == 4
    assert (trace.loss is None) == (kind is not Kind.GRADIENT)
    assert np.isfinite(Timeline(trace).grad_at(Timeline(trace).end - 1)).all()

    assert all(parameter.grad == 0 for parameter in subject.model.parameters())
    assert Value.__init__ is before
    assert gc.isenabled()

    save_trace(trace, tmp_path / "failed.npz")
    loaded = load_trace(tmp_path / "failed.npz")
    assert loaded.failure == failure
    assert loaded.grad.tobytes() == trace.grad.tobytes()


def row_of_zeros(subject: Subject) -> None:
    for parameter in subject.model.state_dict["wte"][26]:
        parameter.data = 0.0


@pytest.mark.parametrize(
    "change",
    [row_of_zeros, scaled(1e-160), scaled(0.0), scaled(1e160, "wte", "wpe")],
    ids=["a row of zeros", "x 1e-160", "all zero", "an infinity that the pass recovers from"],
)
def test_spoiled_parameters_may_be_no_failure(change: Callable[[Subject], None]) -> None:
    trace = record_pass(spoiled(change), "a")
    assert trace.failure is None
    assert np.isfinite(trace.grad[: trace.leaves]).all()


def test_finished_positions_of_a_failed_pass_are_those_of_the_whole_one(subject: Subject) -> None:
    whole = record_pass(subject, "bo")
    cut = record_pass(spoiled(put(NAN, "wpe", 2, 5)), "bo")
    for column in ("logits", "probabilities", "position_loss", "position_scope"):
        n = len(cut.position_loss)
        assert np.array_equal(getattr(cut, column)[:n], getattr(whole, column)[:n])
    made = slice(cut.leaves, cut.nodes - 1)
    assert cut.data[made].tobytes() == whole.data[made].tobytes()


def test_scopes_of_a_failed_pass_are_those_of_the_whole_one_as_far_as_it_came(
    subject: Subject,
) -> None:
    whole = record_pass(subject, "bo")
    cut = record_pass(spoiled(put(NAN, "wpe", 2, 5)), "bo")

    def path(trace: Trace, node: int) -> list[str]:
        return [trace.scopes[scope].title for scope in trace.scope_path(int(trace.scope[node]))]

    for node in [*range(cut.leaves, cut.nodes, 97), cut.nodes - 1]:
        assert path(cut, node) == path(whole, node)


def test_failed_pass_leaves_no_nodes_alive_without_the_collector() -> None:
    subject = spoiled(scaled(1e3))

    def values_alive() -> int:
        return sum(type(o) is Value for o in gc.get_objects())

    gc.collect()
    gc.disable()
    try:
        before = values_alive()
        assert record_pass(subject, "bo").created > 5000
        assert values_alive() == before
    finally:
        gc.enable()


@pytest.mark.parametrize(
    "change",
    [
        {"node": 10**6},
        {"arguments": (Argument(-1, 0.0),)},
        {"scope": 10**6},
        {"site": 10**6},
        {"contribution": 5},
        {"kind": Kind.GRADIENT},
        {"kind": Kind.NAN},
        {"kind": Kind.GRADIENT, "contribution": 5},
    ],
    ids=str,
)
def test_file_whose_failure_does_not_fit_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    trace = record_pass(spoiled(scaled(1e3)), "a")
    save_trace(replace(trace, failure=replace(failed(trace), **change)), tmp_path / "odd.npz")
    with pytest.raises(TraceFileError, match="do not fit"):
        load_trace(tmp_path / "odd.npz")


def test_file_that_denies_its_failure_is_refused(tmp_path: Path) -> None:
    trace = record_pass(spoiled(scaled(1e160)), "a")
    save_trace(replace(trace, failure=None), tmp_path / "odd.npz")
    with pytest.raises(TraceFileError, match="did not fail where it says"):
        load_trace(tmp_path / "odd.npz")
    later = replace(failed(trace), contribution=failed(trace).contribution + 1)
    save_trace(replace(trace, failure=later), tmp_path / "odd.npz")
    with pytest.raises(TraceFileError, match="did not fail where it says"):
        load_trace(tmp_path / "odd.npz")
    cut = record_pass(spoiled(scaled(1e3)), "a")
    save_trace(replace(cut, failure=None), tmp_path / "odd.npz")
    with pytest.raises(TraceFileError, match="do not fit"):
        load_trace(tmp_path / "odd.npz")
