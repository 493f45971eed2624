"""The order in which the published backward() goes through a graph, on columns.

Children and local gradients are stored by node: the edges of node i are
``pointer[i]:pointer[i + 1]``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int32]
FloatArray = npt.NDArray[np.float64]
CHECK_EVERY = 50_000  # nodes


def topological_order(
    pointer: IntArray, child: IntArray, root: int, check: Callable[[], None] | None = None
) -> IntArray:
    """Return the nodes below `root` depth first, each after its children.

    Parameters
    ----------
    pointer, child : int32 arrays, (nodes + 1,) and (edges,)
    root : int
    check : callable, optional
        Called now and then; it may raise to end the work.

    Returns
    -------
    int32 array
        `root` is the last. Backward goes through it in reverse.
    """
    first, children = pointer.tolist(), child.tolist()
    visited = bytearray(len(first))
    next_edge = first.copy()
    visited[root] = 1
    order, stack = [], [root]
    while stack:
        node = stack[-1]
        edge, end = next_edge[node], first[node + 1]
        while edge < end and visited[children[edge]]:
            edge += 1
        if edge < end:
            inner = children[edge]
            next_edge[node] = edge + 1
            visited[inner] = 1
            stack.append(inner)
        else:
            order.append(node)
            stack.pop()
            if check is not None and len(order) % CHECK_EVERY == 0:
                check()
    return np.array(order, np.int32)


def edges_of(pointer: IntArray, nodes: IntArray) -> tuple[IntArray, npt.NDArray[np.int64]]:
    """Return all edges of some nodes, node by node: for each edge its node, and its index."""
    counts = pointer[nodes + 1] - pointer[nodes]
    node = np.repeat(nodes, counts)
    within = np.arange(len(node)) - np.repeat(np.cumsum(counts) - counts, counts)
    return node, pointer[node] + within


def consumers(pointer: IntArray, child: IntArray) -> tuple[IntArray, IntArray]:
    """Return who uses each node, stored like the children.

    The consumers of node i are ``consumer[first[i]:first[i + 1]]``, in ascending order; one that
    uses the node twice is there twice.
    """
    nodes = len(pointer) - 1
    first, edge = edges_by_child(child, nodes)
    consumer = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(pointer))
    return first, consumer[edge]


def edges_by_child(child: IntArray, nodes: int) -> tuple[IntArray, npt.NDArray[np.int64]]:
    """Return the edges in the order of their children: those of i are ``first[i]:first[i + 1]``."""
    counts = np.bincount(child, minlength=nodes)
    first = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    return first, np.argsort(child, kind="stable")


def contributions(pointer: IntArray, order: IntArray) -> tuple[IntArray, npt.NDArray[np.int64]]:
    """Return consumer and edge of every ``child.grad += ...``, in the order they are done."""
    return edges_of(pointer, order[::-1])


def differing_gradients(
    pointer: IntArray, child: IntArray, local_grad: FloatArray, grad: FloatArray, order: IntArray
) -> int:
    """Return how many gradients are not the sums of their contributions, added in this order.

    Without an order there was no backward pass, and all gradients are 0.
    """
    consumer, edge = contributions(pointer, order)
    with np.errstate(over="ignore", invalid="ignore"):
        value = local_grad[edge] * grad[consumer]
    added = np.bincount(child[edge], weights=value, minlength=len(grad)).astype(np.float64)
    added[order[-1:]] += 1.0
    same = (added == grad) | (np.isnan(added) & np.isnan(grad))
    return int((~same).sum())
