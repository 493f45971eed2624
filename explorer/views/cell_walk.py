"""From cell to cell with the arrow keys, over gaps and into other grids."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from explorer.debug.anatomy.grid import Grid
from explorer.views.cell_raster import Raster


class At(NamedTuple):
    """A cell: which grid, and where in it."""

    grid: int
    row: int
    column: int


def next_cell(
    grids: Sequence[Grid], rasters: Sequence[Raster], at: At | None, right: int, down: int
) -> At | None:
    """Return the next cell that is there in a direction; None if there is none.

    Parameters
    ----------
    grids : sequence of Grid
    rasters : sequence of Raster
        Where they are.
    at : At or None
        Where one is; from nowhere, all directions lead to the first cell.
    right, down : int
        The direction: one of them is 1 or -1, the other 0.
    """
    if at is None:
        return next(_cells(grids), None)
    row, column = at.row + down, at.column + right
    grid = grids[at.grid]
    while 0 <= row < grid.shape[0] and 0 <= column < grid.shape[1]:
        if grid.is_there(row, column):
            return At(at.grid, row, column)
        row, column = row + down, column + right
    return _beyond(grids, rasters, at, right, down)


def _beyond(
    grids: Sequence[Grid], rasters: Sequence[Raster], at: At, right: int, down: int
) -> At | None:
    """Return the cell of another grid that is nearest in a direction."""
    start = rasters[at.grid].area_of(at.row, at.column).center()
    nearest: tuple[float, At] | None = None
    for cell in _cells(grids):
        way = rasters[cell.grid].area_of(cell.row, cell.column).center() - start
        ahead = right * way.x() + down * way.y()
        aside = abs(down * way.x() + right * way.y())
        if cell.grid == at.grid or ahead <= 0 or aside > ahead:
            continue
        far = ahead + 2 * aside
        if nearest is None or far < nearest[0]:
            nearest = far, cell
    return None if nearest is None else nearest[1]


def _cells(grids: Sequence[Grid]) -> Iterator[At]:
    """Yield all cells that are there."""
    for i, grid in enumerate(grids):
        for row, column in zip(*grid.states.nonzero(), strict=True):
            yield At(i, int(row), int(column))
