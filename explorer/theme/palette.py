"""From numbers to colours, 100,000 at a time.

A cell's colour is an index of one byte into a table of 256 colours. Indices are computed when time
moves; the table changes with the theme only.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from explorer.theme.tokens import Theme

Indices = npt.NDArray[np.uint8]

EMPTY, UNBORN, PENDING, ZERO = range(4)
FIRST_OP, OPS = 4, 15
NOT_A_NUMBER = FIRST_OP + OPS
LEVELS = 117  # of signed numbers; the middle one is neutral
RAMP = NOT_A_NUMBER + 1
PARTIAL_RAMP = RAMP + LEVELS  # the same numbers, subdued: sums that are not complete yet
PARTIAL, FINAL = 254, 255  # states of a gradient
INKS = ("#ffffff", "#0a0e14")  # of texts on dark and on bright colours
DECADES = 2.5  # the scale is linear near 0 and logarithmic over this many powers of ten


def scale_position(values: npt.NDArray[np.float64], limit: float) -> npt.NDArray[np.float64]:
    """Return where signed numbers stand on the scale, -1 to 1 (symmetric logarithm).

    Parameters
    ----------
    values : float64 array
    limit : float
        What stands at 1; larger numbers stand there too. Positive.
    """
    steepness = 10.0**DECADES
    with np.errstate(over="ignore"):  # beyond all numbers is still at the end of the scale
        scaled = np.log1p(np.abs(values) * (steepness / limit)) / np.log1p(steepness)
    return np.copysign(np.minimum(scaled, 1.0), values)


def signed_indices(values: npt.NDArray[np.float64], limit: float) -> Indices:
    """Return the palette index of each number; exact zeros have a colour of their own."""
    indices = _ramp_indices(values, limit, RAMP)
    np.copyto(indices, ZERO, where=values == 0)
    return indices


def partial_indices(values: npt.NDArray[np.float64], limit: float) -> Indices:
    """Return the palette index of each unfinished sum; a 0 among them is not final either."""
    return _ramp_indices(values, limit, PARTIAL_RAMP)


def _ramp_indices(values: npt.NDArray[np.float64], limit: float, ramp: int) -> Indices:
    """Return the level of each number: `scale_position`, rounded, in a quarter of its time.

    Half the precision is plenty for steps of a tenth, and ``log1p`` is not vectorised.
    """
    half, steepness = LEVELS // 2, 10.0**DECADES
    with np.errstate(over="ignore"):  # beyond all numbers is still at the end of the scale
        level = (values * (steepness / limit)).astype(np.float32)
    sign = level.copy()
    np.abs(level, out=level)
    level += 1
    np.log(level, out=level)
    level *= half / math.log1p(steepness)
    np.minimum(level, half, out=level)
    np.copysign(level, sign, out=level)
    np.rint(level, out=level)
    level += ramp + half
    with np.errstate(invalid="ignore"):
        indices = level.astype(np.uint8)
    np.copyto(indices, NOT_A_NUMBER, where=np.isnan(level))
    return indices


def size_indices(sizes: npt.NDArray[np.float64], complete: bool = True) -> Indices:
    """Return the palette index of sizes between 0 and 1: the upper half of the ramp.

    Parameters
    ----------
    sizes : float64 array
        Below 0 and above 1 are the ends.
    complete : bool
        Whether they are of finished sums.
    """
    half = LEVELS // 2
    clipped = np.nan_to_num(np.clip(sizes, 0, 1))
    ramp = RAMP if complete else PARTIAL_RAMP
    indices = (np.rint(clipped * half) + (ramp + half)).astype(np.uint8)
    indices[np.isnan(sizes)] = NOT_A_NUMBER
    return indices


def op_indices(ops: npt.NDArray[np.uint8]) -> Indices:
    """Return the palette index of each operation."""
    return (FIRST_OP + ops % OPS).astype(np.uint8)


def colour_limit(values: npt.NDArray[np.float64]) -> float:
    """Return the end of the scale for a set of numbers: few are larger, none decides alone."""
    magnitudes = np.abs(values[np.isfinite(values) & (values != 0)])
    return float(np.quantile(magnitudes, 0.995)) if magnitudes.size else 1.0


def colour_table(theme: Theme) -> npt.NDArray[np.uint32]:
    """Return the 256 colours of a theme as ARGB."""
    table = np.zeros((256, 3))
    table[UNBORN], table[PENDING], table[ZERO] = map(
        _rgb, (theme.unborn, theme.pending, theme.zero)
    )
    for i in range(OPS):
        table[FIRST_OP + i] = _rgb(theme.ops[i % len(theme.ops)])
    low, middle, high = map(_rgb, (theme.ramp_negative, theme.ramp_neutral, theme.ramp_positive))
    position = np.linspace(-1, 1, LEVELS)[:, np.newaxis]
    end = np.where(position < 0, low, high)
    table[RAMP:PARTIAL_RAMP] = middle + (end - middle) * np.abs(position) ** 0.9
    subdued = 0.45 * table[RAMP:PARTIAL_RAMP] + 0.55 * _rgb(theme.pending)
    table[PARTIAL_RAMP : PARTIAL_RAMP + LEVELS] = subdued
    table[NOT_A_NUMBER] = _rgb(theme.not_a_number)
    table[PARTIAL], table[FINAL] = _rgb(theme.partial), _rgb(theme.final)
    red, green, blue = np.rint(table).astype(np.uint32).T
    colours = 0xFF000000 | red << 16 | green << 8 | blue
    colours[EMPTY] = 0
    return colours.astype(np.uint32)


def bright_colours(table: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """Return of each colour whether dark text stands out on it more than white."""
    red, green, blue = ((table >> shift & 0xFF).astype(float) for shift in (16, 8, 0))
    return 0.299 * red + 0.587 * green + 0.114 * blue > 120


def _rgb(colour: str) -> npt.NDArray[np.float64]:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)
