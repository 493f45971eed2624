"""Which of a node's two numbers is on show."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

from explorer.debug import numbers
from explorer.debug.anatomy.grid import Grid, Mask, data_grid, grad_grid
from explorer.debug.anatomy.reading import Reading
from explorer.trace.timeline import GradState
from explorer.trace.trace import IntArray

DIGITS = 5


class Quantity(Enum):
    """A number of a node."""

    DATA = "data"
    GRADIENT = "gradient"


def quantity_grid(
    quantity: Quantity,
    reading: Reading,
    title: str,
    nodes: IntArray,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: float = 1.0,
    faint: Mask | None = None,
) -> Grid:
    """Return one number of each node as a grid; the parameters are the attributes of `Grid`."""
    if quantity is Quantity.DATA:
        return data_grid(reading, title, nodes, rows, columns, limit, faint=faint)
    return grad_grid(reading, title, nodes, rows, columns, limit, faint=faint)


def node_words(reading: Reading, node: int) -> tuple[str, str]:
    """Return what is known of a node's data and of its gradient."""
    timeline, cursor = reading.timeline, reading.cursor
    data = timeline.node_data_at(cursor, node)
    if data is None:
        return "not computed yet", "not reached yet"
    state = timeline.grad_state_at(cursor, node)
    grad = "not reached yet" if timeline.trace.loss is not None else "none"
    if state is not GradState.NOT_REACHED:
        partial = " (partial)" if state is GradState.PARTIAL else ""
        grad = f"{numbers.short(timeline.node_grad_at(cursor, node), DIGITS)}{partial}"
    return numbers.short(data, DIGITS), grad
