"""Where and why a pass ended before its time."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

import numpy as np

from explorer.trace.order import FloatArray, IntArray, contributions


class Kind(Enum):
    """What ended a pass."""

    RAISED = "raised"  # Python refused to go on, as with log(0)
    NAN = "nan"  # a node was computed, but is not a number
    GRADIENT = "gradient"  # a gradient became infinite, or not a number


@dataclass(frozen=True)
class Argument:
    """What an operation that failed was given.

    Attributes
    ----------
    node : int or None
        None for a plain number, such as an exponent.
    number : float
        The number, or the node's data.
    """

    node: int | None
    number: float


@dataclass(frozen=True)
class Failure:
    """Why a pass ended.

    Infinity alone ends no forward pass: it is a number that the algorithm may recover from, as
    ``exp(-inf)`` is 0. A gradient that became infinite is the end, for no step can be made of it;
    but that of a constant, which goes nowhere, is not: negating an infinity gives its -1 one.

    Attributes
    ----------
    kind : Kind
    node : int
        What to look at: the node that is not a number, the node whose gradient failed, or an
        argument of the operation that made no node.
    op : str
        The operation; empty if Python refused something else than an operation on nodes.
    arguments : tuple of Argument
        Of the operation that Python refused.
    scope : int
    site : int
        Where the code asked for it; -1 if that is unknown.
    error, message : str
        Python's name of the error, and its words; empty if Python raised none.
    contribution : int
        Which contribution to a gradient failed, counted from 0; -1 if none did.
    """

    kind: Kind
    node: int
    op: str
    scope: int
    site: int
    arguments: tuple[Argument, ...] = ()
    error: str = ""
    message: str = ""
    contribution: int = -1

    def as_texts(self) -> dict[str, Any]:
        """Return what JSON can hold."""
        pairs = [[argument.node, argument.number] for argument in self.arguments]
        return {**vars(self), "kind": self.kind.value, "arguments": pairs}

    @classmethod
    def from_texts(cls, texts: dict[str, Any]) -> Failure:
        """Return what `as_texts` made the texts of."""
        arguments = tuple(Argument(node, float(number)) for node, number in texts["arguments"])
        return cls(**{**texts, "kind": Kind(texts["kind"]), "arguments": arguments})


def telling_argument(arguments: tuple[Argument, ...], error: str) -> int | None:
    """Return the node among the arguments that is most likely to blame: infinite, or 0."""
    nodes = [argument for argument in arguments if argument.node is not None]
    if not nodes:
        return None
    blamed = [a for a in nodes if not np.isfinite(a.number)]
    if error == "ZeroDivisionError":
        blamed += [a for a in reversed(nodes) if a.number == 0]
    return (blamed or nodes)[0].node


def failing_contribution(
    pointer: IntArray,
    child: IntArray,
    local_grad: FloatArray,
    grad: FloatArray,
    order: IntArray,
    leaves: int,
) -> int | None:
    """Return the first contribution after which a gradient is not finite; None if all are.

    Either the contribution is not finite itself, or the sum of finite ones overflows. Constants,
    which were made in the pass of no other nodes, do not count.
    """
    counts = np.diff(pointer) > 0
    counts[:leaves] = True
    if np.isfinite(grad[counts]).all():
        return None
    consumer, edge = contributions(pointer, order)
    into = child[edge]
    with np.errstate(over="ignore", invalid="ignore"):
        value = local_grad[edge] * grad[consumer]
        first = int(np.append(np.flatnonzero(~np.isfinite(value) & counts[into]), len(value))[0])
        sums = np.bincount(into[:first], weights=value[:first], minlength=len(grad))
        for node in np.flatnonzero(~np.isfinite(sums) & counts):
            which = np.flatnonzero(into[:first] == node)
            overflow = int(np.argmin(np.isfinite(np.add.accumulate(value[which]))))
            first = min(first, int(which[overflow]))
    return first if first < len(value) else None
