"""A pass as a sequence of events, and its state at any moment.

Time is a parameter: nothing here changes when the moment does. A moment is the number of events
that have happened. First come the FORWARD events, one a node that the pass made; then one SEED
event, which sets the loss's gradient to 1; then the BACKWARD events, one a contribution
(``child.grad += local_grad * consumer.grad``), grouped by consumer in reversed topological order;
then the UPDATE events, one a parameter: Adam changes its data and sets its gradient back to 0.

Contributions only depend on final gradients, so they are columns, and the gradients at a moment
are the sums of the contributions before it, added in the same order as backward() adds them.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.trace.order import contributions
from explorer.trace.trace import FloatArray, IntArray, Trace
from explorer.trace.update import ParameterUpdate

NO_GRAD: tuple[int, FloatArray] = -1, np.zeros(0)  # of no moment


class Phase(Enum):
    """What kind of event happened last."""

    START = "start"
    FORWARD = "forward"
    SEED = "seed"
    BACKWARD = "backward"
    UPDATE = "update"


class GradState(IntEnum):
    """How far the gradient of a node has come at a moment."""

    NOT_REACHED = 0  # no contribution yet: its 0 is only a placeholder
    PARTIAL = 1  # some contributions are in
    FINAL = 2  # all are in
    ZERO = 3  # all are in, and the sum is 0; or there are none because the loss is not reached
    CLEARED = 4  # used up: the update has set it back to 0


@dataclass(frozen=True)
class Moment:
    """What has happened at a moment, and what happened last.

    Attributes
    ----------
    cursor : int
        The moment.
    phase : Phase
    computed : int
        Number of nodes that exist, leaves included: those numbered below.
    contributions : int
        How many contributions have been added.
    updated : int
        How many parameters have been updated: those numbered below.
    node : int or None
        The node that was computed last, that passes its gradient on, or the parameter that was
        updated.
    child : int or None
        In the backward phase, the node that was added to.
    """

    cursor: int
    phase: Phase
    computed: int
    contributions: int
    updated: int
    node: int | None
    child: int | None


@dataclass(frozen=True)
class Ledger:
    """How the gradient of one node was added up, in order.

    Attributes
    ----------
    node : int
    seed : float
        What the sum starts from: 1 for the loss, 0 for all others.
    event : int array
        The moment right after each contribution.
    consumer : int array
    local_grad, consumer_grad, value, total : float64 arrays
        ``value = local_grad * consumer_grad``; `total` is the running sum.
    """

    node: int
    seed: float
    event: npt.NDArray[np.int64]
    consumer: IntArray
    local_grad: FloatArray
    consumer_grad: FloatArray
    value: FloatArray
    total: FloatArray

    def __len__(self) -> int:
        return len(self.event)

    def done(self, cursor: int) -> int:
        """Return how many of the contributions have happened at a moment."""
        return int(np.searchsorted(self.event, cursor, side="right"))

    def before(self, place: int) -> float:
        """Return what the sum was before a contribution, the first of which is 0."""
        return float(self.total[place - 1]) if place else self.seed


class Timeline:
    """The events of a trace.

    Parameters
    ----------
    trace : Trace

    Attributes
    ----------
    forward_end : int
        The moment when all nodes are computed.
    backward_start : int
        The moment right after the seed. If there is no backward pass, it never comes.
    backward_end : int
        The moment when all gradients are complete, or the pass has failed.
    end : int
        The last moment: after a contribution that failed, none happens.
    consumer, child : int32 arrays, (contributions,)
    edge : int array, (contributions,)
        Index into the trace's edges.
    forced : frozenset of int
        Nodes whose data were set by hand; none in a pass as it was recorded.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.forced: frozenset[int] = frozenset()
        self._last_grad: tuple[int, FloatArray] = NO_GRAD
        self._last_ledger: Ledger | None = None
        consumer, edge = contributions(trace.child_pointer, trace.order)
        happen = len(edge)
        if trace.failure is not None and trace.failure.contribution >= 0:
            happen = trace.failure.contribution + 1
        self.consumer, self.edge = consumer[:happen], edge[:happen]
        self.child, never = trace.child[self.edge], trace.child[edge[happen:]]
        self.forward_end = trace.created
        self.backward_start = self.forward_end + 1
        has_backward = trace.loss is not None
        self.backward_end = self.backward_start + happen if has_backward else self.forward_end
        self.end = self.backward_end + (len(trace.update) if trace.update else 0)

        # Each node's contributions are a slice of the contributions sorted by child.
        self._by_child = np.argsort(self.child, kind="stable")
        counts = np.bincount(self.child, minlength=trace.nodes)
        self._pointer = np.concatenate([[0], np.cumsum(counts)])
        has_any = np.flatnonzero(counts)
        self._first_event: IntArray = np.full(trace.nodes, self.backward_start, np.int32)
        self._last_event: IntArray = np.full(trace.nodes, self.backward_start, np.int32)
        for column, which in (
            (self._first_event, self._pointer[has_any]),
            (self._last_event, self._pointer[has_any + 1] - 1),
        ):
            column[has_any] = self._event_after(self._by_child[which])

        # Sums that miss some contributions are not complete before the end, and not after it.
        self._last_event[never] = self.end + 1
        self._first_event[never[counts[never] == 0]] = self.end + 1

        # The contributions that a node passes on follow each other.
        ends = np.flatnonzero(np.diff(self.consumer)) + 1
        self._passed_on_from = np.full(trace.nodes, -1)
        if len(self.consumer):
            group_starts = np.concatenate([[0], ends])
            self._passed_on_from[self.consumer[group_starts]] = group_starts
            ends = np.append(ends, len(self.consumer))
        groups = self._event_after(ends - 1)
        updates = np.arange(self.backward_end, self.end + 1)
        made = np.arange(min(self.backward_start, self.end) + 1)
        self._node_steps = np.unique(np.concatenate([made, groups, updates]))
        for fixed in (self.consumer, self.edge, self.child, self._node_steps):
            fixed.flags.writeable = False

    def with_numbers(self, trace: Trace, forced: frozenset[int] = frozenset()) -> Timeline:
        """Return the time line of the same events with other numbers; a hundred times as fast.

        Parameters
        ----------
        trace : Trace
            The same nodes, edges and order. Only the update may come or go: a training has steps
            that make one, and is over after the last of them.
        forced : frozenset of int
            Nodes whose data were set by hand.

        Raises
        ------
        ValueError
            The events of the trace are not the same.
        """
        mine, other = self.trace, trace
        if mine.child is not other.child or mine.order is not other.order or other.failure:
            raise ValueError("a trace with other events needs a time line of its own")
        timeline = copy(self)
        timeline.trace, timeline.forced = trace, forced
        timeline._last_grad, timeline._last_ledger = NO_GRAD, None
        if (mine.update is None) != (other.update is None):
            timeline._set_updates(len(other.update) if other.update else 0)
        vars(trace)["reaches_loss"] = mine.reaches_loss  # which is the same, too
        for column in ("value", "total", "_sums_to_zero"):
            timeline.__dict__.pop(column, None)
        return timeline

    def _set_updates(self, updates: int) -> None:
        """Let other events than before follow the backward phase."""
        self.end = self.backward_end + updates
        earlier = self._node_steps[self._node_steps <= self.backward_end]
        steps = np.concatenate([earlier, np.arange(self.backward_end + 1, self.end + 1)])
        steps.flags.writeable = False
        self._node_steps = steps
        for column in ("event_node", "event_target"):
            self.__dict__.pop(column, None)

    def _event_after(self, contribution: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return self.backward_start + 1 + contribution

    def moment(self, cursor: int) -> Moment:
        """Return what has happened at a moment, 0 to `end`."""
        leaves = self.trace.leaves
        computed = leaves + min(cursor, self.forward_end)
        if cursor == 0:
            return Moment(cursor, Phase.START, computed, 0, 0, None, None)
        if cursor <= self.forward_end:
            return Moment(cursor, Phase.FORWARD, computed, 0, 0, computed - 1, None)
        if cursor == self.backward_start:
            return Moment(cursor, Phase.SEED, computed, 0, 0, self.trace.loss, None)
        if cursor > self.backward_end:
            done, updated = len(self.consumer), cursor - self.backward_end
            return Moment(cursor, Phase.UPDATE, computed, done, updated, updated - 1, None)
        done = cursor - self.backward_start
        consumer, child = int(self.consumer[done - 1]), int(self.child[done - 1])
        return Moment(cursor, Phase.BACKWARD, computed, done, 0, consumer, child)

    def is_computed(self, cursor: int) -> npt.NDArray[np.bool_]:
        """Return for each node whether it exists at a moment."""
        return np.arange(self.trace.nodes) < self.moment(cursor).computed

    def data_at(self, cursor: int) -> FloatArray:
        """Return the data of all nodes at a moment; NaN where `is_computed` is false."""
        data = np.where(self.is_computed(cursor), self.trace.data, np.nan)
        updated = self.moment(cursor).updated
        if updated and self.trace.update:
            data[:updated] = self.trace.update.data[:updated]
        return data

    def node_data_at(self, cursor: int, node: int) -> float | None:
        """Return the data of one node at a moment; None if it is not computed yet."""
        moment = self.moment(cursor)
        if node >= moment.computed:
            return None
        if node < moment.updated and self.trace.update:
            return float(self.trace.update.data[node])
        return float(self.trace.data[node])

    def grad_at(self, cursor: int) -> FloatArray:
        """Return the gradients of all nodes at a moment, each bit as backward() has it then.

        They are not to be changed: several views ask for the same moment.
        """
        known, grad = self._last_grad
        if cursor != known:
            grad = self._sum_up(cursor)
            grad.flags.writeable = False
            self._last_grad = cursor, grad
        return grad

    def _sum_up(self, cursor: int) -> FloatArray:
        moment, trace = self.moment(cursor), self.trace
        done, grad = moment.contributions, trace.grad
        if cursor < self.backward_end or trace.loss is None or trace.failure is not None:
            grad = np.bincount(
                self.child[:done], weights=self.value[:done], minlength=trace.nodes
            ).astype(np.float64, copy=False)
            if trace.loss is not None and cursor >= self.backward_start:
                grad[trace.loss] += 1.0
        elif moment.updated:
            grad = grad.copy()
            grad[: moment.updated] = 0.0
        return grad

    @cached_property
    def event_node(self) -> IntArray:
        """The node that each event deals with: what `Moment.node` says right after it."""
        trace = self.trace
        made = np.arange(trace.leaves, trace.nodes, dtype=np.int32)
        updated = np.arange(self.end - self.backward_end, dtype=np.int32)
        seed = np.array([] if trace.loss is None else [trace.loss], np.int32)
        nodes = np.concatenate([made, seed, self.consumer, updated])
        nodes.flags.writeable = False
        return nodes

    @cached_property
    def event_target(self) -> IntArray:
        """The node that each event changes: the consumer's child in the backward phase."""
        nodes = self.event_node.copy()
        nodes[self.backward_start : self.backward_end] = self.child
        nodes.flags.writeable = False
        return nodes

    @cached_property
    def value(self) -> FloatArray:
        """What each contribution adds: local gradient times the consumer's gradient."""
        with np.errstate(over="ignore", invalid="ignore"):
            value = self.trace.local_grad[self.edge] * self.trace.grad[self.consumer]
        value.flags.writeable = False
        return value

    @cached_property
    def total(self) -> FloatArray:
        """The child's gradient right after each contribution, added up in order."""
        total = 0.0 + self.value  # as sums start at 0, a first -0.0 becomes 0.0
        first = self._pointer[:-1]
        more = np.flatnonzero(np.diff(self._pointer) > 1)
        place = 1
        while more.size:
            at = self._by_child[first[more] + place]
            with np.errstate(over="ignore", invalid="ignore"):  # the last one may be too large
                total[at] = total[self._by_child[first[more] + place - 1]] + self.value[at]
            place += 1
            more = more[self._pointer[more + 1] - first[more] > place]
        total.flags.writeable = False
        return total

    def node_grad_at(self, cursor: int, node: int) -> float:
        """Return the gradient of one node at a moment, as backward() has it then."""
        if node < self.moment(cursor).updated:
            return 0.0
        ledger = self.ledger(node)
        done = ledger.done(cursor)
        if done:
            return float(ledger.total[done - 1])
        return ledger.seed if cursor >= self.backward_start else 0.0

    def grad_states_at(self, cursor: int) -> npt.NDArray[np.uint8]:
        """Return the `GradState` of every node at a moment, as numbers."""
        final = cursor >= self._last_event
        # Each state is one more than the one before; masks as numbers are summed up fast.
        state = (cursor >= self._first_event).view(np.uint8)
        state += final.view(np.uint8)
        state += (final & self._sums_to_zero).view(np.uint8)
        state[: self.moment(cursor).updated] = GradState.CLEARED
        return state

    @cached_property
    def _sums_to_zero(self) -> npt.NDArray[np.bool_]:
        is_zero: npt.NDArray[np.bool_] = self.trace.grad == 0
        return is_zero

    def grad_state_at(self, cursor: int, node: int) -> GradState:
        """Return the state of one node's gradient at a moment."""
        if node < cursor - self.backward_end:  # as many parameters are updated
            return GradState.CLEARED
        if cursor < self._first_event[node]:
            return GradState.NOT_REACHED
        if cursor < self._last_event[node]:
            return GradState.PARTIAL
        return GradState.ZERO if self.trace.grad[node] == 0 else GradState.FINAL

    def ledger(self, node: int) -> Ledger:
        """Return all contributions to the gradient of a node, in order."""
        ledger = self._last_ledger
        if ledger is None or ledger.node != node:  # one node is asked for again and again
            ledger = self._last_ledger = self._make_ledger(node)
        return ledger

    def _make_ledger(self, node: int) -> Ledger:
        which = self._contributions_to(node)
        consumer = self.consumer[which]
        local_grad = self.trace.local_grad[self.edge[which]]
        consumer_grad = self.trace.grad[consumer]
        seed = 1.0 if node == self.trace.loss else 0.0
        with np.errstate(over="ignore", invalid="ignore"):  # the last one may be too large
            value = local_grad * consumer_grad  # of these few alone
            total = np.add.accumulate(np.concatenate([[seed], value]))[1:]
        event = self._event_after(which)
        for column in (event, consumer, local_grad, consumer_grad, value, total):
            column.flags.writeable = False
        return Ledger(node, seed, event, consumer, local_grad, consumer_grad, value, total)

    def consumers(self, node: int) -> IntArray:
        """Return the consumer of each contribution to a node's gradient, in order."""
        return self.consumer[self._contributions_to(node)]

    def received(self, cursor: int, node: int) -> int:
        """Return how many contributions to a node's gradient are in at a moment."""
        done = self.moment(cursor).contributions
        return int(np.searchsorted(self._contributions_to(node), done))

    def _contributions_to(self, node: int) -> npt.NDArray[np.int64]:
        return self._by_child[self._pointer[node] : self._pointer[node + 1]]

    def computed_after(self, node: int) -> int:
        """Return the moment right after a node was computed; 0 for leaves."""
        return max(0, node - self.trace.leaves + 1)

    def passed_on_after(self, node: int) -> range:
        """Return the moments right after each of a node's edges has passed its gradient on.

        Empty if the loss does not depend on the node. In a pass that failed, some or all of them
        may be missing.
        """
        first = int(self._passed_on_from[node])
        if first < 0:
            return range(0)
        event = self.backward_start + 1 + first
        return range(event, min(event + len(self.trace.edges(node)), self.backward_end + 1))

    def update_at(self, cursor: int, node: int) -> ParameterUpdate | None:
        """Return what Adam did to a parameter; None before it did, and for all other nodes."""
        update = self.trace.update
        if update is None or node >= self.moment(cursor).updated:
            return None
        return update.of(node, float(self.trace.data[node]), float(self.trace.grad[node]))

    def updated_after(self, node: int) -> int | None:
        """Return the moment right after a parameter was updated; None for all other nodes."""
        updates = self.end - self.backward_end
        return self.backward_end + node + 1 if node < updates else None

    @property
    def node_steps(self) -> npt.NDArray[np.int64]:
        """The moments between which exactly one node is dealt with, in both phases, sorted."""
        return self._node_steps
