"""What replay needs to know of a recorded pass: its graph, and where the tokens come in."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from explorer.trace.trace import FloatArray, IntArray, ParameterMatrix, Trace

Indices = npt.NDArray[np.intp]
Mask = npt.NDArray[np.bool_]


class NotReplayableError(ValueError):
    """A pass does something that replay does not know; the message says what."""


@dataclass(frozen=True, eq=False)
class Graph:
    """One recorded pass, without what is only needed to show it.

    Attributes
    ----------
    op, op_names, data, grad, leaves, loss, parameters, probabilities, position_loss
        As in `Trace`.
    pointer, child, local_grad
        The edges of node i are ``pointer[i]:pointer[i + 1]``.
    tokens : tuple of int
        Those that were read, and the last target; empty if the pass is not over a document.
    """

    op: npt.NDArray[np.uint8]
    op_names: tuple[str, ...]
    data: FloatArray
    grad: FloatArray
    pointer: IntArray
    child: IntArray
    local_grad: FloatArray
    leaves: int
    loss: int
    parameters: tuple[ParameterMatrix, ...]
    tokens: tuple[int, ...]
    probabilities: IntArray
    position_loss: IntArray

    @property
    def nodes(self) -> int:
        """Number of nodes, leaves included."""
        return len(self.op)

    def without_numbers(self) -> Graph:
        """Return the same graph with its largest columns empty."""
        nothing = np.empty(0)
        return replace(self, data=nothing, grad=nothing, local_grad=nothing)

    @property
    def positions(self) -> int:
        """Number of positions; 0 if the pass is not over a document."""
        return max(len(self.tokens) - 1, 0)


def graph_of(trace: Trace) -> Graph:
    """Return the graph of a trace; the columns are shared.

    Raises
    ------
    NotReplayableError
        The pass has no backward phase, or did not come to its end.
    """
    if trace.loss is None or trace.failure is not None:
        raise NotReplayableError("the pass did not come to its end")
    return Graph(
        op=trace.op,
        op_names=trace.op_names,
        data=trace.data,
        grad=trace.grad,
        pointer=trace.child_pointer,
        child=trace.child,
        local_grad=trace.local_grad,
        leaves=trace.leaves,
        loss=trace.loss,
        parameters=trace.parameters,
        tokens=() if trace.document is None else trace.document.tokens,
        probabilities=trace.probabilities,
        position_loss=trace.position_loss,
    )
