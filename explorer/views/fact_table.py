"""A few facts, a line each: a name, a number, a note."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme.scaling import unscaled_rect
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
        fonts = sans(14), mono(14), sans(SMALL)  # of names, numbers and notes
        self._fonts = tuple((font, QFontMetricsF(font)) for font in fonts)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # else all around it is painted
        self.setAccessibleName("The loss")

    @property
    def text(self) -> str:
        """All that is written, a line each."""
        return "\n".join("  ".join(part for part in fact if part) for fact in self._facts)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(200), self._theme.px(LINE * len(self._facts)))

    def show_facts(self, facts: list[Fact]) -> None:
        """Show other facts: names, numbers and notes. One without a number is a sentence."""
        fewer_or_more = len(facts) != len(self._facts)
        self._facts = facts
        if fewer_or_more:
            self.updateGeometry()
        self.setAccessibleDescription(self.text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, room = QPainter(self), unscaled_rect(self, self._theme)
        painter.scale(self._theme.scale, self._theme.scale)
        painter.fillRect(room, QColor(self._theme.panel))
        (_, names), (_, digits), (_, notes) = self._fonts
        left = GAP + max(
            (names.horizontalAdvance(name) for name, number, _ in self._facts if number), default=0
        )
        columns: list[list[tuple[float, str]]] = []
        for name, number, note in self._facts:
            note_at = left + digits.horizontalAdvance(number) + GAP
            fits = notes.horizontalAdvance(note) <= room.width() - note_at
            columns.append([(0.0, name), (left, number), (note_at, note if fits else "")])
        colours = self._theme.muted, self._theme.text, self._theme.muted
        for column, ((font, metrics), colour) in enumerate(zip(self._fonts, colours, strict=True)):
            painter.setFont(font)
            painter.setPen(QColor(colour))
            middle = (LINE + metrics.ascent() - metrics.descent()) / 2
            for i, texts in enumerate(columns):
                x, text = texts[column]  # on a point: in an area it takes twice as long
                painter.drawText(QPointF(x, i * LINE + middle), text)
