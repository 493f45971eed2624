"""A step of a run, opened in the debugger, is that step again to the last bit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tiny_runs import NAMES, TINY, train_into

from explorer.debug.generation.generation import Generation
from explorer.runs.database import StoreError
from explorer.runs.dataset import DataSet
from explorer.runs.engine import final_samples, start
from explorer.runs.engines import make_engine
from explorer.runs.exchange import create_run
from explorer.runs.settings import RunSettings
from explorer.runs.store import RunStore
from explorer.runs.subjects import subject_of
from explorer.trace.passes import record_pass

ODD = replace(TINY, learning_rate=0.02, beta1=0.8, beta2=0.95, epsilon=1e-6, steps=12)
SIXTEEN = RunSettings(steps=12, engine="scalar")  # the published shape
FEW = DataSet("few", ("emma", "olivia", "maximilianaaaaaaaaa", "ava"))


@pytest.mark.parametrize(
    ("settings", "data", "steps"),
    [(TINY, NAMES, (1, 2, 9, 11)), (ODD, NAMES, (1, 11, 12)), (SIXTEEN, FEW, (2, 3))],
)
def test_a_step_is_recorded_with_the_bits_it_had(
    store: RunStore, settings: RunSettings, data: DataSet, steps: tuple[int, ...]
) -> None:
    run = create_run(store, "first", settings, data)
    train_into(store, run, steps[-1])
    rows = store.steps(run)
    for step in steps:
        subject, name = subject_of(store, run, step)
        trace = record_pass(subject, name)
        row, after = rows[step - 1], store.checkpoint(run, step)
        assert name == row.document
        assert trace.loss is not None
        assert trace.data[trace.loss] == row.loss
        assert trace.grad[: trace.leaves].tobytes() == store.gradient(run, step).tobytes()
        assert trace.update is not None
        assert trace.update.data.tobytes() == after.parameters.tobytes()
        assert trace.update.m.tobytes() == after.m.tobytes()
        assert trace.update.v.tobytes() == after.v.tobytes()
        assert trace.update.settings.step == step
        assert trace.update.settings.learning_rate == row.learning_rate


def test_the_model_knows_the_documents_of_its_run(store: RunStore, run: int) -> None:
    train_into(store, run, 2)
    subject, name = subject_of(store, run, 2)
    assert sorted(subject.documents) == sorted(NAMES.documents)
    assert subject.documents[1] == name


def test_a_finished_model_makes_up_the_names_of_its_run(store: RunStore, run: int) -> None:
    steps = store.run(run).settings.steps
    train_into(store, run, steps)
    generation = Generation(subject_of(store, run, steps + 1)[0])
    generation.tune(store.run(run).settings.temperature)
    names = []
    for _ in range(20):
        generation.finish()
        names.append(generation.name)
        generation.next_name()
    engine = make_engine(store.run(run).settings, NAMES.documents)
    engine.restore(store.checkpoint(run, steps))
    assert names == final_samples(engine, store.run(run).settings.temperature)


def test_the_step_to_come_can_be_opened_and_is_the_one_that_comes(
    store: RunStore, run: int
) -> None:
    train_into(store, run, 3)
    subject, name = subject_of(store, run, 4)
    trace = record_pass(subject, name)
    train_into(store, run, 1)
    (row,) = store.steps(run, 3)
    assert trace.loss is not None
    assert (name, trace.data[trace.loss]) == (row.document, row.loss)


def test_after_the_last_step_the_model_is_there_and_nothing_is_updated(
    store: RunStore, run: int
) -> None:
    train_into(store, run, TINY.steps)
    subject, name = subject_of(store, run, TINY.steps + 1)
    trace = record_pass(subject, name)
    assert trace.update is None
    assert trace.data[: trace.leaves].tolist() == store.checkpoint(run).parameters.tolist()
    documents = start(TINY, NAMES.documents).documents
    assert name == documents[TINY.steps % len(documents)]


@pytest.mark.parametrize("step", [-3, 0, 2, 99])
def test_steps_that_are_not_there_are_refused(store: RunStore, run: int, step: int) -> None:
    with pytest.raises(StoreError):
        subject_of(store, run, step)
