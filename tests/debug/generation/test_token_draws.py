"""One draw: where its number fell."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import accumulate, pairwise
from random import Random

import pytest

from explorer.debug.generation.draws import TokenDraw, chance, decide, own_chance
from explorer.debug.generation.reader import probabilities
from explorer.debug.generation.tape import Tape

LOGITS = (0.3, -1.2, 2.0, 0.0)


def ahead(temperature: float = 0.5) -> TokenDraw:
    return TokenDraw(2, 1, LOGITS, temperature, probabilities(LOGITS, temperature))


@pytest.mark.parametrize("seed", range(30))
def test_the_token_is_the_one_on_whose_stretch_the_number_fell(seed: int) -> None:
    draw = decide(ahead(), Tape(Random(seed).getstate()))
    assert draw.token is not None
    assert draw.fell is not None
    low, high = draw.stretch(draw.token)
    assert low <= draw.fell < high
    assert draw.number == Random(seed).random()
    assert draw.token == Random(seed).choices(range(4), weights=draw.weights)[0]
    assert draw.probability == draw.weights[draw.token]


def test_stretches_lie_end_to_end() -> None:
    draw = ahead()
    stretches = [draw.stretch(token) for token in range(4)]
    assert stretches[0][0] == 0
    assert all(one[1] == other[0] for one, other in pairwise(stretches))
    assert [high for _, high in stretches] == list(accumulate(draw.weights))
    assert draw.total == stretches[-1][1]
    assert math.isclose(draw.total, 1)


def test_what_is_given_or_to_come_has_no_number() -> None:
    draw = ahead()
    assert (draw.is_drawn, draw.is_given, draw.fell, draw.probability) == (False, False, None, None)
    given = replace(draw, token=2)
    assert (given.is_drawn, given.is_given, given.fell) == (False, True, None)
    assert given.probability == draw.weights[2]
    drawn = decide(draw, Tape(Random(0).getstate()))
    assert (drawn.is_drawn, drawn.is_given) == (True, False)


def test_ranks_count_from_the_likeliest() -> None:
    assert [replace(ahead(), token=token).rank for token in range(4)] == [2, 4, 1, 3]
    assert ahead().rank is None


def test_own_weights_do_not_depend_on_the_temperature() -> None:
    assert ahead(0.2).own_weights == ahead(2.0).own_weights == ahead(1.0).weights


def test_chances_are_products_of_what_was_drawn() -> None:
    tape = Tape(Random(1).getstate())
    drawn = [decide(ahead(0.5), tape), decide(ahead(2.0), tape)]
    draws = [replace(ahead(), token=3), *drawn, ahead()]
    weights = [draw.weights[draw.token or 0] for draw in drawn]
    own = [draw.own_weights[draw.token or 0] for draw in drawn]
    assert chance(draws) == weights[0] * weights[1]
    assert own_chance(draws) == own[0] * own[1]
    assert chance([]) == 1
