"""The depth-first order of a pass for other tokens, without walking the graph again.

The order of all nodes changes in three ways. The rows that are read are other leaves, and a row
that was met before is not met again. The nodes of the target's column come first, at the place of
those of the recorded target. And each other column stands at its own place.
"""

from __future__ import annotations

import numpy as np

from explorer.trace.replay.graph import Graph, Indices
from explorer.trace.replay.ledger import depth_first
from explorer.trace.replay.tokens import TokenUse, position_of
from explorer.trace.replay.units import Kind, Units
from explorer.trace.trace import IntArray


def terms_with_tokens(graph: Graph, units: Units, use: TokenUse, tokens: Indices) -> Indices:
    """Return the first node of each term, ``units.a``, for other tokens."""
    a = units.a.copy()
    a[use.read] = use.rows.start + tokens[use.position] * use.rows.columns + use.column
    a[use.target_term] = graph.probabilities[np.arange(graph.positions), tokens[1:]]
    return a


class TokenOrder:
    """All nodes in an order that holds every order of passes with other tokens.

    Parameters
    ----------
    graph : Graph
    units : Units
    use : TokenUse

    Raises
    ------
    LookupError
        The columns of the vocabulary do not stand apart in the order.
    """

    def __init__(self, graph: Graph, units: Units, use: TokenUse) -> None:
        positions, vocabulary = graph.probabilities.shape
        if positions >= vocabulary:
            raise LookupError("there are too few rows for each position to read one of its own")
        self._use = use
        self._members, column = _members(units, use)
        apart = np.arange(positions + 1)  # each position reads a row of its own
        orders, targets = [], []
        for shift in (0, 1):
            targets.append((np.array(graph.tokens[1:]) + shift) % vocabulary)
            tokens = np.concatenate([apart[:1], targets[-1]])
            a = terms_with_tokens(graph, units, use, tokens)
            a[use.read] = use.rows.start + use.position * use.rows.columns + use.column
            orders.append(depth_first(units, a, graph.loss))
        order, other = orders
        recorded = targets[0]

        # Where the recorded target's column stands when it is not the target.
        position = _positions_in_order(graph, other)
        blocks = np.flatnonzero(column[other] == recorded[np.minimum(position, positions - 1)])
        blocks = blocks[position[blocks] < positions]
        starts = np.flatnonzero(np.diff(blocks, prepend=-2) > 1)
        if len(starts) != positions:
            raise LookupError("the nodes of a column do not stand together")
        place = np.empty(graph.nodes, np.intp)
        place[order] = np.arange(len(order))
        ends = np.append(starts[1:], len(blocks))
        before = place[other[blocks[ends - 1] + 1]]
        where = np.repeat(before, ends - starts)
        nodes = np.insert(order, where, other[blocks])
        is_block = np.insert(np.zeros(len(order), bool), where, True)

        position = np.minimum(_positions_in_order(graph, nodes), positions - 1)
        is_target = ~is_block & (column[nodes] == recorded[position])
        self._nodes = nodes.astype(np.int32)
        self._at_target = np.flatnonzero(is_target)
        self._target_member = self._members_of(nodes[self._at_target])
        self._target_position = position[self._at_target]
        self._at_column = np.flatnonzero(~is_target & (column[nodes] >= 0))
        self._column = column[nodes[self._at_column]]
        self._column_position = position[self._at_column]
        rows = use.rows
        self._at_row = np.flatnonzero((nodes >= rows.start) & (nodes < rows.stop))
        self._row_position, self._row_column = np.divmod(
            nodes[self._at_row] - rows.start, rows.columns
        )
        met = self._row_position[np.sort(np.unique(self._row_position, return_index=True)[1])]
        self._positions_as_met: list[int] = met.tolist()

    def order(self, tokens: Indices) -> IntArray:
        """Return the order for some tokens."""
        target, rows = tokens[1:], self._use.rows
        nodes = self._nodes.copy()
        at = self._target_position
        nodes[self._at_target] = self._members[self._target_member, at, target[at]]
        row = tokens[self._row_position]
        nodes[self._at_row] = rows.start + row * rows.columns + self._row_column
        keep = np.ones(len(nodes), bool)
        keep[self._at_column] = self._column != target[self._column_position]
        first = np.zeros(len(tokens), bool)
        known: set[int] = set()
        for position in self._positions_as_met:
            first[position] = int(tokens[position]) not in known
            known.add(int(tokens[position]))
        keep[self._at_row] = first[self._row_position]
        return nodes[keep]

    def _members_of(self, nodes: Indices) -> Indices:
        member = np.full(int(self._members.max()) + 1, -1)
        member[self._members] = np.arange(len(self._members))[:, np.newaxis, np.newaxis]
        return member[nodes]


def _positions_in_order(graph: Graph, order: Indices) -> Indices:
    """Return the position that each place in an order belongs to; leaves go with what follows."""
    made = np.flatnonzero(order >= graph.leaves)
    following = made[np.minimum(np.searchsorted(made, np.arange(len(order))), len(made) - 1)]
    return position_of(graph, order[following])


def _members(units: Units, use: TokenUse) -> tuple[Indices, Indices]:
    """Return all nodes that belong to a column of the vocabulary.

    Returns
    -------
    members : int array, (members, positions, vocabulary)
        The families and the nodes inside of their units.
    column : int array, (nodes,)
        -1 for nodes that belong to none.
    """
    members = [*use.families]
    for family in use.families:
        unit = units.unit_of[family]
        if (unit < 0).any() or (units.kind[family] != Kind.ADD).any():
            continue
        for k in range(int(units.start[unit[0, 0] + 1] - units.start[unit[0, 0]])):
            term = units.start[unit] + k
            inside = [units.product[term], units.add[term]]
            if units.is_zero[term].all():
                inside.append(units.a[term])
            members += [nodes for nodes in inside if (nodes >= 0).all()]
    column = np.full(len(units.kind), -1)
    column[np.array(members)] = np.arange(use.families.shape[2])
    return np.array(members), column
