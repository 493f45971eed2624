"""A row a position: the probability of each token as a cell, and the loss as a bar."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from explorer.debug import numbers
from explorer.debug.anatomy.comparison import Outcome, Scales
from explorer.debug.anatomy.comparison_figures import probability_grid
from explorer.theme.style import SMALL, sans
from explorer.views.cell_raster import Raster
from explorer.views.compare_grid import CompareGrid

MARGIN, NAMES, HEAD = 10, 58, 26  # pixels
BOS_WIDTH = 34  # of its name beside the last letter
PROBABILITY_WIDTH = 62  # of the target, where there is room
NUMBER_WIDTH = 42  # of a loss
LEAST_BAR, LONG_BAR = 40, 64
LEAST_CELL, ROOMY_CELL, LARGEST_CELL = 8, 11, 48
CROWDED_CELLS = range(32, 40)  # in which numbers of four letters touch each other
ROW_HEIGHTS = ((8, 30), (11, 26))  # up to so many positions
LOWEST_ROW, HIGHEST_ROW = 22, 38
SHARE = 0.26  # of the height in view


def row_height(positions: int, in_view: int) -> int:
    """Return how high so many rows are where so many pixels are in view."""
    least = next((height for most, height in ROW_HEIGHTS if positions <= most), LOWEST_ROW)
    return min(max(int(SHARE * in_view / positions), least), HIGHEST_ROW)


class CompareRows(CompareGrid):
    """The probabilities and losses of one pass."""

    outcome: Outcome | None = None
    scales = Scales()
    most_positions = 1  # of all compared passes
    _in_view = 0
    _version = 0  # of what stands beside the cells

    def show_outcome(self, outcome: Outcome | None, scales: Scales, most_positions: int) -> None:
        """Show a pass on scales, and with room for rows, that all compared ones share."""
        is_other = (self.scales, self.most_positions) != (scales, most_positions)
        before = self.outcome
        self.outcome, self.scales, self.most_positions = outcome, scales, most_positions
        grids = [] if outcome is None else [probability_grid(outcome, scales.probability)]
        self.show_grids(grids, self.at)
        if is_other:
            self._place_grids()
        if is_other or not _same_losses(before, outcome):
            self._version += 1
            self.update()

    def show_height(self, in_view: int) -> None:
        """Use the height that there is, in pixels of scale 1."""
        self._in_view = in_view
        self._place_grids()
        self.update()

    @property
    def _row_height(self) -> int:
        return row_height(self.most_positions, self._in_view)

    def needed(self, width: int) -> QSize:
        return QSize(0, HEAD + self.most_positions * self._row_height + 2 * MARGIN)

    def arrange(self, size: QSize) -> list[Raster]:
        rows, columns = self.grids[0].shape
        room = size.width() - 2 * MARGIN - NAMES - BOS_WIDTH - NUMBER_WIDTH
        cell = (room - PROBABILITY_WIDTH - LONG_BAR) // columns
        if cell < ROOMY_CELL:
            cell = (room - LEAST_BAR) // columns
        cell = min(max(cell, LEAST_CELL), LARGEST_CELL)
        if cell in CROWDED_CELLS:
            cell = CROWDED_CELLS.start - 1
        height = self._row_height
        return [Raster(MARGIN + NAMES, HEAD, cell, height, rows, columns, NAMES, HEAD)]

    def beside_look(self) -> Hashable:
        return self._version, self.whole.width()

    def paint_beside(self, painter: QPainter) -> None:
        if not self.rasters:
            return
        (raster,) = self.rasters
        right = raster.area.right()
        bos = QRectF(right - raster.width - 4, 0, BOS_WIDTH + raster.width, HEAD - 2)
        self._write(painter, bos, "BOS", self.theme.muted, Qt.AlignmentFlag.AlignCenter)
        left = int(right) + BOS_WIDTH
        if self.whole.width() - left >= PROBABILITY_WIDTH + NUMBER_WIDTH + LEAST_BAR:
            self._paint_probabilities(painter, raster, left)
            left += PROBABILITY_WIDTH
        self._paint_losses(painter, raster, left)

    def paint_marks(self, painter: QPainter) -> None:
        """Ring the targets."""
        if self.outcome is None or not self.rasters:
            return
        (raster,) = self.rasters
        for position, token in enumerate(self.outcome.targets.tolist()):
            area = raster.area_of(position, token)
            self.painter.paint_ring(painter, area, self.theme.text, 1.5)

    def _paint_probabilities(self, painter: QPainter, raster: Raster, left: int) -> None:
        assert self.outcome is not None
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        head = QRectF(left, 0, PROBABILITY_WIDTH - 10, HEAD - 2)
        self._write(painter, head, "target", self.theme.muted, side)
        for position, value in enumerate(self.outcome.of_targets.tolist()):
            area = raster.area_of(position, 0)
            text = "–" if np.isnan(value) else numbers.percent(value)
            place = QRectF(left, area.top(), PROBABILITY_WIDTH - 10, area.height() - 1)
            self._write(painter, place, text, self.theme.text, side)

    def _paint_losses(self, painter: QPainter, raster: Raster, left: int) -> None:
        """Draw bars on the common scale, the loss of chance as a line through all of them."""
        assert self.outcome is not None
        outcome, right = self.outcome, self.whole.width() - MARGIN
        room = right - left - NUMBER_WIDTH
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.setPen(Qt.PenStyle.NoPen)
        for position, loss in enumerate(outcome.losses.tolist()):
            area = raster.area_of(position, 0)
            length = 0.0 if np.isnan(loss) else room * min(loss / self.scales.loss, 1.0)
            bar = QRectF(left, area.top() + 2, length, area.height() - 5)
            painter.fillRect(bar, QColor(self.theme.selected_surface))
            painter.fillRect(
                QRectF(bar.right() - 2, bar.top(), 2, bar.height()) if length >= 2 else QRectF(),
                QColor(self.theme.negative),
            )
            text = "–" if np.isnan(loss) else numbers.loss(loss)
            place = QRectF(left, area.top(), right - left, area.height() - 1)
            self._write(painter, place, text, self.theme.text, side)
        self._paint_chance(painter, raster, left + room * outcome.chance / self.scales.loss)
        head = QRectF(left, 0, right - left, HEAD - 2)
        text = "loss, dashed: chance" if room >= LEAST_BAR + NUMBER_WIDTH else "loss"
        self._write(painter, head, text, self.theme.muted, Qt.AlignmentFlag.AlignVCenter)

    def _paint_chance(self, painter: QPainter, raster: Raster, x: float) -> None:
        width = self.theme.line(1)
        painter.setPen(QPen(QColor(self.theme.muted), width, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, raster.top), QPointF(x, raster.area.bottom()))

    def _write(
        self, painter: QPainter, area: QRectF, text: str, colour: str, side: Qt.AlignmentFlag
    ) -> None:
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(colour))
        painter.drawText(area, side, text)


def _same_losses(one: Outcome | None, other: Outcome | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one.losses, other.losses, equal_nan=True)
