"""Buttons made from commands."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from explorer.theme.style import sans


class CommandButton(QToolButton):
    """A button that does what an action does.

    A mouse click leaves the keyboard where it was. Space presses a button that the Tab key has
    reached, although elsewhere it steps.
    """

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setFont(sans(14))
        self.setIconSize(QSize(18, 18))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(action.text())

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and event.modifiers() == Qt.KeyboardModifier.NoModifier
        ):
            event.accept()
            return True
        return super().event(event)


def text_button(text: str, title: str, run: Callable[[], object]) -> CommandButton:
    """Return a button of a view's own, which is no command, with a text on it and a title."""
    action = QAction(title)
    action.setIconText(text)
    action.triggered.connect(run)
    button = CommandButton(action)
    action.setParent(button)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
    return button


class Segments(QWidget):
    """Actions of which one is chosen, side by side.

    Parameters
    ----------
    choices : list of (QAction, str)
        Checkable actions of one group, and what is written on each.
    """

    def __init__(self, choices: list[tuple[QAction, str]]) -> None:
        super().__init__()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for i, (action, text) in enumerate(choices):
            action.setIconText(text)
            button = CommandButton(action)
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
            button.setProperty("segment", "true")
            place = "first" if i == 0 else "last" if i == len(choices) - 1 else "middle"
            button.setProperty("place", place)
            layout.addWidget(button)
