"""The hidden units of a multilayer perceptron at a moment: which are on, off and dead."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.debug.anatomy.parts import Mlp
from explorer.debug.anatomy.reading import Reading

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Units:
    """The units of a layer.

    Attributes
    ----------
    mlp : Mlp
    reading : Reading
    """

    mlp: Mlp
    reading: Reading

    @cached_property
    def known(self) -> Flags:
        """Whether the ReLU of each unit is computed, (positions, units)."""
        return self.reading.known(self.mlp.rectified)

    @cached_property
    def off(self) -> Flags:
        """Where a ReLU gives 0, (positions, units); false where it is not computed yet."""
        off: Flags = self.reading.data(self.mlp.rectified) == 0
        return off

    @cached_property
    def seen(self) -> int:
        """At how many positions all units are computed."""
        return int(self.known.all(axis=1).sum())

    @property
    def is_complete(self) -> bool:
        """Whether all units are computed at all positions."""
        return self.seen == len(self.known)

    @cached_property
    def dead(self) -> Flags:
        """The units that are off at every position where all are computed, (units,).

        They learn nothing from these positions: a ReLU that is off passes no gradient on.
        """
        if not self.seen:
            return np.zeros(self.off.shape[1], np.bool_)
        dead: Flags = np.all(self.off[self.known.all(axis=1)], axis=0)
        return dead

    def on_at(self, position: int) -> int | None:
        """Return how many units are on at a position; None before all are computed."""
        if not self.known[position].all():
            return None
        return int((~self.off[position]).sum())

    def count(self, position: int) -> str:
        """Return how many units are on at a position, and how many are dead, in words."""
        on, units = self.on_at(position), self.known.shape[1]
        if on is None:
            here = f"{int(self.known[position].sum())} of {units} computed here"
        else:
            here = f"{on} of {units} on here"
        if not self.seen:
            return here
        dead = int(self.dead.sum())
        if self.is_complete:
            return f"{here}, {dead} dead in this name (off at every position)"
        positions = "position" if self.seen == 1 else "positions"
        return f"{here}, {dead} off at all {self.seen} {positions} so far"
