"""Runs that have processes: what they do, how fast, and what they said."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Protocol, TypeAlias

from explorer.runs.events import (
    LAST_EVENTS,
    Event,
    Failed,
    Finished,
    Notice,
    Paused,
    Running,
    Stepped,
)
from explorer.runs.store import RunRecord, Status

PACE_OVER = 3.0  # seconds


class Phase(StrEnum):
    """What a run is doing, as a person is told."""

    NEW = "new"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    ELSEWHERE = "running elsewhere"  # in a process that is not ours
    INTERRUPTED = "interrupted"  # its process is gone, and nobody told it to go
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"

    @property
    def is_live(self) -> bool:
        """Whether there is a process of ours."""
        return self in (Phase.STARTING, Phase.RUNNING, Phase.PAUSED)


class Handle(Protocol):
    """What a live run needs of a `RunHandle`."""

    def start(self, *, paused: bool = False) -> None:
        """Start the process."""

    def pause(self) -> None:
        """Wait after the step under way."""

    def resume(self) -> None:
        """Go on."""

    def step(self) -> None:
        """Compute a single step, then wait."""

    def stop(self) -> None:
        """End after the step under way."""

    def poll(self) -> list[Event]:
        """Return what has happened since the last call."""

    def close(self, seconds: float | None = None) -> bool:
        """Stop, and wait for the end."""


def resting_phase(record: RunRecord, elsewhere: bool = False) -> Phase:
    """Return what a run without a process of ours is doing.

    Parameters
    ----------
    record : RunRecord
    elsewhere : bool
        Whether another process trains it.
    """
    if elsewhere:
        return Phase.ELSEWHERE
    if record.status is Status.RUNNING:
        return Phase.INTERRUPTED
    return Phase(record.status.value)


class LiveRun:
    """What is known of a process from its events.

    Parameters
    ----------
    handle : Handle
    clock : callable
        Returns seconds.

    Attributes
    ----------
    phase : Phase
    told : list of str
        Notices of the process so far.
    """

    def __init__(self, handle: Handle, clock: Callable[[], float]) -> None:
        self.handle = handle
        self.phase = Phase.STARTING
        self.told: list[str] = []
        self._clock = clock
        self._marks: deque[tuple[float, int]] = deque(maxlen=256)

    def take(self, events: Sequence[Event]) -> list[str]:
        """Note what events say; return sentences that the person should read."""
        sentences = []
        for event in events:
            if isinstance(event, Notice):
                self.told.append(event.text)
            elif isinstance(event, Running):
                self.phase = Phase.RUNNING
                self._marks.clear()
            elif isinstance(event, Paused):
                self.phase = Phase.PAUSED
                if event.reason:
                    sentences.append(f"training waits, because {event.reason}")
            elif isinstance(event, Failed):
                self.phase = Phase.FAILED
                sentences.append(event.message)
            elif isinstance(event, LAST_EVENTS):
                finished = isinstance(event, Finished)
                self.phase = Phase.FINISHED if finished else Phase.STOPPED
        steps = [event.row.step for event in events if isinstance(event, Stepped)]
        if steps:
            self._mark(steps[-1])
        return sentences

    @property
    def steps_per_second(self) -> float | None:
        """Over the last seconds; None if it is not known."""
        if self.phase is not Phase.RUNNING or len(self._marks) < 2:
            return None
        (began, first), (now, last) = self._marks[0], self._marks[-1]
        return (last - first) / (now - began) if now > began else None

    def _mark(self, step: int) -> None:
        now = self._clock()
        self._marks.append((now, step))
        while now - self._marks[0][0] > PACE_OVER and len(self._marks) > 2:
            self._marks.popleft()


HandleMaker: TypeAlias = Callable[[Path, int], Handle]


class LiveRuns:
    """All runs that have a process now.

    Parameters
    ----------
    path : Path
        The file of runs.
    make_handle : callable
        Returns the handle of a run.
    clock : callable
        Returns seconds.
    """

    def __init__(self, path: Path, make_handle: HandleMaker, clock: Callable[[], float]) -> None:
        self._path, self._make_handle, self._clock = path, make_handle, clock
        self._runs: dict[int, LiveRun] = {}
        self._notices: dict[int, list[str]] = {}
        self._stepped: set[int] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def __contains__(self, run: int) -> bool:
        return run in self._runs

    def phase(self, run: int) -> Phase | None:
        """Return what a run is doing; None without a process."""
        return self._runs[run].phase if run in self._runs else None

    def notices(self, run: int) -> Sequence[str]:
        """Return what the last process of a run wanted a person to know."""
        return self._notices.get(run, [])

    def has_stepped(self, run: int) -> bool:
        """Return whether any process computed a step of a run since the program began."""
        return run in self._stepped

    def steps_per_second(self, run: int) -> float | None:
        """Return how fast a run is, if it is running and that is known."""
        return self._runs[run].steps_per_second if run in self._runs else None

    def start(self, run: int, *, paused: bool) -> None:
        """Start a process for a run that has none."""
        live = LiveRun(self._make_handle(self._path, run), self._clock)
        live.handle.start(paused=paused)
        self._runs[run], self._notices[run] = live, live.told

    def command(
        self, run: int | None, phases: Sequence[Phase], tell: Callable[[Handle], None]
    ) -> None:
        """Tell a process something, if its run is in one of some phases."""
        live = None if run is None else self._runs.get(run)
        if live is not None and live.phase in phases:
            tell(live.handle)

    def poll(self) -> list[tuple[int, list[Event], list[str]]]:
        """Return runs with what happened and what a person should read; let go of ended ones."""
        news = []
        for run, live in list(self._runs.items()):
            events = live.handle.poll()
            if events:
                news.append((run, events, live.take(events)))
            if any(isinstance(event, Stepped) for event in events):
                self._stepped.add(run)
            if not live.phase.is_live:
                live.handle.close(0)
                del self._runs[run]
        return news

    def end(self, run: int, seconds: float) -> bool:
        """End a process after its step under way; return whether there is none any more."""
        if run in self._runs and self._runs[run].handle.close(seconds):
            del self._runs[run]
        return run not in self._runs

    def close(self, seconds: float) -> None:
        """End all processes after their steps under way."""
        for live in self._runs.values():
            live.handle.stop()
        for run in list(self._runs):
            self.end(run, seconds)
