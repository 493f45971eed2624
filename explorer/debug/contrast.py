"""Two models over the same name: what their passes differ by, node for node."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug.numbers import MINUS
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import FloatArray


@dataclass(frozen=True)
class ContrastRow:
    """A number of one node in both passes; None where it is not known yet.

    Attributes
    ----------
    name : str
        What it is: ``data`` or ``grad``.
    mine, other, difference : float or None
        Of the shown pass, of the other one, and the first minus the second.
    """

    name: str
    mine: float | None
    other: float | None
    difference: float | None


@dataclass(frozen=True, eq=False)
class Contrast:
    """A pass of the same events, which the shown one is compared with.

    Attributes
    ----------
    timeline : Timeline
    mine, other : str
        What the shown model and the other one are called.
    """

    timeline: Timeline
    mine: str
    other: str

    @property
    def title(self) -> str:
        """What is taken from what."""
        return f"{self.mine} {MINUS} {self.other}"

    def data_difference(self, shown: Timeline, cursor: int) -> FloatArray:
        """Return the difference of all data at a moment; NaN where nothing is computed yet."""
        return shown.data_at(cursor) - self.timeline.data_at(cursor)

    def grad_difference(self, shown: Timeline, cursor: int) -> FloatArray:
        """Return the difference of all gradients at a moment, of the sums so far."""
        return shown.grad_at(cursor) - self.timeline.grad_at(cursor)

    def of(self, shown: Timeline, cursor: int, node: int) -> tuple[ContrastRow, ContrastRow]:
        """Return what is known of the data and the gradient of one node at a moment."""
        data = shown.node_data_at(cursor, node), self.timeline.node_data_at(cursor, node)
        reached = shown.grad_state_at(cursor, node) is not GradState.NOT_REACHED
        if reached:
            grads = shown.node_grad_at(cursor, node), self.timeline.node_grad_at(cursor, node)
        return _row("data", *data), _row("grad", *(grads if reached else (None, None)))


def _row(name: str, mine: float | None, other: float | None) -> ContrastRow:
    difference = None if mine is None or other is None else mine - other
    return ContrastRow(name, mine, other, difference)
