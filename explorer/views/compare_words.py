"""What is told about a cell of compared passes: the same place in all of them."""

from __future__ import annotations

from collections.abc import Mapping

from explorer.debug.anatomy.comparison import Change, Outcome
from explorer.debug.anatomy.comparison_figures import (
    head_title,
    probability_words,
    weight_words,
)
from explorer.debug.numbers import percent, signed
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, card

ON_THE_MAP = "Double click or Enter: on the map"
ELSEWHERE = "Opened as the pass, it is on the map"
Outcomes = Mapping[int, Outcome]  # by the numbers of their columns


def row_card(theme: Theme, outcomes: Outcomes, pointed: int, at: At) -> str:
    """Return the probabilities of the letter of a cell in all passes, as rich text.

    Parameters
    ----------
    theme : Theme
    outcomes : mapping of int to Outcome
    pointed : int
        The column of the cell.
    at : At
    """
    letter = outcomes[pointed].letters[at.column]
    rows = [
        (*_where(number, outcome, at.row), probability_words(outcome, at.row, letter))
        for number, outcome in outcomes.items()
    ]
    return card(theme, f"position {at.row}: p({letter})", "", rows, _hint(pointed))


def head_card(theme: Theme, outcomes: Outcomes, pointed: int, at: At) -> str:
    """Return the same weight of attention in all passes, as rich text."""
    heads = max((outcome.heads for outcome in outcomes.values()), key=len)
    title = f"position {at.row} takes from position {at.column}"
    name = head_title(*heads[at.grid], several_layers=heads[-1][0] > 0)
    rows = [
        (
            *_where(number, outcome, at.row, at.column),
            weight_words(outcome, at.grid, at.row, at.column),
        )
        for number, outcome in outcomes.items()
    ]
    return card(theme, title, name, rows, _hint(pointed))


def change_sentence(change: Change, at: At) -> str:
    """Return what is to be said about a cell of the changes."""
    first = change.first
    what = f"{first.read(at.column)} → {first.target(at.column)}: probability of the target"
    if at.grid:
        points = signed(100 * float(change.differences[at.column]))
        return f"{what} changed by {points} points of a hundred"
    value = percent(float(change.probabilities[at.row, at.column]))
    return f"{what} in {change.passes[at.row] + 1}: {value}"


def same_letter(at: At, one: Outcome, other: Outcome) -> At | None:
    """Return the cell of the same position and letter in another pass, if it has the letter."""
    token = other.token_of(one.letters[at.column])
    return None if token is None else At(0, at.row, token)


def _hint(column: int) -> str:
    return ON_THE_MAP if column == 1 else ELSEWHERE


def _where(number: int, outcome: Outcome, *positions: int) -> tuple[str, str, str]:
    """Return which pass it is, and what is read at some positions."""
    read = ""
    if max(positions) < outcome.positions:
        read = " ← ".join(outcome.read(position) for position in positions)
        if len(positions) == 1:
            read += f" → {outcome.target(positions[0])}"
    return str(number), outcome.document.name, read
