"""The arrangement of the nodes of one scope on a grid of unit cells."""

from __future__ import annotations

from dataclasses import dataclass

import networkx as nx
import numpy as np
import numpy.typing as npt

SPINE = 5  # a chain of at least so many nodes lies along x; shorter ones run downwards
ROW_LIMIT = 64  # components stand beside each other up to this many columns


@dataclass(frozen=True, eq=False)
class CellBlock:
    """Positions of a scope's own nodes, in the order of their creation.

    Attributes
    ----------
    x, y : int32 arrays, (nodes,)
    width, height : int
    """

    x: npt.NDArray[np.int32]
    y: npt.NDArray[np.int32]
    width: int
    height: int


def arrange_cells(
    count: int, edges: npt.NDArray[np.int32], is_constant: npt.NDArray[np.bool_]
) -> CellBlock:
    """Arrange nodes so that their shape tells what they compute.

    A long chain, such as a running sum, lies along x, and what it adds up stands above the sum
    that it feeds: a dot product looks like a comb. Many short chains stand beside each other,
    each running downwards: an operation on a vector looks like a row.

    Parameters
    ----------
    count : int
    edges : int32 array, (edges, 2)
        Consumer and child, as indices below `count`.
    is_constant : bool array, (count,)

    Returns
    -------
    CellBlock
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from((int(child), int(consumer)) for consumer, child in edges)
    x, y = np.zeros(count, np.int32), np.zeros(count, np.int32)
    left = top = row_height = width = 0
    components = sorted(map(sorted, nx.weakly_connected_components(graph)))
    for component in components:
        part = graph.subgraph(component)
        places = _comb(part, is_constant)
        part_width = 1 + max(column for column, _ in places.values())
        part_height = 1 + max(row for _, row in places.values())
        if left and left + part_width > ROW_LIMIT:
            left, top, row_height = 0, top + row_height, 0
        for node, (column, row) in places.items():
            x[node], y[node] = left + column, top + row
        left += part_width
        row_height = max(row_height, part_height)
        width = max(width, left)
    return CellBlock(x, y, width, top + row_height)


def _comb(graph: nx.DiGraph, is_constant: npt.NDArray[np.bool_]) -> dict[int, tuple[int, int]]:
    """Place one connected component; return column and row of each node."""
    spine = nx.dag_longest_path(graph)
    if len(spine) < SPINE:
        return _falling(graph)
    # Of the two things that the first sum adds, the constant 0 is where the chain starts.
    for node in graph.predecessors(spine[1]):
        if is_constant[node] and graph.in_degree(node) == 0:
            spine[0] = node
    height = dict.fromkeys(spine, 0)
    column = {node: i for i, node in enumerate(spine)}
    tops = [0] * len(spine)
    # What feeds the spine stands above what it feeds; what else hangs on it, above that.
    waiting = [node for node in nx.topological_sort(graph) if node not in column][::-1]
    while waiting:
        for node in waiting:
            neighbours = [*graph.successors(node), *graph.predecessors(node)]
            beside = next((column[other] for other in neighbours if other in column), None)
            if beside is not None:
                column[node] = beside
                tops[beside] += 1
                height[node] = tops[beside]
        waiting = [node for node in waiting if node not in column]
    bottom = max(tops)
    return {node: (column[node], bottom - height[node]) for node in column}


def _falling(graph: nx.DiGraph) -> dict[int, tuple[int, int]]:
    """Place each topological generation below the one before."""
    return {
        node: (column, row)
        for row, generation in enumerate(nx.topological_generations(graph))
        for column, node in enumerate(sorted(generation))
    }
