"""What the explorer says about a typed name."""

from __future__ import annotations

import re
from random import Random
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.names import NameCheck, check_name, fold
from microgpt import GPT, Config, Tokenizer, forward

LATIN = Tokenizer([ascii_lowercase])
TRUNCATED = re.compile(
    r"The model has (\d+) positions?: it reads BOS and the first (\d+) of (\d+) letters, "
    r"and predicts the first (\d+)\."
)


def check(typed: str) -> NameCheck:
    return check_name(typed, LATIN, 16)


@pytest.mark.parametrize("name", ["emma", "a", "zz", "x" * 15])
def test_a_good_name_is_run_without_a_word(name: str) -> None:
    assert check(name) == NameCheck(name, "", None)


@pytest.mark.parametrize("typed", [" emma", "emma ", "\temma\n", "\u3000emma\u00a0"])
def test_space_around_a_name_is_dropped(typed: str) -> None:
    assert check(typed) == NameCheck("emma")


@pytest.mark.parametrize("typed", ["", " ", "\t\n", "\u00a0"])
def test_an_empty_name_is_asked_for(typed: str) -> None:
    assert check(typed) == NameCheck(None, "Type a name of at least one letter.")


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("em4", "“4” is not in the vocabulary (a–z)."),
        ("4444", "“4” is not in the vocabulary (a–z)."),
        ("4em5", "“4” and “5” are not in the vocabulary (a–z)."),
        ("123", "“1”, “2” and “3” are not in the vocabulary (a–z)."),
        ("123456", "“1”, “2”, “3”, “4”, “5” and “6” are not in the vocabulary (a–z)."),
        ("1234567", "“1”, “2”, “3”, “4”, “5”, “6” and 1 more are not in the vocabulary (a–z)."),
        ("1234567890", "“1”, “2”, “3”, “4”, “5”, “6” and 4 more are not in the vocabulary (a–z)."),
        ("anna lena", "a space is not in the vocabulary (a–z)."),
        ("o'neil", "“'” is not in the vocabulary (a–z)."),
    ],
)
def test_unknown_letters_are_listed(typed: str, message: str) -> None:
    assert check(typed).message == message


def test_a_name_with_unknown_letters_is_not_run() -> None:
    assert check("Emma").name is None


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("Emma", "emma"),
        ("EMMA", "emma"),
        ("zoé", "zoe"),
        ("zoe\u0301", "zoe"),
        ("Zoë", "zoe"),
        ("François", "francois"),
        ("Łukasz", "lukasz"),
        ("Weiß", "weiss"),
        ("WEIẞ", "weiss"),
        ("Bjørn", "bjorn"),
        ("Ægir", "aegir"),
        ("Cœur", "coeur"),
        ("Đức", "duc"),
        ("Þór", "thor"),
        ("Davíð", "david"),
        ("\N{LATIN SMALL LETTER DOTLESS I}lgaz", "ilgaz"),
        ("İnci", "inci"),
        ("\uff45\uff4d\uff4d\uff41", "emma"),
        ("ﬁona", "fiona"),
    ],
)
def test_upper_case_and_accents_are_offered_folded(typed: str, offered: str) -> None:
    assert check(typed).suggestion == offered
    assert check(offered) == NameCheck(offered)


@pytest.mark.parametrize(("typed", "offered"), [("ǿre", "ore"), ("ǽgir", "aegir")])
def test_special_letters_with_accents_are_offered_folded(typed: str, offered: str) -> None:
    assert check(typed).suggestion == offered


@pytest.mark.parametrize("typed", ["emma😀", "艾玛", "emma2", "²", "-", "Эмма"])
def test_nothing_is_offered_for_what_cannot_be_folded(typed: str) -> None:
    assert check(typed).suggestion is None


@given(st.text(max_size=20))
def test_whatever_is_typed_gets_a_name_or_a_sentence(typed: str) -> None:
    verdict = check(typed)
    assert (verdict.name is None) <= verdict.message.endswith(".")
    assert "\n" not in verdict.message
    for name in (verdict.name, verdict.suggestion):
        assert name is None or (name and not LATIN.unknown(name))
    assert verdict.name is None or verdict.suggestion is None


@given(st.text(alphabet=ascii_lowercase, max_size=20))
def test_folding_leaves_plain_letters_alone(name: str) -> None:
    assert fold(name) == name


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("em\x00ma", "U+0000"),
        ("em\x1bma", "U+001B"),
        ("em\nma", "U+000A"),
        ("em\u00a0ma", "U+00A0"),
        ("em\u200bma", "U+200B"),
        ("em\u202ema", "U+202E"),
        ("em\udcff", "U+DCFF"),
        ("em\U000e0001", "U+E0001"),
    ],
)
def test_what_cannot_be_seen_is_shown_by_its_number(typed: str, shown: str) -> None:
    assert check(typed).message == f"{shown} is not in the vocabulary (a–z)."


@pytest.mark.parametrize(
    ("block_size", "length", "message"),
    [
        (16, 16, "The model has 16 positions: it reads BOS and the first 15 of 16 letters, "
                 "and predicts the first 16."),
        (16, 40, "The model has 16 positions: it reads BOS and the first 15 of 40 letters, "
                 "and predicts the first 16."),
        (4, 4, "The model has 4 positions: it reads BOS and the first 3 of 4 letters, "
               "and predicts the first 4."),
    ],
)  # fmt: skip
def test_a_name_that_is_too_long_is_run_and_the_truth_said(
    block_size: int, length: int, message: str
) -> None:
    name = "a" * length
    assert check_name(name, LATIN, block_size) == NameCheck(name, message)


@pytest.mark.parametrize("block_size", [2, 4, 16])
def test_the_longest_name_that_fits_is_one_letter_shorter_than_the_block(block_size: int) -> None:
    assert check_name("a" * (block_size - 1), LATIN, block_size).message == ""
    assert check_name("a" * block_size, LATIN, block_size).message != ""


@given(st.integers(1, 6), st.text(alphabet="ab", min_size=1, max_size=9))
def test_what_is_said_of_long_names_is_what_the_model_does(block_size: int, name: str) -> None:
    tokenizer = Tokenizer(["ab"])
    config = Config(n_embd=1, n_head=1, block_size=block_size)
    tokens = tokenizer.encode(name)
    _, predictions = forward(GPT(config, tokenizer.vocab_size, Random(0)), tokens)
    letters_read = len(predictions) - 1
    letters_predicted = sum(p.target != tokenizer.bos for p in predictions)
    everything = predictions[-1].target == tokenizer.bos

    said = check_name(name, tokenizer, block_size).message
    assert (said == "") == everything
    if not everything:
        numbers = TRUNCATED.fullmatch(said)
        assert numbers is not None
        expected = (block_size, letters_read, len(name), letters_predicted)
        assert tuple(map(int, numbers.groups())) == expected


def test_a_vocabulary_with_gaps_is_listed() -> None:
    verdict = check_name("x", Tokenizer(["mia", "tom"]), 16)
    assert verdict.message == "“x” is not in the vocabulary (a i m o t)."


def test_a_vocabulary_of_two_letters_is_no_range() -> None:
    assert check_name("x", Tokenizer(["ab"]), 16).message.endswith("(a b).")


def test_an_unbroken_part_of_the_alphabet_is_a_range() -> None:
    assert check_name("x", Tokenizer(["abcdef"]), 16).message.endswith("(a–f).")


def test_only_forty_letters_of_a_large_vocabulary_are_listed() -> None:
    letters = [chr(0x4E00 + 2 * i) for i in range(60)]
    message = check_name("x", Tokenizer(["".join(letters)]), 16).message
    assert message == f"“x” is not in the vocabulary ({' '.join(letters[:40])} …)."


def test_upper_case_stands_if_the_vocabulary_has_it() -> None:
    assert check_name("Mia", Tokenizer(["Mia"]), 16) == NameCheck("Mia")


def test_nothing_is_offered_that_the_vocabulary_lacks() -> None:
    assert check_name("EMMA", Tokenizer(["mia"]), 16).suggestion is None


@pytest.mark.parametrize("letter", ["\x1b", "\u2028", "\x07"])
def test_control_characters_of_the_vocabulary_are_shown_by_their_number(letter: str) -> None:
    message = check_name("x", Tokenizer([f"mia{letter}tom"]), 16).message
    assert message.isprintable()
