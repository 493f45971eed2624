"""Breakpoints: what "continue" stops at, in both directions of time.

A breakpoint hits at moments of a pass. All of them are known as soon as it is set, so continuing
is a look-up, and how often it has been hit by now is a count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import numpy.typing as npt
from psygnal import Signal

from explorer.debug import numbers, titles
from explorer.debug.addresses import (
    Address,
    find_node,
    find_scope,
    node_address,
    scope_address,
)
from explorer.debug.conditions import parse_condition
from explorer.debug.events import Events
from explorer.debug.roles import node_label
from explorer.debug.stepping import Moments, nearest
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

NEVER: Moments = np.empty(0, np.int64)


class BreakOn(Enum):
    """What a breakpoint waits for."""

    NODE = "node"  # it is computed, passes its gradient on, or is updated
    GRADIENT = "gradient"  # something is added to its gradient
    LINE = "line"  # a source line begins to work
    SCOPE = "scope"  # a scope is entered
    OP = "operation"
    CONDITION = "condition"


@dataclass(frozen=True)
class Breakpoint:
    """One breakpoint. It knows no pass, so it also holds for those over other names.

    Attributes
    ----------
    on : BreakOn
    address : Address or None
        Of the node or the scope.
    text : str
        The condition, the operation, or the file.
    line : int
    enabled : bool
    skip : int
        How many hits are let pass, counted from the start of the pass.
    """

    on: BreakOn
    address: Address | None = None
    text: str = ""
    line: int = 0
    enabled: bool = True
    skip: int = 0

    @property
    def target(self) -> tuple[object, ...]:
        """What it waits for, without how."""
        return self.on, self.address, self.text, self.line


@dataclass(frozen=True)
class BreakpointRow:
    """What the list shows of one breakpoint at a moment.

    Attributes
    ----------
    breakpoint : Breakpoint
    label : str
    hits : int
        How often it has been hit by now.
    total : int
        How often it is hit in the whole pass.
    is_here : bool
        It hits at this very moment.
    in_pass : bool
        Whether the pass has what it waits for.
    """

    breakpoint: Breakpoint
    label: str
    hits: int
    total: int
    is_here: bool
    in_pass: bool


class Breakpoints:
    """The breakpoints that are set, in the order in which they were set.

    Attributes
    ----------
    changed : Signal
    """

    changed = Signal()

    def __init__(self) -> None:
        self._all: list[Breakpoint] = []
        self._events: Events | None = None
        self._moments: dict[tuple[object, ...], Moments | None] = {}

    def __iter__(self) -> Iterator[Breakpoint]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def open(self, events: Events) -> None:
        """Look for the breakpoints in another pass."""
        self._events, self._moments = events, {}

    def follow_numbers(self, timeline: Timeline) -> None:
        """Take over other numbers of the same events, without telling of it.

        Conditions may hold elsewhere; where is found out when somebody asks.
        """
        if self._events is not None:
            self._events = self._events.with_numbers(timeline)
            for one in self._conditions():
                self._moments.pop(one.target, None)

    def tell_of_numbers(self) -> None:
        """Tell that conditions may hold elsewhere, if there are any."""
        if self._conditions():
            self.changed.emit()

    def _conditions(self) -> list[Breakpoint]:
        return [one for one in self._all if one.on is BreakOn.CONDITION]

    def find(self, wanted: Breakpoint) -> Breakpoint | None:
        """Return the breakpoint that waits for the same; None if there is none."""
        return next((one for one in self._all if one.target == wanted.target), None)

    def add(self, new: Breakpoint) -> None:
        """Set a breakpoint; one that waits for the same is replaced.

        Raises
        ------
        ConditionError
            Its condition is malformed; nothing has changed.
        """
        _check(new)
        old = self.find(new)
        if old is None:
            self._all.append(new)
        else:
            self._all[self._all.index(old)] = new
        self.changed.emit()

    def toggle(self, one: Breakpoint) -> None:
        """Set a breakpoint, or take away the one that waits for the same."""
        if self.find(one) is None:
            self.add(one)
        else:
            self.remove(one)

    def remove(self, old: Breakpoint) -> None:
        """Take a breakpoint away."""
        self.set([one for one in self._all if one.target != old.target])

    def set(self, breakpoints: Iterable[Breakpoint]) -> None:
        """Replace all breakpoints.

        Raises
        ------
        ConditionError
            A condition is malformed; nothing has changed.
        """
        found = {one.target: one for one in breakpoints}
        for one in found.values():
            _check(one)
        self._all = list(found.values())
        self.changed.emit()

    def change(
        self, old: Breakpoint, *, enabled: bool | None = None, skip: int | None = None
    ) -> None:
        """Enable or disable a breakpoint, or let more or fewer hits pass."""
        new = replace(
            old,
            enabled=old.enabled if enabled is None else enabled,
            skip=old.skip if skip is None else max(skip, 0),
        )
        self.set(new if one.target == old.target else one for one in self._all)

    def next_stop(self, cursor: int, direction: int) -> int | None:
        """Return the next (1) or the last (-1) moment at which an enabled one hits."""
        stops = [
            int(nearest(moments, cursor, direction))
            for moments in map(self._stops, self._all)
            if len(moments)
        ]
        ahead = [stop for stop in stops if (stop - cursor) * direction > 0]
        return (min if direction > 0 else max)(ahead, default=None)

    def hit_at(self, cursor: int) -> list[Breakpoint]:
        """Return the enabled breakpoints that hit at a moment."""
        return [one for one in self._all if _has(self._stops(one), cursor)]

    def moments(self, one: Breakpoint) -> Moments:
        """Return all moments of the pass at which a breakpoint hits, sorted."""
        found = self._found(one)
        return NEVER if found is None else found

    def rows(self, cursor: int) -> list[BreakpointRow]:
        """Return what the list shows at a moment."""
        return [self._row(one, cursor) for one in self._all]

    def _row(self, one: Breakpoint, cursor: int) -> BreakpointRow:
        moments = self.moments(one)
        trace = None if self._events is None else self._events.timeline.trace
        return BreakpointRow(
            breakpoint=one,
            label=breakpoint_label(one, trace),
            hits=int(np.searchsorted(moments, cursor, side="right")),
            total=len(moments),
            is_here=_has(self._stops(one), cursor),
            in_pass=self._found(one) is not None,
        )

    def _stops(self, one: Breakpoint) -> Moments:
        return self.moments(one)[one.skip :] if one.enabled else NEVER

    def _found(self, one: Breakpoint) -> Moments | None:
        if self._events is None:
            return None
        if one.target not in self._moments:
            self._moments[one.target] = FINDERS[one.on](self._events, one)
        return self._moments[one.target]


def breakpoint_on(trace: Trace, node: int, on: BreakOn) -> Breakpoint | None:
    """Return the breakpoint that waits for a node, its line, its scope or its operation.

    None if there is no such thing: parameters are made by no line.
    """
    if on is BreakOn.LINE:
        if trace.site[node] < 0:
            return None
        site = trace.sites[int(trace.site[node])]
        return Breakpoint(on, text=trace.files[site.file].name, line=site.line)
    if on is BreakOn.OP:
        return Breakpoint(on, text=trace.op_name(node))
    if on is BreakOn.SCOPE:
        return Breakpoint(on, scope_address(trace, int(trace.scope[node])))
    return Breakpoint(on, node_address(trace, node))


def breakpoint_label(one: Breakpoint, trace: Trace | None) -> str:
    """Return what a breakpoint waits for, in words."""
    if one.on is BreakOn.LINE:
        return f"line {one.line} of {one.text}"
    if one.on is BreakOn.OP:
        return f"every {numbers.symbol(one.text)}"
    if one.on is BreakOn.CONDITION:
        return one.text
    assert one.address is not None
    if trace is not None:
        if one.on is BreakOn.SCOPE and (scope := find_scope(trace, one.address)) is not None:
            return titles.scope_path(trace, scope)
        if one.on is not BreakOn.SCOPE and (node := find_node(trace, one.address)) is not None:
            name = node_label(trace, node)
            return f"gradient of {name}" if one.on is BreakOn.GRADIENT else name
    return titles.SEPARATOR.join(one.address.path)


def _check(one: Breakpoint) -> None:
    if one.on is BreakOn.CONDITION:
        parse_condition(one.text)


def _has(moments: Moments, cursor: int) -> bool:
    at = int(np.searchsorted(moments, cursor))
    return at < len(moments) and int(moments[at]) == cursor


def node_moments(timeline: Timeline, node: int) -> list[int]:
    """Return when a node is computed, begins to pass its gradient on, and is updated."""
    computed = timeline.computed_after(node)
    passed_on, updated = timeline.passed_on_after(node), timeline.updated_after(node)
    moments = [computed] if computed else []
    moments += [passed_on[0]] if passed_on else []
    return [*moments, updated] if updated is not None else moments


def _node_moments(events: Events, one: Breakpoint) -> Moments | None:
    assert one.address is not None
    node = find_node(events.timeline.trace, one.address)
    return None if node is None else np.array(node_moments(events.timeline, node), np.int64)


def _gradient_moments(events: Events, one: Breakpoint) -> Moments | None:
    timeline = events.timeline
    assert one.address is not None
    node = find_node(timeline.trace, one.address)
    if node is None:
        return None
    if node == timeline.trace.loss:
        return np.array([timeline.backward_start])
    return timeline.ledger(node).event


def _line_moments(events: Events, one: Breakpoint) -> Moments | None:
    trace = events.timeline.trace
    works = [s.line == one.line and trace.files[s.file].name == one.text for s in trace.sites]
    if not any(works):
        return None
    site = trace.site[events.timeline.event_node]
    return _beginnings(np.array([*works, False])[site], events)


def _scope_moments(events: Events, one: Breakpoint) -> Moments | None:
    trace = events.timeline.trace
    assert one.address is not None
    scope = find_scope(trace, one.address)
    if scope is None:
        return None
    scopes = trace.scope[events.timeline.event_node]
    return _beginnings((scopes >= scope) & (scopes < trace.scopes[scope].stop), events)


def _op_moments(events: Events, one: Breakpoint) -> Moments | None:
    trace = events.timeline.trace
    if one.text not in trace.op_names:
        return None
    inside = trace.op[events.timeline.event_node] == trace.op_names.index(one.text)
    return _beginnings(inside, events, by_node=True)


def _condition_moments(events: Events, one: Breakpoint) -> Moments | None:
    return np.flatnonzero(parse_condition(one.text).holds(events)) + 1


def _beginnings(inside: npt.NDArray[np.bool_], events: Events, by_node: bool = False) -> Moments:
    """Return the moments right after the first event of each unbroken stretch.

    The seed belongs to none: it is the work of no line, scope or operation, and what computed the
    loss begins anew when the loss passes its gradient on.
    """
    timeline = events.timeline
    inside[timeline.forward_end : timeline.backward_start] = False
    begins = inside.copy()
    same = inside[:-1]
    if by_node:
        node = events.timeline.event_node
        same = same & (node[1:] == node[:-1])
    begins[1:] &= ~same
    return np.flatnonzero(begins) + 1


FINDERS: dict[BreakOn, Callable[[Events, Breakpoint], Moments | None]] = {
    BreakOn.NODE: _node_moments,
    BreakOn.GRADIENT: _gradient_moments,
    BreakOn.LINE: _line_moments,
    BreakOn.SCOPE: _scope_moments,
    BreakOn.OP: _op_moments,
    BreakOn.CONDITION: _condition_moments,
}
