"""The step under way as one formula, as large as the picture allows."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug.happening import Part
from explorer.debug.large_formula import LargeFormula, large_formula
from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme

MARGIN = 48  # pixels at both sides
LEADING = 1.55  # of the size of a line's letters


@dataclass(frozen=True)
class _Kind:
    """How large a line would like to be, and how it looks."""

    size: int
    colour: str
    is_code: bool = True
    bold: bool = False


PLACE = _Kind(16, "muted", is_code=False)
NAME = _Kind(24, "text", is_code=False, bold=True)
SYMBOLS = _Kind(30, "muted")
NUMBERS = _Kind(50, "text", bold=True)
NOTE = _Kind(20, "muted")


class FormulaView(QWidget):
    """What is computed, in letters and in numbers, with where these come from.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._formula: LargeFormula | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Formula of the step")
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.numbers_changed.connect(self._refresh)
        self._refresh()

    @property
    def text(self) -> str:
        """All lines."""
        return "\n".join("".join(part.text for part in line) for line, _ in self._lines())

    def _refresh(self) -> None:
        timeline = self._session.timeline
        self._formula = large_formula(timeline, self._session.cursor) if timeline else None
        self.setAccessibleDescription(self.text)
        self.update()

    def _lines(self) -> list[tuple[tuple[Part, ...], _Kind]]:
        shown = self._formula
        if shown is None:
            return []
        lines = [
            ((Part(shown.place),), PLACE),
            ((Part(shown.name),), NAME),
            ((Part(shown.symbols),), SYMBOLS),
            (shown.numbers, NUMBERS),
            *((note, NOTE) for note in shown.notes),
        ]
        return [(line, kind) for line, kind in lines if any(part.text for part in line)]

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        room = unscaled_size(self, theme)
        painter.fillRect(0, 0, round(room.width()) + 1, round(room.height()) + 1, theme.window)
        lines = self._lines()
        wanted = sum(kind.size * LEADING for _, kind in lines)
        share = min(1.0, room.height() / max(wanted, 1.0))
        fitted = [_fit(line, kind, share, room.width() - 2 * MARGIN) for line, kind in lines]
        y = (room.height() - sum(font.pixelSize() * LEADING for font in fitted)) / 2
        for (line, kind), font in zip(lines, fitted, strict=True):
            height = font.pixelSize() * LEADING
            self._paint_line(painter, line, kind, font, QPointF(room.width() / 2, y + height / 2))
            y += height

    def _paint_line(
        self, painter: QPainter, line: tuple[Part, ...], kind: _Kind, font: QFont, middle: QPointF
    ) -> None:
        metrics = QFontMetricsF(font)
        widths = [metrics.horizontalAdvance(part.text) for part in line]
        x = middle.x() - sum(widths) / 2
        y = middle.y() + (metrics.ascent() - metrics.descent()) / 2
        painter.setFont(font)
        for part, width in zip(line, widths, strict=True):
            painter.setPen(QColor(self._colour(part, kind)))
            painter.drawText(QPointF(x, y), part.text)
            x += width

    def _colour(self, part: Part, kind: _Kind) -> str:
        theme = self._theme
        if part.value is not None:
            return theme.of_sign(part.value)
        return theme.text if kind.colour == "text" else theme.muted


def _fit(line: tuple[Part, ...], kind: _Kind, share: float, room: float) -> QFont:
    """Return the largest font in which a line has room."""
    make = mono if kind.is_code else sans
    text = "".join(part.text for part in line)
    size = max(int(kind.size * share), SMALL)
    width = QFontMetricsF(make(size, kind.bold)).horizontalAdvance(text)
    if width > room:
        size = max(int(size * room / width), SMALL)
    return make(size, kind.bold)
