"""The list of watches: numbers of some nodes at the cursor."""

from __future__ import annotations

from PySide6.QtCore import Qt

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.watches import WatchRow, watch_rows
from explorer.theme.style import SMALL, mono
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.views.mark_tables import Column, MarkPanel, RowModel, RowTable

EMPTY = "W watches the selected node: its numbers stay in sight, and it is marked on the map."
STATES = {
    GradState.NOT_REACHED: "not yet",
    GradState.FINAL: "final",
    GradState.ZERO: "zero",
    GradState.CLEARED: "set back",
}


class WatchesPanel(MarkPanel):
    """Value, gradient and its state of each watched node.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        self._session, self._theme = session, theme
        digits = mono(theme.px(SMALL))
        model = RowModel[WatchRow](
            (
                Column("node", lambda row: row.label),
                Column("data", _data, digits, self._data_colour, right=True),
                Column("grad", _grad, digits, self._grad_colour, right=True),
                Column("", _state, colour=self._muted),
            )
        )
        super().__init__(RowTable(model, 0, "Watches", theme), EMPTY, theme)
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.chosen.connect(self._select)
        self.table.removed.connect(self._remove)
        self.table.clicked.connect(self._click)
        session.opened.connect(self.follow)
        session.cursor_moved.connect(self.follow)
        session.numbers_changed.connect(self.follow)
        session.watches.changed.connect(self.follow)
        self.follow()

    def rows(self) -> list[WatchRow]:
        timeline, watches = self._session.timeline, self._session.watches
        return [] if timeline is None else watch_rows(timeline, self._session.cursor, watches)

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
        return f"{numbers.count(row.done)} / {numbers.count(row.total)}"
    return "" if row.state is None else STATES[row.state]
