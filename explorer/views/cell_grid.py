"""Grids of numbers as coloured cells: mouse and keyboard point at cells and choose them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.grid import CellState, Grid
from explorer.theme.scaling import (
    scaled_area,
    scaled_point,
    scaled_size,
    unscaled_area,
    unscaled_point,
    unscaled_rect,
    unscaled_size,
)
from explorer.theme.tokens import Theme
from explorer.views.cell_painter import GridPainter
from explorer.views.cell_raster import Raster, Room, least_size, side_by_side
from explorer.views.cell_walk import At, next_cell
from explorer.views.cell_words import card, number_text
from explorer.views.focus import BY_KEYBOARD, paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.layer import Layer
from explorer.views.scrolling import bring_into_view, scroll_area_around

# What views of grids need comes from here, whichever file it stands in.
__all__ = ["EASY", "At", "CellGrid", "card", "number_text"]

EASY = 28  # height of a cell that is easy to read
MARGIN = 24  # pixels around a cell that scrolls into view
MOVES: Mapping[int, tuple[int, int]] = {
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}
TO_NODE = "to its node on the map"
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CellGrid(QWidget):
    """Some grids on one canvas.

    A click or an arrow key chooses a cell; another click, or Enter, activates it. Cells that are
    not there are neither pointed at nor chosen.

    Views that draw more, place grids otherwise or have more to tell override `arrange`,
    `paint_grids`, `card_text` and `spoken`. All of them count in pixels of scale 1.

    Parameters
    ----------
    theme : Theme
    name : str
        For those who don't see it.
    room : Room
        How grids are placed.
    around : QWidget, optional
        Where the card beside the mouse has room; the canvas itself if there is none.

    Attributes
    ----------
    activates_by_click : bool
        A single click activates a cell; else it is chosen first.
    """

    hovered = Signal(object)  # the cell under the mouse, as `At`; or None
    chosen = Signal(object)  # an `At`
    activated = Signal(object)  # an `At`

    def __init__(
        self, theme: Theme, name: str, room: Room | None = None, around: QWidget | None = None
    ) -> None:
        super().__init__()
        self.theme, self.room = theme, room or Room()
        self.grids: tuple[Grid, ...] = ()
        self.rasters: list[Raster] = []
        self.painter = GridPainter(theme)
        self.at: At | None = None  # the chosen cell
        self.under_mouse: At | None = None
        self.activates_by_click = False
        self._shows_focus = False
        self._still, self._exposed = Layer(), QRectF()
        self._card = HoverCard(around or self, theme)
        self._around = around or self
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName(name)

    def show_grids(self, grids: Sequence[Grid], at: At | None = None) -> None:
        """Show some grids, and which cell is chosen; nothing is drawn if nothing changed."""
        before, self.grids = self.grids, tuple(grids)
        same_shapes = [g.shape for g in before] == [g.shape for g in grids]
        if not same_shapes:
            self._hover_over(None)
            self._place_grids()
        if at is not None and not self._has(at):
            at = None
        if not same_shapes or at != self.at:
            self.at = at
            self.update()
        else:
            for i, (grid, old) in enumerate(zip(self.grids, before, strict=True)):
                if not grid.looks_like(old):
                    self.repaint_area(self.area_drawn_with(i))
        self._describe()
        if self.under_mouse is not None:
            self._tell(self.under_mouse)  # what the card says may be out of date

    def show_chosen(self, at: At | None) -> None:
        """Show which cell is chosen."""
        self.show_grids(self.grids, at)

    def node_at(self, at: At) -> int:
        """Return the node of a cell."""
        return int(self.grids[at.grid].nodes[at.row, at.column])

    def cell_at(self, point: QPointF) -> At | None:
        """Return the cell at a point, if there is one."""
        for i, raster in enumerate(self.rasters):
            cell = raster.cell_at(point)
            if cell is not None:
                return At(i, *cell) if self.grids[i].is_there(*cell) else None
        return None

    def area_of(self, at: At) -> QRectF:
        """Return where a cell is."""
        return self.rasters[at.grid].area_of(at.row, at.column)

    def repaint_area(self, area: QRectF) -> None:
        """Draw a part of the canvas anew, soon."""
        self.update(scaled_area(area, self.theme))

    @property
    def whole(self) -> QRectF:
        """All of the canvas."""
        return unscaled_rect(self, self.theme)

    # For views to override

    def arrange(self, size: QSize) -> list[Raster]:
        """Return where the grids are within a size."""
        return side_by_side([grid.shape for grid in self.grids], size, self.room)

    def needed(self, width: int) -> QSize:
        """Return the least size of the canvas, at some width."""
        return least_size([grid.shape for grid in self.grids], width, self.room)

    def wanted(self, width: int) -> QSize:
        """Return the size at which cells are easy to read, at some width."""
        least = self.room.least[0], max(self.room.least[1], EASY)
        return least_size(
            [grid.shape for grid in self.grids], width, replace(self.room, least=least)
        )

    def area_drawn_with(self, grid: int) -> QRectF:
        """Return all that looks different with other numbers in one of the grids."""
        return self.whole

    def paint_grids(self, painter: QPainter) -> None:
        """Draw all grids with their names and titles."""
        look = self.still_look(), self.under_mouse or self.at
        self.paint_still(painter, look, self._paint_around)
        self.painter.paint_all(painter, self.exposed())

    def _paint_around(self, painter: QPainter) -> None:
        at = self.under_mouse or self.at
        for i, (grid, raster) in enumerate(zip(self.grids, self.rasters, strict=True)):
            is_here = at is not None and at.grid == i
            row, column = (at.row, at.column) if at is not None and is_here else (-1, -1)
            self.painter.paint_missing(painter, grid, raster)
            self.painter.paint_names(painter, grid, raster, row, column)
            self.painter.paint_title(painter, grid, raster, is_here)

    def paint_still(
        self, painter: QPainter, look: Hashable, draw: Callable[[QPainter], None]
    ) -> None:
        """Draw what time does not change, all over the canvas.

        Parameters
        ----------
        painter : QPainter
        look : hashable
            All that decides how it looks.
        draw : callable
            Draws on an empty canvas.
        """

        def draw_all(on: QPainter) -> None:
            on.fillRect(self.whole, QColor(self.theme.panel))
            draw(on)

        if painter.paintEngine().type() is QPaintEngine.Type.Raster:
            self._still.paint(painter, self.whole, look, draw_all, opaque=True)
        else:
            draw_all(painter)

    def still_look(self) -> Hashable:
        """Return what decides how the names, titles and places of the grids look."""
        grids = tuple(
            (grid.title, grid.rows, grid.columns, (grid.states == CellState.NOT_THERE).tobytes())
            for grid in self.grids
        )
        return grids, tuple(self.rasters)

    def exposed(self) -> list[tuple[Grid, Raster]]:
        """Return the grids that are to be drawn now; those that look as before are not."""
        pairs = zip(self.grids, self.rasters, strict=True)
        return [(grid, raster) for grid, raster in pairs if raster.area.intersects(self._exposed)]

    def card_text(self, at: At) -> str:
        """Return what the card beside the mouse says of a cell, as rich text."""
        return card(self.theme, self.spoken(at))

    def spoken(self, at: At) -> str:
        """Return one sentence about a cell."""
        grid = self.grids[at.grid]
        row = grid.rows[at.row] if grid.rows else f"row {at.row + 1}"
        column = grid.columns[at.column] if grid.columns else f"column {at.column + 1}"
        return f"{grid.title}, {row}, {column}: {number_text(grid, at.row, at.column)}"

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.scale(self.theme.scale, self.theme.scale)
        self._exposed = unscaled_area(event.rect(), self.theme)
        self.paint_grids(painter)
        if self.at is not None:
            self.painter.paint_ring(painter, self.area_of(self.at), self.theme.current)
        if self.under_mouse is not None and self.under_mouse != self.at:
            self.painter.paint_ring(painter, self.area_of(self.under_mouse), self.theme.text, 1.5)
        if self._shows_focus:
            in_view = unscaled_area(self.visibleRegion().boundingRect(), self.theme)
            paint_focus(painter, in_view, self.theme)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._hover_over(None)
        self._place_grids()

    def _place_grids(self) -> None:
        size = unscaled_size(self, self.theme).toSize()
        needed = self.needed(self._width_in_view())
        least = scaled_size(needed, self.theme)
        if least != self.minimumSize():
            self.setMinimumSize(least)
        self.rasters = self.arrange(size.expandedTo(needed)) if self.grids else []

    def _width_in_view(self) -> int:
        area = scroll_area_around(self)
        seen = self if area is None else area.viewport()
        return round(seen.width() / self.theme.scale)

    # Mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_over(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_over(None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self._cell_under(event)
        if at is not None and event.button() == Qt.MouseButton.LeftButton:
            is_chosen = at == self.at
            self._choose(at)
            if self.activates_by_click or is_chosen:
                self._hover_over(None)
                self.activated.emit(at)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        at = self._cell_under(event)
        is_left = event.button() == Qt.MouseButton.LeftButton
        if at is not None and is_left and not self.activates_by_click:
            self._hover_over(None)
            self.activated.emit(at)

    def _cell_under(self, event: QMouseEvent) -> At | None:
        return self.cell_at(unscaled_point(event.position(), self.theme))

    def hint(self, at: At, where: str = TO_NODE) -> str:
        """Return how the mouse gets from a cell to a place."""
        once = self.activates_by_click or at == self.at
        return f"{'click' if once else 'double click'}: {where}"

    def _hover_over(self, point: QPointF | None) -> None:
        """Point at the cell at a point of the screen, if there is one."""
        before, self.under_mouse = self.under_mouse, None
        if point is not None:
            self.under_mouse = self.cell_at(unscaled_point(point, self.theme))
        if self.under_mouse is None or point is None:
            self._card.hide()
        else:
            self._mouse = QPointF(self.mapTo(self._around, point))
            self._tell(self.under_mouse)
        if self.under_mouse != before:
            self.setCursor(
                Qt.CursorShape.ArrowCursor
                if self.under_mouse is None
                else Qt.CursorShape.PointingHandCursor
            )
            self.update()
            self.hovered.emit(self.under_mouse)

    def _tell(self, at: At) -> None:
        self._card.show_text(self.card_text(at), self._mouse)

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in MOVES and self.grids:
            self._walk(*MOVES[key])
        elif key in ENTER and self.at is not None:
            self.activated.emit(self.at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in BY_KEYBOARD
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        self.update()

    def _walk(self, right: int, down: int) -> None:
        at = next_cell(self.grids, self.rasters, self.at, right, down)
        if at is not None:
            self._choose(at)

    def _choose(self, at: At) -> None:
        self.show_chosen(at)
        centre = scaled_point(self.area_of(at).center(), self.theme).toPoint()
        bring_into_view(self, centre, self.theme.px(MARGIN))
        self.chosen.emit(at)

    def _has(self, at: At) -> bool:
        if at.grid >= len(self.grids):
            return False
        rows, columns = self.grids[at.grid].shape
        inside = at.row < rows and at.column < columns
        return inside and self.grids[at.grid].is_there(at.row, at.column)

    def _describe(self) -> None:
        """Say what is chosen to those who listen."""
        text = "" if self.at is None else self.spoken(self.at)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            change = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(change)
