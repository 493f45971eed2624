"""Where a step leads: queries on the time line.

A step ends where the next event belongs to something else than the last one: another node,
another source line, another scope, another position. Steps back end at the same moments.
"""

from __future__ import annotations

from enum import Enum

import numpy as np
import numpy.typing as npt

from explorer.trace.timeline import Timeline
from explorer.trace.trace import IntArray, Trace

Moments = npt.NDArray[np.int64]


class Granularity(Enum):
    """How much happens in one step."""

    EDGE = "edge"  # one node computed, one contribution added, one parameter updated
    NODE = "node"  # one node computed, or all that one node passes on
    LINE = "line"  # what one source line does without a break
    SCOPE = "scope"  # what happens in one scope without a break
    POSITION = "position"  # what happens at one position without a break


class Stepper:
    """Steps on one time line; what they need is worked out when it is first asked for.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._stops: dict[Granularity, Moments] = {Granularity.NODE: timeline.node_steps}
        self._event_scopes: IntArray | None = None

    def step(self, cursor: int, granularity: Granularity, direction: int) -> int:
        """Return the moment one step on (direction 1) or back (direction -1) from `cursor`."""
        if granularity is Granularity.EDGE:
            return min(max(cursor + direction, 0), self._timeline.end)
        return nearest(self.stops(granularity), cursor, direction)

    def out(self, cursor: int, direction: int) -> int:
        """Return the moment at which all is left that surrounds the scope of the last event.

        Back (direction -1), the scope is that of the event before the moment, and the result is
        the moment before it was entered.
        """
        scopes, trace = self._scopes_of_events(), self._timeline.trace
        if not 0 < cursor <= len(scopes):
            return self.step(cursor, Granularity.SCOPE, direction)
        around = max(trace.scopes[int(scopes[cursor - 1])].parent, 0)
        stop = trace.scopes[around].stop
        ahead = scopes[cursor:] if direction > 0 else scopes[: cursor - 1][::-1]
        outside = np.flatnonzero((ahead < around) | (ahead >= stop))
        if not outside.size:
            return self._timeline.end if direction > 0 else 0
        left = int(outside[0])
        return cursor + left if direction > 0 else cursor - 1 - left

    def phase_edge(self, cursor: int, direction: int) -> int:
        """Return the next (1) or the last (-1) moment at which a phase begins or ends."""
        return nearest(np.array(phase_edges(self._timeline)), cursor, direction)

    def stops(self, granularity: Granularity) -> Moments:
        """Return all moments at which steps end, sorted; the first is 0, the last the end."""
        if granularity not in self._stops:
            self._stops[granularity] = self._find_stops(granularity)
        return self._stops[granularity]

    def _find_stops(self, granularity: Granularity) -> Moments:
        timeline = self._timeline
        if granularity is Granularity.EDGE:
            return np.arange(timeline.end + 1)
        key = {
            Granularity.LINE: timeline.trace.site,
            Granularity.SCOPE: timeline.trace.scope,
            Granularity.POSITION: position_of_nodes(timeline.trace),
        }[granularity]
        changes = np.flatnonzero(np.diff(key[timeline.event_node])) + 1
        return np.unique(np.concatenate([changes, phase_edges(timeline)]))

    def _scopes_of_events(self) -> IntArray:
        if self._event_scopes is None:
            self._event_scopes = self._timeline.trace.scope[self._timeline.event_node]
        return self._event_scopes


def nearest(moments: Moments, cursor: int, direction: int) -> int:
    """Return the first of sorted moments after the cursor (1), or the last before it (-1).

    Where there is none, the last or the first of all.
    """
    if direction > 0:
        at = int(np.searchsorted(moments, cursor, side="right"))
    else:
        at = int(np.searchsorted(moments, cursor, side="left")) - 1
    return int(moments[min(max(at, 0), len(moments) - 1)])


def phase_edges(timeline: Timeline) -> list[int]:
    """Return the moments at which phases begin and end, sorted."""
    edges = [0, timeline.forward_end, timeline.backward_start, timeline.backward_end, timeline.end]
    return sorted({edge for edge in edges if edge <= timeline.end})


def position_of_nodes(trace: Trace) -> IntArray:
    """Return for each node the position that it belongs to; -1 if to none."""
    position = np.full(len(trace.scopes), -1, np.int32)
    for i, scope in enumerate(trace.position_scope.tolist()):
        position[scope : trace.scopes[scope].stop] = i
    return position[trace.scope]
