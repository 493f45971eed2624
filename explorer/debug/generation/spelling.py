"""From letters to tokens and back, with what stands in the way."""

from __future__ import annotations

import re
from dataclasses import dataclass

from microgpt import Tokenizer


@dataclass(frozen=True)
class Piece:
    """One token, or a letter for which there is none.

    Attributes
    ----------
    text : str
        The letter, or BOS.
    token : int or None
        None if the letter is not in the vocabulary.
    """

    text: str
    token: int | None


def pieces_of(text: str, tokenizer: Tokenizer) -> list[Piece]:
    """Return what a text becomes: BOS, its letters, BOS."""
    unknown = set(tokenizer.unknown(text))
    known = "".join(letter for letter in text if letter not in unknown)
    ids = iter(tokenizer.encode(known)[1:-1])
    letters = [Piece(letter, None if letter in unknown else next(ids)) for letter in text]
    bos = Piece("BOS", tokenizer.bos)
    return [bos, *letters, bos]


def ids_of(pieces: list[Piece]) -> str:
    """Return the ids as a text; a question mark where there is none."""
    return " ".join("?" if piece.token is None else str(piece.token) for piece in pieces)


def read_ids(text: str, tokenizer: Tokenizer) -> list[int]:
    """Return the tokens that someone has typed, apart from each other in any way.

    Raises
    ------
    ValueError
        There is no such token; the message is a sentence.
    """
    words = re.findall(r"[^\s,;\[\]()]+", text)
    for word in words:
        if not word.isascii() or not word.isdecimal() or int(word) >= tokenizer.vocab_size:
            raise ValueError(f"“{word}” is no id: they go from 0 to {tokenizer.bos} (BOS).")
    return [int(word) for word in words]
