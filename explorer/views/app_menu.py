"""The menu of the window: all commands by group."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from explorer.debug.desk import Command

ITSELF = "menu"


class AppMenu(QMenu):
    """A submenu for each group of commands, in the order of the table.

    Parameters
    ----------
    commands : sequence of Command
    actions : mapping of str to QAction
        By command id.
    parent : QWidget
    """

    def __init__(
        self, commands: Sequence[Command], actions: Mapping[str, QAction], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAccessibleName("Menu")
        self._groups: dict[str, QMenu] = {}
        for command in commands:
            if command.id != ITSELF:
                action = actions[command.id]
                action.setIconVisibleInMenu(False)  # marks of what is chosen stand there
                self._group(command.group).addAction(action)

    def popup_below(self, button: QWidget) -> None:
        """Open at a button, with the first group marked so that arrow keys go on from there."""
        self.popup(button.mapToGlobal(button.rect().bottomLeft()))
        self.setActiveAction(self.actions()[0])

    def _group(self, title: str) -> QMenu:
        if title not in self._groups:
            self._groups[title] = self.addMenu(title)
        return self._groups[title]
