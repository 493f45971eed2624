"""The list of breakpoints, and the field in which conditions are typed."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.breakpoints import BreakOn, Breakpoint, BreakpointRow
from explorer.debug.conditions import NUMBERS, WORDS, ConditionError
from explorer.debug.session import Session
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton
from explorer.views.mark_tables import Column, RowModel, RowTable

HELP = "Names: " + "; ".join(f"{name}: {meaning}" for name, meaning in (NUMBERS | WORDS).items())
EMPTY = (
    "F9 breaks at the selected node, Shift+F9 when its gradient is written, Ctrl+F9 at its source "
    "line. F5 continues to the next breakpoint, Shift+F5 back to the last one."
)


class BreakpointsPanel(QWidget):
    """What breaks, whether it does, how often it has been hit by now, and what hits here.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self.condition = QLineEdit()
        self.condition.setFont(mono(14))
        self.condition.setPlaceholderText("a condition, such as abs(grad) > 0.1")
        self.condition.setAccessibleName("Condition of a new breakpoint")
        self.condition.setToolTip(HELP)
        self.condition.returnPressed.connect(self._add_condition)
        self.condition.textEdited.connect(self._forget_error)
        add = PushButton("Add")
        add.setFont(sans(14))
        add.setAccessibleName("Add a breakpoint with this condition")
        add.clicked.connect(self._add_condition)
        self.error = QLabel()
        self.error.setFont(sans(13))
        self.error.setWordWrap(True)
        self.error.setProperty("role", "warning")
        self.error.hide()
        self._empty = QLabel(EMPTY)
        self._empty.setFont(sans(14))
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._model = RowModel[BreakpointRow](
            (
                Column("breaks at", lambda row: row.label, colour=self._colour),
                Column("", self._kind, colour=self._muted),
                Column("hits", _hits, right=True, colour=self._colour),
                Column("skip", _skip, edit=self._set_skip, right=True),
            ),
            checked=lambda row: row.breakpoint.enabled,
            check=self._toggle,
        )
        self.table = RowTable(self._model, wide=0, name="Breakpoints")
        self.table.chosen.connect(self._go)
        self.table.removed.connect(self._remove)
        field = QHBoxLayout()
        field.setSpacing(8)
        field.addWidget(self.condition, 1)
        field.addWidget(add)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(6)
        column.addLayout(field)
        column.addWidget(self.error)
        column.addWidget(self._empty)
        column.addWidget(self.table, 1)
        self.setFocusProxy(self.condition)
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.breakpoints.changed.connect(self._refresh)
        self._refresh()

    def _refresh(self) -> None:
        self._model.show_rows(self._session.breakpoints.rows(self._session.cursor))
        empty = not self._model.rows
        self._empty.setVisible(empty)
        self.table.setVisible(not empty)

    def _add_condition(self) -> None:
        text = self.condition.text()
        try:
            self._session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text=text))
        except ConditionError as error:
            self.error.setText(str(error))
            self.error.show()
            self.condition.setFocus()
            self.condition.setSelection(error.start, error.stop - error.start)
        else:
            self._forget_error()
            self.condition.clear()

    def _forget_error(self) -> None:
        self.error.hide()

    def _toggle(self, row: BreakpointRow) -> None:
        self._session.breakpoints.change(row.breakpoint, enabled=not row.breakpoint.enabled)

    def _set_skip(self, row: BreakpointRow, typed: str) -> None:
        if typed.strip().isdecimal():
            self._session.breakpoints.change(row.breakpoint, skip=int(typed))

    def _remove(self, row: BreakpointRow) -> None:
        self._session.breakpoints.remove(row.breakpoint)

    def _go(self, row: BreakpointRow) -> None:
        self._session.run_to_hit(row.breakpoint)

    def _kind(self, row: BreakpointRow) -> str:
        return "here" if row.is_here else row.breakpoint.on.value

    def _colour(self, row: BreakpointRow) -> str | None:
        if row.is_here:
            return self._theme.positive
        return None if row.in_pass and row.breakpoint.enabled else self._theme.muted

    def _muted(self, row: BreakpointRow) -> str | None:
        return self._theme.positive if row.is_here else self._theme.muted


def _hits(row: BreakpointRow) -> str:
    if not row.in_pass:
        return "not in this pass"
    return f"{numbers.count(row.hits)} / {numbers.count(row.total)}"


def _skip(row: BreakpointRow) -> str:
    return str(row.breakpoint.skip)
