"""Adam's update on the states of a run.

A state and the gradients that follow give every later state, without running the model again.
"""

from __future__ import annotations

from explorer.runs.engine import State
from explorer.runs.settings import RunSettings
from explorer.trace.adam import AdamSettings, adam_update
from explorer.trace.trace import FloatArray


def updated(state: State, gradient: FloatArray, settings: RunSettings) -> State:
    """Return the state after one update.

    Parameters
    ----------
    state : State
        Not changed.
    gradient : float64 array, (parameters,)
    settings : RunSettings

    Returns
    -------
    State
        With the random state unchanged: an update draws no random numbers.

    Raises
    ------
    OverflowError
        The square of a gradient is too large for a float, as in the scalar code.
    """
    rates = AdamSettings(settings.learning_rate, settings.beta1, settings.beta2, settings.epsilon)
    before = state.parameters, state.m, state.v
    done = adam_update(*before, gradient, state.steps_done, settings.steps, rates)
    return State(done.parameters, done.m, done.v, state.steps_done + 1, state.random)


def learning_rate_of(steps_done: int, settings: RunSettings) -> float:
    """Return the learning rate of the step that follows `steps_done` others."""
    return settings.learning_rate * (1 - steps_done / settings.steps)
