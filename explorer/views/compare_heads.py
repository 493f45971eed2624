"""The attention of all heads of one pass, as small matrices."""

from __future__ import annotations

from PySide6.QtCore import QSize

from explorer.debug.anatomy.comparison import Outcome
from explorer.debug.anatomy.comparison_figures import weight_grids
from explorer.views.cell_raster import Raster
from explorer.views.compare_grid import CompareGrid

MARGIN, GAP, TITLE = 10, 16, 24  # pixels
NAMES, NAME_LINE = 36, 24  # of letters at the axes
NAMED_CELL, LEAST_CELL, LARGEST_CELL = 14, 6, 30  # letters fit from the first on
MOST_ACROSS = 8


class CompareHeads(CompareGrid):
    """How much each position takes from the ones before it, head by head."""

    outcome: Outcome | None = None
    most_positions = 1  # of all compared passes

    def show_outcome(self, outcome: Outcome | None, most_positions: int) -> None:
        """Show a pass with room for as many positions as all compared ones have."""
        is_other = most_positions != self.most_positions
        self.outcome, self.most_positions = outcome, most_positions
        self._show()
        if is_other:
            self._place_grids()
            self.update()

    @property
    def _width(self) -> int:
        return self.whole.toRect().width()

    def _show(self) -> None:
        named = self._cell(self._width)[1] >= NAMED_CELL
        self.show_grids([] if self.outcome is None else weight_grids(self.outcome, named), self.at)

    def _place_grids(self) -> None:
        """Letters come and go with the size of the cells."""
        named = self._cell(self._width)[1] >= NAMED_CELL
        if self.outcome is not None and self.grids and bool(self.grids[0].rows) != named:
            self.grids = tuple(weight_grids(self.outcome, named))
        super()._place_grids()

    def _cell(self, width: int) -> tuple[int, int]:
        """Return how many heads stand side by side, and the size of their cells."""
        heads = ((0, 0),) if self.outcome is None else self.outcome.heads
        per_layer = heads[-1][1] + 1
        choices = [n for n in range(min(len(heads), MOST_ACROSS), 1, -1) if _divides(n, per_layer)]
        for across in choices or [1]:
            cell = (_room(width, across) - NAMES) // self.most_positions
            if cell >= NAMED_CELL:
                return across, min(cell, LARGEST_CELL)
        cell = _room(width, across) // self.most_positions
        return across, min(max(cell, LEAST_CELL), NAMED_CELL - 1)

    def needed(self, width: int) -> QSize:
        across, cell = self._cell(width)
        heads = 1 if self.outcome is None else len(self.outcome.heads)
        lines = -(-heads // across)
        return QSize(0, MARGIN + lines * (self._head(cell) + self.most_positions * cell + GAP))

    def arrange(self, size: QSize) -> list[Raster]:
        across, cell = self._cell(size.width())
        names, head = (NAMES if cell >= NAMED_CELL else 0), self._head(cell)
        step = _room(size.width(), across) + GAP
        rasters = []
        for i, grid in enumerate(self.grids):
            line, place = divmod(i, across)
            left = MARGIN + place * step + names
            top = head + line * (head + self.most_positions * cell + GAP)
            rasters.append(Raster(left, top, cell, cell, *grid.shape, names, head))
        return rasters

    @staticmethod
    def _head(cell: int) -> int:
        return TITLE + (NAME_LINE if cell >= NAMED_CELL else 0)


def _room(width: int, across: int) -> int:
    """Return how wide a head may be."""
    return (width - 2 * MARGIN + GAP) // across - GAP


def _divides(across: int, per_layer: int) -> bool:
    """Return whether lines of so many heads begin and end with layers, or layers with lines."""
    return across % per_layer == 0 or per_layer % across == 0
