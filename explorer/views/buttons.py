"""Buttons, of commands and others, and how keys are written on screen."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QToolButton,
    QWidget,
)


def spell(key: str) -> str:
    """Return how a key of the table of commands is written on screen."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText)


def keeps_space(event: QEvent) -> bool:
    """Keep Space for the button that has the keyboard, although elsewhere it steps.

    Return whether the event was the question of who gets the key.
    """
    if (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Space
        and event.modifiers() == Qt.KeyboardModifier.NoModifier
    ):
        event.accept()
        return True
    return False


class PushButton(QPushButton):
    """A button with a text."""

    def event(self, event: QEvent) -> bool:
        return keeps_space(event) or super().event(event)


class ComboBox(QComboBox):
    """A list of which one is chosen; Space opens it.

    Parameters
    ----------
    name : str
        For those who don't see it.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.view().setAccessibleName(name)

    def event(self, event: QEvent) -> bool:
        return keeps_space(event) or super().event(event)


class ToolButton(QToolButton):
    """A button in a bar; a mouse click leaves the keyboard where it was."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def event(self, event: QEvent) -> bool:
        return keeps_space(event) or super().event(event)


class CommandButton(ToolButton):
    """A button that does what an action does."""

    def __init__(self, action: QAction) -> None:
        super().__init__()
        self.setDefaultAction(action)
        self.setAccessibleName(action.text())


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


class Chooser(ToolButton):
    """The same choice as a menu, where there is no room for all of them side by side.

    Parameters
    ----------
    name, title : str
        Name the choice, and say what it is about.
    choices : list of QAction
        Checkable actions of one group; their icon texts are written on the button.
    """

    def __init__(self, name: str, title: str, choices: list[QAction]) -> None:
        super().__init__()
        self._choices = choices
        self.setAccessibleName(name)
        self.setToolTip(title)
        self.setPopupMode(ToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.addActions(choices)
        self.setMenu(menu)
        for action in choices:
            action.toggled.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        chosen = [action.iconText() for action in self._choices if action.isChecked()]
        self.setText(f"{chosen[0]}  ▾" if chosen else "▾")
