"""The hidden units of a perceptron as grids of cells."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from explorer.debug.anatomy.grid import Grid
from explorer.debug.anatomy.quantity import Quantity, quantity_grid
from explorer.debug.anatomy.units import Units
from explorer.debug.table import Table

OFF, ON, NOT_KNOWN = "off", "on", "not computed yet"


class Row(IntEnum):
    """Which of the grids."""

    BEFORE = 0  # the ReLU, at the position
    AFTER = 1
    ALL = 2  # at every position: after the ReLU, or the gradient that went through it


@dataclass(frozen=True, eq=False)
class UnitPicture:
    """The units of a layer, closely at one position.

    Attributes
    ----------
    units : Units
    position : int
    quantity : Quantity
    limit : float
        The end of the scale of colours.
    """

    units: Units
    position: int
    quantity: Quantity
    limit: float = 1.0

    def grids(self) -> tuple[Grid, ...]:
        """Return the grids, in the order of `Row`."""
        mlp, reading, at = self.units.mlp, self.units.reading, self.position
        is_data = self.quantity is Quantity.DATA
        names = tuple(map(str, range(mlp.hidden.shape[1])))
        positions = tuple(
            f"{i} {reading.spell(token)}" for i, token in enumerate(reading.anatomy.tokens)
        )
        here = slice(at, at + 1)
        dead = self.units.dead[np.newaxis]
        return tuple(
            quantity_grid(self.quantity, reading, title, nodes, rows, names, self.limit, faint)
            for title, nodes, rows, faint in (
                ("before ReLU", mlp.hidden[here], ("before ReLU",), dead),
                ("after ReLU", mlp.rectified[here], ("after ReLU",), dead),
                (
                    "after ReLU" if is_data else "before ReLU",
                    mlp.rectified if is_data else mlp.hidden,
                    positions,
                    np.repeat(dead, len(positions), axis=0),
                ),
            )
        )

    def state(self, position: int, unit: int) -> str:
        """Return whether a unit is on, off, or dead in this name, in words."""
        units = self.units
        if not units.known[position, unit]:
            return NOT_KNOWN
        if not units.off[position, unit]:
            return ON
        if not units.dead[unit]:
            return OFF
        return (
            "dead: off at every position" if units.is_complete else "off at every position so far"
        )

    def table(self) -> Table:
        """Return the units of the position."""
        reading, mlp, at = self.units.reading, self.units.mlp, self.position
        columns = (mlp.hidden[at], mlp.rectified[at])
        before, after = (reading.data(nodes).tolist() for nodes in columns)
        rows = tuple(
            (unit, before[unit], after[unit], self.state(at, unit)) for unit in range(len(before))
        )
        return Table(("unit", "before ReLU", "after ReLU", "state"), rows)
