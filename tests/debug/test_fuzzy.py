"""Fuzzy matching, compared with trying all ways in which letters can stand in a text."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.fuzzy import (
    FIRST_WORD,
    GAP,
    LENGTH,
    LETTER,
    RUN,
    WIDEST_GAP,
    WORD_START,
    match,
)

letters = st.sampled_from("abA[ /3→")
words = st.text(letters, min_size=1, max_size=4).map(lambda w: w.replace(" ", "b"))
texts = st.text(letters, max_size=10)
any_word = st.text(min_size=1, max_size=6)


def worth(places: tuple[int, ...], text: str) -> float:
    """Return the score of letters at some places, as the constants say it."""
    total = -LENGTH * len(text)
    for i, place in enumerate(places):
        total += LETTER + (FIRST_WORD if place == 0 else 0)
        inside = place > 0 and text[place - 1].isalnum() and text[place].isalnum()
        total += 0 if inside else WORD_START
        if i:
            step = place - places[i - 1]
            total += RUN if step == 1 else -GAP * min(step - 1, WIDEST_GAP)
    return total


@given(words, texts)
def test_the_best_of_all_ways_is_found(word: str, text: str) -> None:
    ways = [
        worth(places, text)
        for places in combinations(range(len(text)), len(word))
        if "".join(text[p] for p in places).lower() == word.lower()
    ]
    found = match(word, text)
    assert (found is None) == (not ways)
    if found is not None:
        assert found.score == pytest.approx(max(ways))
        assert worth(found.places, text) == pytest.approx(found.score)


@given(any_word, st.text(max_size=40))
def test_places_spell_the_word(word: str, text: str) -> None:
    found = match(word, text)
    if found is not None:
        assert list(found.places) == sorted(set(found.places))
        spelled = "".join(text[place] for place in found.places)
        assert len(spelled) == len(word)
        assert all(a == b or a.lower() == b.lower() for a, b in zip(spelled, word, strict=True))


@given(st.lists(any_word, min_size=1, max_size=4), any_word)
def test_letters_that_are_kept_apart_are_found_whatever_stands_between(
    parts: list[str], between: str
) -> None:
    assert match("".join(parts), between.join(["", *parts, ""])) is not None


@given(any_word)
def test_every_text_has_itself(text: str) -> None:
    found = match(text, text)
    assert found is not None
    assert found.places == tuple(range(len(text)))


@pytest.mark.parametrize(
    ("word", "better", "worse"),
    [
        ("soft", "2 m → m / softmax", "show of tables"),
        ("zs", "Zoom to the selection", "Sizes"),
        ("step", "Step back", "Footstep"),
        ("step", "Step", "Step back"),
        ("cg", "Colour by gradient", "Cancelling"),
        ("att", "0 BOS → a / attention", "what does it"),
    ],
)
def test_what_a_person_means_is_worth_more(word: str, better: str, worse: str) -> None:
    meant, other = match(word, better), match(word, worse)
    assert meant is not None
    assert other is None or meant.score > other.score


def test_capitals_make_no_difference() -> None:
    assert match("ZOOM", "zoom") == match("zoom", "Zoom")


def test_a_capital_that_becomes_two_letters_does_not_move_the_places() -> None:
    assert "İ".lower() != "i"
    found = match("x", "İx")
    assert found is not None
    assert found.places == (1,)
