"""Lessons in files: asking for them, and for what is to become of changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from explorer.views.lectern import Lectern
from explorer.views.session_dialogs import FileDialog

KIND = "Lessons of microGPT Explorer (*.json)"


class LessonFiles(QObject):
    """What commands do with the lesson.

    Parameters
    ----------
    lectern : Lectern
    parent : QWidget
        The window that dialogs belong to.
    """

    settling = Signal()  # what is being typed has to count now

    def __init__(self, lectern: Lectern, parent: QWidget) -> None:
        super().__init__(parent)
        self._lectern, self._window = lectern, parent
        self._folder = Path.home()

    @property
    def is_open(self) -> bool:
        """Whether there is a lesson."""
        return self._lectern.lesson is not None

    @property
    def has_changes(self) -> bool:
        """Whether the lesson has changes that are not saved, what is being typed among them."""
        self.settling.emit()
        return self._lectern.is_edited

    @property
    def has_stop(self) -> bool:
        """Whether a stop was gone to."""
        return self._lectern.stop is not None

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._lectern.can_undo

    def can_turn(self, direction: int) -> bool:
        """Return whether there is a next (1) or a previous (-1) stop."""
        return self._lectern.can_turn(direction)

    def turn(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) stop."""
        self.settling.emit()
        self._lectern.turn(direction)

    def go_again(self) -> None:
        """Show the stop once more as it was recorded."""
        self._lectern.go_again()

    def record(self) -> None:
        """Add what is shown as a stop."""
        self.settling.emit()
        self._lectern.record()

    def undo(self) -> None:
        """Take the last edit back."""
        self.settling.emit()
        self._lectern.undo()

    def new(self) -> None:
        """Begin a lesson without stops, after asking about changes."""
        self.when_settled(self._lectern.new)

    def ask_what_to_open(self) -> None:
        """Ask for a lesson, and open it, after asking about changes."""
        self.when_settled(self._ask_what_to_open)

    def open_built_in(self, path: Path) -> None:
        """Open a lesson that comes with the program, and show its first stop."""
        self.when_settled(lambda: self._open(path, is_built_in=True))

    def save(self) -> None:
        """Save the lesson in its file; if it has none yet, ask for one."""
        self.settling.emit()
        if self._lectern.path is None:
            self.ask_where_to_save()
        else:
            self._lectern.save()

    def ask_where_to_save(self) -> None:
        """Ask where to save the lesson, and save it."""
        self.settling.emit()
        self._ask_where_to_save(lambda: None)

    def when_settled(self, then: Callable[[], object]) -> bool:
        """Do something once nobody minds that the lesson is closed.

        Parameters
        ----------
        then : callable

        Returns
        -------
        bool
            Whether it was done at once; else a dialog asks whether changes are to be saved.
        """
        if not self.has_changes:
            then()
            return True
        self._ask_about_changes(then)
        return False

    def _open(self, path: Path, is_built_in: bool = False) -> None:
        if self._lectern.open_file(path, is_built_in):
            self._lectern.turn(1)
            if not is_built_in:
                self._folder = path.parent

    def _ask_what_to_open(self) -> None:
        dialog = self._dialog("Open a lesson", self._folder / "lesson.json", saves=False)
        dialog.chosen.connect(self._open)

    def _ask_where_to_save(self, then: Callable[[], object]) -> None:
        lesson = self._lectern.lesson
        if lesson is None:
            return

        def save(path: Path) -> None:
            self._folder = path.parent
            if self._lectern.save(path):
                then()

        name = "".join(c if c.isalnum() else "-" for c in lesson.title.lower()).strip("-")[:60]
        suggestion = self._lectern.path or self._folder / f"{name or 'lesson'}.json"
        self._dialog("Save the lesson", suggestion, saves=True).chosen.connect(save)

    def _dialog(self, title: str, suggestion: Path, saves: bool) -> FileDialog:
        dialog = FileDialog(self._window, title, suggestion, KIND, saves)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _ask_about_changes(self, then: Callable[[], object]) -> None:
        lesson = self._lectern.lesson
        assert lesson is not None
        button = QMessageBox.StandardButton
        box = QMessageBox(
            QMessageBox.Icon.NoIcon,
            "The lesson has changes",
            f"The lesson “{lesson.title}” has changes that are not saved.",
            button.Save | button.Discard | button.Cancel,
            self._window,
        )
        box.setDefaultButton(button.Save)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def settle(result: int) -> None:
            if result == button.Discard:
                self._lectern.forget_changes()
                then()
            elif result == button.Save and self._lectern.path is None:
                self._ask_where_to_save(then)
            elif result == button.Save and self._lectern.save():
                then()

        box.finished.connect(settle)
        box.open()
