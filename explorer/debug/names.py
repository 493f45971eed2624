"""What a person typed, checked before it goes into the model."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from microgpt import Tokenizer

# Letters that Unicode does not take apart into a base letter and an accent.
DOTLESS_I = "\N{LATIN SMALL LETTER DOTLESS I}"
SPECIAL_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "ł": "l", "þ": "th"}
    | {DOTLESS_I: "i"}
)
JOINTS = " -'.’_"  # between the parts of a name
LETTERS_SHOWN, VOCABULARY_SHOWN = 6, 40


@dataclass(frozen=True)
class NameCheck:
    """The verdict on a typed name.

    Attributes
    ----------
    name : str or None
        What to run; None if it can't be.
    message : str
        One sentence for the person; empty if there is nothing to say.
    suggestion : str or None
        A name that can be run, to be offered instead.
    """

    name: str | None
    message: str = ""
    suggestion: str | None = None


def check_name(typed: str, tokenizer: Tokenizer, block_size: int) -> NameCheck:
    """Decide whether a typed name can be run, and what to say about it.

    Parameters
    ----------
    typed : str
    tokenizer : Tokenizer
    block_size : int
        The longest sequence that the model reads, in tokens.

    Returns
    -------
    NameCheck
    """
    name = typed.strip()
    if not name:
        return NameCheck(None, "Type a name of at least one letter.")
    unknown = tokenizer.unknown(name)
    if unknown:
        folded = fold(name)
        suggestion = folded if folded and not tokenizer.unknown(folded) else None
        return NameCheck(None, _unknown_message(unknown, tokenizer), suggestion)
    if len(name) >= block_size:
        read = min(block_size, len(name))
        return NameCheck(
            name,
            f"The model has {block_size} position{'s' * (block_size > 1)}: it reads BOS and the "
            f"first {block_size - 1} of {len(name)} letters, and predicts the first {read}.",
        )
    return NameCheck(name)


def fold(name: str) -> str:
    """Return a name in lower case, without accents and in one word."""
    apart = unicodedata.normalize("NFKD", name.lower())
    bare = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return "".join(letter for letter in bare.translate(SPECIAL_LETTERS) if letter not in JOINTS)


def _unknown_message(unknown: list[str], tokenizer: Tokenizer) -> str:
    shown = [_visible(letter, "“{}”") for letter in unknown]
    if len(shown) > LETTERS_SHOWN:
        shown[LETTERS_SHOWN:] = [f"{len(unknown) - LETTERS_SHOWN} more"]
    *most, last = shown
    listed = f"{', '.join(most)} and {last}" if most else last
    verb = "is" if len(unknown) == 1 else "are"
    return f"{listed} {verb} not in the vocabulary ({_range(tokenizer.letters)})."


def _range(letters: list[str]) -> str:
    """Return ``a–z`` for unbroken alphabets, and a list otherwise."""
    codes = [ord(letter) for letter in letters]
    if len(codes) > 2 and codes == list(range(codes[0], codes[0] + len(codes))):
        return f"{_visible(letters[0])}–{_visible(letters[-1])}"
    listed = " ".join(_visible(letter) for letter in letters[:VOCABULARY_SHOWN])
    return listed + (" …" if len(letters) > VOCABULARY_SHOWN else "")


def _visible(letter: str, quoted: str = "{}") -> str:
    """Return a letter, or the name or number of one that can't be seen."""
    if letter == " ":
        return "a space"
    return quoted.format(letter) if letter.isprintable() else f"U+{ord(letter):04X}"
