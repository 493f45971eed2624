"""Labels in a row do not overlap."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.labels import spread_labels

places = st.lists(st.floats(0, 100), min_size=1, max_size=5).map(sorted)


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread_labels([10, 40, 90], [10, 10, 10], 0, 100) == [10, 40, 90]


def test_two_that_want_the_same_place_stand_on_both_sides_of_it() -> None:
    assert spread_labels([50, 50], [10, 20], 0, 100) == [42.5, 57.5]


def test_none_leaves_the_row() -> None:
    assert spread_labels([0, 100], [10, 10], 0, 100) == [5, 95]
    assert spread_labels([99, 100], [10, 10], 0, 100) == [85, 95]


def test_there_may_be_none() -> None:
    assert spread_labels([], [], 0, 100) == []


@given(places)
def test_labels_keep_their_order_and_distance(wanted: list[float]) -> None:
    widths = [8.0 + 4 * (i % 3) for i in range(len(wanted))]
    middles = spread_labels(wanted, widths, 0, 100)
    edges = [(m - w / 2, m + w / 2) for m, w in zip(middles, widths, strict=True)]
    assert edges[0][0] >= -1e-9
    assert edges[-1][1] <= 100 + 1e-9
    assert all(a[1] <= b[0] + 1e-9 for a, b in pairwise(edges))
