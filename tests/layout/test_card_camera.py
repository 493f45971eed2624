"""The picture of a neighbourhood: what it begins with, and how it is moved."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.card_camera import (
    LEAST_OPENING,
    LEAST_SCALE,
    MARGIN,
    MOST_OPENING,
    MOST_SCALE,
    anchored,
    beyond,
    opening,
    within_reach,
    zoomed,
)

SIDE = st.floats(130, 5000)


@given(SIDE, SIDE, SIDE, SIDE, st.floats(300, 3000), st.floats(150, 1500))
def test_the_centre_is_on_screen_and_no_room_is_wasted(
    left: float, top: float, right: float, bottom: float, width: float, height: float
) -> None:
    camera = opening((-left, -top, right, bottom), width, height)
    assert LEAST_OPENING <= camera.scale <= MOST_OPENING
    for low, high, at, room in (
        (-left, right, camera.to_screen(0, 0)[0], width),
        (-top, bottom, camera.to_screen(0, 0)[1], height),
    ):
        start, end = at + low * camera.scale, at + high * camera.scale
        assert 0 <= at <= room
        if end - start <= room - 2 * MARGIN:
            assert start >= MARGIN - 1e-6
            assert end <= room - MARGIN + 1e-6
        else:
            assert start <= MARGIN + 1e-6
            assert end >= room - MARGIN - 1e-6


def test_a_chosen_scale_is_kept() -> None:
    assert opening((-900, -90, 900, 90), 800, 400, 0.4).scale == 0.4


def test_an_anchor_holds_the_centre() -> None:
    assert anchored(1.7, 300, 200).to_screen(0, 0) == pytest.approx((300, 200))


def test_zooming_holds_the_point_and_ends_at_limits() -> None:
    camera = anchored(1.0, 300, 200)
    point = camera.to_map(50, 60)
    for factor in (1.3, 1e-9, 1e9):
        after = zoomed(camera, factor, 50, 60)
        assert LEAST_SCALE <= after.scale <= MOST_SCALE
        assert after.to_screen(*point) == pytest.approx((50, 60))


def test_walking_stays_away_from_the_edges() -> None:
    assert within_reach(10, 5000, 1000, 500) == (300, 350)
    assert within_reach(500, 250, 1000, 500) == (500, 250)


def test_cards_beyond_the_edges_are_counted() -> None:
    middle = np.array([(0.0, 0.0), (-900, 0), (-900, 9), (900, 0), (0, 900), (0, -900), (9, -900)])
    assert beyond(middle, anchored(1, 400, 200), 800, 400) == {"◀": 2, "▲": 2, "▼": 1, "▶": 1}
    assert beyond(middle, anchored(0.1, 400, 200), 800, 400) == {}
