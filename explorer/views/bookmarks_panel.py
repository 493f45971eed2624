"""The list of bookmarks, with their notes."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.bookmarks import Bookmark
from explorer.debug.session import Session
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.views.mark_tables import Column, RowModel, RowTable

EMPTY = "Ctrl+D sets a bookmark on the moment. N and Shift+N go to the next and the last one."


class BookmarksPanel(QWidget):
    """The bookmarks of all names, each with its moment and a note that can be edited.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._empty = QLabel(EMPTY)
        self._empty.setFont(sans(14))
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._model = RowModel[Bookmark](
            (
                Column("event", lambda one: numbers.count(one.cursor), mono(13), self._colour,
                       right=True),
                Column("name", lambda one: one.name, mono(13), self._colour),
                Column("note", lambda one: one.note, edit=session.bookmarks.note),
            )
        )  # fmt: skip
        self.table = RowTable(self._model, wide=2, name="Bookmarks")
        self.table.chosen.connect(self._go)
        self.table.removed.connect(session.bookmarks.remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._recolour)
        session.bookmarks.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        rows = list(self._session.bookmarks)
        self._model.show_rows(rows)
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))

    def _recolour(self) -> None:
        if self._model.rows:
            self.table.viewport().update()

    def _colour(self, one: Bookmark) -> str | None:
        """Return the colour of a bookmark: of this moment, of this name, or of another."""
        trace = self._session.trace
        document = None if trace is None else trace.document
        if document is None or one.name != document.name:
            return self._theme.muted
        return self._theme.positive if one.cursor == self._session.cursor else None

    def _go(self, one: Bookmark) -> None:
        trace = self._session.trace
        if trace is not None and trace.document is not None and trace.document.name == one.name:
            self._session.go_to_bookmark(one)
