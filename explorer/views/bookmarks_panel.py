"""The list of bookmarks, with their notes."""

from __future__ import annotations

from explorer.debug import numbers
from explorer.debug.bookmarks import Bookmark
from explorer.debug.session import Session
from explorer.theme.style import SMALL, mono
from explorer.theme.tokens import Theme
from explorer.views.mark_tables import Column, MarkPanel, RowModel, RowTable

EMPTY = "Ctrl+D sets a bookmark on the moment. N and Shift+N go to the next and the last one."


class BookmarksPanel(MarkPanel):
    """The bookmarks of all names, each with its moment and a note that can be edited.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        self._session, self._theme = session, theme
        letters = mono(theme.px(SMALL))
        model = RowModel[Bookmark](
            (
                Column("event", lambda one: numbers.count(one.cursor), letters, self._colour,
                       right=True),
                Column("name", lambda one: one.name, letters, self._colour),
                Column("note", lambda one: one.note, edit=session.bookmarks.note),
            )
        )  # fmt: skip
        super().__init__(RowTable(model, 2, "Bookmarks", theme), EMPTY, theme)
        self.table.chosen.connect(self._go)
        self.table.removed.connect(session.bookmarks.remove)
        session.opened.connect(self.follow)
        session.cursor_moved.connect(self._recolour)
        session.bookmarks.changed.connect(self.follow)
        self.follow()

    def rows(self) -> list[Bookmark]:
        return list(self._session.bookmarks)

    def _recolour(self) -> None:
        if self.isVisible():
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
