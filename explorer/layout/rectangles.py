"""Fewer rectangles for the same picture: neighbours of one kind become one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

NOTHING = -1


def merge_cells(kinds: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Cover all cells of a grid with rectangles of one kind each.

    Runs along a row come first; runs that are equal in rows below each other then become one.

    Parameters
    ----------
    kinds : int32 array, (height, width)
        The kind of each cell, -1 where there is nothing.

    Returns
    -------
    int32 array, (rectangles, 5)
        Left, top, width, height and kind, by row and then by column.
    """
    width = kinds.shape[1]
    # A column of nothing at the end keeps runs within their rows.
    flat = np.pad(kinds, ((0, 0), (0, 1)), constant_values=NOTHING).ravel()
    starts = np.flatnonzero(np.diff(flat, prepend=NOTHING - 1))
    lengths = np.diff(starts, append=flat.size)
    runs = flat[starts] >= 0
    starts, lengths = starts[runs], lengths[runs]
    top, left = np.divmod(starts, width + 1)
    found = np.column_stack((left, top, lengths, np.ones_like(left), flat[starts]))

    # Sorted so that runs that can become one follow each other from top to bottom.
    found = found[np.lexsort((top, flat[starts], lengths, left))]
    same = np.all(found[1:, [0, 2, 4]] == found[:-1, [0, 2, 4]], axis=1)
    below = same & (found[1:, 1] == found[:-1, 1] + 1)
    first = np.delete(np.arange(len(found)), np.flatnonzero(below) + 1)
    merged = found[first]
    merged[:, 3] = np.diff(first, append=len(found))
    order = np.lexsort((merged[:, 0], merged[:, 1]))
    return merged[order].astype(np.int32)
