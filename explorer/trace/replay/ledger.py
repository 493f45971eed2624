"""The order in which gradients are added up, worked out on units."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.trace.replay.graph import Graph, Indices, Mask, NotReplayableError
from explorer.trace.replay.units import NONE, Kind, Units


def depth_first(units: Units, a: Indices, root: int) -> Indices:
    """Return the nodes below `root`, each after its children, as the published backward() does.

    Parameters
    ----------
    units : Units
    a : int array, (terms,)
        Instead of ``units.a``, if the terms begin with other nodes now.
    root : int
        A node that is the result of a unit.

    Returns
    -------
    int array
        The same as `topological_order` gives. It is several times as fast, as only units are
        visited one by one.
    """
    items, begin, before = _items(units, a)
    kid, first_kid = visits(units, a)
    kids, befores, next_kid = kid.tolist(), before.tolist(), first_kid.tolist()
    last_kid, done, end = next_kid[1:], begin.tolist(), begin.tolist()[1:]
    visited = bytearray(len(units))
    starts: list[int] = []
    stops: list[int] = []
    stack = [int(units.unit_of[root])]
    visited[stack[0]] = 1
    while stack:
        unit = stack[-1]
        at, stop = next_kid[unit], last_kid[unit]
        while at < stop and visited[kids[at]]:
            at += 1
        starts.append(done[unit])
        if at < stop:
            next_kid[unit] = at + 1
            done[unit] = befores[at]
            stops.append(befores[at])
            visited[kids[at]] = 1
            stack.append(kids[at])
        else:
            stops.append(end[unit])
            stack.pop()
    from_, to = np.array(starts), np.array(stops)
    nodes: Indices = items[ranges(from_, to - from_)]
    # Leaves and constants are met again and again; the first time counts.
    met = np.empty(len(units.kind), np.intp)
    met[nodes[::-1]] = np.arange(len(nodes))[::-1]
    order: Indices = nodes[met[nodes] == np.arange(len(nodes))]
    return order


def ranges(start: Indices, count: Indices) -> Indices:
    """Return ``start[i], start[i] + 1, ...``, `count[i]` numbers, for one i after the other."""
    first: Indices = np.repeat(start - (np.cumsum(count) - count), count)
    return np.arange(int(count.sum())) + first


def visits(units: Units, a: Indices) -> tuple[Indices, Indices]:
    """Return the units that each unit is made from, in order, as often as they are used.

    Returns
    -------
    kid : int array
    first_kid : int array, (units + 1,)
        Those of unit u are ``kid[first_kid[u]:first_kid[u + 1]]``.
    """
    inputs = np.column_stack((a, units.b))
    is_kid = _has_children(units, inputs)
    kid = units.unit_of[inputs[is_kid]]
    if (kid < 0).any():
        raise NotReplayableError("a node inside of a sum is used elsewhere")
    count = np.concatenate([[0], np.cumsum(is_kid.sum(axis=1))])
    return kid, count[units.start]


def _has_children(units: Units, nodes: Indices) -> Mask:
    return (nodes >= 0) & (units.kind[nodes] > Kind.PEAK)


def _items(units: Units, a: Indices) -> tuple[Indices, Indices, Indices]:
    """List what is done for each unit, one after the other.

    Returns
    -------
    items : int array
        Nodes without children and nodes inside of units, in the order they are finished.
    begin : int array, (units + 1,)
        The items of unit u are ``begin[u]:begin[u + 1]``.
    before : int array
        The item before which each of `visits` happens.
    """
    is_sum = units.kind[units.node] == Kind.ADD
    single = np.where(is_sum, NONE, units.node)[units.unit_of_term]
    made = np.where(units.product >= 0, units.product, single)
    table = np.column_stack((a, units.b, made, units.add))
    is_kid = _has_children(units, table[:, :2])
    is_item: Mask = table >= 0
    is_item[:, :2] &= ~is_kid
    count: Indices = is_item.astype(np.intp).cumsum().reshape(table.shape)
    begin = np.concatenate([[0], count[units.start[1:] - 1, 3]])
    before: Indices = count[:, :2][is_kid]
    return table[is_item], begin, before


@dataclass(frozen=True, eq=False)
class Contributions:
    """Every ``child.grad += local_grad * consumer.grad`` between units, sorted by child.

    The contributions to one child stand in the order in which they are added.

    Attributes
    ----------
    child : int array
        A node: the result of a unit, a leaf or a constant.
    local : int array
        What the local gradient is: the data of this node, 1 if `ONE`, or, from `OWN` downwards,
        what unit ``OWN - local`` keeps as its own local gradient.
    consumer : int array
        A unit.
    when : int array
        Later ones are added first: contributions go from the loss backwards.
    """

    child: Indices
    local: Indices
    consumer: Indices
    when: Indices


ONE, OWN = -1, -2


def find_contributions(graph: Graph, units: Units, order: Indices) -> Contributions:
    """List the contributions of all units that reach the loss.

    Parameters
    ----------
    graph : Graph
    units : Units
    order : int array
        The nodes that reach the loss, depth first.
    """
    position = np.full(graph.nodes, NONE)
    position[order] = np.arange(len(order))
    unit = units.unit_of_term
    kind = units.kind[units.node][unit]
    multiplies = units.b >= 0
    # A single node in a sum gets its share from the add, and the first two from the same one.
    adder = units.add.copy()
    first = units.start[:-1][np.diff(units.start) > 1]
    adder[first] = units.add[first + 1]
    through = np.where(units.product >= 0, units.product, adder)
    through = np.where(kind == Kind.ADD, through, units.node[unit])
    local = np.where(multiplies, units.b, np.where(kind == Kind.ADD, ONE, OWN - unit))

    from_b = np.flatnonzero(multiplies)
    child = np.concatenate([units.a, units.b[from_b]])
    local = np.concatenate([local, units.a[from_b]])
    when = position[np.concatenate([through, through[from_b]])]
    consumer = np.concatenate([unit, unit[from_b]])
    counts = when >= 0
    counts[: len(units.a)] &= ~units.is_zero  # they are part of the unit
    child, local, when, consumer = child[counts], local[counts], when[counts], consumer[counts]
    by_child = np.argsort(child * (len(order) + 1) - when)
    return Contributions(child[by_child], local[by_child], consumer[by_child], when[by_child])
