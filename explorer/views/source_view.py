"""The source: the file and line of the code that made the selected node."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent, QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import Trace

NO_SOURCE = "Parameters were there before the pass: no line of it made them."


class SourceView(QWidget):
    """The text of the observed code, how many nodes each line has made, and two lines in it.

    The line of the selected node is highlighted; an arrow points at the one that is at work.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._shown_file = -1
        self._heading = QLabel("SOURCE")
        self._heading.setProperty("role", "heading")
        self._code = _Code(theme)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._heading)
        layout.addWidget(self._code)
        session.opened.connect(self._open)
        session.selected.connect(self._refresh)
        session.cursor_moved.connect(self._follow_time)

    def _open(self) -> None:
        self._shown_file = -1
        self._refresh()

    def _refresh(self) -> None:
        trace, node = self._session.trace, self._session.selection
        if trace is None or node is None:
            return
        site = int(trace.site[node])
        if site < 0:
            self._code.mark(None)
            self._heading.setToolTip(NO_SOURCE)
            return
        file, line = trace.sites[site].file, trace.sites[site].line
        if file != self._shown_file:
            self._shown_file = file
            self._heading.setText(f"SOURCE · {trace.files[file].name.upper()}")
            self._code.show_file(trace.files[file].text)
            self._follow_time()
        self._heading.setToolTip("")
        self._code.mark(line)

    def _follow_time(self) -> None:
        """Show how often each line has made a node by now, and which one is at work."""
        trace, moment = self._session.trace, self._session.moment
        if trace is None or moment is None or self._shown_file < 0:
            return
        site = -1 if moment.node is None else int(trace.site[moment.node])
        current = None
        if site >= 0 and trace.sites[site].file == self._shown_file:
            current = trace.sites[site].line
        self._code.show_hits(_hits(trace, self._shown_file, moment.computed), current)


def _hits(trace: Trace, file: int, computed: int) -> dict[int, int]:
    """Return how many nodes each line of a file has made, of the nodes computed so far."""
    counts = np.bincount(trace.site[trace.leaves : computed], minlength=len(trace.sites))
    hits: dict[int, int] = {}
    for site, nodes in zip(trace.sites, counts.tolist(), strict=True):
        if site.file == file:
            hits[site.line] = hits.get(site.line, 0) + nodes
    return hits


class _Margin(QWidget):
    """A strip beside the text that the text draws."""

    def __init__(self, code: _Code) -> None:
        super().__init__(code)
        self._code = code

    def paintEvent(self, event: QPaintEvent) -> None:
        self._code.paint_margin(self)


class _Code(QPlainTextEdit):
    """Read-only text with line numbers at the left and hits at the right."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._hits: dict[int, int] = {}
        self._line: int | None = None
        self._current: int | None = None
        self.setFont(mono(SMALL - 1))
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName("Source")
        self._left, self._right = _Margin(self), _Margin(self)
        digit = QFontMetrics(self.font()).horizontalAdvance("0")
        self._left_width, self._right_width = 3 * digit + 24, 6 * digit + 10
        self.setViewportMargins(self._left_width, 0, self._right_width, 0)
        self.updateRequest.connect(self._scroll_margins)

    def show_file(self, text: str) -> None:
        self.setPlainText(text)

    def show_hits(self, hits: dict[int, int], current: int | None) -> None:
        """Show the number of nodes of each line, and point at the current one."""
        self._hits, self._current = hits, current
        self._left.update()
        self._right.update()

    def mark(self, line: int | None) -> None:
        """Point out a line, and bring it into view."""
        self._line = line
        if line is None:
            self.setExtraSelections([])
        else:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self.document().findBlockByLineNumber(line - 1))
            selection.format.setBackground(QColor(self._theme.current_surface))
            selection.format.setProperty(selection.format.Property.FullWidthSelection, True)
            self.setExtraSelections([selection])
            cursor = QTextCursor(selection.cursor)
            self.setTextCursor(cursor)
            self.centerCursor()
        self._left.update()
        self._right.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        left, right = self._left_width, self._right_width
        self._left.setGeometry(QRect(inside.left(), inside.top(), left, inside.height()))
        edge = self.viewport().geometry().right() + 1
        self._right.setGeometry(QRect(edge, inside.top(), right, inside.height()))

    def _scroll_margins(self) -> None:
        self._left.update()
        self._right.update()

    def paint_margin(self, margin: QWidget) -> None:
        """Draw the line numbers or the hits of the lines in sight."""
        painter = QPainter(margin)
        painter.fillRect(margin.rect(), QColor(self._theme.panel))
        painter.setFont(self.font() if margin is self._left else sans(SMALL))
        middle = Qt.AlignmentFlag.AlignVCenter
        block = self.firstVisibleBlock()
        offset = self.contentOffset()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(offset)
            if area.top() > margin.height():
                break
            line = block.blockNumber() + 1
            row = QRectF(0, area.top(), margin.width(), area.height())
            if line == self._line:
                painter.fillRect(row, QColor(self._theme.current_surface))
                if margin is self._left:
                    bar = QRectF(0, area.top(), 3, area.height())
                    painter.fillRect(bar, QColor(self._theme.current))
            if line == self._current and margin is self._left:
                painter.setPen(QColor(self._theme.text))
                arrow = row.adjusted(5, 0, 0, 0)
                painter.drawText(arrow, Qt.AlignmentFlag.AlignLeft | middle, "▸")
            hits = self._hits.get(line)
            text = str(line) if margin is self._left else numbers.count(hits) if hits else ""
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(row.adjusted(0, 0, -6, 0), Qt.AlignmentFlag.AlignRight | middle, text)
            block = block.next()
