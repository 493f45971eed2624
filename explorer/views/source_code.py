"""The text of a source file, with strips beside it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextOption,
)
from PySide6.QtWidgets import QApplication, QTextEdit, QToolTip, QWidget

from explorer.debug.source_lines import LineCount
from explorer.theme.style import SMALL, mono
from explorer.theme.tokens import Theme
from explorer.views.repaint import pieces
from explorer.views.source_margins import LineCounts, LineMarks, LineNumbers, count_words
from explorer.views.source_pages import SourcePages

ROOM = 320  # pixels: from this width on the counts are shown in full
FEW = 3  # lines that are painted one by one; of more, all are
SEARCHED = 2  # pixels: the mark of the line whose nodes are searched for


class SourceCode(QTextEdit):
    """Read-only code with line numbers at the left and what each line has done at the right.

    Long lines are wrapped, and what is wrapped is indented further than its beginning.

    Parameters
    ----------
    theme : Theme
    """

    line_clicked = Signal(int)
    gutter_clicked = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._marks = LineMarks()
        self._pressed: QPointF | None = None
        self.setFont(mono(theme.px(SMALL)))
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setMouseTracking(True)
        self.setAccessibleName("Source")
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self._pages = SourcePages(self.font(), theme, self)
        self._text, self._most_lines = "", 1
        self._numbers = LineNumbers(self, theme, self._marks, self._rows)
        self._numbers.clicked.connect(self.gutter_clicked)
        self._counts = LineCounts(self, theme, self._marks, self._rows)
        self.verticalScrollBar().valueChanged.connect(self._redraw)

    @property
    def marks(self) -> LineMarks:
        """What is shown of the lines."""
        return self._marks

    def make_room(self, lines: int, counts: Iterable[LineCount]) -> None:
        """Let the strips be wide enough for all files, so that the text stays where it is.

        Parameters
        ----------
        lines : int
            Of the longest file.
        counts : iterable of LineCount
            Of all lines of all files.
        """
        self._most_lines = lines
        self._counts.make_room(counts)
        self._place_margins()

    def prepare(self, text: str) -> None:
        """Get a file ready to be shown."""
        self._pages.page(text, self._counts.room)

    def show_file(self, text: str, counts: dict[int, LineCount]) -> None:
        """Show another file; nothing of it is marked yet."""
        empty = LineMarks(counts=counts)
        vars(self._marks).update(vars(empty))  # the strips hold on to the marks
        self._text = text
        self._show_page()
        self.verticalScrollBar().setValue(0)
        self._redraw()

    def show_moment(
        self, counts: dict[int, LineCount], current: int | None, backward: bool
    ) -> None:
        """Show what the lines have done at a moment, and which one is at work."""
        marks = self._marks
        turned = backward is not marks.backward
        counted = {
            line for line, count in counts.items() if turned or count != marks.counts.get(line)
        }
        at_work: set[int | None] = set()
        if turned or current != marks.current:
            at_work = {current, marks.current}
        marks.counts, marks.current, marks.backward = counts, current, backward
        self._update_lines(at_work)
        if len(counted) > FEW:
            self._counts.update()
        else:
            self._update_lines(counted, [self._counts])

    def show_selected(self, line: int | None) -> None:
        """Point out the line of the selected node, and bring it into view."""
        if line != self._marks.selected:
            changed = {line, self._marks.selected}
            self._marks.selected = line
            self._update_lines(changed)
        if line is not None:
            self._bring_into_view(line)

    def look_again(self) -> None:
        """Bring the line of the selected node back into view."""
        if self._marks.selected is not None:
            self._bring_into_view(self._marks.selected)

    def show_searched(self, line: int | None) -> None:
        """Point out the line whose nodes are searched for."""
        if line != self._marks.searched:
            self._marks.searched = line
            self.viewport().update()

    def show_breakpoints(self, breakpoints: dict[int, bool]) -> None:
        """Show the breakpoints of the file: line, and whether it is on."""
        if breakpoints != self._marks.breakpoints:
            self._marks.breakpoints = breakpoints
            self._numbers.update()

    def row_of(self, line: int) -> QRectF:
        """Return where a line is, in the coordinates of the viewport."""
        return self._area(self.document().findBlockByNumber(line - 1))

    def _show_page(self) -> None:
        page = self._pages.page(self._text, self._counts.room)
        if page is not self.document():
            self.setDocument(page)
            page.documentLayout().documentSizeChanged.connect(
                self._redraw, Qt.ConnectionType.UniqueConnection
            )

    def _area(self, block: QTextBlock) -> QRectF:
        area = self.document().documentLayout().blockBoundingRect(block)
        return area.translated(0, -self.verticalScrollBar().value())

    def _rows(self, within: QRect) -> Iterator[tuple[int, QRectF]]:
        """Yield the lines in a part of the view, each with its place."""
        block = self.cursorForPosition(QPoint(0, within.top())).block()
        while block.isValid():
            area = self._area(block)
            if area.top() > within.bottom():
                return
            if area.bottom() >= within.top():
                yield block.blockNumber() + 1, area
            block = block.next()

    def _line_at(self, spot: QPointF) -> int | None:
        rows = self._rows(QRect(0, int(spot.y()), 1, 1))
        return next((line for line, _ in rows), None)

    def _update_lines(
        self, lines: Iterable[int | None], strips: Sequence[QWidget] | None = None
    ) -> None:
        """Paint some lines again, in some of the strips or in all and the text."""
        for line in lines:
            if line is not None:
                area = self.row_of(line).toAlignedRect()
                for strip in strips or (self._numbers, self._counts, self.viewport()):
                    strip.update(0, area.top(), strip.width(), area.height())

    def _bring_into_view(self, line: int) -> None:
        area, height = self.row_of(line), self.viewport().height()
        spare = min(area.height(), height / 4)
        if area.top() < spare or area.bottom() > height - spare:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + round(area.center().y() - height / 2))

    def _place_margins(self) -> None:
        inside = self.contentsRect()
        room = self.width() >= self._theme.px(ROOM)
        if room is not self._counts.room:
            self._counts.room = room
            self._show_page()
        left = self._numbers.width_for(self._most_lines)
        right = self._counts.width_needed()
        if (self.viewportMargins().left(), self.viewportMargins().right()) != (left, right):
            self.setViewportMargins(left, 0, right, 0)
        self._numbers.setGeometry(inside.left(), inside.top(), left, inside.height())
        edge = self.viewport().geometry().right() + 1
        self._counts.setGeometry(edge, inside.top(), right, inside.height())
        self._redraw()

    def _redraw(self) -> None:
        self._numbers.update()
        self._counts.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        for area in pieces(event):
            self._paint_surfaces(area)
            super().paintEvent(QPaintEvent(area))

    def _paint_surfaces(self, area: QRect) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(area, QColor(self._theme.panel))
        for line, place in self._rows(area):
            row = QRectF(0, place.top(), self.viewport().width(), place.height())
            surface = self._marks.surface(line, self._theme)
            if surface is not None:
                painter.fillRect(row, surface)
            if line == self._marks.searched:
                row.setWidth(self._theme.px(SEARCHED))
                painter.fillRect(row, QColor(self._theme.found))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_margins()
        if self._marks.selected is not None:  # it was pointed out before there was a size
            self._bring_into_view(self._marks.selected)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._pressed = event.position()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        pressed, self._pressed = self._pressed, None
        if pressed is None or event.button() != Qt.MouseButton.LeftButton:
            return
        moved = (event.position() - pressed).manhattanLength()
        line = self._line_at(event.position())
        if moved < QApplication.startDragDistance() and line in self._marks.counts:
            self.line_clicked.emit(line)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        hand = self._line_at(event.position()) in self._marks.counts
        shape = Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.IBeamCursor
        self.viewport().setCursor(shape)

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            line = self._line_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._words(line), self)
            return True
        return super().viewportEvent(event)

    def _words(self, line: int | None) -> str:
        """Return a whole line, and what it has done."""
        if line is None:
            return ""
        text = self.document().findBlockByNumber(line - 1).text().strip()
        count = self._marks.counts.get(line)
        if count is None:
            return text
        words = count_words(count, self._marks.backward)
        return f"{text}\n\n{words}\nClick to find its nodes on the map"
