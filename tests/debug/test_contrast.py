"""Two models over the same name: differences at every moment, and nothing before its time."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.contrast import Contrast, ContrastRow
from explorer.debug.whatif import prepare
from explorer.trace.timeline import GradState, Timeline


@pytest.fixture(scope="module")
def other(a_timeline: Timeline) -> Timeline:
    """The same events with another model: one parameter of it."""
    return prepare(a_timeline).change({a_timeline.trace.document.tokens[1] * 16: 0.75}).timeline


@pytest.fixture(scope="module")
def contrast(other: Timeline) -> Contrast:
    return Contrast(other, "step 3", "step 1")


def test_the_title_says_what_is_taken_from_what(contrast: Contrast) -> None:
    assert contrast.title == "step 3 − step 1"


def test_differences_are_of_the_moment(
    contrast: Contrast, a_timeline: Timeline, other: Timeline
) -> None:
    ends = a_timeline.forward_end, a_timeline.backward_end, a_timeline.end
    for cursor in (0, 700, ends[0], ends[0] + 2000, ends[1], ends[1] + 100, ends[2]):
        data, grad = (
            contrast.data_difference(a_timeline, cursor),
            contrast.grad_difference(a_timeline, cursor),
        )
        computed = a_timeline.is_computed(cursor)
        assert np.isnan(data[~computed]).all()
        wanted = (a_timeline.data_at(cursor) - other.data_at(cursor))[computed]
        assert (data[computed] == wanted).all()
        assert (grad == a_timeline.grad_at(cursor) - other.grad_at(cursor)).all()
    assert np.count_nonzero(data) > 0
    assert a_timeline.trace.data.flags.writeable is False


def test_a_node_is_known_in_both_or_in_none(
    contrast: Contrast, a_timeline: Timeline, other: Timeline
) -> None:
    node = int(a_timeline.trace.probabilities[1, 3])
    made = a_timeline.computed_after(node)
    nothing = ContrastRow("data", None, None, None)
    assert contrast.of(a_timeline, made - 1, node)[0] == nothing
    data, grad = contrast.of(a_timeline, made, node)
    mine, its = float(a_timeline.trace.data[node]), float(other.trace.data[node])
    assert data == ContrastRow("data", mine, its, mine - its)
    assert mine != its
    assert grad == ContrastRow("grad", None, None, None)
    reached = [
        cursor
        for cursor in range(a_timeline.backward_start, a_timeline.backward_end, 50)
        if a_timeline.grad_state_at(cursor, 7) is not GradState.NOT_REACHED
    ]
    for cursor in reached[:3]:
        row = contrast.of(a_timeline, cursor, 7)[1]
        assert row.mine == a_timeline.node_grad_at(cursor, 7)
        assert row.other == other.node_grad_at(cursor, 7)


def test_a_model_after_the_last_step_is_compared_in_the_update_too(a_timeline: Timeline) -> None:
    trace = replace(a_timeline.trace, update=None)
    contrast = Contrast(a_timeline.with_numbers(trace), "step 1", "after step 1")
    difference = contrast.data_difference(a_timeline, a_timeline.end)
    update = a_timeline.trace.update
    assert update is not None
    moved = update.data - a_timeline.trace.data[: len(update)]
    assert (difference[: len(update)] == moved).all()
    assert not difference[len(update) :].any()
    assert contrast.of(a_timeline, a_timeline.end, 3)[0].difference == moved[3]
