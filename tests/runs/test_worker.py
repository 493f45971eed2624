"""Runs in processes of their own: commands, events, and death at any moment."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from threading import Thread
from time import monotonic, sleep
from types import ModuleType

import pytest
from tiny_runs import NAMES, TINY, bits, train_into, trained

import explorer.runs.worker as worker_module
from explorer.runs.engine import ScalarEngine, StepRow, final_samples
from explorer.runs.events import (
    LAST_EVENTS,
    Command,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Running,
    Sampled,
    Stepped,
    Stopped,
)
from explorer.runs.exchange import create_run
from explorer.runs.handle import RunHandle
from explorer.runs.store import RunStore, Status
from explorer.runs.worker import Worker

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds: a busy machine is no failure
KILLS = int(os.environ.get("EXPLORER_KILLS", "50"))


@pytest.fixture(autouse=True)
def main_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process must not load the test runner, which is the main module here."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture
def handles() -> Iterator[Callable[[Path, int], RunHandle]]:
    made: list[RunHandle] = []

    def make(path: Path, run: int) -> RunHandle:
        made.append(RunHandle(path, run))
        return made[-1]

    yield make
    for handle in made:
        assert handle.close(PATIENCE)


def until(handle: RunHandle, *kinds: type) -> list[Event]:
    """Return all events up to the first of a kind."""
    events: list[Event] = []
    while not events or not isinstance(events[-1], kinds):
        event = handle.wait(PATIENCE)
        assert event is not None, f"nothing came after {events[-3:]}"
        events.append(event)
        if isinstance(event, LAST_EVENTS):
            break
    assert isinstance(events[-1], kinds), events[-1]
    return events


# In a process of its own


def test_run_to_the_end_tells_of_everything(
    store: RunStore, path: Path, run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, run)
    assert not handle.alive
    handle.start()
    handle.start()  # without effect
    events = until(handle, Finished)
    assert [type(event) for event in events[:3]] == [Running, Stepped, Stepped]
    rows = [event.row for event in events if isinstance(event, Stepped)]
    assert rows == store.steps(run)
    assert [row.step for row in rows] == list(range(1, TINY.steps + 1))
    sampled = [event for event in events if isinstance(event, Sampled)]
    assert [(event.step, event.final) for event in sampled] == [
        (5, False), (10, False), (15, False), (20, False), (20, True),
    ]  # fmt: skip
    engine = trained(TINY)
    assert list(sampled[-1].documents) == final_samples(engine, TINY.temperature)
    assert [s.document for s in store.samples(run) if s.final] == list(sampled[-1].documents)
    assert bits(store.checkpoint(run)) == bits(engine.state())
    assert store.run(run).status is Status.FINISHED
    assert handle.close(PATIENCE)
    assert handle.poll() == []


def test_commands_are_obeyed(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start(paused=True)
    assert until(handle, Paused) == [Paused(0)]
    handle.step()
    running, stepped, paused = until(handle, Paused)
    assert (running, paused) == (Running(0), Paused(1))
    assert isinstance(stepped, Stepped)
    assert store.steps_done(long_run) == 1
    handle.resume()
    until(handle, Stepped)
    handle.pause()
    paused = until(handle, Paused)[-1]
    assert isinstance(paused, Paused)
    assert store.steps_done(long_run) == paused.steps_done
    assert store.run(long_run).status is Status.RUNNING
    handle.stop()
    assert until(handle, Stopped) == [Stopped(paused.steps_done)]
    assert handle.close(PATIENCE)
    assert store.run(long_run).status is Status.STOPPED

    handle.start(paused=True)  # taken up again
    assert until(handle, Paused) == [Paused(paused.steps_done)]


def test_closing_ends_the_process_after_its_step(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start()
    until(handle, Stepped)
    assert handle.close(PATIENCE)
    assert not handle.alive
    assert isinstance(handle.poll()[-1], Stopped)
    assert store.run(long_run).status is Status.STOPPED
    handle.pause()  # to nobody: without effect


@pytest.mark.parametrize("paused", [False, True])
def test_signal_to_terminate_ends_it_after_its_step(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle], paused: bool
) -> None:
    handle = handles(path, long_run)
    handle.start(paused=paused)
    until(handle, Paused if paused else Stepped)
    assert handle.pid is not None
    os.kill(handle.pid, signal.SIGINT)  # Ctrl+C is for the other process
    os.kill(handle.pid, signal.SIGTERM)
    until(handle, Stopped)
    assert store.run(long_run).status is Status.STOPPED


def test_killed_process_is_told(
    path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start()
    until(handle, Stepped)
    assert handle.pid is not None
    os.kill(handle.pid, signal.SIGKILL)
    failed = until(handle, Failed)[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("the process of the run ended by signal 9;")


def test_two_processes_on_one_run_do_it_no_harm(
    store: RunStore, path: Path, run: int, handles: Callable[..., RunHandle]
) -> None:
    one, two = handles(path, run), handles(path, run)
    one.start(paused=True)
    two.start(paused=True)
    until(one, Paused)
    until(two, Paused)
    one.step()
    until(one, Paused)
    two.step()
    failed = until(two, Failed)[-1]
    assert failed == Failed(f"run {run} is trained by another process as well")
    one.resume()
    until(one, Finished)
    assert bits(store.checkpoint(run)) == bits(trained(TINY).state())


def test_run_that_is_not_there_is_told(path: Path, handles: Callable[..., RunHandle]) -> None:
    RunStore(path).close()
    handle = handles(path, 5)
    handle.start()
    assert until(handle, Failed) == [Failed("there is no run 5")]


def test_killed_again_and_again_it_ends_with_the_same_bits(
    store: RunStore, path: Path, handles: Callable[..., RunHandle]
) -> None:
    rng = Random(1)
    settings = replace(TINY, steps=300, samples_every=50)
    engine = ScalarEngine(settings, NAMES.documents)
    expected = {0: bits(engine.state())}
    for _ in range(settings.steps):
        engine.step()
        expected[engine.state().steps_done] = bits(engine.state())
    samples = final_samples(engine, settings.temperature)

    def check(run: int) -> None:
        """Take an interrupted run up to the end, and compare every state."""
        handle = handles(path, run)
        handle.start()
        until(handle, Finished)
        assert {step: bits(store.checkpoint(run, step)) for step in expected} == expected
        assert [s.document for s in store.samples(run) if s.final] == samples
        assert len(store.samples(run)) == 20 + 5 * 6

    run = create_run(store, "killed", settings, NAMES)
    for _ in range(KILLS):
        handle = handles(path, run)
        handle.start()
        if rng.random() < 0.8:  # the others die while they start
            with suppress(AssertionError):
                until(handle, Running)
        sleep(rng.uniform(0, 0.05))
        assert handle.pid is not None
        with suppress(ProcessLookupError):
            os.kill(handle.pid, signal.SIGKILL)
        until(handle, Failed, Finished)
        assert handle.close(PATIENCE)
        done = store.steps_done(run)
        assert bits(store.checkpoint(run)) == expected[done]
        assert len(store.steps(run)) == done
        if done == settings.steps:
            check(run)
            run = create_run(store, "killed", settings, NAMES)
    check(run)
    assert store._database.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "sys.exit()", "handle._connection = 0"])
def test_process_ends_when_the_other_one_does(path: Path, long_run: int, end: str) -> None:
    program = f"""
import os, sys
from pathlib import Path
from explorer.runs.handle import RunHandle
handle = RunHandle(Path({str(path)!r}), {long_run})
handle.start()
while not handle.wait(1) or handle.poll() == []: pass
{end}
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=PATIENCE, check=False)
    with RunStore(path) as store:
        deadline = monotonic() + PATIENCE
        while store.run(long_run).status is not Status.STOPPED:
            assert monotonic() < deadline
            sleep(0.02)
        assert store.steps_done(long_run) > 0


def test_process_loads_neither_qt_nor_what_it_does_not_need() -> None:
    program = "import explorer.runs.handle, sys; print(*{m.split('.')[0] for m in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "microgpt" in loaded
    assert loaded.isdisjoint({"PySide6", "shiboken6", "networkx", "pyqtgraph", "psygnal"})


# In this process, where the store can be made to fail


class Driven:
    """A worker in this process, and a thread that plays the window."""

    def __init__(self) -> None:
        self.window, self.connection = Pipe()
        self.worker = Worker(self.connection, paused=False)
        self.events: list[Event] = []
        self.errors: list[BaseException] = []

    def train(self, store: RunStore, run: int, play: Callable[[Connection, Event], None]) -> None:
        def listen() -> None:
            try:
                while not self.events or not isinstance(self.events[-1], LAST_EVENTS):
                    assert self.window.poll(PATIENCE)
                    self.events.append(self.window.recv())
                    play(self.window, self.events[-1])
            except BaseException as error:
                self.errors.append(error)
                self.window.close()

        thread = Thread(target=listen)
        thread.start()
        self.worker.train(store, run)
        thread.join(PATIENCE)
        self.window.close()
        self.connection.close()
        assert self.errors == []

    def reasons(self) -> list[str]:
        return [event.reason for event in self.events if isinstance(event, Paused)]


def test_full_disk_pauses_the_run_and_nothing_is_lost(
    path: Path, store: RunStore, long_run: int
) -> None:
    train_into(store, long_run, 60)  # takes the space of which there is none left
    run = create_run(store, "second", replace(TINY, steps=60), NAMES)
    ((pages,),) = store._database.rows("PRAGMA page_count")
    store._database.rows(f"PRAGMA max_page_count = {pages + 3}")

    def make_room(window: Connection, event: Event) -> None:
        if isinstance(event, Paused):
            with RunStore(path) as other:
                if len(other.runs()) > 1:
                    other.delete(long_run)
            window.send(Command.RESUME)

    driven = Driven()
    driven.train(store, run, make_room)
    assert driven.reasons()
    assert all(reason.endswith("cannot grow: the disk is full") for reason in driven.reasons())
    assert driven.events[-1] == Finished(60)
    rows = [event.row for event in driven.events if isinstance(event, Stepped)]
    assert [row.step for row in rows] == list(range(1, 61))
    assert bits(store.checkpoint(run)) == bits(trained(replace(TINY, steps=60)).state())


def test_file_in_use_pauses_the_run_and_nothing_is_lost(
    path: Path, store: RunStore, run: int
) -> None:
    with closing(sqlite3.connect(path, isolation_level=None, check_same_thread=False)) as other:

        def play(window: Connection, event: Event) -> None:
            if isinstance(event, Stepped) and event.row.step == 3:
                with suppress(sqlite3.OperationalError):
                    other.execute("BEGIN IMMEDIATE")
            elif isinstance(event, Paused):
                if other.in_transaction:
                    other.execute("ROLLBACK")
                window.send(Command.RESUME)

        driven = Driven()
        other.execute("BEGIN IMMEDIATE")
        driven.train(store, run, play)
        if other.in_transaction:
            other.execute("ROLLBACK")
    assert driven.reasons()
    assert all("is in use by another program" in reason for reason in driven.reasons())
    assert driven.events[-1] == Finished(TINY.steps)
    assert bits(store.checkpoint(run)) == bits(trained(TINY).state())


def test_stop_while_the_disk_is_full_ends_it(store: RunStore, run: int) -> None:
    ((pages,),) = store._database.rows("PRAGMA page_count")
    store._database.rows(f"PRAGMA max_page_count = {pages}")

    def stop(window: Connection, event: Event) -> None:
        if isinstance(event, Paused):
            window.send(Command.STOP)

    driven = Driven()
    driven.train(store, run, stop)
    assert driven.events[-1] == Stopped(store.steps_done(run))


class Overflowing(ScalarEngine):
    def step(self) -> StepRow:
        self.notices.append("careful")
        if self.state().steps_done == 2:
            raise OverflowError("math range error")
        return super().step()


def test_step_that_cannot_be_computed_ends_the_run_with_the_reason(
    store: RunStore, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "make_engine", Overflowing)
    driven = Driven()
    driven.train(store, run, lambda window, event: None)
    message = "step 3 cannot be computed: math range error"
    assert driven.events[-1] == Failed(message)
    assert driven.events.count(Notice("careful")) == 2
    assert (store.run(run).status, store.run(run).message) == (Status.FAILED, message)
    assert store.steps_done(run) == 2


class Speechless(ScalarEngine):
    def sample(self, rng: Random, temperature: float) -> str:
        raise ValueError("Total of weights must be finite")


def test_run_goes_on_without_samples_when_there_can_be_none(
    store: RunStore, run: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worker_module, "make_engine", Speechless)
    driven = Driven()
    driven.train(store, run, lambda window, event: None)
    notice = Notice("no documents can be made up: Total of weights must be finite")
    assert driven.events.count(notice) == 5
    assert driven.events[-1] == Finished(TINY.steps)
    assert store.samples(run) == []
    assert bits(store.checkpoint(run)) == bits(trained(TINY).state())


def test_finished_run_started_again_finishes_again(store: RunStore, run: int) -> None:
    for _ in range(2):
        driven = Driven()
        driven.train(store, run, lambda window, event: None)
        assert driven.events[-1] == Finished(TINY.steps)
    assert len(store.samples(run)) == 20 + 4 * 5
