"""Reading beginnings once."""

from __future__ import annotations

import math
from random import Random

import pytest

from explorer.debug.generation import reader as module
from explorer.debug.generation.draws import look_ahead
from explorer.debug.generation.reader import Reader, probabilities
from explorer.trace.passes import Subject
from microgpt import Config, sample
from microgpt.model import KeyValueCache, gpt
from microgpt.nn import softmax


def reader_of(subject: Subject) -> Reader:
    numbers = [parameter.data for parameter in subject.model.parameters()]
    return Reader(subject.model.config, subject.tokenizer.vocab_size, numbers)


def expected(subject: Subject, tokens: list[int]) -> tuple[float, ...]:
    cache = KeyValueCache(subject.model.config.n_layer)
    for position, token in enumerate(tokens):
        logits = gpt(subject.model, token, position, cache)
    return tuple(logit.data for logit in logits)


def test_logits_are_those_of_the_algorithm_in_any_order(small: Subject) -> None:
    one, rng = reader_of(small), Random(1)
    for _ in range(40):
        inner = [rng.randrange(small.tokenizer.bos) for _ in range(rng.randrange(8))]
        tokens = [small.tokenizer.bos, *inner]
        assert one.logits_after(tokens) == expected(small, tokens)


def test_a_beginning_is_read_once(small: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    reads: list[int] = []

    def noted(*args: object) -> object:
        reads.append(args[1])  # type: ignore[arg-type]
        return gpt(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "gpt", noted)
    one, bos = reader_of(small), small.tokenizer.bos
    one.logits_after([bos, 1, 2])
    one.logits_after([bos, 1])
    one.logits_after([bos, 1, 2, 3])
    one.logits_after([bos, 1, 0])
    assert reads == [bos, 1, 2, 3, 0]


def test_what_is_kept_has_a_limit(small: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_KEPT", 3)
    one, bos = reader_of(small), small.tokenizer.bos
    for token in range(6):
        assert one.logits_after([bos, token]) == expected(small, [bos, token])
    assert len(one._known) <= 5


def test_other_models_do_not_change_it(small: Subject) -> None:
    one, bos = reader_of(small), small.tokenizer.bos
    before = expected(small, [bos, 2])
    weight = small.model.parameters()[0]
    kept, weight.data = weight.data, 9.0
    try:
        assert one.logits_after([bos, 2]) == before
    finally:
        weight.data = kept


def test_probabilities_are_those_of_sampling(small: Subject) -> None:
    one = reader_of(small)
    tokens = [small.tokenizer.bos]
    for draw in sample(small.model, small.tokenizer, Random(2), 0.8):
        assert probabilities(one.logits_after(tokens), 0.8) == tuple(draw.probabilities)
        tokens.append(draw.token)


def test_at_temperature_one_they_are_the_models_own(small: Subject) -> None:
    cache = KeyValueCache(1)
    logits = gpt(small.model, small.tokenizer.bos, 0, cache)
    own = tuple(p.data for p in softmax(logits))
    assert probabilities([logit.data for logit in logits], 1.0) == own


def test_numbers_out_of_range_are_told() -> None:
    broken = Reader(Config(n_embd=2, n_head=1, block_size=4), 3, [math.nan] * 68)
    with pytest.raises(ArithmeticError, match="not a number"):
        look_ahead(broken, [2], 0.5)
