"""All matrices as pictures: mouse and keyboard point at cells and choose them."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleEvent,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QMenu

from explorer.runs.matrices import Matrix, Quantity, StepMatrices, matrix_csv
from explorer.theme.scaling import scaled_point, unscaled_point, unscaled_rect
from explorer.theme.tokens import Theme
from explorer.views.focus import BY_KEYBOARD, paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.linked_text import add_words, the_glossary
from explorer.views.matrix_colours import Limits, Scene, make_scene
from explorer.views.matrix_pages import MatrixPages
from explorer.views.matrix_painter import MatrixPainter
from explorer.views.matrix_tiles import Tile
from explorer.views.matrix_words import card_text, spoken

ZOOM = 1.25  # a notch of the wheel, or a key
NOTCH = 120  # units of wheel angle
DRAG_START = 4  # pixels at scale 1 that the mouse moves before a press is a drag
MOVES: Mapping[int, tuple[int, int]] = {
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
}
ZOOMS: Mapping[int, float] = {
    Qt.Key.Key_Plus: ZOOM,
    Qt.Key.Key_Equal: ZOOM,
    Qt.Key.Key_Minus: 1 / ZOOM,
}
ALL_AGAIN = (Qt.Key.Key_Escape, Qt.Key.Key_F)
ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
QUANTITIES = {Qt.Key.Key_1 + i: quantity for i, quantity in enumerate(Quantity)}


class MatrixCanvas(MatrixPages):
    """The matrices of a step.

    Parameters
    ----------
    theme : Theme
    """

    parameter_chosen = Signal(int)  # its index in state-dict order
    pointed = Signal()  # at another parameter or none, by mouse or keyboard
    quantity_asked = Signal(Quantity)  # by a key

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self._painter = MatrixPainter(theme)
        self._scene: Scene | None = None
        self._at: int | None = None  # the parameter at which the keyboard is
        self._mouse: QPointF | None = None  # on the screen, where it points at something
        self._hover: int | None = None
        self._pressed: QPointF | None = None
        self._dragging = self._shows_focus = False
        self._wheel = 0  # units of wheel angle that have not been used yet
        self._card = HoverCard(self.viewport(), theme)
        self.viewport().setMouseTracking(True)
        self.setAccessibleName("Matrices")

    @property
    def scene(self) -> Scene | None:
        """What is shown."""
        return self._scene

    @property
    def parameter(self) -> int | None:
        """The parameter under the mouse, or else the one at which the keyboard is."""
        return self._at if self._hover is None else self._hover

    def show_step(
        self,
        step: StepMatrices | None,
        other: StepMatrices | None,
        quantity: Quantity,
        limits: Limits,
    ) -> None:
        """Show a quantity of a step; places stay if the model has the same shape as before."""
        last, self._scene = self._scene, None
        if step is not None:
            self._scene = make_scene(step, other, quantity, limits, self._painter.table)
            if last is None or last.shape.matrices != step.shape.matrices:
                self._at = self._mouse = None
                self.arrange(step.shape)
        self._hover_over(self._mouse)  # what the card says may be out of date
        self._describe()
        self.viewport().update()

    def menu(self, matrix: Matrix) -> QMenu:
        """Return what can be done with a matrix."""
        menu = QMenu(self)
        menu.addSection(matrix.name)
        if self.filling is None:
            menu.addAction("Fill the view", lambda: self.fill_with(matrix))
        else:
            menu.addAction("Show all matrices", self.show_all)
        scene = self._scene
        if scene is not None and scene.numbers is not None:
            text = matrix_csv(matrix, scene.numbers)
            title = f"Copy {scene.quantity.value} as CSV"
            menu.addAction(title, lambda: QGuiApplication.clipboard().setText(text))
            words = f"{matrix.name} {scene.quantity.value}"
            add_words(menu, the_glossary().terms_in(words), self)
        return menu

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.scale(self._theme.scale, self._theme.scale)
        whole = unscaled_rect(self.viewport(), self._theme)
        painter.fillRect(whole, QColor(self._theme.panel))
        if self._scene is not None and self.page is not None:
            corner = self.corner()
            painter.translate(-corner)
            visible = whole.translated(corner).toAlignedRect()
            self._painter.paint(painter, self._scene, self.page.tiles, visible)
            self._paint_ring(painter, self._hover, self._theme.text)
            self._paint_ring(painter, self._at, self._theme.current)
            painter.translate(corner)
        if self._shows_focus:
            paint_focus(painter, whole, self._theme)

    def _paint_ring(self, painter: QPainter, index: int | None, colour: str) -> None:
        area = None if index is None else self.place_of(index)
        if area is not None:
            self._painter.paint_ring(painter, area, colour)

    # Mouse

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave:
            self._hover_over(None)
        return super().viewportEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        notches = int(self._wheel / NOTCH)  # a touchpad sends small parts of one
        self._wheel -= notches * NOTCH
        if notches:
            self._hover_over(None)
            self.zoom(ZOOM**notches, self.pixel(event.position()))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_over(event.position())
            return
        moved = unscaled_point(event.position() - self._pressed, self._theme).toPoint()
        if not self._dragging and moved.manhattanLength() < DRAG_START:
            return
        self._dragging = True
        self._hover_over(None)
        self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed += scaled_point(QPointF(moved), self._theme)
        self.drag(moved)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging:
            index = self.parameter_at(self.pixel(event.position()))
            if index is not None and event.button() == Qt.MouseButton.LeftButton:
                self._go_to(index)
                self.parameter_chosen.emit(index)
        self._pressed, self._dragging = None, False
        self.viewport().unsetCursor()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Let a matrix fill the view; if one does, show all again."""
        tile = self.tile_at(self.pixel(event.position()))
        self._hover_over(None)
        if self.filling is not None:
            self.show_all()
        elif tile is not None:
            self.fill_with(tile.matrix)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the matrix at the mouse; from the keyboard, of the current cell."""
        tile, place = self.tile_at(self.pixel(QPointF(event.pos()))), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard and self._at is not None:
            tile, area = self._tile_at_keyboard(), self.area_of(self._at)
            if area is not None:
                centre = scaled_point(QPointF(area.center()), self._theme)
                place = self.viewport().mapToGlobal(centre.toPoint())
        if tile is not None:
            self._hover_over(None)
            self.menu(tile.matrix).popup(place)

    def _hover_over(self, point: QPointF | None) -> None:
        """Tell about the parameter under the mouse, if there is one."""
        self._mouse = point
        index = None if point is None else self.parameter_at(self.pixel(point))
        if index is None or point is None or self._scene is None:
            self._card.hide()
        else:
            self._card.show_text(card_text(self._scene, index, self._theme), point)
        if index != self._hover:
            self._hover = index
            self.viewport().update()
            self.pointed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._hover_over(None)

    # Keyboard

    def event(self, event: QEvent) -> bool:
        """Keep the keys that mean something else in the rest of the window."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            plain = event.modifiers() in (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.KeypadModifier,
            )
            if plain and (event.key() in QUANTITIES or event.key() in ALL_AGAIN):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in MOVES:
            self._walk(*MOVES[key])
        elif key in ZOOMS:
            area = None if self._at is None else self.area_of(self._at)
            self.zoom(ZOOMS[key], (area or QRect(QPoint(), self.room)).center())
        elif key in ALL_AGAIN:
            self.show_all()
        elif key in QUANTITIES:
            self.quantity_asked.emit(QUANTITIES[key])
        elif key in ENTER and self._at is not None:
            self.parameter_chosen.emit(self._at)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in BY_KEYBOARD
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        self.viewport().update()

    def _tile_at_keyboard(self) -> Tile | None:
        if self._at is None or self._scene is None:
            return None
        return self.tile_of(self._scene.shape.matrix_of(self._at))

    def _walk(self, right: int, down: int) -> None:
        """Go to the next cell; beyond the edge of a matrix, to the one that is there."""
        if self.page is None:
            return
        tile = self._tile_at_keyboard()
        if tile is None or self._at is None:
            self._go_to(self.page.tiles[0].matrix.start)
            return
        row, column = tile.matrix.cell(self._at)
        row, column = row + down, column + right
        rows, columns = tile.matrix.shape
        if 0 <= row < rows and 0 <= column < columns:
            self._go_to(tile.matrix.index(row, column))
            return
        place = tile.area_of(row - down, column - right)
        beyond = self.page.beyond(tile, place.center(), right, down)
        if beyond is not None:
            found, point = beyond
            cell = found.cell_at(point)
            assert cell is not None
            self._go_to(found.matrix.index(*cell))

    def _go_to(self, index: int) -> None:
        self._at = index
        area = self.place_of(index)
        if area is not None:
            self.bring_into_view(area.adjusted(-2, -2, 2, 2))
        self._describe()
        self.viewport().update()
        self.pointed.emit()

    def _describe(self) -> None:
        """Say what is at the keyboard to those who listen."""
        text = ""
        if self._scene is not None:
            text = self._scene.step.title
            if self._at is not None:
                text = spoken(self._scene, self._at)
        if text != self.accessibleDescription():
            self.setAccessibleDescription(text)
            change = QAccessibleEvent(self, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(change)
