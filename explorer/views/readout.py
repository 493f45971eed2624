"""A text that changes with every step."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class Readout(QLabel):
    """A label of a fixed size: another text does not lay out the whole window again."""

    def __init__(self) -> None:
        super().__init__()
        self._shown = ""

    def text(self) -> str:
        return self._shown

    def setText(self, text: str) -> None:
        """Show another text."""
        if text != self._shown:
            self._shown = text
            self.setAccessibleName(text)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)  # the background of the style sheet
        painter = QPainter(self)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._shown)
