"""Which of many edges are worth a look at a moment, where there is no room for all of them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.trace.timeline import Timeline


def contribution_moments(timeline: Timeline, edges: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return the moment right after each edge has passed a gradient on; the last one if never.

    Parameters
    ----------
    timeline : Timeline
    edges : int64 array
        Indices into the trace's edges.
    """
    pointer = timeline.trace.child_pointer
    consumer = np.searchsorted(pointer, edges, side="right") - 1
    place = edges - pointer[consumer]
    moments = np.full(len(edges), timeline.end, np.int64)
    for i, (node, at) in enumerate(zip(consumer.tolist(), place.tolist(), strict=True)):
        passed_on = timeline.passed_on_after(node)
        if at < len(passed_on):
            moments[i] = passed_on[at]
    return moments


def page_at(
    timeline: Timeline, cursor: int, edges: npt.NDArray[np.int64], most: int
) -> npt.NDArray[np.int64]:
    """Return which edges of many to show: those whose gradients were passed on together.

    They are turned over like pages, so that the picture stays while one page is under way.

    Parameters
    ----------
    timeline : Timeline
    cursor : int
    edges : int64 array
        Indices into the trace's edges.
    most : int
        How many there is room for, 1 at least.

    Returns
    -------
    int64 array
        Places in `edges`, in the order in which gradients pass them.
    """
    moments = contribution_moments(timeline, edges)
    order = np.argsort(moments, kind="stable")
    done = int((moments <= cursor).sum()) if cursor < timeline.end else len(edges)
    first = max(done - 1, 0) // most * most
    first = max(min(first, len(edges) - most), 0)
    return order[first : first + most]
