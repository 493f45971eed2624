"""The desk at which runs are trained: which there are, which is shown, and at which step."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import log
from pathlib import Path
from time import monotonic

from psygnal import Signal

from explorer.runs.dataset import load_dataset
from explorer.runs.desk_files import RunFiles
from explorer.runs.engine import StepRow
from explorer.runs.events import LAST_EVENTS, Event, Finished, Sampled, Stepped
from explorer.runs.exchange import create_run
from explorer.runs.fetching import Fetcher, fetch_names
from explorer.runs.handle import RunHandle
from explorer.runs.history import History
from explorer.runs.live import HandleMaker, LiveRuns, Phase, resting_phase
from explorer.runs.locks import RunLocks
from explorer.runs.settings import RunSettings
from explorer.runs.store import Sample, Status
from explorer.runs.weights import Weights
from microgpt import Tokenizer

LOOK_EVERY = 1.0  # seconds between looks at what other processes have done
LAST_STEP_TIME = 5.0  # seconds that the step under way is given when the window is closed
LIVE = tuple(phase for phase in Phase if phase.is_live)


@dataclass(frozen=True)
class Comparison:
    """What the shown step is compared with.

    Attributes
    ----------
    run : int
    step : int or None
        None: always the step that is shown, as far as that run has come.
    """

    run: int
    step: int | None = None


class RunDesk(RunFiles):
    """Everything that the workspace for training shows, and all that can be done there.

    No method raises for what can go wrong with files: `told` has the sentence.

    Parameters
    ----------
    path : Path
        The file of runs; it is not made before the first run is.
    make_handle : callable, optional
        Returns the handle of a run.
    fetcher : callable, optional
        Fetches the published names.
    clock : callable, optional
        Returns seconds.

    Attributes
    ----------
    records : tuple of RunRecord
        The newest first.
    current : int or None
        The run that is shown.
    history : History
        Its steps so far.
    samples : list of Sample
        Those of the current run.
    letters : tuple of str
        Of the current run's vocabulary, in the order of their ids; BOS is one more token.
    step : int
        The step that is shown; 0 is the start.
    comparison : Comparison or None
    other_history : History or None
        The steps of the run that is compared with.
    fetching : Fetching or None
        The last download.
    """

    listed = Signal()  # the list of runs, or what one of them does
    chosen = Signal()  # another run is the current one
    grown = Signal()  # the current run, or the one compared with, has new steps or samples
    moved = Signal()  # another step is shown
    compared = Signal()  # with something else

    def __init__(
        self,
        path: Path,
        make_handle: HandleMaker = RunHandle,
        fetcher: Fetcher = fetch_names,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        super().__init__(path, fetcher)
        self._live = LiveRuns(path, make_handle, clock)
        self._locks, self._clock = RunLocks(path), clock
        self._elsewhere: frozenset[int] = frozenset()
        self._looked = 0.0
        self._last_losses: dict[int, float] = {}
        self._follows = True
        self.history = History()
        self.other_history: History | None = None
        self.samples: list[Sample] = []
        self.letters: tuple[str, ...] = ()
        self.comparison: Comparison | None = None

    # What there is

    def refresh(self) -> None:
        """Read the list of runs, and choose one if none is."""
        if not self.path.exists():
            return
        with self._telling("The runs cannot be read"):
            self.records = tuple(self._store.runs())
            self._note_elsewhere()
            for record in self.records:
                if record.id not in self._last_losses and record.steps_done:
                    (row,) = self._store.steps(record.id, record.steps_done - 1)
                    self._last_losses[record.id] = row.loss
        if self.record is None:
            self.choose(self.records[0].id if self.records else None)
        self.listed.emit()

    def phase(self, run: int) -> Phase:
        """Return what a run of the list is doing."""
        live, record = self._live.phase(run), self.record_of(run)
        assert record is not None
        return resting_phase(record, run in self._elsewhere) if live is None else live

    def last_loss(self, run: int) -> float | None:
        """Return the loss of the last step; None before the first."""
        return self._last_losses.get(run)

    def notices(self, run: int) -> Sequence[str]:
        """Return what the last process of a run wanted a person to know."""
        return self._live.notices(run)

    def check_held(self, run: int) -> bool:
        """Return whether replay computed steps of a run in this session, and nothing differed."""
        record = self.record_of(run)
        replays = record is not None and record.settings.engine == "replay"
        return replays and self._live.has_stepped(run) and not self.notices(run)

    def steps_per_second(self, run: int) -> float | None:
        """Return how fast a run is, if it is running and that is known."""
        return self._live.steps_per_second(run)

    def seconds_left(self, run: int) -> float | None:
        """Return how long a run will take to its last step, if that is known."""
        record, pace = self.record_of(run), self.steps_per_second(run)
        if record is None or not pace:
            return None
        return (record.settings.steps - record.steps_done) / pace

    @property
    def is_busy(self) -> bool:
        """Whether there is anything to poll for."""
        fetches = self.fetching is not None and not self.fetching.is_over
        return len(self._live) > 0 or bool(self._elsewhere) or fetches

    # What is shown

    def choose(self, run: int | None) -> None:
        """Make a run the current one, at its last step."""
        self.current = run
        self.history, self.samples, self.letters = History(), [], ()
        if run is not None:
            with self._telling("The run cannot be read"):
                self.letters = tuple(Tokenizer(self._store.dataset(run).documents).letters)
                self.history = History(self._store.steps(run))
                self.samples = self._store.samples(run)
        self.step, self._follows = len(self.history), True
        self.chosen.emit()

    def show_step(self, step: int) -> None:
        """Show a step, 0 for the start; at the last one, new steps are followed."""
        step = min(max(step, 0), len(self.history))
        self._follows = step == len(self.history)
        if step != self.step:
            self.step = step
            self.moved.emit()

    @property
    def row(self) -> StepRow | None:
        """The step that is shown; None at the start."""
        return self.history.rows[self.step - 1] if self.step else None

    @property
    def chance_loss(self) -> float:
        """The loss of a model of the current run that finds all tokens equally likely."""
        return log(len(self.letters) + 1)

    @property
    def samples_shown(self) -> list[Sample]:
        """What was last made up at or before the shown step; the final ones only at the end."""
        until = [sample for sample in self.samples if sample.step <= self.step]
        last = until[-1] if until else None
        return [s for s in until if last and (s.step, s.final) == (last.step, last.final)]

    def compare(self, comparison: Comparison | None) -> None:
        """Compare with another run or step, or no longer."""
        self.comparison, self.other_history = comparison, None
        if comparison is not None:
            with self._telling("The run cannot be read"):
                self.other_history = History(self._store.steps(comparison.run))
        self.compared.emit()

    @property
    def other_step(self) -> int | None:
        """The step of the compared run that stands beside the shown one."""
        if self.comparison is None or self.other_history is None:
            return None
        wanted = self.step if self.comparison.step is None else self.comparison.step
        return min(wanted, len(self.other_history))

    # Runs come and go

    def create(
        self, name: str, settings: RunSettings, weights: Weights | None = None
    ) -> int | None:
        """Add a run and make it the current one; return its id, or None if that is impossible."""
        with self._telling("The run cannot be made"):
            data = load_dataset(settings, self.folder)
            return self._show_new(create_run(self._store, name, settings, data, weights))
        return None

    def duplicate(self, run: int, name: str) -> int | None:
        """Copy a run with all its steps, and make the copy the current one."""
        with self._telling("The run cannot be duplicated"):
            return self._show_new(self._store.duplicate(run, name))
        return None

    def rename(self, run: int, name: str) -> None:
        """Give a run another name; an empty one changes nothing."""
        if name.strip():
            with self._telling("The run cannot be renamed"):
                self._store.rename(run, name.strip())
            self.refresh()

    def delete(self, run: int) -> None:
        """Remove a run with all its steps; one that is training is ended first."""
        if not self._live.end(run, LAST_STEP_TIME):
            self.told.emit("The run cannot be deleted before its step under way is done.")
            return
        if run in self._elsewhere:
            self.told.emit(f"{self._title(run)} cannot be deleted: another process trains it.")
            return
        with self._telling("The run cannot be deleted"):
            self._store.delete(run)
            self._last_losses.pop(run, None)
            self._states.forget(run)
            if self.comparison is not None and self.comparison.run == run:
                self.compare(None)
        self.refresh()

    def new_name(self, stem: str = "run") -> str:
        """Return a name that no run has."""
        taken = {record.name for record in self.records}
        numbers = range(1, len(taken) + 2)
        return next(name for n in numbers if (name := f"{stem} {n}") not in taken)

    # Training

    def start(self, *, paused: bool = False) -> None:
        """Go on with the current run in a process of its own."""
        if self.current is not None and self.current not in self._live:
            self.refresh()
            if self.current in self._elsewhere:
                self.told.emit(f"{self._title(self.current)} is trained by another process.")
                return
            with self._telling("The run cannot be started"):
                self._live.start(self.current, paused=paused)
            self.listed.emit()

    def pause(self) -> None:
        """Let the current run wait after the step under way."""
        self._live.command(
            self.current, (Phase.STARTING, Phase.RUNNING), lambda handle: handle.pause()
        )

    def resume(self) -> None:
        """Let the current run go on."""
        self._live.command(self.current, (Phase.PAUSED,), lambda handle: handle.resume())

    def toggle(self) -> None:
        """Start the current run, pause it, or resume it: what there is to do."""
        phase = None if self.current is None else self.phase(self.current)
        if phase is Phase.PAUSED:
            self.resume()
        elif phase in (Phase.RUNNING, Phase.STARTING):
            self.pause()
        elif phase is not Phase.FINISHED:
            self.start()

    def single_step(self) -> None:
        """Let the current run compute one step and wait."""
        if self.current is not None and self.phase(self.current) is not Phase.FINISHED:
            self.start(paused=True)
            self._live.command(
                self.current, (Phase.STARTING, Phase.PAUSED), lambda handle: handle.step()
            )

    def stop(self) -> None:
        """End the process of the current run after the step under way."""
        self._live.command(self.current, LIVE, lambda handle: handle.stop())

    def poll(self) -> None:
        """Take in what the processes and a download have done since the last call."""
        news = self._live.poll()
        grown = self._look_elsewhere()
        for run, events, sentences in news:
            for sentence in sentences:
                self.told.emit(f"{self._title(run)}: {sentence}.")
            grown |= self._take_rows(run, events)
        if any(isinstance(events[-1], LAST_EVENTS) for _, events, _ in news):
            self.refresh()
        elif news:
            self.listed.emit()
        if grown:
            self._follow()
            self.grown.emit()
        if self.fetching is not None:
            self.fetched.emit()

    def close(self, seconds: float = LAST_STEP_TIME) -> None:
        """End all processes after their steps under way, and let go of the file."""
        if self.fetching is not None:
            self.fetching.cancel()
        self._live.close(seconds)
        self._locks.close()
        if self._opened is not None:
            self._opened.close()
            self._opened = None

    # Helpers

    def _note_elsewhere(self) -> None:
        """Find out which runs are trained by other processes."""
        self._looked = self._clock()
        running = (r.id for r in self.records if r.status is Status.RUNNING)
        others = (run for run in running if run not in self._live)
        self._elsewhere = frozenset(run for run in others if self._locks.is_held(run))

    def _look_elsewhere(self) -> bool:
        """Read now and then what other processes have added; return whether any of it is shown."""
        if not self._elsewhere or self._clock() - self._looked < LOOK_EVERY:
            return False
        before = len(self.history), len(self.other_history or ())
        watched = self._elsewhere
        for run in watched:
            self._last_losses.pop(run, None)
        self.refresh()
        with self._telling("The steps cannot be read"):
            if self.current in watched:
                assert self.current is not None
                self.history.extend(self._store.steps(self.current, len(self.history)))
                self.samples = self._store.samples(self.current)
            other = self.comparison.run if self.comparison else None
            if other in watched and other is not None and self.other_history is not None:
                self.other_history.extend(self._store.steps(other, len(self.other_history)))
        return before != (len(self.history), len(self.other_history or ()))

    def _title(self, run: int) -> str:
        record = self.record_of(run)
        return f"Run {run}" if record is None else f"Run “{record.name}”"

    def _show_new(self, run: int) -> int:
        self.refresh()
        self.choose(run)
        self.listed.emit()
        return run

    def _take_rows(self, run: int, events: Sequence[Event]) -> bool:
        """Add new steps and samples of a run to what is shown; return whether any is."""
        rows = [event.row for event in events if isinstance(event, Stepped)]
        if rows:
            self._last_losses[run] = rows[-1].loss
            self.records = tuple(
                replace(record, steps_done=rows[-1].step) if record.id == run else record
                for record in self.records
            )
        if any(isinstance(event, Sampled | Finished) for event in events) and run == self.current:
            with self._telling("The samples cannot be read"):
                self.samples = self._store.samples(run)
        shown = False
        if run == self.current:
            shown = True
            self._extend(self.history, run, rows)
        if (
            self.comparison is not None
            and self.comparison.run == run
            and self.other_history is not None
        ):
            shown = True
            self._extend(self.other_history, run, rows)
        return shown

    def _extend(self, history: History, run: int, rows: Sequence[StepRow]) -> None:
        if not history.extend(rows):
            with self._telling("The steps cannot be read"):
                history.extend(self._store.steps(run, len(history)))

    def _follow(self) -> None:
        if self._follows and self.step != len(self.history):
            self.step = len(self.history)
            self.moved.emit()
