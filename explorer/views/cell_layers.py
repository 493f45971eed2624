"""Grids of cells of which most look as they did a step ago."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPaintEngine, QPainter

from explorer.debug.anatomy.grid import Grid
from explorer.views.cell_painter import GridPainter
from explorer.views.cell_raster import Raster
from explorer.views.layer import Layer


class CellLayers:
    """Draws grids, and what stands around them, anew only if they look otherwise.

    Parameters
    ----------
    painter : GridPainter
    """

    def __init__(self, painter: GridPainter) -> None:
        self._painter = painter
        self._words, self._grids = Layer(), dict[int, Layer]()

    def paint_words(
        self, painter: QPainter, area: QRectF, look: Hashable, draw: Callable[[QPainter], None]
    ) -> None:
        """Draw what is behind the grids, all over an area.

        Parameters
        ----------
        painter : QPainter
        area : QRectF
        look : hashable
            All that decides how it looks.
        draw : callable
        """
        if _is_of_pixels(painter):
            self._words.paint(painter, area, look, draw, opaque=True)
        else:
            draw(painter)

    def paint_grid(self, painter: QPainter, which: int, grid: Grid, raster: Raster) -> None:
        """Draw the cells of a grid."""
        draw = partial(self._draw, grid=grid, raster=raster)
        if not _is_of_pixels(painter):
            draw(painter)
            return
        faint = None if grid.faint is None else grid.faint.tobytes()
        look = grid.values.tobytes(), grid.states.tobytes(), grid.limit, faint, raster
        layer = self._grids.setdefault(which, Layer())
        layer.paint(painter, raster.area, look, draw)

    def _draw(self, painter: QPainter, grid: Grid, raster: Raster) -> None:
        self._painter.paint(painter, grid, raster)


def _is_of_pixels(painter: QPainter) -> bool:
    """Return whether a painter draws pixels rather than into a file of vectors."""
    return painter.paintEngine().type() is QPaintEngine.Type.Raster
