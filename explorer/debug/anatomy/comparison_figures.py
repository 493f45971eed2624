"""Passes beside each other as figures: grids of cells, words about one, and tables."""

from __future__ import annotations

import numpy as np

from explorer.debug.anatomy.comparison import Change, Outcome
from explorer.debug.anatomy.grid import CellState, Grid
from explorer.debug.numbers import percent, short
from explorer.debug.table import Table
from explorer.trace.trace import FloatArray, IntArray


def probability_grid(outcome: Outcome, limit: float) -> Grid:
    """Return a row a position and a column a token; the column of BOS has no name."""
    rows = _steps(outcome)
    columns = (*outcome.document.letters, "")
    nodes = outcome.nodes.probabilities
    return _grid("", nodes, outcome.probabilities, rows, columns, limit, is_share=True)


def weight_grids(outcome: Outcome, is_named: bool) -> list[Grid]:
    """Return a grid for each head: queries below each other, keys side by side.

    Parameters
    ----------
    outcome : Outcome
    is_named : bool
        Whether there is room for letters at both axes.
    """
    names = tuple(outcome.read(i) for i in range(outcome.positions)) if is_named else ()
    several = outcome.heads[-1][0] > 0
    return [
        _grid(head_title(*head, several), nodes, weights, names, names, is_share=True)
        for head, nodes, weights in zip(
            outcome.heads, outcome.nodes.weights, outcome.weights, strict=True
        )
    ]


def head_title(layer: int, head: int, several_layers: bool) -> str:
    """Return what a head is called."""
    return f"layer {layer} · head {head}" if several_layers else f"head {head}"


def change_grids(change: Change, limit: float) -> list[Grid]:
    """Return the probabilities of the targets, a row a pass, and how much they changed."""
    first = change.first
    columns = _steps(first)
    passes = [i + 1 for i in change.passes]
    nodes = np.zeros_like(change.probabilities, np.int32)
    differences = change.differences[np.newaxis]
    largest = float(np.nanmax(np.abs(differences), initial=0.0)) or 1.0
    return [
        _grid(
            "",
            nodes,
            change.probabilities,
            tuple(f"in {i}" for i in passes),
            columns,
            limit,
            is_share=True,
        ),
        _grid("", nodes[:1], differences, (f"{passes[0]} → {passes[-1]}",), (), largest),
    ]


def _steps(outcome: Outcome) -> tuple[str, ...]:
    """Return what each position reads and should predict."""
    return tuple(f"{outcome.read(i)}→{outcome.target(i)}" for i in range(outcome.positions))


def _grid(
    title: str,
    nodes: IntArray,
    values: FloatArray,
    rows: tuple[str, ...],
    columns: tuple[str, ...],
    limit: float = 1.0,
    is_share: bool = False,
) -> Grid:
    states = np.full(nodes.shape, CellState.NOT_COMPUTED, np.uint8)
    states[~np.isnan(values)] = CellState.KNOWN
    states[nodes < 0] = CellState.NOT_THERE
    return Grid(title, nodes, values, states, rows, columns, limit, is_share)


def probability_words(outcome: Outcome, position: int, letter: str) -> str:
    """Return what is to be said about a letter, or BOS, at a position."""
    token = outcome.token_of(letter)
    if position >= outcome.positions:
        return "no such position"
    if token is None:
        return "not in the vocabulary"
    rank = outcome.rank(position, token)
    if rank is None:
        return "not computed yet"
    value, target = float(outcome.probabilities[position, token]), outcome.targets[position]
    words = f"{percent(value)}, rank {rank} of {len(outcome.letters)}"
    return f"{words}, the target" if token == target else words


def weight_words(outcome: Outcome, head: int, query: int, key: int) -> str:
    """Return what is to be said about how much a position takes from another one."""
    if head >= len(outcome.heads) or max(query, key) >= outcome.positions:
        return "no such weight"
    value = float(outcome.weights[head, query, key])
    return "not computed yet" if np.isnan(value) else short(value)


def probability_table(outcome: Outcome) -> Table:
    """Return a row a position: its loss, and the probability of each token."""
    names = ("position", "read", "target", "loss", *(f"p({x})" for x in outcome.letters))
    rows = (
        (i, outcome.read(i), outcome.target(i), loss, *probabilities)
        for i, (loss, probabilities) in enumerate(
            zip(outcome.losses.tolist(), outcome.probabilities.tolist(), strict=True)
        )
    )
    return Table(names, tuple(rows))


def attention_table(outcome: Outcome) -> Table:
    """Return a row for each head, query and key: the weight."""
    names = ("layer", "head", "query", "query reads", "key", "key reads", "weight")
    rows = (
        (layer, head, i, outcome.read(i), j, outcome.read(j), float(weights[i, j]))
        for (layer, head), weights in zip(outcome.heads, outcome.weights, strict=True)
        for i in range(outcome.positions)
        for j in range(i + 1)
    )
    return Table(names, tuple(rows))


def change_table(change: Change) -> Table:
    """Return a row a position: probability of the target and loss in each pass."""
    passes = [i + 1 for i in change.passes]
    names = (
        "position", "read", "target", *(f"p(target) in {i}" for i in passes),
        *(f"loss in {i}" for i in passes),
    )  # fmt: skip
    rows = (
        (i, change.first.read(i), change.first.target(i), *probabilities, *losses)
        for i, (probabilities, losses) in enumerate(
            zip(change.probabilities.T.tolist(), change.losses.T.tolist(), strict=True)
        )
    )
    return Table(names, tuple(rows))
