"""Steps give what Python's floats give, for special numbers, too."""

from __future__ import annotations

from math import inf, nan

import numpy as np
import pytest

from explorer.trace.exponent import find_exponent
from explorer.trace.replay.steps import ExpStep, LogStep, PeakStep, ReluStep, SumStep
from explorer.trace.trace import FloatArray

ROOM = 64


def bits(numbers: FloatArray) -> list[int]:
    return numbers.view(np.int64).tolist()


def values_with(*numbers: float) -> FloatArray:
    values = np.zeros(ROOM)
    values[: len(numbers)] = numbers
    return values


@pytest.mark.parametrize(
    "numbers", [(-0.0, 0.0), (0.0, -0.0), (nan, 1.0), (1.0, nan), (2.0, nan, 3.0), (-inf, -1e300)]
)
def test_peaks_are_those_of_pythons_max(numbers: tuple[float, ...]) -> None:
    values = values_with(*numbers)
    step = PeakStep(np.arange(len(numbers))[np.newaxis], np.zeros(2, np.intp), slice(30, 32))
    step.bind(values, np.empty(ROOM))
    step.run()
    assert bits(values[30:32]) == bits(np.array([-max(numbers)] * 2))


@pytest.mark.parametrize("x", [1.5, 0.0, -0.0, -2.0, nan, inf, -inf])
def test_relu_is_pythons_max(x: float) -> None:
    values = values_with(x)
    step = ReluStep(np.array([0]), np.zeros(2, np.intp), slice(30, 32), slice(32, 34))
    step.bind(values, np.empty(ROOM))
    step.run()
    assert bits(values[30:34]) == bits(np.array([max(0, x)] * 2 + [float(x > 0)] * 2, float))


@pytest.mark.parametrize(
    ("step", "x", "error"),
    [(ExpStep, 800.0, OverflowError)] + [(LogStep, x, ValueError) for x in (0.0, -1.0)],
)
def test_functions_fail_as_in_python(
    step: type[ExpStep] | type[LogStep], x: float, error: type[Exception]
) -> None:
    made = step(np.array([0]), np.zeros(2, np.intp), slice(30, 32), slice(32, 34))
    made.bind(values_with(x), np.empty(ROOM))
    with pytest.raises(error):
        made.run()


@pytest.mark.parametrize("terms", [2, 3, 8, 9, 17])
@pytest.mark.parametrize("from_zero", [True, False])
def test_sums_run_from_left_to_right(terms: int, from_zero: bool) -> None:
    rng = np.random.default_rng(terms)
    numbers = rng.normal(size=(terms, 2)) * 10.0 ** rng.integers(-8, 8, (terms, 2))
    numbers[:2] = -0.0
    values = np.zeros(10 * ROOM)
    values[: 2 * terms] = numbers.ravel()
    inputs = np.arange(2 * terms).reshape(1, terms, 2)
    step = SumStep(
        inputs, slice(50, 52), from_zero, slice(100, 100 + 2 * terms), slice(200, 200 + 2 * terms)
    )
    step.bind(values, np.empty(10 * ROOM))
    step.run()
    step.run_sums()
    total = [0.0, 0.0] if from_zero else numbers[0].tolist()
    sums = []
    for row in numbers[0 if from_zero else 1 :].tolist():
        total = [a + b for a, b in zip(total, row, strict=True)]
        sums.append(total)
    assert bits(values[50:52]) == bits(np.array(total))
    assert bits(values[200 : 200 + 2 * terms])[-2 * len(sums) :] == bits(np.ravel(sums))


@pytest.mark.parametrize("exponent", [-3.5, -1.0, 0.25, 1.0, 2.0, 1 / 3, 7.0, 0.237, 2.718281828])
@pytest.mark.parametrize("base", [0.013, 0.71, 2.3, 1e4])
def test_an_exponent_gives_the_power_and_its_slope(base: float, exponent: float) -> None:
    power, slope = base**exponent, exponent * base ** (exponent - 1)
    found = find_exponent(base, power, slope)
    assert found is not None
    assert found == pytest.approx(exponent, rel=1e-12)
    assert (base**found, found * base ** (found - 1)) == (power, slope)


def test_numbers_that_are_no_power_have_no_exponent() -> None:
    assert find_exponent(2.0, 5.0, 0.1) is None
    assert find_exponent(0.0, 0.0, 5.0) is None
    assert find_exponent(0.0, 0.0, 0.0) in (2.0, 3.0)
