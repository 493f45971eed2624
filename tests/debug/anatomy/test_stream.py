"""What follows from the residual stream, compared with what the algorithm's own code gives."""

from __future__ import annotations

import math

import numpy as np
import pytest

from explorer.debug.anatomy.parts import Anatomy, Kind
from explorer.debug.anatomy.reading import Reading
from explorer.debug.anatomy.stream import Stream, StreamNumbers, is_on_line, norms
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from microgpt import Config

SHAPES = [Config(), Config(n_layer=3, n_embd=8, n_head=2), Config(n_embd=1, n_head=1)]


def numbers_of(timeline: Timeline, cursor: int | None = None) -> StreamNumbers:
    anatomy = Anatomy(timeline.trace)
    at = timeline.end if cursor is None else cursor
    return StreamNumbers(Stream(anatomy), Reading(timeline, at, anatomy))


@pytest.fixture(scope="module", params=SHAPES, ids=lambda c: f"{c.n_layer}x{c.n_embd}")
def emma(request: pytest.FixtureRequest) -> Timeline:
    return Timeline(record_pass(untrained(request.param), "emma"))


def test_blocks_add_to_the_stream_before_them(emma: Timeline) -> None:
    stream = numbers_of(emma).stream
    titles = [stage.title for stage in stream.stages]
    befores = [
        (titles[i], titles[before]) for i, before in enumerate(stream.before) if before is not None
    ]
    layers = len(befores) // 2
    first = [("attention adds", "normalised"), ("MLP adds", "after attention")]
    more = [("attention adds", "after MLP"), ("MLP adds", "after attention")]
    assert befores == first + (layers - 1) * more
    assert titles[stream.last] == "after MLP"


def test_what_is_added_makes_the_next_stage_of_the_stream(emma: Timeline) -> None:
    found = numbers_of(emma)
    for i, before in enumerate(found.stream.before):
        if before is not None:
            assert is_on_line(found.stream.stages[i + 1])
            np.testing.assert_array_equal(found.data[i] + found.data[before], found.data[i + 1])


def test_norms_are_euclidean(emma: Timeline) -> None:
    found = numbers_of(emma, emma.forward_end)
    for row, stage in enumerate(found.stream.stages):
        for position, nodes in enumerate(stage.nodes):
            length = math.hypot(*emma.trace.data[nodes])
            assert found.norms[row, position] == pytest.approx(length)


def test_shares_and_cosines_are_of_what_is_added_alone(emma: Timeline) -> None:
    found = numbers_of(emma)
    for i, stage in enumerate(found.stream.stages):
        added = stage.kind is Kind.ADDED
        assert np.isfinite(found.shares[i]).all() == added
        assert np.isfinite(found.cosines[i]).all() == added
        before = found.stream.before[i]
        if before is not None:
            one, other = found.data[i, 2], found.data[before, 2]
            length, longer = math.hypot(*one), math.hypot(*other)
            assert found.shares[i, 2] == pytest.approx(length / longer)
            assert found.cosines[i, 2] == pytest.approx(np.dot(one, other) / length / longer)


@pytest.mark.parametrize("moment", ["forward_end", "end"])  # an update has changed lm_head
def test_parts_of_the_logit_sum_up_to_it(emma: Timeline, moment: str) -> None:
    found = numbers_of(emma, getattr(emma, moment))
    targets = found.targets()
    assert [found.reading.spell(token) for token in targets] == ["e", "m", "m", "a", "BOS"]
    logits = emma.trace.data[found.reading.anatomy.logits]
    for position, target in enumerate(targets):
        parts = found.logit_parts[list(found.stream.addends), position]
        assert parts.sum() == pytest.approx(logits[position, target], rel=1e-9)
    others = set(range(len(found.stream.stages))) - set(found.stream.addends)
    assert np.isnan(found.logit_parts[sorted(others)]).all()


def test_what_is_not_computed_yet_has_no_norm() -> None:
    timeline = Timeline(record_pass(untrained(Config()), "emma"))
    stream = Stream(Anatomy(timeline.trace))
    added = next(i for i, before in enumerate(stream.before) if before is not None)
    last = int(stream.nodes[added, 1, -1])
    almost = numbers_of(timeline, timeline.computed_after(last) - 1)
    assert np.isfinite(almost.norms[added]).tolist() == [True, False, False, False, False]
    assert np.isfinite(almost.logit_parts[added]).tolist() == [True, False, False, False, False]
    now = numbers_of(timeline, timeline.computed_after(last))
    assert np.isfinite(now.norms[added]).tolist() == [True, True, False, False, False]
    start = numbers_of(timeline, 0)
    assert np.isfinite(start.norms[:2]).all()  # parameters are there from the start
    assert np.isnan(start.norms[2:]).all()


def test_a_vector_of_zeros_has_no_direction() -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wo"]:
        for value in row:
            value.data = 0.0
    found = numbers_of(Timeline(record_pass(subject, "a")))
    added = next(i for i, before in enumerate(found.stream.before) if before is not None)
    assert found.norms[added].tolist() == [0.0, 0.0]
    assert found.shares[added].tolist() == [0.0, 0.0]
    assert np.isnan(found.cosines[added]).all()


def test_norms_of_unknown_numbers_are_unknown() -> None:
    found = norms(np.array([[3.0, 4.0], [1.0, np.nan], [0.0, 0.0]]))
    np.testing.assert_array_equal(found, [5.0, np.nan, 0.0])


def test_a_pass_that_failed_has_the_norms_that_it_reached() -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    found = numbers_of(Timeline(record_pass(subject, "emma")))
    reached = [bool(np.isfinite(row).all()) for row in found.norms]
    assert reached[:5] == [True] * 5
    assert not any(reached[5:])
