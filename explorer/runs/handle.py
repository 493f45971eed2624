"""A run as seen from the window: commands go to its process, events come back."""

from __future__ import annotations

import multiprocessing
from contextlib import suppress
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread

from explorer.runs.events import LAST_EVENTS, Command, Event, Failed
from explorer.runs.worker import work


class RunHandle:
    """Starts a process for a run and talks with it. Nothing in it waits or needs Qt.

    The process is a fresh one, not a fork, so that it has no Qt in it, unless the main module of
    the program loads Qt while it is imported. It ends after the step under way when this process
    closes the handle, ends or dies.

    Parameters
    ----------
    path : Path
        The file of runs.
    run : int
    """

    def __init__(self, path: Path, run: int) -> None:
        self.path, self.run = path, run
        self._events: SimpleQueue[Event] = SimpleQueue()
        self._process: SpawnProcess | None = None
        self._connection: Connection | None = None
        self._listener: Thread | None = None

    @property
    def alive(self) -> bool:
        """Whether there is a process; its last event may still wait to be polled."""
        return self._listener is not None and self._listener.is_alive()

    @property
    def pid(self) -> int | None:
        """Id of the process, or of the last one."""
        return None if self._process is None else self._process.pid

    def start(self, *, paused: bool = False) -> None:
        """Go on with the run from the last step that is kept; without effect while it is alive.

        Parameters
        ----------
        paused : bool, optional
            Whether to wait before the first step.
        """
        if self.alive:
            return
        spawn = multiprocessing.get_context("spawn")
        ours, theirs = spawn.Pipe()
        process = spawn.Process(
            target=work,
            args=(self.path, self.run, theirs),
            kwargs={"paused": paused},
            name=f"run {self.run}",
            daemon=True,
        )
        process.start()
        theirs.close()  # so that the end of the process ends the listening
        self._connection, self._process = ours, process
        self._listener = Thread(target=self._listen, args=(ours, process), daemon=True)
        self._listener.start()

    def pause(self) -> None:
        """Wait after the step under way."""
        self._send(Command.PAUSE)

    def resume(self) -> None:
        """Go on; after a full disk, write what could not be written first."""
        self._send(Command.RESUME)

    def step(self) -> None:
        """Compute a single step, then wait."""
        self._send(Command.STEP)

    def stop(self) -> None:
        """End the process after the step under way; `start` takes the run up again."""
        self._send(Command.STOP)

    def poll(self) -> list[Event]:
        """Return what has happened since the last call, the oldest first."""
        events = []
        with suppress(Empty):
            while True:
                events.append(self._events.get_nowait())
        return events

    def wait(self, seconds: float) -> Event | None:
        """Wait for the next event; return None if none comes in time."""
        try:
            return self._events.get(timeout=seconds)
        except Empty:
            return None

    def close(self, seconds: float | None = None) -> bool:
        """Stop, and wait for the process to end; return whether it did.

        Parameters
        ----------
        seconds : float, optional
            How long to wait; left out, as long as its step takes.
        """
        if self._listener is not None:
            self.stop()
            self._listener.join(seconds)
        return not self.alive

    def _send(self, command: Command) -> None:
        if self._connection is not None:
            with suppress(OSError):  # it has ended, which an event tells
                self._connection.send(command)

    def _listen(self, connection: Connection, process: SpawnProcess) -> None:
        last: Event | None = None
        with suppress(EOFError, OSError):
            while True:
                last = connection.recv()
                self._events.put(last)
        process.join()
        connection.close()
        if not isinstance(last, LAST_EVENTS):
            self._events.put(Failed(f"the process of the run ended {_how(process.exitcode)}"))


def _how(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        return f"by signal {-exitcode}; the run can go on from its last step"
    return f"unexpectedly (exit status {exitcode}); the run can go on from its last step"
