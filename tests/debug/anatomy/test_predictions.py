"""What the model says at each position, compared with its own numbers."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.predictions import (
    NAMED,
    Prediction,
    predict,
    table_of_all,
    table_of_losses,
    table_of_one,
)
from explorer.debug.anatomy.reading import Reading
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from microgpt import Config
from microgpt.model import forward


def at(timeline: Timeline, cursor: int) -> Reading:
    return Reading(timeline, cursor, Anatomy(timeline.trace))


@pytest.fixture(scope="module")
def reading(emma_timeline: Timeline) -> Reading:
    return at(emma_timeline, emma_timeline.forward_end)


def some(probabilities: list[float], target: int = 0) -> Prediction:
    numbers = np.array(probabilities)
    return Prediction(0, 0, target, numbers, numbers, None, None)


def test_the_numbers_are_those_of_the_model(reading: Reading, subject: Subject) -> None:
    loss, returned = forward(subject.model, subject.tokenizer.encode("emma"))
    found = predict(reading)
    assert found.mean == loss.data
    for row, prediction in zip(found.rows, returned, strict=True):
        assert (row.read, row.target) == (prediction.token, prediction.target)
        assert row.logits.tolist() == [logit.data for logit in prediction.logits]
        assert row.probabilities.tolist() == [p.data for p in prediction.probabilities]
        assert row.probability == prediction.probabilities[prediction.target].data
        assert row.loss == prediction.loss.data


def test_ranks_and_names_are_those_of_sorting(reading: Reading) -> None:
    for row in predict(reading).rows:
        values = row.probabilities.tolist()
        best = sorted(range(27), key=lambda token: -values[token])
        assert row.named == tuple(best[:NAMED])
        assert row.said == best[0]
        assert row.rank == best.index(row.target) + 1


def test_equals_are_named_in_their_order() -> None:
    assert some([0.3, 0.4, 0.3]).ranked == (1, 0, 2)
    assert some([0.3, 0.4, 0.3], target=2).rank == 3
    assert some([0.5, 0.5]).said == 0


def test_there_is_no_rank_before_all_probabilities_are_computed() -> None:
    row = some([0.3, math.nan], target=0)
    assert (row.ranked, row.rank, row.said, row.named) == ((), None, None, ())
    assert row.probability == 0.3
    assert some([math.nan, 0.3]).probability is None


def test_what_follows_from_the_losses(reading: Reading) -> None:
    found = predict(reading)
    losses = [row.loss for row in found.rows]
    assert sum(row.share for row in found.rows) == pytest.approx(1)
    assert found.rows[1].share == pytest.approx(losses[1] / (5 * found.mean))
    assert found.perplexity == pytest.approx(math.prod(math.exp(loss) for loss in losses) ** 0.2)
    assert found.together == pytest.approx(math.exp(-sum(losses)))
    assert found.chance == math.log(27)


def test_guessing_has_a_perplexity_of_the_vocabulary(emma_timeline: Timeline) -> None:
    found = predict(at(emma_timeline, emma_timeline.end))
    assert math.exp(found.chance) == pytest.approx(27)


def test_nothing_is_told_before_it_is_computed(emma: Trace, emma_timeline: Timeline) -> None:
    nothing = predict(at(emma_timeline, 0))
    assert (nothing.mean, nothing.perplexity, nothing.together) == (None, None, None)
    assert all(row.loss is row.share is row.rank is None for row in nothing.rows)
    assert all(np.isnan([row.logits, row.probabilities]).all() for row in nothing.rows)
    some_way = predict(at(emma_timeline, emma_timeline.computed_after(int(emma.position_loss[1]))))
    assert [row.loss is None for row in some_way.rows] == [False, False, True, True, True]
    assert all(row.share is None for row in some_way.rows)
    assert some_way.mean is None
    half = int(emma.probabilities[2, 10])
    row = predict(at(emma_timeline, emma_timeline.computed_after(half))).rows[2]
    assert np.isfinite(row.probabilities).sum() == 11
    assert np.isfinite(row.logits).all()
    assert row.rank is None


@pytest.mark.parametrize("losses", [[0.0] * 5, [1.0, math.inf, 1, 1, 1], [1.0, -0.5, 1, 1, 1]])
def test_parts_of_such_sums_say_nothing(emma_timeline: Timeline, losses: list[float]) -> None:
    data = emma_timeline.trace.data.copy()
    data[emma_timeline.trace.position_loss] = losses
    changed = emma_timeline.with_numbers(replace(emma_timeline.trace, data=data))
    assert all(row.share is None for row in predict(at(changed, changed.forward_end)).rows)


def test_a_name_of_one_letter_and_a_pass_that_failed(subject: Subject) -> None:
    timeline = Timeline(record_pass(subject, "a"))
    assert [row.position for row in predict(at(timeline, timeline.end)).rows] == [0, 1]
    broken = untrained(Config())
    for row in broken.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    failed = Timeline(record_pass(broken, "emma"))
    found = predict(at(failed, failed.end))
    assert len(found.rows) == 1
    assert (found.rows[0].loss, found.mean, found.together) == (None, None, None)


def test_tables_hold_what_is_shown(reading: Reading, emma_timeline: Timeline) -> None:
    rows = predict(reading).rows
    everything = table_of_all(reading)
    assert len(everything.columns) == len(everything.rows[0]) == 8 + 27
    assert everything.rows[3][:3] == (3, "m", "a")
    assert list(everything.rows[3][8:]) == rows[3].probabilities.tolist()
    one = table_of_one(reading, 3)
    assert [row[5] for row in one.rows] == [1] + [0] * 26
    assert one.rows[0][:4] == (0, "a", float(rows[3].logits[0]), rows[3].probability)
    assert one.rows[0][4] == rows[3].rank
    assert [row[3] for row in table_of_losses(reading).rows] == [row.loss for row in rows]
    start = at(emma_timeline, 0)
    assert ",," in table_of_one(start, 0).as_csv()
    assert table_of_all(start).rows[0][7] is None
