"""Where the cells of grids are: pixels from numbers of rows and columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF, QSize

SEPARATE = 5  # the least cells with a gap between them


@dataclass(frozen=True)
class Raster:
    """The places of the cells of a grid.

    Attributes
    ----------
    left, top : int
        Of the first cell.
    width, height : int
        Of a cell, with the gap to the next one.
    rows, columns : int
    names : int
        Room for names of rows, left of the cells.
    head : int
        Room above the cells for the names of columns and the title.
    """

    left: int
    top: int
    width: int
    height: int
    rows: int
    columns: int
    names: int = 0
    head: int = 0

    @property
    def gap(self) -> int:
        """Pixels between a cell and the next one."""
        return 1 if min(self.width, self.height) >= SEPARATE else 0

    @property
    def area(self) -> QRectF:
        """All cells."""
        return QRectF(self.left, self.top, self.width * self.columns, self.height * self.rows)

    @property
    def whole(self) -> QRectF:
        """All cells with their names and the title."""
        return self.area.adjusted(-self.names, -self.head, 0, 0)

    def area_of(self, row: int, column: int, rows: int = 1, columns: int = 1) -> QRectF:
        """Return where a cell is, or a block of cells from there."""
        return QRectF(
            self.left + column * self.width,
            self.top + row * self.height,
            columns * self.width,
            rows * self.height,
        )

    def cell_at(self, point: QPointF) -> tuple[int, int] | None:
        """Return row and column at a point; None beside the cells."""
        row = int((point.y() - self.top) // self.height)
        column = int((point.x() - self.left) // self.width)
        inside = 0 <= row < self.rows and 0 <= column < self.columns
        return (row, column) if inside else None

    def moved(self, right: int, down: int) -> Raster:
        """Return the same raster elsewhere."""
        return replace(self, left=self.left + right, top=self.top + down)


@dataclass(frozen=True)
class Room:
    """How grids may be placed.

    Attributes
    ----------
    least, most : (int, int)
        Width and height of the smallest and the largest cells.
    names, head : int
        Room beside each grid for names of rows, and above it.
    gap : (int, int)
        Between grids: the least, and the most if there is room.
    margin : int
        Around all of them.
    stretch : float
        How much wider than high cells may be; they are higher than wide only if they have to.
    fill : float
        How much wider than high cells become where they leave some of the width free.
    """

    least: tuple[int, int] = (18, 18)
    most: tuple[int, int] = (56, 56)
    names: int = 36
    head: int = 44
    gap: tuple[int, int] = (22, 56)
    margin: int = 14
    stretch: float = 1.0
    fill: float = 1.0


Shape = tuple[int, int]


def side_by_side(shapes: Sequence[Shape], size: QSize, room: Room) -> list[Raster]:
    """Return rasters of one cell size, side by side, in as many lines as make cells largest.

    Parameters
    ----------
    shapes : sequence of (int, int)
        Rows and columns of each grid.
    size : QSize
        What there is room for. If cells of the least size need more, they get it.
    room : Room
    """
    if not shapes:
        return []
    least = least_size(shapes, size.width(), room)
    size = size.expandedTo(least)
    best = (0, 0)
    for lines in range(1, len(shapes) + 1):
        broken = _broken(len(shapes), lines)
        cell = _cell_size([[shapes[i] for i in line] for line in broken], size, room)
        if cell > best:
            best, places = cell, broken
    width, height = best
    across = min(_widest([shapes[i] for i in line], size, room) for line in places)
    width = max(width, min(across, int(height * room.fill), room.most[0]))
    rasters, top = [], room.margin
    for line in places:
        used = _fixed_width([shapes[i] for i in line], room)
        used += width * sum(shapes[i][1] for i in line)
        spare = max(0, size.width() - used) // max(1, len(line) - 1)
        gap = min(room.gap[0] + spare, room.gap[1])
        left = room.margin
        for i in line:
            rows, columns = shapes[i]
            raster = Raster(
                left + room.names, top + room.head, width, height, rows, columns,
                room.names, room.head,
            )  # fmt: skip
            rasters.append(raster)
            left += room.names + columns * width + gap
        top += room.head + max(shapes[i][0] for i in line) * height + room.gap[0]
    return rasters


def least_size(shapes: Sequence[Shape], width: int, room: Room) -> QSize:
    """Return the size that grids with cells of the least size need, in lines of some width."""
    if not shapes:
        return QSize(0, 0)
    for lines in range(1, len(shapes) + 1):
        broken = [[shapes[i] for i in line] for line in _broken(len(shapes), lines)]
        across = max(
            _fixed_width(line, room) + _cells_wide(line) * room.least[0] for line in broken
        )
        if across <= width or lines == len(shapes):
            break
    down = _fixed_height(len(broken), room) + _cells_high(broken) * room.least[1]
    return QSize(across, down)


def _broken(count: int, lines: int) -> list[range]:
    """Return which grids stand in each line; all lines but the last are full."""
    each = -(-count // lines)
    return [range(start, min(start + each, count)) for start in range(0, count, each)]


def _cell_size(lines: list[list[Shape]], size: QSize, room: Room) -> tuple[int, int]:
    across = min(_widest(line, size, room) for line in lines)
    down = (size.height() - _fixed_height(len(lines), room)) // _cells_high(lines)
    if across < room.least[0] or down < room.least[1]:
        return 0, 0  # they do not fit
    across, down = min(across, room.most[0]), min(down, room.most[1])
    return min(across, int(down * room.stretch)), min(down, max(across, room.least[1]))


def _widest(line: list[Shape], size: QSize, room: Room) -> int:
    """Return how wide cells can be if grids stand in a line."""
    return (size.width() - _fixed_width(line, room)) // _cells_wide(line)


def _fixed_width(line: list[Shape], room: Room) -> int:
    return 2 * room.margin + len(line) * (room.names + room.gap[0]) - room.gap[0]


def _fixed_height(lines: int, room: Room) -> int:
    return 2 * room.margin + lines * (room.head + room.gap[0]) - room.gap[0]


def _cells_wide(line: list[Shape]) -> int:
    return max(1, sum(columns for _, columns in line))


def _cells_high(lines: list[list[Shape]]) -> int:
    return max(1, sum(max(rows for rows, _ in line) for line in lines))
