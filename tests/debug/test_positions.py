"""What is known of each position at a moment."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.positions import (
    chance_loss,
    drawn_node,
    is_of_draws,
    mean_loss,
    position_views,
    start_of_last_position,
)
from explorer.trace.build import build_trace
from explorer.trace.draws import record_draws
from explorer.trace.passes import Subject
from explorer.trace.record import record
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from microgpt import Value


def current(timeline: Timeline, cursor: int) -> list[int]:
    return [i for i, view in enumerate(position_views(timeline, cursor)) if view.is_current]


def position_of(trace: Trace, node: int) -> list[int]:
    """Return the position that a node belongs to, as a list of at most one."""
    path = trace.scope_path(int(trace.scope[node]))
    return [i for i, scope in enumerate(trace.position_scope.tolist()) if scope in path]


def test_positions_read_the_name_and_predict_what_follows(emma_timeline: Timeline) -> None:
    views = position_views(emma_timeline, 0)
    assert [view.read for view in views] == ["BOS", "e", "m", "m", "a"]
    assert [view.target for view in views] == ["e", "m", "m", "a", "BOS"]


def test_nothing_is_known_at_the_start(emma_timeline: Timeline) -> None:
    views = position_views(emma_timeline, 0)
    assert {(view.probability, view.loss, view.is_current) for view in views} == {
        (None, None, False)
    }


def test_everything_is_known_when_forward_ends(emma_timeline: Timeline) -> None:
    data = emma_timeline.trace.data
    for cursor in (emma_timeline.forward_end, emma_timeline.end):
        for view in position_views(emma_timeline, cursor):
            assert view.probability == data[view.probability_node]
            assert view.loss == -math.log(view.probability)


@pytest.mark.parametrize("position", range(5))
def test_a_number_appears_with_the_event_that_computes_it(
    emma_timeline: Timeline, position: int
) -> None:
    trace = emma_timeline.trace
    node = position_views(emma_timeline, 0)[position].probability_node
    loss = int(trace.position_loss[position])
    probability_at, loss_at = node - trace.leaves + 1, loss - trace.leaves + 1

    def known(cursor: int) -> tuple[bool, bool]:
        view = position_views(emma_timeline, cursor)[position]
        return view.probability is not None, view.loss is not None

    assert [known(probability_at - 1), known(probability_at)] == [(False, False), (True, False)]
    assert [known(loss_at - 1), known(loss_at)] == [(True, False), (True, True)]


def test_the_mean_of_the_losses_is_the_loss(emma_timeline: Timeline) -> None:
    views = position_views(emma_timeline, emma_timeline.end)
    losses = [view.loss for view in views if view.loss is not None]
    trace = emma_timeline.trace
    assert sum(losses) * (1 / 5) == trace.data[trace.loss]


@given(data=st.data())
def test_the_current_position_is_the_one_of_the_node_dealt_with(
    emma_timeline: Timeline, data: st.DataObject
) -> None:
    cursor = data.draw(st.integers(1, emma_timeline.end))
    node = emma_timeline.moment(cursor).node
    assert node is not None
    assert current(emma_timeline, cursor) == position_of(emma_timeline.trace, node)


def test_positions_are_current_in_order(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    losses = [int(node) - trace.leaves + 1 for node in trace.position_loss]
    assert [current(emma_timeline, event) for event in losses] == [[0], [1], [2], [3], [4]]


def test_no_position_is_current_at_the_start_and_at_the_seed(emma_timeline: Timeline) -> None:
    assert current(emma_timeline, 0) == []
    assert current(emma_timeline, emma_timeline.backward_start) == []


def test_a_pass_without_a_document_has_no_positions() -> None:
    recording = record(lambda: Value(2.0) * 3.0, Value)
    recording.result.backward()
    timeline = Timeline(build_trace(recording, recording.result, {}))
    assert position_views(timeline, timeline.end) == []


def test_chance_is_one_in_twenty_seven(emma: Trace) -> None:
    assert chance_loss(emma) == math.log(27)


def test_the_mean_loss_is_known_only_when_it_is_computed(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    computed = emma_timeline.computed_after(trace.loss)
    assert mean_loss(emma_timeline, computed - 1) is None
    assert mean_loss(emma_timeline, computed) == trace.data[trace.loss]


def test_what_was_drawn_has_probabilities_and_no_loss(subject: Subject) -> None:
    tokens = [subject.tokenizer.bos, 10, 0]
    timeline = Timeline(record_draws(subject, tokens, [0.5, 0.9]))
    trace = timeline.trace
    views = position_views(timeline, timeline.end)
    assert [(view.read, view.target) for view in views] == [("BOS", "k"), ("k", "a")]
    for position, view in enumerate(views):
        node = trace.probabilities[position, tokens[position + 1]]
        assert (view.probability_node, view.probability) == (node, trace.data[node])
        assert view.loss is None
    assert mean_loss(timeline, timeline.end) is None
    assert drawn_node(trace) == trace.probabilities[1, 0]
    assert is_of_draws(trace)


def test_passes_over_names_are_not_of_draws(emma: Trace) -> None:
    assert not is_of_draws(emma)
    forward_alone = replace(emma, order=np.empty(0, np.int32), update=None)
    assert forward_alone.loss is None
    assert not is_of_draws(forward_alone)


def test_the_last_position_begins_after_all_before_it(subject: Subject) -> None:
    timeline = Timeline(record_draws(subject, [subject.tokenizer.bos, 10, 0], [0.5, 0.9]))
    start = start_of_last_position(timeline)
    before, after = (position_views(timeline, cursor) for cursor in (start, start + 1))
    assert before[0].probability is not None
    assert not before[1].is_current
    assert after[1].is_current
