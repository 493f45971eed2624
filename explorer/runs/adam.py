"""Adam's update on whole arrays, bit for bit as `microgpt.adam` does it on scalars.

A state and the gradients that follow give every later state, without running the model again.
"""

from __future__ import annotations

from itertools import repeat
from operator import pow as power

import numpy as np

from explorer.runs.engine import State
from explorer.runs.settings import RunSettings
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
    beta1, beta2 = settings.beta1, settings.beta2
    learning_rate = learning_rate_of(state.steps_done, settings)
    done = state.steps_done + 1
    with np.errstate(all="ignore"):  # infinities and NaN go on silently in the scalar code
        m = beta1 * state.m + (1 - beta1) * gradient
        v = beta2 * state.v + (1 - beta2) * _powers(gradient, 2)
        m_hat = m / (1 - beta1**done)
        v_hat = v / (1 - beta2**done)
        moved = learning_rate * m_hat / (_powers(v_hat, 0.5) + settings.epsilon)
        return State(state.parameters - moved, m, v, done, state.random)


def learning_rate_of(steps_done: int, settings: RunSettings) -> float:
    """Return the learning rate of the step that follows `steps_done` others."""
    return settings.learning_rate * (1 - steps_done / settings.steps)


def _powers(numbers: FloatArray, exponent: float) -> FloatArray:
    """Python's own powers: numpy's squares and roots differ in the last bit of some."""
    powers = map(power, numbers.tolist(), repeat(exponent))
    return np.fromiter(powers, np.float64, len(numbers))
