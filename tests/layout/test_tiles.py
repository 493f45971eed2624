"""Tiles are packed without overlaps, and stay so at any size."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.tiles import Place, Size, extent, pack

SIZES = st.lists(st.tuples(st.integers(1, 60), st.integers(1, 60)), min_size=1, max_size=14)


def assert_apart(places: list[Place], sizes: list[Size], gap: int) -> None:
    for (a, a_size), (b, b_size) in combinations(zip(places, sizes, strict=True), 2):
        across = max(a[0] - b[0] - b_size[0], b[0] - a[0] - a_size[0])
        down = max(a[1] - b[1] - b_size[1], b[1] - a[1] - a_size[1])
        assert max(across, down) >= gap


@given(SIZES, st.integers(1, 200), st.integers(0, 9), st.data())
def test_tiles_never_overlap(sizes: list[Size], width: int, gap: int, data: st.DataObject) -> None:
    packing = pack(sizes, width, gap)
    assert_apart(packing.places(sizes, gap), sizes, gap)
    others = data.draw(st.lists(SIZES.map(lambda found: found[0]), min_size=len(sizes)))
    others = others[: len(sizes)]
    assert_apart(packing.places(others, gap), others, gap)


@given(SIZES, st.integers(60, 200), st.integers(0, 9))
def test_tiles_begin_on_the_page(sizes: list[Size], width: int, gap: int) -> None:
    places = pack(sizes, width, gap).places(sizes, gap)
    assert min(left for left, _ in places) == 0
    assert min(top for _, top in places) == 0


def test_tiles_stand_in_reading_order_while_there_is_room() -> None:
    sizes = [(10, 5)] * 5
    places = pack(sizes, 32, 1).places(sizes, 1)
    assert places == [(0, 0), (11, 0), (22, 0), (0, 6), (11, 6)]
    assert extent(places, sizes) == (32, 11)


def test_a_low_tile_leaves_room_for_another_one_below_it() -> None:
    sizes = [(10, 20), (10, 5), (10, 5)]
    assert pack(sizes, 21, 1).places(sizes, 1) == [(0, 0), (11, 0), (11, 6)]


def test_a_tile_wider_than_the_page_stands_alone() -> None:
    sizes = [(10, 5), (50, 5), (10, 5)]
    assert pack(sizes, 30, 1).places(sizes, 1)[1:] == [(0, 6), (0, 12)]


@pytest.mark.parametrize("scale", [2, 5])
def test_larger_tiles_keep_their_neighbours(scale: int) -> None:
    sizes = [(10, 5), (10, 8), (20, 5)]
    packing = pack(sizes, 21, 1)
    larger = [(width * scale, height * scale) for width, height in sizes]
    places = packing.places(larger, 1)
    assert places == [(0, 0), (10 * scale + 1, 0), (0, 8 * scale + 1)]
