"""Runs out of the store, and models into it."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tiny_runs import NAMES, TINY, bits, train_into

from explorer.runs.dataset import DataSet
from explorer.runs.engine import start, start_state
from explorer.runs.exchange import create_run, save_losses, weights_of
from explorer.runs.store import RunStore
from explorer.runs.weights import Weights, WeightsError, load_weights, save_json, save_safetensors
from microgpt import Config


def test_new_run_starts_as_the_published_script_does(store: RunStore, run: int) -> None:
    assert bits(store.checkpoint(run)) == bits(start_state(start(TINY, NAMES.documents)))


@pytest.mark.parametrize("save", [save_json, save_safetensors])
def test_model_goes_out_and_comes_in(store: RunStore, run: int, tmp_path: Path, save) -> None:
    train_into(store, run, 9)
    save(weights_of(store, run), tmp_path / "w")
    loaded = load_weights(tmp_path / "w")
    other = create_run(store, "second", replace(TINY, n_embd=8), NAMES, loaded)
    assert store.run(other).settings.config == TINY.config  # the shape comes with the weights
    state = store.checkpoint(other)
    assert state.parameters.tobytes() == store.checkpoint(run, 9).parameters.tobytes()
    assert (state.steps_done, state.m.any(), state.v.any()) == (0, False, False)
    train_into(store, other, 1)
    assert store.steps_done(other) == 1


def test_model_of_any_step_goes_out(store: RunStore, run: int) -> None:
    train_into(store, run, 9)
    assert np.array_equal(weights_of(store, run, 4).parameters, store.checkpoint(run, 4).parameters)


def test_weights_must_know_the_letters_of_the_data_set(store: RunStore, run: int) -> None:
    with pytest.raises(WeightsError, match="know other letters than the others have"):
        create_run(store, "x", TINY, DataSet("others", ("xyz",)), weights_of(store, run))
    assert len(store.runs()) == 1


def test_weights_too_large_for_a_run_are_told(store: RunStore) -> None:
    config = Config(block_size=2000)
    count = 16 * (4 + 2000 + 4) + 12 * 256
    with pytest.raises(WeightsError, match="no run can have these weights: block size must be"):
        create_run(store, "x", TINY, NAMES, Weights(config, ("a", "b", "c"), np.zeros(count)))


def test_losses_have_all_their_bits(store: RunStore, run: int, tmp_path: Path) -> None:
    train_into(store, run, 5)
    save_losses(store, run, tmp_path / "losses.csv")
    with (tmp_path / "losses.csv").open(newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["step", "document", "positions", "loss", "learning_rate", "gradient_norm"]
    for row, kept in zip(rows, store.steps(run), strict=True):
        assert row[:3] == [str(kept.step), kept.document, str(kept.positions)]
        numbers = kept.loss, kept.learning_rate, kept.gradient_norm
        assert tuple(map(float, row[3:])) == numbers
