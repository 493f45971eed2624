"""The graph of a short pass, cut out of that of a longer one.

A position never depends on later ones. So the first positions of a long pass are a short one, up
to what is done with the losses of all positions at the end.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from explorer.trace.replay.graph import Graph, NotReplayableError
from explorer.trace.trace import FloatArray


def shortened(graph: Graph, positions: int, data: FloatArray) -> Graph:
    """Return the graph of a pass over the first positions.

    Parameters
    ----------
    graph : Graph
        Of a longer pass.
    positions : int
        How many are kept.
    data : float64 array
        The data of a pass over as many. Only the constants at its end are read, such as one over
        the number of positions.

    Returns
    -------
    Graph
        Its data and gradients are not those of one pass; everything else is.

    Raises
    ------
    NotReplayableError
        The losses of the positions are not simply added up.
    """
    last, tail = int(graph.position_loss[positions - 1]), int(graph.position_loss[-1]) + 1
    keep = np.ones(graph.nodes, bool)
    keep[last + 1 : tail] = False
    stands_for = np.arange(graph.nodes)
    losses = set(graph.position_loss[positions:].tolist())
    for node in range(tail, graph.nodes):
        children = graph.child[graph.pointer[node] : graph.pointer[node + 1]]
        gone = [child for child in children.tolist() if not keep[stands_for[child]]]
        if not gone:
            continue
        # Adding a loss that is gone is left out: the sum stands for what it was added to.
        is_add = graph.op_names[int(graph.op[node])] == "add" and len(children) == 2
        if not is_add or len(gone) != 1 or gone[0] not in losses:
            raise NotReplayableError("the losses of the positions are not simply added up")
        stands_for[node] = stands_for[children[0] if children[1] == gone[0] else children[1]]
        keep[node] = False
    number = np.cumsum(keep) - 1
    counts = np.diff(graph.pointer)
    edges = np.repeat(keep, counts)
    pointer = np.concatenate([[0], np.cumsum(counts[keep])]).astype(np.int32)
    child = number[stands_for[graph.child[edges]]].astype(np.int32)
    short = replace(
        graph,
        op=graph.op[keep],
        data=graph.data[keep],
        grad=graph.grad[keep],
        pointer=pointer,
        child=child,
        local_grad=graph.local_grad[edges],
        loss=int(number[stands_for[graph.loss]]),
        tokens=graph.tokens[: positions + 1],
        probabilities=graph.probabilities[:positions],
        position_loss=graph.position_loss[:positions],
    )
    if short.nodes != len(data):
        raise NotReplayableError("a shorter pass makes other nodes")
    at_the_end = np.arange(last + 1, short.nodes)
    constants = at_the_end[np.diff(pointer)[at_the_end] == 0]
    short.data[constants] = data[constants]
    return short
