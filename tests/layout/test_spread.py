"""Labels keep off each other and near their points."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.layout.spread import spread
from explorer.trace.trace import FloatArray

SIZE = 26.0


def nearest(places: FloatArray) -> float:
    way = places[:, np.newaxis] - places
    far = np.hypot(way[..., 0], way[..., 1])
    np.fill_diagonal(far, np.inf)
    return float(far.min())


@pytest.mark.parametrize("width", [60.0, 200.0, 600.0])
def test_labels_do_not_overlap(width: float) -> None:
    points = np.random.default_rng(1).uniform(0, width, (27, 2))
    places = spread(points, np.full(27, SIZE))
    assert nearest(places) > SIZE - 1


def test_labels_that_have_room_stay_at_their_points() -> None:
    points = np.array([[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]])
    np.testing.assert_allclose(spread(points, np.full(3, SIZE)), points, atol=0.01)


def test_two_labels_part_evenly() -> None:
    points = np.array([[0.0, 0.0], [10.0, 0.0]])
    places = spread(points, np.full(2, SIZE))
    np.testing.assert_allclose(places.mean(axis=0), [5.0, 0.0], atol=0.01)
    assert np.ptp(places[:, 0]) == pytest.approx(SIZE, abs=1.1)


def test_labels_on_one_point_part() -> None:
    places = spread(np.zeros((5, 2)), np.full(5, SIZE))
    assert nearest(places) > SIZE - 1
    assert np.hypot(*places.T).max() < 3 * SIZE


def test_wide_labels_need_more_room() -> None:
    places = spread(np.array([[0.0, 0.0], [1.0, 0.0]]), np.array([20.0, 40.0]))
    assert nearest(places) > 29


@pytest.mark.parametrize("count", [0, 1])
def test_few_labels_stay(count: int) -> None:
    points = np.full((count, 2), 3.0)
    np.testing.assert_array_equal(spread(points, np.full(count, SIZE)), points)


def test_the_same_points_give_the_same_places() -> None:
    points = np.random.default_rng(2).uniform(0, 100, (16, 2))
    one, other = (spread(points, np.full(16, SIZE)) for _ in range(2))
    np.testing.assert_array_equal(one, other)
