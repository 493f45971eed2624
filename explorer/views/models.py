"""What passes are made with, and what it is called."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug import numbers
from explorer.runs.desk import RunDesk
from explorer.runs.store import RunRecord
from explorer.trace.passes import Subject


@dataclass(frozen=True)
class Model:
    """What passes are made with, and what it is called.

    Attributes
    ----------
    subject : Subject
    title : str
    run : int or None
        Whose parameters it has.
    step : int
        Of the run, before which it had them.
    run_name : str
    """

    subject: Subject
    title: str
    run: int | None = None
    step: int = 0
    run_name: str = ""

    @property
    def short(self) -> str:
        """The title where there is little room: the step of a run, or that it is untrained."""
        return self.title.split(" · ")[0 if self.run is None else -1]


def untrained_model(subject: Subject) -> Model:
    """Return a model that was not trained, with its title."""
    return Model(subject, f"untrained · seed {subject.seed}")


def model_of(runs: RunDesk, run: int, step: int) -> tuple[Model, str] | None:
    """Return the model before a step of a run, and the step's document.

    None if it can't be had, which the desk tells.
    """
    record, found = runs.record_of(run), runs.subject(run, step)
    if record is None or found is None:
        return None
    subject, document = found
    title = f"run “{record.name}” · {step_title(record, step)}"
    return Model(subject, title, run, step, record.name), document


def step_title(record: RunRecord, number: int) -> str:
    """Return what the model before a step is called within its run."""
    done = record.steps_done
    if number <= done:
        return f"step {numbers.count(number)}"
    return f"after step {numbers.count(done)}" if done else "the start"
