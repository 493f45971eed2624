"""All runs in one SQLite file: settings, a row a step, any step's state to the last bit."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from math import nan
from pathlib import Path
from types import TracebackType
from typing import Any

from explorer.runs.database import Database, StoreError
from explorer.runs.dataset import DataSet
from explorer.runs.engine import State, StepRow
from explorer.runs.settings import RunSettings
from explorer.runs.states import States
from explorer.trace.trace import FloatArray

PATIENCE = 5.0  # seconds
RECORDS = """
SELECT runs.id, runs.name, settings, datasets.name, created, status, message,
    (SELECT coalesce(max(step), 0) FROM steps WHERE run = runs.id)
FROM runs JOIN datasets ON dataset = digest
"""
COPIED = {
    "steps": "step, document, positions, loss, learning_rate, gradient_norm",
    "gradients": "step, packed, checksum",
    "states": "step, parameters, m, v, random",
    "samples": "step, final, number, document",
}


class Status(StrEnum):
    """What became of a run. One that is running, but has no process, was interrupted."""

    NEW = "new"
    RUNNING = "running"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"


@dataclass(frozen=True)
class RunRecord:
    """One row of the list of runs."""

    id: int
    name: str
    settings: RunSettings
    dataset: str  # the name of the data set
    created: str  # ISO 8601, UTC
    status: Status
    message: str  # why it failed
    steps_done: int


@dataclass(frozen=True)
class Sample:
    """A document that the model made up after a step."""

    step: int
    final: bool  # one of those at the end, with the run's own random numbers
    document: str


class RunStore:
    """The runs of a user.

    Parameters
    ----------
    path : Path
        Made if it is not there.
    patience : float, optional
        Seconds to wait for another program to finish with the file.

    Raises
    ------
    StoreError
        From every method: the file cannot be used, or there is no such run or step.
    StoreBusyError
        From every method: the same may work later. Of what was to be written, nothing is.
    """

    def __init__(self, path: Path, patience: float = PATIENCE) -> None:
        self._database = Database(path, patience)
        self._states = States(self._database, lambda run: self.run(run).settings)

    def __enter__(self) -> RunStore:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._database.close()

    # Runs

    def create(self, name: str, settings: RunSettings, data: DataSet, state: State) -> int:
        """Add a run before its first step; return its id.

        Parameters
        ----------
        name : str
        settings : RunSettings
            Kept with the digest of the data set filled in.
        data : DataSet
            Kept as well, so that the run can be continued when a file is long gone.
        state : State
            Before the first step.
        """
        settings = replace(settings, dataset_digest=data.digest)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        with self._database.transaction():
            self._database.execute(
                "INSERT OR IGNORE INTO datasets VALUES (?, ?, ?)",
                (data.digest, data.name, zlib.compress(data.text.encode())),
            )
            run = self._insert(
                "INSERT INTO runs (name, settings, dataset, created, status, message)"
                " VALUES (?, ?, ?, ?, ?, '')",
                (name, settings.to_json(), data.digest, now, Status.NEW),
            )
            self._states.add_first(run, state)
        return run

    def runs(self) -> list[RunRecord]:
        """Return all runs, the newest first."""
        rows = self._database.rows(f"{RECORDS} ORDER BY runs.id DESC")
        return [self._record(row) for row in rows]

    def run(self, run: int) -> RunRecord:
        """Return one run."""
        return self._record(self._only(f"{RECORDS} WHERE runs.id = ?", run))

    def dataset(self, run: int) -> DataSet:
        """Return the documents that a run reads, as they were when it was made."""
        name, packed = self._only(
            "SELECT datasets.name, documents FROM datasets JOIN runs ON dataset = digest"
            " WHERE runs.id = ?",
            run,
        )
        try:
            return DataSet(name, tuple(zlib.decompress(packed).decode().split("\n")))
        except (zlib.error, UnicodeDecodeError):
            raise self._database.damaged() from None

    def rename(self, run: int, name: str) -> None:
        """Give a run another name; two may have the same."""
        self._change("UPDATE runs SET name = ? WHERE id = ?", (name, run), run)

    def set_status(self, run: int, status: Status, message: str = "") -> None:
        """Note what became of a run."""
        self._change(
            "UPDATE runs SET status = ?, message = ? WHERE id = ?", (status, message, run), run
        )

    def delete(self, run: int) -> None:
        """Remove a run, and give its space back to the disk."""
        with self._database.transaction():
            self._change("DELETE FROM runs WHERE id = ?", (run,), run)
            self._database.execute(
                "DELETE FROM datasets WHERE digest NOT IN (SELECT dataset FROM runs)"
            )
        self._states.forget()
        self._database.give_back_space()

    def duplicate(self, run: int, name: str) -> int:
        """Copy a run with all its steps; return the id of the copy."""
        self.run(run)
        with self._database.transaction():
            copy = self._insert(
                "INSERT INTO runs (name, settings, dataset, created, status, message)"
                " SELECT ?, settings, dataset, created, status, message FROM runs WHERE id = ?",
                (name, run),
            )
            for table, columns in COPIED.items():
                self._database.execute(
                    f"INSERT INTO {table} (run, {columns})"
                    f" SELECT ?, {columns} FROM {table} WHERE run = ?",
                    (copy, run),
                )
        return copy

    # Steps

    def append(
        self,
        run: int,
        row: StepRow,
        gradient: FloatArray,
        state: State,
        samples: Sequence[str] = (),
    ) -> None:
        """Add a finished step with the state after it: all of it or nothing.

        Parameters
        ----------
        run : int
        row : StepRow
        gradient : float64 array, (parameters,)
            That led from the state before to this one.
        state : State
        samples : sequence of str, optional
            Made up after the step.

        Raises
        ------
        StoreError
            It is not the next step: another process trains the same run.
        """
        with self._database.transaction():
            if self.steps_done(run) != row.step - 1:
                raise StoreError(f"run {run} is trained by another process as well")
            numbers = (row.loss, row.learning_rate, row.gradient_norm)
            self._database.execute(
                "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?, ?)",
                (run, row.step, row.document, row.positions, *numbers),
            )
            self._states.add(run, gradient, state)
            self._add_samples(run, row.step, samples, final=False)

    def finish(self, run: int, samples: Sequence[str]) -> None:
        """Note that all steps are done, with the final samples."""
        with self._database.transaction():
            self._database.execute("DELETE FROM samples WHERE run = ? AND final", (run,))
            self._add_samples(run, self.steps_done(run), samples, final=True)
            self.set_status(run, Status.FINISHED)

    def steps_done(self, run: int) -> int:
        """Return how many steps are kept."""
        ((last,),) = self._database.rows("SELECT max(step) FROM steps WHERE run = ?", (run,))
        return last or 0

    def steps(self, run: int, after: int = 0) -> list[StepRow]:
        """Return the rows of all steps, or of those after one."""
        rows = self._database.rows(
            "SELECT step, document, positions, loss, learning_rate, gradient_norm FROM steps"
            " WHERE run = ? AND step > ? ORDER BY step",
            (run, after),
        )
        # SQLite keeps NaN as NULL.
        return [
            StepRow(*row[:3], *(nan if number is None else number for number in row[3:]))
            for row in rows
        ]

    def samples(self, run: int) -> list[Sample]:
        """Return all samples in the order in which they were made up."""
        rows = self._database.rows(
            "SELECT step, final, document FROM samples WHERE run = ? ORDER BY step, final, number",
            (run,),
        )
        return [Sample(step, bool(final), document) for step, final, document in rows]

    def gradient(self, run: int, step: int) -> FloatArray:
        """Return the gradient of all parameters in a step, before the update.

        Returns
        -------
        float64 array, (parameters,)
        """
        return self._states.gradient(run, step)

    def checkpoint(self, run: int, step: int | None = None) -> State:
        """Return the state after a step, to the last bit.

        Parameters
        ----------
        run : int
        step : int, optional
            0 is the start; left out, it is the last step that is kept.
        """
        return self._states.at(run, self.steps_done(run) if step is None else step)

    # Helpers

    def _record(self, row: tuple[Any, ...]) -> RunRecord:
        run, name, settings, dataset, created, status, message, done = row
        try:
            parsed = RunSettings.from_json(settings)
            return RunRecord(run, name, parsed, dataset, created, Status(status), message, done)
        except ValueError:
            raise self._database.damaged() from None

    def _only(self, query: str, run: int) -> tuple[Any, ...]:
        rows = self._database.rows(query, (run,))
        if not rows:
            raise StoreError(f"there is no run {run}")
        return rows[0]

    def _insert(self, statement: str, values: Sequence[Any]) -> int:
        run = self._database.execute(statement, values).lastrowid
        assert run is not None
        return run

    def _change(self, statement: str, values: Sequence[Any], run: int) -> None:
        if self._database.execute(statement, values).rowcount != 1:
            raise StoreError(f"there is no run {run}")

    def _add_samples(self, run: int, step: int, samples: Sequence[str], *, final: bool) -> None:
        for number, document in enumerate(samples):
            self._database.execute(
                "INSERT INTO samples VALUES (?, ?, ?, ?, ?)", (run, step, final, number, document)
            )
