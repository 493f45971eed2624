"""Drawing matrices: an image each, names, statistics, and numbers in large cells."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from itertools import compress, takewhile

import numpy as np
from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPen

from explorer.debug import numbers
from explorer.runs.matrices import Quantity, Statistics
from explorer.theme import palette
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.map_frame import draw_lines
from explorer.views.map_text import WordPainter
from explorer.views.matrix_colours import RULE_OF_THUMB, Scene, ratio_share
from explorer.views.matrix_tiles import (
    COLUMN_NAMES,
    LINE,
    NAME,
    NAME_FONT,
    NAME_GAP,
    ROW_NAMES,
    Tile,
)

GRID_CELLS = 9  # the least cells that are kept apart by lines
VALUE_CELLS = ((110, 4), (76, 3), (58, 2))  # the least cells with so many digits in them
BAR = 6  # pixels: height of the bar of a ratio
LEAST_BAR = 30
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MatrixPainter:
    """Draws tiles of a scene.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    table : uint32 array, (256,)
        The colours of the theme.
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self.table = palette.colour_table(theme)
        self._ink = palette.bright_colours(self.table).astype(int)
        self._words = WordPainter()

    def paint(self, painter: QPainter, scene: Scene, tiles: Sequence[Tile], visible: QRect) -> None:
        """Draw what is visible of some tiles.

        Parameters
        ----------
        painter : QPainter
            On the page.
        scene : Scene
        tiles : sequence of Tile
        visible : QRect
            The part of the page in view.
        """
        for tile in tiles:
            if not tile.area.intersects(visible):
                continue
            self._paint_header(painter, scene, tile)
            inside = _visible_cells(tile, visible)
            if inside.isEmpty():
                continue
            self._paint_cells(painter, scene, tile, inside)
            self._paint_names(painter, tile, inside)
            for least, digits in VALUE_CELLS:
                if tile.cell >= least:
                    self._paint_values(painter, scene, tile, inside, digits)
                    break

    def paint_ring(self, painter: QPainter, cell: QRect, colour: str) -> None:
        """Draw a ring around a cell."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        area = QRectF(cell).adjusted(-1, -1, 1, 1)
        painter.setPen(QPen(QColor(self._theme.panel), self._theme.line(5)))
        painter.drawRect(area)
        painter.setPen(QPen(QColor(colour), self._theme.line(2.5)))
        painter.drawRect(area)

    def _paint_header(self, painter: QPainter, scene: Scene, tile: Tile) -> None:
        area, matrix = tile.area, tile.matrix
        name = QRect(area.left(), area.top(), area.width(), NAME)
        self._write(painter, name, matrix.label, sans(NAME_FONT, bold=True), self._theme.text)
        rows, columns = matrix.shape
        beside = QFontMetrics(painter.font()).horizontalAdvance(matrix.label) + 8
        size = f"{rows} × {columns}"
        if QFontMetrics(sans(SMALL)).horizontalAdvance(size) <= area.width() - beside:
            rest = name.adjusted(beside, 0, 0, 0)
            self._write(painter, rest, size, sans(SMALL), self._theme.muted)
        line = QRect(area.left(), area.top() + NAME, area.width(), LINE - 2)
        if scene.quantity is Quantity.RATIO and matrix in scene.ratios:
            self._paint_ratio(painter, line, scene.ratios[matrix])
        elif matrix in scene.statistics:
            texts = statistics_texts(scene.statistics[matrix])
            text = longest_fitting(texts, sans(SMALL), line.width())
            self._write(painter, line, text, sans(SMALL), self._theme.muted)

    def _paint_ratio(self, painter: QPainter, line: QRect, ratio: float) -> None:
        """Write a ratio, and draw how far it is on the scale, with the rule of thumb marked."""
        text = numbers.short(ratio, 2)
        self._write(painter, line, text, mono(SMALL), self._theme.text)
        used = QFontMetrics(painter.font()).horizontalAdvance(text) + 8
        bar = QRectF(line.left() + used, line.center().y() - BAR / 2, line.width() - used, BAR)
        if bar.width() < LEAST_BAR:
            return
        share, rule = np.clip(ratio_share(np.array((ratio, RULE_OF_THUMB))), 0, 1).tolist()
        painter.fillRect(bar, QColor(self._theme.unborn))
        full = QRectF(bar.left(), bar.top(), bar.width() * share, bar.height())
        painter.fillRect(full, QColor(self._theme.ramp_positive))
        tick = QRectF(bar.left() + bar.width() * rule - 1, bar.top() - 4, 2, bar.height() + 8)
        painter.fillRect(tick, QColor(self._theme.text))

    def _paint_cells(self, painter: QPainter, scene: Scene, tile: Tile, inside: QRect) -> None:
        rows, columns = tile.matrix.shape
        pixels = scene.pixels[tile.matrix.part]
        image = QImage(pixels.data, columns, rows, 4 * columns, QImage.Format.Format_RGB32)
        painter.drawImage(_on_page(tile, inside), image, inside)
        if tile.cell >= GRID_CELLS:
            area = QRectF(_on_page(tile, inside))
            across = area.left() + tile.cell * np.arange(1, inside.width()) - 0.5
            down = area.top() + tile.cell * np.arange(1, inside.height()) - 0.5
            painter.setPen(QPen(QColor(self._theme.panel), self._theme.line(1)))
            for ends, upright in ((across, True), (down, False)):
                low = np.full(len(ends), area.top() if upright else area.left())
                high = low + (area.height() if upright else area.width())
                lines = (ends, low, ends, high) if upright else (low, ends, high, ends)
                draw_lines(painter, np.column_stack(lines))

    def _paint_names(self, painter: QPainter, tile: Tile, inside: QRect) -> None:
        painter.setFont(mono(SMALL))
        painter.setPen(QColor(self._theme.muted))
        if tile.cell >= ROW_NAMES:
            width = tile.cells.left() - tile.area.left() - NAME_GAP
            for row in range(inside.top(), inside.bottom() + 1):
                top = tile.cells.top() + row * tile.cell
                place = QRect(tile.area.left(), top, width, tile.cell)
                painter.drawText(place, RIGHT, tile.matrix.rows[row])
        if tile.cell >= COLUMN_NAMES:
            middle = Qt.AlignmentFlag.AlignCenter
            for column in range(inside.left(), inside.right() + 1):
                left = tile.cells.left() + column * tile.cell
                place = QRect(left, tile.cells.top() - LINE, tile.cell, LINE)
                painter.drawText(place, middle, tile.matrix.columns[column])

    def _paint_values(
        self, painter: QPainter, scene: Scene, tile: Tile, inside: QRect, digits: int
    ) -> None:
        if scene.numbers is None:
            return
        rows, columns = np.mgrid[
            inside.top() : inside.bottom() + 1, inside.left() : inside.right() + 1
        ].reshape(2, -1)
        which = tile.matrix.start + rows * len(tile.matrix.columns) + columns
        words = [numbers.short(number, digits) for number in scene.numbers[which].tolist()]
        painter.setFont(mono(SMALL))
        metrics = QFontMetrics(painter.font())
        letter, height = metrics.horizontalAdvance("0"), metrics.capHeight()
        widths = letter * np.array([len(word) for word in words])
        places = np.column_stack(
            (
                tile.cells.left() + columns * tile.cell + (tile.cell - widths) / 2,
                tile.cells.top() + rows * tile.cell + (tile.cell + height) / 2,
            )
        )
        inks = self._ink[scene.indices[which]]
        for ink, colour in enumerate(palette.INKS):
            those = inks == ink
            painter.setPen(QColor(colour))
            self._words.write(painter, list(compress(words, those)), places[those])

    def _write(self, painter: QPainter, area: QRect, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, LEFT, text)


def statistics_texts(found: Statistics) -> Iterator[str]:
    """Yield what is told of a matrix's numbers in a line, the shortest text first."""
    yield f"norm {numbers.short(found.norm, 2)}"
    yield f"{numbers.short(found.least, 2)} … {numbers.short(found.most, 2)}"
    least, most, length = (numbers.short(n, 3) for n in (found.least, found.most, found.norm))
    yield f"{least} … {most}   norm {length}"
    mean, deviation = numbers.short(found.mean, 3), numbers.short(found.deviation, 3)
    yield f"{least} … {most}   sd {deviation}   norm {length}"
    yield f"min {least}   max {most}   mean {mean}   sd {deviation}   norm {length}"


def longest_fitting(texts: Iterable[str], font: QFont, width: int) -> str:
    """Return the last text before one that is wider than there is room for."""
    metrics = QFontMetrics(font)
    fits = takewhile(lambda text: metrics.horizontalAdvance(text) <= width, texts)
    return next(iter(deque(fits, maxlen=1)), "")


def _visible_cells(tile: Tile, visible: QRect) -> QRect:
    """Return columns and rows in view."""
    area = tile.cells.intersected(visible)
    if area.isEmpty():
        return QRect()
    first, last = tile.cell_at(area.topLeft()), tile.cell_at(area.bottomRight())
    assert first is not None
    assert last is not None
    return QRect(QPoint(first[1], first[0]), QPoint(last[1], last[0]))


def _on_page(tile: Tile, cells: QRect) -> QRect:
    first = tile.cells.topLeft() + QPoint(cells.left(), cells.top()) * tile.cell
    return QRect(first, cells.size() * tile.cell)
