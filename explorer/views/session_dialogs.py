"""Asking for files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QHeaderView, QTreeView, QWidget

KIND = "Sessions of microGPT Explorer (*.json)"


class FileDialog(QFileDialog):
    """Asks for a file to write or to read; it does not block the window.

    Parameters
    ----------
    parent : QWidget
    title : str
    suggestion : Path
        The folder, or the file that is suggested.
    kind : str
        What files are shown, as Qt writes it: ``Losses (*.csv)``.
    saves : bool
    """

    chosen = Signal(object)  # a Path

    def __init__(
        self, parent: QWidget, title: str, suggestion: Path, kind: str, saves: bool
    ) -> None:
        super().__init__(parent, title, str(suggestion.parent), kind)
        mode = QFileDialog.AcceptMode.AcceptSave if saves else QFileDialog.AcceptMode.AcceptOpen
        self.setAcceptMode(mode)
        self.setFileMode(
            QFileDialog.FileMode.AnyFile if saves else QFileDialog.FileMode.ExistingFile
        )
        self.setDefaultSuffix(suggestion.suffix[1:])
        if saves:
            self.selectFile(suggestion.name)
        for table in self.findChildren(QTreeView):
            table.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.fileSelected.connect(self._choose)

    def _choose(self, path: str) -> None:
        self.chosen.emit(Path(path))


class SessionDialog(FileDialog):
    """Asks where to save a session, or which one to open.

    Parameters
    ----------
    parent : QWidget
    suggestion : Path
        The folder, or the file that is suggested.
    saves : bool
    """

    def __init__(self, parent: QWidget, suggestion: Path, saves: bool) -> None:
        title = "Save the session" if saves else "Open a session"
        super().__init__(parent, title, suggestion, KIND, saves)
