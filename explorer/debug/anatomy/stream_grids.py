"""The residual stream of a position as grids of cells, and what follows from it beside them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from explorer.debug.anatomy.grid import CellState, Grid
from explorer.debug.anatomy.parts import NONE
from explorer.debug.anatomy.quantity import Quantity, quantity_grid
from explorer.debug.anatomy.stream import StreamNumbers
from explorer.debug.table import Table
from explorer.trace.trace import FloatArray, IntArray


class Part(IntEnum):
    """Which of the grids."""

    STAGES = 0  # the numbers of each stage at the position
    LOGITS = 1  # what comes out
    NORM = 2  # of each stage at the position
    SHARE = 3  # of what is added, in what it is added to
    LOGIT_PART = 4  # what each addend brings to the target's logit
    OVERVIEW = 5  # the norm of each stage at every position


@dataclass(frozen=True)
class Limits:
    """Ends of scales, for the whole of a pass.

    Attributes
    ----------
    stages, logits : float
        Of colours.
    norm, logit_part : float
        Of bars.
    """

    stages: float = 1.0
    logits: float = 1.0
    norm: float = 1.0
    logit_part: float = 1.0


@dataclass(frozen=True, eq=False)
class StreamPicture:
    """The stream at one position.

    Attributes
    ----------
    numbers : StreamNumbers
    position : int
    quantity : Quantity
    limits : Limits
    """

    numbers: StreamNumbers
    position: int
    quantity: Quantity
    limits: Limits

    @property
    def read(self) -> str:
        """The token that the position reads."""
        reading = self.numbers.reading
        return reading.spell(reading.anatomy.tokens[self.position])

    @property
    def target(self) -> str:
        """The token that should follow."""
        return self.numbers.reading.spell(self.numbers.targets()[self.position])

    @property
    def norms(self) -> FloatArray:
        """Norms of the vectors on show, (stages, positions)."""
        is_data = self.quantity is Quantity.DATA
        return self.numbers.norms if is_data else self.numbers.grad_norms

    def grids(self) -> tuple[Grid, ...]:
        """Return the grids, in the order of `Part`."""
        numbers, reading, at = self.numbers, self.numbers.reading, self.position
        titles = tuple(stage.title for stage in numbers.stream.stages)
        width = tuple(map(str, range(reading.anatomy.width)))
        letters = tuple(map(reading.spell, range(reading.anatomy.vocabulary)))
        tokens = tuple(map(reading.spell, reading.anatomy.tokens))
        results = numbers.stream.nodes[:, :, -1]
        here = results[:, at : at + 1]
        return (
            quantity_grid(
                self.quantity, reading, "stream", numbers.stream.nodes[:, at], titles, width,
                self.limits.stages,
            ),
            quantity_grid(
                self.quantity, reading, "logits", reading.anatomy.logits[at : at + 1],
                ("logits",), letters, self.limits.logits,
            ),
            _derived("norm", here, self.norms[:, at : at + 1], titles, ("norm",)),
            self._of_addends("share", here, numbers.shares, titles),
            self._of_addends("part of the logit", here, numbers.logit_parts, titles),
            _derived("norm", results, self.norms, titles, tokens),
        )  # fmt: skip

    def target_logit(self) -> float | None:
        """Return the logit of the target; None if it is not computed yet."""
        target = self.numbers.targets()[self.position]
        node = int(self.numbers.reading.anatomy.logits[self.position, target])
        reading = self.numbers.reading
        return reading.timeline.node_data_at(reading.cursor, node) if node != NONE else None

    def table(self) -> Table:
        """Return all numbers of the position."""
        shown, at = self.grids(), self.position
        width = self.numbers.stream.nodes.shape[2]
        columns = ("stage", "layer", *map(str, range(width)), "norm", "share", "logit part")
        rows = [
            (
                stage.title,
                stage.layer,
                *shown[Part.STAGES].values[i].tolist(),
                float(self.norms[i, at]),
                float(shown[Part.SHARE].values[i, 0]),
                float(shown[Part.LOGIT_PART].values[i, 0]),
            )
            for i, stage in enumerate(self.numbers.stream.stages)
        ]
        return Table(columns, tuple(rows))

    def _of_addends(
        self, title: str, nodes: IntArray, found: FloatArray, rows: tuple[str, ...]
    ) -> Grid:
        """Return what is known of addends alone, and of their data alone."""
        stream = self.numbers.stream
        those = np.zeros(len(stream.stages), np.bool_)
        if self.quantity is Quantity.DATA:
            those[list(stream.addends)] = True
            if title == "share":
                those[[before is None for before in stream.before]] = False
        there = np.where(those[:, np.newaxis], nodes, NONE)
        return _derived(title, there, found[:, self.position : self.position + 1], rows, (title,))


def _derived(
    title: str, nodes: IntArray, values: FloatArray, rows: tuple[str, ...], columns: tuple[str, ...]
) -> Grid:
    states = np.where(np.isnan(values), CellState.NOT_COMPUTED, CellState.KNOWN).astype(np.uint8)
    states[nodes == NONE] = CellState.NOT_THERE
    return Grid(title, nodes, values, states, rows, columns)
