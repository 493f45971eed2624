"""Lesson 4, attention: weights, averages, the triangle and the cache, computed by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from by_hand import ByHand
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.debug.anatomy.attention import held
from explorer.debug.anatomy.parts import NONE

SHORT, PERCENT = numbers.short, numbers.percent
HEAD, SECOND_M = 1, 3

Open = Callable[[int], OpenedStop]


def test_the_second_m_may_look_at_four(at: Open) -> None:
    stop = at(1)
    assert stop.said == ["emma"]
    document = stop.trace.document
    assert document is not None
    seen = [document.spell(token) for token in document.tokens[: SECOND_M + 1]]
    assert seen == ["BOS", "e", "m", "m"]
    weights = stop.anatomy.attention[0][HEAD].weights[SECOND_M]
    assert np.flatnonzero(weights != NONE).tolist() == [0, 1, 2, 3]


def test_the_cache_begins_with_one_key(at: Open) -> None:
    stop = at(2)
    assert stop.said == [PERCENT(1.0)]
    assert held(stop.reading, 0) == 1


def test_the_cache_grows_to_four(at: Open) -> None:
    stop = at(3)
    assert stop.said == []
    assert held(stop.reading, 0) == 4
    assert "four keys and four values" in stop.caption.text


def test_the_score(at: Open, trained_emma: ByHand) -> None:
    hand, part = trained_emma, slice(4 * HEAD, 4 * HEAD + 4)
    dot = hand.q[SECOND_M][part] @ hand.k[SECOND_M][part]
    assert at(4).said == [SHORT(dot / 2)]
    assert len(hand.q[SECOND_M][part]) ** 0.5 == 2  # "halved"
    assert np.count_nonzero(hand.scores[SECOND_M][HEAD] < 0) == 3  # "of the four three are"


def test_softmax_makes_weights(at: Open, trained_emma: ByHand) -> None:
    weights = trained_emma.weights[SECOND_M][HEAD]
    stop = at(5)
    assert stop.said == [PERCENT(weight) for weight in weights]
    nodes = stop.anatomy.attention[0][HEAD].weights[SECOND_M, :4]
    assert all(map(stop.is_computed, nodes))
    assert abs(stop.trace.data[nodes].sum() - 1) < 1e-12
    assert (stop.trace.data[nodes] > 0).all()


def test_a_head_gathers_an_average(at: Open, trained_emma: ByHand) -> None:
    hand, first = trained_emma, 4 * HEAD
    values = np.array([value[first] for value in hand.v[: SECOND_M + 1]])
    average = float(np.average(values, weights=hand.weights[SECOND_M][HEAD]))
    stop = at(6)
    assert stop.said == [SHORT(average)]
    assert values.min() < average < values.max()
    assert stop.selection == stop.anatomy.attention[0][HEAD].gathered[SECOND_M, 0]


def test_the_heads_differ(at: Open, trained_emma: ByHand) -> None:
    weights = trained_emma.weights[SECOND_M]
    assert at(7).said == ["16", PERCENT(weights[1, 3]), PERCENT(weights[0, 3])]
    assert (abs(weights[0] - 0.25) < 0.02).all()  # "head 0 is undecided"
    assert weights[1].argmax() == SECOND_M
    assert len(at(7).anatomy.attention[0]) == 4


def test_mixed_and_added(at: Open, trained_emma: ByHand) -> None:
    hand = trained_emma
    mixed = hand.matrices["attn_wo"][0] @ hand.gathered[SECOND_M]
    before = hand.normalised[SECOND_M][0]
    assert at(8).said == [SHORT(mixed), SHORT(before), SHORT(mixed + before)]


def test_the_pattern_is_a_triangle(at: Open) -> None:
    stop = at(9)
    assert stop.said == ["5"]
    for head in stop.anatomy.attention[0]:
        assert np.array_equal(head.weights != NONE, np.tri(5, dtype=bool))
        assert all(map(stop.is_computed, head.weights[head.weights != NONE]))
    assert held(stop.reading, 0) == 5


def test_before_training_all_weigh_alike(at: Open, untrained_emma: ByHand) -> None:
    weights = untrained_emma.weights[SECOND_M][HEAD]
    assert at(10).said == [PERCENT(weight) for weight in weights]
    assert (abs(weights - 0.25) < 0.03).all()  # "near a quarter"


def test_moments_and_selections(at: Open) -> None:
    heads = at(1).anatomy.attention[0]
    assert at(2).selection == heads[HEAD].weights[0, 0]
    assert at(4).selection == heads[HEAD].scores[SECOND_M, SECOND_M]
    assert at(5).selection == heads[HEAD].weights[SECOND_M, SECOND_M]
    values = at(1).anatomy.linear(0, "v")[SECOND_M]
    looked_at = [node for head in heads for node in head.weights[SECOND_M, : SECOND_M + 1]]
    assert all(map(at(1).is_computed, looked_at))  # or the map would not show that it does
    assert all(map(at(3).is_computed, values))
    assert not at(3).is_computed(heads[0].dots[SECOND_M, 0])
    assert not at(5).is_computed(heads[HEAD].weighted[SECOND_M, 0, 0])
    assert all(map(at(6).is_computed, heads[HEAD].gathered[SECOND_M]))
    assert at(9).cursor == at(9).anatomy.losses[4] - at(9).trace.leaves + 1
