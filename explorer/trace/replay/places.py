"""Where each node and each edge of the recorded pass is found again."""

from __future__ import annotations

import numpy as np

from explorer.trace.replay.forward import ONE, Forward
from explorer.trace.replay.graph import Graph, Indices
from explorer.trace.replay.units import Kind, Units


def places_of_nodes(units: Units, forward: Forward) -> Indices:
    """Return where the data of each node lies among the values."""
    places = forward.slot.copy()
    is_product = units.product >= 0
    places[units.product[is_product]] = forward.term_slot[is_product]
    terms = np.flatnonzero(units.add >= 0)
    # The sum up to the constant 0 is the sum up to the term before it.
    upto = np.where(units.is_zero[terms], terms - 1, terms)
    places[units.add[terms]] = forward.sum_slot[upto]
    return places


def places_of_local_gradients(graph: Graph, units: Units, forward: Forward) -> Indices:
    """Return where the local gradient of each edge lies among the values."""
    places = np.full(len(graph.child), ONE)
    first = graph.pointer[:-1].astype(np.intp)
    products = np.flatnonzero(units.kind == Kind.MUL)
    edge = first[products]
    places[edge] = forward.slot[graph.child[edge + 1]]
    places[edge + 1] = forward.slot[graph.child[edge]]
    functions = np.flatnonzero(forward.local >= 0)
    places[first[units.node[functions]]] = forward.local[functions]
    return places


def edges_of_terms(graph: Graph, units: Units, terms: Indices) -> Indices:
    """Return the edge of the first input of each term."""
    is_first = np.zeros(len(units.a), bool)
    is_first[units.start[:-1]] = True
    unit = units.unit_of_term[terms]
    is_sum = units.kind[units.node[unit]] == Kind.ADD
    is_single = is_sum & (units.product[terms] < 0)
    # The first term of a sum and the second one are added by the same node.
    adder = units.add[np.where(is_first[terms] & is_single, terms + 1, terms)]
    node = np.where(is_sum, np.where(is_single, adder, units.product[terms]), units.node[unit])
    edges: Indices = graph.pointer[node] + (is_single & ~is_first[terms])
    return edges
