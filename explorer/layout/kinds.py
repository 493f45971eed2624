"""Kinds of scopes: what there is to arrange, found once for all scopes that are alike.

Two scopes are of the same kind if the names on their paths agree but for the numbers: all rows of
all query matrices, say. Each key of a kind, a name with a number, stands for the scopes that have
this key within a scope of the kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import networkx as nx
import numpy as np
import numpy.typing as npt

from explorer.layout.cells import CellBlock, arrange_cells
from explorer.trace.trace import IntArray, ParameterMatrix, Trace

Key = tuple[str, int]  # a scope within its parent: name and number
OWN: Key = ("", -1)  # the nodes that belong to the scope itself

ROW_NAMES = 2  # cells left of a matrix of parameters, for the names of its rows


@dataclass
class Kind:
    """What all scopes of one kind share.

    Attributes
    ----------
    depth : int
    children : dict
        Kind of each key that occurs in any scope of this kind, in order of first occurrence.
    needs : set
        Pairs of keys: the second uses a result of the first.
    own : tuple of int
        Largest width and height of the blocks of own nodes, in cells.
    """

    depth: int
    children: dict[Key, int] = field(default_factory=dict)
    needs: set[tuple[Key, Key]] = field(default_factory=set)
    own: tuple[int, int] = (0, 0)

    def generations(self) -> Iterator[list[Key]]:
        """Yield the keys by topological generation.

        A key that seems to need a later one, as in a loop that feeds itself, does not wait.
        """
        keys = [*self.children, *([OWN] if self.own[0] else [])]
        position = {key: i for i, key in enumerate(keys)}
        graph = nx.DiGraph()
        graph.add_nodes_from(keys)
        graph.add_edges_from((a, b) for a, b in self.needs if position[a] < position[b])
        for generation in nx.topological_generations(graph):
            yield sorted(generation, key=position.__getitem__)


@dataclass(frozen=True)
class Structure:
    """The kinds of a trace, and the blocks of nodes in them.

    Attributes
    ----------
    kinds : list of Kind
        The first one is the whole pass.
    kind_of : list of int
        The kind of each scope.
    blocks : dict of int to CellBlock
        How the own nodes of a scope are arranged, for the scopes that have some.
    members : dict of int to int32 array
        Those nodes.
    """

    kinds: list[Kind]
    kind_of: list[int]
    blocks: dict[int, CellBlock]
    members: dict[int, IntArray]


def find_structure(trace: Trace) -> Structure:
    """Find the kinds of a trace's scopes and arrange the nodes within each scope."""
    kind_of, kinds = _find_kinds(trace)
    blocks, members = _own_blocks(trace)
    for scope, block in blocks.items():
        kind = kinds[kind_of[scope]]
        kind.own = max(kind.own[0], block.width), max(kind.own[1], block.height)
    _find_needs(trace, kind_of, kinds)
    return Structure(kinds, kind_of, blocks, members)


def scope_links(trace: Trace) -> tuple[IntArray, IntArray]:
    """Return all pairs of different scopes of which the second uses nodes of the first."""
    scopes = len(trace.scopes)
    consumer = np.repeat(trace.scope, np.diff(trace.child_pointer)).astype(np.int64)
    linked = np.zeros(scopes * scopes if scopes < 2000 else 0, bool)
    ends = trace.scope[trace.child].astype(np.int64) * scopes + consumer
    if linked.size:
        linked[ends] = True
        pairs = np.flatnonzero(linked)
    else:
        pairs = np.unique(ends)
    first, second = np.divmod(pairs, scopes)
    different = first != second
    return first[different].astype(np.int32), second[different].astype(np.int32)


def key_of(trace: Trace, scope: int) -> Key:
    """Return the key of a scope within its parent; that of own nodes for -1."""
    return OWN if scope < 0 else (trace.scopes[scope].name, trace.scopes[scope].number)


def _find_kinds(trace: Trace) -> tuple[list[int], list[Kind]]:
    ids: dict[tuple[int, str], int] = {}
    kind_of: list[int] = []
    kinds: list[Kind] = []
    for scope in trace.scopes:
        parent = kind_of[scope.parent] if scope.parent >= 0 else -1
        kind = ids.setdefault((parent, scope.name), len(kinds))
        if kind == len(kinds):
            kinds.append(Kind(kinds[parent].depth + 1 if parent >= 0 else 0))
        if parent >= 0:
            kinds[parent].children[scope.name, scope.number] = kind
        kind_of.append(kind)
    return kind_of, kinds


def _own_blocks(trace: Trace) -> tuple[dict[int, CellBlock], dict[int, IntArray]]:
    """Arrange the own nodes of each scope; equal structures are arranged once."""
    by_scope = np.argsort(trace.scope, kind="stable").astype(np.int32)
    counts = np.bincount(trace.scope, minlength=len(trace.scopes))
    starts = np.concatenate([[0], np.cumsum(counts)])
    local = np.empty(trace.nodes, np.int32)
    local[by_scope] = np.arange(trace.nodes) - np.repeat(starts[:-1], counts)

    consumer = np.repeat(np.arange(trace.nodes), np.diff(trace.child_pointer))
    inner = trace.scope[consumer] == trace.scope[trace.child]
    edges = np.stack([local[consumer[inner]], local[trace.child[inner]]], axis=1)
    edge_scope = trace.scope[consumer[inner]]
    edge_order = np.argsort(edge_scope, kind="stable")
    edges = edges[edge_order]
    edge_starts = np.searchsorted(edge_scope[edge_order], np.arange(len(trace.scopes) + 1))
    childless = np.diff(trace.child_pointer) == 0

    matrix_of = {matrix.scope: matrix for matrix in trace.parameters}
    known: dict[tuple[int, bytes, bytes], CellBlock] = {}
    blocks, members = {}, {}
    for scope in np.flatnonzero(counts).tolist():
        nodes = members[scope] = by_scope[starts[scope] : starts[scope + 1]]
        if scope in matrix_of:
            blocks[scope] = _matrix_block(matrix_of[scope])
            continue
        part = edges[edge_starts[scope] : edge_starts[scope + 1]]
        constant = childless[nodes]
        key = (len(nodes), part.tobytes(), constant.tobytes())
        if key not in known:
            known[key] = arrange_cells(len(nodes), part, constant)
        blocks[scope] = known[key]
    return blocks, members


def _matrix_block(matrix: ParameterMatrix) -> CellBlock:
    row, column = np.divmod(np.arange(matrix.stop - matrix.start), matrix.columns)
    left = (column + ROW_NAMES).astype(np.int32)
    return CellBlock(left, row.astype(np.int32), matrix.columns + ROW_NAMES, matrix.rows)


def _find_needs(trace: Trace, kind_of: Sequence[int], kinds: Sequence[Kind]) -> None:
    """Note for each kind which of its keys use results of which others."""
    first, second = scope_links(trace)
    a, b = _ancestors(trace, kind_of, kinds, first), _ancestors(trace, kind_of, kinds, second)
    split = (a == b).argmin(axis=1)  # the first level at which the two paths differ
    rows = np.arange(len(a))
    meeting = a[rows, split - 1]
    pairs = np.unique(np.stack([meeting, a[rows, split], b[rows, split]], axis=1), axis=0)
    for scope, one, other in pairs.tolist():
        kinds[kind_of[scope]].needs.add((key_of(trace, one), key_of(trace, other)))


def _ancestors(
    trace: Trace, kind_of: Sequence[int], kinds: Sequence[Kind], scopes: IntArray
) -> npt.NDArray[np.int32]:
    """Return the path to each scope, one column a level, filled up with -1."""
    path = np.full((len(trace.scopes), max(kind.depth for kind in kinds) + 2), -1, np.int32)
    for i, scope in enumerate(trace.scopes):
        level = kinds[kind_of[i]].depth
        if level:
            path[i, :level] = path[scope.parent, :level]
        path[i, level] = i
    return path[scopes]
