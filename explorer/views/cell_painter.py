"""Drawing a grid of cells: colours, numbers where they fit, names, and what is not there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import compress

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QImage, QPaintEngine, QPainter, QPen

from explorer.debug import numbers
from explorer.debug.anatomy.grid import CellState, Grid, States
from explorer.layout.rectangles import merge_cells
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.cell_raster import Raster
from explorer.views.map_frame import Rects, draw_rects
from explorer.views.map_text import WordPainter

NAME_FONT, LARGE_NAME_FONT = 15, 18
LARGE_NAMES = (40, 40)  # least height of the cells and room for larger names
NAME_GAP = 8  # between names of rows and cells
NAME_LINE = 24  # height of the line of columns' names
# What has not come about yet is smaller than its cell, by this share at each side; and a colour.
INSETS = {
    CellState.NOT_COMPUTED: (0.3, palette.UNBORN),
    CellState.NOT_REACHED: (0.2, palette.PENDING),
}
SMALL_CELLS = np.isin(np.arange(len(CellState)), list(INSETS))
PADDING = ((40, 3.0), (0, 0.5))  # of cells from a width on: pixels beside a number
# Pixels of numbers in cells that have at least some width and height.
NUMBER_SIZES = ((104, 44, 22), (76, 34, 18), (52, 23, 15), (0, 0, SMALL))
MOST_WRITTEN = 0.9  # the least share of numbers that fit: few of them look like a pattern
LETTERS = 3  # of a number that are worth writing it, without its sign
ROOM = 1024  # letters of numbers in cells
FAINTNESS = 175  # of 255: how much of the surface covers what stands back


@dataclass(frozen=True)
class _Texts:
    """Words, where their baselines begin, and the ink of each."""

    words: list[str]
    places: npt.NDArray[np.float64]
    inks: npt.NDArray[np.int64]


class GridPainter:
    """Draws grids in the colours of a theme.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._table = palette.colour_table(theme)
        self._colours = [QColor.fromRgb(int(argb)) for argb in self._table]
        self._ink = palette.bright_colours(self._table).astype(np.int64)
        self._veil = QColor(theme.panel)
        self._veil.setAlpha(FAINTNESS)
        self._words = WordPainter(ROOM)

    def paint(self, painter: QPainter, grid: Grid, raster: Raster) -> None:
        """Draw the cells of a grid, and hatch what is not there."""
        self.paint_missing(painter, grid, raster)
        self.paint_all(painter, [(grid, raster)])

    def paint_all(self, painter: QPainter, grids: Iterable[tuple[Grid, Raster]]) -> None:
        """Draw the cells of some grids that are there, which is sooner done than one by one."""
        is_raster = painter.paintEngine().type() is QPaintEngine.Type.Raster
        texts: dict[int, list[_Texts]] = defaultdict(list)
        veiled = []
        for grid, raster in grids:
            indices = palette_indices(grid)
            (self._paint_image if is_raster else self._paint_vectors)(
                painter, indices, grid.states, raster
            )
            self._paint_small(painter, grid.states, raster)
            written = self._texts(grid, raster, indices)
            if written is not None:
                texts[number_size(raster)].append(written)
            if grid.faint is not None and grid.faint.any():
                there = grid.faint & (grid.states != CellState.NOT_THERE)
                veiled.append(cell_rects(raster)[there.reshape(-1)])
        for size, those in texts.items():
            self._write(painter, mono(size), those)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._veil)
        for cells in veiled:
            draw_rects(painter, cells)

    def paint_missing(self, painter: QPainter, grid: Grid, raster: Raster) -> None:
        """Hatch what no number ever stands in."""
        missing = grid.states == CellState.NOT_THERE
        if not missing.any():
            return
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QBrush(QColor(self._theme.border), Qt.BrushStyle.BDiagPattern))
        for x, y, columns, rows, _ in merge_cells(missing.astype(np.int32) - 1).tolist():
            painter.drawRect(raster.area_of(y, x, rows, columns))

    def paint_names(
        self, painter: QPainter, grid: Grid, raster: Raster, row: int = -1, column: int = -1
    ) -> None:
        """Write the names of rows and columns, one of each brighter than the others."""
        for is_row, names, bright in ((True, grid.rows, row), (False, grid.columns, column)):
            for i, name in enumerate(names):
                self._paint_name(painter, raster, name, i, is_row, i == bright)

    def paint_title(self, painter: QPainter, grid: Grid, raster: Raster, is_bright: bool) -> None:
        """Write the title above the names of columns."""
        painter.setFont(sans(NAME_FONT, bold=is_bright))
        painter.setPen(QColor(self._theme.text if is_bright else self._theme.muted))
        names = NAME_LINE if grid.columns else 0
        area = QRectF(
            raster.left, raster.top - raster.head, raster.area.width(), raster.head - names - 2
        )
        painter.drawText(
            area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, grid.title
        )

    def paint_ring(self, painter: QPainter, area: QRectF, colour: str, width: float = 2.5) -> None:
        """Draw a frame around cells."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = area.adjusted(-1.5, -1.5, 0.5, 0.5)
        width = self._theme.line(width)
        painter.setPen(QPen(QColor(self._theme.panel), width + 2.5))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(colour), width))
        painter.drawRect(area)

    def _paint_image(
        self, painter: QPainter, indices: Indices, states: States, raster: Raster
    ) -> None:
        """Draw cells as an image of them all, with the gaps between them left out."""
        colours = self._table[indices]
        colours[SMALL_CELLS[states]] = 0
        ratio = painter.deviceTransform().m11()
        gap = max(round(raster.gap * ratio), raster.gap)
        across = _device_edges(raster.left, raster.width, raster.columns, ratio)
        down = _device_edges(raster.top, raster.height, raster.rows, ratio)
        pixels = colours.repeat(np.diff(across), axis=1)
        for ends in range(1, gap + 1):
            pixels[:, across[1:] - across[0] - ends] = 0
        pixels = pixels.repeat(np.diff(down), axis=0)
        for ends in range(1, gap + 1):
            pixels[down[1:] - down[0] - ends] = 0
        height, width = pixels.shape
        image = QImage(
            pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32_Premultiplied
        )
        image.setDevicePixelRatio(ratio)
        painter.drawImage(QPointF(across[0] / ratio, down[0] / ratio), image)

    def _paint_vectors(
        self, painter: QPainter, indices: Indices, states: States, raster: Raster
    ) -> None:
        """Draw cells as rectangles, one call a colour."""
        large = ~(SMALL_CELLS[states].reshape(-1))
        cells, flat = cell_rects(raster)[large], indices.reshape(-1)[large]
        painter.setPen(Qt.PenStyle.NoPen)
        for index in np.unique(flat).tolist():
            painter.setBrush(self._colours[index])
            draw_rects(painter, cells[flat == index])

    def _paint_small(self, painter: QPainter, states: States, raster: Raster) -> None:
        """Draw what has not come about yet."""
        for state, (share, index) in INSETS.items():
            those = (states == state).reshape(-1)
            if those.any():
                cells = cell_rects(raster)[those]
                inset = np.rint(share * cells[:, 2:].min(axis=1, keepdims=True))
                cells[:, :2] += inset
                cells[:, 2:] -= 2 * inset
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(self._colours[index])
                draw_rects(painter, cells)

    def _texts(self, grid: Grid, raster: Raster, indices: Indices) -> _Texts | None:
        """Return the numbers of a grid that are to be written, if they fit."""
        letter, height, line = _number_metrics(number_size(raster))
        padding = next(pixels for least, pixels in PADDING if raster.width >= least)
        letters = int((raster.width - 1 - 2 * padding) / letter)
        if letters < LETTERS or raster.height < line - 2:
            return None
        known = grid.states >= CellState.PARTIAL
        shown = grid.values[known].tolist()
        unsigned = letters - any(value < 0 for value in shown)  # all with as many decimals
        if unsigned < LETTERS:
            return None
        words = [numbers.fitting(value, letters if value < 0 else unsigned) for value in shown]
        if sum(map(bool, words)) < MOST_WRITTEN * len(words):
            return None
        rows, columns = np.nonzero(known)
        widths = letter * np.fromiter(map(len, words), np.float64, len(words))
        places = np.empty((len(words), 2))
        places[:, 0] = raster.left + columns * raster.width + (raster.width - 1 - widths) / 2
        places[:, 1] = raster.top + rows * raster.height + (raster.height - 1 + height) / 2
        return _Texts(words, places, self._ink[indices[known]])

    def _write(self, painter: QPainter, font: QFont, texts: list[_Texts]) -> None:
        words = [word for those in texts for word in those.words]
        places = np.concatenate([those.places for those in texts])
        inks = np.concatenate([those.inks for those in texts])
        painter.setFont(font)
        for ink, colour in enumerate(palette.INKS):
            those = inks == ink
            painter.setPen(QColor(colour))
            self._words.write(painter, list(compress(words, those)), places[those])

    def _paint_name(
        self, painter: QPainter, raster: Raster, name: str, i: int, is_row: bool, is_bright: bool
    ) -> None:
        painter.setFont(name_font(raster, is_bright))
        painter.setPen(QColor(self._theme.text if is_bright else self._theme.muted))
        sides = Qt.AlignmentFlag
        if is_row:
            top = raster.top + i * raster.height
            area = QRectF(raster.left - raster.names, top, raster.names - NAME_GAP, raster.height)
            painter.drawText(area, sides.AlignRight | sides.AlignVCenter, name)
            return
        left = raster.left + i * raster.width
        area = QRectF(left, raster.top - NAME_LINE - 2, raster.width - 1, NAME_LINE)
        side = sides.AlignHCenter
        if QFontMetricsF(painter.font()).horizontalAdvance(name) > raster.width:
            side = sides.AlignRight  # into the room beside the first column
            area.setLeft(left - raster.names)
        painter.drawText(area, side | sides.AlignVCenter, name)


def number_size(raster: Raster) -> int:
    """Return how large numbers in cells are, in pixels."""
    return next(
        pixels
        for width, height, pixels in NUMBER_SIZES
        if raster.width >= width and raster.height >= height
    )


def name_font(raster: Raster, is_bold: bool) -> QFont:
    """Return the font of the names of rows and columns."""
    height, room = LARGE_NAMES
    is_large = raster.height >= height and raster.names >= room
    return mono(LARGE_NAME_FONT if is_large else NAME_FONT, is_bold)


@cache
def _number_metrics(pixels: int) -> tuple[float, float, float]:
    """Return the width of a digit, the height of one, and that of a line."""
    metrics = QFontMetricsF(mono(pixels))
    return metrics.horizontalAdvance("0"), metrics.capHeight(), metrics.height()


def _device_edges(start: int, step: int, count: int, ratio: float) -> npt.NDArray[np.int64]:
    """Return where cells begin and the last one ends, in whole pixels of the device."""
    return np.rint(ratio * (start + step * np.arange(count + 1))).astype(np.int64)


def cell_rects(raster: Raster) -> Rects:
    """Return left, top, width and height of all cells, row by row, without the gaps."""
    rows, columns = np.mgrid[: raster.rows, : raster.columns].reshape(2, -1)
    rects = np.empty((rows.size, 4))
    rects[:, 0] = raster.left + columns * raster.width
    rects[:, 1] = raster.top + rows * raster.height
    rects[:, 2], rects[:, 3] = raster.width - raster.gap, raster.height - raster.gap
    return rects


def palette_indices(grid: Grid) -> Indices:
    """Return the colour of each cell."""
    if grid.is_share:
        shares = np.sqrt(grid.values / grid.limit)  # or small shares all look the same
        indices = palette.size_indices(shares)
        indices[grid.values == 0] = palette.ZERO
    else:
        indices = palette.signed_indices(grid.values, grid.limit)
    partial = grid.states == CellState.PARTIAL
    if partial.any():
        indices[partial] = palette.partial_indices(grid.values[partial], grid.limit)
    indices[grid.states == CellState.NOT_COMPUTED] = palette.UNBORN
    indices[grid.states == CellState.NOT_REACHED] = palette.PENDING
    indices[grid.states == CellState.NOT_THERE] = palette.EMPTY
    return indices
