"""The update that ends a training step: what Adam did to every parameter."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]

COLUMNS = ("m_before", "v_before", "m", "v", "data")


@dataclass(frozen=True)
class AdamStep:
    """The numbers that are the same for all parameters of one update.

    Attributes
    ----------
    step : int
        Which step of the training it is; the first one is 1.
    learning_rate : float
        As it is at this step.
    beta1, beta2, epsilon : float
    """

    step: int
    learning_rate: float
    beta1: float
    beta2: float
    epsilon: float

    @property
    def m_correction(self) -> float:
        """What the mean of gradients is divided by, as it started from 0."""
        return 1 - self.beta1**self.step

    @property
    def v_correction(self) -> float:
        """What the mean of squared gradients is divided by."""
        return 1 - self.beta2**self.step


@dataclass(frozen=True)
class ParameterUpdate:
    """One parameter's update, with every number that the algorithm computed on the way."""

    settings: AdamStep
    grad: float
    before: float
    after: float
    m_before: float
    v_before: float
    m: float
    v: float

    @property
    def m_hat(self) -> float:
        """The corrected mean of gradients."""
        return self.m / self.settings.m_correction

    @property
    def v_hat(self) -> float:
        """The corrected mean of squared gradients."""
        return self.v / self.settings.v_correction

    @property
    def change(self) -> float:
        """What is taken away from the parameter."""
        step = self.settings
        return float(step.learning_rate * self.m_hat / (self.v_hat**0.5 + step.epsilon))

    @property
    def is_consistent(self) -> bool:
        """Whether the numbers are those that Adam computes from the gradient, bit for bit."""
        step = self.settings
        computed = (
            step.beta1 * self.m_before + (1 - step.beta1) * self.grad,
            step.beta2 * self.v_before + (1 - step.beta2) * self.grad**2,
            self.before - self.change,
        )
        return repr((self.m, self.v, self.after)) == repr(computed)  # NaN is not equal to itself


@dataclass(frozen=True, eq=False)
class Update:
    """What Adam did to all parameters, in the order in which it did it: that of their numbers.

    Attributes
    ----------
    settings : AdamStep
    m_before, v_before : float64 arrays, (parameters,)
        The running means of the gradients and of their squares before the step.
    m, v, data : float64 arrays, (parameters,)
        Afterwards; `data` are the parameters that the next pass is made with.
    """

    settings: AdamStep
    m_before: FloatArray
    v_before: FloatArray
    m: FloatArray
    v: FloatArray
    data: FloatArray

    def __post_init__(self) -> None:
        for name in COLUMNS:
            getattr(self, name).flags.writeable = False

    def __len__(self) -> int:
        return len(self.data)

    def of(self, parameter: int, before: float, grad: float) -> ParameterUpdate:
        """Return the update of one parameter that had some data and gradient."""
        return ParameterUpdate(
            self.settings,
            grad,
            before,
            *(float(getattr(self, name)[parameter]) for name in ("data", *COLUMNS[:4])),
        )

    def arrays(self) -> dict[str, FloatArray]:
        """Return the columns by the names that they have in a file."""
        return {f"update_{name}": getattr(self, name) for name in COLUMNS}

    def texts(self) -> dict[str, Any]:
        """Return the settings as they stand in a file."""
        return asdict(self.settings)


def read_update(texts: dict[str, Any], arrays: Mapping[str, FloatArray]) -> Update:
    """Return the update that a file holds: the inverse of `Update.texts` and `Update.arrays`.

    Raises
    ------
    KeyError, TypeError, ValueError
        Something is missing or does not fit.
    """
    columns = {name: np.asarray(arrays[f"update_{name}"], np.float64) for name in COLUMNS}
    if len({column.shape for column in columns.values()}) != 1 or columns["m"].ndim != 1:
        raise ValueError("the columns of the update do not fit together")
    return Update(AdamStep(**texts), **columns)
