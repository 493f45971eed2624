"""Running a pass with some numbers forced to be others."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from explorer.trace.replay.forward import Forward
from explorer.trace.replay.units import Kind, Units
from explorer.trace.trace import FloatArray


class Overrides:
    """Nodes whose data are something else.

    Parameters
    ----------
    units : Units
    forward : Forward
    forced : mapping of int to float
        The data of nodes.

    Attributes
    ----------
    inside : dict of int to float
        After `run_forward`: the data of all nodes inside of sums that hold a forced node.
    """

    def __init__(self, units: Units, forward: Forward, forced: Mapping[int, float]) -> None:
        self._units, self._forward, self._forced = units, forward, forced
        self.inside: dict[int, float] = {}
        self._constants: dict[int, float] = {}
        self._after: dict[int, list[int]] = {}
        self._sums: dict[int, list[int]] = {}
        self._first: list[int] = []
        ends = [step.out.stop for step in forward.steps]
        for node in forced:
            owner = int(units.owner[node])
            is_sum = owner != node or units.kind[node] == Kind.ADD
            step = int(np.searchsorted(ends, forward.slot[owner], side="right"))
            if units.kind[node] == Kind.LEAF or units.kind[node] == Kind.CONSTANT:
                self._first.append(node)
            if is_sum:
                self._sums.setdefault(step, []).append(int(units.unit_of[owner]))
            elif units.kind[node] > Kind.CONSTANT:
                self._after.setdefault(step, []).append(node)

    def run_forward(self, values: FloatArray) -> None:
        """Run all steps, and put the forced numbers in where they belong."""
        slot = self._forward.slot
        for node in self._first:
            if self._units.kind[node] == Kind.CONSTANT:
                self._constants[node] = float(values[slot[node]])
            values[slot[node]] = self._forced[node]
        for number, step in enumerate(self._forward.steps):
            step.run()
            for node in self._after.get(number, ()):
                values[slot[node]] = self._forced[node]
            for unit in self._sums.get(number, ()):
                values[slot[self._units.node[unit]]] = self._add_up(values, unit)

    def undo(self, values: FloatArray) -> None:
        """Put constants back; everything else is computed anew by the next run."""
        for node, value in self._constants.items():
            values[self._forward.slot[node]] = value

    def _add_up(self, values: FloatArray, unit: int) -> float:
        """Compute one sum as the scalar code does, with forced nodes inside."""
        units, forced = self._units, self._forced
        inputs = self._forward.steps[self._forward.step_of_unit[unit]].inputs.reshape(-1)
        total = 0.0
        for term in range(int(units.start[unit]), int(units.start[unit + 1])):
            a, product, add = int(units.a[term]), int(units.product[term]), int(units.add[term])
            if units.is_zero[term]:
                value = float(values[self._forward.slot[a]])
            else:
                places = self._forward.factors[term]
                value = float(values[inputs[places[0]]])
                if product >= 0:
                    value *= float(values[inputs[places[1]]])
                    value = self.inside[product] = forced.get(product, value)
            if add >= 0:
                total += value
                total = self.inside[add] = forced.get(add, total)
            else:
                total = value
        return total
