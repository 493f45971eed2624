"""Exponents: plain numbers that no node holds, worked out from what a power gave."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, isfinite, nextafter

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
    yield from (nextafter(estimate, to) for to in (-inf, inf))
