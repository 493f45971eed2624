"""Where a step leads: pure functions on a time line."""

from __future__ import annotations

from enum import Enum

import numpy as np

from explorer.trace.timeline import Timeline


class Granularity(Enum):
    """How much happens in one step."""

    EDGE = "edge"  # one node computed, or one contribution added
    NODE = "node"  # one node computed, or all that one node passes on


def step(timeline: Timeline, cursor: int, granularity: Granularity, direction: int) -> int:
    """Return the moment one step on (direction 1) or back (direction -1) from `cursor`."""
    if granularity is Granularity.EDGE:
        return min(max(cursor + direction, 0), timeline.end)
    steps = timeline.node_steps
    if direction > 0:
        at = int(np.searchsorted(steps, cursor, side="right"))
    else:
        at = int(np.searchsorted(steps, cursor, side="left")) - 1
    return int(steps[min(max(at, 0), len(steps) - 1)])


def phase_edge(timeline: Timeline, cursor: int, direction: int) -> int:
    """Return the next (1) or the last (-1) moment at which a phase begins or ends."""
    edges = [0, timeline.forward_end, timeline.backward_start, timeline.end]
    if direction > 0:
        return next((edge for edge in edges if edge > cursor), timeline.end)
    return next((edge for edge in reversed(edges) if edge < cursor), 0)
