"""One name in several passes: the probabilities of its letters below each other."""

from __future__ import annotations

from PySide6.QtCore import QSize

from explorer.debug.anatomy.comparison import Change, Scales
from explorer.debug.anatomy.comparison_figures import change_grids
from explorer.views.cell_raster import Raster
from explorer.views.compare_grid import CompareGrid

MARGIN, NAMES, HEAD, GAP = 10, 58, 26, 4  # pixels
ROW, WIDEST, NARROWEST = 26, 130, 40


class CompareChanges(CompareGrid):
    """A row for each pass over the name, and one for the difference."""

    change: Change | None = None

    def show_change(self, change: Change | None, scales: Scales) -> None:
        """Show what changed from pass to pass, if there is a name with several."""
        self.change = change
        self.show_grids([] if change is None else change_grids(change, scales.probability), self.at)

    def needed(self, width: int) -> QSize:
        rows = sum(grid.shape[0] for grid in self.grids)
        return QSize(0, HEAD + rows * ROW + GAP + MARGIN)

    def arrange(self, size: QSize) -> list[Raster]:
        passes, differences = self.grids
        rows, columns = passes.shape
        room = (size.width() - 2 * MARGIN - NAMES) // columns
        width = min(max(room, NARROWEST), WIDEST)
        above = Raster(MARGIN + NAMES, HEAD, width, ROW, rows, columns, NAMES, HEAD)
        top = HEAD + rows * ROW + GAP
        return [above, Raster(MARGIN + NAMES, top, width, ROW, *differences.shape, NAMES, 0)]
