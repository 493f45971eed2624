"""The matrices of embeddings as cells, with the rows that a name uses pointed out."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.embeddings import Embedding
from explorer.debug.anatomy.quantity import Quantity, node_words, quantity_grid
from explorer.debug.anatomy.reading import Reading
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster
from explorer.views.cell_words import card

MARGIN, GAP = 14, 20
HEAD, LINE = 46, 20  # above the cells: the title, and a line of names
NAMES = 44  # left of the cells
LEAST, MOST = (7, 14), (110, 72)  # width and height of cells
TITLE_FONT = 14
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class EmbeddingGrid(CellGrid):
    """All embeddings side by side.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__(theme, "Embeddings", around=around)
        self.embeddings: tuple[Embedding, ...] = ()
        self._reading: Reading | None = None

    def show_embeddings(
        self,
        reading: Reading,
        embeddings: Sequence[Embedding],
        quantity: Quantity,
        limits: Sequence[float],
    ) -> None:
        """Show some embeddings at a moment, each on a scale of its own."""
        used = [embedding.used for embedding in self.embeddings]
        self._reading, self.embeddings = reading, tuple(embeddings)
        grids = [
            quantity_grid(
                quantity, reading, embedding.name, embedding.nodes, embedding.rows,
                tuple(map(str, range(embedding.matrix.columns))), limit,
            )
            for embedding, limit in zip(embeddings, limits, strict=True)
        ]  # fmt: skip
        self.show_grids(grids, self.at)
        if used != [embedding.used for embedding in embeddings]:
            self.update()

    # Places

    def arrange(self, size: QSize) -> list[Raster]:
        shapes = [grid.shape for grid in self.grids]
        room = size.width() - 2 * MARGIN - len(shapes) * (NAMES + GAP) + GAP
        across = room // max(1, sum(columns for _, columns in shapes))
        down = (size.height() - HEAD - MARGIN) // max(1, max(rows for rows, _ in shapes))
        across = min(max(across, LEAST[0]), MOST[0])
        down = min(max(down, LEAST[1]), MOST[1])
        rasters, left = [], MARGIN
        for rows, columns in shapes:
            rasters.append(Raster(left + NAMES, HEAD, across, down, rows, columns, NAMES, HEAD))
            left += NAMES + across * columns + GAP
        return rasters

    def needed(self, width: int) -> QSize:
        if not self.grids:
            return QSize(0, 0)
        shapes = [grid.shape for grid in self.grids]
        across = sum(NAMES + GAP + columns * LEAST[0] for _, columns in shapes)
        down = max(rows for rows, _ in shapes) * LEAST[1]
        return QSize(2 * MARGIN + across, HEAD + down + MARGIN)

    # Drawing

    def area_drawn_with(self, grid: int) -> QRectF:
        return self.rasters[grid].whole

    def paint_grids(self, painter: QPainter) -> None:
        used = tuple(embedding.used for embedding in self.embeddings)
        look = self.still_look(), used, self.under_mouse or self.at
        self.paint_still(painter, look, self._draw_words)
        self.painter.paint_all(painter, self.exposed())

    def _draw_words(self, painter: QPainter) -> None:
        at = self.under_mouse or self.at
        for i, (embedding, raster) in enumerate(zip(self.embeddings, self.rasters, strict=True)):
            row, column = (at.row, at.column) if at is not None and at.grid == i else (-1, -1)
            self._draw_title(painter, embedding, raster)
            self._draw_rows(painter, embedding, raster, row)
            self._draw_columns(painter, raster, column)

    def _draw_title(self, painter: QPainter, embedding: Embedding, raster: Raster) -> None:
        area = QRectF(raster.left, 2, raster.area.width() + GAP, HEAD - LINE - 4)
        painter.setFont(mono(TITLE_FONT, bold=True))
        painter.setPen(QColor(self.theme.text))
        painter.drawText(area, LEFT, embedding.name)
        beside = QFontMetrics(painter.font()).horizontalAdvance(embedding.name) + 10
        area.adjust(beside, 0, 0, 0)
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(self.theme.muted))
        metrics = QFontMetrics(painter.font())
        titles = embedding.title, embedding.title.partition(" ")[0]
        fits = (text for text in titles if metrics.horizontalAdvance(text) <= area.width())
        painter.drawText(area, LEFT, next(fits, ""))

    def _draw_rows(
        self, painter: QPainter, embedding: Embedding, raster: Raster, bright: int
    ) -> None:
        """Write the names of rows; those that the name uses stand on a ground of their own."""
        used = set(embedding.used)
        for i, name in enumerate(embedding.rows):
            high = min(raster.height, 24)
            top = raster.top + (i + 0.5) * raster.height - high / 2
            area = QRectF(raster.left - NAMES + 2, top, NAMES - 8, high)
            if i in used:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self.theme.selected_surface))
                painter.drawRoundedRect(area.adjusted(0, 0.5, 0, -0.5), 4, 4)
                mark = QRectF(area.right() + 1, area.top() + 1, 3, area.height() - 2)
                painter.fillRect(mark, QColor(self.theme.current))
            stands_out = i == bright or i in used
            painter.setFont(mono(SMALL, bold=stands_out))
            painter.setPen(QColor(self.theme.text if stands_out else self.theme.muted))
            painter.drawText(area, CENTRE, name)

    def _draw_columns(self, painter: QPainter, raster: Raster, bright: int) -> None:
        metrics = QFontMetrics(mono(SMALL))
        wide = metrics.horizontalAdvance("00") + 4
        every = -(-wide // raster.width)
        for i in range(raster.columns):
            if i != bright and (i % every or (bright >= 0 and abs(i - bright) < every)):
                continue
            middle = raster.left + (i + 0.5) * raster.width
            painter.setFont(mono(SMALL, bold=i == bright))
            painter.setPen(QColor(self.theme.text if i == bright else self.theme.muted))
            painter.drawText(QRectF(middle - wide / 2, HEAD - LINE - 1, wide, LINE), CENTRE, str(i))

    # What is told

    def spoken(self, at: At) -> str:
        title, use, facts = self._told(at)
        known = [f"{label} {text}" for label, text in facts]
        return ", ".join((title, *known, *([use] if use else [])))

    def card_text(self, at: At) -> str:
        return card(self.theme, *self._told(at), self.hint(at))

    def _told(self, at: At) -> tuple[str, str, list[tuple[str, str]]]:
        """Return what a parameter is, what the name uses it for, and its numbers."""
        assert self._reading is not None
        embedding = self.embeddings[at.grid]
        what = "position" if embedding.name == "wpe" else "token"
        data, grad = node_words(self._reading, self.node_at(at))
        title = f"{embedding.name}, {what} {embedding.rows[at.row]}, number {at.column}"
        use = embedding.use if at.row in embedding.used else ""
        return title, use, [("data", data), ("gradient", grad)]
