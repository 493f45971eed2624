"""Runs in the store: what goes in comes out, to the last bit."""

from __future__ import annotations

import sqlite3
import tempfile
from contextlib import closing
from dataclasses import replace
from math import inf, isnan, nan
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from tiny_runs import NAMES, TINY, bits, train_into, trained

from explorer.runs.adam import updated
from explorer.runs.database import StoreError
from explorer.runs.dataset import DataSet
from explorer.runs.engine import ScalarEngine, State, StepRow
from explorer.runs.exchange import create_run
from explorer.runs.settings import RunSettings
from explorer.runs.store import RunStore, Sample, Status

MOST_ON_DISK = 60_000_000  # bytes, of 1000 steps of the published model


def row(step: int, loss: float = 1.5) -> StepRow:
    return StepRow(step, "bob", 4, loss, 0.01, 0.25)


def test_run_is_kept_with_its_settings_and_documents(path: Path, run: int) -> None:
    with RunStore(path) as store:
        (record,) = store.runs()
        assert record == store.run(run)
        assert store.dataset(run) == NAMES
    assert (record.id, record.name, record.dataset) == (run, "first", "a few names")
    assert record.settings == replace(TINY, dataset_digest=NAMES.digest)
    assert (record.status, record.message, record.steps_done) == (Status.NEW, "", 0)
    assert record.created.endswith("+00:00")


def test_any_state_comes_back_in_any_order(store: RunStore, run: int) -> None:
    engine = ScalarEngine(TINY, NAMES.documents)
    states, gradients, rows = [bits(engine.state())], [], []
    for _ in range(TINY.steps):
        rows.append(engine.step())
        store.append(run, rows[-1], engine.gradient, engine.state())
        states.append(bits(engine.state()))
        gradients.append(engine.gradient.tobytes())
    assert store.steps(run) == rows
    assert store.steps(run, after=17) == rows[17:]
    order = [*range(TINY.steps + 1)] * 3
    Random(1).shuffle(order)
    for step in order:
        assert bits(store.checkpoint(run, step)) == states[step]
        if step:
            assert store.gradient(run, step).tobytes() == gradients[step - 1]
    assert bits(store.checkpoint(run)) == states[-1]


numbers = st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3)
any_number = st.floats(allow_nan=True, allow_infinity=True)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(numbers, any_number, st.text(max_size=5)), min_size=1, max_size=20),
    st.lists(st.integers(0, 20), max_size=10),
)
def test_whatever_steps_are_kept_come_back(
    tmp_path: Path, steps: list[tuple[list[float], float, str]], asked: list[int]
) -> None:
    with tempfile.TemporaryDirectory(dir=tmp_path) as folder, RunStore(Path(folder) / "r") as store:
        state = State(
            np.array([1.0, -0.0, 5e-324]), np.zeros(3), np.zeros(3), 0, Random(1).getstate()
        )
        run = store.create("any", TINY, NAMES, state)
        states, rows = [bits(state)], []
        for step, (gradient, number, document) in enumerate(steps, start=1):
            state = updated(state, np.array(gradient), TINY)
            rows.append(StepRow(step, document, 1, number, -number, number))
            store.append(run, rows[-1], np.array(gradient), state)
            states.append(bits(state))
        assert repr(store.steps(run)) == repr(rows)  # NaN is not equal to itself
        for step in asked:
            if step < len(states):
                assert bits(store.checkpoint(run, step)) == states[step]


@pytest.mark.parametrize("loss", [-0.0, 0.0, inf, -inf, 5e-324, 1.0])
def test_odd_losses_keep_their_bits(store: RunStore, run: int, loss: float) -> None:
    engine = trained(TINY, 1)
    store.append(run, row(1, loss), engine.gradient, engine.state())
    assert repr(store.steps(run)[0].loss) == repr(loss)


def test_nan_comes_back_as_nan(store: RunStore, run: int) -> None:
    engine = trained(TINY, 1)
    store.append(run, row(1, nan), engine.gradient, engine.state())
    assert isnan(store.steps(run)[0].loss)


@pytest.mark.parametrize("step", [0, 2, 7])
def test_only_the_next_step_can_be_added(store: RunStore, run: int, step: int) -> None:
    engine = trained(TINY, 1)
    with pytest.raises(StoreError, match="trained by another process as well"):
        store.append(run, row(step), engine.gradient, engine.state())
    assert store.steps_done(run) == 0


def test_samples_come_back_in_order(store: RunStore, run: int) -> None:
    engine = trained(TINY, 1)
    store.append(run, row(1), engine.gradient, engine.state(), ["x", "y"])
    store.finish(run, ["b", "a"])
    store.finish(run, ["c", "a"])
    assert store.samples(run) == [
        Sample(1, False, "x"),
        Sample(1, False, "y"),
        Sample(1, True, "c"),
        Sample(1, True, "a"),
    ]
    assert store.run(run).status is Status.FINISHED


def test_status_and_reason_are_kept(store: RunStore, run: int) -> None:
    store.set_status(run, Status.FAILED, "overflow")
    assert (store.run(run).status, store.run(run).message) == (Status.FAILED, "overflow")
    store.set_status(run, Status.RUNNING)
    assert (store.run(run).status, store.run(run).message) == (Status.RUNNING, "")


def test_copy_is_the_same_and_on_its_own(store: RunStore, run: int) -> None:
    train_into(store, run, 11)
    store.finish(run, ["a"])
    copy = store.duplicate(run, "copy")
    assert replace(store.run(copy), id=run, name="first") == store.run(run)
    assert bits(store.checkpoint(copy, 11)) == bits(store.checkpoint(run, 11))
    assert (store.steps(copy), store.samples(copy)) == (store.steps(run), store.samples(run))
    train_into(store, copy, 2)
    store.delete(run)
    assert bits(store.checkpoint(copy)) == bits(trained(TINY, 13).state())
    assert store.dataset(copy) == NAMES


def test_deleting_gives_the_space_back(path: Path, store: RunStore, long_run: int) -> None:
    before = path.stat().st_size
    train_into(store, long_run, 100)
    copy = store.duplicate(long_run, "copy")
    for run in (long_run, copy):
        store.delete(run)
    assert store.runs() == []
    for table in ("steps", "gradients", "states", "samples", "datasets"):
        assert store._database.rows(f"SELECT * FROM {table}") == []
    assert path.stat().st_size <= max(before, 100_000)


def test_deleting_keeps_a_data_set_that_others_read(store: RunStore, run: int) -> None:
    other = create_run(store, "second", TINY, NAMES)
    store.delete(run)
    assert store.dataset(other) == NAMES
    assert store.checkpoint(other).steps_done == 0


def test_ids_are_not_used_again(store: RunStore, run: int) -> None:
    store.delete(run)
    assert create_run(store, "second", TINY, NAMES) != run


def test_what_is_not_there_is_told(store: RunStore, run: int) -> None:
    missing = run + 1
    for ask in (
        lambda: store.run(missing),
        lambda: store.dataset(missing),
        lambda: store.rename(missing, "x"),
        lambda: store.set_status(missing, Status.NEW),
        lambda: store.delete(missing),
        lambda: store.duplicate(missing, "x"),
        lambda: store.finish(missing, []),
    ):
        with pytest.raises(StoreError, match=f"there is no run {missing}"):
            ask()
    for step in (-1, 1, 8):
        with pytest.raises(StoreError, match=f"there is no step {step} of run {run}"):
            store.checkpoint(run, step)
    with pytest.raises(StoreError, match=f"there is no step 1 of run {run}"):
        store.gradient(run, 1)
    assert [record.id for record in store.runs()] == [run]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ("UPDATE gradients SET packed = x'0011'", "is damaged"),
        ("UPDATE gradients SET checksum = checksum + 1", "with the bits that it had"),
        ("UPDATE states SET v = x'00'", "is damaged"),
        ("UPDATE states SET m = zeroblob(16)", "is damaged"),
        ("UPDATE states SET random = x'00'", "is damaged"),
        ("DELETE FROM states", "there is no step"),
        ("DELETE FROM gradients", "there is no step"),
        ("UPDATE runs SET settings = '{'", "is damaged"),
        ("UPDATE runs SET status = 'odd'", "is damaged"),
    ],
)
def test_wrong_bytes_are_never_shown(
    path: Path, store: RunStore, run: int, change: str, sentence: str
) -> None:
    train_into(store, run, 3)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute(change)
    with RunStore(path) as fresh, pytest.raises(StoreError, match=sentence):
        fresh.checkpoint(run, 3)


def test_wrong_bits_of_a_whole_state_are_never_shown(path: Path, store: RunStore, run: int) -> None:
    train_into(store, run, 8)
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE states SET v = zeroblob(length(v)) WHERE step = 8")
    with pytest.raises(StoreError, match="with the bits that it had"):
        store.checkpoint(run, 8)


def test_states_are_shared_and_so_read_only(store: RunStore, run: int) -> None:
    train_into(store, run, 3)
    for step in range(4):
        state = store.checkpoint(run, step)
        for shared in (state.parameters, state.m, state.v):
            with pytest.raises(ValueError, match="read-only"):
                shared[0] = 1.0


def test_wrong_documents_are_never_shown(path: Path, store: RunStore, run: int) -> None:
    with closing(sqlite3.connect(path)) as other, other:
        other.execute("UPDATE datasets SET documents = x'00'")
    with pytest.raises(StoreError, match="is damaged"):
        store.dataset(run)


def test_thousand_steps_without_a_zero_take_less_than_60_mb(path: Path) -> None:
    rng = np.random.default_rng(1)
    published = RunSettings()
    parameters = rng.normal(0, 0.08, 4192)
    state = State(parameters, np.zeros(4192), np.zeros(4192), 0, Random(1).getstate())
    with RunStore(path) as store:
        run = store.create("large", published, DataSet("names", ("emma",)), state)
        for step in range(1, 201):
            gradient = rng.normal(0, 0.1, 4192)
            state = updated(state, gradient, published)
            store.append(run, row(step), gradient, state)
    assert 5 * path.stat().st_size < MOST_ON_DISK


class ManyRuns(RuleBasedStateMachine):
    """The store beside a dictionary of what should be in it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.store = RunStore(Path(self.folder.name) / "runs.sqlite3")
        self.expected: dict[int, tuple[str, int]] = {}  # name and steps done

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    def any(self, number: int) -> int | None:
        return sorted(self.expected)[number % len(self.expected)] if self.expected else None

    @rule(name=st.text(max_size=9))
    def create(self, name: str) -> None:
        self.expected[create_run(self.store, name, TINY, NAMES)] = name, 0

    @rule(number=st.integers(0, 9), steps=st.integers(1, 6))
    def train(self, number: int, steps: int) -> None:
        run = self.any(number)
        if run is not None:
            name, done = self.expected[run]
            more = min(steps, TINY.steps - done)
            train_into(self.store, run, more)
            self.expected[run] = name, done + more

    @rule(number=st.integers(0, 9), name=st.text(max_size=9))
    def rename(self, number: int, name: str) -> None:
        run = self.any(number)
        if run is not None:
            self.store.rename(run, name)
            self.expected[run] = name, self.expected[run][1]

    @rule(number=st.integers(0, 9))
    def duplicate(self, number: int) -> None:
        run = self.any(number)
        if run is not None:
            self.expected[self.store.duplicate(run, "copy")] = "copy", self.expected[run][1]

    @rule(number=st.integers(0, 9))
    def delete(self, number: int) -> None:
        run = self.any(number)
        if run is not None:
            self.store.delete(run)
            del self.expected[run]

    @rule()
    def reopen(self) -> None:
        path = Path(self.folder.name) / "runs.sqlite3"
        self.store.close()
        self.store = RunStore(path)

    @rule(number=st.integers(0, 9), step=st.integers(0, TINY.steps))
    def look(self, number: int, step: int) -> None:
        run = self.any(number)
        if run is not None and step <= self.expected[run][1]:
            assert bits(self.store.checkpoint(run, step)) == STATES[step]

    @invariant()
    def list_is_right(self) -> None:
        listed = {r.id: (r.name, r.steps_done) for r in self.store.runs()}
        assert listed == self.expected


STATES = [bits(trained(TINY, steps).state()) for steps in range(TINY.steps + 1)]


def test_any_order_of_changes_leaves_what_it_should() -> None:
    few = settings(max_examples=15, stateful_step_count=20)
    run_state_machine_as_test(ManyRuns, settings=few)
