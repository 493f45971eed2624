"""Nodes in rows and columns with their numbers at a moment, as a view draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import numpy.typing as npt

from explorer.debug.anatomy.reading import Reading
from explorer.trace.timeline import GradState
from explorer.trace.trace import FloatArray, IntArray

States = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]


class CellState(IntEnum):
    """What there is to say about a cell."""

    NOT_THERE = 0  # no node: the model never computes such a number
    NOT_COMPUTED = 1  # the node does not exist yet
    NOT_REACHED = 2  # the node exists, its gradient has no contribution yet
    PARTIAL = 3  # some contributions are in
    KNOWN = 4


@dataclass(frozen=True, eq=False)
class Grid:
    """Cells in rows and columns.

    Attributes
    ----------
    title : str
    nodes : int32 array, (rows, columns)
        `NONE` where there is no cell.
    values : float64 array, (rows, columns)
        NaN where the number is not known.
    states : uint8 array, (rows, columns)
        A `CellState` each.
    rows, columns : tuple of str
        Names; none, or one each.
    limit : float
        The number at the end of the scale of colours. Positive.
    is_share : bool
        The numbers are shares from 0 up to the limit, and colours go by their square roots; else
        they are signed.
    faint : bool array, (rows, columns), or None
        Cells that stand back.
    """

    title: str
    nodes: IntArray
    values: FloatArray
    states: States
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    limit: float = 1.0
    is_share: bool = False
    faint: Mask | None = None

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.nodes.shape
        return rows, columns

    def is_there(self, row: int, column: int) -> bool:
        """Return whether a cell has a node."""
        return bool(self.states[row, column] != CellState.NOT_THERE)

    def looks_like(self, other: Grid) -> bool:
        """Return whether two grids make the same picture."""
        if (self.title, self.rows, self.columns, self.limit, self.is_share, self.shape) != (
            other.title, other.rows, other.columns, other.limit, other.is_share, other.shape
        ):  # fmt: skip
            return False
        faint = other.faint
        same_faint = self.faint is faint or (
            self.faint is not None and faint is not None and np.array_equal(self.faint, faint)
        )
        return (
            same_faint
            and np.array_equal(self.states, other.states)
            and np.array_equal(self.values, other.values, equal_nan=True)
        )


def data_grid(
    reading: Reading,
    title: str,
    nodes: IntArray,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: float = 1.0,
    is_share: bool = False,
    faint: Mask | None = None,
) -> Grid:
    """Return the data of nodes as a grid; the parameters are the attributes of `Grid`."""
    states = np.where(nodes >= 0, CellState.NOT_COMPUTED, CellState.NOT_THERE).astype(np.uint8)
    states[reading.known(nodes)] = CellState.KNOWN
    values = reading.data(nodes)
    return Grid(title, nodes, values, states, tuple(rows), tuple(columns), limit, is_share, faint)


def grad_grid(
    reading: Reading,
    title: str,
    nodes: IntArray,
    rows: Sequence[str] = (),
    columns: Sequence[str] = (),
    limit: float = 1.0,
    faint: Mask | None = None,
) -> Grid:
    """Return the gradients of nodes as a grid; the parameters are the attributes of `Grid`."""
    of_nodes = reading.grad_states(nodes)
    states = np.full(nodes.shape, CellState.KNOWN, np.uint8)
    states[of_nodes == GradState.NOT_REACHED] = CellState.NOT_REACHED
    states[of_nodes == GradState.PARTIAL] = CellState.PARTIAL
    states[~reading.known(nodes)] = CellState.NOT_COMPUTED
    states[nodes < 0] = CellState.NOT_THERE
    values = np.where(states >= CellState.PARTIAL, reading.grad(nodes), np.nan)
    return Grid(title, nodes, values, states, tuple(rows), tuple(columns), limit, False, faint)
