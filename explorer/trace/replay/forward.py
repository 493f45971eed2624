"""The forward half of a program: steps, and where each number lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.trace.replay.graph import Graph, Indices
from explorer.trace.replay.grouping import forward_levels, groups, placed, ranks
from explorer.trace.replay.ledger import ranges
from explorer.trace.replay.power import exponents
from explorer.trace.replay.steps import (
    ExpStep,
    LogStep,
    PeakStep,
    PowerStep,
    ProductStep,
    ReluStep,
    Step,
    SumStep,
)
from explorer.trace.replay.units import Kind, Units

ZERO, ONE, FIRST = 0, 1, 2  # slots
FUNCTIONS = {Kind.EXP: ExpStep, Kind.LOG: LogStep, Kind.RELU: ReluStep, Kind.POW: PowerStep}


@dataclass(frozen=True, eq=False)
class Forward:
    """The steps that compute all data, and where it lies.

    All numbers lie in one array: 0.0, 1.0, the leaves, the constants, then the results of the
    steps, and last the terms of all sums and the sums up to each term.

    Attributes
    ----------
    steps : list of Step
    step_of_unit : int array, (units,)
        The step that computes a unit.
    slot : int array, (nodes,)
        Where a leaf, a constant or a unit's result lies; -1 for nodes inside of units.
    local : int array, (units,)
        Where the derivative lies that a function keeps; -1 for other units.
    factors : int array, (terms, 2)
        Where in its step's flat index array each term has its inputs; -1 for none.
    term_slot, sum_slot : int arrays, (terms,)
        Where a term of a sum lies, and the sum up to it; -1 for none.
    size : int
        How many numbers there are.
    """

    steps: list[Step]
    step_of_unit: Indices
    slot: Indices
    local: Indices
    factors: Indices
    term_slot: Indices
    sum_slot: Indices
    size: int


@dataclass(frozen=True, eq=False)
class _Group:
    """Members of a step: units of a kind, or peaks."""

    kind: Kind
    members: Indices


def lay_out_forward(graph: Graph, units: Units) -> Forward:
    """Group the units into steps, and give each result a place."""
    layout = _Layout(graph, units)
    return layout.forward(layout.groups())


class _Layout:
    """Hands out places for numbers, and makes the steps that compute them."""

    def __init__(self, graph: Graph, units: Units) -> None:
        self._units = units
        self._kind = units.kind[units.node]
        self._is_term = ~units.is_zero
        self._rank = ranks(units.start, self._is_term)
        first = np.concatenate([[0], np.cumsum(self._is_term)])[units.start]
        self._width = np.diff(first)
        self._multiplies = np.bincount(units.unit_of_term, units.b >= 0, len(units)) > 0
        self._exponent, self._powers = exponents(graph, units.node, self._kind == Kind.POW)
        self._slot = np.full(graph.nodes, -1)
        before = np.flatnonzero((units.kind == Kind.LEAF) | (units.kind == Kind.CONSTANT))
        self._slot[before] = FIRST + np.arange(len(before))
        self._local = np.full(len(units), -1)
        self._step_of_unit = np.full(len(units), -1)
        self._factors = np.full((len(units.a), 2), -1)
        self._term_slot = np.full(len(units.a), -1)
        self._sum_slot = np.full(len(units.a), -1)
        self._size = FIRST + len(before)

    def groups(self) -> list[_Group]:
        """Return what can be computed at the same time, in order."""
        units = self._units
        level, peak_level = forward_levels(units)
        key = ((level * len(Kind) + self._kind) * 2 + units.from_zero) * 2 + self._multiplies
        key = key * len(self._powers) + self._exponent
        peak_width = np.array([len(nodes) for nodes in units.peaks], np.intp)
        found = [
            (int(level[members[0]]), _Group(Kind(self._kind[members[0]]), members))
            for members in groups(key, self._width)
        ]
        found += [
            (int(peak_level[members[0]]), _Group(Kind.PEAK, members))
            for members in groups(peak_level, peak_width)
        ]
        # Peaks come before units of the same level.
        found.sort(key=lambda entry: (entry[0], entry[1].kind != Kind.PEAK))
        return [group for _, group in found]

    def forward(self, ordered: list[_Group]) -> Forward:
        """Give all results a place, then make the steps."""
        places = [self._place(group) for group in ordered]
        steps: list[Step] = []
        for group, (out, local) in zip(ordered, places, strict=True):
            if group.kind == Kind.PEAK:
                steps.append(self._peak_step(group.members, out))
            else:
                self._step_of_unit[group.members] = len(steps)
                steps.append(self._unit_step(group, out, local))
        return Forward(
            steps,
            self._step_of_unit,
            self._slot,
            self._local,
            self._factors,
            self._term_slot,
            self._sum_slot,
            self._size,
        )

    def _place(self, group: _Group) -> tuple[slice, slice]:
        """Return where the results of a group will lie, and the derivatives of functions."""
        members = group.members
        nodes = self._units.node[members]
        if group.kind == Kind.PEAK:
            nodes = self._nodes_of_peaks(members)
        room = max(len(nodes), 2)  # numpy adds up a single column in pairs
        out = local = self._reserve(room)
        self._slot[nodes] = out.start + np.arange(len(nodes))
        if group.kind in FUNCTIONS:
            local = self._reserve(room)
            self._local[members] = local.start + np.arange(len(nodes))
        return out, local

    def _reserve(self, room: int) -> slice:
        self._size += room
        return slice(self._size - room, self._size)

    def _unit_step(self, group: _Group, out: slice, local: slice) -> Step:
        units, members = self._units, group.members
        count = np.diff(units.start)[members]
        terms = ranges(units.start[members], count)
        is_term = self._is_term[terms]
        column = np.repeat(np.arange(len(members)), count)[is_term]
        terms = terms[is_term]
        a, other = self._slot[units.a[terms]], units.b[terms]
        if group.kind in FUNCTIONS:
            inputs, number = np.unique(a, return_inverse=True)
            which = np.zeros(out.stop - out.start, np.intp)
            which[: len(number)] = number
            self._factors[terms, 0] = number
            make = FUNCTIONS[group.kind]
            return make(inputs, which, out, local, self._powers[self._exponent[members[0]]])

        shape = int(self._width[members].max()), out.stop - out.start
        where = self._rank[terms], column
        pair = np.stack(
            [
                placed(a, *where, shape),
                placed(np.where(other < 0, ONE, self._slot[other]), *where, shape),
            ]
        )
        cell = np.ravel_multi_index(where, shape)
        self._factors[terms, 0] = cell
        self._factors[terms, 1] = np.where(other < 0, -1, cell + pair[0].size)
        if group.kind == Kind.MUL:
            return ProductStep(pair[:, 0], out)
        terms_out, sums_out = self._reserve(pair[0].size), self._reserve(pair[0].size)
        self._term_slot[terms] = terms_out.start + cell
        self._sum_slot[terms] = sums_out.start + cell
        inputs = pair if self._multiplies[members[0]] else pair[:1].copy()
        return SumStep(inputs, out, bool(units.from_zero[members[0]]), terms_out, sums_out)

    def _peak_step(self, peaks: Indices, out: slice) -> Step:
        units = self._units
        widest = max(len(units.peaks[peak]) for peak in peaks)
        among = np.empty((len(peaks), widest), np.intp)
        for row, peak in zip(among, peaks, strict=True):
            nodes = units.peaks[peak]
            row[: len(nodes)] = self._slot[nodes]
            row[len(nodes) :] = self._slot[nodes[0]]
        number = np.searchsorted(peaks, units.peak_of[self._nodes_of_peaks(peaks)])
        which = np.zeros(out.stop - out.start, np.intp)
        which[: len(number)] = number
        return PeakStep(among, which, out)

    def _nodes_of_peaks(self, peaks: Indices) -> Indices:
        return np.flatnonzero(np.isin(self._units.peak_of, peaks))
