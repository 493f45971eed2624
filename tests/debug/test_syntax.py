"""Pieces of code are found, and what is no code has none."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgpt
from explorer.debug.syntax import TokenKind, syntax_spans

FILES = sorted(Path(microgpt.__file__).parent.glob("*.py"))


def pieces(text: str) -> list[list[tuple[str, TokenKind]]]:
    """Return for each line its pieces as they stand there."""
    return [
        [(row[span.start : span.stop], span.kind) for span in spans]
        for row, spans in zip(text.split("\n"), syntax_spans(text), strict=True)
    ]


def test_a_line_of_code_has_its_pieces_from_left_to_right() -> None:
    assert pieces("def f(x): return max(x, 1.5e-3)  # why") == [
        [
            ("def", TokenKind.KEYWORD),
            ("f", TokenKind.DEFINITION),
            ("return", TokenKind.KEYWORD),
            ("max", TokenKind.BUILTIN),
            ("1.5e-3", TokenKind.NUMBER),
            ("# why", TokenKind.COMMENT),
        ]
    ]


def test_a_class_is_a_definition_and_an_attribute_is_no_builtin() -> None:
    assert pieces("class A: pass")[0][1] == ("A", TokenKind.DEFINITION)
    assert pieces("a.sum(b.max)") == [[]]
    assert pieces("sum(b)") == [[("sum", TokenKind.BUILTIN)]]


def test_a_text_of_several_lines_is_one_on_each_of_them() -> None:
    text = 'x = """one\n\n    if two\nthree""" + y'
    assert pieces(text) == [
        [('"""one', TokenKind.TEXT)],
        [],
        [("if two", TokenKind.TEXT)],
        [('three"""', TokenKind.TEXT)],
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('"""About."""', TokenKind.DOCSTRING),
        ('# first\n"""About."""', TokenKind.DOCSTRING),
        ('def f():\n    """About."""', TokenKind.DOCSTRING),
        ('def f():\n\n    # and\n    """About."""', TokenKind.DOCSTRING),
        ('x = "text"', TokenKind.TEXT),
        ('f("text")', TokenKind.TEXT),
    ],
)
def test_texts_that_stand_alone_are_documentation(text: str, kind: TokenKind) -> None:
    (quoted,) = [k for row in pieces(text) for piece, k in row if '"' in piece]
    assert quoted is kind


def test_letters_outside_the_basic_plane_count_once() -> None:
    assert pieces('a = "🙂" + 1') == [[('"🙂"', TokenKind.TEXT), ("1", TokenKind.NUMBER)]]


@pytest.mark.parametrize(
    "text",
    ['x = """never closed', "f(1,", "if x:\n        a\n    b", "", "\n\n", "\x00", "a\x0cb = 'é"],
)
def test_what_cannot_be_read_is_plain(text: str) -> None:
    assert len(syntax_spans(text)) == len(text.split("\n"))


def test_a_file_that_is_cut_off_has_no_pieces() -> None:
    assert pieces('def f(x):\n    """never closed') == [[], []]


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    for row, spans in zip(text.split("\n"), syntax_spans(text), strict=True):
        places = [place for span in spans for place in (span.start, span.stop)]
        assert places == sorted(places)
        assert not places or places[-1] <= len(row)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_algorithm_has_pieces(file: Path) -> None:
    found = [kind for row in pieces(file.read_text(encoding="utf-8")) for _, kind in row]
    assert TokenKind.DOCSTRING in found
