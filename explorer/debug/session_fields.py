"""The fields of a session file, none of which is believed before it has been checked."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeGuard, TypeVar

LONGEST_TEXT, LONGEST_LIST = 40_000, 20_000  # no field of the window takes longer texts
LARGEST = 1e9  # of the camera's numbers

Choice = TypeVar("Choice", bound=Enum)
Item = TypeVar("Item")


class SessionFileError(ValueError):
    """A file is not a session that can be opened; the message is a sentence without full stop."""


class Fields:
    """An object of the file; whatever is asked for is there and of the right kind, or refused."""

    def __init__(self, content: object, place: str) -> None:
        if not isinstance(content, dict):
            raise SessionFileError(f"{place or 'it'} should be an object")
        self._content, self._place = content, place

    def text(self, key: str) -> str:
        """Return a text."""
        value = self._content.get(key)
        if not _is_text(value):
            raise self._error(key, f"a text of at most {LONGEST_TEXT} letters")
        return value

    def whole(self, key: str, least: int = 0) -> int:
        """Return a whole number."""
        value = self._content.get(key)
        if type(value) is not int or not least <= value < 2**63:
            raise self._error(key, f"a whole number from {least} on")
        return value

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self._content.get(key)
        if not isinstance(value, bool):
            raise self._error(key, "true or false")
        return value

    def choice(self, key: str, kind: type[Choice]) -> Choice:
        """Return one of a few words."""
        known = {choice.value: choice for choice in kind}
        value = self._content.get(key)
        if not isinstance(value, str) or value not in known:
            raise self._error(key, f"one of {', '.join(known)}")
        return known[value]

    def optional(self, key: str, read: Callable[[Fields], Item]) -> Item | None:
        """Return an object that may be missing."""
        value = self._content.get(key)
        return None if value is None else read(Fields(value, self._path(key)))

    def each(self, key: str, read: Callable[[Fields], Item]) -> tuple[Item, ...]:
        """Return each object of a list."""
        items = self._list(key)
        return tuple(read(Fields(item, f"{self._path(key)}[{i}]")) for i, item in enumerate(items))

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts."""
        items = self._list(key)
        if not all(_is_text(item) for item in items):
            raise self._error(key, "a list of texts")
        return tuple(items)

    def reals(self, key: str, count: int) -> tuple[float, ...] | None:
        """Return so many numbers, which may be missing."""
        value = self._content.get(key)
        if value is None:
            return None
        good = isinstance(value, list) and len(value) == count
        if not good or not all(type(v) in (int, float) and abs(v) <= LARGEST for v in value):
            raise self._error(key, f"{count} numbers")
        return tuple(float(v) for v in value)

    def refuse(self, key: str, reason: str) -> SessionFileError:
        """Return the error that names a field and says what is wrong with it."""
        return SessionFileError(f"“{self._path(key)}”: {reason}")

    def _list(self, key: str) -> list[Any]:
        value = self._content.get(key)
        if not isinstance(value, list) or len(value) > LONGEST_LIST:
            raise self._error(key, "a list")
        return value

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _error(self, key: str, wanted: str) -> SessionFileError:
        return SessionFileError(f"“{self._path(key)}” should be {wanted}")


def _is_text(value: object) -> TypeGuard[str]:
    """Return whether something is a text of whole letters, which halves of pairs are not."""
    return (
        isinstance(value, str)
        and len(value) <= LONGEST_TEXT
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )
