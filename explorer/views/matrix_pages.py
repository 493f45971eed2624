"""The page of all matrices behind a window: fitted, enlarged and moved."""

from __future__ import annotations

from math import ceil, floor

from PySide6.QtCore import QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QSizePolicy

from explorer.runs.matrices import Matrix, ModelShape
from explorer.theme.scaling import unscaled_point
from explorer.theme.tokens import Theme
from explorer.views.matrix_tiles import LARGEST_CELL, Arranger, Page, Tile


class MatrixPages(QAbstractScrollArea):
    """What is in view of the page; cells are always a whole number of pixels of scale 1.

    In those count the page, its scroll bars, and all points and areas of the viewport here.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shape: ModelShape | None = None
        self._page: Page | None = None
        self._arranger: Arranger | None = None
        self._filling: Matrix | None = None  # it alone is shown
        self._fits = True  # cells follow the size of the window
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(200), theme.px(120))

    @property
    def page(self) -> Page | None:
        """Where matrices are on the page; None before the first step."""
        return self._page

    @property
    def filling(self) -> Matrix | None:
        """The matrix that fills the view, if one does."""
        return self._filling

    @property
    def room(self) -> QSize:
        """The size of the viewport."""
        return self._unscaled(self.viewport().size())

    def pixel(self, point: QPointF) -> QPoint:
        """Return which pixel is at a point of the screen, as events give it."""
        inside = unscaled_point(point, self._theme)
        return QPoint(floor(inside.x()), floor(inside.y()))

    def arrange(self, shape: ModelShape) -> None:
        """Show all matrices of a model as large as they go together."""
        self._shape = shape
        self.show_all()

    def show_all(self) -> None:
        """Show all matrices as large as they go together."""
        if self._shape is not None:
            self._fill(None, Arranger(self._shape.matrices))

    def fill_with(self, matrix: Matrix) -> None:
        """Show one matrix as large as it goes."""
        self._fill(matrix, Arranger((matrix,)))

    def zoom(self, factor: float, at: QPoint) -> None:
        """Enlarge, with a point of the viewport held in place."""
        if self._page is None or self._arranger is None:
            return
        before, fitted = self._page, self._fitted()
        cell = round(before.cell * factor)
        if cell == before.cell:
            cell += 1 if factor > 1 else -1
        cell = min(max(cell, fitted.cell), max(LARGEST_CELL, fitted.cell))
        held = at + self.corner()
        tile = before.nearest(held)
        inside = QPointF(held - tile.cells.topLeft()) * (cell / before.cell)
        self._fits = cell == fitted.cell
        self._set_page(fitted if self._fits else self._arranger.at(cell))
        moved = self.tile_of(tile.matrix)
        assert moved is not None
        self._scroll_to(moved.cells.topLeft() + inside.toPoint() - at)

    def corner(self) -> QPoint:
        """Return the point of the page at the upper left corner of the viewport."""
        spare = 0
        if self._page is not None and self._filling is not None:
            spare = max(0, self.room.width() - self._page.size.width())
        return QPoint(self.horizontalScrollBar().value() - spare // 2, self._top)

    def bring_into_view(self, area: QRect) -> None:
        """Move the page, if need be, so that an area of it is seen."""
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        room = self.room
        across.setValue(_nearest(across.value(), area.left(), area.right(), room.width()))
        down.setValue(_nearest(down.value(), area.top(), area.bottom(), room.height()))

    def drag(self, moved: QPoint) -> None:
        """Move the page with the mouse."""
        self._scroll_to(QPoint(self.horizontalScrollBar().value(), self._top) - moved)

    def tile_of(self, matrix: Matrix) -> Tile | None:
        """Return where a matrix is, None if another one fills the view."""
        if self._page is None:
            return None
        return next((tile for tile in self._page.tiles if tile.matrix == matrix), None)

    def tile_at(self, point: QPoint) -> Tile | None:
        """Return the matrix at a point of the viewport, by its cells or its names."""
        return None if self._page is None else self._page.tile_at(point + self.corner())

    def parameter_at(self, point: QPoint) -> int | None:
        """Return the parameter at a point of the viewport."""
        tile = self.tile_at(point)
        cell = None if tile is None else tile.cell_at(point + self.corner())
        return None if tile is None or cell is None else tile.matrix.index(*cell)

    def area_of(self, index: int) -> QRect | None:
        """Return where a parameter is on the viewport, None if its matrix is not shown."""
        area = self.place_of(index)
        return None if area is None else area.translated(-self.corner())

    def place_of(self, index: int) -> QRect | None:
        """Return where a parameter is on the page, None if its matrix is not shown."""
        if self._shape is None:
            return None
        tile = self.tile_of(self._shape.matrix_of(index))
        return None if tile is None else tile.area_of(*tile.matrix.cell(index))

    @property
    def _top(self) -> int:
        return self.verticalScrollBar().value()

    def _fill(self, matrix: Matrix | None, arranger: Arranger) -> None:
        self._filling, self._arranger, self._fits = matrix, arranger, True
        self._set_page(self._fitted())
        self._scroll_to(QPoint())

    def _fitted(self) -> Page:
        assert self._arranger is not None
        bar = ceil(self.verticalScrollBar().sizeHint().width() / self._theme.scale)
        return self._arranger.fitted(self._unscaled(self.maximumViewportSize()), bar)

    def _unscaled(self, size: QSize) -> QSize:
        scale = self._theme.scale
        return QSize(floor(size.width() / scale), floor(size.height() / scale))

    def _set_page(self, page: Page) -> None:
        self._page = page
        # The bars that appear take room from each other; a second look has it right.
        for _ in range(2):
            self._set_bars(page.size, self.room)
        self.viewport().update()

    def _set_bars(self, size: QSize, room: QSize) -> None:
        for bar, length, page in (
            (self.horizontalScrollBar(), size.width(), room.width()),
            (self.verticalScrollBar(), size.height(), room.height()),
        ):
            bar.setRange(0, max(0, length - page))
            bar.setPageStep(page)

    def _scroll_to(self, corner: QPoint) -> None:
        self.horizontalScrollBar().setValue(corner.x())
        self.verticalScrollBar().setValue(corner.y())

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._page is not None:
            page = self._fitted() if self._fits else self._page
            self._page = page
            self._set_bars(page.size, self.room)


def _nearest(value: int, first: int, last: int, room: int) -> int:
    """Return the scroll value nearest to the present one at which a stretch is seen."""
    return min(first, max(value, last - room + 1))
