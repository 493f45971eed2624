"""What is told of cells: beside the mouse, and to those who listen."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from explorer.debug import numbers
from explorer.debug.anatomy.grid import CellState, Grid
from explorer.theme.style import MONO
from explorer.theme.tokens import Theme

DIGITS = 5  # of a number that is told
UNKNOWN = {
    CellState.NOT_THERE: "there is none",
    CellState.NOT_COMPUTED: "not computed yet",
    CellState.NOT_REACHED: "not reached yet",
}


def number_text(grid: Grid, row: int, column: int) -> str:
    """Return what is known of the number in a cell, in words where it is not known."""
    state = CellState(int(grid.states[row, column]))
    if state in UNKNOWN:
        return UNKNOWN[state]
    number = numbers.short(float(grid.values[row, column]), DIGITS)
    return f"{number} (partial)" if state is CellState.PARTIAL else number


def card(
    theme: Theme,
    title: str,
    remark: str = "",
    rows: Sequence[Sequence[str]] = (),
    hint: str = "",
) -> str:
    """Return what is told beside the mouse, as rich text.

    Parameters
    ----------
    theme : Theme
    title : str
    remark : str, optional
    rows : sequence of sequences of str, optional
        A label and what there is to say, one or more texts.
    hint : str, optional
        What can be done.
    """
    muted = f"style='color:{theme.muted}'"
    mono = ", ".join(f"'{family}'" for family in MONO)
    lines = [f"<b>{escape(title)}</b>"]
    if remark:
        lines.append(f"<span {muted}>{escape(remark)}</span>")
    cells = "".join(
        f"<tr><td {muted}>{escape(label)}</td>"
        + "".join(f"<td>&nbsp;&nbsp;{escape(text)}</td>" for text in texts)
        + "</tr>"
        for label, *texts in rows
    )
    table = f'<table cellspacing="{theme.px(2)}" style="font-family:{mono}">{cells}</table>'
    return "<br>".join(lines) + table + (f"<span {muted}>{escape(hint)}</span>" if hint else "")
