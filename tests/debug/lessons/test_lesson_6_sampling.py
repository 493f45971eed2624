"""Lesson 6, sampling: names made up by `microgpt.sample` itself, and by a loop of our own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import accumulate
from random import Random

import numpy as np
import pytest
from by_hand import ALPHABET, BOS, Array, ByHand, matrices_of, softmax
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.models import subject_of
from explorer.debug.lessons.sources import BuiltIn, unpack
from explorer.trace.passes import Subject
from microgpt import GPT, Config, Tokenizer, bundled_names, read_documents, sample

PERCENT = numbers.percent

Open = Callable[[int], OpenedStop]


@pytest.fixture(scope="module")
def trained() -> Subject:
    subject = subject_of(BuiltIn("names-1000"), built_in_model)
    assert subject is not None
    return subject


def seeded() -> Random:
    """Return the random numbers as they are after shuffling the names and drawing parameters."""
    rng = Random(42)
    documents = read_documents(bundled_names())
    rng.shuffle(documents)
    GPT(Config(), Tokenizer(documents).vocab_size, rng)
    return rng


def names(subject: Subject, temperature: float, count: int) -> list[str]:
    rng, found = seeded(), []
    for _ in range(count):
        drawn = sample(subject.model, subject.tokenizer, rng, temperature)
        found.append(subject.tokenizer.decode([draw.token for draw in drawn]))
    return found


def by_loop(matrices: dict[str, Array], temperature: float) -> list[tuple[int, float]]:
    """Return the tokens of the first name with their probabilities, without `microgpt.sample`."""
    rng, name, drawn = seeded(), "", []
    while len(drawn) < 16:
        logits = ByHand(matrices, name).logits[-1]
        p = softmax(logits / temperature)
        token = int(np.searchsorted(list(accumulate(p)), rng.random(), side="right"))
        drawn.append((token, float(p[token])))
        if token == BOS:
            break
        name += ALPHABET[token]
    return drawn


def spelled(drawn: list[tuple[int, float]]) -> str:
    return "".join(ALPHABET[token] for token, _ in drawn if token != BOS)


@pytest.fixture(scope="module")
def harle(trained_emma: ByHand) -> list[tuple[int, float]]:
    return by_loop(trained_emma.matrices, 0.5)


def test_it_begins_with_bos(at: Open) -> None:
    stop = at(1)
    assert stop.said == ["27"]
    assert stop.drawing is not None
    assert (stop.drawing.draws, stop.drawing.tokens) == ((), (BOS,))


def test_one_token_is_drawn(at: Open, harle: list[tuple[int, float]]) -> None:
    assert at(2).said == [spelled(harle[:1]), PERCENT(harle[0][1])]


def test_what_was_written_is_read(at: Open, harle: list[tuple[int, float]]) -> None:
    stop = at(3)
    assert stop.said == [spelled(harle[:2])]
    assert stop.said == ["ha"]  # "with BOS and h behind it ... falls on a"
    assert stop.drawing is not None
    assert ALPHABET[stop.drawing.draws[1].read] == "h"


def test_letter_by_letter(at: Open, harle: list[tuple[int, float]]) -> None:
    stop = at(4)
    assert stop.said == [spelled(harle[:5])]
    assert stop.drawing is not None
    assert not stop.drawing.is_finished
    assert 1 in {draw.rank for draw in stop.drawing.draws}  # "some were the favourite"
    assert {draw.rank for draw in stop.drawing.draws} != {1}  # "others were not"


def test_bos_ends_the_name(at: Open, harle: list[tuple[int, float]]) -> None:
    assert harle[5][0] == BOS
    assert len(harle) == 6
    assert at(5).said == [PERCENT(harle[5][1]), spelled(harle)]
    assert spelled(harle) not in read_documents(bundled_names())
    drawing = at(5).drawing
    assert drawing is not None
    assert drawing.ended


@pytest.mark.parametrize(("place", "temperature"), [(6, 0.1), (7, 1.0), (8, 2.0)])
def test_temperatures(at: Open, trained: Subject, place: int, temperature: float) -> None:
    (name,) = names(trained, temperature, 1)
    assert at(place).said == [f"{temperature:g}", name]
    matrices = matrices_of(unpack(built_in_model("names-1000").parameters))
    assert spelled(by_loop(matrices, temperature)) == name


def test_the_cold_names_are_those_of_the_notes(at: Open, trained: Subject) -> None:
    assert ", ".join(names(trained, 0.1, 5)) in at(6).stop.notes


def test_ten_names(at: Open, trained: Subject) -> None:
    made_up = names(trained, 0.5, 10)
    assert at(9).said == ["0.5", ", ".join(made_up)]
    known = [name for name in made_up if name in set(read_documents(bundled_names()))]
    assert known == ["bing", "ani", "elan", "than"]
    assert "Bing, ani, elan and than stand in the list" in at(9).stop.notes


def test_before_training(at: Open, subject: Subject) -> None:
    (name,) = names(subject, 0.5, 1)
    assert at(10).said == [name, numbers.count(4192)]


def test_the_same_random_numbers_everywhere(at: Open) -> None:
    drawings = [at(place).drawing for place in (2, 6, 7, 8, 10)]
    first = {drawing.draws[0].number for drawing in drawings if drawing is not None}
    assert len(first) == 1


def test_the_rest_is_at_one_half(at: Open) -> None:
    for place in (1, 2, 3, 4, 5, 9, 10):
        drawing = at(place).drawing
        assert drawing is not None
        assert (drawing.temperature, drawing.seed, drawing.number) == (0.5, 42, 1)


def test_there_is_no_backward(at: Open) -> None:
    for place in range(1, 11):
        assert at(place).cursor == at(place).timeline.forward_end
