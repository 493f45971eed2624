"""The backward half of a program: steps, and where each gradient lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.trace.replay.forward import ONE, Forward
from explorer.trace.replay.graph import Graph, Indices, Mask
from explorer.trace.replay.grouping import backward_levels, groups, placed
from explorer.trace.replay.ledger import OWN, Contributions, ranges
from explorer.trace.replay.steps import GradientStep
from explorer.trace.replay.tokens import TokenUse, labels_of_columns, position_of
from explorer.trace.replay.units import Kind, Units

ZERO, SEED, FIRST = 0, 1, 2  # slots


@dataclass(frozen=True, eq=False)
class Columns:
    """What changes places with the target, see `explorer.trace.replay.tokens`.

    Attributes
    ----------
    values : int array, (sets, positions, vocabulary)
        Where the values lie that are needed by label.
    values_out : slice
        Where they are copied to, ordered by label.
    grads : int array, (families, positions, vocabulary)
        Where the gradient of each label lies.
    grads_out : slice
        Where they are copied to, ordered by column.
    """

    values: Indices
    values_out: slice
    grads: Indices
    grads_out: slice


@dataclass(frozen=True, eq=False)
class RowGradients:
    """The gradients of the matrix of which each position reads a row, in the order of the ledger.

    Attributes
    ----------
    position, column, consumer : int arrays
        Of each contribution: who reads the row, which element, where the gradient lies.
    out : slice
        Of the whole matrix, row by row.
    """

    position: Indices
    column: Indices
    consumer: Indices
    out: slice


@dataclass(frozen=True, eq=False)
class Backward:
    """The steps that compute all gradients, and where they lie.

    All gradients lie in one array: 0.0, the loss's 1.0, then the results of the steps.

    Attributes
    ----------
    inner, constants, leaves : list of GradientStep
        For units, in order; for constants; for leaves, the very last.
    slot : int array, (nodes,)
        Where the gradient of each node lies; `ZERO` for those that do not reach the loss.
    columns, rows : Columns and RowGradients, or None
        None if the tokens cannot be changed.
    size : int
    values_size : int
        How long the array of values has to be.
    """

    inner: list[GradientStep]
    constants: list[GradientStep]
    leaves: list[GradientStep]
    slot: Indices
    columns: Columns | None
    rows: RowGradients | None
    size: int
    values_size: int


def lay_out_backward(
    graph: Graph, units: Units, forward: Forward, ledger: Contributions, use: TokenUse | None
) -> Backward:
    """Group the gradients into steps, and give each one a place."""
    layout = _Layout(graph, ledger)
    is_unit = units.unit_of >= 0
    level = np.zeros(graph.nodes, np.intp)
    level[is_unit] = backward_levels(units, ledger)[units.unit_of[is_unit]]
    is_constant = (units.kind == Kind.CONSTANT) | (units.kind == Kind.PEAK)
    is_leaf = units.kind == Kind.LEAF
    if use is not None:
        is_leaf[use.rows.start : use.rows.stop] = False
    groups_of = [layout.add_groups(which, level) for which in (is_unit, is_constant, is_leaf)]

    local = _local_slots(units, forward, ledger)
    consumer = layout.slot[units.node[ledger.consumer]]
    slot = np.where(units.kind == Kind.LEAF, layout.slot, layout.slot[units.owner])
    values_size = forward.size
    columns = rows = None
    if use is not None:
        columns = _by_column(graph, units, forward, ledger, use, layout, local, consumer, slot)
        values_size = columns.values_out.stop
        rows = _row_gradients(graph, units, ledger, use, layout, consumer)
        slot[use.rows.start : use.rows.stop] = np.arange(rows.out.start, rows.out.stop)
    inner, constants, leaves = (layout.steps(groups, local, consumer) for groups in groups_of)
    return Backward(inner, constants, leaves, slot, columns, rows, layout.size, values_size)


_Groups = list[tuple[Indices, slice]]


class _Layout:
    """Hands out places for gradients."""

    def __init__(self, graph: Graph, ledger: Contributions) -> None:
        self.size = FIRST
        self.slot = np.zeros(graph.nodes, np.intp)
        self.slot[graph.loss] = SEED
        self._count = np.bincount(ledger.child, minlength=graph.nodes)
        self._start = np.cumsum(self._count) - self._count

    def add_groups(self, which: Mask, level: Indices) -> _Groups:
        """Give places to some nodes, if they have contributions, level by level."""
        members = np.flatnonzero(which & (self._count > 0))
        found = []
        for group in groups(level[members], self._count[members]):
            nodes = members[group]
            out = self.reserve(max(len(nodes), 2))
            self.slot[nodes] = out.start + np.arange(len(nodes))
            found.append((nodes, out))
        return found

    def reserve(self, room: int) -> slice:
        """Hand out some places in a row."""
        self.size += room
        return slice(self.size - room, self.size)

    def steps(self, groups: _Groups, local: Indices, consumer: Indices) -> list[GradientStep]:
        """Make the steps, once it is known where everything lies."""
        made = []
        for nodes, out in groups:
            count = self._count[nodes]
            which = ranges(self._start[nodes], count)
            rank = which - np.repeat(self._start[nodes], count)
            column = np.repeat(np.arange(len(nodes)), count)
            shape = int(count.max()), out.stop - out.start
            locals_ = placed(local[which], rank, column, shape)
            consumers = placed(consumer[which], rank, column, shape)
            made.append(GradientStep(locals_, consumers, out, ONE))
        return made


def _local_slots(units: Units, forward: Forward, ledger: Contributions) -> Indices:
    """Return where the local gradient of each contribution lies among the values."""
    of_node = forward.slot[np.maximum(ledger.local, 0)]
    of_unit = forward.local[np.maximum(OWN - ledger.local, 0)]
    return np.where(ledger.local >= 0, of_node, np.where(ledger.local <= OWN, of_unit, ONE))


def _by_column(
    graph: Graph,
    units: Units,
    forward: Forward,
    ledger: Contributions,
    use: TokenUse,
    layout: _Layout,
    local: Indices,
    consumer: Indices,
    slot: Indices,
) -> Columns:
    """Work out what changes places with the target.

    `local`, `consumer` and `slot` are changed to where the numbers will be ordered as needed.
    """
    _, positions, vocabulary = use.families.shape
    column_of = np.full(graph.nodes, -1)
    column_of[use.families] = np.arange(vocabulary)
    label = labels_of_columns(vocabulary)[list(graph.tokens[1:])]  # as recorded
    position = position_of(graph, units.node)[ledger.consumer]
    # A leaf that belongs to a column stays with it; all other gradients go by label.
    by_label = (column_of[ledger.child] < 0) | (units.kind[ledger.child] != Kind.LEAF)

    sets = [forward.slot[family] for family in use.families]
    kept = [family for family in use.families if (units.unit_of[family] >= 0).all()]
    sets += [forward.local[units.unit_of[family]] for family in kept]
    sets = [places for places in sets if (places >= 0).all()]
    which = np.full(forward.size, -1)
    column = np.full(forward.size, -1)
    for i, places in enumerate(sets):
        which[places], column[places] = i, np.arange(vocabulary)
    needed = np.unique(which[local[by_label & (which[local] >= 0)]])
    number = np.full(len(sets) + 1, -1)
    number[needed] = np.arange(len(needed))
    moved = np.flatnonzero(by_label & (which[local] >= 0))
    at = local[moved]
    cell = number[which[at]], position[moved], label[position[moved], column[at]]
    shape = len(needed), positions, vocabulary
    values_out = slice(forward.size, forward.size + int(np.prod(shape)))
    local[moved] = values_out.start + np.ravel_multi_index(cell, shape)
    values = np.array([sets[i] for i in needed], np.intp).reshape(shape)

    inner = use.families[(units.kind[use.families] != Kind.LEAF).all(axis=(1, 2))]
    grads = np.empty(inner.shape, np.intp)
    np.put_along_axis(grads, np.broadcast_to(label, inner.shape), layout.slot[inner], axis=2)
    grads_out = layout.reserve(grads.size)
    by_column = np.zeros(graph.nodes, np.intp)
    by_column[inner] = np.arange(grads_out.start, grads_out.stop).reshape(inner.shape)
    stays = np.flatnonzero(~by_label & (by_column[units.node[ledger.consumer]] > 0))
    consumer[stays] = by_column[units.node[ledger.consumer[stays]]]
    owner = by_column[units.owner]
    slot[owner > 0] = owner[owner > 0]
    return Columns(values, values_out, grads, grads_out)


def _row_gradients(
    graph: Graph,
    units: Units,
    ledger: Contributions,
    use: TokenUse,
    layout: _Layout,
    consumer: Indices,
) -> RowGradients:
    rows = use.rows
    which = np.flatnonzero((ledger.child >= rows.start) & (ledger.child < rows.stop))
    which = which[np.argsort(-ledger.when[which])]
    position = position_of(graph, units.node)[ledger.consumer[which]]
    column = (ledger.child[which] - rows.start) % rows.columns
    return RowGradients(position, column, consumer[which], layout.reserve(rows.stop - rows.start))
