"""Captions with their numbers put in."""

from __future__ import annotations

import html
from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.lessons.captions import CaptionError, parse_caption
from explorer.debug.lessons.facts import Facts

UNKNOWN = "–"


@dataclass(frozen=True)
class Piece:
    """A part of a caption.

    Attributes
    ----------
    text : str
    is_number : bool
        It was put in for a placeholder.
    """

    text: str
    is_number: bool = False


@dataclass(frozen=True)
class Caption:
    """A caption with its numbers put in.

    Attributes
    ----------
    pieces : tuple of Piece
    problems : tuple of str
        Why a number is missing, one sentence each, without full stop.
    """

    pieces: tuple[Piece, ...]
    problems: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The caption as plain text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def html(self) -> str:
        """The caption as rich text, with its numbers in bold.

        Rich text knows one space only at which no line ends.
        """
        written = []
        for piece in self.pieces:
            text = html.escape(piece.text).replace("\n", "<br>")
            text = text.replace(numbers.THIN_SPACE, "&nbsp;")
            written.append(f"<b>{text}</b>" if piece.is_number else text)
        return "".join(written)


def write_caption(text: str, facts: Facts) -> Caption:
    """Return a caption with its numbers put in; “–” where the pass has none.

    Raises
    ------
    CaptionError
        It is malformed.
    """
    pieces, problems = [], []
    for part in parse_caption(text):
        if isinstance(part, str):
            pieces.append(Piece(part))
            continue
        try:
            pieces.append(Piece(facts.say(part), is_number=True))
        except CaptionError as error:
            pieces.append(Piece(UNKNOWN, is_number=True))
            problems.append(str(error))
    return Caption(tuple(pieces), tuple(problems))
