"""A text that changes with every step."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel


class Readout(QLabel):
    """A label of a fixed size: another text does not lay out the whole window again.

    Parameters
    ----------
    alignment : Qt.AlignmentFlag, optional
        Where the text stands; it is cut at its end if there is no room.

    Attributes
    ----------
    ends : sequence of str
        Where it may be cut; without any, at every letter.
    """

    def __init__(self, alignment: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignCenter) -> None:
        super().__init__()
        self._shown, self._where = "", alignment | Qt.AlignmentFlag.AlignVCenter
        self.ends: Sequence[str] = ()

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
        room = self.contentsRect()
        text = self._fitting(room.width())
        painter.drawText(room, self._where, text)

    def _fitting(self, room: int) -> str:
        """Return the text, or what there is room for."""
        text, metrics = self._shown, self.fontMetrics()
        while self.ends and metrics.horizontalAdvance(text) > room:
            text = text[: max(0, *(text.rfind(end) for end in self.ends))]
        return metrics.elidedText(text, Qt.TextElideMode.ElideRight, room)
