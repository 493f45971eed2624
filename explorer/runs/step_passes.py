"""One name's pass with the parameters that runs had before their steps: the same events, by replay.

With the document of the step, a pass is that very step again; with another name, it is what the
step would have been with that name. Either way every number is one that the scalar code computes.
"""

from __future__ import annotations

from dataclasses import replace
from threading import Lock

import numpy as np

from explorer.runs.adam import learning_rate_of, updated
from explorer.runs.engine import State
from explorer.runs.settings import RunSettings
from explorer.trace.replay import Replay, ScalarModel
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Document, FloatArray
from explorer.trace.update import AdamStep, Update
from microgpt import Config, Tokenizer


class StepPassError(ValueError):
    """The pass of a step cannot be had in this way; the message is a sentence for the person."""


class StepPasses:
    """The passes of one name for the models that runs were at their steps; made by `Replays`.

    It computes in arrays of its own, so one is for one thread.

    Parameters
    ----------
    recorded : Timeline
        Whose events all of them have.
    replay : Replay
        That has learnt passes of its length.
    """

    def __init__(self, recorded: Timeline, replay: Replay) -> None:
        self.recorded, self._replay = recorded, replay

    def before(self, state: State, settings: RunSettings) -> Timeline:
        """Return the pass with the parameters of a state, and the update that follows.

        There is none after the last step of the training.

        Parameters
        ----------
        state : State
            Of a run whose model has the same shape.
        settings : RunSettings
            Of that run.

        Raises
        ------
        StepPassError
            The pass fails with these parameters.
        """
        trace = self.recorded.trace
        try:
            again = self._replay.with_parameters(trace, state.parameters)
            if again is None:
                raise StepPassError("Replay cannot be used for this name.")
            own = slice(len(state.parameters))
            update = _update(state, again.grad[own], settings)
        except (ArithmeticError, ValueError) as error:
            if isinstance(error, StepPassError):
                raise
            raise StepPassError(f"The pass fails with these parameters: {error}.") from error
        if np.isnan(again.data).any() or not np.isfinite(again.grad).all():
            raise StepPassError("The pass fails with these parameters: they are too large.")
        return self.recorded.with_numbers(replace(again, update=update))

    def fits(self, config: Config, letters: tuple[str, ...]) -> bool:
        """Return whether a model has the shape and the vocabulary of the passes."""
        document = self.recorded.trace.document
        assert document is not None
        return (Config(**document.config), document.letters) == (config, letters)


class Replays:
    """Replay for each shape of model, kept as long as the program runs: checks cost time."""

    def __init__(self) -> None:
        self._replays: dict[tuple[Config, tuple[str, ...]], Replay] = {}
        self._turn = Lock()

    def prepare(self, recorded: Timeline) -> StepPasses:
        """Get ready for the passes of one name, on any thread.

        Replay is compiled from the pass, and compared at every node with the pass itself and with
        the scalar code for other parameters; it takes about as long as the pass has taken.

        Raises
        ------
        StepPassError
            Replay cannot be used for them.
        """
        trace = recorded.trace
        if trace.document is None or trace.loss is None or trace.failure is not None:
            raise StepPassError("The pass did not come to its end, so it cannot be replayed.")
        with self._turn:
            replay = self._replay_of(trace.document)
            fallback = replay.learn(trace)
        if fallback is not None:
            raise StepPassError(fallback.text)
        return StepPasses(recorded, replay)

    def _replay_of(self, document: Document) -> Replay:
        config = Config(**document.config)
        key = config, document.letters
        if key not in self._replays:
            tokenizer = Tokenizer(["".join(document.letters)])
            self._replays[key] = Replay(ScalarModel(config, tokenizer, document.seed))
        return self._replays[key]


def _update(state: State, gradient: FloatArray, settings: RunSettings) -> Update | None:
    """Return what Adam does to the parameters next; None if the training is over."""
    if state.steps_done >= settings.steps:
        return None
    after = updated(state, gradient, settings)
    step = AdamStep(
        after.steps_done,
        learning_rate_of(state.steps_done, settings),
        settings.beta1,
        settings.beta2,
        settings.epsilon,
    )
    return Update(step, state.m, state.v, after.m, after.v, after.parameters)
