"""The search: a query, what it finds, and the way from one found node to the next."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QAction, QFont, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
)

from explorer.debug import numbers
from explorer.debug.ready_made import READY_MADE, ReadyMade, searches_of
from explorer.debug.search_query import LONGEST_QUERY
from explorer.debug.session import Session
from explorer.theme.style import BODY, SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import CommandButton, ToolButton
from explorer.views.take_over import take_over_text
from explorer.views.word_label import WordLabel

HINT = "all that hold together:  a scope or name, op:exp, |grad|>0.1, line:33, path:wte[4][3]"
BACK = "\N{SINGLE LEFT-POINTING ANGLE QUOTATION MARK}"
ON = "\N{SINGLE RIGHT-POINTING ANGLE QUOTATION MARK}"
WIDEST_COUNT = "88 888 of 88 888"


class SearchBar(QFrame):
    """Searches while one types. Enter goes to the next found node, Shift+Enter to the one before.

    Esc closes the bar and ends the search; what was typed stays for the next time.

    Parameters
    ----------
    session : Session
    actions : dict of str to QAction
    theme : Theme
    """

    closed = Signal()

    def __init__(self, session: Session, actions: dict[str, QAction], theme: Theme) -> None:
        super().__init__()
        self._session = session
        self.setAccessibleName("Search")
        self.field = SearchField(theme)
        self.field.textChanged.connect(self._search)
        self.field.walked.connect(session.walk_found)
        self.field.left.connect(self.close_search)
        self.count = WordLabel()
        self.count.setFont(sans(theme.px(14)))
        self.count.setAccessibleName("How many nodes are found")
        self.count.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.count.setMinimumWidth(self.count.fontMetrics().horizontalAdvance(WIDEST_COUNT))
        row = QHBoxLayout()
        row.setSpacing(theme.px(6))
        row.addWidget(self.field, 1)
        row.addWidget(self.count)
        for command, sign in (("found_back", BACK), ("found_on", ON)):
            actions[command].setIconText(sign)
            row.addWidget(CommandButton(actions[command]))
        row.addWidget(self._ready_made())
        row.addWidget(self._close_button())
        self.words = _line("muted", theme)
        self.error = _line("warning", theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(*map(theme.px, (12, 0, 12, 7)))
        column.setSpacing(theme.px(3))
        column.addLayout(row)
        column.addWidget(self.words)
        column.addWidget(self.error)
        for signal in (session.opened, session.selected):
            signal.connect(self._refresh)
        session.found_changed.connect(self._follow_query)
        session.cursor_moved.connect(self._follow_time)
        self._refresh()
        self.hide()

    def open_search(self) -> None:
        """Show the bar with the keyboard in it; what was typed last is selected, and searched."""
        self.show()
        self.field.setFocus()
        self.field.selectAll()
        self._search(self.field.text())

    def close_search(self) -> None:
        """Hide the bar, and end the search."""
        if not self.isHidden():
            self.hide()
            self._session.search("")
            self.closed.emit()

    def take_over(self, old: SearchBar) -> None:
        """Show what another bar does: what was typed stays, also for the next search."""
        with QSignalBlocker(self.field):
            take_over_text(old.field, self.field)
        self.setVisible(not old.isHidden())
        self._refresh()

    def _ready_made(self) -> QToolButton:
        button = ToolButton()
        button.setText("Searches")
        button.setToolTip("Searches that are ready-made")
        button.setAccessibleName("Ready-made searches")
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu = QMenu(button)
        self.menu.aboutToShow.connect(self._fill_menu)
        button.setMenu(self.menu)
        return button

    def _fill_menu(self) -> None:
        """Offer the searches there are, those of the selection with its number."""
        self.menu.clear()
        self._offer(READY_MADE)
        session = self._session
        if session.trace is not None:
            self.menu.addSeparator()
            self._offer(searches_of(session.trace, session.selection, session.compared))

    def _offer(self, searches: Iterable[ReadyMade]) -> None:
        for search in searches:
            # What stands after a tab is shown at the right, as shortcuts are: one learns the query.
            action = self.menu.addAction(f"{search.title}\t{search.query}")
            action.setEnabled(bool(search.query))
            action.triggered.connect(lambda _=False, query=search.query: self._take(query))

    def _close_button(self) -> QToolButton:
        button = ToolButton()
        button.setText("×")
        button.setToolTip("Close the search (Esc)")
        button.setAccessibleName("Close the search")
        button.clicked.connect(self.close_search)
        return button

    def _take(self, query: str) -> None:
        self.field.setText(query)
        self.field.setFocus()

    def _search(self, text: str) -> None:
        self._session.search(text)

    def _follow_query(self) -> None:
        """Show what is searched for, whoever asked for it; the keyboard stays where it is."""
        query = self._session.query
        if query:
            if query != self.field.text():
                self.field.setText(query)
            self.show()
        elif self.field.text():  # ended, not deleted letter by letter: the text stays for next time
            self.hide()
        self._refresh()

    def _follow_time(self) -> None:
        """Say what is known of a path by now, even if the same nodes are found."""
        if self.isVisible() and len(self._session.found_path):
            self._refresh()

    def _refresh(self) -> None:
        found, at = len(self._session.found), self._session.found_at
        error, words = self._session.search_error, self._session.search_words
        if not words:
            text = ""
        elif not found:
            text = "nothing found"
            later = self._session.found_at_end
            if later:
                words += f":  {numbers.count(later)} at the end of the pass"
        elif at is None:
            text = f"{numbers.count(found)} found"
        else:
            text = f"{numbers.count(at + 1)} of {numbers.count(found)}"
        self.count.setText(text)
        self.words.setText(words or HINT)
        self.error.setText(error)
        self.words.setVisible(not error)
        self.error.setVisible(bool(error))


class SearchField(QLineEdit):
    """The line that a query is typed into.

    Parameters
    ----------
    theme : Theme
    """

    walked = Signal(int)  # 1 to the next found node, -1 to the one before
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        font = mono(theme.px(BODY))
        font.setFeature(QFont.Tag("calt"), 0)  # “|>” is two signs here, not one arrow
        self.setFont(font)
        self.setMaxLength(LONGEST_QUERY)
        self.setMinimumWidth(theme.px(160))
        self.setPlaceholderText("head 2/softmax")
        self.setAccessibleName("Search scopes, names and numbers")

    def event(self, event: QEvent) -> bool:
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # elsewhere Esc first cancels a pass that is being recorded
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            backwards = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self.walked.emit(-1 if backwards else 1)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _line(role: str, theme: Theme) -> WordLabel:
    """Return a label that takes as many lines as its text needs, whatever the width."""
    label = WordLabel()
    label.setProperty("role", role)
    label.setFont(sans(theme.px(SMALL)))
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
