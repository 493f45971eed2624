"""The matrices of all heads of a layer: who looks at whom."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.attention import Quantity, pair_facts, pair_words, square
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster, Room
from explorer.views.cell_words import card, number_text

ROOM = Room(
    least=(15, 17), most=(150, 110), names=40, head=50, gap=(20, 56), margin=12, stretch=1.6
)


class AttentionMatrices(CellGrid):
    """A causal matrix a head, side by side; rows look, columns are looked at.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "Attention of all heads", ROOM, around)
        self._reading: Reading | None = None
        self._place = Place()
        self._quantity, self._of_gradient = Quantity.WEIGHT, False
        self.is_on_stage = False  # where nothing is marked that nobody has pointed at

    def show_heads(
        self,
        reading: Reading | None,
        place: Place,
        quantity: Quantity,
        of_gradient: bool,
        limit: float,
    ) -> None:
        """Show a quantity of all heads of a layer, or its gradient.

        Parameters
        ----------
        reading : Reading or None
        place : Place
            Its position and head are chosen.
        quantity : Quantity
        of_gradient : bool
        limit : float
            The end of the scale of colours.
        """
        self._reading, self._place = reading, place
        self._quantity, self._of_gradient = quantity, of_gradient
        if reading is None:
            self.show_grids(())
            return
        heads = reading.anatomy.attention[place.layer]
        grids = [square(reading, head, quantity, of_gradient, limit) for head in heads]
        at = At(place.head, place.position, min(max(self.column, 0), place.position))
        self.show_grids(grids, None if self.is_on_stage and at != self.at else at)

    @property
    def column(self) -> int:
        """The position that is looked at in the chosen cell; on a stage, -1 if none is chosen."""
        return (-1 if self.is_on_stage else 0) if self.at is None else self.at.column

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].area

    def paint_grids(self, painter: QPainter) -> None:
        """Draw all heads, with the row and the column of the cell that is looked at in each."""
        focus = self.under_mouse or self.at
        looked_at = (self._place.position, -1) if focus is None else focus[1:]
        look = self.still_look(), looked_at, self._place.head
        self.paint_still(painter, look, partial(self._paint_names, looked_at=looked_at))
        self.painter.paint_all(painter, self.exposed())
        for raster in self.rasters:
            self._paint_bands(painter, raster, *looked_at)

    def _paint_names(self, painter: QPainter, looked_at: tuple[int, int]) -> None:
        for i, (grid, raster) in enumerate(zip(self.grids, self.rasters, strict=True)):
            self.painter.paint_missing(painter, grid, raster)
            self.painter.paint_names(painter, grid, raster, *looked_at)
            self.painter.paint_title(painter, grid, raster, i == self._place.head)

    def _paint_bands(self, painter: QPainter, raster: Raster, row: int, column: int) -> None:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.text), self.theme.line(1)))
        bands = [raster.area_of(row, 0, columns=row + 1)]
        if column >= 0:
            bands.append(raster.area_of(column, column, rows=raster.rows - column))
        for band in bands:
            painter.drawRect(band.adjusted(-1, -1, 0, 0))

    def card_text(self, at: At) -> str:
        assert self._reading is not None
        head = self._reading.anatomy.attention[self._place.layer][at.grid]
        facts = pair_facts(self._reading, head, at.row, at.column)
        rows = [("", "data", "gradient"), *facts]
        words = pair_words(self._reading, at.row, at.column)
        hint = self.hint(at)
        return card(self.theme, words, self.grids[at.grid].title, rows, hint)

    def spoken(self, at: At) -> str:
        if self._reading is None:
            return ""
        grid = self.grids[at.grid]
        what = f"{'gradient of ' if self._of_gradient else ''}{self._quantity.value}"
        words = pair_words(self._reading, at.row, at.column)
        return f"{grid.title}, {words}, {what} {number_text(grid, at.row, at.column)}"
