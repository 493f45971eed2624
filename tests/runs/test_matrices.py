"""Matrices of a step hold the numbers of the run, under the names that people use."""

from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_runs import NAMES, TINY, train_into

from explorer.runs.exchange import create_run, weights_of
from explorer.runs.matrices import (
    ModelShape,
    Quantity,
    StepMatrices,
    matrices_at,
    matrix_csv,
    not_comparable,
    shape_of,
    statistics,
)
from explorer.runs.store import RunStore, StoreError
from microgpt import Config

SHAPE = ModelShape(Config(n_layer=2, n_embd=4, n_head=2, block_size=3), ("a", "b"))


@pytest.fixture
def shape(store: RunStore, run: int) -> ModelShape:
    train_into(store, run, 9)
    return shape_of(store, run)


def test_matrices_are_those_of_the_state_dict(store: RunStore, run: int, shape: ModelShape) -> None:
    step = matrices_at(store, run, 9, shape)
    matrices = weights_of(store, run, 9).matrices
    assert [matrix.name for matrix in shape.matrices] == list(matrices)
    for matrix in shape.matrices:
        part = step.state.parameters[matrix.part].reshape(matrix.shape)
        np.testing.assert_array_equal(part, matrices[matrix.name])
    assert shape.size == len(step.state.parameters)


@pytest.mark.parametrize("step", [1, 7, 8, 9])
def test_a_step_has_its_gradient_and_what_was_before(
    store: RunStore, run: int, shape: ModelShape, step: int
) -> None:
    found = matrices_at(store, run, step, shape)
    before, after = (store.checkpoint(run, at).parameters for at in (step - 1, step))
    np.testing.assert_array_equal(found.numbers(Quantity.WEIGHTS), after)
    np.testing.assert_array_equal(found.numbers(Quantity.GRADIENT), store.gradient(run, step))
    np.testing.assert_array_equal(found.numbers(Quantity.UPDATE), after - before)
    np.testing.assert_array_equal(found.numbers(Quantity.M), store.checkpoint(run, step).m)
    np.testing.assert_array_equal(found.numbers(Quantity.V), store.checkpoint(run, step).v)
    assert found.title == f"step {step}"


def test_the_start_has_neither_gradient_nor_update(
    store: RunStore, run: int, shape: ModelShape
) -> None:
    start = matrices_at(store, run, 0, shape, "the start")
    for quantity in (Quantity.GRADIENT, Quantity.UPDATE, Quantity.RATIO, Quantity.DIFFERENCE):
        assert start.numbers(quantity) is None
    assert start.update_ratio(shape.matrices[0]) is None
    assert start.title == "the start"
    with pytest.raises(StoreError):
        matrices_at(store, run, 10, shape)


def test_ratios_are_shares_of_the_weights_before(
    store: RunStore, run: int, shape: ModelShape
) -> None:
    step = matrices_at(store, run, 3, shape)
    assert step.before is not None
    ratios = step.numbers(Quantity.RATIO)
    assert ratios is not None
    index = int(np.argmax(ratios))
    update = step.state.parameters[index] - step.before[index]
    assert ratios[index] == abs(update) / abs(step.before[index])
    part = shape.matrices[0].part
    moved = step.state.parameters[part] - step.before[part]
    expected = np.linalg.norm(moved) / np.linalg.norm(step.before[part])
    assert step.update_ratio(shape.matrices[0]) == pytest.approx(expected)


def test_ratios_of_weights_that_were_zero(store: RunStore, run: int, shape: ModelShape) -> None:
    state = store.checkpoint(run, 9)
    zeros = np.zeros(shape.size)
    moved = zeros.copy()
    moved[0] = 0.1
    step = StepMatrices(shape, "", replace(state, parameters=moved), zeros)
    assert step.ratio is not None
    assert step.ratio.tolist() == [math.inf, *[0.0] * (shape.size - 1)]
    assert step.update_ratio(shape.matrices[0]) == math.inf
    assert step.update_ratio(shape.matrices[1]) == 0


def test_the_difference_is_of_weights(store: RunStore, run: int, shape: ModelShape) -> None:
    late, early = (matrices_at(store, run, at, shape) for at in (9, 2))
    expected = late.state.parameters - early.state.parameters
    np.testing.assert_array_equal(late.numbers(Quantity.DIFFERENCE, early), expected)
    assert not_comparable(late, early) is None


def test_models_of_different_shapes_are_not_compared(
    store: RunStore, run: int, shape: ModelShape
) -> None:
    wide = create_run(store, "wide", replace(TINY, n_embd=8), NAMES)
    letters = create_run(store, "letters", TINY, type(NAMES)("others", ("xyzuv", "w")))
    one = matrices_at(store, run, 1, shape)
    found = matrices_at(store, wide, 0, shape_of(store, wide), "the wide one")
    assert not_comparable(one, found) == (
        "step 1 and the wide one cannot be compared: one model has 1 layer of width 4 with 2 heads "
        "and 4 positions, the other 1 layer of width 8 with 2 heads and 4 positions."
    )
    found = matrices_at(store, letters, 0, shape_of(store, letters), "the other")
    problem = not_comparable(one, found)
    assert problem == "step 1 and the other cannot be compared: they know different letters."


def test_arrays_of_another_length_are_refused(store: RunStore, run: int, shape: ModelShape) -> None:
    state = store.checkpoint(run, 0)
    with pytest.raises(ValueError, match=f"has {shape.size} parameters"):
        StepMatrices(shape, "", state, gradient=np.zeros(3))


def test_rows_of_tokens_are_called_by_their_letters() -> None:
    wte, wpe, lm_head = SHAPE.matrices[:3]
    assert wte.rows == lm_head.rows == ("a", "b", "BOS")
    assert wpe.rows == ("0", "1", "2")
    assert wte.title(wte.index(1, 3)) == "wte[b][3]"
    assert lm_head.title(lm_head.index(2, 0)) == "lm_head[BOS][0]"


def test_only_the_only_layer_is_left_out_of_labels() -> None:
    one = ModelShape(replace(SHAPE.config, n_layer=1), SHAPE.letters)
    assert [m.label for m in one.matrices][3:5] == ["attn_wq", "attn_wk"]
    assert SHAPE.matrices[-1].label == SHAPE.matrices[-1].name == "layer1.mlp_fc2"


@given(st.integers(0, SHAPE.size - 1))
def test_each_parameter_is_one_cell(index: int) -> None:
    matrix = SHAPE.matrix_of(index)
    row, column = matrix.cell(index)
    assert matrix.index(row, column) == index
    assert 0 <= row < len(matrix.rows)
    assert 0 <= column < len(matrix.columns)


def test_statistics_are_those_of_numpy() -> None:
    numbers = np.array([3.0, -4.0, 0.0, 1.0])
    found = statistics(numbers)
    assert (found.least, found.most, found.mean) == (-4, 3, 0)
    assert found.deviation == pytest.approx(math.sqrt(26 / 4))
    assert found.norm == pytest.approx(math.sqrt(26))
    assert math.isnan(statistics(np.array([1.0, math.nan])).norm)


def test_csv_has_every_bit_and_all_names() -> None:
    numbers = np.random.default_rng(1).normal(size=SHAPE.size)
    matrix = SHAPE.matrices[0]
    rows = list(csv.reader(matrix_csv(matrix, numbers).splitlines()))
    assert rows[0] == ["wte", "0", "1", "2", "3"]
    assert [row[0] for row in rows[1:]] == ["a", "b", "BOS"]
    read = np.array([[float(text) for text in row[1:]] for row in rows[1:]])
    np.testing.assert_array_equal(read.ravel(), numbers[matrix.part])
