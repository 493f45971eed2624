"""Which edges are shown of many: those whose gradients are passed on around the moment."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.debug.crowd import contribution_moments, page_at
from explorer.trace.timeline import Timeline

MOST = 5


@pytest.fixture(scope="module")
def crowded(emma_timeline: Timeline) -> int:
    """A number that each row of lm_head uses once."""
    trace = emma_timeline.trace
    uses = np.bincount(trace.child, minlength=trace.nodes)
    return int(trace.leaves + np.flatnonzero(uses[trace.leaves :] == 27)[0])


def edges_to(timeline: Timeline, node: int) -> np.ndarray:
    return np.flatnonzero(timeline.trace.child == node)


def test_moments_are_those_of_the_ledger(emma_timeline: Timeline, crowded: int) -> None:
    moments = contribution_moments(emma_timeline, edges_to(emma_timeline, crowded))
    assert sorted(moments.tolist()) == emma_timeline.ledger(crowded).event.tolist()


def test_a_page_has_what_is_passed_on_now(emma_timeline: Timeline, crowded: int) -> None:
    edges, ledger = edges_to(emma_timeline, crowded), emma_timeline.ledger(crowded)
    moments = contribution_moments(emma_timeline, edges)
    for done, event in enumerate(ledger.event.tolist()):
        page = page_at(emma_timeline, event, edges, MOST)
        assert len(page) == MOST
        assert event in moments[page]
        first = min(done // MOST * MOST, len(ledger) - MOST)
        assert moments[page].tolist() == ledger.event[first : first + MOST].tolist()


def test_the_first_page_is_shown_before_any(emma_timeline: Timeline, crowded: int) -> None:
    edges, ledger = edges_to(emma_timeline, crowded), emma_timeline.ledger(crowded)
    page = page_at(emma_timeline, 0, edges, MOST)
    moments = contribution_moments(emma_timeline, edges)
    assert moments[page].tolist() == ledger.event[:MOST].tolist()


def test_few_edges_are_all_shown(emma_timeline: Timeline, crowded: int) -> None:
    edges = edges_to(emma_timeline, crowded)[:3]
    assert sorted(page_at(emma_timeline, 0, edges, MOST).tolist()) == [0, 1, 2]
    assert page_at(emma_timeline, 0, edges[:0], MOST).tolist() == []
