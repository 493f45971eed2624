"""The graph of a pass in fewer, larger pieces.

Most nodes of a pass are products that are used once, by the running sum that they are added to. A
*unit* is such a whole sum of products, or any other single node. A pass of 50,000 nodes has 3,500
units. Nothing is reordered: a unit's terms are added from left to right as the nodes were.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from explorer.trace.replay.graph import Graph, Indices, Mask, NotReplayableError

NONE = -1


class Kind(IntEnum):
    """What a node or a unit does."""

    LEAF = 0  # there before the pass
    CONSTANT = 1  # a plain number
    PEAK = 2  # a constant that depends on data: minus the largest of some nodes
    ADD = 3  # as a unit: a sum of terms, each a node or a product of two
    MUL = 4
    POW = 5
    EXP = 6
    LOG = 7
    RELU = 8


OPERATIONS = {
    "add": (Kind.ADD, 2),
    "mul": (Kind.MUL, 2),
    "pow": (Kind.POW, 1),
    "exp": (Kind.EXP, 1),
    "log": (Kind.LOG, 1),
    "relu": (Kind.RELU, 1),
}


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a pass, numbered in order of creation of their last nodes.

    Attributes
    ----------
    kind : int array, (nodes,)
        `Kind` of every node.
    node : int array, (units,)
        The node that holds each unit's result.
    owner : int array, (nodes,)
        The node of the unit that a node belongs to; itself for leaves and constants.
    unit_of : int array, (nodes,)
        Index of the unit whose result a node is; -1 for all other nodes.
    start : int array, (units + 1,)
        The terms of unit u are ``start[u]:start[u + 1]``.
    a, b : int arrays, (terms,)
        The node, or the two factors, of each term; `b` is -1 for a single node.
    product : int array, (terms,)
        The node of the product inside a sum; -1 if there is none.
    add : int array, (terms,)
        The node that adds the term to the terms before it; -1 for first terms and outside sums.
    from_zero : bool array, (units,)
        The sum starts from the constant +0.0, which is no number that matters but makes -0.0
        become +0.0.
    is_zero : bool array, (terms,)
        The term is that constant.
    peak_of : int array, (nodes,)
        For a PEAK, the index into `peaks`; -1 for all other nodes.
    peaks : list of int arrays
        The nodes of which each peak is the largest, in order.
    """

    kind: Indices
    node: Indices
    owner: Indices
    unit_of: Indices
    start: Indices
    a: Indices
    b: Indices
    product: Indices
    add: Indices
    from_zero: Mask
    is_zero: Mask
    peak_of: Indices
    peaks: list[Indices]

    def __len__(self) -> int:
        return len(self.node)

    @property
    def unit_of_term(self) -> Indices:
        """The unit that each term belongs to."""
        return np.repeat(np.arange(len(self)), np.diff(self.start))


def find_units(graph: Graph) -> Units:
    """Gather the nodes of a pass into units.

    Raises
    ------
    NotReplayableError
        An operation is unknown.
    """
    kind = _kinds(graph)
    first, second = _children(graph)
    uses = np.bincount(graph.child, minlength=graph.nodes)
    peak_of, peaks = _find_peaks(graph, kind, first, second, uses)
    kind[peak_of >= 0] = Kind.PEAK

    own = np.zeros(graph.nodes, bool)  # must stay a unit of its own
    own[np.concatenate([*peaks, [graph.loss], graph.probabilities.ravel()]).astype(np.intp)] = True
    add, mul = kind == Kind.ADD, kind == Kind.MUL
    once = (uses == 1) & ~own
    adds = np.flatnonzero(add)
    inner = adds[(add & once)[first[adds]]]  # adds whose first input is part of the same sum
    parent = np.arange(graph.nodes)
    parent[first[inner]] = inner
    while True:  # each round doubles how far a node can see
        above = parent[parent]
        if np.array_equal(above, parent):
            break
        parent = above

    # The adds of one sum stand together, in order of creation.
    by_sum = adds[np.argsort(parent[adds], kind="stable")]
    is_first = np.ones(len(by_sum), bool)
    is_first[1:] = parent[by_sum[1:]] != parent[by_sum[:-1]]
    sums = np.cumsum(is_first)
    terms = np.empty(len(by_sum) + int(sums[-1:].sum()), np.intp)
    place = np.arange(len(by_sum)) + sums
    terms[place] = second[by_sum]
    terms[place[is_first] - 1] = first[by_sum[is_first]]
    adder = np.full(len(terms), NONE)
    adder[place] = by_sum
    root = np.empty(len(terms), np.intp)
    root[place] = parent[by_sum]
    root[place[is_first] - 1] = parent[by_sum[is_first]]

    absorbed = (mul & once)[terms]
    product = np.where(absorbed, terms, NONE)
    a = np.where(absorbed, first[terms], terms)
    b = np.where(absorbed, second[terms], NONE)

    made = kind > Kind.PEAK
    single = made & ~add
    single[terms[absorbed]] = False
    others = np.flatnonzero(single)
    is_other = np.concatenate([np.zeros(len(terms), bool), np.ones(len(others), bool)])
    root = np.concatenate([root, others])
    order = np.argsort(root, kind="stable")
    root, is_other = root[order], is_other[order]
    a = np.concatenate([a, first[others]])[order]
    b = np.concatenate([b, second[others]])[order]
    product = np.concatenate([product, np.full(len(others), NONE)])[order]
    adder = np.concatenate([adder, np.full(len(others), NONE)])[order]
    begins = np.ones(len(root), bool)
    begins[1:] = root[1:] != root[:-1]
    start = np.append(np.flatnonzero(begins), len(root))
    node = root[start[:-1]]
    unit_of = np.full(graph.nodes, NONE)
    unit_of[node] = np.arange(len(node))

    owner = parent.copy()
    owner[product[product >= 0]] = root[product >= 0]

    rank = np.arange(len(root)) - np.repeat(start[:-1], np.diff(start))
    positive_zero = (graph.data == 0) & ~np.signbit(graph.data) & (kind == Kind.CONSTANT)
    is_zero = (positive_zero & (uses == 1))[a] & (b == NONE) & ~is_other & (rank < 2)
    is_zero[1:] &= ~(is_zero[:-1] & (rank[1:] == 1))
    owner[a[is_zero]] = root[is_zero]
    from_zero = np.zeros(len(node), bool)
    from_zero[unit_of[root[is_zero]]] = True
    return Units(
        kind, node, owner, unit_of, start, a, b, product, adder, from_zero, is_zero, peak_of, peaks
    )


def _kinds(graph: Graph) -> Indices:
    counts = np.diff(graph.pointer)
    by_name = np.full(len(graph.op_names), NONE)
    arity = np.zeros(len(graph.op_names), np.intp)
    for i, name in enumerate(graph.op_names):
        if name in OPERATIONS:
            by_name[i], arity[i] = OPERATIONS[name]
    kind = np.where(counts > 0, by_name[graph.op], int(Kind.CONSTANT))
    kind[: graph.leaves] = Kind.LEAF
    unknown = np.flatnonzero((counts > 0) & ((kind == NONE) | (counts != arity[graph.op])))
    if len(unknown):
        name = graph.op_names[int(graph.op[unknown[0]])]
        raise NotReplayableError(
            f"the operation “{name}” with {counts[unknown[0]]} inputs is not known to replay"
        )
    return kind


def _children(graph: Graph) -> tuple[Indices, Indices]:
    counts = np.diff(graph.pointer)
    first = np.full(graph.nodes, NONE)
    second = np.full(graph.nodes, NONE)
    first[counts > 0] = graph.child[graph.pointer[:-1][counts > 0]]
    second[counts > 1] = graph.child[graph.pointer[:-1][counts > 1] + 1]
    return first, second


def _find_peaks(
    graph: Graph, kind: Indices, first: Indices, second: Indices, uses: npt.NDArray[np.int64]
) -> tuple[Indices, list[Indices]]:
    """Find the constants that are minus the largest of the nodes that they are added to.

    A softmax subtracts the largest of its inputs as a plain number, so that no edge says where it
    came from: only that a constant of the same value is added to each input.

    Returns
    -------
    peak_of : int array, (nodes,)
    peaks : list of int arrays
    """
    peak_of = np.full(graph.nodes, NONE)
    sums = np.flatnonzero((kind == Kind.ADD) & (kind[second] == Kind.CONSTANT))
    sums = sums[uses[second[sums]] == 1]
    number, other = second[sums], first[sums]
    value = graph.data[number].view(np.int64)
    order = np.argsort(value, kind="stable")
    breaks = np.flatnonzero(np.diff(value[order])) + 1
    peaks: list[Indices] = []
    for group in np.split(order, breaks):
        nodes = other[group]
        if len(group) and np.negative(graph.data[nodes].max()) == graph.data[number[group[0]]]:
            if (graph.data[nodes] == 0).all():
                continue  # sums of nothing but zeros, which start from 0
            peak_of[number[group]] = len(peaks)
            peaks.append(nodes)
    return peak_of, peaks
