"""States and gradients that were looked at last, so that dragging over steps stays smooth."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from explorer.runs.engine import State
from explorer.trace.trace import FloatArray

MOST, MOST_BYTES = 64, 64 * 2**20  # kept; a state of the published shape has 100 kB
T = TypeVar("T")


class StateCache:
    """Looks states and gradients up once.

    Parameters
    ----------
    state, gradient : callable
        Return those of a run and step.
    """

    def __init__(
        self,
        state: Callable[[int, int], State],
        gradient: Callable[[int, int], FloatArray],
    ) -> None:
        self._look_up_state, self._look_up_gradient = state, gradient
        self._states: OrderedDict[tuple[int, int], State] = OrderedDict()
        self._gradients: OrderedDict[tuple[int, int], FloatArray] = OrderedDict()

    def state(self, run: int, step: int) -> State:
        """Return the state after a step; whatever looking it up raises is passed on."""
        if (run, step) not in self._states:
            self._states[run, step] = self._look_up_state(run, step)
        found = self._states[run, step]
        _forget(self._states, (run, step), 3 * found.parameters.nbytes)
        return found

    def gradient(self, run: int, step: int) -> FloatArray:
        """Return the gradient of a step; whatever looking it up raises is passed on."""
        if (run, step) not in self._gradients:
            self._gradients[run, step] = self._look_up_gradient(run, step)
        found = self._gradients[run, step]
        _forget(self._gradients, (run, step), found.nbytes)
        return found

    def forget(self, run: int) -> None:
        """Forget all of a run."""
        for kept in (self._states, self._gradients):
            for key in [key for key in kept if key[0] == run]:
                del kept[key]


def _forget(kept: OrderedDict[tuple[int, int], T], used: tuple[int, int], size: int) -> None:
    """Drop what was not used for the longest time, each of about `size` bytes."""
    kept.move_to_end(used)
    while len(kept) > max(2, min(MOST, MOST_BYTES // max(1, size))):
        kept.popitem(last=False)
