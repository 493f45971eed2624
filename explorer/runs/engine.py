"""Engines: what computes the steps of a run. All give the same bits as the published script."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, Protocol, TypeAlias

import numpy as np

from explorer.runs.settings import RunSettings
from explorer.trace.trace import FloatArray
from microgpt import GPT, Adam, Tokenizer, sample, train

FINAL_SAMPLES = 20  # as the published script
SAMPLES_ON_THE_WAY = 5

RandomState: TypeAlias = tuple[Any, ...]  # as `random.Random.getstate` returns it


class EngineError(ValueError):
    """A model's numbers went out of range; the message is one sentence."""


@dataclass(frozen=True)
class StepRow:
    """What is told of one finished step."""

    step: int  # the first one is 1
    document: str
    positions: int
    loss: float  # before the update
    learning_rate: float
    gradient_norm: float  # of all parameters, before the update


@dataclass(frozen=True, eq=False)
class State:
    """Everything that the steps to come depend on, besides settings and documents.

    Attributes
    ----------
    parameters, m, v : float64 array, (parameters,)
        In state-dict order; Adam's running means of gradients and squared gradients.
    steps_done : int
    random : tuple
        Of the generator that shuffled, drew the first parameters, and will draw the final samples.
    """

    parameters: FloatArray
    m: FloatArray
    v: FloatArray
    steps_done: int
    random: RandomState


class Engine(Protocol):
    """Computes one step after the other.

    Attributes
    ----------
    name : str
        One of `ENGINE_NAMES`.
    notices : list of str
        What the user should be told; whoever tells it empties the list.
    gradient : float64 array, (parameters,)
        Of the last step, before the update.
    """

    name: str
    notices: list[str]
    gradient: FloatArray

    def step(self) -> StepRow:
        """Compute the next step; raise ValueError if all are done."""
        ...

    def state(self) -> State:
        """Return a copy of the present state."""
        ...

    def restore(self, state: State) -> None:
        """Go on from a state of this run."""
        ...

    def sample(self, rng: Random, temperature: float) -> str:
        """Make up a document; the training is not touched."""
        ...


@dataclass(frozen=True)
class Start:
    """A run before its first step, drawn in the published order of random numbers."""

    model: GPT
    tokenizer: Tokenizer
    documents: Sequence[str]  # shuffled
    random: RandomState


def start(settings: RunSettings, documents: Sequence[str]) -> Start:
    """Shuffle the documents and draw the parameters.

    Parameters
    ----------
    settings : RunSettings
    documents : sequence of str
        In the order of their file.
    """
    rng = Random(settings.seed)
    shuffled = list(documents)
    rng.shuffle(shuffled)
    tokenizer = Tokenizer(shuffled)
    model = GPT(settings.config, tokenizer.vocab_size, rng)
    return Start(model, tokenizer, shuffled, rng.getstate())


def start_state(begin: Start) -> State:
    """Return the state before the first step."""
    parameters = np.array([p.data for p in begin.model.parameters()], np.float64)
    return State(parameters, np.zeros_like(parameters), np.zeros_like(parameters), 0, begin.random)


class ScalarEngine:
    """The microgpt package itself, one scalar at a time.

    Parameters
    ----------
    settings : RunSettings
    documents : sequence of str
        In the order of their file.
    """

    name = "scalar"

    def __init__(self, settings: RunSettings, documents: Sequence[str]) -> None:
        self.notices: list[str] = []
        self._settings = settings
        self._start = start(settings, documents)
        self._parameters = self._start.model.parameters()
        self.gradient: FloatArray = np.zeros(len(self._parameters))
        self._adam = _ObservedAdam(
            self._parameters,
            settings.learning_rate,
            settings.beta1,
            settings.beta2,
            settings.epsilon,
        )
        self._random = self._start.random

    def step(self) -> StepRow:
        """Compute the next step; raise ValueError if all are done."""
        steps = train(
            self._start.model,
            self._adam,
            self._start.documents,
            self._start.tokenizer,
            self._settings.steps,
        )
        done = next(steps, None)
        if done is None:
            raise ValueError(f"all {self._settings.steps} steps are done")
        self.gradient = self._adam.gradient
        return StepRow(
            done.step,
            done.document,
            done.positions,
            done.loss,
            done.learning_rate,
            norm(self.gradient),
        )

    def state(self) -> State:
        """Return a copy of the present state."""
        return State(
            np.array([p.data for p in self._parameters], np.float64),
            np.array(self._adam.m, np.float64),
            np.array(self._adam.v, np.float64),
            self._adam.steps_done,
            self._random,
        )

    def restore(self, state: State) -> None:
        """Go on from a state of this run."""
        for parameter, data in zip(self._parameters, state.parameters.tolist(), strict=True):
            parameter.data, parameter.grad = data, 0
        self._adam.m, self._adam.v = state.m.tolist(), state.v.tolist()
        self._adam.steps_done = state.steps_done
        self._random = state.random

    def sample(self, rng: Random, temperature: float) -> str:
        """Make up a document; the training is not touched."""
        drawn = sample(self._start.model, self._start.tokenizer, rng, temperature)
        return self._start.tokenizer.decode([draw.token for draw in drawn])


class _ObservedAdam(Adam):
    """Adam that keeps the gradient of each update, which sets it back to 0."""

    gradient: FloatArray

    def update(self, total_steps: int) -> float:
        self.gradient = np.array([p.grad for p in self.parameters], np.float64)
        return super().update(total_steps)


def norm(gradient: FloatArray) -> float:
    """Return the Euclidean length, the same bits whichever engine computed the gradient."""
    with np.errstate(over="ignore"):
        return float(np.sqrt(np.sum(np.square(gradient))))


def next_step(engine: Engine, step: int) -> StepRow:
    """Compute the step of a number; raise EngineError if an overflow or the like prevents it."""
    try:
        return engine.step()
    except (ArithmeticError, ValueError) as error:
        raise EngineError(f"step {step} cannot be computed: {error}") from error


def final_samples(engine: Engine, temperature: float) -> list[str]:
    """Make up documents as the published script does after its last step.

    Raises
    ------
    EngineError
        A probability is not a number.
    """
    rng = Random()
    rng.setstate(engine.state().random)
    return _samples(engine, rng, temperature, FINAL_SAMPLES)


def samples_on_the_way(engine: Engine, settings: RunSettings, step: int) -> list[str]:
    """Make up documents after a step, with random numbers of their own.

    They depend on seed and step alone, so that the run's own random numbers stay in the
    published order, and a resumed run makes up the same ones.

    Raises
    ------
    EngineError
        A probability is not a number.
    """
    rng = Random(f"{settings.seed} {step}")
    return _samples(engine, rng, settings.temperature, SAMPLES_ON_THE_WAY)


def _samples(engine: Engine, rng: Random, temperature: float, count: int) -> list[str]:
    try:
        return [engine.sample(rng, temperature) for _ in range(count)]
    except (ArithmeticError, ValueError) as error:
        raise EngineError(f"no documents can be made up: {error}") from error


def samples_due(settings: RunSettings, step: int) -> bool:
    """Return whether documents are made up after a step."""
    return settings.samples_every > 0 and step % settings.samples_every == 0
