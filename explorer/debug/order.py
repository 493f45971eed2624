"""The order in which backward processes the nodes, and how far it has come with each of them."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache

import numpy as np

from explorer.debug.roles import node_label
from explorer.debug.titles import scope_path
from explorer.trace.timeline import GradState, Phase, Timeline

TEXTS_KEPT = 4096  # labels and paths of the rows that were looked at last


class Relation(Enum):
    """What a node is to the selected one."""

    NONE = "none"
    SELECTED = "selected"
    CHILD = "child"
    CONSUMER = "consumer"


@dataclass(frozen=True)
class Progress:
    """How far the gradient of a node has come at a moment.

    Attributes
    ----------
    state : GradState
    received, contributions : int
        How many contributions are in, and how many there will be.
    pending : tuple of int
        The consumers whose contribution is missing, in the order in which they are processed.
    """

    state: GradState
    received: int
    contributions: int
    pending: tuple[int, ...]


@dataclass(frozen=True)
class OrderRow:
    """One node in the order.

    Attributes
    ----------
    rank : int
        1 for the loss, which backward processes first.
    node : int
    label, op : str
    path : str
        The scopes around it.
    computed : bool
        Whether it exists at the moment.
    progress : Progress
    event : int or None
        The moment when it has passed its gradient on; None if it has no children.
    relation : Relation
        To the selected node.
    """

    rank: int
    node: int
    label: str
    op: str
    path: str
    computed: bool
    progress: Progress
    event: int | None
    relation: Relation


class BackwardOrder:
    """The nodes of a pass in the order in which backward processes them.

    It is the topological order reversed: every consumer of a node comes before the node. Places
    count from 0, the loss. Nodes that the loss does not depend on have none.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        trace = timeline.trace
        self._order = trace.order[::-1]
        self._place = np.full(trace.nodes, -1, np.int32)
        self._place[self._order] = np.arange(len(self._order), dtype=np.int32)
        self._texts = lru_cache(maxsize=TEXTS_KEPT)(self._fixed_texts)

    def with_numbers(self, timeline: Timeline) -> BackwardOrder:
        """Return the same order with other numbers, see `Timeline.with_numbers`."""
        other = copy(self)
        other.timeline = timeline
        return other

    def __len__(self) -> int:
        return len(self._order)

    def node_at(self, place: int) -> int:
        """Return the node at a place."""
        return int(self._order[place])

    def place_of(self, node: int) -> int | None:
        """Return the place of a node; None if the loss does not depend on it."""
        place = int(self._place[node])
        return None if place < 0 else place

    def current(self, cursor: int) -> int | None:
        """Return the place of the node that backward is at; None before it begins."""
        moment = self.timeline.moment(cursor)
        if moment.phase not in (Phase.SEED, Phase.BACKWARD) or moment.node is None:
            return None
        return self.place_of(moment.node)

    def progress(self, cursor: int, node: int) -> Progress:
        """Return how far the gradient of a node has come at a moment."""
        consumers = self.timeline.consumers(node).tolist()
        received = self.timeline.received(cursor, node)
        pending = tuple(dict.fromkeys(consumers[received:]))
        state = self.timeline.grad_state_at(cursor, node)
        return Progress(state, received, len(consumers), pending)

    def passes_on_at(self, node: int) -> int | None:
        """Return the moment when a node has passed its gradient on to all its children."""
        moments = self.timeline.passed_on_after(node)
        return moments[-1] if moments else None

    def processed_at(self, node: int) -> int | None:
        """Return the moment when a node is processed.

        A node without children has nothing to pass on: for it the moment when its gradient is
        complete. None if the loss does not depend on the node.
        """
        if self.place_of(node) is None:
            return None
        passed_on = self.passes_on_at(node)
        return self.complete_at(node) if passed_on is None else passed_on

    def complete_at(self, node: int) -> int:
        """Return the moment when the last contribution to a node's gradient is in."""
        consumers = self.timeline.consumers(node)
        if not len(consumers):
            return self.timeline.backward_start
        return int(self.timeline.ledger(node).event[-1])

    def must_wait(self, node: int) -> bool:
        """Return whether there is more than one consumer to wait for before passing on."""
        consumers = self.timeline.consumers(node)
        return len(self.timeline.trace.edges(node)) > 0 and len(set(consumers.tolist())) > 1

    def relations(self, selection: int | None) -> dict[int, Relation]:
        """Return the children and the consumers of the selected node, and the node itself."""
        if selection is None:
            return {}
        trace = self.timeline.trace
        children = [int(trace.child[edge]) for edge in trace.edges(selection)]
        consumers = self.timeline.consumers(selection).tolist()
        return (
            dict.fromkeys(children, Relation.CHILD)
            | dict.fromkeys(consumers, Relation.CONSUMER)
            | {selection: Relation.SELECTED}
        )

    def row(self, place: int, cursor: int, relations: dict[int, Relation]) -> OrderRow:
        """Return what there is to say of one place at a moment.

        Parameters
        ----------
        place : int
        cursor : int
        relations : dict of int to Relation
            As `relations` returns them; other nodes have none.
        """
        node = self.node_at(place)
        label, op, path = self._texts(node)
        return OrderRow(
            rank=place + 1,
            node=node,
            label=label,
            op=op,
            path=path,
            computed=node < self.timeline.moment(cursor).computed,
            progress=self.progress(cursor, node),
            event=self.passes_on_at(node),
            relation=relations.get(node, Relation.NONE),
        )

    def _fixed_texts(self, node: int) -> tuple[str, str, str]:
        """Return label, operation and path of a node; looking for its role takes a while."""
        trace = self.timeline.trace
        path = scope_path(trace, int(trace.scope[node]))
        return node_label(trace, node), trace.op_name(node), path
