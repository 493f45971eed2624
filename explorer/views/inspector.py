"""The inspector: everything about the selected node at the cursor."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, QUrl
from PySide6.QtGui import (
    QColor,
    QCursor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QTextCursor,
)
from PySide6.QtWidgets import QTextBrowser, QTextEdit

from explorer.debug.failure import failure_at
from explorer.debug.inspection import inspect_node
from explorer.debug.session import Session
from explorer.theme.style import BODY, sans, scaled_lengths
from explorer.theme.tokens import Theme
from explorer.views.inspector_markup import SHEET, Markup
from explorer.views.inspector_text import EVENT, NODE, inspector_text
from explorer.views.linked_text import SCHEME, ask_for

MARGIN = 16  # pixels around the text
NOTHING_SELECTED = "Click a cell of the map."


class Inspector(QTextBrowser):
    """Data, gradient and its state, ledger, children and source of the selected node.

    Links select other nodes, and lead to the moment of a contribution. All text can be copied.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._shown: tuple[object, ...] = ()
        self._body = ""
        self._markup = Markup(theme, 0)
        self.setFont(sans(theme.px(BODY)))
        self.setOpenLinks(False)
        self.setMinimumWidth(theme.px(360))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(theme.px(MARGIN))
        self.document().setDefaultStyleSheet(scaled_lengths(SHEET, theme))
        self.document().setUndoRedoEnabled(False)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Inspector")
        self.anchorClicked.connect(self._go)
        self.highlighted.connect(self._point_at)
        for signal in (
            session.opened,
            session.cursor_moved,
            session.numbers_changed,
            session.selected,
        ):
            signal.connect(self._follow)
        self._refresh()

    def text_at(self, point: QPoint | None) -> str:
        """Return the line at a point; else what the node is, and where in the model."""
        if point is not None:
            return self.cursorForPosition(self.viewport().mapFrom(self, point)).block().text()
        title = self.document().firstBlock().next()
        innermost_first = reversed(title.next().text().split(" / "))
        return " / ".join([title.text(), *innermost_first])

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self.viewport()).fillRect(event.rect(), QColor(self._theme.panel))
        super().paintEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        width = self.viewport().width() - 2 * self._theme.px(MARGIN)
        if width != self._markup.width:
            self._markup = Markup(self._theme, width)
            self._shown, self._body = (), ""
            self._follow()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _follow(self) -> None:
        """Show what the session shows; hidden, leave it for later.

        As long as the viewport is hidden, Qt does not tell that a scroll bar makes it narrower.
        """
        if self.viewport().isVisible():
            self._refresh()

    def _refresh(self) -> None:
        timeline, node = self._session.timeline, self._session.selection
        if timeline is None:
            self._show("")
            return
        contrast = self._session.contrast
        shown = timeline, self._session.cursor, node, self._session.compared, contrast
        if shown == self._shown:  # a step tells of time and of the selection
            return
        self._shown = shown
        if node is None:
            body = self._markup.paragraph(self._markup.muted(NOTHING_SELECTED))
        else:
            cursor, compared = self._session.cursor, self._session.compared
            body = inspector_text(
                self._markup,
                inspect_node(timeline, cursor, node),
                None if compared is None else inspect_node(timeline, cursor, compared),
                failure_at(timeline, cursor, node),
                self._recorded(node),
                (contrast, contrast.of(timeline, cursor, node)) if contrast else None,
            )
        self._show(body)

    def _show(self, body: str) -> None:
        if body == self._body:  # many steps change nothing in the selected node
            return
        self._body = body
        bar, document = self.verticalScrollBar(), self.document()
        scrolled = bar.value()
        document.setLayoutEnabled(False)  # else it is laid out for each of its tables
        document.setHtml(body)
        self._markup.set_tabs(document)
        document.setLayoutEnabled(True)
        bar.setValue(scrolled)

    def _recorded(self, node: int) -> float | None:
        """Return the recorded data of a node, if those on show are those of a what-if."""
        recorded, cursor = self._session.recorded, self._session.cursor
        if self._session.what_if is None or recorded is None:
            return None
        return recorded.node_data_at(cursor, node)

    def _go(self, url: QUrl) -> None:
        kind, _, number = url.toString().partition(":")
        if kind == SCHEME:
            ask_for(url.path(), self)
        elif kind == NODE:
            self._session.select(int(number))
        elif kind == EVENT:
            self._session.seek(int(number))

    def _point_at(self, url: QUrl) -> None:
        """Underline the word that the mouse points at; titles have no line of their own."""
        selections = []
        if url.scheme() == SCHEME:
            place = self.cursorForPosition(self.viewport().mapFromGlobal(QCursor.pos()))
            selections = _underlined(place, url.toString())
        self.setExtraSelections(selections)


def _underlined(place: QTextCursor, address: str) -> list[QTextEdit.ExtraSelection]:
    """Return a line below a link, to be shown for a while."""
    part = place.block().begin()
    while not part.atEnd():
        piece = part.fragment()
        if piece.charFormat().anchorHref() == address:
            line = QTextEdit.ExtraSelection()
            line.cursor = QTextCursor(place.document())
            line.cursor.setPosition(piece.position())
            line.cursor.setPosition(
                piece.position() + piece.length(), QTextCursor.MoveMode.KeepAnchor
            )
            line.format.setFontUnderline(True)
            return [line]
        part += 1
    return []
