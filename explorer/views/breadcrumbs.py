"""The way from the whole pass to the scope in view; each step leads back to a scope."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel

from explorer.debug.session import Session
from explorer.debug.titles import scope_titles
from explorer.theme.style import sans
from explorer.theme.tokens import Theme


class Breadcrumbs(QLabel):
    """A line of links, ``pass / 3 m → a / gpt / layer 0``; out of sight at the whole pass.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    scope_chosen = Signal(int)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme, px = session, theme, theme.px
        self._titles: list[str] = []
        self.setFont(sans(theme.px(14)))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setStyleSheet(
            f"QLabel {{ background: {theme.raised}; border: {px(1)}px solid {theme.border};"
            f"border-radius: {px(8)}px; padding: {px(6)}px {px(12)}px; margin: {px(14)}px; }}"
            f"QLabel:focus {{ border-color: {theme.negative}; }}"
        )
        self.hide()
        self.setAccessibleName("Scope in view")
        self.linkActivated.connect(self._choose)
        session.opened.connect(self._open)
        self._open()

    def _open(self) -> None:
        trace = self._session.trace
        self._titles = scope_titles(trace) if trace else []
        self.show_scope(0)

    def show_scope(self, scope: int) -> None:
        """Show the way to a scope."""
        trace = self._session.trace
        if trace is None or not self._titles:
            return
        *around, last = [0, *trace.scope_path(scope)]
        style = f"color:{self._theme.muted}; text-decoration:none"
        links = [f"<a href='{s}' style='{style}'>{escape(self._titles[s])}</a>" for s in around]
        # A link at the very beginning would keep the keyboard: Qt finds no way back from there.
        self.setText("&#8203;" + " &nbsp;/&nbsp; ".join([*links, escape(self._titles[last])]))
        self.setVisible(scope != 0)

    def _choose(self, link: str) -> None:
        self.scope_chosen.emit(int(link))
