"""How far a dragged number goes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.scrub import Scrub

numbers = st.floats(-1e12, 1e12)
moves = st.lists(st.tuples(st.integers(-300, 300), st.sampled_from([0.1, 1.0, 10.0])), max_size=9)


@pytest.mark.parametrize(
    ("start", "pixels", "number"),
    [
        (0.25, 10, 0.35),
        (0.25, -50, -0.25),
        (0.0459, 1, 0.047),
        (-0.0459, 1, -0.045),
        (0.0, 7, 0.007),
        (1e-9, -7, -0.007),
        (31.4, 1, 32.0),
        (5e-324, 1, 0.001),
    ],
)
def test_a_pixel_is_a_tenth_of_the_power_of_ten(start: float, pixels: int, number: float) -> None:
    scrub = Scrub(start)
    scrub.move(pixels)
    assert scrub.number == number


def test_fine_and_coarse_moves_add_up_without_a_jump() -> None:
    scrub = Scrub(0.25)
    scrub.move(3)
    scrub.move(3, 0.1)
    assert scrub.number == 0.283
    scrub.move(-1, 10)
    assert scrub.number == 0.183


@given(numbers, moves)
def test_back_where_it_began_it_is_the_number_of_the_beginning(
    start: float, there: list[tuple[int, float]]
) -> None:
    scrub = Scrub(start)
    for pixels, pace in [*there, *((-pixels, pace) for pixels, pace in there)]:
        scrub.move(pixels, pace)
    assert scrub.number == start


@given(numbers, st.integers(1, 500))
def test_to_the_right_it_grows(start: float, pixels: int) -> None:
    scrub = Scrub(start)
    scrub.move(pixels)
    right = scrub.number
    scrub.move(-2 * pixels)
    assert scrub.number < start < right


@pytest.mark.parametrize("start", [1e300, -1e300, 1.7e308])
def test_numbers_of_any_size_can_be_dragged(start: float) -> None:
    scrub = Scrub(start)
    scrub.move(1)
    assert scrub.number > start
