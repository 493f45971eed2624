"""Which nodes stand around a node, a few hops to its children and to its consumers.

A sum as Python's ``sum()`` makes it is a chain of additions, each with one consumer. Such a chain
is one card here, whose inputs are the summands.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.trace.order import consumers, edges_of
from explorer.trace.trace import IntArray, Trace

MOST_HOPS, MOST_CARDS = 4, 300
CHILDREN, CONSUMERS = -1, 1


@dataclass(frozen=True, eq=False)
class Neighbourhood:
    """The cards around a node, and the edges between them.

    Attributes
    ----------
    nodes : int32 array, (cards,)
        The node of each card, nearest first, so that the first is the one in the middle; of a
        folded sum its total.
    hops : int32 array, (cards,)
        Steps from the centre: negative for what it was computed from.
    summands : int32 array, (cards,)
        How many a folded sum adds up; 0 for all other cards.
    sums : int32 array, (cards,)
        The total of the sum that opens or folds at this card; -1 for most.
    child, consumer : int32 arrays, (edges,)
        Cards at both ends of each edge.
    edges : int64 array, (edges,)
        Index into the trace's edges.
    left_out : int
        Nodes that are near enough, but have no card.
    totals : int32 array, (nodes of the pass,)
        The node whose card stands for a node, if it is on show.
    """

    nodes: IntArray
    hops: IntArray
    summands: IntArray
    sums: IntArray
    child: IntArray
    consumer: IntArray
    edges: npt.NDArray[np.int64]
    left_out: int
    totals: IntArray

    @property
    def structure(self) -> tuple[bytes, ...]:
        """All that decides where cards stand: the same for neighbourhoods that are alike."""
        order = np.argsort(self.nodes, kind="stable")
        return tuple(column.tobytes() for column in (order, self.hops, self.child, self.consumer))

    def card_of(self, node: int) -> int | None:
        """Return the card that stands for a node; None if there is none."""
        found = np.flatnonzero(self.nodes == self.totals[node])
        return int(found[0]) if len(found) else None

    def only(self, kept: npt.NDArray[np.bool_]) -> Neighbourhood:
        """Return the same with some of the cards alone; the one in the middle has to be kept."""
        place = np.cumsum(kept, dtype=np.int32) - 1
        drawn = kept[self.child] & kept[self.consumer]
        return Neighbourhood(
            self.nodes[kept],
            self.hops[kept],
            self.summands[kept],
            self.sums[kept],
            place[self.child[drawn]],
            place[self.consumer[drawn]],
            self.edges[drawn],
            self.left_out + int((~kept).sum()),
            self.totals,
        )

    def __len__(self) -> int:
        return len(self.nodes)


class FoldedGraph:
    """The graph of a pass in which sums are one node each.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._first_consumer, self._consumer = consumers(trace.child_pointer, trace.child)
        self._total = self._totals()
        self._members = np.argsort(self._total, kind="stable").astype(np.int32)
        counts = np.bincount(self._total, minlength=trace.nodes)
        self._first_member = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
        self._seen: tuple[int | None, IntArray] | None = None

    def card_of(self, node: int) -> int:
        """Return the node whose card stands for a node: the total of its sum, or itself."""
        return int(self._total[node])

    def neighbours(self, node: int, direction: int, folds: bool = True) -> list[int]:
        """Return the children (-1) or consumers (1) of a node that is in the middle, each once."""
        totals = self._seen_from(node, folds)
        found = self._next(totals, np.array([node], np.int32), direction)
        return list(dict.fromkeys(found.tolist()))

    def around(
        self,
        centre: int,
        hops: int,
        folds: bool = True,
        opened: frozenset[int] = frozenset(),
        limit: int = MOST_CARDS,
    ) -> Neighbourhood:
        """Return the neighbourhood of a node.

        Parameters
        ----------
        centre : int
        hops : int
            How far it goes, both ways.
        folds : bool
            Whether sums are one card each.
        opened : frozenset of int
            Totals of sums whose additions have a card each nevertheless.
        limit : int
            The most cards; those that are nearest to the centre stay.
        """
        totals = self._seen_from(centre, folds)
        found, distance = self._search(totals, centre, hops)
        sizes = self._sizes(totals, found)
        is_open = (sizes > 1) & np.isin(self._total[found], sorted(opened))
        needed = np.cumsum(np.where(is_open, sizes, 1))
        shown = int(np.searchsorted(needed, max(limit, int(needed[0])), side="right"))
        left_out = len(found) - shown
        if is_open[:shown].any():
            totals = totals.copy()
        nodes: list[int] = []
        steps: list[int] = []
        sums: list[int] = []
        terms: list[int] = []
        for node, hop, size, opens in zip(
            found[:shown].tolist(),
            distance[:shown].tolist(),
            sizes[:shown].tolist(),
            is_open[:shown].tolist(),
            strict=True,
        ):
            members = self._members_of(totals, node).tolist() if opens else [node]
            if opens:
                totals[members] = members
            nodes += members[::-1]
            steps += [hop] * len(members)
            sums += [int(self._total[node]) if size > 1 else -1] + [-1] * (len(members) - 1)
            terms += [0] * len(members) if size == 1 or opens else [self._terms(totals, node)]
        cards = np.array(nodes, np.int32)
        child, consumer, edges = self._edges_between(totals, cards)
        return Neighbourhood(
            cards,
            np.array(steps, np.int32),
            np.array(terms, np.int32),
            np.array(sums, np.int32),
            child,
            consumer,
            edges,
            left_out,
            totals,
        )

    def _totals(self) -> IntArray:
        """Return for each node the last addition of the sum that it is part of, or itself.

        An addition goes on with the sum if its first child is the last one, on the same line of
        source and in the same scope: ``sum(products) + bias`` is not one sum.
        """
        trace = self._trace
        total = np.arange(trace.nodes, dtype=np.int32)
        if "add" not in trace.op_names:
            return total
        is_add = trace.op == trace.op_names.index("add")
        used_once = np.flatnonzero(is_add & (np.diff(self._first_consumer) == 1))
        user = self._consumer[self._first_consumer[used_once]]
        goes_on = (
            is_add[user]
            & (
                trace.child[np.minimum(trace.child_pointer[user], len(trace.child) - 1)]
                == used_once
            )
            & (trace.site[user] == trace.site[used_once])
            & (trace.scope[user] == trace.scope[used_once])
        )
        total[used_once[goes_on]] = user[goes_on]
        while not np.array_equal(total, total[total]):
            total = total[total]
        return total

    def _seen_from(self, centre: int, folds: bool) -> IntArray:
        """Return the totals; a running sum in the middle stands for what it has added so far."""
        if folds and self._total[centre] == centre:
            return self._total
        key = centre if folds else None
        if self._seen is None or self._seen[0] != key:  # asked for several times in succession
            self._seen = key, self._cut_at(centre, folds)
        return self._seen[1]

    def _cut_at(self, centre: int, folds: bool) -> IntArray:
        if not folds:
            return np.arange(self._trace.nodes, dtype=np.int32)
        total = self._total.copy()
        members = self._members_of(total, int(total[centre]))
        total[members[members <= centre]] = centre
        return total

    def _all_members(self, totals: IntArray, cards: IntArray) -> IntArray:
        """Return the nodes that some cards stand for."""
        if totals is not self._total:
            # Sums may be cut or open: look at all of a sum, keep what is the card's.
            groups = np.unique(self._total[cards])
            _, places = edges_of(self._first_member, groups)
            members: IntArray = self._members[places]
            wanted = np.zeros(len(totals), bool)
            wanted[cards] = True
            members = members[wanted[totals[members]]]
        else:
            _, places = edges_of(self._first_member, cards)
            members = self._members[places]
        return members

    def _members_of(self, totals: IntArray, card: int) -> IntArray:
        """Return the nodes that a card stands for, in the order of the sum."""
        group = int(self._total[card])
        all_of = self._members[self._first_member[group] : self._first_member[group + 1]]
        members: IntArray = all_of[totals[all_of] == card]
        return members

    def _sizes(self, totals: IntArray, cards: IntArray) -> npt.NDArray[np.int64]:
        members = self._all_members(totals, cards)
        order = np.argsort(cards)
        places = order[np.searchsorted(cards, totals[members], sorter=order)]
        return np.bincount(places, minlength=len(cards))

    def _terms(self, totals: IntArray, card: int) -> int:
        """Return how many numbers a sum adds up; the 0 that sum() starts from is none of them."""
        trace, members = self._trace, self._members_of(totals, card)
        start = int(trace.child[trace.child_pointer[members[0]] + 1])
        starts_at_0 = trace.op_name(start) == "constant" and trace.data[start] == 0
        return len(members) + (0 if starts_at_0 else 1)

    def _next(self, totals: IntArray, cards: IntArray, direction: int) -> IntArray:
        """Return the cards one hop from some cards, in the order of the edges."""
        trace = self._trace
        if direction == CONSUMERS:
            _, places = edges_of(self._first_consumer, cards)
            found: IntArray = totals[self._consumer[places]]
        else:
            member, places = edges_of(trace.child_pointer, self._all_members(totals, cards))
            inputs = totals[trace.child[places]]
            found = inputs[inputs != totals[member]]
        return found

    def _search(self, totals: IntArray, centre: int, hops: int) -> tuple[IntArray, IntArray]:
        """Return the cards within some hops of the centre, nearest first, and their hops."""
        seen = np.zeros(self._trace.nodes, bool)
        seen[centre] = True
        fronts = {way: np.array([centre], np.int32) for way in (CHILDREN, CONSUMERS)}
        found, distance = [np.array([centre], np.int32)], [np.zeros(1, np.int32)]
        for hop in range(1, hops + 1):
            for way, front in fronts.items():
                reached = np.unique(self._next(totals, front, way))
                reached = reached[~seen[reached]]
                seen[reached] = True
                fronts[way] = reached
                found.append(reached)
                distance.append(np.full(len(reached), way * hop, np.int32))
        return np.concatenate(found), np.concatenate(distance)

    def _edges_between(
        self, totals: IntArray, cards: IntArray
    ) -> tuple[IntArray, IntArray, npt.NDArray[np.int64]]:
        trace = self._trace
        place = np.full(trace.nodes, -1, np.int32)
        place[cards] = np.arange(len(cards), dtype=np.int32)
        members = self._all_members(totals, np.sort(cards))
        member, edges = edges_of(trace.child_pointer, members)
        child, consumer = place[totals[trace.child[edges]]], place[totals[member]]
        drawn = (child >= 0) & (consumer >= 0) & (child != consumer)
        return child[drawn], consumer[drawn], edges[drawn].astype(np.int64)
