"""Merged rectangles cover each cell once, with its own kind."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from explorer.layout.rectangles import merge_cells

GRIDS = arrays(
    np.int32, array_shapes(min_dims=2, max_dims=2, max_side=9), elements=st.integers(-1, 2)
)


@given(GRIDS)
def test_the_rectangles_are_the_grid(kinds: npt.NDArray[np.int32]) -> None:
    drawn = np.full_like(kinds, -1)
    for left, top, width, height, kind in merge_cells(kinds).tolist():
        part = drawn[top : top + height, left : left + width]
        assert part.size == width * height > 0
        assert (part == -1).all()
        part[:] = kind
    assert (drawn == kinds).all()


def test_a_block_of_one_kind_is_one_rectangle() -> None:
    kinds = np.full((5, 7), -1, np.int32)
    kinds[1:4, 2:6] = 9
    assert merge_cells(kinds).tolist() == [[2, 1, 4, 3, 9]]


def test_kinds_stay_apart() -> None:
    kinds = np.array([[1, 1, 2], [1, 1, 2], [-1, 3, 3]], np.int32)
    assert merge_cells(kinds).tolist() == [[0, 0, 2, 2, 1], [2, 0, 1, 2, 2], [1, 2, 2, 1, 3]]


def test_nothing_has_no_rectangles() -> None:
    assert merge_cells(np.full((3, 4), -1, np.int32)).shape == (0, 5)
    assert merge_cells(np.zeros((0, 4), np.int32)).shape == (0, 5)
