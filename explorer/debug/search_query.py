r"""The language of the search: from what was typed to terms that all must hold.

========================================  ==========================================================
``head 2/softmax``, ``wte\[5\]``            a regular expression, on scopes and parameters' names
``"constants"``                           the same, for words that mean something else here
``op:exp``, ``op:exp,log``, ``op:×``      operations
``data>0.5``, ``|grad|<=1e-3``,           comparisons of data, grad and node (its number), also
``abs(grad)>0.1``, ``-1<data<1``          without their sign, and between two numbers
``largest gradients``, ``top:50 data``    the largest of those that all other terms find
``dead relus``                            ReLUs whose output is 0, so that no gradient passes
``constants``, ``unreachable``            plain numbers in the code; what the loss doesn't depend on
========================================  ==========================================================

Words that follow each other are one regular expression; case does not matter, nor do spaces around
``/``. Nothing that was typed is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from explorer.debug import numbers
from explorer.debug.title_pattern import PatternError, compile_pattern

LARGEST_SHOWN = 50  # when no number is given
LONGEST_QUERY = 400  # letters
PATH_SEPARATOR = "/"  # what stands between titles in the text that patterns are matched with


class SearchError(ValueError):
    """What was typed can't be searched for; the message is one sentence that names the place."""


class Column(Enum):
    """A number that each node has."""

    DATA = "data"
    GRAD = "grad"
    NODE = "node"


class Kind(Enum):
    """Sets of nodes that have a name."""

    DEAD_RELU = "ReLUs with the output 0"
    CONSTANT = "constants"
    UNREACHABLE = "what the loss does not depend on"


@dataclass(frozen=True)
class Text:
    """A regular expression for scopes and names; a name may also hold `literal` as it stands."""

    pattern: re.Pattern[str]
    literal: str

    @property
    def words(self) -> str:
        """The term in words."""
        return f"scope or name like “{self.literal}”"


@dataclass(frozen=True)
class Operation:
    """One of some operations, by name or sign as typed."""

    names: tuple[str, ...]

    @property
    def words(self) -> str:
        """The term in words."""
        return f"operation {' or '.join(self.names)}"


@dataclass(frozen=True)
class Comparison:
    """A column, or its magnitude, compared with a number. `sign` is one of ``< <= > >= = !=``."""

    column: Column
    magnitude: bool
    sign: str
    number: float

    @property
    def words(self) -> str:
        """The term in words."""
        column = f"|{self.column.value}|" if self.magnitude else self.column.value
        return f"{column} {SHOWN_SIGNS.get(self.sign, self.sign)} {numbers.short(self.number, 12)}"


@dataclass(frozen=True)
class Largest:
    """The `count` largest magnitudes of a column among what all other terms find."""

    column: Column
    count: int

    @property
    def words(self) -> str:
        """The term in words."""
        return f"the {self.count} largest by |{self.column.value}|"


@dataclass(frozen=True)
class Named:
    """A set of nodes that has a name."""

    kind: Kind

    @property
    def words(self) -> str:
        """The term in words."""
        return self.kind.value


Term: TypeAlias = Text | Operation | Comparison | Largest | Named

SHOWN_SIGNS = {"<=": "≤", ">=": "≥", "!=": "≠"}
_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_COLUMNS = {column.value: column for column in Column} | {
    "gradient": Column.GRAD,
    "gradients": Column.GRAD,
    "grads": Column.GRAD,
}
_COLUMN_NAMES = "data, grad or node"

# An arrow, as in “3 m -> a”, compares nothing.
_SIGN = r"(?:<=|>=|==|!=|[<=≤≥≠]|(?<!-)>)"
_OPERAND = r"(?:abs\([^()]*\)|\|[^|<>=]*\||[^\s<>=!≤≥≠]+)"
_CHAIN = re.compile(rf"{_OPERAND}(?:\s*{_SIGN}\s*{_OPERAND}?)+", re.IGNORECASE)
_COLUMN = re.compile(r"(?:abs\(\s*(\w+)\s*\)|\|\s*(\w+)\s*\||(\w+))", re.IGNORECASE)
_LARGEST = re.compile(
    r"(?:largest|top)(?:\s*:?\s*(\d+))?\s+(grads?|gradients?|data)(?!\S)", re.IGNORECASE
)
_NAMED = {
    re.compile(rf"{words}(?!\S)", re.IGNORECASE): kind
    for words, kind in (
        (r"dead\s+relus?", Kind.DEAD_RELU),
        ("constants?", Kind.CONSTANT),
        ("unreachable", Kind.UNREACHABLE),
    )
}
_WORD, _SPACES = re.compile(r"\S+"), re.compile(r"\s*")


def parse(query: str) -> tuple[Term, ...]:
    """Return the terms of a query; none if it is empty.

    Raises
    ------
    SearchError
    """
    if len(query) > LONGEST_QUERY:
        raise SearchError(f"A search has at most {LONGEST_QUERY} letters, not {len(query)}.")
    terms: list[Term] = []
    words: list[re.Match[str]] = []
    for token in _tokens(query):
        if isinstance(token, re.Match):
            words.append(token)
            continue
        terms += _phrase(query, words)
        words.clear()
        terms += token
    return (*terms, *_phrase(query, words))


def _tokens(query: str) -> Iterator[re.Match[str] | list[Term]]:
    """Yield in turn the words that belong to a regular expression, and the terms of all else."""
    at = _end(_SPACES, query, 0)
    while at < len(query):
        if query[at] == '"':
            close = query.find('"', at + 1)
            if close < 0:
                raise SearchError(f"The quotation mark at letter {at + 1} is not closed.")
            yield [_text(query[at + 1 : close], at + 1)] if close > at + 1 else []
            at = close + 1
        elif (found := _term(query, at)) is not None:
            terms, at = found
            yield terms
        else:
            word = _WORD.match(query, at)
            assert word is not None
            _check_word(word.group())
            yield word
            at = word.end()
        at = _end(_SPACES, query, at)


def _end(pattern: re.Pattern[str], query: str, at: int) -> int:
    match = pattern.match(query, at)
    return match.end() if match else at


def _term(query: str, at: int) -> tuple[list[Term], int] | None:
    """Return the terms that are written at a place, and where they end."""
    for pattern, kind in _NAMED.items():
        if named := pattern.match(query, at):
            return [Named(kind)], named.end()
    if largest := _LARGEST.match(query, at):
        count = int(largest[1]) if largest[1] else LARGEST_SHOWN
        if count < 1:
            raise SearchError(f"“{largest[0]}” asks for none: the number must be at least 1.")
        return [Largest(_COLUMNS[largest[2].lower()], count)], largest.end()
    word = _WORD.match(query, at)
    assert word is not None
    if word.group()[:3].lower() == "op:":
        names = tuple(name for name in word.group()[3:].lower().split(",") if name)
        return [Operation(names)], word.end()
    chain = _CHAIN.match(query, at)
    if chain and "(?" not in word.group():
        return list(_comparisons(chain.group())), chain.end()
    return None


def _check_word(word: str) -> None:
    """Refuse a word that can only be meant as another term."""
    if word.lower() == "largest" or word.lower().startswith("top:"):
        raise SearchError(
            f"After “{word}” grad or data is missing, as in “largest gradients” or “top:50 data”."
        )
    if "(?" not in word and re.search(_SIGN, word):
        raise SearchError(f"Before “{word}” {_COLUMN_NAMES} is missing, as in “data>0.5”.")


def _comparisons(chain: str) -> Iterator[Comparison]:
    """Yield the comparisons of ``data>0.5``, ``0.5<data`` or ``0<data<=1``."""
    parts = [part.strip() for part in re.split(f"({_SIGN})", chain)]
    operands, signs = parts[::2], [_SIGNS.get(sign, sign) for sign in parts[1::2]]
    if "" in operands:
        raise SearchError(f"After “{chain.rstrip()}” a number is missing.")
    columns = [_column(operand) for operand in operands]
    places = [i for i, column in enumerate(columns) if column is not None]
    if len(operands) > 3 or len(places) != 1 or (len(operands) == 3 and places != [1]):
        raise SearchError(_wrong_chain(chain, operands, columns))
    place = places[0]
    found = columns[place]
    assert found is not None
    if place == 1:
        left = _number(operands[0], chain)
        yield Comparison(*found, _MIRRORED.get(signs[0], signs[0]), left)
    if place < len(operands) - 1:
        yield Comparison(*found, signs[place], _number(operands[place + 1], chain))


def _wrong_chain(chain: str, operands: list[str], columns: list[tuple[Column, bool] | None]) -> str:
    strange = next(
        (o for o, c in zip(operands, columns, strict=True) if c is None and not _is_number(o)), None
    )
    if strange is not None:
        return f"“{strange}” in “{chain}” is neither a number nor {_COLUMN_NAMES}."
    return f"“{chain}” must compare one of {_COLUMN_NAMES} with a number, or stand between two."


def _column(operand: str) -> tuple[Column, bool] | None:
    """Return the column that an operand names, and whether its sign is left out."""
    match = _COLUMN.fullmatch(operand)
    if match is None:
        return None
    column = _COLUMNS.get((match[1] or match[2] or match[3]).lower())
    return None if column is None else (column, match[3] is None)


def _number(operand: str, chain: str) -> float:
    if not _is_number(operand):
        raise SearchError(f"“{operand}” in “{chain}” is not a number.")
    return float(_plain(operand))


def _is_number(operand: str) -> bool:
    try:
        float(_plain(operand))
    except ValueError:
        return False
    return True


def _plain(operand: str) -> str:
    """Return a number as Python reads it, of one as the application writes it."""
    plain = operand.replace(numbers.MINUS, "-").replace("∞", "inf")
    return plain.replace(numbers.THIN_SPACE, "")


def _phrase(query: str, words: list[re.Match[str]]) -> list[Term]:
    if not words:
        return []
    start, stop = words[0].start(), words[-1].end()
    return [_text(query[start:stop], start)]


def _text(text: str, start: int) -> Text:
    """Return the term of a regular expression that begins at a letter of the query."""
    try:
        compile_pattern(text)  # as it was typed, so that the place of a mistake is right
        adapted = re.sub(r"\s*/\s*", PATH_SEPARATOR, text).replace("->", "→")
        return Text(compile_pattern(adapted), text)
    except PatternError as error:
        place = start + error.place + 1
        raise SearchError(f"“{text}”, at letter {place}: {error}.") from None
