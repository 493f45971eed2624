"""The sheet of all keys, made from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations_with_replacement, pairwise

from PySide6.QtCore import QEvent, QMargins, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.commands import COMMANDS
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import spell

MOUSE = (
    ("Enter, Shift+Enter", "In the search: the next found node, the one before"),
    ("Wheel", "Zoom the map at the mouse"),
    ("Drag", "Move the map; drag the time line to scrub"),
    ("Click", "Select a node; a position; a scope in the outline"),
    ("Shift+Click", "Compare a node with the selected one"),
    ("Double click", "Enter a scope"),
    ("Right button", "What can be done with a node"),
    ("Arrow keys, +, −", "Move and zoom the map that has the keyboard"),
    ("Tab, Shift+Tab", "From view to view"),
)
COLUMN, FEWEST, MOST = 380, 2, 4  # pixels at scale 1; columns
KEYS_WIDTH, GAP, SCROLL_BAR = 132, 30, 12  # pixels
MARGINS = (28, 18, 18, 14)
LARGEST, AROUND = QSize(1860, 1100), QSize(60, 50)  # the latter: of the window, to be seen around
CLOSING = (Qt.Key.Key_Question, Qt.Key.Key_F1)

Line = tuple[str, str]  # keys, and what they do
Section = tuple[str, Sequence[Line]]


class KeysSheet(QDialog):
    """What every key does, in as many columns as there is room for, and a line to filter them.

    It is as large as its parent allows; Esc and the key that opened it close it.

    Parameters
    ----------
    parent : QWidget
    theme : Theme
    sections : sequence of (str, sequence of (str, str)), optional
        Titles, and below each keys with what they do; left out, those of the window.
    """

    def __init__(
        self, parent: QWidget, theme: Theme, sections: Sequence[Section] | None = None
    ) -> None:
        super().__init__(parent)
        self._over, self._theme = parent, theme
        self._margins = QMargins(*map(theme.px, MARGINS))
        self.setWindowTitle("All keys")
        self.filter = QLineEdit()
        self.filter.setFont(sans(theme.px(BODY)))
        self.filter.setPlaceholderText("Filter: a key, or what it does")
        self.filter.setAccessibleName("Filter the keys")
        self.filter.setMaximumWidth(2 * theme.px(COLUMN))
        self.filter.textChanged.connect(self._show_matching)
        self.filter.installEventFilter(self)
        listed = _of_window() if sections is None else sections
        shown = [_Section(title, lines, theme) for title, lines in listed if lines]
        self._columns = _Columns(shown, theme)
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the filter line scrolls
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._columns)
        column = QVBoxLayout(self)
        column.setContentsMargins(self._margins)
        column.setSpacing(theme.px(6))
        column.addWidget(self.filter)
        column.addWidget(self._scroll)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the place that the window leaves, and begin without a filter."""
        super().showEvent(event)
        self.filter.clear()
        self.filter.setFocus()
        scale, margins = self._theme.scale, self._margins
        room = (self._over.window().size() - AROUND * scale).boundedTo(LARGEST * scale)
        self.resize(room.width(), self.height())
        around = margins.top() + margins.bottom() + self._theme.px(GAP)
        needed = self._flow() + self.filter.sizeHint().height() + around
        self.resize(room.width(), min(room.height(), needed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._flow()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the keys that the filter line has no use for."""
        bar = self._scroll.verticalScrollBar()
        steps = {
            Qt.Key.Key_Up: -bar.singleStep(),
            Qt.Key.Key_Down: bar.singleStep(),
            Qt.Key.Key_PageUp: -bar.pageStep(),
            Qt.Key.Key_PageDown: bar.pageStep(),
        }
        key = Qt.Key(event.key())
        if key in steps:
            bar.setValue(bar.value() + steps[key])
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close at the key that opened the sheet, although it could be typed.

        No key goes to the window below, even if that is still the active one.
        """
        if event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in CLOSING
        ):
            self.close()
            return True
        return super().eventFilter(watched, event)

    def _show_matching(self, text: str) -> None:
        self._columns.show_matching(text.lower().split())
        self._flow()

    def _flow(self) -> int:
        return self._columns.flow(self.width() - self._margins.left() - self._margins.right())


def _of_window() -> list[Section]:
    groups = dict.fromkeys(command.group for command in COMMANDS)
    return [*((group, _lines(group)) for group in groups), ("Mouse and more", MOUSE)]


def _lines(group: str) -> list[Line]:
    """Return keys and meaning of each command in a group."""
    return [
        (", ".join(map(spell, command.keys)), command.title)
        for command in COMMANDS
        if command.keys and command.group == group
    ]


class _Section(QWidget):
    """A group's title, and its lines."""

    def __init__(self, title: str, lines: Sequence[Line], theme: Theme) -> None:
        super().__init__()
        px = theme.px
        self._lines: list[tuple[str, QLabel, QLabel]] = []
        self.grid = grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, px(10))
        grid.setHorizontalSpacing(px(14))
        grid.setVerticalSpacing(px(3))
        grid.setColumnMinimumWidth(0, px(KEYS_WIDTH))
        grid.setColumnStretch(1, 1)
        heading = QLabel(title.upper())
        heading.setProperty("role", "heading")
        heading.setIndent(0)
        heading.setStyleSheet(f"padding: {px(8)}px 0 {px(2)}px 0")
        grid.addWidget(heading, 0, 0, 1, 2)
        for row, (keys, meaning) in enumerate(lines, start=1):
            of_keys, of_meaning = QLabel(keys), QLabel(meaning)
            of_keys.setFont(mono(px(SMALL)))
            of_keys.setFixedWidth(px(KEYS_WIDTH))
            of_meaning.setFont(sans(px(14)))
            for column, label in enumerate((of_keys, of_meaning)):
                label.setWordWrap(True)
                label.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
                grid.addWidget(label, row, column)
            of_meaning.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
            self._lines.append((f"{title} {keys} {meaning}".lower(), of_keys, of_meaning))

    def show_matching(self, words: Sequence[str]) -> None:
        """Show the lines that have all words, and nothing if there are none."""
        for text, *labels in self._lines:
            for label in labels:
                label.setVisible(all(word in text for word in words))
        self.setVisible(not all(keys.isHidden() for _, keys, _ in self._lines))


class _Columns(QWidget):
    """Sections in columns that are about as high as each other."""

    def __init__(self, sections: Sequence[_Section], theme: Theme) -> None:
        super().__init__()
        self._sections, self._theme = sections, theme
        self._shown: list[list[_Section]] = []
        self._column_layouts: list[QVBoxLayout] = []
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, theme.px(SCROLL_BAR), 0)
        self._row.setSpacing(theme.px(GAP))
        for section in sections:
            section.setParent(self)

    def minimumSizeHint(self) -> QSize:
        """Return nothing: texts are as high as the width makes them, not as their least width."""
        return QSize(0, 0)

    def show_matching(self, words: Sequence[str]) -> None:
        """Show the lines that have all words."""
        for section in self._sections:
            section.show_matching(words)

    def flow(self, width: int) -> int:
        """Arrange the sections for a width in pixels; return how high they get."""
        px = self._theme.px
        columns = min(max(width // px(COLUMN), FEWEST), MOST)
        # As if there were a scroll bar: else it may come, make texts higher, and so have to stay.
        each = (width - 2 * px(SCROLL_BAR) - (columns - 1) * px(GAP)) // columns
        sections = [section for section in self._sections if not section.isHidden()]
        heights = [section.grid.heightForWidth(each) for section in sections]
        cuts = _fair_cuts(heights, columns)
        shown = [sections[start:stop] for start, stop in pairwise(cuts)]
        if shown != self._shown:
            self._shown = shown
            self._fill()
        return max(sum(heights[start:stop]) for start, stop in pairwise(cuts))

    def _fill(self) -> None:
        for column in self._column_layouts:
            self._row.removeItem(column)
            column.deleteLater()
        self._column_layouts = []
        for sections in self._shown:
            column = QVBoxLayout()
            self._column_layouts.append(column)
            column.setSpacing(0)
            for section in sections:
                column.addWidget(section)
            column.addStretch()
            self._row.addLayout(column, 1)


def _fair_cuts(heights: Sequence[int], columns: int) -> tuple[int, ...]:
    """Return where each column begins, and the end, so that the highest is as low as can be."""
    ways = combinations_with_replacement(range(len(heights) + 1), columns - 1)
    cuts = [(0, *way, len(heights)) for way in ways]
    return min(cuts, key=lambda cut: (max(sum(heights[a:b]) for a, b in pairwise(cut)), -cut[1]))
