"""The scalar engine: the published bits, one step at a time."""

from __future__ import annotations

import csv
from dataclasses import replace
from math import hypot, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tiny_runs import NAMES, TINY, bits, trained

from explorer.runs.adam import learning_rate_of, updated
from explorer.runs.dataset import load_dataset
from explorer.runs.engine import (
    FINAL_SAMPLES,
    ScalarEngine,
    State,
    final_samples,
    norm,
    samples_due,
    samples_on_the_way,
    start,
    start_state,
)
from explorer.runs.settings import RunSettings
from explorer.trace.passes import digest
from microgpt import GPT, Adam, Tokenizer, Value, sample, train

SCALAR_STEPS = 30


def test_first_steps_have_the_published_bits(reference: Path, tmp_path: Path) -> None:
    settings = RunSettings(dataset="file", dataset_file=str(reference / "names.txt"))
    engine = ScalarEngine(settings, load_dataset(settings, tmp_path).documents)
    with (reference / "losses-seed42.csv").open() as file:
        expected = list(csv.reader(file))[1 : SCALAR_STEPS + 1]
    with (reference / "digests-seed42.csv").open() as file:
        digests = {int(row[0]): row[1:] for row in list(csv.reader(file))[1:]}
    for wanted in expected:
        row = engine.step()
        assert [str(row.step), row.document, str(row.positions), repr(row.loss)] == wanted
        samples_on_the_way(engine, TINY, row.step) if row.step == 5 else None
        if row.step in digests:
            state = engine.state()
            assert [digest(a) for a in (state.parameters, state.m, state.v)] == digests[row.step]


def published_order(steps: int) -> tuple[list[float], list[str]]:
    """Losses and final samples as the published script makes them."""
    rng = Random(TINY.seed)
    documents = list(NAMES.documents)
    rng.shuffle(documents)
    tokenizer = Tokenizer(documents)
    model = GPT(TINY.config, tokenizer.vocab_size, rng)
    losses = [s.loss for s in train(model, Adam(model.parameters()), documents, tokenizer, steps)]
    draws = [sample(model, tokenizer, rng, TINY.temperature) for _ in range(FINAL_SAMPLES)]
    return losses, [tokenizer.decode([draw.token for draw in drawn]) for drawn in draws]


def test_samples_on_the_way_disturb_neither_steps_nor_final_samples() -> None:
    losses, samples = published_order(TINY.steps)
    engine = ScalarEngine(TINY, NAMES.documents)
    ours = []
    for step in range(1, TINY.steps + 1):
        ours.append(engine.step().loss)
        before = bits(engine.state())
        samples_on_the_way(engine, TINY, step)
        assert bits(engine.state()) == before
    assert ours == losses
    assert final_samples(engine, TINY.temperature) == samples
    assert final_samples(engine, TINY.temperature) == samples


def test_samples_on_the_way_depend_on_seed_and_step_alone() -> None:
    engine = trained(TINY)
    first = samples_on_the_way(engine, TINY, 5)
    assert samples_on_the_way(engine, TINY, 6) != first
    assert samples_on_the_way(engine, replace(TINY, seed=8), 5) != first
    assert samples_on_the_way(trained(TINY), TINY, 5) == first


def test_samples_are_due_every_so_many_steps() -> None:
    assert [step for step in range(1, 21) if samples_due(TINY, step)] == [5, 10, 15, 20]
    assert not any(samples_due(replace(TINY, samples_every=0), step) for step in range(1, 21))


@pytest.mark.parametrize("after", [0, 1, 8, 19])
def test_restored_engine_goes_on_with_the_same_bits(after: int) -> None:
    state = trained(TINY, after).state()
    other = ScalarEngine(TINY, NAMES.documents)
    other.step()
    other.restore(state)
    assert bits(other.state()) == bits(state)
    for _ in range(TINY.steps - after):
        other.step()
    assert bits(other.state()) == bits(trained(TINY).state())


def test_state_is_a_copy() -> None:
    engine = trained(TINY, 3)
    state = engine.state()
    before = bits(state)
    engine.step()
    assert bits(state) == before


def test_after_the_last_step_there_is_no_other() -> None:
    engine = trained(TINY)
    with pytest.raises(ValueError, match="all 20 steps are done"):
        engine.step()


def test_first_state_is_that_of_the_engine() -> None:
    first = start(TINY, NAMES.documents)
    assert bits(start_state(first)) == bits(ScalarEngine(TINY, NAMES.documents).state())


def test_settings_of_adam_reach_it() -> None:
    other = replace(TINY, learning_rate=0.02, beta1=0.5, beta2=0.9, epsilon=1e-6)
    state = trained(other, 1).state()
    gradient = trained(other, 1).gradient
    assert np.array_equal(state.m, (1 - 0.5) * gradient)
    assert (
        trained(other, 1).state().parameters.tolist()
        != trained(TINY, 1).state().parameters.tolist()
    )


def test_gradient_norm_is_that_before_the_update() -> None:
    engine = ScalarEngine(TINY, NAMES.documents)
    row = engine.step()
    assert row.gradient_norm == norm(engine.gradient)
    assert row.gradient_norm == pytest.approx(hypot(*engine.gradient))
    assert np.isinf(norm(np.full(3, 1e300)))
    assert np.isnan(norm(np.array([nan])))


def test_updates_on_arrays_have_the_bits_of_the_scalar_ones() -> None:
    engine = ScalarEngine(TINY, NAMES.documents)
    state = engine.state()
    for _ in range(TINY.steps):
        row = engine.step()
        assert row.learning_rate == learning_rate_of(state.steps_done, TINY)
        state = updated(state, engine.gradient, TINY)
        assert bits(state) == bits(engine.state())


ordinary = st.floats(-1e6, 1e6)
betas = st.floats(0, 1, exclude_max=True)


@given(st.lists(st.lists(ordinary, min_size=3, max_size=3), min_size=1, max_size=4), betas, betas)
def test_any_gradients_have_the_bits_of_the_scalar_update(
    gradients: list[list[float]], beta1: float, beta2: float
) -> None:
    settings = replace(TINY, beta1=beta1, beta2=beta2)
    values = [Value(0.5), Value(-0.0), Value(3.0)]
    adam = Adam(values, settings.learning_rate, beta1, beta2, settings.epsilon)
    state = State(np.array([v.data for v in values]), np.zeros(3), np.zeros(3), 0, ())
    for gradient in gradients:
        for value, grad in zip(values, gradient, strict=True):
            value.grad = grad
        adam.update(settings.steps)
        state = updated(state, np.array(gradient), settings)
        scalar = State(
            np.array([v.data for v in values]),
            np.array(adam.m),
            np.array(adam.v),
            adam.steps_done,
            (),
        )
        assert bits(state) == bits(scalar)


def test_squares_and_roots_are_those_of_python() -> None:
    """The same in numpy differ in the last bit of one in a thousand on some machines."""
    count = 20_000
    gradient = np.random.default_rng(1).normal(0, 0.1, count)
    values = [Value(0.0) for _ in range(count)]
    for value, grad in zip(values, gradient.tolist(), strict=True):
        value.grad = grad
    adam = Adam(values)
    adam.update(20)
    state = State(np.zeros(count), np.zeros(count), np.zeros(count), 0, ())
    arrays = updated(state, gradient, TINY)
    assert arrays.v.tolist() == adam.v
    assert arrays.parameters.tolist() == [value.data for value in values]


def test_square_of_a_gradient_overflows_as_in_the_scalar_code() -> None:
    state = State(np.zeros(1), np.zeros(1), np.zeros(1), 0, ())
    with pytest.raises(OverflowError):
        updated(state, np.array([1e200]), TINY)
