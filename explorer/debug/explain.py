"""A node explained: its formula, the derivative rule that gave its local gradients, and words."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.formula import formula, power
from explorer.debug.roles import node_label
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace

NUDGE = 0.001  # by how much a node is raised in the sentence about its gradient


@dataclass(frozen=True)
class Rule:
    """How one local gradient came about.

    Attributes
    ----------
    child : int
    label : str
        Of the child.
    derivative : str
        ``∂(a × b)/∂a = b``.
    value : float or None
        The local gradient; None as long as the node is not computed.
    """

    child: int
    label: str
    derivative: str
    value: float | None


@dataclass(frozen=True)
class Explanation:
    """What there is to say about a node at a moment.

    Attributes
    ----------
    symbols : str
        The operation with letters for its children, ``a × b``; empty without children.
    numbers : str
        The same with numbers put in; empty as long as it is not computed.
    rules : tuple of Rule
        One an edge.
    words : tuple of str
        Sentences.
    """

    symbols: str
    numbers: str
    rules: tuple[Rule, ...]
    words: tuple[str, ...]


def explain(timeline: Timeline, cursor: int, node: int) -> Explanation:
    """Explain a node at a moment."""
    trace = timeline.trace
    computed = timeline.node_data_at(cursor, node) is not None
    edges = trace.edges(node)
    op = OPERATIONS.get(trace.op_name(node)) if edges else None
    rules = tuple(
        Rule(
            child=int(trace.child[edge]),
            label=node_label(trace, int(trace.child[edge])),
            derivative=_derivative(trace, node, op, place),
            value=float(trace.local_grad[edge]) if computed else None,
        )
        for place, edge in enumerate(edges)
    )
    forced = node in timeline.forced
    what = _what_it_is(timeline, cursor, node, op)
    if forced:
        what = [SET_BY_HAND if edges else LEAF_SET_BY_HAND]
    return Explanation(
        symbols=_with_exponent(trace, node, op.symbols) if op is not None else "",
        numbers=formula(trace, node) if edges and computed and not forced else "",
        rules=rules,
        words=(*what, *_what_it_does(timeline, cursor, node)),
    )


@dataclass(frozen=True)
class _Operation:
    """What is known of an operation of the published script."""

    symbols: str
    derivatives: tuple[str, ...]
    words: Callable[[Trace, int], str]


def _of_relu(trace: Trace, node: int) -> str:
    if trace.data[node] > 0:
        return "A ReLU passes the whole gradient on where its input is above 0, as it is here."
    return "A dead ReLU: its input is not above 0, so its output is 0 and no gradient passes."


OPERATIONS = {
    "add": _Operation(
        "a + b",
        ("∂(a + b)/∂a = 1", "∂(a + b)/∂b = 1"),
        lambda trace, node: "A sum passes its gradient on unchanged, to both of its children.",
    ),
    "mul": _Operation(
        "a × b",
        ("∂(a × b)/∂a = b", "∂(a × b)/∂b = a"),
        lambda trace, node: "A product passes on its gradient times the other factor.",
    ),
    "pow": _Operation(
        "a ^ n",
        ("∂(a ^ n)/∂a = n × a ^ (n − 1)",),
        lambda trace, node: "A power passes on its gradient times the slope of the power at a.",
    ),
    "exp": _Operation(
        "exp(a)",
        ("∂ exp(a)/∂a = exp(a)",),
        lambda trace, node: "exp is its own derivative: the local gradient is the node's own data.",
    ),
    "log": _Operation(
        "log(a)",
        ("∂ log(a)/∂a = 1 / a",),
        lambda trace, node: "A logarithm passes on its gradient divided by its input.",
    ),
    "relu": _Operation("max(0, a)", ("∂ max(0, a)/∂a = 1 if a > 0, else 0",), _of_relu),
}
LEAVES = {
    "parameter": "A parameter: a number that training changes. It was there before the pass, and "
    "every node that uses it adds to its gradient.",
    "constant": "A constant: a plain number in the code. Its gradient is added up like all others, "
    "but nothing uses it.",
    "input": "An input: it was there before the pass.",
}
SET_BY_HAND = (
    "A what-if: its data are set by hand. What uses it goes on from there; its own local gradients "
    "are those of the number that the algorithm computed."
)
LEAF_SET_BY_HAND = "A what-if: its data are set by hand, and the pass is computed with them."
LOSS = (
    "The loss. Backward starts here with 1: if the loss is raised by a little, the loss changes by "
    "just as much."
)


def _derivative(trace: Trace, node: int, op: _Operation | None, place: int) -> str:
    if op is None or place >= len(op.derivatives):
        return f"∂ {trace.op_name(node)}/∂ child {place + 1}"
    return _with_exponent(trace, node, op.derivatives[place])


def _with_exponent(trace: Trace, node: int, symbols: str) -> str:
    """Put the exponent of a power into its symbols, if it is known."""
    if trace.op_name(node) != "pow":
        return symbols
    exponent = power(trace, node)
    if exponent is None:
        return symbols
    shown, less = _in_a_power(exponent), _in_a_power(exponent - 1)
    return (
        symbols.replace("(n − 1)", less)
        .replace("n ×", f"{numbers.short(exponent)} ×")
        .replace("a ^ n", f"a ^ {shown}")
    )


def _in_a_power(exponent: float) -> str:
    shown = numbers.short(exponent)
    return shown if exponent >= 0 else f"({shown})"


def _what_it_is(timeline: Timeline, cursor: int, node: int, op: _Operation | None) -> list[str]:
    trace = timeline.trace
    if node == trace.loss:
        return [LOSS]
    if not trace.edges(node):
        known = LEAVES.get(trace.op_name(node))
        return [known] if known else []
    if op is None or timeline.node_data_at(cursor, node) is None:
        return []
    return [op.words(trace, node)]


def _what_it_does(timeline: Timeline, cursor: int, node: int) -> list[str]:
    """Say what the gradient means, or why there is none."""
    trace = timeline.trace
    state = timeline.grad_state_at(cursor, node)
    if node == trace.loss or trace.loss is None:
        return []
    if not trace.reaches_loss[node]:
        return ["The loss does not depend on it."]
    if state is GradState.NOT_REACHED:
        first = timeline.ledger(node).event
        when = f" It is reached at event {numbers.count(int(first[0]))}." if len(first) else ""
        return [f"Its gradient is not known yet: backward has not come here.{when}"]
    if state is GradState.PARTIAL:
        ledger = timeline.ledger(node)
        left = len(ledger) - ledger.done(cursor)
        if not left:
            return ["Its gradient is not complete: the pass failed before all contributions came."]
        verb = "is" if left == 1 else "are"
        missing = f"{left} of {len(ledger)} contributions {verb} missing"
        return [f"Its gradient is not complete: {missing}."]
    if state is GradState.ZERO:
        return ["Its gradient is 0: raising it a little does not change the loss."]
    if state is GradState.CLEARED:
        return []
    grad = timeline.node_grad_at(cursor, node)
    if not math.isfinite(grad):
        return ["Its gradient is no finite number, so it says nothing about the loss."]
    way = "lowers" if grad < 0 else "raises"
    change = numbers.short(abs(NUDGE * grad), 3)
    return [f"Raising it by {NUDGE} {way} the loss by about {change}: {NUDGE} × its gradient."]
