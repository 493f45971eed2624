"""A worker in this process, where the store and the engine can be made to fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from random import Random
from threading import Thread

import pytest
from tiny_runs import NAMES, TINY, bits, train_into, trained

import explorer.runs.worker as worker_module
from explorer.runs.engine import ScalarEngine, StepRow
from explorer.runs.events import (
    LAST_EVENTS,
    Command,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Stepped,
    Stopped,
)
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore, Status
from explorer.runs.worker import Worker

PATIENCE = 60.0  # seconds: a busy machine is no failure


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
