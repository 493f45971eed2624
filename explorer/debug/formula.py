"""How a node was computed, with the numbers put in."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.debug import numbers
from explorer.trace.exponent import find_exponent
from explorer.trace.trace import Trace

INFIX = {"add": " + ", "mul": " × ", "truediv": " / "}


def formula(trace: Trace, node: int, digits: int = 4) -> str:
    """Return the right-hand side of a node's equation, ``0.07811 × −0.02742``.

    A node without children is its own number.
    """
    edges = trace.edges(node)
    given = [numbers.short(float(trace.data[trace.child[edge]]), digits) for edge in edges]
    op = trace.op_name(node)
    if not given:
        return numbers.short(float(trace.data[node]), digits)
    if op == "pow":
        exponent = power(trace, node)
        given.append("n" if exponent is None else numbers.short(exponent, digits))
    return written(op, given)


def written(op: str, given: Sequence[str]) -> str:
    """Return how an operation on some numbers is written."""
    if op in INFIX:
        return INFIX[op].join(given)
    if op == "pow":
        return f"({given[0]}) ^ {' '.join(given[1:])}"
    if op == "relu":
        return f"max(0, {given[0]})"
    return f"{op}({', '.join(given)})"


def power(trace: Trace, node: int) -> float | None:
    """Return the exponent of a power; None if it is none, or more than one, of the usual ones."""
    edge = trace.edges(node)[0]
    base, slope = float(trace.data[trace.child[edge]]), float(trace.local_grad[edge])
    if base == 0 and slope == 0:  # of 0, the square and all higher powers are the same
        return None
    return find_exponent(base, float(trace.data[node]), slope)
