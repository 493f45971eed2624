"""One head at one position, worked out step by step from left to right."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.attention import data_text, grad_text, letters
from explorer.debug.anatomy.attention_steps import (
    Part,
    arithmetic,
    cell_title,
    operands,
    part_formula,
    part_nodes,
)
from explorer.debug.anatomy.grid import CellState, data_grid
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import EASY, At, CellGrid
from explorer.views.cell_raster import Raster
from explorer.views.cell_words import card, number_text

NAMES, MARGIN, GAP = 46, 12, 26
CELL, MOST_CELL = (11, 17), (110, 50)  # the least and the largest
SCALAR, MOST_SCALAR = 66, 120  # width of a column of one number
BAR, MOST_BAR = 76, 260  # width of the bars of the weights
BAR_GAP = 4  # between a weight and its bar
LINE = 22  # height of a line of captions
HEAD = MARGIN + 2 * LINE + 8  # above the rows, besides the query
SUM_GAP = 12  # between the rows and their sum
CAPTION = {Part.QUERY: "query", Part.KEY: "keys", Part.VALUE: "values"}
VECTORS = 3  # of keys, of values, of weighted values


class AttentionSteps(CellGrid):
    """Query, keys, dot products, scores, weights, values, and what the head gives on.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "One head step by step", around=around)
        self.activates_by_click = True
        self.least_height = CELL[1]  # of a row
        self._reading: Reading | None = None
        self._place, self._looked_at = Place(), 0
        self._positions = self._size = 1

    def show_steps(
        self, reading: Reading | None, place: Place, looked_at: int, limits: Mapping[Part, float]
    ) -> None:
        """Show a head at a position.

        Parameters
        ----------
        reading : Reading or None
        place : Place
        looked_at : int
            The position whose row is brighter; -1 for none.
        limits : mapping of Part to float
            The ends of scales of colours.
        """
        if looked_at != self._looked_at or place != self._place:
            self.update()
        at = self.at if place == self._place else None
        self._reading, self._place, self._looked_at = reading, place, looked_at
        if reading is None:
            self.show_grids(())
            return
        head = reading.anatomy.attention[place.layer][place.head]
        shape = reading.anatomy.positions, int(head.queries.shape[1])
        is_other = shape != (self._positions, self._size)
        self._positions, self._size = shape
        names = letters(reading)[: place.position + 1]
        grids = [
            data_grid(
                reading,
                part.title,
                part_nodes(head, place.position, part),
                names if part is Part.KEY else names[-1:] if part is Part.QUERY else (),
                limit=limits[part],
                is_share=part is Part.WEIGHT,
            )
            for part in Part
        ]
        if is_other:
            self.show_grids(())  # or they would stay where they are
        self.show_grids(grids, at)

    # Places

    def needed(self, width: int) -> QSize:
        across = self._fixed_width() + VECTORS * self._size * CELL[0] + 3 * SCALAR + BAR
        return QSize(across, self._fixed_height() + (self._positions + 2) * self.least_height)

    def wanted(self, width: int) -> QSize:
        return QSize(width, self._fixed_height() + (self._positions + 2) * EASY)

    def arrange(self, size: QSize) -> list[Raster]:
        """Return where the parts are; rows stay where they are from position to position."""
        n, seen = self._size, self._place.position + 1
        room = size.width() - self._fixed_width()
        cell = (room - 3 * SCALAR - BAR) // (VECTORS * n)
        cell = min(max(cell, CELL[0]), MOST_CELL[0])
        rest = room - VECTORS * n * cell
        scalar = min(max((rest - BAR) // 3, SCALAR), MOST_SCALAR)
        self._bar = min(max(rest - 3 * scalar, BAR), MOST_BAR)
        height = (size.height() - self._fixed_height()) // (self._positions + 2)
        height = min(max(height, self.least_height), MOST_CELL[1])
        top = HEAD + height
        widths = {Part.DOT: scalar, Part.SCORE: scalar, Part.WEIGHT: scalar}
        rasters: dict[Part, Raster] = {}
        left = MARGIN + NAMES
        for part in Part:
            if part in (Part.QUERY, Part.GATHERED):
                continue
            width, columns = widths.get(part, cell), 1 if part in widths else n
            rasters[part] = Raster(left, top, width, height, seen, columns, NAMES)
            left += width * columns + GAP + (self._bar if part is Part.WEIGHT else 0)
        query = replace(rasters[Part.KEY], top=MARGIN + LINE, rows=1)
        total = replace(rasters[Part.WEIGHTED], top=top + seen * height + SUM_GAP, rows=1)
        rasters |= {Part.QUERY: query, Part.GATHERED: total}
        return [rasters[part] for part in Part]

    def _fixed_width(self) -> int:
        return 2 * MARGIN + NAMES + 5 * GAP

    def _fixed_height(self) -> int:
        return HEAD + SUM_GAP + MARGIN

    # Drawing

    def area_drawn_with(self, grid: int) -> QRectF:
        bar = BAR_GAP + self._bar if grid == Part.WEIGHT else 0
        return self.rasters[grid].area.adjusted(0, 0, bar, 0)

    def paint_grids(self, painter: QPainter) -> None:
        if not self.grids:
            return
        focus = self.under_mouse or self.at
        row = self._looked_at
        if focus is not None and focus.grid not in (Part.QUERY, Part.GATHERED):
            row = focus.row
        look = self.still_look(), row, self._place.head
        self.paint_still(painter, look, partial(self._paint_around_cells, row=row))
        self.painter.paint_all(painter, self.exposed())
        self._paint_bars(painter)
        if focus is not None:
            self._paint_operands(painter, focus)

    def _paint_operands(self, painter: QPainter, at: At) -> None:
        """Frame what the number that is pointed at is computed from."""
        seen = self._place.position + 1
        for block in operands(Part(at.grid), at.row, at.column, seen, self._size):
            area = self.rasters[block.part].area_of(*block[1:])
            self.painter.paint_ring(painter, area, self.theme.text, 2)

    def _paint_around_cells(self, painter: QPainter, row: int) -> None:
        self._paint_row(painter, row)
        for part in Part:
            grid, raster = self.grids[part], self.rasters[part]
            self.painter.paint_missing(painter, grid, raster)
            self.painter.paint_names(painter, grid, raster, row if part is Part.KEY else 0)
            if part is not Part.GATHERED:
                self._paint_caption(painter, part)
        self._paint_sum(painter)

    def _paint_row(self, painter: QPainter, row: int) -> None:
        """Show which position is looked at, from its key to its weighted value."""
        first, last = self.rasters[Part.KEY], self.rasters[Part.WEIGHTED]
        if 0 <= row < first.rows:
            band = first.area_of(row, 0).adjusted(-NAMES, -1, 0, 0)
            band.setRight(last.area.right() + 4)
            painter.fillRect(band, QColor(self.theme.selected_surface))

    def _paint_caption(self, painter: QPainter, part: Part) -> None:
        raster = self.rasters[part]
        title = CAPTION.get(part, part.title)
        formula = part_formula(part, self._size)
        if part in (Part.QUERY, Part.KEY):
            area = QRectF(raster.left, raster.top - LINE - 2, raster.area.width(), LINE)
            self._write(painter, area, f"{title}  {formula}", sans(SMALL + 1, bold=True))
            return
        width = raster.area.width() + GAP - 4 + (self._bar if part is Part.WEIGHT else 0)
        area = QRectF(raster.left, raster.top - 2 * LINE, width, LINE)
        self._write(painter, area, title, sans(SMALL + 1, bold=True))
        area.translate(0, LINE - 2)
        self._write(painter, area, formula, sans(SMALL), self.theme.muted)

    def _paint_bars(self, painter: QPainter) -> None:
        grid, raster = self.grids[Part.WEIGHT], self.rasters[Part.WEIGHT]
        left, thickness = raster.area.right() + BAR_GAP, max(6, raster.height // 2)
        for row in range(raster.rows):
            if grid.states[row, 0] != CellState.KNOWN:
                continue
            top = raster.area_of(row, 0).center().y() - thickness / 2
            full = QRectF(left, top, self._bar, thickness)
            painter.fillRect(full, QColor(self.theme.unborn))
            full.setWidth(self._bar * min(float(grid.values[row, 0]), 1.0))
            painter.fillRect(full, QColor(self.theme.ramp_positive))

    def _paint_sum(self, painter: QPainter) -> None:
        raster = self.rasters[Part.GATHERED]
        line = self.theme.line(1.5)
        painter.fillRect(
            QRectF(raster.left, raster.top - SUM_GAP / 2 - 1, raster.area.width() - 1, line),
            QColor(self.theme.muted),
        )
        start = self.rasters[Part.WEIGHT].area.right()
        area = QRectF(start, raster.top, raster.left - GAP / 2 - start, raster.height)
        text = f"Σ = head {self._place.head} gives on"
        side = Qt.AlignmentFlag.AlignRight
        self._write(painter, area, text, sans(SMALL + 1, bold=True), side=side)

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        font: QFont,
        colour: str = "",
        side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    ) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour or self.theme.text))
        painter.drawText(area, side | Qt.AlignmentFlag.AlignVCenter, text)

    # Words

    def card_text(self, at: At) -> str:
        assert self._reading is not None
        part, node = Part(at.grid), self.node_at(at)
        rows = [
            ("data", data_text(self._reading, node)),
            ("gradient", grad_text(self._reading, node)),
        ]
        worked = arithmetic(self._reading, self._place, part, at.row, at.column)
        title = cell_title(self._reading, self._place, part, at.row, at.column)
        return card(self.theme, title, worked, rows, self.hint(at))

    def spoken(self, at: At) -> str:
        if self._reading is None:
            return ""
        title = cell_title(self._reading, self._place, Part(at.grid), at.row, at.column)
        return f"{title}: {number_text(self.grids[at.grid], at.row, at.column)}"
