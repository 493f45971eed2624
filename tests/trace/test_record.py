"""The recorder: what it notes on code that is not ours, and what it leaves behind."""

from __future__ import annotations

import gc
import math
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import pairwise
from threading import Barrier, BrokenBarrierError, Thread
from types import ModuleType

import numpy as np
import pytest

from explorer.trace.build import ForeignOrderError, build_trace
from explorer.trace.record import FRAMES_KEPT, NotANumberError, record, until_nan
from explorer.trace.trace import Trace

Observe = Callable[..., Trace]


@pytest.fixture(autouse=True)
def collector_on() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def ops(trace: Trace) -> list[str]:
    return [trace.op_name(node) for node in range(trace.leaves, trace.nodes)]


def test_nodes_are_noted_in_order_of_creation_with_their_objects(foreign: ModuleType) -> None:
    x = foreign.Scalar(2.0)
    recording = record(lambda: x * x + 1, foreign.Scalar)
    square, one, total = recording.nodes
    assert total is recording.result
    assert (square._children, one._children, total._children) == ((x, x), (), (square, one))


def test_columns_are_those_of_the_objects(foreign: ModuleType) -> None:
    leaves = [foreign.Scalar(0.5), foreign.Scalar(0.25)]
    recording = record(lambda: foreign.everything(*leaves), foreign.Scalar)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {"x": [leaves]})
    nodes = [*leaves, *recording.nodes]
    number = {id(node): i for i, node in enumerate(nodes)}
    assert trace.leaves == 2
    assert trace.data.tolist() == [node.data for node in nodes]
    assert trace.grad.tolist() == [node.grad for node in nodes]
    for i, node in enumerate(nodes):
        edges = list(trace.edges(i))
        assert trace.child[edges].tolist() == [number[id(child)] for child in node._children]
        assert trace.local_grad[edges].tolist() == list(node._local_grads)
    assert trace.loss == number[id(recording.result)]


def test_operation_is_the_method_that_made_the_node(foreign: ModuleType, observe: Observe) -> None:
    assert ops(observe(foreign.chained, 0.5)) == ["constant", "add", "mul", "tanh"]


def test_helper_operator_shows_the_nodes_it_really_makes(observe: Observe) -> None:
    assert ops(observe(lambda x, y: x - y, 0.5, 0.25)) == ["constant", "mul", "add"]
    assert ops(observe(lambda x: 3 * x, 0.5)) == ["constant", "mul"]
    assert ops(observe(lambda x: sum([x, x]), 0.5)) == ["constant", "add", "add"]


def test_node_made_by_hand_is_an_input_or_named_after_its_function(
    foreign: ModuleType, observe: Observe
) -> None:
    def cube(x):
        return foreign.Scalar(x.data**3, (x,), (3 * x.data**2,))

    trace = observe(lambda: cube(foreign.Scalar(2.0)))
    assert ops(trace) == ["input", "cube"]
    assert trace.data.tolist() == [2.0, 8.0]
    assert trace.grad.tolist() == [12.0, 1.0]


def test_node_made_by_a_class_method_is_a_constant_of_the_class(
    foreign: ModuleType, observe: Observe
) -> None:
    assert ops(observe(lambda x: x + foreign.Scalar.one(), 0.5)) == ["constant", "add"]


def test_leaf_that_was_there_before_and_has_no_name_is_an_input(foreign: ModuleType) -> None:
    x, bias = foreign.Scalar(2.0), foreign.Scalar(1.0)
    recording = record(lambda: x * x + bias, foreign.Scalar)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {"x": [[x]]})
    assert [trace.op_name(node) for node in range(4)] == ["parameter", "input", "mul", "add"]
    assert trace.scopes[trace.scope[1]].name == "inputs"
    assert trace.data.tolist() == [2.0, 1.0, 4.0, 5.0]


def test_line_of_each_call_of_a_chain_is_its_own(foreign: ModuleType, observe: Observe) -> None:
    trace = observe(foreign.chained, 0.5)
    lines = trace.files[0].text.splitlines()
    seen = [lines[trace.sites[site].line - 1] for site in trace.site[trace.leaves :]]
    assert [line.split("# ")[1] for line in seen] == ["chain 1", "chain 1", "chain 2", "chain 3"]


def test_line_outside_of_the_class_is_noted_not_the_one_inside(
    foreign: ModuleType, observe: Observe
) -> None:
    def own(x):
        return x.cubed()

    trace = observe(own, 0.5)
    assert {trace.sites[site].function for site in trace.site[trace.leaves :]} == {"own"}


def test_class_with_properties_and_nested_functions_is_left_out_of_the_call_path(
    foreign: ModuleType, observe: Observe
) -> None:
    trace = observe(lambda x: x.doubled + x.cubed(), 0.5)
    assert len(trace.scopes) == 3  # the pass, the parameters, and their one matrix


def test_recursion_deeper_than_the_frames_kept_is_nested_to_the_end(
    foreign: ModuleType, observe: Observe
) -> None:
    trace = observe(lambda x: foreign.power(x, 200), 1.01)
    deepest = max(len(trace.scope_path(scope)) for scope in range(len(trace.scopes)))
    assert deepest >= 200


def test_generators_that_wait_while_others_run_stay_the_same_calls(
    foreign: ModuleType, observe: Observe
) -> None:
    def counter(x):
        while True:
            x = foreign.plus_one(x)
            yield x

    def round_robin(x):
        waiting = [counter(x) for _ in range(100)]
        total = x
        for _ in range(3):
            for one in waiting:
                total = total + next(one)
        return total

    trace = observe(round_robin, 0.5)
    counters = [scope for scope in trace.scopes if scope.name == "one"]
    assert len(counters) == 100
    for scope in counters:
        first = trace.scopes.index(scope)
        inside = [inner.title for inner in trace.scopes[first + 1 : scope.stop]]
        assert inside == ["plus_one 0", "plus_one 1", "plus_one 2"]


def test_class_is_put_back_after_success(foreign: ModuleType) -> None:
    before = dict(vars(foreign.Scalar))
    recording = record(lambda: foreign.Scalar(1.0) + 1, foreign.Scalar)
    assert dict(vars(foreign.Scalar)) == before
    _ = recording.result + recording.result
    assert len(recording.nodes) == 3


def test_class_is_put_back_and_the_collector_on_after_an_error_in_the_code(
    foreign: ModuleType,
) -> None:
    before = vars(foreign.Scalar)["__init__"]

    def fails():
        assert not gc.isenabled()
        return (foreign.Scalar(1.0) * 2).missing

    recording = record(fails, foreign.Scalar)
    with pytest.raises(AttributeError, match="missing"):
        _ = recording.result
    assert [node.data for node in recording.nodes] == [1.0, 2, 2.0]
    assert vars(foreign.Scalar)["__init__"] is before
    assert gc.isenabled()


class CancelledError(Exception):
    pass


def test_class_is_put_back_after_the_progress_callback_cancelled(foreign: ModuleType) -> None:
    before = vars(foreign.Scalar)["__init__"]
    told = []

    def cancel(made: int) -> None:
        told.append(made)
        if made > 5:
            raise CancelledError

    x, y = foreign.Scalar(0.5), foreign.Scalar(0.25)
    with pytest.raises(CancelledError):
        record(lambda: foreign.everything(x, y), foreign.Scalar, cancel)
    assert told[-1] > 5
    assert max(told[:-1]) <= 5
    assert vars(foreign.Scalar)["__init__"] is before
    assert gc.isenabled()


def test_cancelling_is_no_failure_even_if_the_code_reports_another_error(
    foreign: ModuleType,
) -> None:
    def cancel(made: int) -> None:
        raise CancelledError

    def hides_the_cause():
        try:
            return foreign.Scalar(1.0)
        except CancelledError:
            raise KeyError from None

    with pytest.raises(KeyError):
        record(hides_the_cause, foreign.Scalar, cancel)


def test_memory_that_runs_out_is_no_place(foreign: ModuleType) -> None:
    def hungry():
        raise MemoryError

    with pytest.raises(MemoryError):
        record(hungry, foreign.Scalar)


def test_operation_that_raised_is_found_with_its_arguments(foreign: ModuleType) -> None:
    x, y = foreign.Scalar(2.0), foreign.Scalar(0.0)
    recording = record(lambda: [x + 1, x / y], foreign.Scalar)
    assert isinstance(recording.error, ZeroDivisionError)
    assert [node.data for node in recording.nodes] == [1, 3.0]
    assert recording.raised is not None
    assert recording.raised.method == "__pow__"
    assert recording.raised.arguments == (y, -1)
    assert recording.operands == (y,)


def test_variable_arguments_are_arguments(foreign: ModuleType) -> None:
    x, y = foreign.Scalar(2.0), foreign.Scalar(0.0)
    recording = record(lambda: (x + 1).logs(x, y), foreign.Scalar)
    assert recording.raised is not None
    assert recording.raised.method == "logs"
    assert recording.operands == (recording.nodes[-1], x, y)


def test_error_outside_of_the_class_has_no_operation(foreign: ModuleType) -> None:
    recording = record(lambda: foreign.Scalar(1.0).data / 0, foreign.Scalar)
    assert recording.raised is not None
    assert (recording.raised.method, recording.operands) == ("", ())


def test_variables_of_the_calls_under_way_are_kept(foreign: ModuleType) -> None:
    def outer(so_far):
        so_far.append(foreign.Scalar(0.0))
        return foreign.chained(so_far[0].log())

    recording = record(lambda: outer([]), foreign.Scalar)
    assert recording.raised is not None
    (found,) = [names for code, names in recording.raised.frames if code is outer.__code__]
    assert found["so_far"] == recording.nodes


def test_dropped_recording_of_a_failure_frees_its_nodes_without_the_collector(
    foreign: ModuleType,
) -> None:
    def fails():
        x = foreign.rounds(foreign.Scalar(1.0), 20)
        return [(one * 0).log() for one in [x]]

    gc.collect()
    gc.disable()
    recording = record(fails, foreign.Scalar)
    nodes = [weakref.ref(node) for node in recording.nodes]
    assert len(nodes) == 83
    del recording
    assert [node() for node in nodes] == [None] * 83


@pytest.mark.parametrize("then_raises", [False, True])
def test_recording_until_nan_is_that_of_a_shorter_run(
    then_raises: bool, foreign: ModuleType
) -> None:
    def run():
        x = foreign.rounds(foreign.Scalar(math.inf), 1)
        y = x - x
        z = foreign.scaled(y, 2)
        return (z * 0).ratio(foreign.Scalar(0.0)) if then_raises else z

    whole = record(run, foreign.Scalar)
    cut = until_nan(whole)
    assert isinstance(cut.error, NotANumberError)
    assert math.isnan(cut.nodes[-1].data)
    assert not any(math.isnan(node.data) for node in cut.nodes[:-1])
    n = len(cut.nodes)
    assert n < len(whole.nodes)
    for name in ("nodes", "makers", "callers", "instructions"):
        assert getattr(cut, name) == getattr(whole, name)[:n]
    assert max(cut.callers) < len(cut.calls) < len(whole.calls)
    assert all(call.first < n for call in cut.calls)
    assert cut.operands == ()


def test_recording_without_nan_is_left_as_it_is(foreign: ModuleType) -> None:
    recording = record(lambda: foreign.Scalar(math.inf) * 2, foreign.Scalar)
    assert until_nan(recording) is recording


def test_progress_counts_up_to_the_number_of_nodes(foreign: ModuleType) -> None:
    told: list[int] = []
    x, y = foreign.Scalar(0.5), foreign.Scalar(0.25)
    recording = record(lambda: foreign.everything(x, y), foreign.Scalar, told.append)
    assert told[0] == 0
    assert all(earlier <= later for earlier, later in pairwise(told))
    assert 20 < told[-1] < len(recording.nodes)


def test_collector_that_was_off_stays_off(foreign: ModuleType) -> None:
    gc.disable()
    record(lambda: foreign.Scalar(1.0) + 1, foreign.Scalar)
    assert not gc.isenabled()


def test_dropped_recording_frees_its_nodes_without_the_collector(foreign: ModuleType) -> None:
    gc.collect()
    gc.disable()
    recording = record(lambda: foreign.rounds(foreign.Scalar(1.0), 50), foreign.Scalar)
    nodes = [weakref.ref(node) for node in recording.nodes]
    assert len(nodes) == 201
    del recording
    assert [node() for node in nodes] == [None] * 201


def test_observed_function_keeps_its_result_and_arguments(foreign: ModuleType) -> None:
    assert record(lambda: "text", foreign.Scalar).result == "text"


def reversed_children(root) -> None:
    """Do what backward() does, but visit children from right to left."""
    order, visited = [], set()

    def build(node):
        if node not in visited:
            visited.add(node)
            for child in reversed(node._children):
                build(child)
            order.append(node)

    build(root)
    root.grad = 1
    for node in reversed(order):
        for child, local in zip(node._children, node._local_grads, strict=True):
            child.grad += local * node.grad


def three_shares(x):
    return x * 0.1 + x * 0.2 + x * 0.3


def test_backward_in_another_order_is_refused(foreign: ModuleType) -> None:
    x = foreign.Scalar(1.0)
    recording = record(lambda: three_shares(x), foreign.Scalar)
    reversed_children(recording.result)
    with pytest.raises(ForeignOrderError, match=r"1 of 9 nodes differ"):
        build_trace(recording, recording.result, {"x": [[x]]})


def test_backward_that_never_ran_is_refused(foreign: ModuleType) -> None:
    x = foreign.Scalar(1.0)
    recording = record(lambda: three_shares(x), foreign.Scalar)
    with pytest.raises(ForeignOrderError):
        build_trace(recording, recording.result, {"x": [[x]]})


def test_gradients_left_over_from_an_earlier_pass_are_refused(foreign: ModuleType) -> None:
    x = foreign.Scalar(1.0)
    x.grad = 0.5
    recording = record(lambda: three_shares(x), foreign.Scalar)
    recording.result.backward()
    with pytest.raises(ForeignOrderError):
        build_trace(recording, recording.result, {"x": [[x]]})


def test_nodes_that_never_reach_the_result_are_kept_with_gradient_zero(
    foreign: ModuleType, observe: Observe
) -> None:
    def wasteful(x):
        _ = x * 3
        return x + x

    trace = observe(wasteful, 0.5)
    assert trace.reaches_loss.tolist() == [True, False, False, True]
    assert trace.grad.tolist() == [2.0, 0.0, 0.0, 1.0]
    assert trace.order.tolist() == [0, 3]


def test_order_is_that_of_the_published_recursion(foreign_trace: Trace) -> None:
    order: list[int] = []
    visited = set()

    def build(node: int) -> None:
        if node not in visited:
            visited.add(node)
            for edge in foreign_trace.edges(node):
                build(int(foreign_trace.child[edge]))
            order.append(node)

    build(foreign_trace.loss)
    assert foreign_trace.order.tolist() == order


def test_code_without_source_is_recorded_by_its_lines(
    foreign: ModuleType, observe: Observe, outline: Callable[..., list[str]]
) -> None:
    names = dict(vars(foreign))
    source = (
        "def double(x):\n"
        "    return x + x\n"
        "def run(x):\n"
        "    y = [double(x) for _ in range(2)]\n"
        "    z = y[0] * y[1]\n"
        "    return z + 1\n"
    )
    exec(compile(source, "<made up>", "exec"), names)
    trace = observe(names["run"], 3.0)
    assert trace.data[trace.loss] == 37.0
    sites = [trace.sites[site] for site in trace.site[trace.leaves :]]
    assert [(s.line, s.function) for s in sites] == [
        (2, "double"),
        (2, "double"),
        (5, "run"),
        (6, "run"),
        (6, "run"),
    ]
    file = trace.files[sites[0].file]
    assert (file.name, file.text) == ("<made up>", "")
    assert outline(trace)[3:] == ["  double 0", "  double 1", "  line 5", "  line 6"]


def test_source_is_kept_and_the_folders_above_are_not(foreign_trace: Trace) -> None:
    file = foreign_trace.files[foreign_trace.sites[0].file]
    assert file.name == "trace/foreign_autograd.py"
    assert file.text.startswith('"""A small scalar autograd that is not ours')


def test_run_that_makes_no_nodes_is_recorded(foreign: ModuleType) -> None:
    x = foreign.Scalar(1.0)
    recording = record(lambda: x, foreign.Scalar)
    x.backward()
    trace = build_trace(recording, x, {"x": [[x]]})
    assert (trace.nodes, trace.created) == (1, 0)


def test_class_that_inherits_its_constructor_is_recorded_and_put_back(foreign: ModuleType) -> None:
    class Named(foreign.Scalar):
        pass

    recording = record(lambda: Named(1.0) + 1, Named)
    assert len(recording.nodes) >= 1
    assert "__init__" not in vars(Named)


def test_two_runs_give_the_same_columns(foreign: ModuleType, observe: Observe) -> None:
    one, other = (observe(foreign.everything, 0.5, 0.25) for _ in range(2))
    assert one.scopes == other.scopes
    for column in ("op", "data", "grad", "child", "local_grad", "scope", "order"):
        assert np.array_equal(getattr(one, column), getattr(other, column))


def test_nodes_of_other_threads_are_left_out(foreign: ModuleType) -> None:
    made_elsewhere = []

    def run() -> object:
        x = foreign.Scalar(2.0) * 3
        thread = Thread(target=lambda: made_elsewhere.append(foreign.Scalar(5.0) + 1))
        thread.start()
        thread.join()
        return x + 1

    recording = record(run, foreign.Scalar)
    assert made_elsewhere[0].data == 6.0
    assert [node.data for node in recording.nodes] == [2.0, 3, 6.0, 1, 7.0]


def test_threads_that_record_the_same_class_take_turns(foreign: ModuleType) -> None:
    before, sizes = foreign.Scalar.__init__, []
    inside = Barrier(2)

    def make() -> object:
        with suppress(BrokenBarrierError):
            inside.wait(0.05)  # would let both go on if both were in here at a time
        return [foreign.Scalar(1.0) for _ in range(50)]

    def run() -> None:
        sizes.append(len(record(make, foreign.Scalar).nodes))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sizes == [50, 50]
    assert inside.broken
    assert foreign.Scalar.__init__ is before


def test_calls_of_other_threads_do_not_count_as_frames_that_were_left(
    foreign: ModuleType,
) -> None:
    """So many frames pile up that some are forgotten, while another thread makes the node."""

    def deep(depth: int) -> object:
        x = foreign.Scalar(float(depth)) * 2
        if depth:
            return deep(depth - 1) + x
        thread = Thread(target=lambda: [foreign.Scalar(5.0) + 1 for _ in range(3)])
        thread.start()
        thread.join()
        return x

    depth = 2 * FRAMES_KEPT
    recording = record(lambda: deep(depth), foreign.Scalar)
    assert recording.error is None
    assert len(recording.nodes) == 3 * (depth + 1) + depth
    assert recording.result.data == depth * (depth + 1)  # type: ignore[attr-defined]


def test_a_class_is_recorded_by_one_at_a_time(foreign: ModuleType) -> None:
    before = foreign.Scalar.__init__

    def run() -> object:
        return record(lambda: foreign.Scalar(1.0), foreign.Scalar)

    with pytest.raises(RuntimeError, match="Scalar is being recorded already"):
        _ = record(run, foreign.Scalar).result
    assert foreign.Scalar.__init__ is before


def test_a_matrix_under_two_names_is_recorded_under_the_first(foreign: ModuleType) -> None:
    x = foreign.Scalar(2.0)
    recording = record(lambda: x * x, foreign.Scalar)
    recording.result.backward()
    trace = build_trace(recording, recording.result, {"wte": [[x]], "lm_head": [[x]]})
    assert [matrix.name for matrix in trace.parameters] == ["wte"]
    assert trace.grad[0] == 4.0


def test_a_node_in_two_matrices_is_refused_by_name(foreign: ModuleType) -> None:
    x, y = foreign.Scalar(2.0), foreign.Scalar(3.0)
    recording = record(lambda: x * y, foreign.Scalar)
    recording.result.backward()
    with pytest.raises(ValueError, match="“b” hold a node that is listed twice"):
        build_trace(recording, recording.result, {"a": [[x]], "b": [[x, y]]})
