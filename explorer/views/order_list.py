"""The order in which backward processes the nodes, and why the selected one waits."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QFontMetrics, QShowEvent
from PySide6.QtWidgets import QTextBrowser, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.order import BackwardOrder, OrderRow, Relation
from explorer.debug.order_words import Piece, explain_order
from explorer.debug.session import Session
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.views.linked_text import SCHEME, ask_for, with_words
from explorer.views.row_list import Cell, Column, RowList

NODE, EVENT, EARLY = "node", "event", "early"  # what a link leads to
SHORT = 16  # letters of a link that is not broken
LINES = 3  # that the sentence has room for, so that the list keeps its place
COLUMNS = (
    Column("", 118, fleeting=True),
    Column("no.", 86, right=True, mono=True),
    Column("node", 170),
    Column("operation", 104, least=1150),
    Column("scope", 0, least=980),
    Column("gradient", 164),
    Column("waits for", 90, right=True),
    Column("passes on at event", 152, right=True, mono=True, least=790),
)
WORDS = {
    GradState.NOT_REACHED: "not reached",
    GradState.PARTIAL: "partial",
    GradState.FINAL: "final",
    GradState.ZERO: "truly zero",
    GradState.CLEARED: "set back to 0",
}
RELATIONS = {
    Relation.NONE: "",
    Relation.SELECTED: "selected",
    Relation.CHILD: "← child",
    Relation.CONSUMER: "→ consumer",
}
NOTHING_SELECTED = "Select a node to see its place in the order."


class OrderList(QWidget):
    """All nodes in the order of backward; the selected one in the middle, and why it waits.

    A click selects a node, a double click goes to the moment when it is processed.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    early_asked = Signal()  # what if the selected node did not wait?

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._order: BackwardOrder | None = None
        self._relations: dict[int, Relation] = {}
        self._shown: tuple[object, ...] = ()
        self._related: int | None = None  # the node that the relations are to
        self._choosing = False  # a row of the list, which then stays where it is
        self.sentence = QTextBrowser()
        self.sentence.setFont(sans(theme.px(BODY)))
        self.sentence.setOpenLinks(False)
        self.sentence.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.sentence.document().setDocumentMargin(0)
        self.sentence.setAccessibleName("Why the selected node waits")
        line = QFontMetrics(self.sentence.font()).lineSpacing()
        self.sentence.setFixedHeight(LINES * line + theme.px(4))
        self.sentence.anchorClicked.connect(self._follow)
        self.list = RowList(COLUMNS, theme, "Order of backward")
        self.list.chosen.connect(self._choose)
        self.list.opened.connect(self._open_moment)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(4))
        sentence = QVBoxLayout()
        sentence.setContentsMargins(theme.px(14), theme.px(4), theme.px(14), 0)
        sentence.addWidget(self.sentence)
        column.addLayout(sentence)
        column.addWidget(self.list, 1)
        for signal in (session.opened, session.cursor_moved, session.selected):
            signal.connect(self._refresh)
        session.numbers_changed.connect(self._follow_numbers)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()
        self._centre()

    def _refresh(self) -> None:
        timeline, node = self._session.timeline, self._session.selection
        if self._order is not None and self._order.timeline is not timeline:
            self._order = self._related = None  # of a pass that is not shown any more
            self.list.show_rows(0, self._cells)
        shown = timeline, self._session.cursor, node
        if not self.isVisible() or timeline is None or shown == self._shown:
            return
        if self._order is None:
            self._order = BackwardOrder(timeline)
            self.list.show_rows(len(self._order), self._cells)
        self._shown = shown
        elsewhere = node != self._related and not self._choosing
        self._related, self._relations = node, self._order.relations(node)
        current = self._order.current(self._session.cursor)
        place = None if node is None else self._order.place_of(node)
        self.list.point_out(place, current, self._ticks(current))
        if elsewhere:
            self._centre()
        self.sentence.setHtml(self._html(node))

    def _follow_numbers(self) -> None:
        timeline = self._session.timeline
        if self._order is not None and timeline is not None:
            self._order = self._order.with_numbers(timeline)
        self._refresh()

    def _centre(self) -> None:
        if self.list.chosen_row is not None:
            self.list.centre(self.list.chosen_row)

    def _ticks(self, current: int | None) -> dict[int, str]:
        """Return the colours of the rows to be found beside the scroll bar."""
        assert self._order is not None
        ticks = {}
        for node, relation in self._relations.items():
            place = self._order.place_of(node)
            if place is not None:
                ticks[place] = self._relation_colour(relation)
        if current is not None:
            ticks[current] = self._theme.current
        return ticks

    def _relation_colour(self, relation: Relation) -> str:
        colours = {Relation.CHILD: self._theme.negative, Relation.CONSUMER: self._theme.positive}
        return colours.get(relation, self._theme.text)

    def _cells(self, place: int) -> tuple[Cell, ...]:
        assert self._order is not None
        theme = self._theme
        row = self._order.row(place, self._session.cursor, self._relations)
        now = "▸ " if place == self.list.marked_row else ""
        relation = RELATIONS[row.relation] or ("now" if now else "")
        colour = theme.positive if relation == "now" else self._relation_colour(row.relation)
        waits = str(len(row.progress.pending)) if row.progress.pending else "–"
        event = "–" if row.event is None else numbers.count(row.event)
        return (
            Cell(now + relation, colour, bold=True),
            Cell(numbers.count(row.rank), theme.muted),
            Cell(row.label, theme.text),
            Cell(row.op, theme.muted),
            Cell(row.path, theme.muted),
            self._state(row),
            Cell(waits, theme.text if row.progress.pending else theme.muted),
            Cell(event, theme.text if row.event is not None else theme.muted),
        )

    def _state(self, row: OrderRow) -> Cell:
        theme, progress = self._theme, row.progress
        if not row.computed:
            return Cell("not computed", theme.muted, theme.unborn)
        text = WORDS[progress.state]
        if progress.state is GradState.PARTIAL:
            text += f" {progress.received} of {progress.contributions}"
        colours = {
            GradState.NOT_REACHED: theme.pending,
            GradState.PARTIAL: theme.partial,
            GradState.FINAL: theme.final,
            GradState.ZERO: theme.zero,
            GradState.CLEARED: theme.zero,
        }
        return Cell(text, theme.text, colours[progress.state])

    def _html(self, node: int | None) -> str:
        if node is None:
            return with_words(NOTHING_SELECTED, self._theme.text, "underline")
        assert self._order is not None
        pieces = explain_order(self._order, self._session.cursor, node)
        html = "".join(self._piece(piece) for piece in pieces)
        if self._order.must_wait(node):
            html += f" {self._link(EARLY, 'What if it did not wait?')}"
        return with_words(html, self._theme.text, "underline")

    def _piece(self, piece: Piece) -> str:
        if piece.node is not None:
            return self._link(f"{NODE}:{piece.node}", piece.text)
        if piece.event is not None:
            return self._link(f"{EVENT}:{piece.event}", piece.text)
        return escape(piece.text)

    def _link(self, target: str, text: str) -> str:
        unbroken = escape(text).replace(" ", "&nbsp;") if len(text) < SHORT else escape(text)
        return f"<a style='color:{self._theme.text}' href='{target}'>{unbroken}</a>"

    def _follow(self, url: QUrl) -> None:
        kind, _, number = url.toString().partition(":")
        if kind == SCHEME:
            ask_for(url.path(), self)
        elif kind == NODE:
            self._session.select(int(number))
        elif kind == EVENT:
            self._session.seek(int(number))
        else:
            self.early_asked.emit()

    def _choose(self, place: int) -> None:
        if self._order is not None:
            self._choosing = True
            self._session.select(self._order.node_at(place))
            self._choosing = False
            if not self.list.shows(place):
                self._centre()

    def _open_moment(self, place: int) -> None:
        """Go to the moment when a node is processed."""
        if self._order is not None:
            event = self._order.processed_at(self._order.node_at(place))
            if event is not None:
                self._session.seek(event)
