"""Lesson 2, one name through the model: its numbers, computed by hand in vectors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from by_hand import WIDTH, ByHand, token_of
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.debug.lessons.stop import Box
from explorer.layout.map_layout import layout_map

E, M, K = map(token_of, "emk")
SHORT, PERCENT = numbers.short, numbers.percent

Open = Callable[[int], OpenedStop]


def test_five_positions_and_nothing_computed(at: Open) -> None:
    stop = at(1)
    assert stop.said == ["emma", str(len("emma") + 1)]
    assert not stop.is_computed(stop.trace.leaves)
    document = stop.trace.document
    assert document is not None
    assert [document.spell(token) for token in document.tokens] == ["BOS", *"emma", "BOS"]


def test_a_token_is_a_row(at: Open, untrained_emma: ByHand) -> None:
    row = untrained_emma.matrices["wte"][E]
    stop = at(2)
    assert stop.said == ["e", str(len(row)), SHORT(row[0])]
    assert stop.trace.parameter_name(stop.selection) == f"wte[{E}][0]"


def test_letter_and_place_are_added(at: Open, untrained_emma: ByHand) -> None:
    wte, wpe = (untrained_emma.matrices[name] for name in ("wte", "wpe"))
    assert at(3).said == [SHORT(wte[E, 0]), SHORT(wpe[1, 0]), SHORT(wte[E, 0] + wpe[1, 0])]


def test_rmsnorm_makes_the_mean_of_squares_one(at: Open, untrained_emma: ByHand) -> None:
    stop, hand = at(4), untrained_emma
    assert stop.said == [SHORT(hand.mean_square[1]), SHORT(hand.scale[1])]
    normalised = hand.embedding[1] * hand.scale[1]
    assert abs(np.mean(np.square(normalised)) - 1) < 0.001
    assert np.array_equal(normalised.round(12), hand.normalised[1].round(12))


def test_query_key_and_value_are_there_and_in_the_picture(at: Open, untrained_emma: ByHand) -> None:
    stop = at(5)
    parts = [stop.anatomy.linear(0, name)[1] for name in "qkv"]
    for nodes, expected in zip(parts, (getattr(untrained_emma, n)[1] for n in "qkv"), strict=True):
        assert all(map(stop.is_computed, nodes))
        assert np.allclose(stop.trace.data[nodes], expected, rtol=1e-12)
    frame, layout = stop.stop.frame, layout_map(stop.trace)
    assert isinstance(frame, Box)
    inside_x = (layout.x[parts] >= frame.left) & (layout.x[parts] < frame.left + frame.width)
    inside_y = (layout.y[parts] >= frame.top) & (layout.y[parts] < frame.top + frame.height)
    assert (inside_x & inside_y).all()


def test_head_0_hardly_chooses(at: Open, untrained_emma: ByHand) -> None:
    weights = untrained_emma.weights[1]
    assert at(6).said == [PERCENT(weights[0, 0]), PERCENT(weights[0, 1])]
    assert (abs(weights - 0.5) < 0.05).all()  # "all are about undecided"


def test_the_residual_is_a_sum(at: Open, untrained_emma: ByHand) -> None:
    hand = untrained_emma
    expected = hand.attention_adds[1][0], hand.normalised[1][0], hand.after_attention[1][0]
    stop = at(7)
    assert stop.said == [SHORT(number) for number in expected]
    children = stop.trace.child[stop.trace.edges(stop.selection)]
    assert stop.trace.data[children].sum() == stop.trace.data[stop.selection]


def test_the_mlp_widens_and_rectifies(at: Open, untrained_emma: ByHand) -> None:
    hidden = untrained_emma.hidden[1]
    silent = int(np.count_nonzero(hidden <= 0))
    assert at(8).said == [str(len(hidden)), str(WIDTH), str(silent)]
    stop = at(8)
    assert all(map(stop.is_computed, stop.anatomy.stages[-2].nodes[1]))  # what the MLP adds


def test_a_logit_for_every_token(at: Open, untrained_emma: ByHand) -> None:
    logits = untrained_emma.logits[1]
    assert at(9).said == [str(len(logits)), SHORT(logits[M])]


def test_probabilities(at: Open, untrained_emma: ByHand) -> None:
    probabilities = untrained_emma.probabilities[1]
    assert at(10).said == [PERCENT(probabilities[M]), PERCENT(probabilities[K])]
    assert probabilities.argmax() == K
    assert probabilities[M] < 1 / 27  # "below chance"
    assert abs(probabilities.sum() - 1) < 1e-12


def test_the_loss_of_one_prediction(at: Open, untrained_emma: ByHand) -> None:
    probability = float(untrained_emma.probabilities[1][M])
    assert at(11).said == [SHORT(probability), numbers.loss(-math.log(probability))]


def test_the_loss_of_the_name(at: Open, untrained_emma: ByHand) -> None:
    hand, stop = untrained_emma, at(12)
    expected = ["5", "emma", numbers.loss(sum(hand.losses) / 5), numbers.loss(math.log(27))]
    assert stop.said == expected
    assert 0 < hand.loss - math.log(27) < 0.3  # "a little worse than that"
    assert stop.cursor == stop.timeline.forward_end
    assert 39_000 < stop.trace.created < 41_000  # "some forty thousand numbers"


def test_time_only_goes_on(at: Open) -> None:
    cursors = [at(place).cursor for place in range(1, 13)]
    assert cursors == sorted(cursors)


def test_what_is_selected(at: Open) -> None:
    anatomy, trace = at(12).anatomy, at(12).trace
    (loss,) = anatomy.losses[1:2]
    expected = {
        6: anatomy.attention[0][0].weights[1, 0],
        7: anatomy.stages[-4].nodes[1, 0],
        8: anatomy.mlps[0].rectified[1, 1],
        9: anatomy.logits[1, M],
        10: anatomy.probabilities[1, M],
        11: trace.child[trace.edges(int(loss))][0],  # the logarithm
        12: trace.loss,
    }
    assert {place: at(place).selection for place in expected} == expected
    assert trace.op_name(int(expected[11])) == "log"


def test_the_row_is_looked_at_before_it_is_read(at: Open) -> None:
    stop = at(2)
    embedding = stop.anatomy.stages[2].nodes
    assert stop.is_computed(stop.anatomy.losses[0])
    assert not stop.is_computed(embedding[1, 0])
    assert at(3).is_computed(embedding[1, 0])
    assert not at(3).is_computed(embedding[1, 1])
