"""The key/value cache of a layer: it grows by a row a position."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.attention import cache_grids, grad_text, letters
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster, Room
from explorer.views.cell_words import card, number_text

ROOM = Room(least=(6, 16), most=(76, 48), names=46, head=52, gap=(18, 40), margin=12, stretch=4.0)
TICK = 5  # height of the ends of a bracket


class CacheStrip(CellGrid):
    """Keys and values of all heads of a layer, a row a position.

    Rows that the cache does not hold yet are empty; what the shown position cannot see is faint.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "Key/value cache", ROOM, around)
        self.activates_by_click = True
        self._reading: Reading | None = None
        self._place = Place()
        self._heads = 1

    def show_cache(
        self, reading: Reading | None, place: Place, limits: tuple[float, float]
    ) -> None:
        """Show the cache of a layer as it is at a moment.

        Parameters
        ----------
        reading : Reading or None
        place : Place
        limits : (float, float)
            The ends of the scales of keys and of values.
        """
        if place != self._place:
            self.update()
        self._reading, self._place = reading, place
        if reading is None:
            self.show_grids(())
            return
        self._heads = reading.anatomy.heads
        self.show_grids(cache_grids(reading, place, limits), self.at)

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].area

    def paint_grids(self, painter: QPainter) -> None:
        look = self.still_look(), self._place, self._heads
        self.paint_still(painter, look, self._paint_around_cells)
        self.painter.paint_all(painter, self.exposed())
        for raster in self.rasters:
            size = raster.columns // self._heads
            seen = raster.area_of(0, self._place.head * size, self._place.position + 1, size)
            self.painter.paint_ring(painter, seen, self.theme.current, 2)

    def _paint_around_cells(self, painter: QPainter) -> None:
        for grid, raster in zip(self.grids, self.rasters, strict=True):
            self.painter.paint_missing(painter, grid, raster)
            self.painter.paint_names(painter, grid, raster, self._place.position)
            self._paint_title(painter, grid.title, raster)
            for head in range(self._heads):
                self._paint_bracket(painter, raster, head)

    def _paint_title(self, painter: QPainter, title: str, raster: Raster) -> None:
        painter.setFont(sans(SMALL + 2, bold=True))
        painter.setPen(QColor(self.theme.text))
        area = QRectF(raster.left, raster.top - raster.head, raster.area.width(), 24)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, title)

    def _paint_bracket(self, painter: QPainter, raster: Raster, head: int) -> None:
        size = raster.columns // self._heads
        area = raster.area_of(0, head * size, columns=size)
        is_chosen = head == self._place.head
        colour = QColor(self.theme.current if is_chosen else self.theme.muted)
        painter.setPen(QPen(colour, self.theme.line(1.5)))
        left, right, bottom = area.left() + 1, area.right() - 2, area.top() - 4
        corners = ((left, bottom), (left, bottom - TICK), (right, bottom - TICK), (right, bottom))
        painter.drawPolyline([QPointF(x, y) for x, y in corners])
        painter.setFont(sans(SMALL, bold=is_chosen))
        painter.setPen(QColor(self.theme.text if is_chosen else self.theme.muted))
        name = QRectF(area.left(), bottom - TICK - 19, area.width(), 18)
        metrics = painter.fontMetrics()
        text = f"head {head}"
        if metrics.horizontalAdvance(text) > area.width():
            text = str(head)
        if metrics.horizontalAdvance(text) <= area.width() + 2:
            painter.drawText(name, Qt.AlignmentFlag.AlignCenter, text)

    def card_text(self, at: At) -> str:
        assert self._reading is not None
        node = self.node_at(at)
        rows = [
            ("data", number_text(self.grids[at.grid], at.row, at.column)),
            ("gradient", grad_text(self._reading, node)),
        ]
        return card(self.theme, self._title(at), "", rows, self.hint(at))

    def spoken(self, at: At) -> str:
        if self._reading is None:
            return ""
        return f"{self._title(at)}: {number_text(self.grids[at.grid], at.row, at.column)}"

    def _title(self, at: At) -> str:
        assert self._reading is not None
        size = self.grids[at.grid].shape[1] // self._heads
        letter = letters(self._reading)[at.row]
        what = self.grids[at.grid].title.removesuffix("s")
        head = at.column // size
        return f"{what}[{at.column % size}] of {letter} (position {at.row}), head {head}"
