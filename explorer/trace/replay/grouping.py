"""Units that can be computed at the same time, and index arrays for them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from explorer.trace.replay.graph import Indices, Mask
from explorer.trace.replay.ledger import Contributions, visits
from explorer.trace.replay.units import Kind, Units

MOST_PADDING = 2000  # cells of an index array; gathering more takes longer than one more call


def forward_levels(units: Units) -> tuple[Indices, Indices]:
    """Return how many units have to be computed one after the other before each unit.

    Returns
    -------
    of_unit : int array, (units,)
    of_peak : int array, (peaks,)
    """
    kid, first_kid = visits(units, units.a)
    kids, first = kid.tolist(), first_kid.tolist()
    is_peak = units.kind[units.a] == Kind.PEAK
    peak_used = dict(
        zip(
            units.unit_of_term[is_peak].tolist(),
            units.peak_of[units.a[is_peak]].tolist(),
            strict=True,
        )
    )
    of_unit: list[int] = []
    of_peak = [-1] * len(units.peaks)
    for unit in range(len(units)):
        level = max([of_unit[k] for k in kids[first[unit] : first[unit + 1]]], default=-1)
        peak = peak_used.get(unit)
        if peak is not None:
            if of_peak[peak] < 0:
                below = units.unit_of[units.peaks[peak]]
                of_peak[peak] = 1 + max([of_unit[k] for k in below.tolist() if k >= 0], default=0)
            level = max(level, of_peak[peak])
        of_unit.append(level + 1)
    return np.array(of_unit, np.intp), np.array(of_peak, np.intp)


def backward_levels(units: Units, contributions: Contributions) -> Indices:
    """Return how many gradients have to be complete, one after the other, before each unit's."""
    child = units.unit_of[contributions.child]
    inner = child >= 0
    child, consumer = child[inner], contributions.consumer[inner].tolist()
    start = np.searchsorted(child, np.arange(len(units) + 1)).tolist()
    levels = [0] * len(units)
    for unit in reversed(range(len(units))):
        begin, end = start[unit], start[unit + 1]
        if begin < end:
            levels[unit] = 1 + max([levels[c] for c in consumer[begin:end]])
    return np.array(levels, np.intp)


def groups(key: Indices, width: Indices) -> Iterator[Indices]:
    """Yield the members that have a key in common, in order of the key.

    Members whose widths differ too much are yielded apart, as their index array is as wide as the
    widest.
    """
    if not len(key):
        return
    order = np.argsort(key, kind="stable")
    for members in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        yield from _of_similar_width(members, width[members])


def _of_similar_width(members: Indices, width: Indices) -> Iterator[Indices]:
    widths, counts = np.unique(width, return_counts=True)
    widest, padding = int(widths[-1]), 0
    above = widest
    for narrow, count in zip(widths[::-1].tolist(), counts[::-1].tolist(), strict=True):
        padding += (widest - narrow) * count
        if padding > MOST_PADDING:
            yield members[(width > narrow) & (width <= above)]
            widest, padding, above = narrow, 0, narrow
    yield members[width <= above]


def placed(values: Indices, rank: Indices, column: Indices, shape: tuple[int, int]) -> Indices:
    """Return an array of zeros with some values put in."""
    array = np.zeros(shape, np.intp)
    array[rank, column] = values
    return array


def ranks(start: Indices, counted: Mask) -> Indices:
    """Return the number of counted terms before each term of the same unit."""
    before: Indices = np.cumsum(counted) - counted
    return before - np.repeat(before[np.minimum(start[:-1], len(before) - 1)], np.diff(start))
