"""How a node was computed, with the numbers put in."""

from __future__ import annotations

from collections.abc import Sequence

from explorer.debug import numbers
from explorer.trace.trace import Trace

INFIX = {"add": " + ", "mul": " × ", "truediv": " / "}
# Exponents are plain numbers that no node holds. One is only shown if it gives both the data and
# the local gradient bit for bit.
EXPONENTS = (-1.0, -0.5, 0.5, 2.0, 3.0, -2.0, 1.0, 0.0)


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
    base, local = float(trace.data[trace.child[edge]]), float(trace.local_grad[edge])
    found = []
    for exponent in EXPONENTS:
        try:
            power, slope = base**exponent, exponent * base ** (exponent - 1)
        except (ZeroDivisionError, OverflowError):
            continue
        if (power, slope) == (float(trace.data[node]), local):
            found.append(exponent)
    return found[0] if len(found) == 1 else None
