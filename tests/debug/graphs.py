"""Small graphs as passes, for what is checked by going through all paths."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from explorer.trace.order import topological_order
from explorer.trace.trace import ScopeInfo, Trace

Edges = Sequence[tuple[int, float]]  # child and local gradient


def graph(nodes: Sequence[Edges]) -> Trace:
    """Return a pass of these nodes, the last of which is the loss, with its gradients."""
    counts = [len(edges) for edges in nodes]
    pointer = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    child = np.array([child for edges in nodes for child, _ in edges], np.int32)
    local = np.array([local for edges in nodes for _, local in edges], np.float64)
    loss = len(nodes) - 1
    order = topological_order(pointer, child, loss)
    grad = np.zeros(len(nodes))
    grad[loss] = 1.0
    with np.errstate(all="ignore"):
        for consumer in order[::-1].tolist():
            for edge in range(pointer[consumer], pointer[consumer + 1]):
                grad[child[edge]] += local[edge] * grad[consumer]
    leaves = next((i for i, count in enumerate(counts) if count), len(nodes))
    none, zeros = np.empty(0, np.int32), np.zeros(len(nodes), np.int32)
    return Trace(
        op=zeros.astype(np.uint8),
        data=np.ones(len(nodes)),
        grad=grad,
        child_pointer=pointer,
        child=child,
        local_grad=local,
        scope=zeros,
        site=zeros - 1,
        order=order,
        leaves=leaves,
        op_names=("add",),
        scopes=(ScopeInfo("pass", -1, -1, 1, ""),),
        sites=(),
        files=(),
        parameters=(),
        document=None,
        position_scope=none,
        logits=none.reshape(0, 0),
        probabilities=none.reshape(0, 0),
        position_loss=none,
    )


def graphs(local_grads: st.SearchStrategy[float], most: int = 8) -> st.SearchStrategy[Trace]:
    """Return graphs in which each node may have three children, also the same one twice."""

    @st.composite
    def drawn(draw: st.DrawFn) -> Trace:
        nodes: list[list[tuple[int, float]]] = [[]]
        for i in range(1, draw(st.integers(1, most))):
            edge = st.tuples(st.integers(0, i - 1), local_grads)
            nodes.append(draw(st.lists(edge, max_size=3)))
        return graph(nodes)

    return drawn()
