"""What is known of a training, of whatever run or model it is."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.trace.trace import FloatArray


@dataclass(frozen=True, eq=False)
class Training:
    """A training, as far as it has come.

    Attributes
    ----------
    losses : float64 array, (steps,)
    chance : float
        The loss of guessing.
    total : int
        How many steps there will be.
    step : int or None
        The step that is looked at, from 1 on; None for no one in particular.
    """

    losses: FloatArray
    chance: float
    total: int
    step: int | None = None
