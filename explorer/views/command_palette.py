"""The command palette: a card over the window where a few letters find anything."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QAbstractListModel,
    QCoreApplication,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QAction,
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
)
from PySide6.QtWidgets import (
    QApplication,
    QFrame,
    QLabel,
    QLineEdit,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from explorer.debug.palette import Entry, Found, Palette
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme

WIDTH, MARGIN, TOP = 640, 20, 64  # pixels at scale 1; the last two to the window's edges
PADDING, SPACING = 10, 8
ROW, MOST_ROWS, KEYS_WIDTH, INSET = 34, 11, 118, 14
LONGEST_TYPED = 200
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"
HINT = "command, scope, node 12345, parameter wte[4][3], event @44671"

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class CommandPalette(QFrame):
    """A line to type into, and what fits; Enter runs the marked entry.

    It closes when the keyboard goes elsewhere, and gives it back to who had it.

    Parameters
    ----------
    window : QWidget
        What it lies on.
    palette : Palette
        What is offered.
    theme : Theme
    toggle : QAction
        Opens it; its keys close it as well.
    """

    def __init__(self, window: QWidget, palette: Palette, theme: Theme, toggle: QAction) -> None:
        super().__init__(window)
        self._over, self._palette, self._theme = window, palette, theme
        self._before: QWidget | None = None  # who had the keyboard
        self.setProperty("role", "card")
        self.setAccessibleName("Command palette")
        self.field = _Field(toggle, theme)
        self.field.textChanged.connect(self._find)
        self.field.moved.connect(self._move)
        self.field.paged.connect(self._page)
        self.field.chosen.connect(self._run_current)
        self.field.left.connect(self.close_palette)
        self.list = QListView()
        self._model = _FoundModel()
        self.list.setModel(self._model)
        self.list.setItemDelegate(_RowPainter(theme, self.list))
        self.list.setUniformItemSizes(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setMouseTracking(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName("What fits")
        self.list.clicked.connect(self._run)
        self.nothing = QLabel("Nothing fits.")
        self.nothing.setProperty("role", "muted")
        self.nothing.setFont(sans(theme.px(BODY)))
        self.nothing.setIndent(theme.px(INSET))
        self.nothing.setFixedHeight(theme.px(ROW))
        column = QVBoxLayout(self)
        column.setContentsMargins(*4 * (theme.px(PADDING),))
        column.setSpacing(theme.px(SPACING))
        for widget in (self.field, self.list, self.nothing):
            column.addWidget(widget)
        self.hide()

    def toggle(self) -> None:
        """Open the palette, or close it."""
        if self.isHidden():
            self.open_palette()
        else:
            self.close_palette()

    def open_palette(self) -> None:
        """Show the palette with the keyboard in it, and nothing typed."""
        self._before = self.window().focusWidget()
        self.field.clear()
        self._find("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)
        self._application().installEventFilter(self)

    def close_palette(self) -> None:
        """Hide the palette; the keyboard goes back, unless it has already gone elsewhere."""
        if self.isHidden():
            return
        self._application().removeEventFilter(self)
        before, self._before = self._before, None
        if before is not None and isValid(before) and self.window().focusWidget() is self.field:
            before.setFocus(Qt.FocusReason.PopupFocusReason)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep its place when the window changes; a press of the mouse elsewhere closes it."""
        kind = event.type()
        if kind == QEvent.Type.Resize and watched is self._over:
            self._place()
        elif (
            kind == QEvent.Type.MouseButtonPress
            and isinstance(watched, QWidget)
            and watched is not self
            and not self.isAncestorOf(watched)
            and watched.window() is self.window()
        ):
            self.close_palette()
        return False

    @staticmethod
    def _application() -> QCoreApplication:
        application = QApplication.instance()
        assert application is not None
        return application

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Keep a press beside the list from the window below, which would close the palette."""

    def _find(self, typed: str) -> None:
        found = self._palette.find(typed)
        self._model.show(found)
        self.list.setVisible(bool(found))
        self.nothing.setVisible(not found)
        runnable = (i for i, one in enumerate(found) if not one.entry.refused)
        self._mark(next(runnable, 0))
        self.list.scrollToTop()
        self._place()

    def _place(self) -> None:
        """Stand at the top in the middle, as high as what fits, but within the window."""
        window, px = self._over, self._theme.px
        width = min(px(WIDTH), window.width() - 2 * px(MARGIN))
        field, rows = self.field.sizeHint().height(), self._model.rowCount()
        fixed = 2 * px(PADDING) + px(SPACING) + field
        room = (window.height() - px(TOP) - px(MARGIN) - fixed) // px(ROW)
        height = fixed + max(1, min(rows, MOST_ROWS, room)) * px(ROW)
        self.setGeometry((window.width() - width) // 2, px(TOP), width, height)

    def _mark(self, row: int) -> None:
        index = self._model.index(row)
        self.list.setCurrentIndex(index)
        self.field.setAccessibleDescription(
            str(index.data(Qt.ItemDataRole.AccessibleTextRole)) if index.isValid() else ""
        )

    def _move(self, by: int) -> None:
        rows = self._model.rowCount()
        if rows:
            self._mark((self.list.currentIndex().row() + by) % rows)

    def _page(self, direction: int) -> None:
        rows, page = self._model.rowCount(), max(self.list.height() // self._theme.px(ROW) - 1, 1)
        row = self.list.currentIndex().row() + direction * page
        self._mark(min(max(row, 0), rows - 1))

    def _run_current(self) -> None:
        self._run(self.list.currentIndex())

    def _run(self, index: QModelIndex) -> None:
        found = index.data(Qt.ItemDataRole.UserRole)
        if isinstance(found, Found) and not found.entry.refused:
            self.close_palette()  # first: what is run may want the keyboard
            self._palette.run(found.entry)


class _Field(QLineEdit):
    """The line that is typed into; no shortcut of the window takes a key away from it."""

    moved = Signal(int)  # by one row
    paged = Signal(int)
    chosen = Signal()
    left = Signal()

    def __init__(self, toggle: QAction, theme: Theme) -> None:
        super().__init__()
        self._toggle = toggle
        self.setFont(sans(theme.px(17)))
        self.setMaxLength(LONGEST_TYPED)
        self.setPlaceholderText(HINT)
        self.setAccessibleName("Command palette")

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if QKeySequence(event.keyCombination()) not in self._toggle.shortcuts():
                event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        if key in moves:
            self.moved.emit(moves[key])
        elif key in pages:
            self.paged.emit(pages[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, forwards: bool) -> bool:
        """Walk through the list: nothing else here takes the keyboard."""
        self.moved.emit(1 if forwards else -1)
        return True

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:  # its own menu
            self.left.emit()


class _FoundModel(QAbstractListModel):
    """What fits, best first."""

    def __init__(self) -> None:
        super().__init__()
        self._found: Sequence[Found] = ()

    def show(self, found: Sequence[Found]) -> None:
        self.beginResetModel()
        self._found = found
        self.endResetModel()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        found = self._found[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return found.entry.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _spoken(found.entry)
        return found if role == Qt.ItemDataRole.UserRole else None


def _spoken(entry: Entry) -> str:
    return ", ".join(filter(None, (entry.title, entry.group, entry.refused, *entry.keys)))


class _RowPainter(QStyledItemDelegate):
    """Draws an entry: its title with the letters that were typed, its group and its key."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(self._theme.px(WIDTH // 2), self._theme.px(ROW))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        found = index.data(Qt.ItemDataRole.UserRole)
        assert isinstance(found, Found)
        entry, theme = found.entry, self._theme
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_MouseOver):
            marked = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.selected_surface if marked else theme.panel))
            gap, radius = theme.px(1), theme.px(6)
            row = QRectF(option.rect).adjusted(0, gap, 0, -gap)
            painter.drawRoundedRect(row, radius, radius)
        inset = theme.px(INSET)
        inside = option.rect.adjusted(inset, 0, -inset, 0)
        painter.setPen(QColor(theme.muted))
        if entry.refused:
            right = self._write(painter, inside, entry.refused)
        else:
            right = self._write_keys(painter, inside, entry)
        self._write_title(painter, inside.adjusted(0, 0, right - inside.right() - inset, 0), found)
        painter.restore()

    def _write(self, painter: QPainter, inside: QRect, text: str) -> int:
        """Write at the right; return where that begins."""
        painter.setFont(sans(self._theme.px(SMALL)))
        painter.drawText(inside, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, text)
        return inside.right() - painter.fontMetrics().horizontalAdvance(text)

    def _write_keys(self, painter: QPainter, inside: QRect, entry: Entry) -> int:
        """Write the first key and the group; return where they begin."""
        theme, px = self._theme, self._theme.px
        if entry.keys:
            painter.setFont(mono(px(SMALL)))
            width = painter.fontMetrics().horizontalAdvance(entry.keys[0]) + px(14)
            top = inside.center().y() - px(10)
            cap = QRect(inside.right() - width, top, width, px(22))
            line = theme.line(1) * theme.scale
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.border), line))
            edge = QRectF(cap).adjusted(line / 2, line / 2, -line / 2, -line / 2)
            painter.drawRoundedRect(edge, px(5), px(5))
            painter.setPen(QColor(theme.text))
            painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, entry.keys[0])
        painter.setPen(QColor(theme.muted))
        column = inside.adjusted(0, 0, -px(KEYS_WIDTH), 0) if entry.keys else inside
        return self._write(painter, column, entry.group)

    def _write_title(self, painter: QPainter, area: QRect, found: Found) -> None:
        pixels = self._theme.px(BODY)
        plain, bold = sans(pixels), sans(pixels, bold=True)
        # Measured as if all were bold: what is emphasised may be wider, and must not be cut.
        text = QFontMetrics(bold).elidedText(
            found.entry.title, Qt.TextElideMode.ElideMiddle, area.width()
        )
        emphasis = QTextCharFormat()
        emphasis.setFont(bold)
        emphasis.setForeground(QColor(self._theme.negative))
        layout = QTextLayout(text, plain)
        ranges = []
        for place in _places_left(found.places, found.entry.title, text):
            one = QTextLayout.FormatRange()
            one.start, one.length, one.format = place, 1, emphasis
            ranges.append(one)
        layout.setFormats(ranges)
        layout.beginLayout()
        line = layout.createLine()
        line.setLineWidth(area.width())
        layout.endLayout()
        top = area.center().y() - line.height() / 2 + self._theme.px(1)
        painter.setPen(QColor(self._theme.muted if found.entry.refused else self._theme.text))
        layout.draw(painter, QRectF(area.left(), top, 0, 0).topLeft())


def _places_left(places: Sequence[int], title: str, shortened: str) -> list[int]:
    """Return where letters of a title are when letters in its middle have made room."""
    if shortened == title:
        return list(places)
    before = shortened.find(ELLIPSIS)
    gone = len(title) - len(shortened)  # one more, but for the sign that stands there
    after = before + gone + 1
    return [p if p < before else p - gone for p in places if p < before or p >= after]
