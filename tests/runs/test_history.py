"""Rows as arrays that grow, and their running mean."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.runs.engine import StepRow
from explorer.runs.history import History, running_mean


def rows(first: int, last: int) -> list[StepRow]:
    return [StepRow(s, "anna", 5, s / 2, 0.1 / s, s * 3.0) for s in range(first, last + 1)]


def test_columns_grow_with_the_rows() -> None:
    history = History(rows(1, 3))
    assert history.extend(rows(2, 3000))
    assert len(history) == 3000
    assert history.losses.tolist() == [s / 2 for s in range(1, 3001)]
    assert history.learning_rates[-1] == 0.1 / 3000
    assert history.gradient_norms[2999] == 9000.0
    assert history.rows[41].step == 42


def test_a_gap_is_told_and_nothing_is_added() -> None:
    history = History(rows(1, 3))
    assert not history.extend(rows(5, 6))
    assert len(history) == 3


def test_an_empty_history() -> None:
    assert len(History()) == 0
    assert History().losses.shape == (0,)
    assert running_mean(np.empty(0)).shape == (0,)


@pytest.mark.parametrize("count", [1, 2, 49, 50, 51, 173])
def test_running_mean_is_that_of_the_last_values(count: int) -> None:
    values = np.random.default_rng(1).normal(size=count)
    expected = [values[max(0, i - 49) : i + 1].mean() for i in range(count)]
    assert np.allclose(running_mean(values), expected, rtol=1e-12, atol=1e-12)


def test_running_mean_before_a_number_that_is_none() -> None:
    means = running_mean(np.array([1.0, 3.0, np.nan, 5.0, np.inf]), 2)
    assert means[:2].tolist() == [1.0, 2.0]
    assert np.isnan(means[2])
