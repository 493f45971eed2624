"""The source: the observed code, with what each line of it has done by now."""

from __future__ import annotations

import re
from itertools import chain

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QAction, QColor, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QLabel, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.session import Session
from explorer.debug.source_lines import SourceLines
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import Trace
from explorer.views.buttons import ToolButton
from explorer.views.source_code import SourceCode

NO_SOURCE = "Parameters were there before the pass: no line of it made them."
FOLLOW = "Follow the selection"
HEAD_MARGINS = 8, 10  # pixels at the left and at the right of the names
SMALLEST = 256  # pixels: the narrowest pane


class SourceView(QWidget):
    """The text of the observed code, what each line has done, and where time and selection are.

    A click on a line finds its nodes; another one ends the search. The file is that of the
    selected node, until somebody chooses one.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session = session
        self._lines: SourceLines | None = None
        self._file: int | None = None
        self._pinned = False
        self._stale = False
        self.setMinimumWidth(theme.px(SMALLEST))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._chooser = ToolButton()
        self._chooser.setProperty("role", "chooser")
        self._chooser.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._chooser.setMenu(QMenu(self._chooser))
        self._chooser.setAccessibleName("Source file")
        self._chooser.hide()
        self._function = _Elided(theme)
        self._code = SourceCode(theme)
        self._code.line_clicked.connect(self._search_line)
        self._code.gutter_clicked.connect(self._toggle_breakpoint)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(2))
        layout.addWidget(_Head(self._chooser, self._function, theme))
        layout.addWidget(self._code)
        session.opened.connect(self._open)
        session.selected.connect(self._follow_selection)
        session.cursor_moved.connect(self._follow_time)
        session.found_changed.connect(self._follow_search)
        session.breakpoints.changed.connect(self._follow_breakpoints)
        if session.timeline is not None:
            self._open()

    def look_again(self) -> None:
        """Bring the line of the selected node back into view."""
        self._code.look_again()

    def _follow_breakpoints(self) -> None:
        """Show which lines of the file break, and whether they are on."""
        trace = self._session.trace
        if trace is not None and self._file is not None:
            name = trace.files[self._file].name
            breaks = (one for one in self._session.breakpoints if one.on is BreakOn.LINE)
            here = {one.line: one.enabled for one in breaks if one.text == name}
            self._code.show_breakpoints(here)

    def choose_file(self, file: int) -> None:
        """Show a file, and keep it whatever is selected."""
        self._pinned = True
        self._show_file(file)
        self._follow_selection()

    def follow_selection(self) -> None:
        """Show the file of the selected node again, and of those that will be selected."""
        self._pinned = False
        self._follow_selection()

    def start_again(self) -> None:
        """Show the file of the selected node, or the first one, as if it had just been opened."""
        lines, node = self._lines, self._session.selection
        if lines is None or not lines.files:
            return
        self._pinned = False
        site = None if node is None else lines.line_of(node)
        self._show_file(lines.files[0] if site is None else site.file)
        self._follow_selection()

    def _open(self) -> None:
        timeline = self._session.timeline
        assert timeline is not None
        shown = None if self._lines is None or self._file is None else self._lines.name(self._file)
        self._lines = SourceLines(timeline)
        file = None if shown is None else self._lines.file_of(shown)
        self._pinned = self._pinned and file is not None
        files = self._lines.files
        if file is not None or files:
            self._make_room(timeline.trace, self._lines)
            self._offer_files(self._lines)
            self._show_file(files[0] if file is None else file)
        self._chooser.setVisible(bool(files))
        self._follow_selection()

    def _make_room(self, trace: Trace, lines: SourceLines) -> None:
        """Prepare all files, so that a step into another one is as fast as any."""
        counts = [lines.counts(file, self._session.cursor).values() for file in lines.files]
        longest = max(trace.files[file].text.count("\n") + 1 for file in lines.files)
        self._code.make_room(longest, chain.from_iterable(counts))
        for file in lines.files:
            self._code.prepare(trace.files[file].text)

    def _show_file(self, file: int) -> None:
        trace, lines = self._session.trace, self._lines
        assert trace is not None
        assert lines is not None
        self._file = file
        self._code.show_file(trace.files[file].text, lines.counts(file, self._session.cursor))
        self._follow_time()
        self._follow_search()
        self._follow_breakpoints()

    def _follow_selection(self) -> None:
        """Show the line that made the selected node."""
        node, lines = self._session.selection, self._lines
        if lines is None:
            return
        site = None if node is None else lines.line_of(node)
        if site is not None and site.file != self._file and not self._pinned:
            self._show_file(site.file)
        here = site is not None and site.file == self._file
        self._code.show_selected(site.line if here and site is not None else None)
        self._function.setText(site.function if here and site is not None else "")
        tip = NO_SOURCE if site is None and node is not None else ""
        if tip != self._function.toolTip():
            self._function.setToolTip(tip)
        self._name_file()

    def _follow_time(self) -> None:
        """Show what the lines have done by now, and which one is at work."""
        lines, timeline = self._lines, self._session.timeline
        if lines is None or timeline is None or self._file is None:
            return
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        cursor = self._session.cursor
        current = lines.current(cursor)
        here = current is not None and current.file == self._file
        line = current.line if here and current is not None else None
        backward = cursor >= timeline.backward_start
        self._code.show_moment(lines.counts(self._file, cursor), line, backward)

    def _follow_search(self) -> None:
        """Mark the line whose nodes are searched for."""
        asked = re.fullmatch(r"line:(.+):(\d+)", self._session.query.strip())
        searched = None
        if asked is not None and self._lines is not None:
            here = self._lines.file_of(asked[1]) == self._file
            searched = int(asked[2]) if here else None
        self._code.show_searched(searched)

    def _search_line(self, line: int) -> None:
        if self._lines is not None and self._file is not None:
            query = f"line:{self._lines.name(self._file)}:{line}"
            self._session.search("" if self._session.query == query else query)

    def _toggle_breakpoint(self, line: int) -> None:
        trace = self._session.trace
        if trace is not None and self._file is not None:
            name = trace.files[self._file].name
            self._session.breakpoints.toggle(Breakpoint(BreakOn.LINE, text=name, line=line))

    def _offer_files(self, lines: SourceLines) -> None:
        """Fill the menu of files."""
        menu = self._chooser.menu()
        menu.clear()
        for file in lines.files:
            made = sum(c.all for c in lines.counts(file, self._session.cursor).values())
            action = QAction(f"{lines.name(file)}   {numbers.count(made)} nodes", menu)
            action.setData(file)
            action.triggered.connect(lambda _=False, file=file: self.choose_file(file))
            menu.addAction(action)
        menu.addSeparator()
        follow = QAction(FOLLOW, menu)
        follow.triggered.connect(self.follow_selection)
        menu.addAction(follow)
        for action in menu.actions():
            action.setCheckable(True)

    def _name_file(self) -> None:
        """Bring the name of the file and the ticks of the menu up to date."""
        lines, file = self._lines, self._file
        if lines is None or file is None:
            return
        text = f"{lines.name(file)}{', pinned' if self._pinned else ''} ▾"
        if text != self._chooser.text():
            self._chooser.setText(text)
        *files, _, follow = self._chooser.menu().actions()
        for action in files:
            action.setChecked(action.data() == file)
        follow.setChecked(not self._pinned)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        if self._stale:
            self._follow_time()


class _Head(QWidget):
    """The name of the file and that of the function beside it.

    Without a layout: one would have the whole window laid out again whenever a step leads to
    another file.
    """

    def __init__(self, chooser: QWidget, function: QWidget, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._chooser, self._function = chooser, function
        chooser.setParent(self)
        function.setParent(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(SMALLEST), self._chooser.sizeHint().height())

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.Resize):
            self._place()
        return super().event(event)

    def _place(self) -> None:
        left, right = map(self._theme.px, HEAD_MARGINS)
        if self._chooser.isVisibleTo(self):
            size = self._chooser.sizeHint()
            self._chooser.setGeometry(left, 0, size.width(), size.height())
            left += size.width()
        self._function.setGeometry(left, 0, self.width() - left - right, self.height())


class _Elided(QLabel):
    """A small text that may be cut where there is no room."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setFont(sans(theme.px(SMALL)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(self.font())
        painter.setPen(QColor(self._theme.muted))
        room = self.rect().adjusted(
            self._theme.px(2), self._theme.px(6), 0, 0
        )  # as far down as the heading
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width())
        middle = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(room, middle, text)
