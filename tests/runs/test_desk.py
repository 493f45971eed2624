"""The desk of runs: what is shown, and everything that can be done to runs."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event as Flag
from time import monotonic, sleep
from types import ModuleType

import numpy as np
import pytest
from tiny_runs import NAMES, TINY, HandleOfThisProcess, bits, train_into, trained

from explorer.runs.dataset import DataSetError
from explorer.runs.desk import Comparison, RunDesk
from explorer.runs.live import Phase
from explorer.runs.settings import RunSettings
from explorer.runs.store import RunStore, Status
from explorer.runs.weights import load_weights

PATIENCE = 60.0


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    return replace(TINY, dataset="file", dataset_file=str(file))


class Ear:
    """Notes what a desk says."""

    def __init__(self, desk: RunDesk) -> None:
        self.sentences: list[str] = []
        self.signals: list[str] = []
        desk.told.connect(self.hear)
        desk.moved.connect(self.note_move)
        desk.grown.connect(self.note_growth)

    def hear(self, sentence: str) -> None:
        self.sentences.append(sentence)

    def note_move(self) -> None:
        self.signals.append("moved")

    def note_growth(self) -> None:
        self.signals.append("grown")


@pytest.fixture
def desk(path: Path) -> Iterator[RunDesk]:
    desk = RunDesk(path, HandleOfThisProcess)
    desk.refresh()
    yield desk
    desk.close()


@pytest.fixture
def ear(desk: RunDesk) -> Ear:
    return Ear(desk)


@pytest.fixture
def done(desk: RunDesk, settings: RunSettings) -> int:
    """A run after all its steps."""
    run = desk.create("first", settings)
    assert run is not None
    desk.start()
    poll_until(desk, Phase.FINISHED)
    return run


def poll_until(desk: RunDesk, phase: Phase) -> None:
    assert desk.current is not None
    end = monotonic() + PATIENCE
    while desk.phase(desk.current) is not phase:
        desk.poll()
        assert monotonic() < end


def test_no_file_is_made_before_the_first_run(
    path: Path, desk: RunDesk, settings: RunSettings
) -> None:
    desk.refresh()
    assert (desk.records, desk.current, desk.row) == ((), None, None)
    assert desk.matrices(0) is None
    assert desk.gradient(1) is None
    desk.toggle()
    desk.single_step()
    desk.stop()
    desk.poll()
    assert not path.exists()
    assert desk.create("first", settings) is not None
    assert path.exists()


def test_a_run_is_trained_to_its_end_and_followed(
    desk: RunDesk, ear: Ear, settings: RunSettings
) -> None:
    run = desk.create("first", settings)
    assert (desk.current, desk.step, desk.phase(run)) == (run, 0, Phase.NEW)
    desk.toggle()
    assert desk.phase(run) is Phase.STARTING
    desk.poll()
    assert (desk.phase(run), desk.step, len(desk.history)) == (Phase.RUNNING, 1, 1)
    assert ear.signals == ["moved", "grown"]
    assert desk.last_loss(run) == desk.row.loss
    poll_until(desk, Phase.FINISHED)
    assert desk.step == TINY.steps
    assert desk.record.status is Status.FINISHED
    assert not desk.is_busy
    assert bits(desk.matrices(TINY.steps)) == bits(trained(TINY).state())
    assert [sample.document for sample in desk.samples_shown] == ["anna"]
    assert ear.sentences == []
    desk.toggle()  # there is nothing left to do
    desk.single_step()
    assert desk.phase(run) is Phase.FINISHED


def test_pause_single_step_resume_and_stop(desk: RunDesk, settings: RunSettings) -> None:
    run = desk.create("first", settings)
    desk.single_step()
    desk.poll()
    assert (desk.phase(run), desk.step) == (Phase.PAUSED, 1)
    desk.single_step()
    desk.poll()
    assert (desk.phase(run), desk.step) == (Phase.PAUSED, 2)
    desk.toggle()
    desk.poll()
    assert desk.phase(run) is Phase.RUNNING
    desk.toggle()
    desk.poll()
    assert (desk.phase(run), desk.step) == (Phase.PAUSED, 3)
    desk.stop()
    desk.poll()
    assert desk.phase(run) is Phase.STOPPED
    desk.toggle()
    desk.poll()
    assert (desk.phase(run), desk.step) == (Phase.RUNNING, 4)


def test_a_step_that_is_looked_at_stays(desk: RunDesk, ear: Ear, settings: RunSettings) -> None:
    desk.create("first", settings)
    desk.start()
    for _ in range(6):
        desk.poll()
    desk.show_step(2)
    ear.signals.clear()
    desk.poll()
    assert (desk.step, len(desk.history), ear.signals) == (2, 7, ["grown"])
    assert desk.row.step == 2
    desk.show_step(2)
    assert ear.signals == ["grown"]  # nothing moved
    desk.show_step(99)
    desk.poll()
    assert desk.step == 8
    desk.show_step(-1)
    assert (desk.step, desk.row) == (0, None)


def test_samples_are_those_at_or_before_the_shown_step(desk: RunDesk, path: Path, run: int) -> None:
    with RunStore(path) as store:
        for step in range(1, TINY.steps + 1):
            train_into(store, run, 1)
            if step % 5 == 0:
                store._add_samples(run, step, [f"s{step}"], final=False)
        store.finish(run, ["end"])
    desk.refresh()
    shown = {}
    for step in range(TINY.steps + 1):
        desk.show_step(step)
        shown[step] = [sample.document for sample in desk.samples_shown]
    assert (shown[0], shown[4], shown[5], shown[9]) == ([], [], ["s5"], ["s5"])
    assert (shown[19], shown[20]) == (["s15"], ["end"])


def test_states_and_gradients_are_looked_up_once(
    desk: RunDesk, done: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, gradient = desk.matrices(7), desk.gradient(7)
    monkeypatch.setattr(RunStore, "checkpoint", None)
    monkeypatch.setattr(RunStore, "gradient", None)
    assert desk.matrices(7) is state
    assert desk.gradient(7) is gradient
    assert desk.gradient(0) is None
    assert state.steps_done == 7


def test_a_step_that_is_missing_is_told(desk: RunDesk, ear: Ear, done: int) -> None:
    assert desk.matrices(TINY.steps + 1) is None
    assert desk.gradient(TINY.steps + 1) is None
    assert desk.subject(done, TINY.steps + 2) is None
    assert len(ear.sentences) == 3
    assert f"there is no step {TINY.steps + 1} of run {done}" in ear.sentences[0]


def test_many_states_do_not_pile_up(desk: RunDesk, done: int) -> None:
    monkey = desk._states
    for step in range(TINY.steps + 1):
        desk.matrices(step)
    assert len(monkey._states) <= 64
    assert np.array_equal(desk.matrices(0).m, np.zeros_like(desk.matrices(0).m))


def test_two_runs_or_two_steps_are_compared(
    desk: RunDesk, done: int, settings: RunSettings
) -> None:
    other = desk.create("other", replace(settings, seed=8))
    desk.single_step()
    desk.poll()
    assert desk.other_step is None
    desk.compare(Comparison(done))
    assert (desk.other_step, len(desk.other_history)) == (1, TINY.steps)
    desk.compare(Comparison(done, 13))
    assert desk.other_step == 13
    desk.choose(done)
    desk.compare(Comparison(other))
    assert desk.other_step == 1  # as far as it has come
    desk.delete(other)
    assert (desk.comparison, desk.other_history) == (None, None)


def test_a_compared_run_grows_as_well(desk: RunDesk, done: int, settings: RunSettings) -> None:
    other = desk.create("other", settings)
    desk.start()
    desk.choose(done)
    desk.compare(Comparison(other))
    desk.poll()
    assert len(desk.other_history) == 1
    assert desk.record_of(other).steps_done == 1


def test_rename_duplicate_and_delete(desk: RunDesk, ear: Ear, done: int) -> None:
    desk.rename(done, "  better ")
    desk.rename(done, "  ")
    assert desk.record.name == "better"
    copy = desk.duplicate(done, "copy")
    assert (desk.current, desk.record.name, len(desk.history)) == (copy, "copy", TINY.steps)
    desk.delete(copy)
    assert (desk.current, [record.id for record in desk.records]) == (done, [done])
    desk.delete(done)
    assert (desk.current, desk.records, len(desk.history)) == (None, (), 0)
    desk.delete(done)
    assert ear.sentences == [f"The run cannot be deleted: there is no run {done}."]


def test_a_run_that_is_training_is_ended_before_it_is_deleted(
    desk: RunDesk, settings: RunSettings
) -> None:
    run = desk.create("first", settings)
    desk.start()
    desk.poll()
    desk.delete(run)
    assert (desk.records, desk.is_busy) == ((), False)
    desk.poll()


def test_new_names_are_not_taken(desk: RunDesk, done: int) -> None:
    assert desk.new_name() == "run 1"
    desk.rename(done, "run 1")
    assert desk.new_name() == "run 2"


@pytest.mark.parametrize("ending", [".json", ".safetensors"])
def test_weights_of_the_shown_step_go_out_and_come_in(
    desk: RunDesk, ear: Ear, done: int, settings: RunSettings, tmp_path: Path, ending: str
) -> None:
    desk.show_step(3)
    file = tmp_path / f"weights{ending}"
    desk.export_weights(file)
    assert np.array_equal(load_weights(file).parameters, desk.matrices(3).parameters)
    weights = desk.read_weights(file)
    run = desk.create("with weights", replace(settings, n_embd=8, n_head=4), weights)
    assert desk.record.settings.n_embd == TINY.n_embd
    assert np.array_equal(desk.matrices(0, run).parameters, weights.parameters)
    assert ear.sentences == [f"The weights after step 3 are in {file}."]


def test_losses_go_out(desk: RunDesk, done: int, tmp_path: Path) -> None:
    desk.export_losses(tmp_path / "losses.csv")
    assert len((tmp_path / "losses.csv").read_text().splitlines()) == 1 + TINY.steps


def test_what_goes_wrong_with_files_is_one_sentence(
    desk: RunDesk, ear: Ear, done: int, tmp_path: Path
) -> None:
    desk.export_weights(tmp_path / "none" / "weights.json")
    desk.export_losses(tmp_path / "none" / "losses.csv")
    assert desk.read_weights(tmp_path / "none.json") is None
    assert desk.create("x", RunSettings(dataset="file", dataset_file="/none.txt")) is None
    assert desk.create("x", RunSettings(dataset="published")) is None
    assert [sentence.split(":")[0] for sentence in ear.sentences] == [
        "The weights were not written",
        "The losses were not written",
        "The weights were not read",
        "The run cannot be made",
        "The run cannot be made",
    ]


def test_a_locked_file_is_told_and_nothing_is_lost(
    desk: RunDesk, ear: Ear, done: int, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.close()
    monkeypatch.setattr("explorer.runs.desk_steps.PATIENCE", 0.01)
    desk.refresh()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    desk.rename(done, "second")
    other.execute("ROLLBACK")
    other.close()
    assert len(ear.sentences) == 1
    assert "is in use by another program" in ear.sentences[0]
    assert desk.record.name == "first"
    desk.rename(done, "second")
    assert desk.record.name == "second"


def test_a_file_of_something_else_is_told(path: Path) -> None:
    path.write_text("a letter to my aunt")
    desk = RunDesk(path)
    ear = Ear(desk)
    desk.refresh()
    assert ear.sentences == [f"The runs cannot be read: {path} is not a file of runs."]
    assert desk.records == ()


def test_an_interrupted_run_is_shown_as_that_and_goes_on(
    desk: RunDesk, store: RunStore, run: int
) -> None:
    train_into(store, run, 2)
    store.set_status(run, Status.RUNNING)  # and then the machine was switched off
    desk.refresh()
    assert desk.phase(run) is Phase.INTERRUPTED
    desk.toggle()
    desk.poll()
    assert (desk.phase(run), desk.step) == (Phase.RUNNING, 3)


def test_rows_that_were_read_already_are_not_added_twice(
    desk: RunDesk, settings: RunSettings, path: Path
) -> None:
    run = desk.create("first", settings)
    desk.start()
    desk.poll()
    with RunStore(path) as store:
        train_into(store, run, 2)  # whose events are lost
    desk.poll()
    assert [row.step for row in desk.history.rows] == [1, 2, 3, 4]
    desk.choose(run)
    desk.poll()
    assert [row.step for row in desk.history.rows] == [1, 2, 3, 4, 5]


def test_speed_and_time_left(path: Path, settings: RunSettings) -> None:
    now = [0.0]
    desk = RunDesk(path, HandleOfThisProcess, clock=lambda: now[0])
    run = desk.create("first", settings)
    assert (desk.steps_per_second(run), desk.seconds_left(run)) == (None, None)
    desk.start()
    for _ in range(10):
        now[0] += 0.5
        desk.poll()
    assert desk.steps_per_second(run) == 2.0
    assert desk.seconds_left(run) == 5.0
    desk.pause()
    desk.poll()
    assert desk.steps_per_second(run) is None
    desk.close()


def fetch_slowly(come: Flag) -> Callable[..., None]:
    def fetch(
        folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
    ) -> None:
        progress(1, 4)
        while not come.wait(0.01):
            if cancelled():
                raise DataSetError("the download was cancelled")
        (folder / "published-names.txt").write_text("anna")

    return fetch


def wait_for(condition: Callable[[], bool]) -> None:
    end = monotonic() + PATIENCE
    while not condition():
        sleep(0.001)
        assert monotonic() < end


def test_the_published_names_are_fetched_with_progress(path: Path) -> None:
    come = Flag()
    desk = RunDesk(path, fetcher=fetch_slowly(come))
    desk.fetch()
    fetching = desk.fetching
    desk.fetch()  # without effect
    assert desk.fetching is fetching
    wait_for(lambda: fetching.share == 0.25)
    assert desk.is_busy
    come.set()
    wait_for(lambda: fetching.is_over)
    assert (fetching.succeeded, desk.has_published, desk.is_busy) == (True, True, False)


def test_a_download_is_cancelled(path: Path) -> None:
    desk = RunDesk(path, fetcher=fetch_slowly(Flag()))
    desk.fetch()
    desk.fetching.cancel()
    wait_for(lambda: desk.fetching.is_over)
    assert not desk.fetching.succeeded
    assert desk.fetching.problem == "the download was cancelled"
    assert not path.exists()


def test_a_real_process_ends_with_the_desk_and_can_go_on(
    path: Path, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    desk = RunDesk(path)
    run = desk.create("long", replace(settings, steps=100_000, samples_every=0))
    desk.start()
    end = monotonic() + PATIENCE
    while desk.step < 3:
        desk.poll()
        sleep(0.002)
        assert monotonic() < end
    desk.close(PATIENCE)
    with RunStore(path) as store:
        record = store.run(run)
        assert record.status is Status.STOPPED
        assert record.steps_done >= 3
        assert bits(store.checkpoint(run)) == bits(
            trained(replace(TINY, steps=100_000), record.steps_done).state()
        )


# Other windows


@pytest.fixture
def two_desks(
    path: Path, settings: RunSettings, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[RunDesk, RunDesk]]:
    """The desks of two windows on one file; the first one trains a run in a process."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    monkeypatch.setattr("explorer.runs.desk.LOOK_EVERY", 0.0)
    one, other = RunDesk(path), RunDesk(path)
    one.create("long", replace(settings, steps=100_000, samples_every=0))
    other.refresh()
    one.start()
    wait_for(lambda: one.poll() or one.step >= 2)
    yield one, other
    one.close(PATIENCE)
    other.close(PATIENCE)


def test_a_run_of_another_window_is_shown_as_such_and_followed(
    two_desks: tuple[RunDesk, RunDesk],
) -> None:
    one, other = two_desks
    run = one.current
    other.refresh()
    assert (one.phase(run), other.phase(run)) == (Phase.RUNNING, Phase.ELSEWHERE)
    assert other.is_busy
    ear = Ear(other)
    wait_for(lambda: other.poll() or other.step >= 3)
    assert "grown" in ear.signals
    one.stop()
    wait_for(lambda: one.poll() or one.phase(run) is Phase.STOPPED)
    assert other.row == one.history.rows[other.step - 1]
    wait_for(lambda: other.poll() or other.phase(run) is Phase.STOPPED)
    assert not other.is_busy
    assert len(other.history) == other.record.steps_done


def test_a_run_of_another_window_is_neither_started_nor_deleted(
    two_desks: tuple[RunDesk, RunDesk],
) -> None:
    one, other = two_desks
    ear = Ear(other)
    other.toggle()
    assert ear.sentences == ["Run “long” is trained by another process."]
    other.delete(one.current)
    assert ear.sentences[-1] == "Run “long” cannot be deleted: another process trains it."
    assert other.record is not None


def test_a_run_that_was_killed_is_interrupted_not_elsewhere(
    two_desks: tuple[RunDesk, RunDesk],
) -> None:
    one, other = two_desks
    run = one.current
    other.refresh()
    os.kill(one._live._runs[run].handle.pid, signal.SIGKILL)
    wait_for(lambda: other.poll() or other.phase(run) is Phase.INTERRUPTED)
