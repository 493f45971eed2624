"""Captions: plain text with placeholders for numbers that the shown pass has computed.

``The loss is {loss}, and chance would give {chance}.`` A caption so cannot state a number that
the algorithm did not compute. Braces that are meant stand twice: ``{{``.

NODE is a name (``wte[5][3]``, ``a``, ``loss``), ``selection``, or the way to a node: titles of
scopes, and its place in the innermost one: ``position 1/attention/head 0#12``. LETTER is a letter
or BOS. ``:6`` at the end of a number asks for six significant digits in place of four.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

LONGEST = 4000  # letters of a caption


class CaptionError(ValueError):
    """A caption is malformed; the message is a sentence without full stop."""


@dataclass(frozen=True)
class Placeholder:
    """A number, or a word, that is put in.

    Attributes
    ----------
    form : str
        One of `FORMS`.
    arguments : tuple of str
        What stood in place of its words in capitals.
    digits : int
    """

    form: str
    arguments: tuple[str, ...]
    digits: int = 4


FORMS = {
    "loss": "the loss of the whole name",
    "loss POSITION": "the loss of a position",
    "recorded loss": "the loss without the numbers that are set by hand",
    "chance": "the loss of guessing",
    "data NODE": "a node’s number",
    "grad NODE": "its gradient so far",
    "nudge NODE BY": "the loss if the node’s number were another one",
    "change NODE BY": "by how much it would change",
    "predicted NODE BY": "by how much it should, the gradient times the nudge",
    "updated NODE": "a parameter’s number after the update",
    "m NODE": "the optimizer’s mean of its gradient after the update",
    "v NODE": "the mean of the squared gradient",
    "contributions NODE": "how many contributions its gradient is the sum of",
    "probability POSITION LETTER": "the probability of a letter at a position",
    "target probability POSITION": "that of the letter that comes next",
    "read POSITION": "the letter that is read at a position",
    "target POSITION": "the letter that comes next",
    "attention LAYER HEAD POSITION EARLIER": "how much a head attends to an earlier position",
    "count QUERY": "how many nodes a search finds",
    "name": "the name that is read",
    "positions": "how many positions there are",
    "nodes": "how many nodes the pass has made",
    "edges": "how many edges there are between nodes",
    "parameters": "how many parameters the model has",
    "letters": "how many tokens there are, BOS included",
    "step": "which step of the training the pass is",
    "steps": "how many steps the whole training has",
    "learning rate": "that of the update",
    "training loss STEP": "the loss of a step of the training",
    "mean training loss STEP STEP": "the mean loss of the steps from one to another",
    "temperature": "with which a name is made up",
    "seed": "of the random numbers",
    "drawn": "the letters of the name that is made up",
    "drawn probability POSITION": "the probability with which a token was drawn",
    "drawn names COUNT": "the first names that the seed makes up",
}
WORDS = {
    "NODE": r"(\S(?:.*\S)?)",
    "BY": r"([-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)",
    "LETTER": r"(BOS|\S)",
    "QUERY": r"(\S.*)",
}
WHOLE = r"(\d{1,7})"
_PATTERNS = {
    form: re.compile(
        " ".join(
            WORDS.get(word, WHOLE) if word.isupper() else re.escape(word) for word in form.split()
        )
    )
    for form in FORMS
}
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|([{}])|[^{}]+")
_DIGITS = re.compile(r"(.*\S) ?:(\d{1,2})")


def parse_caption(text: str) -> tuple[str | Placeholder, ...]:
    """Return the parts of a caption: texts and placeholders.

    Raises
    ------
    CaptionError
        It is too long, a brace stands alone, or there is no such placeholder.
    """
    if len(text) > LONGEST:
        raise CaptionError(f"a caption has at most {LONGEST} letters")
    parts: list[str | Placeholder] = []
    for found in _PART.finditer(text):
        inside, lonely = found.groups()
        if lonely is not None:
            raise CaptionError(f"a brace stands alone at letter {found.start() + 1}")
        if inside is not None:
            parts.append(parse_placeholder(inside))
        else:
            parts.append({"{{": "{", "}}": "}"}.get(found.group(), found.group()))
    return tuple(parts)


def parse_placeholder(text: str) -> Placeholder:
    """Return what a placeholder asks for, without its braces.

    Raises
    ------
    CaptionError
        There is no such placeholder.
    """
    inside, digits = " ".join(text.split()), 4
    asked = _DIGITS.fullmatch(inside)
    if asked is not None and not inside.startswith("count "):  # searches have colons
        inside, digits = asked.group(1), int(asked.group(2))
        if not 1 <= digits <= 17:
            raise CaptionError(f"“{{{text[:40]}}}”: a number has 1 to 17 digits")
    for form, pattern in _PATTERNS.items():
        found = pattern.fullmatch(inside)
        if found is not None:
            return Placeholder(form, found.groups(), digits)
    word = inside.partition(" ")[0]
    alike = [f"{{{form}}}" for form in FORMS if word in form.split()]
    if alike:
        raise CaptionError(f"“{{{text[:40]}}}” should be written as {' or '.join(alike)}")
    raise CaptionError(f"there is nothing to put in for “{{{text[:40]}}}”")
