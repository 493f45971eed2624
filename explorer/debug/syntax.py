"""Where the keywords, names, texts and numbers of Python code stand, for colouring it."""

from __future__ import annotations

import builtins
import io
import keyword
import token
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

# Python 3.12 and later cut a formatted text into parts.
_TEXTS = {
    getattr(token, name)
    for name in ("STRING", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
    if hasattr(token, name)
}
_SPACE = (tokenize.NL, tokenize.COMMENT)
_LINE_BEGINS = (tokenize.ENCODING, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)
_BUILTINS = frozenset(name for name in dir(builtins) if not name.startswith("_"))


class TokenKind(Enum):
    """What a piece of code is."""

    KEYWORD = "keyword"
    DEFINITION = "definition"  # the name after def or class
    BUILTIN = "builtin"
    TEXT = "text"
    DOCSTRING = "docstring"
    COMMENT = "comment"
    NUMBER = "number"


@dataclass(frozen=True)
class Span:
    """A piece of one line: from column `start` (the first is 0) up to `stop`."""

    start: int
    stop: int
    kind: TokenKind


def syntax_spans(text: str) -> list[list[Span]]:
    """Return for each line of a file the pieces that have a colour, from left to right.

    The whole file is read at once, so that texts of several lines are known as such. There are
    no pieces at all if it is not Python, or is cut off in the middle.
    """
    lines = text.split("\n")
    spans: list[list[Span]] = [[] for _ in lines]
    try:
        tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    except (tokenize.TokenError, SyntaxError):
        return spans
    for kind, (first, start), (last, stop) in _coloured(tokens):
        for line in range(first, last + 1):
            row = lines[line - 1]
            left = start if line == first else len(row) - len(row.lstrip())
            right = stop if line == last else len(row)
            if left < right:
                spans[line - 1].append(Span(left, right, kind))
    return spans


def _coloured(
    tokens: list[tokenize.TokenInfo],
) -> Iterator[tuple[TokenKind, tuple[int, int], tuple[int, int]]]:
    before = tokenize.TokenInfo(tokenize.ENCODING, "", (0, 0), (0, 0), "")
    for piece in tokens:
        kind = _kind(piece, before)
        if kind is not None:
            yield kind, piece.start, piece.end
        if piece.type not in _SPACE:
            before = piece


def _kind(piece: tokenize.TokenInfo, before: tokenize.TokenInfo) -> TokenKind | None:
    if piece.type == tokenize.COMMENT:
        return TokenKind.COMMENT
    if piece.type == tokenize.NUMBER:
        return TokenKind.NUMBER
    if piece.type in _TEXTS:
        stands_alone = piece.type == tokenize.STRING and before.type in _LINE_BEGINS
        return TokenKind.DOCSTRING if stands_alone else TokenKind.TEXT
    if piece.type == tokenize.NAME:
        if keyword.iskeyword(piece.string):
            return TokenKind.KEYWORD
        if before.string in ("def", "class"):
            return TokenKind.DEFINITION
        if piece.string in _BUILTINS and before.string != ".":
            return TokenKind.BUILTIN
    return None
