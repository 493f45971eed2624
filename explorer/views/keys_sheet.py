"""The sheet of all keys, made from the table of commands."""

from __future__ import annotations

from itertools import groupby

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QWidget

from explorer.debug.commands import COMMANDS
from explorer.theme.style import mono, sans

COLUMNS = 2
MOUSE = (
    ("Enter, Shift+Enter", "In the search: to the next found node, to the one before"),
    ("Wheel", "Zoom the map at the mouse"),
    ("Drag", "Move the map; drag the time line to scrub"),
    ("Click", "Select a node; a position; a scope in the outline"),
    ("Arrow keys, +, −", "Move and zoom the map that has the keyboard"),
)


class KeysSheet(QDialog):
    """What every key does."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("All keys")
        grid = QGridLayout(self)
        grid.setContentsMargins(28, 20, 28, 24)
        grid.setHorizontalSpacing(24)
        grid.setVerticalSpacing(7)
        row = 0
        groups = groupby(sorted(COMMANDS, key=lambda c: GROUPS.index(c.group)), lambda c: c.group)
        for group, commands in groups:
            lines = [
                ("  or  ".join(_spell(key) for key in command.keys), command.title)
                for command in commands
                if command.keys
            ]
            row = self._section(grid, row, group, lines)
        self._section(grid, row, "Mouse and map", list(MOUSE))

    @staticmethod
    def _section(grid: QGridLayout, row: int, title: str, lines: list[tuple[str, str]]) -> int:
        heading = QLabel(title.upper())
        heading.setProperty("role", "heading")
        heading.setStyleSheet("padding: 12px 0 2px 0")
        grid.addWidget(heading, row, 0, 1, COLUMNS, Qt.AlignmentFlag.AlignBottom)
        for i, (keys, meaning) in enumerate(lines, start=row + 1):
            for column, (text, font) in enumerate(((keys, mono(14)), (meaning, sans()))):
                label = QLabel(text)
                label.setFont(font)
                grid.addWidget(label, i, column)
        return row + len(lines) + 1


GROUPS = ("Time", "Selection", "Search", "Map", "Pass", "Help")


def _spell(key: str) -> str:
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)
