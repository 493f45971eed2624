"""The list of watches: numbers of some nodes at the cursor."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.watches import WatchRow, watch_rows
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.views.mark_tables import Column, RowModel, RowTable

EMPTY = "W watches the selected node: its numbers stay in sight, and it is marked on the map."
STATES = {
    GradState.PARTIAL: "partial",
    GradState.FINAL: "final",
    GradState.ZERO: "zero",
    GradState.CLEARED: "set back",
}


class WatchesPanel(QWidget):
    """Value, gradient and its state of each watched node.

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
        self._model = RowModel[WatchRow](
            (
                Column("node", lambda row: row.label),
                Column("data", _data, mono(13), self._data_colour, right=True),
                Column("grad", _grad, mono(13), self._grad_colour, right=True),
                Column("", _state, colour=self._muted),
            )
        )
        self.table = RowTable(self._model, wide=0, name="Watches")
        self.table.chosen.connect(self._select)
        self.table.removed.connect(self._remove)
        self.table.clicked.connect(self._click)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.table)
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.watches.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        timeline, watches = self._session.timeline, self._session.watches
        rows = [] if timeline is None else watch_rows(timeline, self._session.cursor, watches)
        self._model.show_rows(rows)
        self._empty.setVisible(not rows)
        self.table.setVisible(bool(rows))

    def _click(self) -> None:
        row = self.table.current
        if isinstance(row, WatchRow):
            self._select(row)

    def _select(self, row: WatchRow) -> None:
        if row.node is not None:
            self._session.select(row.node)

    def _remove(self, row: WatchRow) -> None:
        self._session.watches.toggle(row.address)

    def _data_colour(self, row: WatchRow) -> str | None:
        return self._sign(row.data)

    def _grad_colour(self, row: WatchRow) -> str | None:
        return self._sign(row.grad)

    def _muted(self, row: WatchRow) -> str | None:
        return self._theme.muted

    def _sign(self, value: float | None) -> str | None:
        if value is None:
            return self._theme.muted
        return self._theme.negative if value < 0 else self._theme.positive if value > 0 else None


def _data(row: WatchRow) -> str:
    if row.node is None:
        return "not in this pass"
    return "–" if row.data is None else numbers.short(row.data)


def _grad(row: WatchRow) -> str:
    return "–" if row.grad is None else numbers.short(row.grad)


def _state(row: WatchRow) -> str:
    if row.state is GradState.PARTIAL:
        return f"{row.done} of {row.total}"
    return "" if row.state is None else STATES.get(row.state, "not reached")
