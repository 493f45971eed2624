"""Where matrices, their names and their cells are on screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize
from PySide6.QtGui import QFontMetrics

from explorer.layout.tiles import Packing, Size, extent, pack
from explorer.runs.matrices import Matrix
from explorer.theme.style import SMALL, mono, sans

LEAST_CELL, LARGEST_CELL = 3, 120  # pixels
NAME, LINE = 22, 20  # heights of a matrix's name, and of the line below it
ROW_NAMES, COLUMN_NAMES = 14, 19  # the least cells that have room for names
NAME_GAP = 6  # between a row and its name
GAP = 18  # between matrices
MARGIN = 14
NAME_FONT = 14
LAST = "lm_head"  # on the map, but not in the state dict
EARLIER = 7  # the most places by which tall matrices are packed earlier


@dataclass(frozen=True)
class Tile:
    """A matrix on the page.

    Attributes
    ----------
    matrix : Matrix
    area : QRect
        With all names.
    cells : QRect
    cell : int
        Pixels.
    """

    matrix: Matrix
    area: QRect
    cells: QRect
    cell: int

    def cell_at(self, point: QPoint) -> tuple[int, int] | None:
        """Return row and column at a point of the page."""
        if not self.cells.contains(point):
            return None
        inside = point - self.cells.topLeft()
        return inside.y() // self.cell, inside.x() // self.cell

    def area_of(self, row: int, column: int) -> QRect:
        """Return where a cell is."""
        left, top = self.cells.left() + column * self.cell, self.cells.top() + row * self.cell
        return QRect(left, top, self.cell, self.cell)


@dataclass(frozen=True)
class Page:
    """All matrices at one size.

    Attributes
    ----------
    cell : int
        Pixels.
    size : QSize
        With margins.
    tiles : tuple of Tile
    """

    cell: int
    size: QSize
    tiles: tuple[Tile, ...]

    def tile_at(self, point: QPoint) -> Tile | None:
        """Return the matrix at a point, by its cells or its names."""
        return next((tile for tile in self.tiles if tile.area.contains(point)), None)

    def nearest(self, point: QPoint) -> Tile:
        """Return the matrix whose cells are nearest to a point."""
        return min(self.tiles, key=lambda tile: _distance(tile.cells, point))

    def beyond(
        self, tile: Tile, start: QPoint, right: int, down: int
    ) -> tuple[Tile, QPoint] | None:
        """Return the next matrix in a direction, and its cells' point nearest to a start.

        Parameters
        ----------
        tile : Tile
            Where one is.
        start : QPoint
            In it.
        right, down : int
            The direction: one is 0, the other 1 or -1.
        """
        here = tile.cells
        ahead = [
            (other, _clamped(start, other.cells))
            for other in self.tiles
            if (right > 0 and other.cells.left() > here.right())
            or (right < 0 and other.cells.right() < here.left())
            or (down > 0 and other.cells.top() > here.bottom())
            or (down < 0 and other.cells.bottom() < here.top())
        ]
        # What lies straight ahead comes before what is nearer but aside.
        aside = 4
        return min(
            ahead,
            key=lambda found: (
                abs(found[1].x() - start.x()) * (1 if right else aside)
                + abs(found[1].y() - start.y()) * (1 if down else aside)
            ),
            default=None,
        )


class Arranger:
    """Puts matrices on a page.

    Parameters
    ----------
    matrices : sequence of Matrix
        In state-dict order.
    """

    def __init__(self, matrices: Sequence[Matrix]) -> None:
        self._matrices = sorted(matrices, key=lambda matrix: matrix.name == LAST)
        names, bold = QFontMetrics(mono(SMALL)), QFontMetrics(sans(NAME_FONT, bold=True))
        self._titles = [bold.horizontalAdvance(m.label) for m in self._matrices]
        self._gutters = [
            max(map(names.horizontalAdvance, m.rows)) + NAME_GAP for m in self._matrices
        ]
        self._packing = Packing((), ())

    def fitted(self, room: QSize, bar: int) -> Page:
        """Return the page with the largest cells with which all matrices are in view.

        Parameters
        ----------
        room : QSize
        bar : int
            The width that a scroll bar takes: of cells of the least size, there can be more
            than there is room for.
        """
        count = sum(len(m.rows) * len(m.columns) for m in self._matrices)
        orders = self._orders()
        largest = int((room.width() * room.height() / count) ** 0.5)
        for cell in range(min(largest, LARGEST_CELL), LEAST_CELL - 1, -1):
            sizes = [self._size(i, cell) for i in range(len(self._matrices))]
            if sum(width * height for width, height in sizes) > room.width() * room.height():
                continue  # there are too many to try all orders
            for order in orders:
                page = self._packed(cell, order, room.width())
                if page.size.width() <= room.width() and page.size.height() <= room.height():
                    return page
        return self._packed(LEAST_CELL, orders[0], room.width() - bar)

    def at(self, cell: int) -> Page:
        """Return the page at another size, with the same neighbours."""
        sizes = [self._size(i, cell) for i in range(len(self._matrices))]
        places = self._packing.places(sizes, GAP)
        tiles = []
        for i, (matrix, (left, top), (width, height)) in enumerate(
            zip(self._matrices, places, sizes, strict=True)
        ):
            area = QRect(left + MARGIN, top + MARGIN, width, height)
            x, y = area.left() + self._gutter(i, cell), area.top() + _header(cell)
            cells = QRect(x, y, len(matrix.columns) * cell, len(matrix.rows) * cell)
            tiles.append(Tile(matrix, area, cells, cell))
        width, height = extent(places, sizes)
        return Page(cell, QSize(width + 2 * MARGIN, height + 2 * MARGIN), tuple(tiles))

    def _packed(self, cell: int, order: Sequence[int], width: int) -> Page:
        sizes = [self._size(i, cell) for i in order]
        packing = pack(sizes, width - 2 * MARGIN, GAP)
        across, down = (
            tuple(tuple(order[j] for j in relation[order.index(i)]) for i in range(len(order)))
            for relation in (packing.across, packing.down)
        )
        self._packing = Packing(across, down)
        return self.at(cell)

    def _orders(self) -> list[list[int]]:
        """Return orders in which to pack: as on the map, and others for tall matrices' sake.

        What is packed early stands at the top, where tall ones leave no holes.
        """
        matrices = self._matrices
        tallest = max(len(matrix.rows) for matrix in matrices)
        tall = [len(matrix.rows) == tallest for matrix in matrices]
        as_on_map = list(range(len(matrices)))
        in_dict = sorted(as_on_map, key=lambda i: matrices[i].start)
        found = []
        for earlier in range(EARLIER + 1):
            for order in (as_on_map, in_dict):
                place = {
                    i: at - (earlier + 0.5 * (earlier > 0)) * tall[i] for at, i in enumerate(order)
                }
                moved = sorted(order, key=place.__getitem__)
                if moved not in found:
                    found.append(moved)
        return found

    def _size(self, i: int, cell: int) -> Size:
        matrix = self._matrices[i]
        width = self._gutter(i, cell) + len(matrix.columns) * cell
        return max(width, self._titles[i]), _header(cell) + len(matrix.rows) * cell

    def _gutter(self, i: int, cell: int) -> int:
        return self._gutters[i] if cell >= ROW_NAMES else 0


def _header(cell: int) -> int:
    return NAME + LINE + (LINE if cell >= COLUMN_NAMES else 0)


def _distance(area: QRect, point: QPoint) -> int:
    return (_clamped(point, area) - point).manhattanLength()


def _clamped(point: QPoint, area: QRect) -> QPoint:
    """Return the point of an area nearest to a point."""
    return QPoint(
        min(max(point.x(), area.left()), area.right()),
        min(max(point.y(), area.top()), area.bottom()),
    )
