"""From numbers to colours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from explorer.theme.palette import (
    EMPTY,
    FINAL,
    FIRST_OP,
    LEVELS,
    NOT_A_NUMBER,
    OPS,
    PARTIAL,
    PARTIAL_RAMP,
    PENDING,
    RAMP,
    UNBORN,
    ZERO,
    bright_colours,
    colour_limit,
    colour_table,
    op_indices,
    partial_indices,
    scale_position,
    signed_indices,
)
from explorer.theme.tokens import THEMES, Theme

Floats = npt.NDArray[np.float64]

SPECIAL = (EMPTY, UNBORN, PENDING, ZERO)
MIDDLE = LEVELS // 2
both_themes = pytest.mark.parametrize("theme", THEMES.values(), ids=lambda theme: theme.name)
both_ramps = pytest.mark.parametrize("ramp", [RAMP, PARTIAL_RAMP], ids=["ramp", "partial"])
indices_on = {RAMP: signed_indices, PARTIAL_RAMP: partial_indices}
any_floats = arrays(np.float64, st.integers(0, 40), elements=st.floats())
limits = st.floats(1e-200, 1e200)


def quietly(values: Floats, limit: float, ramp: int = RAMP) -> list[int]:
    """Return the indices; what overflows on the way is at the end of the scale."""
    with np.errstate(over="ignore"):
        return indices_on[ramp](values, limit).tolist()


def rgb(theme: Theme) -> npt.NDArray[np.int64]:
    table = colour_table(theme).astype(np.int64)
    return np.stack([table >> 16 & 255, table >> 8 & 255, table & 255], axis=1)


def test_the_ramps_fit_into_one_byte_and_do_not_overlap() -> None:
    assert max(SPECIAL) < FIRST_OP
    assert FIRST_OP + OPS == NOT_A_NUMBER
    assert NOT_A_NUMBER + 1 == RAMP
    assert RAMP + LEVELS == PARTIAL_RAMP
    assert PARTIAL_RAMP + LEVELS <= PARTIAL < FINAL < 256
    assert LEVELS % 2 == 1


def test_the_scale_ends_at_the_limit_and_is_zero_at_zero() -> None:
    values = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, np.inf, -np.inf])
    assert scale_position(values, 1.0).tolist() == [-1, -1, 0, 1, 1, 1, -1]


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(1e-6, 1e6))
def test_the_scale_is_monotone(values: list[float], limit: float) -> None:
    position = scale_position(np.array(sorted(values)), limit)
    assert (np.diff(position) >= 0).all()
    assert (np.abs(position) <= 1).all()


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.floats(1e-6, 1e6))
def test_the_scale_is_symmetric(values: list[float], limit: float) -> None:
    magnitudes = np.array(values)
    there, back = scale_position(magnitudes, limit), scale_position(-magnitudes, limit)
    assert np.array_equal(there, -back)


@given(any_floats, limits)
def test_the_index_is_the_level_nearest_to_the_place_on_the_scale(
    values: Floats, limit: float
) -> None:
    values = values[~np.isnan(values) & (values != 0)]
    place = RAMP + MIDDLE * (1 + scale_position(values, limit))
    assert np.abs(quietly(values, limit) - place).max(initial=0) <= 0.501


@pytest.mark.parametrize("magnitude", [1e-3, 0.01, 0.1, 0.5, 1.0, 9.0])
def test_the_indices_of_opposite_numbers_are_as_far_from_the_middle(magnitude: float) -> None:
    low, high = signed_indices(np.array([-magnitude, magnitude]), 1.0).tolist()
    assert low + high == 2 * (RAMP + MIDDLE)
    assert low <= high


@given(any_floats, limits)
def test_the_indices_stay_in_the_ramp_whatever_the_numbers(values: Floats, limit: float) -> None:
    for ramp in (RAMP, PARTIAL_RAMP):
        for value, index in zip(values.tolist(), quietly(values, limit, ramp), strict=True):
            if np.isnan(value):
                assert index == NOT_A_NUMBER
            elif value == 0 and ramp == RAMP:
                assert index == ZERO
            else:
                assert ramp <= index < ramp + LEVELS


@given(any_floats, limits)
def test_the_sign_can_be_told_from_the_index(values: Floats, limit: float) -> None:
    for value, index in zip(values.tolist(), quietly(values, limit), strict=True):
        if value < 0:
            assert index <= RAMP + MIDDLE
        elif value > 0:
            assert index >= RAMP + MIDDLE


@given(st.lists(st.floats(-1e6, 1e6).filter(bool), min_size=2, max_size=30))
def test_a_larger_number_never_has_a_smaller_index(values: list[float]) -> None:
    indices = signed_indices(np.array(sorted(values)), 1.0)
    assert (np.diff(indices.astype(int)) >= 0).all()


def test_exact_zeros_have_a_colour_of_their_own() -> None:
    values = np.array([0.0, -0.0, 5e-324, -5e-324])
    middle = RAMP + MIDDLE
    assert signed_indices(values, 1.0).tolist() == [ZERO, ZERO, middle, middle]


def test_a_partial_sum_of_zero_is_not_shown_as_truly_zero() -> None:
    values = np.array([0.0, -0.0, 5e-324])
    assert partial_indices(values, 1.0).tolist() == [PARTIAL_RAMP + MIDDLE] * 3


@both_ramps
def test_the_ends_of_the_ramp_are_reached(ramp: int) -> None:
    indices = indices_on[ramp](np.array([-1.0, 1.0]), 1.0).tolist()
    assert indices == [ramp, ramp + LEVELS - 1]


@both_ramps
def test_what_is_not_a_number_has_a_colour_too(ramp: int) -> None:
    (index,) = indices_on[ramp](np.array([np.nan]), 1.0).tolist()
    assert index == NOT_A_NUMBER


def test_a_number_far_beyond_the_limit_makes_no_noise() -> None:
    assert signed_indices(np.array([1e306]), 0.1).tolist() == [RAMP + LEVELS - 1]


def test_few_large_numbers_do_not_decide_the_scale() -> None:
    values = np.concatenate([np.full(1000, 0.5), [1e6]])
    assert colour_limit(values) == 0.5


def test_zeros_and_what_is_not_finite_do_not_count_for_the_scale() -> None:
    assert colour_limit(np.array([0.0, -0.0, np.nan, np.inf, -np.inf, -2.0])) == 2.0


@pytest.mark.parametrize("values", [[], [0.0], [np.nan], [np.inf, 0.0]])
def test_without_numbers_the_scale_ends_at_one(values: list[float]) -> None:
    assert colour_limit(np.array(values)) == 1.0


@given(any_floats)
def test_the_limit_is_positive_and_finite(values: Floats) -> None:
    assert 0 < colour_limit(values) < np.inf


@both_themes
def test_empty_cells_are_transparent_and_all_others_opaque(theme: Theme) -> None:
    table = colour_table(theme)
    assert table.shape == (256,)
    assert table.dtype == np.uint32
    assert table[EMPTY] == 0
    assert set((table[1:] >> 24).tolist()) == {255}


@both_themes
def test_special_cells_have_the_colours_of_the_theme(theme: Theme) -> None:
    table = colour_table(theme)
    named = {UNBORN: theme.unborn, PENDING: theme.pending, ZERO: theme.zero}
    assert {i: f"#{table[i] & 0xFFFFFF:06x}" for i in named} == named


@both_themes
def test_not_reached_partial_zero_and_final_look_different(theme: Theme) -> None:
    table = colour_table(theme)
    ends = (RAMP, RAMP + LEVELS - 1, PARTIAL_RAMP, PARTIAL_RAMP + LEVELS - 1)
    shown = [*SPECIAL, *ends, RAMP + MIDDLE]
    assert len({int(table[i]) for i in shown}) == len(shown)


@both_themes
def test_a_true_zero_is_not_the_middle_of_the_ramp(theme: Theme) -> None:
    found = rgb(theme)
    for ramp in (RAMP, PARTIAL_RAMP):
        assert np.abs(found[ZERO] - found[ramp + MIDDLE]).sum() >= 40


@both_themes
@both_ramps
def test_the_negative_end_is_bluish_and_the_positive_end_orange(theme: Theme, ramp: int) -> None:
    found = rgb(theme)
    red, green, blue = found[ramp]
    assert blue > green > red
    red, green, blue = found[ramp + LEVELS - 1]
    assert red > green > blue


@both_themes
def test_the_ramp_begins_and_ends_in_the_colours_of_the_theme(theme: Theme) -> None:
    table = colour_table(theme)
    found = [f"#{table[RAMP + i] & 0xFFFFFF:06x}" for i in (0, MIDDLE, LEVELS - 1)]
    assert found == [theme.ramp_negative, theme.ramp_neutral, theme.ramp_positive]


@both_themes
@both_ramps
def test_colours_leave_the_middle_step_by_step(theme: Theme, ramp: int) -> None:
    found = rgb(theme)[ramp : ramp + LEVELS]
    distance = np.abs(found - found[MIDDLE]).sum(axis=1)
    assert (np.diff(distance[: MIDDLE + 1]) <= 0).all()
    assert (np.diff(distance[MIDDLE:]) >= 0).all()


@both_themes
def test_partial_sums_are_subdued(theme: Theme) -> None:
    found = rgb(theme).astype(float)
    for end in (0, LEVELS - 1):
        full, partial = found[RAMP + end], found[PARTIAL_RAMP + end]
        assert np.ptp(partial) < np.ptp(full)


@both_themes
def test_operations_have_the_colours_of_the_theme(theme: Theme) -> None:
    table = colour_table(theme)
    indices = op_indices(np.arange(len(theme.ops), dtype=np.uint8))
    assert [f"#{table[i] & 0xFFFFFF:06x}" for i in indices] == list(theme.ops)


def test_more_operations_than_colours_stay_among_those_of_operations() -> None:
    indices = op_indices(np.arange(256, dtype=np.uint8))
    assert set(indices.tolist()) == set(range(FIRST_OP, FIRST_OP + OPS))


def test_dark_texts_stand_on_bright_colours() -> None:
    table = np.array([0xFFFFFFFF, 0xFF000000, 0xFFFF9D4D, 0xFF0B57C2], np.uint32)
    assert bright_colours(table).tolist() == [True, False, True, False]
