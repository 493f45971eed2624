"""What stands beside the lines of the source: numbers, marks, and what each line has done."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from math import log1p

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QToolTip, QWidget

from explorer.debug import numbers
from explorer.debug.source_lines import LineCount
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.repaint import pieces

PASSED_ON = "◂"
NO_BREAKPOINT = "No node is made on this line, so nothing can stop here."
BAR, DOT, ARROW = 3, 9, 13  # pixels: marks of the current line, of a breakpoint, of the phase
ARROW_SIZE = 4
DOTS = BAR + 4 + DOT + 3  # where the numbers of the lines may begin
HEAT = 3  # height of the bar under a count

Rows = Callable[[QRect], Iterable[tuple[int, QRectF]]]


@dataclass
class LineMarks:
    """What is shown of the lines of one file; the first line is 1.

    Attributes
    ----------
    counts : dict of int to LineCount
        Of the lines that make nodes.
    backward : bool
        Gradients are being passed on.
    current, selected, searched : int or None
        The line at work, the one of the selected node, and the one that is searched for.
    breakpoints : dict of int to bool
        Whether each is on.
    """

    counts: dict[int, LineCount] = field(default_factory=dict)
    backward: bool = False
    current: int | None = None
    selected: int | None = None
    searched: int | None = None
    breakpoints: dict[int, bool] = field(default_factory=dict)

    def surface(self, line: int, theme: Theme) -> QColor | None:
        """Return what is behind a line that stands out; the moment goes before the selection."""
        if line == self.current:
            return QColor(theme.current_surface)
        return QColor(theme.selected_surface) if line == self.selected else None


def count_text(count: LineCount, backward: bool, room: bool) -> str:
    """Return what a line has done by now, in full or for a narrow margin; nothing before that."""
    if not count.made:
        return ""
    if not backward:
        return numbers.count(count.made) if room else numbers.compact(count.made)
    passed = numbers.compact(count.passed)
    return f"{passed}/{numbers.compact(count.made)}" if room else f"{PASSED_ON}{passed}"


def count_words(count: LineCount, backward: bool) -> str:
    """Return the same with all digits, in words."""
    made, whole = numbers.count(count.made), numbers.count(count.all)
    if not backward:
        finished = count.made == count.all
        return f"{whole} nodes made" if finished else f"{made} of {whole} nodes made"
    words = f"{whole} nodes made; {numbers.count(count.passed)} of the "
    words += f"{numbers.count(count.passing)} that pass a gradient on have done so"
    others = count.all - count.passing
    if others:
        words += f"\n{numbers.count(others)} never do: constants, or without effect on the loss"
    return words


class _Margin(QWidget):
    """A strip beside the code, as high as it."""

    def __init__(self, parent: QWidget, theme: Theme, marks: LineMarks, rows: Rows) -> None:
        super().__init__(parent)
        self._theme, self._marks, self._rows = theme, marks, rows
        self._font = mono(theme.px(SMALL))
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for area in pieces(event):
            painter.setClipRect(area)
            painter.fillRect(area, QColor(self._theme.panel))
            for line, place in self._rows(area):
                row = QRectF(0, place.top(), self.width(), place.height())
                surface = self._marks.surface(line, self._theme)
                if surface is not None:
                    painter.fillRect(row, surface)
                self._paint_row(painter, line, row)

    def _paint_row(self, painter: QPainter, line: int, row: QRectF) -> None:
        raise NotImplementedError

    def _line_at(self, y: float) -> int | None:
        """Return the line at a height."""
        spot = QRect(0, int(y), 1, 1)
        return next((line for line, _ in self._rows(spot)), None)

    def _first_row(self, row: QRectF) -> QRectF:
        """Return where the first row of a line is that may have been wrapped."""
        return QRectF(row.left(), row.top(), row.width(), QFontMetrics(self._font).height())


class LineNumbers(_Margin):
    """Line numbers with breakpoints at their left and the arrow of time at their right."""

    clicked = Signal(int)

    def width_for(self, lines: int) -> int:
        """Return how wide it is beside so many lines."""
        digits = max(2, len(str(lines)))
        letter, px = QFontMetrics(self._font).horizontalAdvance("0"), self._theme.px
        return px(DOTS) + letter * digits + px(ARROW)

    def _paint_row(self, painter: QPainter, line: int, row: QRectF) -> None:
        marks, first = self._marks, self._first_row(row)
        arrow = self._theme.px(ARROW)
        if line == marks.current:
            bar = QRectF(0, row.top(), self._theme.px(BAR), row.height())
            painter.fillRect(bar, QColor(self._theme.current))
        if line in marks.breakpoints:
            self._paint_breakpoint(painter, first, marks.breakpoints[line])
        stands_out = line in (marks.current, marks.selected)
        painter.setPen(QColor(self._theme.text if stands_out else self._theme.muted))
        painter.setFont(self._font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(first.adjusted(0, 0, -arrow, 0), right, str(line))
        if line == marks.current:
            self._paint_arrow(painter, QPointF(first.right() - arrow / 2, first.center().y()))

    def _paint_arrow(self, painter: QPainter, at: QPointF) -> None:
        """Point right while nodes are computed, and left while gradients are passed on."""
        backward, size = self._marks.backward, ARROW_SIZE * self._theme.scale
        tip = QPointF(-size if backward else size, 0)
        back = [QPointF(-tip.x(), -size), QPointF(-tip.x(), size)]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.positive if backward else self._theme.negative))
        painter.drawPolygon([at + corner * 0.9 for corner in (tip, *back)])

    def _paint_breakpoint(self, painter: QPainter, row: QRectF, enabled: bool) -> None:
        colour, scale = QColor(self._theme.breakpoint), self._theme.scale
        painter.setPen(QPen(colour, 2 * scale))
        painter.setBrush(colour if enabled else Qt.BrushStyle.NoBrush)
        middle, radius = scale * (BAR + 4 + DOT / 2), scale * (DOT / 2 - 1)
        painter.drawEllipse(QPointF(middle, row.center().y()), radius, radius)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().y())
        hand = line in self._marks.counts
        self.setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        line = self._line_at(event.position().y())
        if event.button() != Qt.MouseButton.LeftButton or line is None:
            return
        if line in self._marks.counts:
            self.clicked.emit(line)
        else:
            QToolTip.showText(event.globalPosition().toPoint(), NO_BREAKPOINT, self)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._line_at(event.pos().y())
            QToolTip.showText(event.globalPos(), self._words(line), self)
            return True
        return super().event(event)

    def _words(self, line: int | None) -> str:
        if line is None:
            return ""
        if line not in self._marks.counts:
            return NO_BREAKPOINT
        if line not in self._marks.breakpoints:
            return f"Line {line}: click to set a breakpoint"
        state = "on" if self._marks.breakpoints[line] else "off"
        return f"Line {line}: its breakpoint is {state}"


class LineCounts(_Margin):
    """What each line has done, with bars on a logarithmic scale."""

    def __init__(self, parent: QWidget, theme: Theme, marks: LineMarks, rows: Rows) -> None:
        super().__init__(parent, theme, marks, rows)
        self._count_font = sans(theme.px(SMALL))
        self.room = True  # to say them in full
        self._largest: set[int] = set()

    def make_room(self, counts: Iterable[LineCount]) -> None:
        """Take over all counts that will be shown in the course of the pass, of all files."""
        self._largest = {count.all for count in counts}

    def width_needed(self) -> int:
        """Return how wide it has to be for all of them."""
        metrics, px = QFontMetrics(self._count_font), self._theme.px
        texts = (
            count_text(LineCount(most, most, most, most), backward, self.room)
            for most in self._largest
            for backward in (False, True)
        )
        return max(map(metrics.horizontalAdvance, texts), default=px(20)) + px(14)

    def _paint_row(self, painter: QPainter, line: int, row: QRectF) -> None:
        count = self._marks.counts.get(line)
        text = "" if count is None else count_text(count, self._marks.backward, self.room)
        if count is None or not text:
            return
        px = self._theme.px
        first = self._first_row(row).adjusted(px(4), 0, -px(6), 0)
        stands_out = line in (self._marks.current, self._marks.selected)
        painter.setPen(QColor(self._theme.text if stands_out else self._theme.muted))
        painter.setFont(self._count_font)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(first, right, text)
        most = max(other.all for other in self._marks.counts.values())
        length = first.width() * log1p(count.made) / log1p(most)
        bar = QRectF(first.right() - length, first.bottom(), length, px(HEAT))
        painter.fillRect(bar, QColor(self._theme.forward))
        if self._marks.backward:
            bar.setLeft(bar.right() - length * count.passed / count.made)
            painter.fillRect(bar, QColor(self._theme.backward))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            count = self._marks.counts.get(self._line_at(event.pos().y()) or 0)
            words = "" if count is None else count_words(count, self._marks.backward)
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)
