"""The models that names can be compared in: the one on show, the untrained one, those of runs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

import numpy as np

from explorer.debug import numbers
from explorer.debug.anatomy.other_passes import GivenModel, Shape, model_of
from explorer.runs.desk import RunDesk
from explorer.trace.passes import Subject
from explorer.trace.trace import Trace


class NamedModel(Protocol):
    """What the window makes passes with, and what it calls it."""

    @property
    def subject(self) -> Subject:
        """The model."""

    @property
    def title(self) -> str:
        """Its name."""


class Source(Enum):
    """Where a model is from."""

    ON_SHOW = "on show"
    UNTRAINED = "untrained"
    RUN = "run"


@dataclass(frozen=True)
class Choice:
    """A model.

    Attributes
    ----------
    source : Source
    run : int or None
    step : int
        Of the run: the model as it was after this step; 0 is the start.
    """

    source: Source = Source.ON_SHOW
    run: int | None = None
    step: int = 0


class ComparedModels:
    """Looks up what there is to choose from.

    Parameters
    ----------
    runs : RunDesk
    untrained : NamedModel

    Attributes
    ----------
    title_on_show : str
        What the model of the pass on show is called.
    """

    def __init__(self, runs: RunDesk, untrained: NamedModel) -> None:
        self.runs = runs
        self._untrained = untrained
        self.title_on_show = untrained.title

    def choices(self) -> list[tuple[str, Choice]]:
        """Return what can be chosen, each run at its last step, with titles."""
        found = [
            (self.title(Choice()), Choice()),
            (self._untrained.title, Choice(Source.UNTRAINED)),
        ]
        for record in self.runs.records:
            if record.steps_done:
                choice = Choice(Source.RUN, record.id, record.steps_done)
                found.append((f"run “{record.name}”", choice))
        return found

    def latest(self) -> Choice | None:
        """Return the newest run that has steps, at its last one."""
        runs = (choice for _, choice in self.choices() if choice.source is Source.RUN)
        return next(runs, None)

    def last_step(self, choice: Choice) -> int:
        """Return how far the run of a choice has come; 0 if there is no such run."""
        record = self.runs.record_of(choice.run)
        return 0 if record is None else record.steps_done

    def title(self, choice: Choice) -> str:
        """Return what a model is called."""
        if choice.source is Source.ON_SHOW:
            return f"as in 1: {self.title_on_show}"
        if choice.source is Source.UNTRAINED:
            return self._untrained.title
        record = self.runs.record_of(choice.run)
        name = "a run that is gone" if record is None else f"run “{record.name}”"
        return f"{name} · {step_title(choice.step, self.last_step(choice))}"

    def model(self, choice: Choice, on_show: Trace) -> GivenModel | None:
        """Return a model; None if it can't be had, and the desk of runs has told why.

        Parameters
        ----------
        choice : Choice
        on_show : Trace
            The pass on show, which has the numbers of its model.
        """
        if choice.source is Source.ON_SHOW:
            return model_of(on_show)
        if choice.source is Source.UNTRAINED:
            subject = self._untrained.subject
            shape = Shape(subject.model.config, tuple(subject.tokenizer.letters))
            data = [parameter.data for parameter in subject.model.parameters()]
            return GivenModel(shape, subject.seed, np.array(data, np.float64))
        record = self.runs.record_of(choice.run)
        if record is None:
            return None
        found, state = self.runs.shape(record.id), self.runs.matrices(choice.step, record.id)
        if found is None or state is None:
            return None
        shape = Shape(found.config, found.letters)
        return GivenModel(shape, record.settings.seed, state.parameters)


def step_title(step: int, last: int) -> str:
    """Return what the model after a step is called, if the run has come to a last one."""
    if step == last:
        return f"after step {numbers.count(step)}"
    return f"before step {numbers.count(step + 1)}"


def at_step(choice: Choice, step: int) -> Choice:
    """Return the same run at another step."""
    return replace(choice, step=step)


def is_untrained(trace: Trace) -> bool:
    """Return whether a pass is of a model before its first step."""
    return trace.update is not None and trace.update.settings.step == 1
