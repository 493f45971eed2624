"""Labels of points that are close together, moved apart as little as makes all readable."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.trace.trace import FloatArray

ROUNDS = 40
PULL = 0.04  # of the way back to its point that each label goes at every round


def spread(points: FloatArray, sizes: FloatArray) -> FloatArray:
    """Return places for labels near their points; no two overlap unless there is no room at all.

    The same points give the same places.

    Parameters
    ----------
    points : float64 array, (points, 2)
        In pixels.
    sizes : float64 array, (points,)
        Widths of the labels, which are as high as wide.

    Returns
    -------
    float64 array, (points, 2)
    """
    count = len(points)
    if count < 2:
        return points.copy()
    # What stands on the same point goes different ways, always the same ones.
    turns = np.arange(count) * (np.pi * (3 - 5**0.5))
    nudges = 1e-3 * np.column_stack((np.cos(turns), np.sin(turns)))
    places = points + nudges
    least = (sizes[:, np.newaxis] + sizes) / 2
    np.fill_diagonal(least, 0.0)
    for done in range(ROUNDS):
        if not _pushed(places, least) and done:
            break
        if done < ROUNDS // 2:  # at last they are only pushed
            places += PULL * (points - places)
    return places


def _pushed(places: FloatArray, least: FloatArray) -> bool:
    """Move pairs that are too close apart, half the way each; return whether there were any."""
    way = places[:, np.newaxis] - places
    far = np.hypot(way[..., 0], way[..., 1])
    lack = np.maximum(least - far, 0.0)
    if not (lack > 0.01).any():
        return False
    step: npt.NDArray[np.float64] = lack / np.where(far > 0, far, 1.0) / 2
    places += np.einsum("ij,ijk->ik", step, way)
    return True
