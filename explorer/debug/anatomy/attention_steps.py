"""One head at one position, worked out: its parts, and the arithmetic of each number."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from explorer.debug import numbers
from explorer.debug.anatomy.attention import letters, size_of
from explorer.debug.anatomy.parts import Head
from explorer.debug.anatomy.reading import Place, Reading
from explorer.trace.trace import IntArray

DIGITS = 3  # of the numbers in a formula
WRITTEN_OUT = 4  # terms of a sum; of longer ones the first and the last


class Part(IntEnum):
    """What a head computes at a position, in the order of the lecture."""

    QUERY = 0
    KEY = 1
    DOT = 2
    SCORE = 3
    WEIGHT = 4
    VALUE = 5
    WEIGHTED = 6
    GATHERED = 7

    @property
    def title(self) -> str:
        """What it is called."""
        return (
            "query", "key", "dot product", "score", "weight", "value", "weight × value", "given on",
        )[self]  # fmt: skip


def part_formula(part: Part, size: int) -> str:
    """Return how a part is computed, with letters."""
    return {
        Part.QUERY: "q",
        Part.KEY: "k",
        Part.DOT: "q · k",
        Part.SCORE: f"q · k / √{size}",
        Part.WEIGHT: "softmax of the scores",
        Part.VALUE: "v",
        Part.WEIGHTED: "weight × v",
        Part.GATHERED: "Σ weight × v",
    }[part]


def part_nodes(head: Head, position: int, part: Part) -> IntArray:
    """Return the nodes of a part, one row for each position that is seen.

    The query of the position itself, and what the head gives on, have a single row.
    """
    seen = slice(position + 1)
    if part is Part.QUERY:
        return head.queries[position : position + 1]
    if part is Part.GATHERED:
        return head.gathered[position : position + 1]
    if part is Part.WEIGHTED:
        return head.weighted[position, seen]
    if part in (Part.KEY, Part.VALUE):
        return (head.keys if part is Part.KEY else head.values)[seen]
    squares = {Part.DOT: head.dots, Part.SCORE: head.scores, Part.WEIGHT: head.weights}
    return squares[part][position, seen, np.newaxis]


class Block(NamedTuple):
    """Cells of a part that lie together."""

    part: Part
    row: int
    column: int
    rows: int
    columns: int


def operands(part: Part, row: int, column: int, seen: int, size: int) -> tuple[Block, ...]:
    """Return what a number is computed from, within its head.

    Parameters
    ----------
    part : Part
    row, column : int
        Of the number.
    seen : int
        Positions that are seen.
    size : int
        Numbers in a vector.
    """
    if part is Part.DOT:
        return Block(Part.QUERY, 0, 0, 1, size), Block(Part.KEY, row, 0, 1, size)
    if part is Part.SCORE:
        return (Block(Part.DOT, row, 0, 1, 1),)
    if part is Part.WEIGHT:
        return (Block(Part.SCORE, 0, 0, seen, 1),)
    if part is Part.WEIGHTED:
        return Block(Part.WEIGHT, row, 0, 1, 1), Block(Part.VALUE, row, column, 1, 1)
    if part is Part.GATHERED:
        return (Block(Part.WEIGHTED, 0, column, seen, 1),)
    return ()


def cell_title(reading: Reading, place: Place, part: Part, row: int, column: int) -> str:
    """Return what a number is, such as ``key[2] of e (position 1)``."""
    own = part in (Part.QUERY, Part.GATHERED)
    position = place.position if own else row
    of = f"{letters(reading)[position]} (position {position})"
    if part in (Part.DOT, Part.SCORE, Part.WEIGHT):
        return f"{part.title} for {of}"
    what = f"head {place.head} gives on" if part is Part.GATHERED else part.title
    return f"{what} [{column}] {'at' if part is Part.GATHERED else 'of'} {of}"


def arithmetic(reading: Reading, place: Place, part: Part, row: int, column: int) -> str:
    """Return how a number comes about with the numbers that it is made of.

    Empty for queries, keys and values, which come from outside the head, and for what is not
    computed yet.
    """
    head = reading.anatomy.attention[place.layer][place.head]
    if not reading.known(part_nodes(head, place.position, part)[row, column]):
        return ""

    def values(of: Part) -> list[list[float]]:
        found: list[list[float]] = reading.data(part_nodes(head, place.position, of)).tolist()
        return found

    if part is Part.DOT:
        return _sum_of_products(values(Part.QUERY)[0], values(Part.KEY)[row])
    if part is Part.SCORE:
        return f"= {_told(values(Part.DOT)[row][0])} / √{size_of(head)}"
    if part is Part.WEIGHT:
        return f"= e^{_told(values(Part.SCORE)[row][0])} / Σ e^score"
    if part is Part.WEIGHTED:
        return f"= {_told(values(Part.WEIGHT)[row][0])} × {_told(values(Part.VALUE)[row][column])}"
    if part is Part.GATHERED:
        weights = [weight for (weight,) in values(Part.WEIGHT)]
        return _sum_of_products(weights, [value[column] for value in values(Part.VALUE)])
    return ""


def _told(value: float) -> str:
    return numbers.short(value, DIGITS)


def _sum_of_products(left: list[float], right: list[float]) -> str:
    terms = [f"{_told(a)} × {_told(b)}" for a, b in zip(left, right, strict=True)]
    if len(terms) > WRITTEN_OUT:
        terms = [*terms[: WRITTEN_OUT - 1], "…", terms[-1]]
    return f"= {' + '.join(terms)}"
