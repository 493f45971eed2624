"""What is said of a node, at every moment, holds."""

from __future__ import annotations

import random

import pytest

from explorer.debug import numbers
from explorer.debug.explain import LOSS, NUDGE, explain
from explorer.debug.formula import formula
from explorer.trace.build import build_trace
from explorer.trace.record import record
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace
from microgpt.value import Value


def last_of(trace: Trace, op: str) -> int:
    return max(node for node in range(trace.nodes) if trace.op_name(node) == op)


SYMBOLS = {
    "add": ("a + b", ["∂(a + b)/∂a = 1", "∂(a + b)/∂b = 1"]),
    "mul": ("a × b", ["∂(a × b)/∂a = b", "∂(a × b)/∂b = a"]),
    "exp": ("exp(a)", ["∂ exp(a)/∂a = exp(a)"]),
    "log": ("log(a)", ["∂ log(a)/∂a = 1 / a"]),
    "relu": ("max(0, a)", ["∂ max(0, a)/∂a = 1 if a > 0, else 0"]),
    "pow": ("a ^ (−1)", ["∂(a ^ (−1))/∂a = −1 × a ^ (−2)"]),
}


@pytest.mark.parametrize("op", SYMBOLS)
def test_each_operation_has_its_symbols_rules_and_numbers(emma_timeline: Timeline, op: str) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    node = last_of(trace, op)
    found = explain(t, t.backward_end, node)
    assert (found.symbols, [rule.derivative for rule in found.rules]) == SYMBOLS[op]
    assert found.numbers == formula(trace, node)
    edges = trace.edges(node)
    assert [rule.value for rule in found.rules] == trace.local_grad[edges].tolist()
    assert [rule.child for rule in found.rules] == trace.child[edges].tolist()
    assert all(words.endswith(".") for words in found.words)


def test_no_number_is_told_before_its_time(emma_timeline: Timeline) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    for op in SYMBOLS:
        node = last_of(trace, op)
        found = explain(t, t.computed_after(node) - 1, node)
        assert found.numbers == ""
        assert [rule.value for rule in found.rules] == [None] * len(trace.edges(node))
        assert explain(t, t.computed_after(node), node).numbers == formula(trace, node)


@pytest.mark.parametrize(
    ("base", "exponent", "symbols", "derivative"),
    [
        (1.7, 2, "a ^ 2", "∂(a ^ 2)/∂a = 2 × a ^ 1"),
        (1.7, 3, "a ^ 3", "∂(a ^ 3)/∂a = 3 × a ^ 2"),
        (1.7, 1, "a ^ 1", "∂(a ^ 1)/∂a = 1 × a ^ 0"),
        (1.7, 0.5, "a ^ 0.5", "∂(a ^ 0.5)/∂a = 0.5 × a ^ (−0.5)"),
        (1.7, -0.5, "a ^ (−0.5)", "∂(a ^ (−0.5))/∂a = −0.5 × a ^ (−1.5)"),
        (1.7, -1, "a ^ (−1)", "∂(a ^ (−1))/∂a = −1 × a ^ (−2)"),
        (1.7, -2, "a ^ (−2)", "∂(a ^ (−2))/∂a = −2 × a ^ (−3)"),
        (-1.7, 2, "a ^ 2", "∂(a ^ 2)/∂a = 2 × a ^ 1"),
        (1.7, 7.25, "a ^ 7.25", "∂(a ^ 7.25)/∂a = 7.25 × a ^ 6.25"),
        (0.0, 2, "a ^ n", "∂(a ^ n)/∂a = n × a ^ (n − 1)"),  # it could as well be 3
    ],
)
def test_exponents_stand_in_the_symbols_if_they_are_certain(
    base: float, exponent: float, symbols: str, derivative: str
) -> None:
    x = Value(base)
    recording = record(lambda: x**exponent, Value)
    recording.result.backward()
    t = Timeline(build_trace(recording, recording.result, {}))
    found = explain(t, t.backward_end, t.trace.loss)
    assert found.symbols == symbols
    assert found.rules[0].derivative == derivative


def test_a_relu_tells_whether_it_is_dead(emma_timeline: Timeline) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    relus = [node for node in range(trace.nodes) if trace.op_name(node) == "relu"]
    for node in relus[:40]:
        (words, *_) = explain(t, t.forward_end, node).words
        assert words.startswith("A dead ReLU") == (float(trace.data[node]) == 0)


def test_what_the_gradient_means_is_said_at_every_state(emma_timeline: Timeline, history) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    some = random.Random(8).sample(range(trace.nodes), 60)
    for node in [3, 700, *some]:
        for cursor in history.moments(node)[-8:]:
            said = explain(t, cursor, node).words
            state, ledger = t.grad_state_at(cursor, node), t.ledger(node)
            if node == trace.loss:
                assert said == (LOSS,)
            elif not trace.reaches_loss[node]:
                assert said[-1] == "The loss does not depend on it."
            elif state is GradState.NOT_REACHED:
                first = numbers.count(int(ledger.event[0]))
                assert said[-1].endswith(f"It is reached at event {first}.")
            elif state is GradState.PARTIAL:
                left = sum(one.event > cursor for one in history.of[node])
                verb = "is" if left == 1 else "are"
                assert f"{left} of {len(ledger)} contributions {verb} missing" in said[-1]
            elif state is GradState.ZERO:
                assert "Its gradient is 0" in said[-1]
            else:
                grad = history.grad(node, cursor)
                way = "lowers" if grad < 0 else "raises"
                change = numbers.short(abs(NUDGE * grad), 3)
                assert f"{way} the loss by about {change}:" in said[-1]


def test_a_gradient_that_was_used_up_means_nothing_any_more(emma_timeline: Timeline) -> None:
    t = emma_timeline
    before, after = (explain(t, t.backward_end + at, 3).words for at in (3, 4))
    assert len(before) == len(after) + 1
    assert after[0].startswith("A parameter: ")


def test_a_gradient_that_is_not_finite_promises_nothing() -> None:
    x = Value(2.0)
    recording = record(lambda: x * Value(float("inf")), Value)
    recording.result.backward()
    t = Timeline(build_trace(recording, recording.result, {"x": [[x]]}))
    assert explain(t, t.backward_end, 0).words[-1].startswith("Its gradient is no finite number")


def test_leaves_explain_themselves(emma_timeline: Timeline) -> None:
    trace, t = emma_timeline.trace, emma_timeline
    for node in (0, last_of(trace, "constant")):
        found = explain(t, t.backward_end, node)
        assert (found.symbols, found.numbers, found.rules) == ("", "", ())
        assert found.words[0].startswith(("A parameter: ", "A constant: "))


def test_operations_that_nobody_knows_are_explained_by_name(foreign_trace: Trace) -> None:
    t = Timeline(foreign_trace)
    tanh = last_of(foreign_trace, "tanh")
    for cursor in range(t.end + 1):
        for node in range(foreign_trace.nodes):
            explain(t, cursor, node)
    found = explain(t, t.end, tanh)
    assert found.symbols == ""
    assert found.numbers.startswith("tanh(")
    assert [rule.derivative for rule in found.rules] == ["∂ tanh/∂ child 1"]
    assert found.rules[0].value == float(foreign_trace.local_grad[foreign_trace.edges(tanh)[0]])
