"""What the lists of breakpoints, watches and bookmarks have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFocusEvent, QFont, QKeyEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import keeps_space
from explorer.views.word_label import WordLabel

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


@dataclass(frozen=True)
class Column(Generic[Row]):
    """One column of a list.

    Attributes
    ----------
    title : str
    text : callable
        What stands in it for a row.
    font : QFont or None
    colour : callable or None
        The colour of the text; None for the usual one.
    edit : callable or None
        Called with a row and what was typed; None if it can't be edited.
    right : bool
        Whether texts stand at the right, as numbers do.
    """

    title: str
    text: Callable[[Row], str]
    font: QFont | None = None
    colour: Callable[[Row], str | None] | None = None
    edit: Callable[[Row, str], None] | None = None
    right: bool = False


class RowModel(QAbstractTableModel, Generic[Row]):
    """Rows and what stands in their columns.

    Parameters
    ----------
    columns : sequence of Column
    checked : callable, optional
        Whether the box in a row's first column is ticked; without it there is no box.
    check : callable, optional
        Called with a row whose box was clicked.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        checked: Callable[[Row], bool] | None = None,
        check: Callable[[Row], None] | None = None,
    ) -> None:
        super().__init__()
        self._columns, self._checked, self._check = columns, checked, check
        self.rows: list[Row] = []

    def show_rows(self, rows: list[Row]) -> None:
        """Show other rows; as many as before keep what is selected and edited."""
        if len(rows) != len(self.rows):
            self.beginResetModel()
            self.rows = rows
            self.endResetModel()
        elif rows != self.rows:
            self.rows = rows
            last = self.index(len(rows) - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return len(self._columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self._columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return column.title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column.right)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self._columns[index.column()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return column.text(row)
        if role == Qt.ItemDataRole.ToolTipRole:
            return column.text(row) or None
        if role == Qt.ItemDataRole.FontRole:
            return column.font
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(column.right)
        if role == Qt.ItemDataRole.ForegroundRole and column.colour is not None:
            colour = column.colour(row)
            return None if colour is None else QColor(colour)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0 and self._checked:
            ticked = self._checked(row)
            return Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        row = self.rows[index.row()]
        edit = self._columns[index.column()].edit
        if role == Qt.ItemDataRole.CheckStateRole and self._check is not None:
            self._check(row)
            return True
        if role == Qt.ItemDataRole.EditRole and edit is not None:
            edit(row, str(value))
            return True
        return False

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if not index.isValid():
            return flags
        if index.column() == 0 and self._check is not None:
            flags |= Qt.ItemFlag.ItemIsUserCheckable
        if self._columns[index.column()].edit is not None:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags


class _Delegate(QStyledItemDelegate):
    """Fills an editor once: what is typed stays when time, and the rows with it, moves on."""

    def setEditorData(self, editor: QWidget, index: Index) -> None:
        if not editor.property("filled"):
            super().setEditorData(editor, index)
            editor.setProperty("filled", True)


class RowTable(QTableView):
    """A list of rows; Enter or a double click goes to one, Delete takes it away.

    Space ticks the box of a row, if it has one.

    Parameters
    ----------
    model : RowModel
    wide : int
        The column that takes the room that the others leave.
    name : str
        For screen readers.
    theme : Theme
    """

    chosen = Signal(object)  # a row, to go to it
    removed = Signal(object)  # a row, to take it away

    def __init__(self, model: RowModel, wide: int, name: str, theme: Theme) -> None:
        super().__init__()
        self._rows = model
        self._last_row = 0
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        model.modelAboutToBeReset.connect(self._note_row)
        model.modelReset.connect(self._keep_row)
        self.setFont(sans(theme.px(14)))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(30))
        header = self.horizontalHeader()
        header.setFont(sans(theme.px(SMALL)))
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(wide, QHeaderView.ResizeMode.Stretch)
        self.doubleClicked.connect(self._double_clicked)

    def show_rows(self, rows: list[Any]) -> None:
        """Show other rows."""
        self._rows.show_rows(rows)

    @property
    def current(self) -> object:
        """The row that the keyboard is on; None if there is none."""
        at = self.currentIndex().row()
        return self._rows.rows[at] if 0 <= at < len(self._rows.rows) else None

    def _note_row(self) -> None:
        self._last_row = self.currentIndex().row()

    def _keep_row(self) -> None:
        """Stay at the same place in a list of another length."""
        if self._last_row >= 0 and self._rows.rows:
            row = min(self._last_row, len(self._rows.rows) - 1)
            self.setCurrentIndex(self._rows.index(row, 0))

    def _double_clicked(self, index: QModelIndex) -> None:
        if index.flags() & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)
        else:
            self.chosen.emit(self._rows.rows[index.row()])

    def event(self, event: QEvent) -> bool:
        return (self._box is not None and keeps_space(event)) or super().event(event)

    @property
    def _box(self) -> QModelIndex | None:
        """Where the box of the row is that the keyboard is on."""
        box = self.currentIndex().siblingAtColumn(0)
        return box if box.flags() & Qt.ItemFlag.ItemIsUserCheckable else None

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show which row the keys are for."""
        super().focusInEvent(event)
        if not self.selectionModel().hasSelection():
            self.selectRow(max(self.currentIndex().row(), 0))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        # What an editor leaves over, such as the Enter that ends it, is not for the row.
        editing = self.state() is QAbstractItemView.State.EditingState
        row = None if editing else self.current
        box = None if editing else self._box
        if row is not None and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit(row)
        elif row is not None and event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit(row)
        elif box is not None and event.key() == Qt.Key.Key_Space:
            self._rows.setData(box, None, Qt.ItemDataRole.CheckStateRole)
        else:
            super().keyPressEvent(event)


class MarkPanel(QWidget):
    """A list, or what is said of it as long as it is empty; it works only while it is seen.

    Parameters
    ----------
    table : RowTable
    empty : str
    theme : Theme
    above : list of QWidget
        What stands above the list.
    """

    def __init__(
        self, table: RowTable, empty: str, theme: Theme, above: Sequence[QWidget] = ()
    ) -> None:
        super().__init__()
        self.table = table
        self._empty = WordLabel(empty)
        self._empty.setFont(sans(theme.px(14)))
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        across, down = theme.px(12), theme.px(8)
        column.setContentsMargins(across, down, across, down)
        column.setSpacing(theme.px(6))
        for widget in above:
            column.addWidget(widget)
        column.addWidget(self._empty, 1)
        column.addWidget(table, 1)
        self.setFocusProxy(table)

    def follow(self) -> None:
        """Show what there is now, if anybody sees it."""
        if self.isVisible():
            self._refresh()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _refresh(self) -> None:
        rows = self.rows()
        self.table.show_rows(rows)
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))

    def rows(self) -> list[Any]:
        """Return the rows as they are now."""
        raise NotImplementedError


def _alignment(right: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
