"""The sheet of all keys, made from the table of commands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from explorer.debug.commands import COMMANDS
from explorer.theme.style import mono, sans

MOUSE = (
    ("Enter, Shift+Enter", "In the search: the next found node, the one before"),
    ("Wheel", "Zoom the map at the mouse"),
    ("Drag", "Move the map; drag the time line to scrub"),
    ("Click", "Select a node; a position; a scope in the outline"),
    ("Shift+Click", "Compare a node with the selected one"),
    ("Double click", "Enter a scope"),
    ("Right button", "What can be done with a node"),
    ("Arrow keys, +, −", "Move and zoom the map that has the keyboard"),
)
COLUMNS = (
    ("Time", "Search"),
    ("Selection", "Breakpoints", "Bookmarks", "Panels"),
    ("Map", "Pass", "Help"),
)
LEAST_KEYS = 150  # pixels


class KeysSheet(QDialog):
    """What every key does, in columns that fit on a small screen."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("All keys")
        columns = QHBoxLayout(self)
        columns.setContentsMargins(28, 12, 28, 22)
        columns.setSpacing(32)
        *most, last = [[_section(group) for group in groups] for groups in COLUMNS]
        for sections in (*most, [*last, ("Mouse", MOUSE)]):
            columns.addLayout(_column(sections))


Section = tuple[str, Sequence[tuple[str, str]]]


def _section(group: str) -> Section:
    """Return a group's title, and keys and meaning of each command in it."""
    return group, [
        (", ".join(_spell(key) for key in command.keys), command.title)
        for command in COMMANDS
        if command.keys and command.group == group
    ]


def _column(sections: Sequence[Section]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(6)
    grid.setColumnMinimumWidth(0, LEAST_KEYS)
    row = 0
    for title, lines in sections:
        heading = QLabel(title.upper())
        heading.setProperty("role", "heading")
        heading.setIndent(0)
        heading.setStyleSheet("padding: 10px 0 2px 0")
        grid.addWidget(heading, row, 0, 1, 2)
        for i, (keys, meaning) in enumerate(lines, start=row + 1):
            for column, (text, font) in enumerate(((keys, mono(13)), (meaning, sans(14)))):
                label = QLabel(text)
                label.setFont(font)
                grid.addWidget(label, i, column)
        row += len(lines) + 1
    grid.setRowStretch(row, 1)
    return grid


def _spell(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
