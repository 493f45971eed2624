"""The update of all parameters at once, with the same bits as `microgpt.Adam`."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from explorer.trace.trace import FloatArray
from explorer.trace.update import AdamStep, Update

SAMPLE = 20_000  # numpy's own powers, written for speed, would differ in about 17 of them


@dataclass(frozen=True)
class AdamSettings:
    """What `microgpt.Adam` is made with."""

    learning_rate: float = 0.01
    beta1: float = 0.85
    beta2: float = 0.99
    epsilon: float = 1e-8


@dataclass(frozen=True, eq=False)
class AdamUpdate:
    """One update of all parameters.

    Attributes
    ----------
    parameters, m, v : float64 arrays, (parameters,)
        After the update.
    learning_rate : float
        The rate that was used.
    m_correction, v_correction : float
        What `m` and `v` are divided by, as they started at 0.
    """

    parameters: FloatArray
    m: FloatArray
    v: FloatArray
    learning_rate: float
    m_correction: float
    v_correction: float

    @property
    def m_hat(self) -> FloatArray:
        """The corrected mean of gradients."""
        return self.m / self.m_correction

    @property
    def v_hat(self) -> FloatArray:
        """The corrected mean of squared gradients."""
        return self.v / self.v_correction


def adam_update(
    parameters: FloatArray,
    m: FloatArray,
    v: FloatArray,
    grad: FloatArray,
    steps_done: int,
    total_steps: int,
    settings: AdamSettings,
) -> AdamUpdate:
    """Move every parameter against its gradient.

    Parameters
    ----------
    parameters, m, v, grad : float64 arrays, (parameters,)
        Before the update; they are not changed.
    steps_done : int
        How many updates there were before.
    total_steps : int
        The number of steps after which the learning rate is 0.
    settings : AdamSettings

    Raises
    ------
    OverflowError
        The square of a gradient is too large for a float, where Python's ``**`` fails, too.
    """
    return _move(
        parameters,
        m,
        v,
        grad,
        settings.learning_rate * (1 - steps_done / total_steps),
        1 - settings.beta1 ** (steps_done + 1),
        1 - settings.beta2 ** (steps_done + 1),
        settings,
    )


def repeat_update(update: Update, parameters: FloatArray, grad: FloatArray) -> Update:
    """Return a recorded update as it is for other parameters and gradients.

    Parameters
    ----------
    update : Update
    parameters, grad : float64 arrays, (parameters,)
        Before the update.

    Raises
    ------
    OverflowError
        As in `adam_update`.
    """
    step = update.settings
    moved = _move(
        parameters,
        update.m_before,
        update.v_before,
        grad,
        step.learning_rate,
        step.m_correction,
        step.v_correction,
        step,
    )
    return replace(update, m=moved.m, v=moved.v, data=moved.parameters)


def _move(
    parameters: FloatArray,
    m: FloatArray,
    v: FloatArray,
    grad: FloatArray,
    learning_rate: float,
    m_correction: float,
    v_correction: float,
    rates: AdamSettings | AdamStep,
) -> AdamUpdate:
    with np.errstate(all="ignore"):
        m = rates.beta1 * m + (1 - rates.beta1) * grad
        v = rates.beta2 * v + (1 - rates.beta2) * power(grad, 2)
        v_hat = v / v_correction
        change = learning_rate * (m / m_correction) / (power(v_hat, 0.5) + rates.epsilon)
        return AdamUpdate(parameters - change, m, v, learning_rate, m_correction, v_correction)


def power(x: FloatArray, exponent: float) -> FloatArray:
    """Return ``x ** exponent`` as Python's floats have it.

    ``x * x``, numpy's ``**`` and its square root differ in the last bit of one number in a
    thousand. `float_power` calls the pow() of the C library, as Python does.
    """
    if _float_power_is_pythons(exponent):
        with np.errstate(all="ignore"):
            result: FloatArray = np.float_power(x, exponent)
        if np.isfinite(result).all():
            return result
    return np.array([number**exponent for number in x.tolist()])


@cache
def _float_power_is_pythons(exponent: float) -> bool:
    rng = np.random.default_rng(0)
    x = np.ldexp(rng.uniform(0.5, 1.0, SAMPLE), rng.integers(-60, 20, SAMPLE))
    pythons = np.array([number**exponent for number in x.tolist()])
    return bool((np.float_power(x, exponent) == pythons).all())
