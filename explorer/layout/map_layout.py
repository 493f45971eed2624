"""The map: one picture of a whole pass, the same for every pass of the same shape.

Scopes are boxes in boxes, on a grid of unit cells, one a node. Sizes and arrangements belong to
kinds of scopes (`explorer.layout.kinds`), so that blocks of the same kind stand at the same height
in every column, and a pass of 100,000 nodes takes no longer to arrange than its few dozen kinds.

The outermost scope flows from left to right: parameters, a column for each position, the loss. The
matrices of parameters stand at the height of the blocks that use them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.layout.formula_layout import place_formula
from explorer.layout.kinds import OWN, Key, Structure, find_structure, key_of, scope_links
from explorer.layout.packing import (
    GAP,
    LARGE_HEADER,
    PADDING,
    Arrangement,
    Packer,
    Places,
    frame,
    label_widths,
)
from explorer.trace.trace import IntArray, Trace


@dataclass(frozen=True, eq=False)
class MapLayout:
    """Where each node and each scope stands, in cells.

    Attributes
    ----------
    x, y : int32 arrays, (nodes,)
    box : int32 array, (scopes, 4)
        Left, top, width, height; the whole map for scope 0.
    header : int32 array, (scopes,)
        Height of the label's place at the top of the box; 0 for the whole map.
    framed : bool array, (scopes,)
        Whether the box is drawn; the innermost ones only have a label.
    label_width : int32 array, (scopes,)
        How wide the label may be: it may leave the box as long as nothing stands beside it.
    grid : int32 array, (height, width)
        The node in each cell, -1 where there is none.
    """

    x: IntArray
    y: IntArray
    box: IntArray
    header: IntArray
    framed: npt.NDArray[np.bool_]
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

    def middle(self, node: int) -> tuple[float, float]:
        """Return the middle of a node's cell."""
        return float(self.x[node]) + 0.5, float(self.y[node]) + 0.5

    def filling_scope(
        self, corner: tuple[float, float], opposite: tuple[float, float], share: float
    ) -> int:
        """Return the innermost scope with a frame that fills a part of the map; 0 if none does.

        Parameters
        ----------
        corner, opposite : (float, float)
            Upper left and lower right corner of the part, in cells.
        share : float
            How much of it has to be filled.
        """
        (left, top), (right, bottom) = corner, opposite
        framed = np.flatnonzero(self.framed)
        x, y, width, height = self.box[framed].T
        shared = np.clip(np.minimum(x + width, right) - np.maximum(x, left), 0, None)
        shared = shared * np.clip(np.minimum(y + height, bottom) - np.maximum(y, top), 0, None)
        filling = framed[shared >= share * (right - left) * (bottom - top)]
        return int(filling[-1]) if filling.size else 0  # pre-order: the last is the innermost


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
    if trace.names:
        return _of_formula(trace)
    structure = find_structure(trace)
    return _place(trace, structure, _arrange_pass(trace, structure))


def _of_formula(trace: Trace) -> MapLayout:
    """Return the map of a few nodes, in which scopes have neither frames nor labels."""
    x, y = place_formula(trace)
    scopes = len(trace.scopes)
    box = np.zeros((scopes, 4), np.int32)
    for i, scope in enumerate(trace.scopes):
        inside = (trace.scope >= i) & (trace.scope < scope.stop)
        left, top = int(x[inside].min()), int(y[inside].min())
        box[i] = left, top, int(x[inside].max()) + 1 - left, int(y[inside].max()) + 1 - top
    grid = np.full((box[0, 3], box[0, 2]), -1, np.int32)
    grid[y, x] = np.arange(trace.nodes)
    nothing = np.zeros(scopes, np.int32)
    return MapLayout(x, y, box, nothing, nothing.astype(bool), nothing, grid)


def _arrange_pass(trace: Trace, structure: Structure) -> list[Arrangement]:
    """Arrange the columns, then the parameters beside them, then all in a row."""
    kinds = structure.kinds
    packer = Packer(kinds)
    found: dict[int, Arrangement] = {}
    parameters = trace.scopes[trace.parameters[0].scope].parent if trace.parameters else -1
    for child in dict.fromkeys(kinds[0].children.values()):
        if parameters < 0 or child != structure.kind_of[parameters]:
            found |= packer.arrange_compactly(child)
    if parameters > 0:
        _arrange_parameters(trace, structure, found)

    sizes = _sizes(structure, 0, found)
    places: Places = {}
    left = 0
    for generation in kinds[0].generations():
        for key in generation:
            places[key] = (left, 0)
            left += sizes[key][0] + GAP
    height = max(height for _, height in sizes.values())
    found[0] = frame(places, (left - GAP, height), header=0)
    return [found[kind] for kind in range(len(kinds))]


def _sizes(
    structure: Structure, kind: int, found: Mapping[int, Arrangement]
) -> dict[Key, tuple[int, int]]:
    children = structure.kinds[kind].children
    return {OWN: structure.kinds[kind].own} | {k: found[c].size for k, c in children.items()}


def _arrange_parameters(trace: Trace, structure: Structure, found: dict[int, Arrangement]) -> None:
    """Put each matrix at the height of the block that uses it first, or as near as there is room.

    Matrices that are used at the same height stand beside each other.
    """
    sizes: dict[Key, tuple[int, int]] = {}
    for matrix in trace.parameters:
        kind = structure.kind_of[matrix.scope]
        key = key_of(trace, matrix.scope)
        found[kind] = frame({OWN: (0, 0)}, structure.kinds[kind].own, LARGE_HEADER)
        sizes[key] = found[kind].size

    wanted = _heights_of_use(trace, structure, found)
    places: Places = {}
    left = top = bottom = width = 0
    for key in sorted(sizes, key=lambda key: wanted[key]):
        if not places or wanted[key] > top or left + sizes[key][0] > 4 * max(sizes[key]):
            top, left = max(wanted[key], bottom), 0
        places[key] = (left, top)
        left += sizes[key][0] + GAP
        bottom = max(bottom, top + sizes[key][1] + GAP)
        width = max(width, left - GAP)
    parent = structure.kind_of[trace.scopes[trace.parameters[0].scope].parent]
    found[parent] = frame(places, (width, bottom - GAP), LARGE_HEADER)


def _heights_of_use(
    trace: Trace, structure: Structure, found: dict[int, Arrangement]
) -> dict[Key, int]:
    """Return for each matrix the top of the first labelled block that uses it."""
    tops: list[int] = []
    for i, scope in enumerate(trace.scopes):
        parent = found.get(structure.kind_of[scope.parent]) if scope.parent > 0 else None
        place = parent.place.get(key_of(trace, i)) if parent else None
        tops.append(tops[scope.parent] + place[1] if place else 0)
    wanted = {key_of(trace, matrix.scope): 0 for matrix in trace.parameters}
    matrices = {matrix.scope for matrix in trace.parameters}
    first_use: dict[int, int] = {}
    for matrix, user in zip(*(ends.tolist() for ends in scope_links(trace)), strict=True):
        if matrix in matrices:
            block = trace.scopes[user].parent if trace.scopes[user].number >= 0 else user
            first_use[matrix] = min(first_use.get(matrix, tops[block]), tops[block])
    for used, top in first_use.items():
        wanted[key_of(trace, used)] = max(0, top - LARGE_HEADER - PADDING)
    return wanted


def _place(trace: Trace, structure: Structure, arranged: list[Arrangement]) -> MapLayout:
    """Turn places within boxes into places on the map."""
    x, y = np.empty(trace.nodes, np.int32), np.empty(trace.nodes, np.int32)
    box = np.zeros((len(trace.scopes), 4), np.int32)
    label_width = np.zeros(len(trace.scopes), np.int32)
    arrangements = dict(enumerate(arranged))
    rooms = [label_widths(a, _sizes(structure, k, arrangements)) for k, a in arrangements.items()]
    for i, scope in enumerate(trace.scopes):
        own = arranged[structure.kind_of[i]]
        left = top = 0
        if scope.parent >= 0:
            around, key = arranged[structure.kind_of[scope.parent]], key_of(trace, i)
            left, top = around.place[key]
            left, top = left + int(box[scope.parent, 0]), top + int(box[scope.parent, 1])
            label_width[i] = rooms[structure.kind_of[scope.parent]][key]
        box[i] = left, top, own.width, own.height
        if i in structure.blocks:
            inner_left, inner_top = own.place[OWN]
            x[structure.members[i]] = left + inner_left + structure.blocks[i].x
            y[structure.members[i]] = top + inner_top + structure.blocks[i].y
    grid = np.full((arranged[0].height, arranged[0].width), -1, np.int32)
    grid[y, x] = np.arange(trace.nodes)
    kinds = structure.kinds
    matrices = {matrix.scope for matrix in trace.parameters}
    return MapLayout(
        x,
        y,
        box,
        header=np.array([arranged[k].header for k in structure.kind_of], np.int32),
        framed=np.array(
            [bool(kinds[k].children) or i in matrices for i, k in enumerate(structure.kind_of)]
        ),
        label_width=label_width,
        grid=grid,
    )
