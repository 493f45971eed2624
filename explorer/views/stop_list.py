"""The list of a lesson's stops."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.debug.lessons.stop import Stop
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.mark_tables import Index

ROW, PADDING, NUMBER, BAR = 34, 10, 30, 3  # pixels at scale 1
VIEW_ROLE = Qt.ItemDataRole.UserRole


class StopDelegate(QStyledItemDelegate):
    """Draws a stop in a line: its number, its title, and what it shows.

    Parameters
    ----------
    stops : StopList
    theme : Theme
    """

    def __init__(self, stops: StopList, theme: Theme) -> None:
        super().__init__(stops)
        self._stops, self._theme = stops, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._theme.px(160), self._theme.px(ROW))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        inset = self._theme.px(2)
        editor.setGeometry(option.rect.adjusted(self._theme.px(NUMBER), inset, -inset, -inset))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, area = self._theme, QRectF(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.selected_surface))
        is_shown = index.row() == self._stops.shown
        if is_shown:
            bar = QRectF(area.left(), area.top(), theme.px(BAR), area.height())
            painter.fillRect(bar, QColor(theme.current))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(mono(theme.px(SMALL)))
        painter.setPen(QColor(theme.current if is_shown else theme.muted))
        number = QRectF(area.left(), area.top(), theme.px(NUMBER), area.height())
        painter.drawText(number, middle | Qt.AlignmentFlag.AlignHCenter, str(index.row() + 1))
        inside = area.adjusted(theme.px(NUMBER + 4), 0, -theme.px(PADDING), 0)
        font = sans(theme.px(SMALL))
        view = index.data(VIEW_ROLE)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignRight, view)
        room = inside.width() - QFontMetricsF(font).horizontalAdvance(view) - theme.px(PADDING)
        font = sans(theme.px(14), bold=is_shown)
        title = index.data(Qt.ItemDataRole.DisplayRole)
        painter.setFont(font)
        painter.setPen(QColor(theme.text))
        written = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideRight, room)
        painter.drawText(inside, middle | Qt.AlignmentFlag.AlignLeft, written)


class StopList(QListWidget):
    """Stops in order: Enter or a double click shows one, F2 retitles it, Delete takes it away.

    They are dragged to other places, or moved with Alt+Up and Alt+Down.

    Parameters
    ----------
    theme : Theme

    Attributes
    ----------
    shown : int or None
        The stop that was gone to.
    """

    chosen = Signal(int)
    retitled = Signal(int, str)
    removed = Signal(int)
    moved = Signal(int, int)  # from a place to another one

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.shown: int | None = None
        self.setAccessibleName("Stops of the lesson")
        self.setFont(sans(theme.px(14)))
        self.setItemDelegate(StopDelegate(self, theme))
        self.setUniformItemSizes(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.model().rowsMoved.connect(self._drop)
        self.itemDoubleClicked.connect(self._choose)
        self.itemChanged.connect(self._retitle)

    def show_stops(self, stops: tuple[Stop, ...], shown: int | None) -> None:
        """Show other stops, or the same with another one shown."""
        row = self.currentRow()
        self.blockSignals(True)
        if [self.item(i).text() for i in range(self.count())] != [stop.title for stop in stops]:
            self.clear()
            for stop in stops:
                item = QListWidgetItem(stop.title)
                item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
                self.addItem(item)
        for place, stop in enumerate(stops):
            self.item(place).setData(VIEW_ROLE, stop.view.value)
            self.item(place).setToolTip(stop.title)
        if shown is not None and shown != self.shown:
            row = shown
        self.shown = shown
        self.setCurrentRow(min(max(row, 0), self.count() - 1))
        self.blockSignals(False)
        if self.currentItem() is not None:
            self.scrollToItem(self.currentItem())
        self.viewport().update()

    def event(self, event: QEvent) -> bool:
        """Keep the keys that move stops, although elsewhere they do something else."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and self._direction(event)
        ):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        editing = self.state() is QAbstractItemView.State.EditingState
        row = -1 if editing else self.currentRow()
        if row < 0:
            super().keyPressEvent(event)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(row)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        elif self._direction(event):
            self.move_current(self._direction(event))
        else:
            super().keyPressEvent(event)

    def move_current(self, direction: int) -> None:
        """Move the stop that the keyboard is on up (-1) or down (1)."""
        row = self.currentRow()
        if 0 <= row + direction < self.count() and row >= 0:
            self.moved.emit(row, row + direction)
            self.setCurrentRow(row + direction)

    def _direction(self, event: QKeyEvent) -> int:
        if (
            event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            != Qt.KeyboardModifier.AltModifier
        ):
            return 0
        return {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()), 0)

    def _drop(
        self, parent: QModelIndex, first: int, last: int, target: QModelIndex, before: int
    ) -> None:
        """Tell of a stop that was dragged before another one."""
        self.moved.emit(first, before - 1 if before > first else before)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(self.row(item))

    def _retitle(self, item: QListWidgetItem) -> None:
        self.retitled.emit(self.row(item), item.text())
