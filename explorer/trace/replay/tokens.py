"""How a pass depends on its tokens: which rows are read, and which columns are predicted.

Passes of one length differ in two ways. Each position reads the row of its token from a matrix of
parameters. And the loss of each position starts from the column of its target. The nodes that
belong to one column (a logit, its exponential, its probability) change places with those of
another column when the target changes: the target's are visited first. So their gradients are
worked out by *label* instead of column: 0 for the target's column, then 1, 2, ... for the other
columns in order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.trace.replay.graph import Graph, Indices
from explorer.trace.replay.units import Kind, Units
from explorer.trace.trace import ParameterMatrix


@dataclass(frozen=True, eq=False)
class TokenUse:
    """Where the tokens come in.

    Attributes
    ----------
    rows : ParameterMatrix
        The matrix of which each position reads one row.
    read : int array
        The terms that are elements of these rows.
    position, column : int arrays
        Of each of them.
    target_term : int array, (positions,)
        The term that is the probability of the target.
    families : int array, (families, positions, vocabulary)
        Nodes that differ only in the column of the vocabulary. The first family are the
        probabilities.
    """

    rows: ParameterMatrix
    read: Indices
    position: Indices
    column: Indices
    target_term: Indices
    families: Indices


def labels_of_columns(vocabulary: int) -> Indices:
    """Return the label of each column (second axis) for each target (first axis)."""
    target, column = np.ogrid[:vocabulary, :vocabulary]
    return np.where(column == target, 0, column + (column < target))


def columns_of_labels(vocabulary: int) -> Indices:
    """Return the column of each label (second axis) for each target (first axis)."""
    target, label = np.ogrid[:vocabulary, :vocabulary]
    return np.where(label == 0, target, label - (label <= target))


def find_token_use(graph: Graph, units: Units) -> TokenUse | None:
    """Find where the tokens come in; None if the graph holds for these tokens alone."""
    if not graph.tokens:
        return None
    term = _target_terms(graph, units)
    families = _families(graph, units)
    if term is None or families is None:
        return None
    position = position_of(graph, units.node)[units.unit_of_term]
    for matrix in graph.parameters:
        inside = (units.a >= matrix.start) & (units.a < matrix.stop)
        others = (units.b >= matrix.start) & (units.b < matrix.stop)
        read = np.flatnonzero(inside)
        row, column = np.divmod(units.a[read] - matrix.start, matrix.columns)
        if not len(read) or others.any() or matrix.rows != graph.probabilities.shape[1]:
            continue
        if position[read].max() < graph.positions and np.array_equal(
            row, np.array(graph.tokens)[position[read]]
        ):
            is_plain = (units.b[read] < 0) & (units.kind[units.node] == Kind.ADD)[
                units.unit_of_term[read]
            ]
            if is_plain.all():
                return TokenUse(matrix, read, position[read], column, term, families)
    return None


def position_of(graph: Graph, nodes: Indices) -> Indices:
    """Return the position that made each node; the number of positions for what came after."""
    return np.searchsorted(graph.position_loss, nodes)


def _target_terms(graph: Graph, units: Units) -> Indices | None:
    """Return the one term of each position that is a probability: that of the target."""
    used = np.flatnonzero(np.isin(units.a, graph.probabilities))
    targets = graph.probabilities[np.arange(graph.positions), graph.tokens[1:]]
    if np.isin(units.b, graph.probabilities).any() or len(used) != graph.positions:
        return None
    used = used[np.argsort(units.a[used])]
    return used if np.array_equal(units.a[used], targets) else None


def _families(graph: Graph, units: Units) -> Indices | None:
    """Walk down from all probabilities at once, as long as the columns stay apart."""
    found = [graph.probabilities.astype(np.intp)]
    known = {int(found[0][0, 0])}
    for family in found:
        unit = units.unit_of[family]
        if (units.kind[family] <= Kind.PEAK).all():
            continue
        if (unit < 0).any() or len(np.unique(units.kind[family])) > 1:
            return None
        counts = units.start[unit + 1] - units.start[unit]
        if (counts != counts[0, 0]).any():
            return None
        for k in range(int(counts[0, 0])):
            term = units.start[unit] + k
            if units.is_zero[term].all():
                continue
            for nodes in (units.a[term], units.b[term]):
                if (nodes == nodes[:, :1]).all() or int(nodes[0, 0]) in known:
                    continue  # the same for all columns
                if any(len(set(row)) < len(row) for row in nodes.tolist()):
                    return None
                known.add(int(nodes[0, 0]))
                found.append(nodes)
    return np.array(found)
