"""What a node depends on, and what depends on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.trace.order import consumers, edges_of
from explorer.trace.trace import IntArray, Trace

BoolArray = npt.NDArray[np.bool_]


def ancestors(trace: Trace, node: int) -> BoolArray:
    """Return for each node whether `node` was computed from it; `node` itself counts."""
    return _reach(trace.child_pointer, trace.child, node)


def descendants(trace: Trace, node: int) -> BoolArray:
    """Return for each node whether it was computed from `node`; `node` itself counts."""
    return _reach(*consumers(trace.child_pointer, trace.child), node)


def _reach(pointer: IntArray, neighbour: IntArray, start: int) -> BoolArray:
    """Return what can be reached from a node, one step outward at a time."""
    reached = np.zeros(len(pointer) - 1, bool)
    reached[start] = True
    front = np.array([start], np.int32)
    while front.size:
        _, edges = edges_of(pointer, front)
        found = np.unique(neighbour[edges])
        front = found[~reached[found]]
        reached[front] = True
    return reached
