"""The map of a formula: few nodes, from left to right in the order in which they are computed."""

from __future__ import annotations

import networkx as nx
import numpy as np

from explorer.trace.trace import IntArray, Trace

ACROSS, DOWN = 3, 2  # cells from one node to the next


def place_formula(trace: Trace) -> tuple[IntArray, IntArray]:
    """Return where each node of a formula's pass stands, in cells.

    A node stands to the right of all that it is made from, and leaves above each other at the
    left; within a column, nodes stand at the height of what they are made from.

    Parameters
    ----------
    trace : Trace

    Returns
    -------
    x, y : int32 arrays, (nodes,)
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(range(trace.nodes))
    consumer = np.repeat(np.arange(trace.nodes), np.diff(trace.child_pointer))
    graph.add_edges_from(zip(trace.child.tolist(), consumer.tolist(), strict=True))
    x, y = np.zeros(trace.nodes, np.int32), np.zeros(trace.nodes, np.int32)
    for column, members in enumerate(nx.topological_generations(graph)):
        heights = {
            node: np.mean([y[child] for child in graph.predecessors(node)] or [DOWN * node])
            for node in members
        }
        lowest = -DOWN
        for node in sorted(members, key=lambda node: (heights[node], node)):
            lowest = max(lowest + DOWN, round(float(heights[node])))
            x[node], y[node] = ACROSS * column, lowest
    return x, y - y.min()
