"""The rows of a run as arrays that grow, for curves."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from explorer.runs.engine import StepRow
from explorer.trace.trace import FloatArray

SMOOTHED_OVER = 50  # steps
COLUMNS = ("loss", "learning_rate", "gradient_norm")


class History:
    """All steps of a run so far; step `i` is row `i - 1`.

    Parameters
    ----------
    rows : iterable of StepRow
    """

    def __init__(self, rows: Iterable[StepRow] = ()) -> None:
        self.rows: list[StepRow] = []
        self._numbers = np.empty((1024, len(COLUMNS)))
        self.extend(rows)

    def __len__(self) -> int:
        return len(self.rows)

    def extend(self, rows: Iterable[StepRow]) -> bool:
        """Add the rows that come next, and leave out those that are known.

        Returns
        -------
        bool
            Whether they fit; False if steps between are missing, and nothing after them is added.
        """
        for row in rows:
            if row.step > len(self) + 1:
                return False
            if row.step == len(self) + 1:
                self._add(row)
        return True

    @property
    def losses(self) -> FloatArray:
        """The loss of each step, (steps,)."""
        return self._numbers[: len(self), 0]

    @property
    def learning_rates(self) -> FloatArray:
        """The learning rate of each step, (steps,)."""
        return self._numbers[: len(self), 1]

    @property
    def gradient_norms(self) -> FloatArray:
        """The length of the gradient of each step, (steps,)."""
        return self._numbers[: len(self), 2]

    def _add(self, row: StepRow) -> None:
        count = len(self)
        if count == len(self._numbers):
            self._numbers = np.concatenate([self._numbers, np.empty_like(self._numbers)])
        self._numbers[count] = [getattr(row, column) for column in COLUMNS]
        self.rows.append(row)


def running_mean(values: FloatArray, over: int = SMOOTHED_OVER) -> FloatArray:
    """Return the mean of each value and of those before it, at most so many in all.

    Parameters
    ----------
    values : float64 array, (n,)
    over : int, optional

    Returns
    -------
    float64 array, (n,)
    """
    sums = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - over, 0)
    with np.errstate(invalid="ignore"):  # infinite losses: their means are not numbers
        means: FloatArray = (sums[ends] - sums[starts]) / (ends - starts)
    return means
