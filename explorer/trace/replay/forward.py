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
    """Members of a step: units, or peaks."""

    is_unit: bool
    members: Indices
    out: slice
    local: slice


def lay_out_forward(graph: Graph, units: Units) -> Forward:
    """Group the units into steps, and give each result a place."""
    kind = units.kind[units.node]
    is_term = ~units.is_zero
    first = np.concatenate([[0], np.cumsum(is_term)])[units.start]
    width = np.diff(first)
    has_products = np.bincount(units.unit_of_term, units.b >= 0, len(units)) > 0
    exponent, powers = exponents(graph, units.node, kind == Kind.POW)
    level, peak_level = forward_levels(units)
    key = ((level * len(Kind) + kind) * 2 + units.from_zero) * 2 + has_products
    key = key * len(powers) + exponent
    peak_width = np.array([len(nodes) for nodes in units.peaks], np.intp)
    unordered = [(int(level[m[0]]), True, m) for m in groups(key, width)]
    unordered += [(int(peak_level[m[0]]), False, m) for m in groups(peak_level, peak_width)]

    slot = np.full(graph.nodes, -1)
    before = np.flatnonzero((units.kind == Kind.LEAF) | (units.kind == Kind.CONSTANT))
    slot[before] = FIRST + np.arange(len(before))
    local = np.full(len(units), -1)
    size = FIRST + len(before)
    ordered = []
    for _, is_unit, members in sorted(unordered, key=lambda group: group[:2]):
        nodes = units.node[members] if is_unit else _nodes_of_peaks(units, members)
        room = max(len(nodes), 2)
        out = own = slice(size, size + room)
        slot[nodes] = size + np.arange(len(nodes))
        size += room
        if is_unit and kind[members[0]] in FUNCTIONS:
            own = slice(size, size + room)
            local[members] = size + np.arange(len(nodes))
            size += room
        ordered.append(_Group(is_unit, members, out, own))

    rank = ranks(units.start, is_term)
    step_of_unit = np.full(len(units), -1)
    factors = np.full((len(units.a), 2), -1)
    term_slot = np.full(len(units.a), -1)
    sum_slot = np.full(len(units.a), -1)
    steps: list[Step] = []
    for group in ordered:
        members = group.members
        if not group.is_unit:
            steps.append(_peak_step(units, slot, group))
            continue
        step_of_unit[members] = len(steps)
        count = np.diff(units.start)[members]
        terms = ranges(units.start[members], count)
        column = np.repeat(np.arange(len(members)), count)[is_term[terms]]
        terms = terms[is_term[terms]]
        shape = int(width[members].max()), max(len(members), 2)
        where = rank[terms], column
        a = placed(slot[units.a[terms]], *where, shape)
        other = units.b[terms]
        b = placed(np.where(other < 0, ONE, slot[other]), *where, shape)
        place = np.ravel_multi_index(where, shape)
        factors[terms, 0] = place
        what = Kind(kind[members[0]])
        if what == Kind.ADD:
            multiplies = bool(has_products[members[0]])
            from_zero = bool(units.from_zero[members[0]])
            terms_out = slice(size, size + a.size)
            sums_out = slice(size + a.size, size + 2 * a.size)
            term_slot[terms], sum_slot[terms] = size + place, size + a.size + place
            size = sums_out.stop
            factor = b if multiplies else None
            steps.append(SumStep(a, factor, group.out, from_zero, terms_out, sums_out))
            factors[terms[other >= 0], 1] = place[other >= 0] + a.size
        elif what == Kind.MUL:
            steps.append(ProductStep(np.concatenate([a, b]), group.out))
            factors[terms, 1] = place + a.size
        else:
            distinct, number = np.unique(slot[units.a[terms]], return_inverse=True)
            which = np.zeros(shape[1], np.intp)
            which[: len(number)] = number
            factors[terms, 0] = number
            power = {"exponent": powers[exponent[members[0]]]} if what == Kind.POW else {}
            steps.append(FUNCTIONS[what](distinct, which, group.out, group.local, **power))
    return Forward(steps, step_of_unit, slot, local, factors, term_slot, sum_slot, size)


def _nodes_of_peaks(units: Units, peaks: Indices) -> Indices:
    return np.flatnonzero(np.isin(units.peak_of, peaks))


def _peak_step(units: Units, slot: Indices, group: _Group) -> PeakStep:
    widest = max(len(units.peaks[peak]) for peak in group.members)
    among = np.empty((len(group.members), widest), np.intp)
    for row, peak in zip(among, group.members, strict=True):
        nodes = units.peaks[peak]
        row[: len(nodes)] = slot[nodes]
        row[len(nodes) :] = slot[nodes[0]]
    number = np.searchsorted(group.members, units.peak_of[_nodes_of_peaks(units, group.members)])
    which = np.zeros(group.out.stop - group.out.start, np.intp)
    which[: len(number)] = number
    return PeakStep(among, which, group.out)
