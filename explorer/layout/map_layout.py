"""The map: one picture of a whole pass, the same for every pass of the same shape.

Scopes are boxes in boxes, on a grid of unit cells, one a node. Two scopes are of the same *kind*
if the names on their paths agree but for the numbers: all rows of all query matrices, say. Sizes
and arrangements belong to kinds, not to scopes, so that blocks of the same kind stand at the same
height in every column, and a pass of 100,000 nodes takes no longer to arrange than its few dozen
kinds.

Within a kind, what depends on nothing else comes first and what needs it comes below
(`networkx.topological_generations` of the quotient graph); the outermost scope flows from left to
right, so that each position is a column.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import networkx as nx
import numpy as np

from explorer.layout.cells import CellBlock, arrange_cells
from explorer.trace.trace import IntArray, ParameterMatrix, Trace

Key = tuple[str, int]  # a scope within its parent: name and number
OWN: Key = ("", -1)  # the nodes that belong to the scope itself

COLUMN_HEIGHT = 49  # items of one generation are stacked up to this height: 16 rows of a matrix
MATRIX_COLUMN_HEIGHT = 112  # and parameters up to this one: four square matrices
PADDING = 1  # cells between a box and what is in it
GAP = 2  # between boxes
ROW_GAP = 1  # between unlabelled boxes, such as the rows of a matrix
LARGE, SMALL = (8, 10), (3, 2)  # least content (width, height) for the two sizes of header
LARGE_HEADER, SMALL_HEADER = 7, 1


@dataclass(frozen=True, eq=False)
class MapLayout:
    """Where each node and each scope stands, in cells.

    Attributes
    ----------
    x, y : int32 arrays, (nodes,)
    box : int32 array, (scopes, 4)
        Left, top, width, height; the whole map for scope 0.
    header : int32 array, (scopes,)
        Height of the label's place at the top of the box; 0 if there is none.
    label_width : int32 array, (scopes,)
        How wide the label may be: it may leave the box as long as nothing stands beside it.
    grid : int32 array, (height, width)
        The node in each cell, -1 where there is none.
    """

    x: IntArray
    y: IntArray
    box: IntArray
    header: IntArray
    label_width: IntArray
    grid: IntArray

    @property
    def width(self) -> int:
        """Width of the map in cells."""
        return int(self.grid.shape[1])

    @property
    def height(self) -> int:
        """Height of the map in cells."""
        return int(self.grid.shape[0])

    def node_at(self, x: float, y: float) -> int | None:
        """Return the node whose cell holds a point, or None."""
        if not (0 <= x < self.width and 0 <= y < self.height):
            return None
        node = int(self.grid[int(y), int(x)])
        return node if node >= 0 else None


@dataclass
class _Kind:
    """What all scopes of one kind share.

    Attributes
    ----------
    children : dict
        Kind of each key that occurs in any scope of this kind, in order of first occurrence.
    needs : set
        Pairs of keys: the second uses a result of the first.
    own : tuple of int
        Largest width and height of the own nodes' blocks.
    place : dict
        Left and top of each key, within the box.
    label_width : dict
        Room for the label of each key, from its left.
    """

    depth: int
    children: dict[Key, int]
    needs: set[tuple[Key, Key]]
    own: tuple[int, int] = (0, 0)
    place: dict[Key, tuple[int, int]] = field(default_factory=dict)
    label_width: dict[Key, int] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    header: int = 0


def layout_map(trace: Trace) -> MapLayout:
    """Lay out all nodes and scopes of a pass.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    MapLayout
        No two nodes share a cell, and boxes of different scopes do not overlap unless one holds
        the other.
    """
    kind_of, kinds = _find_kinds(trace)
    blocks, members = _own_blocks(trace)
    for scope, block in blocks.items():
        kind = kinds[kind_of[scope]]
        kind.own = max(kind.own[0], block.width), max(kind.own[1], block.height)
    _find_needs(trace, kind_of, kinds)
    leaf_scopes = {matrix.scope for matrix in trace.parameters}
    parameters = next((trace.scopes[s].parent for s in leaf_scopes), -1)
    for kind in sorted(kinds, key=lambda kind: -kind.depth):
        if parameters > 0 and kind is kinds[kind_of[parameters]]:
            _arrange_matrices(kind, kinds, trace.parameters)
        else:
            _arrange(kind, kinds)
    return _place(trace, kind_of, kinds, blocks, members)


def _find_kinds(trace: Trace) -> tuple[list[int], list[_Kind]]:
    """Return the kind of each scope, and the kinds."""
    ids: dict[tuple[int, str], int] = {}
    kind_of: list[int] = []
    kinds: list[_Kind] = []
    for scope in trace.scopes:
        parent = kind_of[scope.parent] if scope.parent >= 0 else -1
        kind = ids.setdefault((parent, scope.name), len(kinds))
        if kind == len(kinds):
            kinds.append(_Kind(kinds[parent].depth + 1 if parent >= 0 else 0, {}, set()))
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
    return CellBlock(column.astype(np.int32), row.astype(np.int32), matrix.columns, matrix.rows)


def _find_needs(trace: Trace, kind_of: Sequence[int], kinds: Sequence[_Kind]) -> None:
    """Note for each kind which of its keys use results of which others."""
    depth = max(kind.depth for kind in kinds) + 1
    ancestors = np.full((len(trace.scopes), depth), -1, np.int32)
    for i, scope in enumerate(trace.scopes):
        level = kinds[kind_of[i]].depth
        if level:
            ancestors[i, :level] = ancestors[scope.parent, :level]
        ancestors[i, level] = i

    consumer = np.repeat(np.arange(trace.nodes), np.diff(trace.child_pointer))
    ends = trace.scope[trace.child].astype(np.int64) * len(trace.scopes) + trace.scope[consumer]
    child_scope, consumer_scope = np.divmod(np.unique(ends), len(trace.scopes))
    crossing = child_scope != consumer_scope
    a, b = ancestors[child_scope[crossing]], ancestors[consumer_scope[crossing]]
    split = (a == b).argmin(axis=1)  # the first level at which the two paths differ
    rows = np.arange(len(a))
    meeting = a[rows, split - 1]
    pairs = np.unique(np.stack([meeting, a[rows, split], b[rows, split]], axis=1), axis=0)
    for scope, first, second in pairs.tolist():
        kinds[kind_of[scope]].needs.add((_key(trace, first), _key(trace, second)))


def _key(trace: Trace, scope: int) -> Key:
    return OWN if scope < 0 else (trace.scopes[scope].name, trace.scopes[scope].number)


def _arrange(kind: _Kind, kinds: Sequence[_Kind]) -> None:
    """Give each key of a kind its place, and the kind its size."""
    sizes = {key: (kinds[k].width, kinds[k].height) for key, k in kind.children.items()}
    if kind.own[0]:
        sizes[OWN] = kind.own
    labelled = any(kinds[k].header for k in kind.children.values())
    gap = GAP if labelled else ROW_GAP
    flows_right = kind.depth == 0
    along = across = 0
    for generation in _generations(kind, list(sizes)):
        offsets, width, height = _pack({k: sizes[k] for k in generation}, gap, COLUMN_HEIGHT)
        for key, (left, top) in offsets.items():
            kind.place[key] = (left + along, top) if flows_right else (left, top + along)
        along += (width if flows_right else height) + gap
        across = max(across, height if flows_right else width)
    along -= gap
    _frame(kind, sizes, *((along, across) if flows_right else (across, along)))


def _generations(kind: _Kind, keys: Sequence[Key]) -> Iterable[list[Key]]:
    """Yield the keys by topological generation; what seems to need a later key does not wait."""
    position = {key: i for i, key in enumerate(keys)}
    graph = nx.DiGraph()
    graph.add_nodes_from(keys)
    graph.add_edges_from((a, b) for a, b in kind.needs if position[a] < position[b])
    for generation in nx.topological_generations(graph):
        yield sorted(generation, key=position.__getitem__)


def _pack(
    sizes: dict[Key, tuple[int, int]], gap: int, limit: int
) -> tuple[dict[Key, tuple[int, int]], int, int]:
    """Stack items in columns up to a height of `limit`, or more if there are very many."""
    tallest = max(height for _, height in sizes.values())
    area = sum((width + gap) * (height + gap) for width, height in sizes.values())
    limit = max(limit, tallest, int((0.6 * area) ** 0.5))
    if len({height for _, height in sizes.values()}) == 1:  # equal items: equal columns
        columns = -(-len(sizes) * (tallest + gap) // (limit + gap))
        limit = -(-len(sizes) // columns) * (tallest + gap)
    offsets = {}
    left = top = column_width = bottom = 0
    for key, (width, height) in sizes.items():
        if top and top + height > limit:
            left, top, column_width = left + column_width + gap, 0, 0
        offsets[key] = (left, top)
        top += height + gap
        bottom = max(bottom, top - gap)
        column_width = max(column_width, width)
    return offsets, left + column_width, bottom


def _arrange_matrices(
    kind: _Kind, kinds: Sequence[_Kind], matrices: Sequence[ParameterMatrix]
) -> None:
    """Put the matrices of each layer beside each other, wide ones below.

    Those that belong to no layer stand with the first one.
    """
    groups = defaultdict(list)
    first_layer = next((m.name.rpartition(".")[0] for m in matrices if "." in m.name), "")
    for matrix in matrices:
        groups[matrix.name.rpartition(".")[0] or first_layer].append(matrix)
    sizes = {key: (kinds[k].width, kinds[k].height) for key, k in kind.children.items()}
    top = width = 0
    for group in groups.values():
        for wide in (False, True):
            keys = [(m.name, -1) for m in group if (m.columns > 2 * m.rows) == wide]
            if not keys:
                continue
            part = {key: sizes[key] for key in keys}
            offsets, part_width, height = _pack(part, GAP, MATRIX_COLUMN_HEIGHT)
            for key, (x, y) in offsets.items():
                kind.place[key] = (x, y + top)
            top += height + GAP
            width = max(width, part_width)
    _frame(kind, sizes, width, top - GAP)


def _frame(kind: _Kind, sizes: Mapping[Key, tuple[int, int]], width: int, height: int) -> None:
    """Put padding and a header around the content, if the kind is shown as a box."""
    numbered_leaf = not kind.children and height <= SMALL[1]
    if kind.depth == 0 or (width >= LARGE[0] and height >= LARGE[1]):
        kind.header = LARGE_HEADER
    elif width >= SMALL[0] and height >= SMALL[1] and not numbered_leaf:
        kind.header = SMALL_HEADER
    padding = PADDING if kind.header else 0
    kind.width = width + 2 * padding
    kind.height = height + kind.header + 2 * padding
    for key, (left, top) in kind.place.items():
        beside = [
            x
            for other, (x, y) in kind.place.items()
            if x > left and y < top + LARGE_HEADER and y + sizes[other][1] > top
        ]
        kind.label_width[key] = min(beside, default=width + GAP) - GAP - left
    kind.place = {
        key: (left + padding, top + padding + kind.header)
        for key, (left, top) in kind.place.items()
    }


def _place(
    trace: Trace,
    kind_of: Sequence[int],
    kinds: Sequence[_Kind],
    blocks: dict[int, CellBlock],
    members: dict[int, IntArray],
) -> MapLayout:
    """Turn places within boxes into places on the map."""
    x, y = np.empty(trace.nodes, np.int32), np.empty(trace.nodes, np.int32)
    box = np.zeros((len(trace.scopes), 4), np.int32)
    label_width = np.zeros(len(trace.scopes), np.int32)
    corners: list[tuple[int, int]] = []
    for i, scope in enumerate(trace.scopes):
        kind = kinds[kind_of[i]]
        left = top = 0
        if scope.parent >= 0:
            parent, key = kinds[kind_of[scope.parent]], (scope.name, scope.number)
            left, top = parent.place[key]
            label_width[i] = parent.label_width[key]
            left, top = left + corners[scope.parent][0], top + corners[scope.parent][1]
        corners.append((left, top))
        box[i] = left, top, kind.width, kind.height
        if i in blocks:
            inner_left, inner_top = kind.place[OWN]
            x[members[i]] = left + inner_left + blocks[i].x
            y[members[i]] = top + inner_top + blocks[i].y
    grid = np.full((kinds[0].height, kinds[0].width), -1, np.int32)
    grid[y, x] = np.arange(trace.nodes)
    header = np.array([kinds[k].header for k in kind_of], np.int32)
    return MapLayout(x, y, box, header, label_width, grid)
