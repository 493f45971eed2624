"""The one way in which numbers are written."""

from __future__ import annotations

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.numbers import (
    MINUS,
    SYMBOLS,
    THIN_SPACE,
    compact,
    count,
    exact,
    fitting,
    loss,
    percent,
    short,
    signed,
    symbol,
)

floats = st.floats()
finite = st.floats(allow_nan=False, allow_infinity=False)
readable = st.floats(-1e300, 1e300)  # the largest ones, rounded up, are infinite


def parsed(text: str) -> float:
    return float(text.replace(MINUS, "-"))


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-2.5, "−2.5"),
        (-0.17745662, "−0.1775"),
        (0.1, "0.1"),
        (1 / 3, "0.3333"),
        (2 / 3, "0.6667"),
        (0.0001, "0.0001"),
        (0.00056789, "0.0005679"),
        (12.3456, "12.35"),
        (9.99996, "10"),
        (0.99999, "1"),
        (1234.5678, "1235"),
        (100.0, "100"),
        (123456.0, "123456"),
        (1e6, "1e6"),
        (-1.25e9, "−1.25e9"),
        (1e-5, "1e−5"),
        (-1e-10, "−1e−10"),
        (5e-324, "4.941e−324"),
        (1.7976931348623157e308, "1.798e308"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_short(value: float, text: str) -> None:
    assert short(value) == text


def test_short_takes_the_number_of_digits() -> None:
    assert [short(math.pi, digits) for digits in (1, 2, 3, 6)] == ["3", "3.1", "3.14", "3.14159"]


def test_short_of_an_integer_number_is_the_same_as_of_the_float() -> None:
    assert short(1) == "1"
    assert exact(1) == "1.0"


@given(readable, st.integers(2, 9))
def test_short_is_right_to_its_last_digit_and_powers_of_ten_cost_one(
    value: float, digits: int
) -> None:
    text = short(value, digits)
    kept = digits - 1 if "e" in text else digits
    half_a_digit = 0.5000001 * 10.0 ** (1 - kept)
    assert math.isclose(parsed(text), value, rel_tol=half_a_digit, abs_tol=5e-324)


@given(st.floats(1e-4, 999999.0))
def test_short_writes_no_more_than_the_significant_digits_after_the_point(value: float) -> None:
    whole, _, decimals = short(value).partition(".")
    assert len((whole + decimals).lstrip("0")) <= (4 if decimals else 6)
    assert not decimals.endswith("0")


@given(st.one_of(st.floats(max_value=-5e-324), st.just(-math.inf)))
def test_a_negative_number_is_the_positive_one_behind_a_minus(value: float) -> None:
    assert short(value) == MINUS + short(-value)
    assert exact(value) == MINUS + exact(-value)
    assert signed(value) == MINUS + short(-value)


@given(floats)
def test_no_number_is_written_with_a_hyphen(value: float) -> None:
    for text in (short(value), exact(value), signed(value)):
        assert "-" not in text
        assert text


def test_the_minus_is_the_one_of_unicode() -> None:
    assert MINUS == "\u2212"


@given(finite)
def test_exact_keeps_every_bit(value: float) -> None:
    assert bits(parsed(exact(value))) == bits(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.1, "0.1"),
        (-0.0, "−0.0"),
        (-3.4954691481722002, "−3.4954691481722002"),
        (1e-7, "1e−07"),
        (math.inf, "∞"),
        (-math.inf, "−∞"),
        (math.nan, "NaN"),
    ],
)
def test_exact(value: float, text: str) -> None:
    assert exact(value) == text


@given(floats)
def test_signed_shows_the_sign_of_everything_but_zero(value: float) -> None:
    first = signed(value)[0]
    assert (first == "+") == (value > 0)
    assert (first == MINUS) == (value < 0)
    assert signed(value).lstrip(f"+{MINUS}") == short(abs(value))


def test_signed_zero_has_no_sign() -> None:
    assert [signed(0.0), signed(-0.0)] == ["0", "0"]


def test_signed_takes_the_number_of_digits() -> None:
    assert signed(1 / 3, 2) == "+0.33"


@pytest.mark.parametrize(
    ("value", "text"),
    [(3.4954691, "3.495"), (0.0, "0.000"), (12.0, "12.000"), (math.inf, "∞"), (math.nan, "NaN")],
)
def test_loss_has_three_decimals(value: float, text: str) -> None:
    assert loss(value) == text


def test_the_loss_of_a_certain_prediction_has_no_sign() -> None:
    assert loss(-math.log(1.0)) == "0.000"


@pytest.mark.parametrize("value", [-1.5, -2.2e-16])
def test_a_loss_below_zero_has_no_hyphen(value: float) -> None:
    assert "-" not in loss(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0.0"), (1.0, "100.0"), (0.0446149, "4.5"), (1e-9, "0.0"), (0.99999, "100.0")],
)
def test_percent_has_one_decimal(value: float, text: str) -> None:
    assert percent(value) == f"{text}{THIN_SPACE}%"


def test_a_probability_that_is_not_a_number_is_written_as_elsewhere() -> None:
    assert percent(math.nan).startswith("NaN")


@pytest.mark.parametrize(
    ("value", "parts"),
    [(0, ["0"]), (999, ["999"]), (1000, ["1", "000"]), (1234567, ["1", "234", "567"])],
)
def test_count_sets_thousands_apart(value: int, parts: list[str]) -> None:
    assert count(value) == THIN_SPACE.join(parts)


@given(st.integers(0, 10**12))
def test_count_keeps_all_digits(value: int) -> None:
    assert int(count(value).replace(THIN_SPACE, "")) == value


def test_thousands_do_not_break_over_lines() -> None:
    assert THIN_SPACE == "\u202f"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0k"),
        (9949, "9.9k"),
        (9951, "10k"),
        (122_880, "123k"),
        (999_499, "999k"),
        (999_501, "1.0M"),
        (48_000_000, "48M"),
    ],
)
def test_compact_numbers_of_things(value: int, text: str) -> None:
    assert compact(value) == text


@given(st.integers(0, 10**11))
def test_compact_numbers_have_four_letters_at_most(value: int) -> None:
    assert len(compact(value)) <= 4


@pytest.mark.parametrize(
    ("value", "letters", "text"),
    [
        (0.0, 1, "0"),
        (1.0, 1, "1"),
        (-12.0, 3, "−12"),
        (0.1234, 6, "0.123"),
        (0.1, 5, "0.100"),
        (0.1234, 4, "0.12"),
        (0.1234, 3, ".12"),
        (0.9999, 4, "1.00"),
        (0.9999, 3, "1.0"),
        (-0.1234, 4, "−.12"),
        (-0.1234, 3, "−.1"),
        (0.1234, 2, ".1"),
        (0.1234, 1, ""),
        (0.6, 1, ""),
        (-1.58, 5, "−1.58"),
        (-1.58, 3, ""),
        (0.00001234, 4, "1e−5"),
        (0.004, 4, "4e−3"),
        (0.004, 5, "0.004"),
        (-0.00001234, 4, ""),
        (-123.4, 4, "−123"),
        (-123.4, 3, ""),
        (123456.0, 5, "1e5"),
        (math.nan, 3, "NaN"),
        (math.nan, 2, ""),
        (-math.inf, 2, "−∞"),
    ],
)
def test_numbers_that_fit_into_cells(value: float, letters: int, text: str) -> None:
    assert fitting(value, letters) == text


@given(st.floats(), st.integers(0, 9))
def test_numbers_in_cells_are_near_the_truth(value: float, letters: int) -> None:
    text = fitting(value, letters)
    assert len(text) <= letters
    if text and math.isfinite(value):
        assert float(text.replace(MINUS, "-")) == pytest.approx(value, rel=0.51)


@pytest.mark.parametrize(("op", "sign"), [("add", "+"), ("mul", "×"), ("pow", "^")])
def test_operators_have_signs(op: str, sign: str) -> None:
    assert symbol(op) == sign


def test_other_operations_keep_their_names() -> None:
    assert [symbol(op) for op in ("exp", "log", "relu", "tanh")] == ["exp", "log", "relu", "tanh"]


def test_no_two_operations_have_the_same_sign() -> None:
    assert len(set(SYMBOLS.values())) == len(SYMBOLS)
