"""Exponents: plain numbers that no node holds, worked out from what a power gave."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

import numpy as np

from explorer.trace.replay.graph import Graph, Indices, Mask, NotReplayableError

USUAL = (-1.0, -0.5, 0.5, 2.0, 3.0, -2.0, 1.0, 0.0)


def find_exponent(base: float, power: float, slope: float) -> float | None:
    """Return an exponent n with ``base**n == power`` and ``n * base**(n - 1) == slope``.

    Both hold bit for bit; None if no exponent was found for which they do.
    """
    for exponent in _candidates(base, power, slope):
        try:
            found = base**exponent, exponent * base ** (exponent - 1)
        except (ZeroDivisionError, OverflowError):
            continue
        if found == (power, slope):
            return exponent
    return None


def _candidates(base: float, power: float, slope: float) -> Iterator[float]:
    yield from USUAL
    if power == 0 or not isfinite(estimate := slope * base / power):
        return
    for parts in (1, 2, 3, 4, 10, 100):
        yield round(estimate * parts) / parts
    yield estimate
    yield from (float(np.nextafter(estimate, to)) for to in (-np.inf, np.inf))


def exponents(graph: Graph, nodes: Indices, is_power: Mask) -> tuple[Indices, list[float]]:
    """Find the exponents of some nodes.

    Returns
    -------
    which : int array
        For each node an index into `found`; 0 for those that are no powers.
    found : list of float

    Raises
    ------
    NotReplayableError
        An exponent was not found.
    """
    which = np.zeros(len(nodes), np.intp)
    known: dict[tuple[float, float, float], int] = {}
    found: list[float] = []
    powers = np.flatnonzero(is_power)
    edge = graph.pointer[nodes[powers]]
    bases, slopes = graph.data[graph.child[edge]].tolist(), graph.local_grad[edge].tolist()
    data = graph.data[nodes[powers]].tolist()
    for unit, key in zip(powers.tolist(), zip(bases, data, slopes, strict=True), strict=True):
        if key not in known:
            exponent = find_exponent(*key)
            if exponent is None:
                raise NotReplayableError(f"the exponent of {key[0]} ** n = {key[1]} is not known")
            if exponent not in found:
                found.append(exponent)
            known[key] = found.index(exponent)
        which[unit] = known[key]
    return which, found or [1.0]
