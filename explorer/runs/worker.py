"""The process of one run: computes steps, keeps them, tells of them, and obeys."""

from __future__ import annotations

import signal
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

from explorer.runs.database import StoreBusyError, StoreError
from explorer.runs.engine import (
    Engine,
    EngineError,
    final_samples,
    next_step,
    samples_due,
    samples_on_the_way,
)
from explorer.runs.engines import make_engine
from explorer.runs.events import (
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
from explorer.runs.locks import RunLocks
from explorer.runs.store import RunStore, Status

BLINK = 0.2  # seconds between looks at a signal to end, while paused


class EndOfWorkError(Exception):
    """The user wants the process to end, or the one that started it is gone."""


def work(path: Path, run: int, connection: Connection, *, paused: bool) -> None:
    """Train a run until it is finished or told to stop; the target of a process.

    Parameters
    ----------
    path : Path
        The file of runs.
    run : int
    connection : Connection
        Commands come in, events go out. When its other end is closed, the process ends after the
        step under way.
    paused : bool
        Whether to wait before the first step.
    """
    # Ctrl+C in a terminal reaches all its processes; the one that started this one decides.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    worker = Worker(connection, paused=paused)
    signal.signal(signal.SIGTERM, lambda *_: worker.end())
    try:
        with RunStore(path) as store, RunLocks(path) as locks:
            if not locks.hold(run):
                raise StoreError(f"run {run} is trained by another process already")
            worker.train(store, run)
    except (StoreError, OSError) as error:
        worker.tell(Failed(str(error)))
    finally:
        connection.close()


class Worker:
    """Trains one run.

    Parameters
    ----------
    connection : Connection
    paused : bool
    """

    def __init__(self, connection: Connection, *, paused: bool) -> None:
        self._connection = connection
        self._paused = paused
        self._single = False  # one step, then pause
        self._ended = False

    def end(self) -> None:
        """End after the step under way."""
        self._ended = True

    def tell(self, event: Event) -> None:
        """Send an event; without a listener, end after the step under way."""
        try:
            self._connection.send(event)
        except OSError:
            self.end()

    def train(self, store: RunStore, run: int) -> None:
        """Go on from the last step that is kept.

        Raises
        ------
        StoreError
            The file of runs cannot be used; whatever is in it is good.
        """
        try:
            self._train(store, run)
        except EndOfWorkError:
            with suppress(StoreError):  # a file that is full is no reason to stay
                store.set_status(run, Status.STOPPED)
            self.tell(Stopped(store.steps_done(run)))
        except EngineError as error:
            with suppress(StoreError):
                store.set_status(run, Status.FAILED, str(error))
            self.tell(Failed(str(error)))

    def _train(self, store: RunStore, run: int) -> None:
        record = store.run(run)
        settings = record.settings
        engine = make_engine(settings, store.dataset(run).documents)
        engine.restore(store.checkpoint(run))
        self._tell_notices(engine)
        self._insist(partial(store.set_status, run, Status.RUNNING), record.steps_done)
        self.tell(Paused(record.steps_done) if self._paused else Running(record.steps_done))

        for step in range(record.steps_done + 1, settings.steps + 1):
            self._obey(step - 1)
            row = next_step(engine, step)
            self._tell_notices(engine)
            samples = []
            if samples_due(settings, step):
                samples = self._try(partial(samples_on_the_way, engine, settings, step))
            kept = partial(store.append, run, row, engine.gradient, engine.state(), samples)
            self._insist(kept, step - 1)
            self.tell(Stepped(row))
            if samples:
                self.tell(Sampled(step, tuple(samples), final=False))

        samples = self._try(partial(final_samples, engine, settings.temperature))
        self._insist(partial(store.finish, run, samples), settings.steps)
        self.tell(Sampled(settings.steps, tuple(samples), final=True))
        self.tell(Finished(settings.steps))

    def _try(self, make_up: Callable[[], list[str]]) -> list[str]:
        """Return samples, none if there can be none: training goes on without."""
        try:
            return make_up()
        except EngineError as error:
            self.tell(Notice(str(error)))
            return []

    def _tell_notices(self, engine: Engine) -> None:
        for text in engine.notices:
            self.tell(Notice(text))
        engine.notices.clear()

    def _insist(self, write: Callable[[], None], steps_done: int) -> None:
        """Write to the store. While it is full or in use, pause and keep what was computed."""
        while True:
            try:
                return write()
            except StoreBusyError as error:
                self._paused = True
                self.tell(Paused(steps_done, str(error)))
                self._obey(steps_done)

    def _obey(self, steps_done: int) -> None:
        """Carry out the commands that have come; while paused, wait for more.

        Raises
        ------
        EndOfWorkError
            The process is to end.
        """
        if self._single:
            self._single, self._paused = False, True
            self.tell(Paused(steps_done))
        while not self._ended:
            if self._connection.poll(BLINK if self._paused else 0):
                self._carry_out(steps_done)
            elif not self._paused:
                return
        raise EndOfWorkError

    def _carry_out(self, steps_done: int) -> None:
        try:
            command = self._connection.recv()
        except (EOFError, OSError):  # the other process closed its end, or is dead
            raise EndOfWorkError from None
        if command is Command.STOP:
            raise EndOfWorkError
        if command is Command.PAUSE and not self._paused:
            self._paused = True
            self.tell(Paused(steps_done))
        elif command in (Command.RESUME, Command.STEP):
            if self._paused:
                self.tell(Running(steps_done))
            self._paused, self._single = False, command is Command.STEP
