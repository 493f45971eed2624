"""What goes wrong when backward processes one node too early.

A node passes its gradient on once. If it does so before all its consumers have given their
contributions, everything that it was computed from receives too little. Here this is done to one
node of a recorded pass, all else in the right order, with every bit as the scalar algorithm would
have it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.trace.order import edges_of
from explorer.trace.timeline import Ledger, Timeline
from explorer.trace.trace import FloatArray, IntArray

ROUNDING = 1e-9  # relative differences below come from adding in another order


@dataclass(frozen=True)
class EarlyChoice:
    """When a node could pass its gradient on.

    Attributes
    ----------
    node : int
    contributions : tuple of int
        How many contributions are in after each of its consumers, in order. A consumer that uses
        the node twice gives two.
    children : int
        How many edges the node passes its gradient on along.
    reached : bool
        Whether the loss depends on the node.
    """

    node: int
    contributions: tuple[int, ...]
    children: int
    reached: bool

    @property
    def consumers(self) -> int:
        """How many consumers the node has."""
        return len(self.contributions)

    @property
    def can_be_early(self) -> bool:
        """Whether there is anything that the node could do too early."""
        return self.consumers > 1 and self.children > 0


@dataclass(frozen=True, eq=False)
class EarlyResult:
    """The gradients at the end of a pass in which one node passed its gradient on too early.

    Attributes
    ----------
    node : int
    after : int
        After how many of its consumers.
    passed_on, complete : float
        The gradient that it passed on, and the one that it should have passed on.
    grad : float64 array, (nodes,)
        All gradients at the end.
    right : float64 array, (nodes,)
        The recorded ones.
    leaves : int
        How many of the nodes were there before the pass: the parameters.
    """

    node: int
    after: int
    passed_on: float
    complete: float
    grad: FloatArray
    right: FloatArray
    leaves: int

    @cached_property
    def wrong(self) -> npt.NDArray[np.int64]:
        """The nodes whose gradient is not the recorded one, by number."""
        both_nan = np.isnan(self.grad) & np.isnan(self.right)
        return np.flatnonzero((self.grad != self.right) & ~both_nan)

    @cached_property
    def difference(self) -> FloatArray:
        """Gradient minus right gradient of each wrong node."""
        return self.grad[self.wrong] - self.right[self.wrong]

    @cached_property
    def relative(self) -> FloatArray:
        """Size of the difference in terms of the right gradient; infinite where that is 0."""
        right = np.abs(self.right[self.wrong])
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.abs(self.difference) / right

    @property
    def wrong_parameters(self) -> int:
        """How many of the wrong nodes were there before the pass."""
        return int(np.searchsorted(self.wrong, self.leaves))

    @property
    def only_rounded(self) -> int:
        """How many wrong gradients differ in the last digits only."""
        return int((self.relative < ROUNDING).sum())

    def sorted_by(self, column: FloatArray) -> npt.NDArray[np.int64]:
        """Return places among the wrong nodes, those with the largest number in a column first."""
        return np.argsort(-np.abs(column), kind="stable")


class EarlyPasses:
    """Backward passes over one recorded forward pass, each with one node processed too early.

    Gradients are recomputed in levels: a level holds all nodes whose consumers are in levels
    before it, so that the contributions to all of them can be added at once, each node's in their
    order.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        trace = timeline.trace
        level = _levels(timeline)
        by_level = np.argsort(level[trace.order[::-1]], kind="stable")
        self._nodes = trace.order[::-1][by_level]  # level by level
        levels = int(level.max()) + 1
        starts = np.arange(levels + 1)
        self._node_starts = np.searchsorted(level[self._nodes], starts)
        slot = np.zeros(trace.nodes, np.int32)  # a node's place in its level
        slot[self._nodes] = np.arange(len(self._nodes)) - self._node_starts[level[self._nodes]]
        # The smallest unsigned type that fits is sorted fastest.
        level_of_child = level[timeline.child].astype(np.min_scalar_type(levels))
        self._which = np.argsort(level_of_child, kind="stable")  # contributions, level by level
        self._starts = np.searchsorted(level_of_child[self._which], starts)
        edge = timeline.edge[self._which]
        self._consumer, self._child = timeline.consumer[self._which], trace.child[edge]
        self._local_grad, self._slot = trace.local_grad[edge], slot[self._child]
        self._level = level

    def choice(self, node: int) -> EarlyChoice:
        """Return when a node could pass its gradient on."""
        ends = _ends(self._timeline.consumers(node))
        trace = self._timeline.trace
        reached = bool(trace.reaches_loss[node]) and trace.failure is None
        contributions = tuple((ends + 1).tolist())
        return EarlyChoice(node, contributions, len(trace.edges(node)), reached)

    def run(self, node: int, after: int) -> EarlyResult:
        """Let a node pass its gradient on right after so many of its consumers did.

        Parameters
        ----------
        node : int
        after : int
            1 to the number of its consumers; with all of them the node keeps its right place.

        Raises
        ------
        ValueError
            The node does not have that many consumers.
        """
        trace = self._timeline.trace
        ledger = self._timeline.ledger(node)
        ends = _ends(ledger.consumer)
        if not 1 <= after <= len(ends):
            raise ValueError(f"node {node} has {len(ends)} consumers, not {after}")
        passed_on = float(ledger.total[ends[after - 1]])
        grad = trace.grad
        if after < len(ends):
            grad = self._recompute(node, self._place(ledger, int(ends[after - 1])), passed_on)
        complete = float(trace.grad[node])
        return EarlyResult(node, after, passed_on, complete, grad, trace.grad, trace.leaves)

    def _place(self, ledger: Ledger, at: int) -> int:
        """Return how many contributions come before those of a node that is moved.

        The consumer that gave contribution `at` of the ledger is processed to its end: nodes move
        in the order as a whole.
        """
        last = self._timeline.passed_on_after(int(ledger.consumer[at]))[-1]
        return last - self._timeline.backward_start

    def _recompute(self, node: int, place: int, passed_on: float) -> FloatArray:
        """Return all gradients; `node` passes on `passed_on` after `place` contributions."""
        trace = self._timeline.trace
        grad = np.append(trace.grad, passed_on)  # at the end: what the node had when it passed on
        first = int(self._level[node]) + 1
        children = {int(self._level[trace.child[edge]]) for edge in trace.edges(node)}
        for level in range(first, len(self._starts) - 1):
            part = slice(self._starts[level], self._starts[level + 1])
            consumer, local_grad = self._consumer[part], self._local_grad[part]
            slot = self._slot[part]
            if level in children:
                moved = consumer == node
                when = np.where(moved, place - 0.5, self._which[part])
                order = np.argsort(when, kind="stable")
                consumer = np.where(moved, trace.nodes, consumer)[order]
                local_grad, slot = local_grad[order], slot[order]
            nodes = self._nodes[self._node_starts[level] : self._node_starts[level + 1]]
            value = local_grad * grad[consumer]
            grad[nodes] = np.bincount(slot, weights=value, minlength=len(nodes))
        return grad[:-1]


def _levels(timeline: Timeline) -> IntArray:
    """Return for each node the length of the longest way from it to the loss; else -1."""
    trace = timeline.trace
    missing = np.bincount(timeline.child, minlength=trace.nodes)
    level = np.full(trace.nodes, -1, np.int32)
    front = np.array([] if trace.loss is None or trace.failure else [trace.loss], np.int32)
    depth = 0
    while front.size:
        level[front] = depth
        depth += 1
        _, edges = edges_of(trace.child_pointer, front)
        child = trace.child[edges]
        np.subtract.at(missing, child, 1)
        front = np.unique(child[missing[child] == 0])
    return level


def _ends(consumers: IntArray) -> npt.NDArray[np.int64]:
    """Return where in a ledger the contributions of each consumer end."""
    if not len(consumers):
        return np.zeros(0, np.int64)
    return np.append(np.flatnonzero(np.diff(consumers)), len(consumers) - 1)
