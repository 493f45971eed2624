"""An engine for whatever computes a loss and its gradient on arrays, such as a replay."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Protocol

import numpy as np

from explorer.runs.adam import learning_rate_of, updated
from explorer.runs.engine import State, StepRow, norm, start, start_state
from explorer.runs.settings import RunSettings
from explorer.trace.trace import FloatArray
from microgpt import sample


class LossAndGradient(Protocol):
    """Forward and backward over one document, with the bits of the scalar code."""

    def __call__(self, parameters: FloatArray, tokens: Sequence[int]) -> tuple[float, FloatArray]:
        """Compute one pass.

        Parameters
        ----------
        parameters : float64 array, (parameters,)
            In state-dict order; not to be changed.
        tokens : sequence of int
            Those that are read, and the last target.

        Returns
        -------
        loss : float
        gradient : float64 array, (parameters,)
            An array of its own, not written again.
        """
        ...


class ArrayEngine:
    """Trains on arrays: a pass from outside, then Adam's exact update.

    Parameters
    ----------
    name : str
        One of `ENGINE_NAMES`.
    settings : RunSettings
    documents : sequence of str
        In the order of their file.
    compute : LossAndGradient
    notices : list of str, optional
        Where `compute` leaves what the user should be told.
    """

    def __init__(
        self,
        name: str,
        settings: RunSettings,
        documents: Sequence[str],
        compute: LossAndGradient,
        notices: list[str] | None = None,
    ) -> None:
        self.name = name
        self.notices: list[str] = [] if notices is None else notices
        self._settings, self._compute = settings, compute
        self._start = start(settings, documents)
        self._state = start_state(self._start)
        self.gradient: FloatArray = np.zeros_like(self._state.parameters)

    def step(self) -> StepRow:
        """Compute the next step; raise ValueError if all are done."""
        done = self._state.steps_done
        if done >= self._settings.steps:
            raise ValueError(f"all {self._settings.steps} steps are done")
        document = self._start.documents[done % len(self._start.documents)]
        tokens = self._start.tokenizer.encode(document)[: self._settings.block_size + 1]
        loss, self.gradient = self._compute(self._state.parameters, tokens)
        self._state = updated(self._state, self.gradient, self._settings)
        return StepRow(
            done + 1,
            document,
            len(tokens) - 1,
            loss,
            learning_rate_of(done, self._settings),
            norm(self.gradient),
        )

    def state(self) -> State:
        """Return the present state, which no step changes: each makes another."""
        return self._state

    def restore(self, state: State) -> None:
        """Go on from a state of this run."""
        self._state = state

    def sample(self, rng: Random, temperature: float) -> str:
        """Make up a document with the scalar model; the training is not touched."""
        numbers = self._state.parameters.tolist()
        for parameter, data in zip(self._start.model.parameters(), numbers, strict=True):
            parameter.data = data
        drawn = sample(self._start.model, self._start.tokenizer, rng, temperature)
        return self._start.tokenizer.decode([draw.token for draw in drawn])
