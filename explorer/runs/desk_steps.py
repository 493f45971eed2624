"""What the desk of runs reads from the file: models and gradients of single steps."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from psygnal import Signal

from explorer.runs.engine import State
from explorer.runs.matrices import ModelShape, StepMatrices, shape_of
from explorer.runs.state_cache import StateCache
from explorer.runs.store import RunRecord, RunStore
from explorer.runs.subjects import subject_of
from explorer.trace.passes import Subject
from explorer.trace.trace import FloatArray

PATIENCE = 0.5  # seconds that the window may wait for another program to finish with the file


class StepReader:
    """The file of runs, what is in it, and any step of any run.

    Nothing here raises for what can go wrong with files: `told` has the sentence.

    Parameters
    ----------
    path : Path
        The file of runs.

    Attributes
    ----------
    records : tuple of RunRecord
        The newest first.
    current : int or None
        The run that is shown.
    """

    told = Signal(str)  # a sentence for the person

    def __init__(self, path: Path) -> None:
        self.path = path
        self.records: tuple[RunRecord, ...] = ()
        self.current: int | None = None
        self._opened: RunStore | None = None
        self._shapes: dict[int, ModelShape] = {}
        self._states = StateCache(
            lambda run, step: self._store.checkpoint(run, step),
            lambda run, step: self._store.gradient(run, step),
        )

    @property
    def record(self) -> RunRecord | None:
        """The current run."""
        return self.record_of(self.current)

    def record_of(self, run: int | None) -> RunRecord | None:
        """Return a run of the list."""
        return next((record for record in self.records if record.id == run), None)

    def matrices(self, step: int, run: int | None = None) -> State | None:
        """Return parameters, m and v after a step; None, with a sentence, if they can't be had.

        Parameters
        ----------
        step : int
            0 is the start.
        run : int, optional
            Left out, the current one.
        """
        run = self.current if run is None else run
        if run is not None:
            with self._telling("The step cannot be read"):
                return self._states.state(run, step)
        return None

    def gradient(self, step: int, run: int | None = None) -> FloatArray | None:
        """Return the gradient of a step, before the update; None at the start: there is none."""
        run = self.current if run is None else run
        if run is not None and step > 0:
            with self._telling("The step cannot be read"):
                return self._states.gradient(run, step)
        return None

    def step_matrices(self, run: int, step: int) -> StepMatrices | None:
        """Return the named matrices of a step; None, with a sentence, if they can't be had."""
        state, gradient = self.matrices(step, run), self.gradient(step, run)
        before = self.matrices(step - 1, run) if step else None
        if state is None or (step and before is None):
            return None
        shape = self.shape(run)
        with self._telling("The step cannot be read"):
            if shape is None:
                return None
            record = self.record_of(run)
            title = f"step {step} of {record.name}" if record else f"step {step}"
            parameters = None if before is None else before.parameters
            return StepMatrices(shape, title, state, parameters, gradient)
        return None

    def shape(self, run: int) -> ModelShape | None:
        """Return what the model of a run looks like; None, with a sentence, if it can't be had."""
        with self._telling("The run cannot be read"):
            if run not in self._shapes:
                self._shapes[run] = shape_of(self._store, run)
            return self._shapes[run]
        return None

    def losses(self, run: int, steps: int) -> FloatArray:
        """Return the losses of the first steps of a run; none if they can't be had."""
        with self._telling("The steps cannot be read"):
            return np.array([row.loss for row in self._store.steps(run)][:steps])
        return np.zeros(0)

    def subject(self, run: int, step: int) -> tuple[Subject, str] | None:
        """Return the model before a step and its document, as `subject_of` does."""
        with self._telling("The step cannot be opened"):
            return subject_of(self._store, run, step)
        return None

    @property
    def _store(self) -> RunStore:
        if self._opened is None:
            self._opened = RunStore(self.path, PATIENCE)
        return self._opened

    @contextmanager
    def _telling(self, what: str) -> Iterator[None]:
        """Tell of whatever the store and files refuse to do in a block."""
        try:
            yield
        except (ValueError, OSError) as error:
            self.told.emit(f"{what}: {error}.")
