"""Documents, and the tokenizer that turns them into integers and back."""

from collections.abc import Iterable, Sequence
from pathlib import Path

MAX_BYTES = 64 * 2**20  # the published list of names is 228 kB; far larger files are a mistake


def bundled_names() -> Path:
    """Return the path of the list of names that comes with the project."""
    return Path(__file__).resolve().parents[1] / "assets" / "names.txt"


def read_documents(path: str | Path) -> list[str]:
    """Read one document a line; surrounding white space and empty lines are dropped.

    Parameters
    ----------
    path : str or Path
        A UTF-8 text file of at most 64 MiB.

    Returns
    -------
    list of str
        The documents in the order of the file, at least one.

    Raises
    ------
    OSError
        The file cannot be opened.
    ValueError
        The file is too large, not text, or has no document in it.
    """
    path = Path(path)
    if path.exists() and not (path.is_file() or path.is_dir()):  # a device may never end
        raise ValueError(f"{path} is not a file")
    if path.stat().st_size > MAX_BYTES:
        raise ValueError(f"{path} is larger than {MAX_BYTES // 2**20} MiB")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not a text file (byte {error.start} is not UTF-8)") from None
    if "\0" in text:
        raise ValueError(f"{path} is not a text file (it holds NUL characters)")
    documents = [line.strip() for line in text.split("\n") if line.strip()]
    if not documents:
        raise ValueError(f"{path} has no documents in it")
    return documents


class Tokenizer:
    """Each letter is a token; one more token, BOS, stands at both ends of a document.

    Parameters
    ----------
    documents : iterable of str
        The letters that occur in them, sorted, get the ids 0, 1, 2, ...

    Attributes
    ----------
    letters : list of str
    bos : int
        The id of the token that begins and ends a sequence: the number of letters.
    """

    def __init__(self, documents: Iterable[str]) -> None:
        self.letters = sorted(set("".join(documents)))
        self.bos = len(self.letters)
        self._ids = {letter: i for i, letter in enumerate(self.letters)}

    @property
    def vocab_size(self) -> int:
        """Number of different tokens: the letters and BOS."""
        return len(self.letters) + 1

    def encode(self, document: str) -> list[int]:
        """Return BOS, the id of each letter, and BOS again.

        Raises
        ------
        ValueError
            A letter does not occur in the documents.
        """
        unknown = self.unknown(document)
        if unknown:
            raise ValueError(f"no token for {', '.join(map(repr, unknown))}")
        return [self.bos] + [self._ids[letter] for letter in document] + [self.bos]

    def decode(self, tokens: Sequence[int]) -> str:
        """Return the letters of `tokens`; BOS is left out."""
        return "".join(self.letters[token] for token in tokens if token != self.bos)

    def unknown(self, document: str) -> list[str]:
        """Return the letters of `document` that have no token, each once, in order."""
        return [letter for letter in dict.fromkeys(document) if letter not in self._ids]
