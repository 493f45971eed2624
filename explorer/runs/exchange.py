"""Runs out of the store and models into it."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import asdict, replace
from pathlib import Path

from explorer.runs.dataset import DataSet
from explorer.runs.engine import StepRow, start, start_state
from explorer.runs.settings import RunSettings, SettingsError
from explorer.runs.store import RunStore
from explorer.runs.weights import Weights, WeightsError
from explorer.trace.files import write_whole
from microgpt import Tokenizer

LOSS_COLUMNS = ("step", "document", "positions", "loss", "learning_rate", "gradient_norm")


def weights_of(store: RunStore, run: int, step: int | None = None) -> Weights:
    """Return the model of a run after a step; left out, after the last one."""
    letters = Tokenizer(store.dataset(run).documents).letters
    config = store.run(run).settings.config
    return Weights(config, tuple(letters), store.checkpoint(run, step).parameters)


def create_run(
    store: RunStore,
    name: str,
    settings: RunSettings,
    data: DataSet,
    weights: Weights | None = None,
) -> int:
    """Add a run to the store, before its first step; return its id.

    Parameters
    ----------
    store : RunStore
    name : str
    settings : RunSettings
    data : DataSet
    weights : Weights, optional
        To begin with, instead of parameters drawn at random. The settings take their shape.

    Raises
    ------
    WeightsError
        The weights know other letters than the data set has, or are too large.
    """
    if weights is not None:
        try:
            settings = replace(settings, **asdict(weights.config))
        except SettingsError as error:
            raise WeightsError(f"no run can have these weights: {error}") from None
    first = start(settings, data.documents)
    state = start_state(first)
    if weights is not None:
        if weights.letters != tuple(first.tokenizer.letters):
            raise WeightsError(f"the weights know other letters than the {data.name} have")
        state = replace(state, parameters=weights.parameters)
    return store.create(name, settings, data, state)


def losses_csv(rows: Iterable[StepRow]) -> str:
    """Return a line a step, every number with all its bits."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LOSS_COLUMNS)
    for row in rows:
        numbers = map(repr, (row.loss, row.learning_rate, row.gradient_norm))
        writer.writerow([row.step, row.document, row.positions, *numbers])
    return text.getvalue()


def save_losses(store: RunStore, run: int, path: Path) -> None:
    """Write the losses of a run as CSV.

    Raises
    ------
    OSError
        The file cannot be written; an older one stays as it was.
    """
    write_whole(path, losses_csv(store.steps(run)).encode())
