"""Draws in words, letters as ids."""

from __future__ import annotations

import pytest

from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.generation import Generation
from explorer.debug.generation.spelling import Piece, ids_of, pieces_of, read_ids
from explorer.debug.generation.words import (
    draw_rows,
    draw_sentence,
    name_sentence,
    spelled,
    tuned_sentence,
)
from explorer.trace.passes import Subject
from microgpt import Tokenizer

AB = Tokenizer(["ab"])
HALVES = TokenDraw(1, 0, (0.0, 0.0, -1.0), 0.5, (0.25, 0.5, 0.25))


def drawn(number: float, token: int, weights: tuple[float, ...] = (0.25, 0.5, 0.25)) -> TokenDraw:
    return TokenDraw(1, 0, (0.0, 0.0, -1.0), 0.5, weights, number, token)


def test_tokens_are_spelled() -> None:
    assert [spelled(AB, token) for token in range(3)] == ["a", "b", "BOS"]


def test_a_draw_says_where_its_number_fell() -> None:
    assert draw_sentence(drawn(0.6, 1), AB) == (
        "0.6000 falls between 0.2500 and 0.7500: b (50.0\N{NARROW NO-BREAK SPACE}%)."
    )


def test_a_total_that_is_not_one_is_shown() -> None:
    weights = (0.25, 0.5, 0.25 - 2**-53)
    sentence = draw_sentence(drawn(0.9, 2, weights), AB)
    assert sentence.startswith("0.9000 × 0.9999999999999999 = 0.9000 falls between 0.7500 and 1.0")
    assert "BOS" in sentence


def test_what_is_given_and_what_is_to_come_have_no_number() -> None:
    given = TokenDraw(1, 0, HALVES.logits, 0.5, HALVES.weights, None, 1)
    assert draw_sentence(given, AB).startswith("b is given, so no number is drawn. The model")
    assert draw_sentence(HALVES, AB) == "After a at position 1: not drawn yet."


def test_another_temperature_says_what_it_does(generation: Generation) -> None:
    generation.finish()
    generation.show(0)
    assert tuned_sentence(generation) == ""
    said = set()
    for heat in (0.05, 0.3, 0.7, 1.0, 2.0, 3.0):
        generation.tune(heat)
        view = generation.view
        assert view is not None
        sentence = tuned_sentence(generation)
        changed = view.token != generation.draws[0].token
        assert ("instead of" in sentence) == changed
        assert ("on the same token" in sentence) != changed
        said.add(changed)
    assert said == {True, False}
    generation.set_prefix("a")
    generation.show(0)
    generation.tune(0.1)
    assert tuned_sentence(generation) == ""


def test_the_name_is_put_in_words(generation: Generation) -> None:
    assert name_sentence(generation) == "Name 1 of seed 5: nothing is drawn yet."
    generation.step()
    assert name_sentence(generation).startswith("Name 1 of seed 5, so far: probability 0.")
    generation.finish()
    sentence = name_sentence(generation)
    assert sentence.startswith("Name 1 of seed 5 is not in the data set: probability ")
    assert ", at temperature 1 " in sentence
    generation.tune(1.0)
    generation.set_prefix("anna")
    for _ in range(60):
        generation.finish()
        sentence = name_sentence(generation)
        assert ("stands in the data set" in sentence) == (generation.name == "anna")
        assert ("without BOS" in sentence) != generation.ended
        assert "at temperature 1" not in sentence
        generation.next_name()


def test_trouble_comes_first(small: Subject) -> None:
    weight = small.model.state_dict["lm_head"][1][1]
    kept, weight.data = weight.data, float("nan")
    try:
        generation = Generation(small)
    finally:
        weight.data = kept
    generation.step()
    assert name_sentence(generation) == generation.trouble


def test_rows_keep_every_digit(generation: Generation) -> None:
    generation.step()
    (draw,) = generation.draws
    header, *rows = draw_rows(draw, generation.subject.tokenizer)
    assert len(rows) == generation.subject.tokenizer.vocab_size
    assert {len(row) for row in rows} == {len(header)}
    assert [float(row[2]) for row in rows] == list(draw.logits)
    assert [float(row[3]) for row in rows] == list(draw.weights)
    assert [float(row[5]) for row in rows] == list(draw.ends)
    assert {row[6] for row in rows} == {repr(draw.number)}
    assert [row[7] for row in rows].index("1") == draw.token
    generation.show(1)
    assert generation.view is not None
    assert {row[6] for row in draw_rows(generation.view, generation.subject.tokenizer)[1:]} == {""}


def test_bos_stands_at_both_ends() -> None:
    bos = Piece("BOS", 2)
    assert pieces_of("ba", AB) == [bos, Piece("b", 1), Piece("a", 0), bos]
    assert pieces_of("", AB) == [bos, bos]
    assert ids_of(pieces_of("ba", AB)) == "2 1 0 2"


def test_letters_outside_the_vocabulary_have_no_id() -> None:
    pieces = pieces_of("aé b", AB)
    assert [piece.token for piece in pieces] == [2, 0, None, None, 1, 2]
    assert [piece.text for piece in pieces] == ["BOS", "a", "é", " ", "b", "BOS"]
    assert ids_of(pieces) == "2 0 ? ? 1 2"


@pytest.mark.parametrize("text", ["2 1 0 2", "[2, 1, 0, 2]", "2;1;0;2", " 2  1\n0 2 "])
def test_ids_can_be_read_back(text: str) -> None:
    assert read_ids(text, AB) == [2, 1, 0, 2]
    assert AB.decode(read_ids(text, AB)) == "ba"


@pytest.mark.parametrize("text", ["3", "-1", "a", "1 99", "1.5", "²", "٣"])
def test_what_is_no_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"is no id: they go from 0 to 2 \(BOS\)"):
        read_ids(text, AB)


def test_no_ids_are_no_letters() -> None:
    assert read_ids("", AB) == []
