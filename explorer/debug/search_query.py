r"""The language of the search: from what was typed to terms that all must hold.

========================================  ==========================================================
``head 2/softmax``, ``wte\[5\]``            a regular expression, on scopes and parameters' names
``"constants"``                           the same, for words that mean something else here
``op:exp``, ``op:exp,log``, ``op:×``      operations
``data>0.5``, ``|grad|<=1e-3``,           comparisons of data, grad and node (its number), also
``abs(grad)>0.1``, ``-1<data<1``          without their sign, and between two numbers
``largest gradients``, ``top:50 data``    the largest of those that all other terms find, also by
``largest contributions``                 the largest contribution that each has received
``dead relus``                            ReLUs whose output is 0, so that no gradient passes
``constants``, ``unreachable``            plain numbers in the code; what the loss doesn't depend on
``line:33``, ``line:nn.py:33``            what a source line made; a file by the end of its name
``ancestors:N``, ``descendants:N``        what node N was computed from; what was computed from it
``between:N,M``                           all nodes on paths from the one to the other
``path:N``, ``path:N,M``                  the strongest path from N to the loss, or between two
========================================  ==========================================================

Words that follow each other are one regular expression; case does not matter, nor do spaces around
``/``. N and M are the numbers of nodes, names of parameters such as ``wte[5][3]``, or ``loss``.
Nothing that was typed is ever evaluated.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from explorer.debug import numbers
from explorer.debug.search_terms import (
    Column,
    Comparison,
    Kind,
    Largest,
    Named,
    Operation,
    Related,
    Relation,
    SearchError,
    SourceLine,
    Term,
    Text,
)
from explorer.debug.title_pattern import PatternError, compile_pattern

LARGEST_SHOWN = 50  # when no number is given
LONGEST_QUERY = 400  # letters
PATH_SEPARATOR = "/"  # what stands between titles in the text that patterns are matched with

_SIGNS = {"≤": "<=", "≥": ">=", "≠": "!=", "==": "="}
_MIRRORED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_GRADS = dict.fromkeys(("grad", "grads", "gradient", "gradients"), Column.GRAD)
_CONTRIBUTIONS = dict.fromkeys(("contribution", "contributions"), Column.CONTRIBUTION)
_COLUMNS = {"data": Column.DATA, "node": Column.NODE} | _GRADS
_LARGEST_COLUMNS = {"data": Column.DATA} | _GRADS | _CONTRIBUTIONS
_COLUMN_NAMES = "data, grad or node"

# An arrow, as in “3 m -> a”, compares nothing.
_SIGN = r"(?:<=|>=|==|!=|[<=≤≥≠]|(?<!-)>)"
_OPERAND = r"(?:abs\([^()]*\)|\|[^|<>=]*\||[^\s<>=!≤≥≠]+)"
_CHAIN = re.compile(rf"{_OPERAND}(?:\s*{_SIGN}\s*{_OPERAND}?)+", re.IGNORECASE)
_COLUMN = re.compile(r"(?:abs\(\s*(\w+)\s*\)|\|\s*(\w+)\s*\||(\w+))", re.IGNORECASE)
_LARGEST = re.compile(
    rf"(?:largest|top)(?:\s*:?\s*(\d+))?\s+({'|'.join(_LARGEST_COLUMNS)})(?!\S)", re.IGNORECASE
)
# Numbers may be written as the application writes them, with their thousands apart.
_NODE = rf"(?:[^\s,]|{numbers.THIN_SPACE})+"
_RELATED = re.compile(
    rf"({'|'.join(r.value for r in Relation)}):({_NODE}(?:\s*,\s*{_NODE})*)?,*", re.IGNORECASE
)
_LINE = re.compile(r"(?:(\S+):)?([0-9]+)")
_HOW_MANY_NODES = {
    Relation.ANCESTORS: (1, 1),
    Relation.DESCENDANTS: (1, 1),
    Relation.BETWEEN: (2, 2),
    Relation.PATH: (1, 2),
}
_EXAMPLES = {1: ("20142", "wte[5][3]"), 2: ("wte[5][3],20142",)}
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
        return [Largest(_LARGEST_COLUMNS[largest[2].lower()], count)], largest.end()
    if related := _RELATED.match(query, at):
        return [_related(related)], related.end()
    word = _WORD.match(query, at)
    assert word is not None
    if word.group()[:5].lower() == "line:":
        return [_source_line(word.group()[5:], word.group())], word.end()
    if word.group()[:3].lower() == "op:":
        names = tuple(name for name in word.group()[3:].lower().split(",") if name)
        return [Operation(names)], word.end()
    chain = _CHAIN.match(query, at)
    if chain and "(?" not in word.group():
        return list(_comparisons(chain.group())), chain.end()
    return None


def _related(written: re.Match[str]) -> Related:
    """Return the term of ``ancestors:20142`` or ``between:4,wte[5][3]``."""
    relation = Relation(written[1].lower())
    nodes = tuple(node.strip() for node in (written[2] or "").split(",") if node.strip())
    least, most = _HOW_MANY_NODES[relation]
    what = written[0].rstrip()
    if not nodes:
        examples = " or ".join(f"“{relation.value}:{example}”" for example in _EXAMPLES[least])
        raise SearchError(f"After “{what}” a node is missing, as in {examples}.")
    if len(nodes) < least:
        raise SearchError(f"After “{what}” a second node is missing, as in “{what.rstrip(',')},7”.")
    if len(nodes) > most:
        taken = "one" if most == 1 else "two"
        raise SearchError(f"“{what}” names {len(nodes)} nodes; “{written[1]}:” takes {taken}.")
    return Related(relation, nodes)


def _source_line(place: str, word: str) -> SourceLine:
    match = _LINE.fullmatch(place)
    if match is None:
        fault = f"“{place}” in “{word}” is not the number of a line"
        fault = fault if place else f"After “{word}” the number of a line is missing"
        raise SearchError(f"{fault}, as in “line:33” or “line:nn.py:33”.")
    return SourceLine(match[1] or "", int(match[2]))


def _check_word(word: str) -> None:
    """Refuse a word that can only be meant as another term."""
    if word.lower() == "largest" or word.lower().startswith("top:"):
        raise SearchError(
            f"After “{word}” grad, data or contributions is missing, "
            "as in “largest gradients” or “top:50 data”."
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
