"""What the grids of compared passes have in common: each marks what is pointed at in another."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.grid import Grid
from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster, Room

TITLE_FONT, RING = 15, 5  # pixels; room for a ring around a cell
Words = Callable[[At], str]


class CompareGrid(CellGrid):
    """Grids that also mark a cell which corresponds to one in another widget.

    Parameters
    ----------
    theme : Theme
    name : str
        For those who don't see it.
    around : QWidget
        Where the card beside the mouse has room.
    card, spoken : callable
        Return what is to be said about a cell: in all compared passes as rich text, and in this
        one.
    room : Room
        Distances.
    """

    def __init__(
        self,
        theme: Theme,
        name: str,
        around: QWidget,
        card: Words,
        spoken: Words,
        room: Room | None = None,
    ) -> None:
        super().__init__(theme, name, room, around)
        self.linked: At | None = None
        self._card_words, self._spoken_words = card, spoken

    def show_linked(self, at: At | None) -> None:
        """Mark a cell, if there is one, that another widget points at."""
        before, self.linked = self.linked, at
        for ringed in (before, at):
            if before != at and ringed is not None and self._has(ringed):
                area = self.area_of(ringed).adjusted(-RING, -RING, RING, RING)
                self.repaint_area(area)

    def card_text(self, at: At) -> str:
        return self._card_words(at)

    def spoken(self, at: At) -> str:
        return self._spoken_words(at)

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].whole.adjusted(-RING, -RING, RING, RING)

    # For views to override

    def paint_beside(self, painter: QPainter) -> None:
        """Draw what stands beside the cells."""

    def beside_look(self) -> Hashable:
        """Return what decides how that looks."""
        return None

    def paint_marks(self, painter: QPainter) -> None:
        """Mark some cells."""

    # Drawing

    def paint_grids(self, painter: QPainter) -> None:
        linked = self.linked if self.linked is not None and self._has(self.linked) else None
        at = self.under_mouse or self.at
        look = self.still_look(), at, self.beside_look()
        self.paint_still(painter, look, partial(self._paint_around_cells, at))
        self.painter.paint_all(painter, self.exposed())
        self.paint_marks(painter)
        if linked is not None and self.under_mouse is None:
            self.painter.paint_ring(painter, self.area_of(linked), self.theme.text, 1.5)

    def _paint_around_cells(self, at: At | None, painter: QPainter) -> None:
        for i, (grid, raster) in enumerate(zip(self.grids, self.rasters, strict=True)):
            is_here = at is not None and at.grid == i
            row, column = (at.row, at.column) if at is not None and is_here else (-1, -1)
            self.painter.paint_missing(painter, grid, raster)
            self.painter.paint_names(painter, grid, raster, row, column)
            self._paint_title(painter, grid, raster, is_here)
        self.paint_beside(painter)

    def _paint_title(self, painter: QPainter, grid: Grid, raster: Raster, is_here: bool) -> None:
        """Write a title, which may be wider than its grid."""
        painter.setFont(sans(TITLE_FONT, bold=is_here))
        painter.setPen(QColor(self.theme.text if is_here else self.theme.muted))
        painter.drawText(raster.whole.topLeft() + QPointF(0, TITLE_FONT), grid.title)
