"""The flows that a map shows from afar: those that pass over other blocks.

What flows to the next block needs no arrow. What is left are residual connections, which pass over
a whole block of their own column, and keys and values, which go to later columns.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.layout.kinds import scope_links
from explorer.layout.map_layout import MapLayout
from explorer.trace.trace import IntArray, Trace

LANE = 0.5  # cells from the edge of a box
LEAST_SKIP = 25  # cells between two blocks from which something passes over others


@dataclass(frozen=True)
class Flow:
    """An arrow from one scope to another.

    Attributes
    ----------
    source, target : int
        Scopes.
    name : str
        Name of the source.
    lane : float or None
        If it stays in its column and passes over other blocks: where it runs down, in cells, at
        the right edge of the scope that holds both ends. None if it leads to another column.
    last : int
        The last node that it brings; before that is computed, there is no flow.
    """

    source: int
    target: int
    name: str
    lane: float | None
    last: int


def find_flows(trace: Trace, layout: MapLayout) -> list[Flow]:
    """Return the flows between the positions of a map and within them, one between two blocks."""
    first, second = scope_links(trace)
    paths = _paths(trace)
    depth = (paths >= 0).sum(axis=1) - 1
    inside = np.isin(paths[first, 1], trace.position_scope)
    inside &= np.isin(paths[second, 1], trace.position_scope)
    first, second = first[inside], second[inside]
    last_node = np.zeros(len(trace.scopes), np.int64)
    np.maximum.at(last_node, trace.scope, np.arange(trace.nodes))

    flows: dict[tuple[int, int], Flow] = {}
    for one, other in zip(first.tolist(), second.tolist(), strict=True):
        source = _block(trace, one)
        name = trace.scopes[source].name
        if paths[one, 1] != paths[other, 1]:
            # Of all blocks at the source's depth that use it, the leftmost gets the arrow.
            target = int(paths[other, min(depth[source], depth[other])])
            key = (source, int(paths[other, 1]))
            known = flows.get(key)
            if known is None or layout.box[target, 0] < layout.box[known.target, 0]:
                flows[key] = Flow(source, target, name, None, int(last_node[other]))
        else:
            target = _block(trace, other)
            bottom = layout.box[source, 1] + layout.box[source, 3]
            if layout.box[target, 1] - bottom >= LEAST_SKIP:
                common = int(paths[one, (paths[one] == paths[other]).argmin() - 1])
                lane = float(layout.box[common, 0] + layout.box[common, 2]) - LANE
                flows[source, target] = Flow(source, target, name, lane, int(last_node[other]))
    return list(flows.values())


def _block(trace: Trace, scope: int) -> int:
    """Return the block that a numbered row belongs to; other scopes are their own."""
    return trace.scopes[scope].parent if trace.scopes[scope].number >= 0 else scope


def _paths(trace: Trace) -> npt.NDArray[np.int32]:
    """Return the scopes from the whole pass to each scope, filled up with -1."""
    found: list[IntArray] = []
    deepest = max(len(trace.scope_path(scope)) for scope in range(len(trace.scopes)))
    for scope in range(len(trace.scopes)):
        path = np.full(deepest + 1, -1, np.int32)
        way = [0, *trace.scope_path(scope)]
        path[: len(way)] = way
        found.append(path)
    return np.array(found)
