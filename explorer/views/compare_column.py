"""One compared pass: what it is, its probabilities and losses, and its attention."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.comparison import Outcome, Scales
from explorer.debug.anatomy.comparison_figures import (
    attention_table,
    probability_table,
    probability_words,
    weight_words,
)
from explorer.debug.table import Table
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At
from explorer.views.compare_grid import Words
from explorer.views.compare_header import CompareHeader
from explorer.views.compare_heads import CompareHeads
from explorer.views.compare_rows import CompareRows
from explorer.views.figure import Figure


class CompareColumn(QObject):
    """The widgets of one pass; the view puts them side by side.

    Parameters
    ----------
    header : CompareHeader
    theme : Theme
    around : QWidget
        Where cards beside the mouse have room.
    row_card, head_card : callable
        Return what is to be said about a cell in all compared passes.
    """

    row_pointed = Signal(object)  # a cell of the probabilities as `At`, or None
    head_pointed = Signal(object)  # or one of the attention
    row_chosen = Signal(object)
    head_chosen = Signal(object)
    node_wanted = Signal(int)

    def __init__(
        self,
        header: CompareHeader,
        theme: Theme,
        around: QWidget,
        row_card: Words,
        head_card: Words,
    ) -> None:
        super().__init__(around)
        self.header, self.number = header, header.number
        self.outcome: Outcome | None = None
        n = self.number
        self.rows = CompareRows(theme, f"Probabilities in {n}", around, row_card, self._speak_row)
        self.heads = CompareHeads(theme, f"Attention in {n}", around, head_card, self._speak_head)
        self.row_figure = Figure(theme, f"Probabilities in {n}", self.rows, self._row_table)
        self.head_figure = Figure(theme, f"Attention in {n}", self.heads, self._head_table)
        self.rows.hovered.connect(self.row_pointed)
        self.heads.hovered.connect(self.head_pointed)
        self.rows.chosen.connect(self.row_chosen)
        self.heads.chosen.connect(self.head_chosen)
        self.rows.activated.connect(self._want_probability)
        self.heads.activated.connect(self._want_weight)

    @property
    def widgets(self) -> tuple[QWidget, QWidget, QWidget]:
        """What stands below each other."""
        return self.header, self.row_figure, self.head_figure

    @property
    def figures(self) -> tuple[Figure, Figure]:
        """The frames of the plots."""
        return self.row_figure, self.head_figure

    def show_outcome(self, outcome: Outcome | None, scales: Scales, most_positions: int) -> None:
        """Show a pass on the scales of all compared ones; None if there is none."""
        self.outcome = outcome
        self.rows.show_outcome(outcome, scales, most_positions)
        self.heads.show_outcome(outcome, most_positions)
        self.row_figure.set_title(
            f"Probabilities in {self.number}",
            f"brightest: {numbers.percent(scales.probability)}",
        )
        self.head_figure.set_title(f"Attention in {self.number}", "brightest: 1")

    def _speak_row(self, at: At) -> str:
        if self.outcome is None:
            return ""
        one = self.outcome
        return (
            f"position {at.row}, {one.read(at.row)} to {one.target(at.row)}, "
            f"{one.letters[at.column]}: {probability_words(one, at.row, one.letters[at.column])}"
        )

    def _speak_head(self, at: At) -> str:
        if self.outcome is None:
            return ""
        layer, head = self.outcome.heads[at.grid]
        words = weight_words(self.outcome, at.grid, at.row, at.column)
        query, key = self.outcome.read(at.row), self.outcome.read(at.column)
        return (
            f"layer {layer}, head {head}, position {at.row}, {query}, "
            f"to position {at.column}, {key}: {words}"
        )

    def _row_table(self) -> Table | None:
        return None if self.outcome is None else probability_table(self.outcome)

    def _head_table(self) -> Table | None:
        return None if self.outcome is None else attention_table(self.outcome)

    def _want_probability(self, at: At) -> None:
        if self.outcome is not None:
            self.node_wanted.emit(int(self.outcome.nodes.probabilities[at.row, at.column]))

    def _want_weight(self, at: At) -> None:
        if self.outcome is not None:
            self.node_wanted.emit(int(self.outcome.nodes.weights[at]))
