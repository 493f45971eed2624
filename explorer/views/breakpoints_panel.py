"""The list of breakpoints, and the field in which conditions are typed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from explorer.debug import numbers
from explorer.debug.breakpoints import BreakOn, Breakpoint, BreakpointRow
from explorer.debug.conditions import NUMBERS, WORDS, ConditionError
from explorer.debug.session import Session
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.buttons import PushButton
from explorer.views.mark_tables import Column, MarkPanel, RowModel, RowTable
from explorer.views.word_label import WordLabel

MOST_DIGITS = 9  # of the number of hits to skip
HELP = "Names: " + "; ".join(f"{name}: {meaning}" for name, meaning in (NUMBERS | WORDS).items())
EMPTY = (
    "F9 breaks at the selected node, Shift+F9 when its gradient is written, Ctrl+F9 at its source "
    "line. F5 continues to the next breakpoint, Shift+F5 back to the last one."
)


class BreakpointsPanel(MarkPanel):
    """What breaks, whether it does, how often it has been hit by now, and what hits here.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        self._session, self._theme = session, theme
        self.condition = QLineEdit()
        self.condition.setFont(mono(theme.px(14)))
        self.condition.setPlaceholderText("a condition, such as abs(grad) > 0.1")
        self.condition.setAccessibleName("Condition of a new breakpoint")
        self.condition.setToolTip(HELP)
        self.condition.returnPressed.connect(self._add_condition)
        self.condition.textEdited.connect(self._forget_error)
        add = PushButton("Add")
        add.setFont(sans(theme.px(14)))
        add.setAccessibleName("Add a breakpoint with this condition")
        add.clicked.connect(self._add_condition)
        self.error = WordLabel()
        self.error.setFont(sans(theme.px(SMALL)))
        self.error.setWordWrap(True)
        self.error.setProperty("role", "warning")
        self.error.hide()
        model = RowModel[BreakpointRow](
            (
                Column("breaks at", _label, colour=self._colour),
                Column("hits", _hits, right=True, colour=self._colour),
                Column("skip", _skip, edit=self._set_skip, right=True),
            ),
            checked=lambda row: row.breakpoint.enabled,
            check=self._toggle,
        )
        field = QWidget()
        row = QHBoxLayout(field)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.px(8))
        row.addWidget(self.condition, 1)
        row.addWidget(add)
        table = RowTable(model, 0, "Breakpoints", theme)
        super().__init__(table, EMPTY, theme, [field, self.error])
        self.table.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.table.chosen.connect(self._go)
        self.table.removed.connect(self._remove)
        self.setFocusProxy(self.condition)
        session.opened.connect(self.follow)
        session.cursor_moved.connect(self.follow)
        session.breakpoints.changed.connect(self.follow)
        self.follow()

    def rows(self) -> list[BreakpointRow]:
        return self._session.breakpoints.rows(self._session.cursor)

    def _add_condition(self) -> None:
        text = self.condition.text()
        try:
            self._session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text=text))
        except ConditionError as error:
            self.error.setText(str(error))
            self.error.show()
            self.condition.setFocus()
            start, stop = (_units(text[:at]) for at in (error.start, error.stop))
            self.condition.setSelection(start, stop - start)
        else:
            self._forget_error()
            self.condition.clear()

    def _forget_error(self) -> None:
        self.error.hide()

    def _toggle(self, row: BreakpointRow) -> None:
        self._session.breakpoints.change(row.breakpoint, enabled=not row.breakpoint.enabled)

    def _set_skip(self, row: BreakpointRow, typed: str) -> None:
        if typed.strip().isdecimal() and len(typed) <= MOST_DIGITS:
            self._session.breakpoints.change(row.breakpoint, skip=int(typed))

    def _remove(self, row: BreakpointRow) -> None:
        self._session.breakpoints.remove(row.breakpoint)

    def _go(self, row: BreakpointRow) -> None:
        self._session.run_to_hit(row.breakpoint)

    def _colour(self, row: BreakpointRow) -> str | None:
        if row.is_here:
            return self._theme.positive
        return None if row.in_pass and row.breakpoint.enabled else self._theme.muted


def _label(row: BreakpointRow) -> str:
    return f"▸ {row.label}" if row.is_here else row.label


def _units(text: str) -> int:
    """Return how long a text is for Qt, which takes rare letters for two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _hits(row: BreakpointRow) -> str:
    if not row.in_pass:
        return "not in this pass"
    return f"{numbers.count(row.hits)} / {numbers.count(row.total)}"


def _skip(row: BreakpointRow) -> str:
    return str(row.breakpoint.skip)
