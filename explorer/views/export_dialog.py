"""Asking where to put a picture of the map, and how large it is to be."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSpinBox,
    QWidget,
)

from explorer.debug.pictures import (
    LARGEST_SIDE,
    PictureFormat,
    PictureRequest,
    picture_format,
    size_presets,
)
from explorer.theme.style import BODY, sans, write_all
from explorer.theme.tokens import Theme
from explorer.views.word_label import WordLabel

SIDES = ("Width", "Height")
ANOTHER_SIZE = "Another size"
TEXT_SIZES = (("As on screen", 1.0), ("Twice as large", 2.0), ("Three times as large", 3.0))
MEANINGS = {
    PictureFormat.PNG: "Pixels.",
    PictureFormat.SVG: "A drawing with real text, for the web and for drawing programs.",
    PictureFormat.PDF: "A page with real text, for printing; sharp at every size.",
}


class ExportDialog(QDialog):
    """File, size and size of the text of a picture.

    Parameters
    ----------
    parent : QWidget
    on_screen : (int, int)
        Width and height of the map on screen, in pixels.
    theme : Theme
    path : Path
        The file that is suggested.
    """

    requested = Signal(object)  # a PictureRequest

    def __init__(
        self, parent: QWidget, on_screen: tuple[int, int], theme: Theme, path: Path
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the map")
        self.path = QLineEdit(str(path))
        self.path.setMinimumWidth(theme.px(460))
        self.path.setAccessibleName("File")
        self.preset = QComboBox()
        for name, (width, height) in size_presets(on_screen):
            if max(width, height) <= LARGEST_SIDE:
                self.preset.addItem(f"{name} ({width} × {height})", (width, height))
        self.preset.addItem(ANOTHER_SIZE)
        self.preset.setAccessibleName("Size")
        width = theme.px(104)
        self.sides = [_side(*side, width) for side in zip(SIDES, on_screen, strict=True)]
        self.text_size = QComboBox()
        for name, factor in TEXT_SIZES:
            self.text_size.addItem(name, factor)
        self.text_size.setAccessibleName("Size of the text")
        self._meaning = WordLabel()
        self._meaning.setProperty("role", "muted")
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel, self)
        self.export = QPushButton("Export")
        self.export.setProperty("role", "primary")
        self._buttons.addButton(self.export, QDialogButtonBox.ButtonRole.AcceptRole)
        self._arrange(theme)
        write_all(self, sans(theme.px(BODY)))
        self.path.textChanged.connect(self._check)
        self.preset.currentIndexChanged.connect(self._take_preset)
        for side in self.sides:
            side.valueChanged.connect(self._find_preset)
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        self.accepted.connect(self._request)
        self._check()
        self.path.setFocus()

    @property
    def meaning(self) -> str:
        """What is said of the file's ending."""
        return self._meaning.text()

    def _arrange(self, theme: Theme) -> None:
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        file = QHBoxLayout()
        file.setSpacing(theme.px(8))
        file.addWidget(self.path, 1)
        file.addWidget(browse)
        size = QHBoxLayout()
        size.setSpacing(theme.px(8))
        size.addWidget(self.preset, 1)
        size.addWidget(self.sides[0])
        size.addWidget(QLabel("×"))
        size.addWidget(self.sides[1])
        form = QFormLayout(self)
        form.setContentsMargins(*map(theme.px, (24, 20, 24, 20)))
        form.setHorizontalSpacing(theme.px(16))
        form.setVerticalSpacing(theme.px(12))
        form.addRow("File", file)
        form.addRow("", self._meaning)
        form.addRow("Size", size)
        form.addRow("Text", self.text_size)
        form.addRow(self._buttons)

    def _check(self) -> None:
        """Say what the file's ending means; without a known one there is nothing to export."""
        try:
            kind = picture_format(Path(self.path.text().strip()))
        except ValueError as error:
            self._meaning.setText(f"{error}.")
            self.export.setEnabled(False)
        else:
            self._meaning.setText(MEANINGS[kind])
            self.export.setEnabled(True)

    def _take_preset(self) -> None:
        size = self.preset.currentData()
        if size is not None:
            for side, pixels in zip(self.sides, size, strict=True):
                side.blockSignals(True)
                side.setValue(pixels)
                side.blockSignals(False)

    def _find_preset(self) -> None:
        """Show the name of the size that was typed."""
        typed = tuple(side.value() for side in self.sides)
        data = [self.preset.itemData(i) for i in range(self.preset.count())]
        self.preset.setCurrentIndex(data.index(typed) if typed in data else len(data) - 1)

    def _browse(self) -> None:
        patterns = " ".join(f"*.{kind.value}" for kind in PictureFormat)
        path, _ = QFileDialog.getSaveFileName(
            self,
            "Export the map",
            self.path.text(),
            f"Pictures ({patterns})",
            options=QFileDialog.Option.DontUseNativeDialog,
        )
        if path:
            self.path.setText(path)

    def _request(self) -> None:
        width, height = (side.value() for side in self.sides)
        path = Path(self.path.text().strip())
        self.requested.emit(PictureRequest(path, (width, height), self.text_size.currentData()))


def _side(name: str, pixels: int, width: int) -> QSpinBox:
    box = QSpinBox()
    box.setRange(16, LARGEST_SIDE)
    box.setValue(pixels)
    box.setSuffix(" px")
    box.setFixedWidth(width)
    box.setAlignment(Qt.AlignmentFlag.AlignCenter)
    box.setAccessibleName(name)
    return box
