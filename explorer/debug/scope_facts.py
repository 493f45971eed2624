"""What is known of each scope at a moment: how much of it exists, its loss, its gradient."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import FloatArray

Counts = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class FactsAt:
    """All scopes at a moment, each with all that is in it.

    Attributes
    ----------
    cursor : int
    current : int
        The innermost scope of what happened last; 0, the whole pass, before the first event.
    computed : int array, (scopes,)
        How many nodes exist.
    norm : float64 array, (scopes,)
        The Euclidean norm of the gradients so far. It says something where `reached` does.
    reached : bool array, (scopes,)
        Whether some node has received a gradient.
    final : bool array, (scopes,)
        Whether some has, and no node will receive more.
    """

    cursor: int
    current: int
    computed: Counts
    norm: FloatArray
    reached: Mask
    final: Mask


class ScopeFacts:
    """The scopes of a pass, prepared so that any moment is a few array operations.

    Scopes are in pre-order, so what is inside a scope follows it; and nodes of one scope mostly
    follow each other, so that sums over nodes are sums over a few thousand runs of nodes.

    Parameters
    ----------
    timeline : Timeline

    Attributes
    ----------
    nodes : int array, (scopes,)
        How many nodes each scope has in the end, those of the scopes in it included.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        trace = timeline.trace
        scopes = len(trace.scopes)
        stops = [scope.stop for scope in trace.scopes]
        self._bounds = np.stack([np.arange(scopes), stops], axis=1).ravel()
        self._run_start = np.flatnonzero(np.diff(trace.scope, prepend=-1))
        self._run_length = np.diff(self._run_start, append=trace.nodes)
        self._run_scope = trace.scope[self._run_start].astype(np.int64)
        self.nodes = self._computed(trace.nodes)
        self._nowhere = np.zeros(scopes, bool)
        self._no_norm = np.zeros(scopes)

        # After how many contributions a scope has its first gradient, and its last. The loss has
        # its own from the seed alone.
        never = len(timeline.child) + 1
        receives = trace.scope[timeline.child]
        number = np.arange(1, never)
        first, last = np.full(scopes, never), np.full(scopes, -1)
        np.minimum.at(first, receives, number)
        np.maximum.at(last, receives, number)
        if trace.loss is not None:
            home = int(trace.scope[trace.loss])
            first[home], last[home] = 0, max(last[home], 0)
        if trace.failure is not None:  # some gradients are never complete
            states = timeline.grad_states_at(timeline.backward_end)
            last[trace.scope[states <= GradState.PARTIAL]] = never
        self._first = self._inside(np.minimum, first, never)
        self._last = self._inside(np.maximum, last, -1)

    def with_numbers(self, timeline: Timeline) -> ScopeFacts:
        """Return the facts of the same events with other numbers."""
        other = copy(self)
        other._timeline = timeline
        return other

    def at(self, cursor: int) -> FactsAt:
        """Return what is known of all scopes at a moment."""
        timeline, trace = self._timeline, self._timeline.trace
        moment = timeline.moment(cursor)
        current = 0 if moment.node is None else int(trace.scope[moment.node])
        computed = self.nodes
        if moment.computed < trace.nodes:
            computed = self._computed(moment.computed)
        if cursor < timeline.backward_start:
            return FactsAt(cursor, current, computed, self._no_norm, self._nowhere, self._nowhere)
        reached = self._first <= moment.contributions
        final = reached & (self._last <= moment.contributions)
        norm = self._norm(timeline.grad_at(cursor))
        return FactsAt(cursor, current, computed, norm, reached, final)

    def loss_shares(self, cursor: int) -> dict[int, float]:
        """Return for each position's scope its part of the sum of all positions' losses.

        Empty as long as one of the losses is not computed, and where parts of a sum say nothing:
        if a loss is negative or no number, or all are 0.
        """
        trace = self._timeline.trace
        losses = trace.data[trace.position_loss]
        if len(losses) < len(trace.position_scope):  # the pass failed
            return {}
        if not len(losses) or trace.position_loss.max() >= self._timeline.moment(cursor).computed:
            return {}
        total = float(losses.sum())
        if not (losses >= 0).all() or not 0 < total < np.inf:
            return {}
        return dict(zip(trace.position_scope.tolist(), (losses / total).tolist(), strict=True))

    def contributions(self, cursor: int, scope: int) -> tuple[int, int]:
        """Return how many contributions a scope's nodes have received, and will have in all.

        It looks at every contribution, which is too slow for all scopes at every step.
        """
        timeline, trace = self._timeline, self._timeline.trace
        receives = trace.scope[timeline.child]
        inside = (receives >= scope) & (receives < trace.scopes[scope].stop)
        done = inside[: timeline.moment(cursor).contributions]
        return int(np.count_nonzero(done)), int(np.count_nonzero(inside))

    def ever_reached(self, scope: int) -> bool:
        """Return whether a gradient reaches the scope in the course of the pass."""
        return bool(self._first[scope] <= len(self._timeline.child))

    def _computed(self, computed: int) -> Counts:
        """Return how many of the nodes numbered below `computed` each scope has."""
        existing = np.clip(computed - self._run_start, 0, self._run_length)
        own = np.bincount(self._run_scope, weights=existing, minlength=len(self._bounds) // 2)
        return self._inside(np.add, own.astype(np.int64), 0)

    def _norm(self, grad: FloatArray) -> FloatArray:
        with np.errstate(over="ignore", invalid="ignore"):  # the result says so
            squares = np.add.reduceat(grad * grad, self._run_start)
            own = np.bincount(self._run_scope, weights=squares, minlength=len(self._bounds) // 2)
            norm: FloatArray = np.sqrt(self._inside(np.add, own, 0.0))
        return norm

    def _inside(self, ufunc: np.ufunc, own: npt.NDArray[Any], nothing: float) -> npt.NDArray[Any]:
        """Return what `ufunc` makes of a scope's own number and those of all scopes in it."""
        return ufunc.reduceat(np.append(own, own.dtype.type(nothing)), self._bounds)[::2]
