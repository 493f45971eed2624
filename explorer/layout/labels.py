"""Labels in a row, each as near to what it names as the others let it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def spread_labels(
    wanted: Sequence[float], widths: Sequence[float], left: float, right: float
) -> list[float]:
    """Return the middles of labels that do not overlap.

    Parameters
    ----------
    wanted : sequence of float
        Where the middles would best be, ascending.
    widths : sequence of float
        Of the labels, with the gap that is to stay between two of them.
    left, right : float
        Ends of the row. If all of the labels do not fit into it, the last ones stick out.
    """
    gaps = [(a + b) / 2 for a, b in pairwise(widths)]
    pushed_right, pushed_left = list(wanted), list(wanted)
    for i, gap in enumerate(gaps):
        pushed_right[i + 1] = max(pushed_right[i + 1], pushed_right[i] + gap)
    for i, gap in reversed(list(enumerate(gaps))):
        pushed_left[i] = min(pushed_left[i], pushed_left[i + 1] - gap)
    # Both keep the distances, and so does what lies halfway between them.
    middles = [(a + b) / 2 for a, b in zip(pushed_right, pushed_left, strict=True)]
    for i in reversed(range(len(middles))):
        limit = right - widths[i] / 2 if i == len(gaps) else middles[i + 1] - gaps[i]
        middles[i] = min(middles[i], limit)
    for i in range(len(middles)):
        limit = left + widths[i] / 2 if i == 0 else middles[i - 1] + gaps[i - 1]
        middles[i] = max(middles[i], limit)
    return middles
