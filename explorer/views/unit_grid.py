"""The hidden units of a perceptron as cells: before and after the ReLU, and at all positions."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF, QPainter
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.quantity import Quantity, node_words
from explorer.debug.anatomy.unit_grids import Row, UnitPicture
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster
from explorer.views.cell_words import card
from explorer.views.map_frame import draw_rects
from explorer.views.map_text import WordPainter

MARGIN = 14
HEAD, BETWEEN = 44, 32  # pixels above the cells, and between the position and all positions
NAMES = 104  # left of the cells
CLOSE, FAR = (22, 72), (12, 60)  # the least and largest height of cells of the position, of all
CELL = (4, 96)  # and width
LINE = 20  # height of a line of names
MARK = "×"
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class UnitGrid(CellGrid):
    """The units of a layer at one position, and at all of them.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "Units of the perceptron", around=around)
        self.picture: UnitPicture | None = None
        self.activates_by_click = True
        self._marks = WordPainter()

    def show_picture(self, picture: UnitPicture) -> None:
        """Show the units at a position and a moment."""
        before, self.picture = self.picture, picture
        self.show_grids(picture.grids(), self.at)
        if before is None or before.position != picture.position:
            self.update()

    # Places

    def arrange(self, size: QSize) -> list[Raster]:
        positions, units = self.grids[Row.ALL].shape
        across = (size.width() - 2 * MARGIN - NAMES) // units
        across = min(max(across, CELL[0]), CELL[1])
        room = size.height() - HEAD - BETWEEN - MARGIN
        far = min(max((room - 2 * CLOSE[0]) // positions, FAR[0]), FAR[1])
        close = min(max((room - far * positions) // 2, CLOSE[0]), CLOSE[1])
        rasters: list[Raster] = []
        top = HEAD
        for high, rows in ((close, 1), (close, 1), (far, positions)):
            if rows > 1 or len(rasters) == Row.ALL:
                top += BETWEEN
            rasters.append(Raster(MARGIN + NAMES, top, across, high, rows, units, NAMES, HEAD))
            top += high * rows
        return rasters

    def needed(self, width: int) -> QSize:
        if not self.grids:
            return QSize(0, 0)
        positions, units = self.grids[Row.ALL].shape
        high = HEAD + BETWEEN + 2 * CLOSE[0] + positions * FAR[0] + MARGIN
        return QSize(2 * MARGIN + NAMES + units * CELL[0], high)

    # Drawing

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].whole

    def paint_grids(self, painter: QPainter) -> None:
        if self.picture is None:
            return
        at, picture = self.under_mouse or self.at, self.picture
        column = at.column if at is not None else None
        look = self.still_look(), column, picture.position, picture.quantity
        self.paint_still(painter, look, self._draw_words)
        self.painter.paint_all(painter, self.exposed())
        raster = self.rasters[Row.ALL]
        here = raster.area_of(picture.position, 0, 1, raster.columns)
        self.painter.paint_ring(painter, here, self.theme.muted, 1.0)
        self._paint_dead(painter)

    def _draw_words(self, painter: QPainter) -> None:
        for grid, raster in zip(self.grids, self.rasters, strict=True):
            self.painter.paint_missing(painter, grid, raster)
        self._paint_row_names(painter)
        self._paint_heads(painter)
        self._paint_unit_names(painter)

    def _paint_row_names(self, painter: QPainter) -> None:
        assert self.picture is not None
        metrics = QFontMetrics(mono(SMALL))
        for part in Row:
            raster, names = self.rasters[part], self.grids[part].rows
            every = -(-metrics.capHeight() * 3 // 2 // raster.height)
            for i, name in enumerate(names):
                away = abs(i - self.picture.position) if part is Row.ALL else 0
                is_here = away == 0
                if not is_here and (i % every or away < every):
                    continue
                area = QRectF(MARGIN, raster.top + i * raster.height, NAMES - 8, raster.height)
                middle = area.center().y()
                area.setTop(middle - LINE / 2)
                area.setHeight(LINE)
                painter.setFont(mono(SMALL, bold=is_here and part is Row.ALL))
                painter.setPen(QColor(self.theme.text if is_here else self.theme.muted))
                painter.drawText(area, RIGHT, name)

    def _paint_heads(self, painter: QPainter) -> None:
        assert self.picture is not None
        is_data = self.picture.quantity is Quantity.DATA
        reading, position = self.picture.units.reading, self.picture.position
        token = reading.spell(reading.anatomy.tokens[position])
        close = f"{'' if is_data else 'gradients '}at position {position}, {token}"
        far = (
            "after ReLU at every position" if is_data else "gradients before ReLU at every position"
        )
        painter.setFont(sans(14))
        painter.setPen(QColor(self.theme.muted))
        for part, text in ((Row.BEFORE, close), (Row.ALL, far)):
            raster = self.rasters[part]
            high = HEAD - LINE if part is Row.BEFORE else BETWEEN - 2
            top = 0 if part is Row.BEFORE else raster.top - high
            painter.drawText(QRectF(raster.left, top, raster.area.width(), high), LEFT, text)

    def _paint_unit_names(self, painter: QPainter) -> None:
        raster, names = self.rasters[Row.BEFORE], self.grids[Row.BEFORE].columns
        metrics = QFontMetrics(mono(SMALL))
        wide = metrics.horizontalAdvance("0" * len(names[-1])) + 3
        every = -(-wide // raster.width)
        at = self.under_mouse or self.at
        bright = at.column if at is not None else -1
        for i, name in enumerate(names):
            if i != bright and (i % every or (bright >= 0 and abs(i - bright) < every)):
                continue
            middle = raster.left + (i + 0.5) * raster.width
            area = QRectF(middle - wide / 2, raster.top - LINE - 1, wide, LINE)
            painter.setFont(mono(SMALL, bold=i == bright))
            painter.setPen(QColor(self.theme.text if i == bright else self.theme.muted))
            painter.drawText(area, CENTRE, name)

    def _paint_dead(self, painter: QPainter) -> None:
        """Mark units that are off everywhere, between the position and all positions."""
        assert self.picture is not None
        raster, font = self.rasters[Row.AFTER], mono(SMALL, bold=True)
        metrics = QFontMetricsF(font)
        wide = metrics.horizontalAdvance(MARK)
        dead = np.flatnonzero(self.picture.units.dead)
        places = np.empty((len(dead), 2))
        places[:, 0] = raster.left + (dead + 0.5) * raster.width - wide / 2
        places[:, 1] = raster.top + (raster.height + metrics.capHeight()) / 2
        grounds = np.empty((len(dead), 4))  # no number shines through
        grounds[:, 0] = raster.left + dead * raster.width
        grounds[:, 1:] = raster.top, raster.width - 1, raster.height - 1
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self.theme.panel))
        draw_rects(painter, grounds)
        painter.setFont(font)
        painter.setPen(QColor(self.theme.warning))
        self._marks.write(painter, [MARK] * len(dead), places)

    # What is told

    def spoken(self, at: At) -> str:
        title, state, facts = self._told(at)
        known = [f"{label}: {data}, gradient {grad}" for label, data, grad in facts]
        return ", ".join((title, state, *known))

    def card_text(self, at: At) -> str:
        title, state, facts = self._told(at)
        rows = [("", "data", "gradient"), *facts]
        return card(self.theme, title, state, rows, self.hint(at))

    def _told(self, at: At) -> tuple[str, str, list[tuple[str, str, str]]]:
        """Return what a unit is, whether it is on, and its numbers before and after the ReLU."""
        assert self.picture is not None
        mlp, reading = self.picture.units.mlp, self.picture.units.reading
        position = at.row if at.grid == Row.ALL else self.picture.position
        token = reading.spell(reading.anatomy.tokens[position])
        facts = [
            (when, *node_words(reading, int(nodes[position, at.column])))
            for when, nodes in (("before ReLU", mlp.hidden), ("after ReLU", mlp.rectified))
        ]
        title = f"unit {at.column}, position {position}, {token}"
        return title, self.picture.state(position, at.column), facts
