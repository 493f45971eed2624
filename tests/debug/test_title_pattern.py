"""Regular expressions that a person types can't bring the window to a stop."""

from __future__ import annotations

from time import perf_counter

import pytest

from explorer.debug.title_pattern import LONGEST, PatternError, compile_pattern


@pytest.mark.parametrize(
    "text",
    ["softmax", r"wte\[5\]", "a|b", "(a|b)c", r"\(a\)+", "[*+?]{2}[()]+", "(?:a)b?", "(?i)a*b*?c+"],
)
def test_usual_expressions_are_taken(text: str) -> None:
    assert compile_pattern(text).pattern == text


def test_case_does_not_matter() -> None:
    assert compile_pattern("bos").search("0 BOS → e")


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("(a+)+", 4),
        ("(a|a)*", 5),
        ("x(?:y){2,}", 6),
        ("((a)b)?", 6),
        (".*.*.*.*.*", 9),
        ("a[", 1),
        ("(", 0),
        ("a{99999999999999999999}", 0),
        ("x" * (LONGEST + 1), LONGEST),
    ],
)
def test_what_is_malformed_or_could_take_forever_is_refused_with_its_place(
    text: str, place: int
) -> None:
    with pytest.raises(PatternError) as raised:
        compile_pattern(text)
    assert raised.value.place == place


def test_what_other_versions_of_python_would_read_differently_warns_nobody() -> None:
    compile_pattern("[[a]")  # a warning would be an error here


def test_the_slowest_that_is_taken_is_done_with_a_title_in_a_moment() -> None:
    pattern = compile_pattern(".*a.*b.*c.*d")
    start = perf_counter()
    assert pattern.search("abc" * 22) is None
    assert perf_counter() - start < 0.5
