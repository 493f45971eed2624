"""Draws in words, letters as ids."""

from __future__ import annotations

import pytest

from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.generation import Generation
from explorer.debug.generation.spelling import Piece, ids_of, pieces_of, read_ids
from explorer.debug.generation.words import (
    draw_sentence,
    draw_table,
    name_sentence,
    spelled,
    token_sentence,
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


def test_the_number_is_multiplied_by_the_total() -> None:
    sentence = draw_sentence(drawn(0.9, 2, (0.25, 0.25, 0.25)), AB)
    assert sentence.startswith("0.6750 falls between 0.5000 and 0.7500: BOS (25.0")


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
    assert " at temperature 1." in sentence
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


def test_the_table_has_all_that_is_known_of_each_token(generation: Generation) -> None:
    generation.step()
    (draw,) = generation.draws
    table = draw_table(draw, generation.subject.tokenizer)
    assert len(table.rows) == generation.subject.tokenizer.vocab_size
    assert {len(row) for row in table.rows} == {len(table.columns)}
    columns = list(zip(*table.rows, strict=True))
    assert columns[0][:2] == ("a", "b")
    assert columns[0][-1] == "BOS"
    assert columns[2:5] == [draw.logits, draw.weights, draw.own_weights]
    assert columns[6] == draw.ends
    assert set(columns[7]) == {draw.number}
    assert columns[8].index(1) == draw.token
    assert sum(columns[8]) == 1
    generation.show(1)
    assert generation.view is not None
    ahead = draw_table(generation.view, generation.subject.tokenizer)
    assert {row[7:] for row in ahead.rows} == {(None, 0)}


def test_a_token_is_put_in_words() -> None:
    assert token_sentence(HALVES, 1, AB) == (
        "b, id 1 · logit 0 · probability 0.5 · 0.4223 at temperature 1 · from 0.2500 to 0.7500"
    )
    own = TokenDraw(1, 0, (0.0, 0.0, -1.0), 1.0, (0.25, 0.5, 0.25))
    assert "temperature" not in token_sentence(own, 2, AB)


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
