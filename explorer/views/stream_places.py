"""Where the parts of the picture of a residual stream are: pixels from a size and a shape."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from explorer.views.cell_raster import Raster

MARGIN, GAP = 14, 18  # pixels around everything, and between columns
HEAD = 46  # above the rows: what the columns are, and the names of cells
LOGIT_HEAD = 24  # above the logits: their letters
LAYER_BAND = 22  # left of the stream, for the number of a layer
LINES = 104  # for the stream with its branches
ROW = (24, 84)  # the least and the largest height
CELL, LARGE_CELL = 54, 150  # width of a cell that has room for numbers, and the largest one
LEAST_CELL, LEAST_LOGIT = 4, 7  # and the least ones
NORM, SHARE, LOGIT_PART = (112, 260), 104, (126, 260)  # of the columns beside the cells
BAR = (12, 64)  # of a bar of the overview
OVERVIEW_SHARE = 0.3  # of the room that cells and overview have together, at most


@dataclass(frozen=True)
class Shape:
    """What is to be placed.

    Attributes
    ----------
    stages, width, vocabulary, positions : int
        Rows, cells in a row, cells in the row of logits, and bars of the overview.
    titles : int
        Pixels of the longest title.
    has_layers : bool
        Whether several layers are told apart.
    logit : int
        Pixels of the narrowest cell of a logit.
    """

    stages: int
    width: int
    vocabulary: int
    positions: int
    titles: int
    has_layers: bool
    logit: int = LEAST_LOGIT

    @property
    def least_height(self) -> int:
        """Pixels that the picture needs."""
        return HEAD + LOGIT_HEAD + (self.stages + 1) * ROW[0] + MARGIN

    @property
    def least_width(self) -> int:
        """Pixels that the picture needs."""
        beside = NORM[0] + SHARE + LOGIT_PART[0]
        cells = self.width * self.least_cell
        return self._fixed + beside + cells + self.positions * BAR[0]

    @property
    def least_cell(self) -> int:
        """Pixels of a cell that leave room for the logits too."""
        return max(LEAST_CELL, -(-self.vocabulary * self.logit // self.width))

    @property
    def _fixed(self) -> int:
        band = LAYER_BAND if self.has_layers else 0
        return 2 * MARGIN + band + LINES + self.titles + 5 * GAP


@dataclass(frozen=True)
class Places:
    """Where everything is.

    Attributes
    ----------
    lines : QRectF
        The stream with its branches, beside all rows.
    titles : QRectF
        Of the stages.
    stages, logits, norm, share, logit_part, overview : Raster
    """

    lines: QRectF
    titles: QRectF
    stages: Raster
    logits: Raster
    norm: Raster
    share: Raster
    logit_part: Raster
    overview: Raster

    @property
    def rasters(self) -> list[Raster]:
        """The places of the grids, in the order of `Part`."""
        return [
            self.stages, self.logits, self.norm, self.share, self.logit_part, self.overview
        ]  # fmt: skip


def place(shape: Shape, width: int, height: int) -> Places:
    """Return the places within a size, or within the least one that is needed."""
    width, height = max(width, shape.least_width), max(height, shape.least_height)
    row = (height - HEAD - LOGIT_HEAD - MARGIN) // (shape.stages + 1)
    row = min(max(row, ROW[0]), ROW[1])
    room = width - shape.least_width  # beyond what is needed
    bar = _wider(BAR, int(OVERVIEW_SHARE * room / shape.positions))
    room -= shape.positions * (bar - BAR[0])
    least = shape.least_cell
    cell = _wider((least, max(least, CELL)), room // shape.width)
    room -= shape.width * (cell - least)
    norm, part = (_wider(column, room // 2) for column in (NORM, LOGIT_PART))
    room -= norm - NORM[0] + part - LOGIT_PART[0]
    cell = _wider((cell, max(cell, LARGE_CELL)), room // shape.width)
    band = LAYER_BAND if shape.has_layers else 0
    left = MARGIN + band
    lines = QRectF(left, HEAD, LINES, (shape.stages + 1) * row + LOGIT_HEAD)
    left += LINES
    titles = QRectF(left, HEAD, shape.titles, shape.stages * row)
    left += shape.titles + GAP // 2
    stages = Raster(left, HEAD, cell, row, shape.stages, shape.width, 0, HEAD)
    across = shape.width * cell
    below = HEAD + shape.stages * row + LOGIT_HEAD
    logits = Raster(left, below, across // shape.vocabulary, row, 1, shape.vocabulary)
    left += across + GAP
    beside = []
    for wide, columns in ((norm, 1), (SHARE, 1), (part, 1), (bar, shape.positions)):
        beside.append(Raster(left, HEAD, wide, row, shape.stages, columns, 0, HEAD))
        left += wide * columns + GAP
    return Places(lines, titles, stages, logits, *beside)


def _wider(size: tuple[int, int], more: int) -> int:
    """Return the least size and what there is more room for, up to the largest size."""
    return min(size[0] + more, size[1])
