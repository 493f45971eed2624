"""The card about the cell under the mouse."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from explorer.debug import numbers
from explorer.debug.contrast import Contrast, ContrastRow
from explorer.debug.roles import node_label
from explorer.debug.titles import scope_path
from explorer.theme.style import MONO, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState, Timeline

OFFSET, EDGE = 18, 6  # pixels from the mouse, and from the edge of the map


class HoverCard(QLabel):
    """Name, operation, data and gradient of a node, beside the mouse.

    Parameters
    ----------
    parent : QWidget
        Where it floats.
    theme : Theme
    """

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._around, self._theme = parent, theme
        self.setFont(sans(theme.px(14)))
        self.setTextFormat(Qt.TextFormat.RichText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setStyleSheet(
            f"background: {theme.raised}; border: {theme.px(1)}px solid {theme.muted};"
            f"border-radius: {theme.px(8)}px; padding: {theme.px(8)}px {theme.px(12)}px;"
        )
        self.hide()

    def show_node(
        self,
        timeline: Timeline,
        cursor: int,
        node: int,
        at: QPointF,
        contrast: Contrast | None = None,
    ) -> None:
        """Show what is known of a node at a moment, beside a point of the parent as events give it.

        With a contrast, also what it is in the other model, and the difference.
        """
        trace = timeline.trace
        known = timeline.node_data_at(cursor, node)
        data = "not computed yet" if known is None else numbers.short(known, 5)
        state = timeline.grad_state_at(cursor, node)
        grad = "none" if trace.loss is None else "not reached yet"
        if state is not GradState.NOT_REACHED:
            partial = " (partial)" if state is GradState.PARTIAL else ""
            grad = f"{numbers.short(timeline.node_grad_at(cursor, node), 5)}{partial}"
        rows = [["data", data], ["grad", grad]]
        if contrast is not None:
            both = contrast.of(timeline, cursor, node)
            rows = [texts + _compared(row) for texts, row in zip(rows, both, strict=True)]
            rows.insert(0, ["", contrast.mine, contrast.other, "difference"])
        theme = self._theme
        mono = ", ".join(f"'{family}'" for family in MONO)
        path = escape(scope_path(trace, int(trace.scope[node])))
        self.show_text(
            f"<b>{escape(node_label(trace, node))}</b> &nbsp;{escape(trace.op_name(node))}<br>"
            f"<span style='color:{theme.muted}; font-size:{theme.px(SMALL)}px'>{path}</span>"
            f'<table cellspacing="{theme.px(2)}" style="font-family:{mono}">'
            f"{''.join(map(self._row, rows))}</table>",
            at,
        )

    def _row(self, texts: list[str]) -> str:
        """Return a row of the table; names are muted."""
        muted = f" style='color:{self._theme.muted}'"
        cells = [
            f"<td{'' if column and texts[0] else muted}>{escape(text)}&nbsp;</td>"
            for column, text in enumerate(texts)
        ]
        return f"<tr>{''.join(cells)}</tr>"

    def show_text(self, text: str, at: QPointF) -> None:
        """Show a rich text beside a point of the parent."""
        self.setText(text)
        self.adjustSize()
        self._place(at)
        self.show()
        self.raise_()

    def _place(self, at: QPointF) -> None:
        """Stand below and right of a point; on the other side where there is no room."""
        around = self._around
        offset, edge = self._theme.px(OFFSET), self._theme.px(EDGE)
        x, y = at.x() + offset, at.y() + offset
        if x + self.width() + edge > around.width():
            x = at.x() - offset - self.width()
        if y + self.height() + edge > around.height():
            y = at.y() - offset - self.height()
        self.move(max(edge, int(x)), max(edge, int(y)))


def _compared(row: ContrastRow) -> list[str]:
    """Return a number of the other model, and the difference."""
    other = "–" if row.other is None else numbers.short(row.other, 5)
    return [other, "–" if row.difference is None else numbers.signed(row.difference, 5)]
