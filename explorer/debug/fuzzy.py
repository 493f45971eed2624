"""Fuzzy matching: the letters of a word stand in a text in this order, perhaps apart."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

# What a found letter is worth, and what it adds to that at the beginning of a word, and right after
# the last one. A row is worth more: who types “soft” wants “softmax” rather than “show of t”.
LETTER, WORD_START, RUN = 1.0, 8.0, 9.0
FIRST_WORD = 2.0  # the word begins the text
GAP, WIDEST_GAP = 0.25, 12  # what each letter that is left out costs, up to so many
LENGTH = 0.02  # what each letter of the text costs: of two texts the shorter one is meant


_Way: TypeAlias = tuple[float, tuple[int, ...]]


@dataclass(frozen=True)
class Match:
    """How a word was found in a text.

    Attributes
    ----------
    score : float
        Larger is better; comparable between texts, for the same word.
    places : tuple of int
        Index of each of the word's letters in the text, ascending.
    """

    score: float
    places: tuple[int, ...]


def match(word: str, text: str) -> Match | None:
    """Find the best way in which a word's letters stand in a text; None if they don't.

    Letters at the beginnings of words, and in a row, count for more. Upper and lower case are the
    same.

    Parameters
    ----------
    word : str
        Not empty.
    text : str

    Examples
    --------
    >>> match("zs", "Zoom to the selection").places
    (0, 12)
    """
    wanted, letters = _lower(word), _lower(text)
    if not _stands_in(wanted, letters):
        return None
    start = _word_start(wanted, letters)
    if start >= 0:  # nothing is better, and the search for it would take ten times as long
        score = len(wanted) * LETTER + (len(wanted) - 1) * RUN + _worth_of_place(letters, start)
        places = tuple(range(start, start + len(wanted)))
    else:
        score, places = _best_way(wanted, letters)
    return Match(score - LENGTH * len(letters), places)


def _stands_in(wanted: str, letters: str) -> bool:
    """Return whether letters stand in a text in their order."""
    place = -1
    for letter in wanted:
        place = letters.find(letter, place + 1)
        if place < 0:
            return False
    return True


def _word_start(wanted: str, letters: str) -> int:
    """Return where a word of letters and digits alone begins one of the text; -1 if it doesn't."""
    if not wanted.isalnum():
        return -1
    start = letters.find(wanted)
    while start > 0 and letters[start - 1].isalnum():
        start = letters.find(wanted, start + 1)
    return start


def _best_way(wanted: str, letters: str) -> _Way:
    """Return the score and the places of the best way in which all letters stand in a text."""
    ways: dict[int, _Way] = {-1: (0.0, ())}  # the best one to each occurrence of the last letter
    for letter in wanted:
        longer: dict[int, _Way] = {}
        place = letters.find(letter)
        while place >= 0:
            own = LETTER + _worth_of_place(letters, place)
            before = [
                (score + own + _worth_of_step(place - last, last < 0), places)
                for last, (score, places) in ways.items()
                if last < place
            ]
            if before:
                score, places = max(before)
                longer[place] = score, (*places, place)
            place = letters.find(letter, place + 1)
        ways = longer
    return max(ways.values())


def _worth_of_place(letters: str, place: int) -> float:
    if place == 0:
        return WORD_START + FIRST_WORD
    return 0.0 if letters[place - 1].isalnum() and letters[place].isalnum() else WORD_START


def _worth_of_step(step: int, is_first: bool) -> float:
    if is_first:
        return 0.0
    return RUN if step == 1 else -GAP * min(step - 1, WIDEST_GAP)


@lru_cache(maxsize=16_384)  # the same few thousand titles at every letter that is typed
def _lower(text: str) -> str:
    """Return a text in lower case, as long as it was: a few capitals become two letters."""
    lower = text.lower()
    if len(lower) == len(text):
        return lower
    return "".join(c if len(c.lower()) != 1 else c.lower() for c in text)
