"""Attention at a moment: its matrices, one head step by step, and the key/value cache."""

from __future__ import annotations

from enum import Enum
from itertools import product

import numpy as np

from explorer.debug import numbers
from explorer.debug.anatomy.grid import CellState, Grid, data_grid, grad_grid
from explorer.debug.anatomy.parts import Head
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.table import Cell, Table
from explorer.trace.timeline import GradState
from explorer.trace.trace import IntArray

DIGITS = 5  # of a number that is told


class Quantity(Enum):
    """A number that a head has for each pair of positions, in the order of computation."""

    DOT = "dot product"
    SCORE = "score"
    WEIGHT = "weight"

    def nodes(self, head: Head) -> IntArray:
        """Return the nodes, (positions, positions)."""
        return {
            Quantity.DOT: head.dots,
            Quantity.SCORE: head.scores,
            Quantity.WEIGHT: head.weights,
        }[self]


def letters(reading: Reading) -> tuple[str, ...]:
    """Return what each position reads."""
    return tuple(reading.spell(token) for token in reading.anatomy.tokens)


def size_of(head: Head) -> int:
    """Return how many numbers the head's queries, keys and values have."""
    return int(head.queries.shape[1])


def square(
    reading: Reading, head: Head, quantity: Quantity, of_gradient: bool, limit: float
) -> Grid:
    """Return a causal matrix: rows are the positions that look, columns what they look at."""
    names = letters(reading)
    title = f"head {head.number}"
    if of_gradient:
        return grad_grid(reading, title, quantity.nodes(head), names, names, limit)
    is_share = quantity is Quantity.WEIGHT
    return data_grid(reading, title, quantity.nodes(head), names, names, limit, is_share)


def held(reading: Reading, layer: int) -> int:
    """Return of how many positions the cache of a layer holds keys and values.

    A position's are put into the cache when both are whole.
    """
    keys, values = (reading.anatomy.linear(layer, name) for name in "kv")
    whole = reading.known(np.hstack((keys, values))).all(axis=1)
    return int(np.cumprod(whole).sum())


def cache_grids(reading: Reading, place: Place, limits: tuple[float, float]) -> tuple[Grid, Grid]:
    """Return the keys and the values of a layer that the cache holds, all heads side by side.

    Positions after the place are faint: it cannot see them.

    Parameters
    ----------
    reading : Reading
    place : Place
    limits : (float, float)
        The ends of the scales of keys and of values.
    """
    names, count = letters(reading), held(reading, place.layer)
    grids = []
    for title, name, limit in zip(("keys", "values"), "kv", limits, strict=True):
        nodes = reading.anatomy.linear(place.layer, name)
        faint = np.zeros(nodes.shape, bool)
        faint[place.position + 1 :] = True
        grid = data_grid(reading, title, nodes, names, (), limit, faint=faint)
        not_held = grid.states[count:]
        not_held[not_held == CellState.KNOWN] = CellState.NOT_COMPUTED
        grid.values[count:] = np.nan
        grids.append(grid)
    return grids[0], grids[1]


def pair_facts(
    reading: Reading, head: Head, looks: int, at: int
) -> tuple[tuple[str, str, str], ...]:
    """Return label, data and gradient of what a head has for a pair of positions."""
    facts = []
    for quantity in Quantity:
        node = int(quantity.nodes(head)[looks, at])
        facts.append((quantity.value, data_text(reading, node), grad_text(reading, node)))
    return tuple(facts)


def pair_words(reading: Reading, looks: int, at: int) -> str:
    """Return in words who looks at whom."""
    names = letters(reading)
    target = "itself" if looks == at else f"{names[at]} (position {at})"
    return f"{names[looks]} (position {looks}) looks at {target}"


def data_text(reading: Reading, node: int) -> str:
    """Return the data of a node as text, or that it is not computed."""
    known = reading.timeline.node_data_at(reading.cursor, node) if node >= 0 else None
    return "not computed yet" if known is None else numbers.short(known, DIGITS)


def grad_text(reading: Reading, node: int) -> str:
    """Return the gradient of a node as text, or how far it is."""
    timeline, cursor = reading.timeline, reading.cursor
    if node < 0 or node >= reading.computed:
        return "–"
    state = timeline.grad_state_at(cursor, node)
    if state is GradState.NOT_REACHED:
        return "not reached yet"
    text = numbers.short(timeline.node_grad_at(cursor, node), DIGITS)
    return f"{text} (partial)" if state is GradState.PARTIAL else text


# As tables


def pairs_table(reading: Reading, layer: int) -> Table:
    """Return what all heads of a layer have for each pair of positions, a row a pair."""
    names = letters(reading)
    columns = ("layer", "head", "position", "letter", "looks at position", "looks at letter")
    kinds = [f"{of}{q.value}" for of in ("", "gradient of ") for q in Quantity]
    rows: list[tuple[Cell, ...]] = []
    for head in reading.anatomy.attention[layer]:
        squares = [reading.data(q.nodes(head)) for q in Quantity]
        squares += [grad_grid(reading, "", q.nodes(head)).values for q in Quantity]
        for looks, at in product(range(len(names)), repeat=2):
            if at <= looks:
                cells = [float(values[looks, at]) for values in squares]
                rows.append((layer, head.number, looks, names[looks], at, names[at], *cells))
    return Table((*columns, *kinds), tuple(rows))


def steps_table(reading: Reading, place: Place) -> Table:
    """Return one head at one position worked out: a row the query, a row a key, a row the sum."""
    head = reading.anatomy.attention[place.layer][place.head]
    names, seen, size = letters(reading), place.position + 1, size_of(head)
    vectors = ("query or key", "value", "weight × value")
    columns = ["part", "position", "letter", *(f"{vectors[0]} {i}" for i in range(size))]
    columns += [quantity.value for quantity in Quantity]
    columns += [f"{vector} {i}" for vector in vectors[1:] for i in range(size)]
    keys, values = reading.data(head.keys), reading.data(head.values)
    scalars = [reading.data(quantity.nodes(head)[place.position]) for quantity in Quantity]
    weighted = reading.data(head.weighted[place.position])
    nothing: list[Cell] = [None] * size
    looks = place.position, names[place.position]
    query = reading.data(head.queries[place.position]).tolist()
    rows: list[tuple[Cell, ...]] = [("query", *looks, *query, *[None] * 3, *nothing, *nothing)]
    for at in range(seen):
        row = [*keys[at], *(numbers[at] for numbers in scalars), *values[at], *weighted[at]]
        rows.append(("key", at, names[at], *map(float, row)))
    gathered = reading.data(head.gathered[place.position]).tolist()
    rows.append(("sum", *looks, *nothing, *[None] * 3, *nothing, *gathered))
    return Table(tuple(columns), tuple(rows))


def cache_table(reading: Reading, layer: int) -> Table:
    """Return the keys and values that the cache of a layer holds, a row a position."""
    names, width = letters(reading), reading.anatomy.width
    vectors = [reading.data(reading.anatomy.linear(layer, name)) for name in "kv"]
    columns = [f"{vector} {i}" for vector in ("key", "value") for i in range(width)]
    rows = tuple(
        (position, names[position], *vectors[0][position].tolist(), *vectors[1][position].tolist())
        for position in range(held(reading, layer))
    )
    return Table(("position", "letter", *columns), rows)
