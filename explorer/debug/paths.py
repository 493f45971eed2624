"""The path through which most of a gradient flows.

The derivative of a node with respect to one that it was computed from is, by the chain rule, a sum
over all paths between the two: each path adds the product of the local gradients along its edges.
Backward adds them up without going through them one by one, for there are far too many: every
``add`` whose two children go back to the same node doubles their number. So the one whose product
has the largest magnitude says where most of the gradient came from, and its share of the whole,
``product / grad``, says how much the others add to it, or take away.

Magnitudes multiply along a path, so the largest product is a longest path of the logarithms, which
one pass through the graph finds: the strongest path to a node is the strongest one to a child,
and the edge from there.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.debug.cones import reach, single
from explorer.trace.order import edges_by_child, edges_of
from explorer.trace.trace import FloatArray, IntArray, Trace

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Path:
    """A way from a node to one that was computed from it.

    Attributes
    ----------
    nodes : int array, (edges + 1,)
        From the start to the goal.
    edges : int array, (edges,)
        Index into the trace's edges, each from a node to the next.
    local_grad : float64 array, (edges,)
        d(next node)/d(node).
    product : float
        Of the local gradients, multiplied from the goal to the start as backward does; 1 for a
        path without edges.
    """

    nodes: Numbers
    edges: Numbers
    local_grad: FloatArray
    product: float


def strongest_path(trace: Trace, start: int, goal: int) -> Path | None:
    """Return the path with the largest magnitude of the product of its local gradients.

    The sum of the products over all paths is d(goal)/d(start): for the loss, the gradient of
    `start`. Magnitudes are compared as sums of logarithms, so that long paths cannot underflow;
    two that differ by less than their rounding count as equal. A factor of 0 makes a path the
    weakest, whatever else is on it; an infinite factor, or one that is no number, the strongest.
    Of equally strong paths the one is taken that, going back from the goal, uses the first edge.

    Parameters
    ----------
    trace : Trace
    start, goal : int

    Returns
    -------
    Path or None
        None if `goal` was not computed from `start`.
    """
    pointer, outward = edges_by_child(trace.child, trace.nodes)
    consumer = np.repeat(np.arange(trace.nodes, dtype=np.int32), np.diff(trace.child_pointer))
    consumer = consumer[outward]
    inside = reach(pointer, consumer, start)
    if not inside[goal]:
        return None
    with np.errstate(divide="ignore"):
        weight = np.log2(np.abs(trace.local_grad))
    weight[np.isnan(weight)] = np.inf
    waiting = np.bincount(consumer[inside[trace.child[outward]]], minlength=trace.nodes)
    strength = _strengths(pointer, consumer, weight[outward], waiting, start)
    nodes, edges = [goal], []
    while nodes[-1] != start:
        into = np.array(trace.edges(nodes[-1]))
        into = into[inside[trace.child[into]]]
        edge = int(into[np.argmax(_extended(strength[trace.child[into]], weight[into]))])
        edges.append(edge)
        nodes.append(int(trace.child[edge]))
    product = 1.0
    for local in trace.local_grad[edges].tolist():
        product *= local
    way = np.array(edges[::-1], np.int64)
    return Path(np.array(nodes[::-1], np.int64), way, trace.local_grad[way], product)


def _strengths(
    pointer: IntArray, consumer: IntArray, weight: FloatArray, waiting: Numbers, start: int
) -> FloatArray:
    """Return for each descendant of a node the largest sum of weights on a path to it.

    All nodes are done together whose children among the descendants are done: a few hundred
    rounds for a pass. `waiting` counts these children, and is used up; edges are by child.
    """
    strength = np.full(len(waiting), -np.inf)
    strength[start] = 0.0
    place = np.empty(len(waiting), np.int64)
    front = np.array([start], np.int32)
    while front.size:
        child, out = edges_of(pointer, front)
        to = consumer[out]
        np.maximum.at(strength, to, _extended(strength[child], weight[out]))
        np.subtract.at(waiting, to, 1)
        front = single(to[waiting[to] == 0], place)
    return strength


def _extended(strength: FloatArray, weight: FloatArray) -> FloatArray:
    """Return the strengths of longer paths; minus infinity, a factor of 0, stays what it is."""
    with np.errstate(invalid="ignore"):
        longer: FloatArray = strength + weight
    return np.fmax(longer, -np.inf)
