"""What a node depends on, and what depends on it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.trace.order import consumers, edges_of
from explorer.trace.trace import IntArray, Trace

BoolArray = npt.NDArray[np.bool_]


def ancestors(trace: Trace, node: int) -> BoolArray:
    """Return for each node whether `node` was computed from it; `node` itself counts."""
    return reach(trace.child_pointer, trace.child, node)


def descendants(trace: Trace, node: int) -> BoolArray:
    """Return for each node whether it was computed from `node`; `node` itself counts."""
    return reach(*consumers(trace.child_pointer, trace.child), node)


def between(trace: Trace, start: int, goal: int) -> BoolArray:
    """Return for each node whether it is on a path from `start` to `goal`, which both count.

    No node is if `goal` was not computed from `start`.
    """
    return descendants(trace, start) & ancestors(trace, goal)


def reach(pointer: IntArray, neighbour: IntArray, start: int) -> BoolArray:
    """Return what can be reached from a node, one step outward at a time.

    Parameters
    ----------
    pointer, neighbour : int32 arrays, (nodes + 1,) and (edges,)
        From node i one step leads to ``neighbour[pointer[i]:pointer[i + 1]]``.
    start : int
    """
    reached = np.zeros(len(pointer) - 1, bool)
    reached[start] = True
    place = np.empty(len(reached), np.int64)
    front = np.array([start], np.int32)
    while front.size:
        _, edges = edges_of(pointer, front)
        found = neighbour[edges]
        front = single(found[~reached[found]], place)
        reached[front] = True
    return reached


def single(nodes: IntArray, place: npt.NDArray[np.int64]) -> IntArray:
    """Return each of some nodes once; `place` is room for one number a node, and overwritten.

    Several times as fast as sorting them.
    """
    places = np.arange(len(nodes))
    place[nodes] = places
    once: IntArray = nodes[place[nodes] == places]
    return once
