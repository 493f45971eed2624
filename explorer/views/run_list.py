"""The list of runs: name, what each does, how far it is, and its last loss."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from explorer.debug import numbers
from explorer.runs.desk import RunDesk
from explorer.runs.live import Phase
from explorer.runs.store import RunRecord
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme

ROW, PADDING, BAR = 62, 14, 3  # pixels at scale 1
RECORD = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
TOP = QModelIndex()


class RunModel(QAbstractListModel):
    """Runs as rows, the newest first; a name that is edited renames the run.

    Parameters
    ----------
    desk : RunDesk
    """

    def __init__(self, desk: RunDesk) -> None:
        super().__init__()
        self._desk = desk
        self._records = desk.records

    def refresh(self) -> None:
        """Take over what the desk knows now."""
        records = self._desk.records
        if [record.id for record in records] != [record.id for record in self._records]:
            self.beginResetModel()
            self._records = records
            self.endResetModel()
        elif records:
            self._records = records
            self.dataChanged.emit(self.index(0), self.index(len(records) - 1))

    def row_of(self, run: int | None) -> QModelIndex:
        """Return where a run is; an invalid index if it is nowhere."""
        ids = [record.id for record in self._records]
        return self.index(ids.index(run)) if run in ids else QModelIndex()

    def rowCount(self, parent: Index = TOP) -> int:
        return 0 if parent.isValid() else len(self._records)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        record = self._records[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return record.name
        if role == RECORD:
            return record
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            message = f": {record.message}" if record.message else ""
            what = f"{self._desk.phase(record.id)}{message}"
            made = f"made {self.created(record)}"
            return f"{record.name}, {what}, {self.details(record)}, {made}"
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        self._desk.rename(self._records[index.row()].id, str(value))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def details(self, record: RunRecord) -> str:
        """Return how far a run is, and its last loss."""
        parts = [f"{numbers.count(record.steps_done)} / {numbers.count(record.settings.steps)}"]
        loss = self._desk.last_loss(record.id)
        if loss is not None:
            parts.append(f"loss {numbers.loss(loss)}")
        return " · ".join(parts)

    def created(self, record: RunRecord) -> str:
        """Return when a run was made: the time if that was today, else the day."""
        made = datetime.fromisoformat(record.created).astimezone()
        today = datetime.now().astimezone().date()
        return f"{made:%H:%M}" if made.date() == today else f"{made:%d %b}"

    def phase(self, record: RunRecord) -> Phase:
        """Return what a run is doing."""
        return self._desk.phase(record.id)


class RunDelegate(QStyledItemDelegate):
    """Draws a run in two lines over a bar of its progress.

    Parameters
    ----------
    model : RunModel
    theme : Theme
    """

    def __init__(self, model: RunModel, theme: Theme) -> None:
        super().__init__(model)
        self._model, self._theme = model, theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._theme.px(220), self._theme.px(ROW))

    def updateEditorGeometry(
        self, editor: QWidget, option: QStyleOptionViewItem, index: Index
    ) -> None:
        edge, below = self._theme.px(4), self._theme.px(BAR + 20)
        editor.setGeometry(option.rect.adjusted(edge, edge, -edge, -below))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, record, area = self._theme, index.data(RECORD), QRectF(option.rect)
        phase = self._model.phase(record)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, QColor(theme.selected_surface))
        colour = {Phase.FAILED: theme.warning, Phase.INTERRUPTED: theme.warning}.get(
            phase,
            theme.positive if phase.is_live or phase is Phase.ELSEWHERE else theme.muted,
        )
        padding, gap, height = theme.px(PADDING), theme.px(10), theme.px(BAR)
        inside = area.adjusted(padding, theme.px(9), -padding, -height - theme.px(6))
        font = sans(theme.px(SMALL))
        painter.setFont(font)
        painter.setPen(QColor(colour))
        side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        painter.drawText(inside, side, phase)
        room = inside.width() - QFontMetricsF(font).horizontalAdvance(phase) - gap
        bold = sans(theme.px(BODY), bold=True)
        name = QFontMetricsF(bold).elidedText(record.name, Qt.TextElideMode.ElideMiddle, room)
        painter.setFont(bold)
        painter.setPen(QColor(theme.text))
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, name)
        painter.setFont(font)
        painter.setPen(QColor(theme.muted))
        created = self._model.created(record)
        below = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        painter.drawText(inside, below, created)
        room = inside.width() - QFontMetricsF(font).horizontalAdvance(created) - gap
        details = QFontMetricsF(font).elidedText(
            self._model.details(record), Qt.TextElideMode.ElideRight, room
        )
        painter.drawText(inside, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, details)
        bar = QRectF(area.left(), area.bottom() - height, area.width(), height)
        painter.fillRect(bar, QColor(theme.border))
        share = record.steps_done / max(1, record.settings.steps)
        bar.setWidth(area.width() * share)
        painter.fillRect(bar, QColor(theme.current if phase.is_live else theme.negative))


class RunList(QListView):
    """The runs, one of which is chosen; F2 renames it.

    Parameters
    ----------
    desk : RunDesk
    theme : Theme
    """

    def __init__(self, desk: RunDesk, theme: Theme) -> None:
        super().__init__()
        self._desk = desk
        self.runs = RunModel(desk)
        self.setModel(self.runs)
        self.setItemDelegate(RunDelegate(self.runs, theme))
        self.setFont(sans(theme.px(BODY)))  # of the field in which a name is edited
        self.setAccessibleName("Runs")
        self.setFrameShape(self.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.selectionModel().currentChanged.connect(self._choose)

    def refresh(self) -> None:
        """Show the runs as they are now, the current one chosen."""
        self.runs.refresh()
        wanted = self.runs.row_of(self._desk.current)
        if wanted != self.currentIndex():
            self.setCurrentIndex(wanted)

    def rename(self) -> None:
        """Let the person type another name for the chosen run."""
        self.setFocus()
        self.edit(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.text().isprintable() and event.text():
            event.ignore()  # letters are keys of the window
        else:
            super().keyPressEvent(event)

    def _choose(self, index: QModelIndex) -> None:
        record = index.data(RECORD) if index.isValid() else None
        if record is not None and record.id != self._desk.current:
            self._desk.choose(record.id)
