"""A few facts, a line each: a name, a number, a note."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme

Fact = tuple[str, str, str]
LINE, GAP = 21, 12


class FactTable(QWidget):
    """Facts that may change with every move of the mouse: they are painted, nothing is laid out.

    A label with the same text takes 4 ms for each change.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._facts: list[Fact] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("The loss")

    @property
    def text(self) -> str:
        """All that is written, a line each."""
        return "\n".join("  ".join(part for part in fact if part) for fact in self._facts)

    def sizeHint(self) -> QSize:
        return QSize(200, LINE * len(self._facts))

    def show_facts(self, facts: list[Fact]) -> None:
        """Show other facts: names, numbers and notes. One without a number is a sentence."""
        fewer_or_more = len(facts) != len(self._facts)
        self._facts = facts
        if fewer_or_more:
            self.updateGeometry()
        self.setAccessibleDescription(self.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = Qt.AlignmentFlag.AlignVCenter
        names = QFontMetricsF(sans(14))
        left = GAP + max(
            (names.horizontalAdvance(name) for name, number, _ in self._facts if number), default=0
        )
        for i, (name, number, note) in enumerate(self._facts):
            line = QRectF(0, i * LINE, self.width(), LINE)
            painter.setFont(sans(14))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(line, middle, name)
            painter.setFont(mono(14))
            painter.setPen(QColor(self._theme.text))
            painter.drawText(line.adjusted(left, 0, 0, 0), middle, number)
            note_at = left + QFontMetricsF(mono(14)).horizontalAdvance(number) + GAP
            painter.setFont(sans(SMALL))
            painter.setPen(QColor(self._theme.muted))
            room = self.width() - note_at
            if QFontMetricsF(sans(SMALL)).horizontalAdvance(note) <= room:
                painter.drawText(line.adjusted(note_at, 0, 0, 0), middle, note)
