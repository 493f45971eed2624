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


@dataclass(frozen=True, eq=False)
class _Terms:
    """Terms of units; `root` is the node of the unit, the others are as in `Units`."""

    root: Indices
    a: Indices
    b: Indices
    product: Indices
    add: Indices


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
    once = (uses == 1) & ~own
    owner = _last_adds(kind, first, once)
    terms = _joined(*_terms(kind, first, second, once, owner))
    root = terms.root
    inside = terms.product >= 0
    owner[terms.product[inside]] = root[inside]

    begins = np.ones(len(root), bool)
    begins[1:] = root[1:] != root[:-1]
    start = np.append(np.flatnonzero(begins), len(root))
    node = root[start[:-1]]
    unit_of = np.full(graph.nodes, NONE)
    unit_of[node] = np.arange(len(node))

    positive_zero = (graph.data == 0) & ~np.signbit(graph.data) & (kind == Kind.CONSTANT)
    near_start = begins | np.append(False, begins[:-1])
    is_zero = (positive_zero & once)[terms.a] & near_start & (kind[root] == Kind.ADD)
    is_zero &= terms.b == NONE
    is_zero[1:] &= begins[1:] | ~is_zero[:-1]  # one of them
    owner[terms.a[is_zero]] = root[is_zero]
    from_zero = np.zeros(len(node), bool)
    from_zero[unit_of[root[is_zero]]] = True
    return Units(
        kind=kind,
        node=node,
        owner=owner,
        unit_of=unit_of,
        start=start,
        a=terms.a,
        b=terms.b,
        product=terms.product,
        add=terms.add,
        from_zero=from_zero,
        is_zero=is_zero,
        peak_of=peak_of,
        peaks=peaks,
    )


def _last_adds(kind: Indices, first: Indices, once: Mask) -> Indices:
    """Return the last add of the sum that each add is part of; other nodes as they are."""
    adds = np.flatnonzero(kind == Kind.ADD)
    inner = adds[((kind == Kind.ADD) & once)[first[adds]]]
    last = np.arange(len(kind))
    last[first[inner]] = inner
    while True:  # each round doubles how far a node can see
        further = last[last]
        if np.array_equal(further, last):
            return last
        last = further


def _terms(
    kind: Indices, first: Indices, second: Indices, once: Mask, last: Indices
) -> tuple[_Terms, _Terms]:
    """Return the terms of all sums, sum by sum, and those of all other units."""
    adds = np.flatnonzero(kind == Kind.ADD)
    adds = adds[np.argsort(last[adds], kind="stable")]  # of one sum: in order of creation
    is_first = np.ones(len(adds), bool)
    is_first[1:] = last[adds[1:]] != last[adds[:-1]]
    place = np.arange(len(adds)) + np.cumsum(is_first)
    count = len(adds) + int(is_first.sum())
    node, adder, root = (np.full(count, NONE) for _ in range(3))
    node[place], node[place[is_first] - 1] = second[adds], first[adds[is_first]]
    adder[place] = adds
    root[place] = last[adds]
    root[place[is_first] - 1] = last[adds[is_first]]
    absorbed = ((kind == Kind.MUL) & once)[node]
    sums = _Terms(
        root,
        np.where(absorbed, first[node], node),
        np.where(absorbed, second[node], NONE),
        np.where(absorbed, node, NONE),
        adder,
    )
    alone = (kind > Kind.PEAK) & (kind != Kind.ADD)
    alone[node[absorbed]] = False
    others = np.flatnonzero(alone)
    none = np.full(len(others), NONE)
    return sums, _Terms(others, first[others], second[others], none, none)


def _joined(sums: _Terms, others: _Terms) -> _Terms:
    """Return all terms in order of their units' nodes."""
    order = np.argsort(np.concatenate([sums.root, others.root]), kind="stable")
    pairs = zip(vars(sums).values(), vars(others).values(), strict=True)
    return _Terms(*(np.concatenate(pair)[order] for pair in pairs))


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
