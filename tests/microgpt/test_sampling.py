"""Sampling as a generator of events."""

from __future__ import annotations

import gc
import math
import random
from itertools import pairwise

import pytest

from microgpt import GPT, Config, Draw, Tokenizer, sample
from microgpt.model import KeyValueCache, gpt
from microgpt.nn import softmax
from microgpt.sample import choose, read, temper

TOKENIZER = Tokenizer(["abc"])


def tiny_model(block_size: int = 5) -> GPT:
    config = Config(n_layer=1, n_embd=4, n_head=2, block_size=block_size)
    return GPT(config, TOKENIZER.vocab_size, random.Random(3))


def draws(seed: int, temperature: float = 0.5, block_size: int = 5) -> list[Draw]:
    return list(sample(tiny_model(block_size), TOKENIZER, random.Random(seed), temperature))


@pytest.mark.parametrize("seed", range(12))
def test_each_position_reads_what_the_one_before_drew(seed: int) -> None:
    drawn = draws(seed)
    assert [draw.position for draw in drawn] == list(range(len(drawn)))
    assert drawn[0].read == TOKENIZER.bos
    assert all(after.read == before.token for before, after in pairwise(drawn))


def test_document_ends_at_bos_or_at_block_size() -> None:
    ends = set()
    for seed in range(12):
        drawn = draws(seed)
        assert TOKENIZER.bos not in [draw.token for draw in drawn[:-1]]
        ended = drawn[-1].token == TOKENIZER.bos
        assert ended or len(drawn) == 5
        ends.add((ended, len(drawn)))
    assert {ended for ended, _ in ends} == {True, False}


def test_block_size_one_draws_one_token() -> None:
    assert len(draws(0, block_size=1)) == 1


def test_same_seed_draws_the_same_document() -> None:
    assert draws(7) == draws(7)
    assert len({tuple(d.token for d in draws(seed)) for seed in range(12)}) > 6


def test_probabilities_are_those_of_the_model_at_the_temperature() -> None:
    drawn = draws(1, temperature=0.7)
    model, cache = tiny_model(), KeyValueCache(1)
    for draw in drawn:
        logits = gpt(model, draw.read, draw.position, cache)
        expected = softmax([logit / 0.7 for logit in logits])
        assert draw.probabilities == [p.data for p in expected]
        assert len(draw.probabilities) == TOKENIZER.vocab_size
        assert math.isclose(math.fsum(draw.probabilities), 1, rel_tol=1e-12)


def test_low_temperature_makes_the_likeliest_token_likelier() -> None:
    cold, warm = draws(1, temperature=0.01)[0], draws(1, temperature=2.0)[0]
    assert max(cold.probabilities) > max(warm.probabilities)
    assert cold.probabilities.index(max(cold.probabilities)) == cold.token


def test_each_draw_takes_one_number_from_the_generator() -> None:
    rng, twin = random.Random(5), random.Random(5)
    drawn = list(sample(tiny_model(), TOKENIZER, rng))
    for draw in drawn:
        assert twin.choices(range(4), weights=draw.probabilities)[0] == draw.token
    assert rng.getstate() == twin.getstate()
    plain = random.Random(5)
    for _ in drawn:
        plain.random()
    assert rng.getstate() == plain.getstate()


def test_sampling_leaves_gradients_and_the_collector_alone() -> None:
    model = tiny_model()
    assert gc.isenabled()
    for _ in sample(model, TOKENIZER, random.Random(1)):
        assert gc.isenabled()
    assert all(p.grad == 0 for p in model.parameters())


@pytest.mark.parametrize("temperatures", [[0.5] * 5, [0.5, 1.0, 2.0, 0.1, 0.7]])
def test_reading_again_gives_the_numbers_of_the_draws(temperatures: list[float]) -> None:
    drawn = draws(3, temperature=0.5)
    tokens = [draw.read for draw in drawn]
    heats = temperatures[: len(tokens)]
    predictions = read(tiny_model(), tokens, heats)
    assert len(predictions) == len(drawn)
    for draw, heat, (logits, probabilities) in zip(drawn, heats, predictions, strict=True):
        assert [p.data for p in temper(logits, heat)] == [p.data for p in probabilities]
        if heat == 0.5:
            assert draw.probabilities == [p.data for p in probabilities]


def test_at_temperature_one_probabilities_are_the_models_own() -> None:
    logits = gpt(tiny_model(), TOKENIZER.bos, 0, KeyValueCache(1))
    assert [p.data for p in temper(logits, 1.0)] == [p.data for p in softmax(logits)]


def test_a_token_is_chosen_where_the_number_falls() -> None:
    weights = [0.1, 0.0, 0.6, 0.3]
    for seed in range(50):
        number = random.Random(seed).random()
        expected = 0 if number < 0.1 else 2 if number < 0.7 else 3
        assert choose(weights, random.Random(seed)) == expected
