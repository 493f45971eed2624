"""The fields of a JSON file, none of which is believed before it has been checked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, TypeGuard, TypeVar

from explorer.trace.files import write_whole

LONGEST_TEXT, LONGEST_LIST = 40_000, 20_000  # no field of the window takes longer texts
LARGEST = 1e9  # of a place's numbers
LARGEST_NUMBER = 1e300

Choice = TypeVar("Choice", bound=Enum)
Item = TypeVar("Item")


class FieldError(ValueError):
    """Something in a file is not as it should be; the message is a sentence without full stop."""


@dataclass(frozen=True)
class FileKind:
    """A kind of JSON file of this program.

    Attributes
    ----------
    name : str
        What such a file is called: ``session``.
    largest : int
        Bytes; a larger file is not read.
    version : int
        That is written.
    oldest : int
        The first version that can still be read.
    """

    name: str
    largest: int
    version: int = 1
    oldest: int = 1

    @property
    def format(self) -> str:
        """What stands in the field “format” of such a file."""
        return f"microgpt-explorer {self.name}"

    def write(self, path: Path, content: Mapping[str, object]) -> None:
        """Write a file.

        Raises
        ------
        WriteError
        """
        whole = {"format": self.format, "version": self.version, **content}
        text = json.dumps(whole, default=_spell, ensure_ascii=False, indent=1)
        write_whole(path, text.encode())

    def read(self, path: Path, read: Callable[[Fields], Item]) -> Item:
        """Read a file.

        Parameters
        ----------
        path : Path
        read : callable
            Makes something of the fields other than format and version, or raises `FieldError`.

        Raises
        ------
        FieldError
            It can't be read, is no JSON, has a field twice, is of another format or version, or
            damaged; the message names the file.
        """
        fields = self._object(path)
        try:
            version = fields.whole("version")
            if self.oldest <= version <= self.version:
                return read(fields.without("format", "version"))
        except FieldError as error:
            raise FieldError(f"{path} is damaged: {error}") from None
        raise FieldError(f"{path} has version {version}, not {self.version}")

    def _object(self, path: Path) -> Fields:
        try:
            with path.open("rb") as file:
                content = file.read(self.largest + 1)
        except OSError as error:
            raise FieldError(f"{path} can't be read ({error.strerror or error})") from None
        if len(content) > self.largest:
            raise FieldError(f"{path} is too large for a {self.name}")
        try:
            parsed = json.loads(content, object_pairs_hook=_object)
        except _TwiceError as error:
            raise FieldError(f"{path} is damaged: {error}") from None
        except (ValueError, RecursionError):
            raise FieldError(f"{path} is not a {self.name}: it is no JSON") from None
        if not isinstance(parsed, dict) or parsed.get("format") != self.format:
            raise FieldError(f"{path} is not a {self.name} of this program")
        return Fields(parsed, "")


class _TwiceError(ValueError):
    pass


def _spell(value: object) -> object:
    assert isinstance(value, Enum)
    return value.value


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Return an object of the file, in which no field may stand twice."""
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise _TwiceError(f"“{twice}” stands in it twice")
    return found


class Fields:
    """An object of the file; whatever is asked for is there and of the right kind, or refused."""

    def __init__(self, content: object, place: str) -> None:
        if not isinstance(content, dict):
            raise FieldError(f"{place or 'it'} should be an object")
        self._content, self._place = content, place

    def filled(self, defaults: Mapping[str, object]) -> Fields:
        """Return the same with what is missing filled in; fields that are not known are refused.

        Parameters
        ----------
        defaults : mapping of str to object
            By the names of all fields that there may be; None for one that has no default.
        """
        for key in self._content:
            if key not in defaults:
                raise self.refuse(key[:40], "there is no such field")
        return Fields({**defaults, **self._content}, self._place)

    def without(self, *keys: str) -> Fields:
        """Return the same without some fields."""
        kept = {key: value for key, value in self._content.items() if key not in keys}
        return Fields(kept, self._place)

    def has(self, key: str) -> bool:
        """Return whether there is something in a field."""
        return self._content.get(key) is not None

    def text(self, key: str, longest: int = LONGEST_TEXT) -> str:
        """Return a text."""
        value = self._content.get(key)
        if not _is_text(value, longest):
            raise self._error(key, f"a text of at most {longest} letters")
        return value

    def whole(self, key: str, least: int = 0) -> int:
        """Return a whole number."""
        value = self._content.get(key)
        if type(value) is not int or not least <= value < 2**63:
            raise self._error(key, f"a whole number from {least} on")
        return value

    def number(self, key: str, least: float = -LARGEST_NUMBER) -> float:
        """Return a number."""
        value: Any = self._content.get(key)
        if type(value) not in (int, float) or not least <= value <= LARGEST_NUMBER:
            raise self._error(key, "a number" if least < 0 else f"a number from {least:g} on")
        return float(value)

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

    def object(self, key: str, read: Callable[[Fields], Item]) -> Item:
        """Return an object that has to be there."""
        return read(Fields(self._content.get(key), self._path(key)))

    def length(self, key: str) -> int:
        """Return how many items a list has."""
        return len(self._list(key))

    def near(self, key: str) -> float:
        """Return one number of a place."""
        value = self.number(key)
        if abs(value) > LARGEST:
            raise self._error(key, f"a number up to {LARGEST:g}")
        return value

    def optional(self, key: str, read: Callable[[Fields], Item]) -> Item | None:
        """Return an object that may be missing."""
        value = self._content.get(key)
        return None if value is None else read(Fields(value, self._path(key)))

    def each(self, key: str, read: Callable[[Fields], Item]) -> tuple[Item, ...]:
        """Return each object of a list."""
        items = self._list(key)
        return tuple(read(Fields(item, f"{self._path(key)}[{i}]")) for i, item in enumerate(items))

    def named(self, key: str, read: Callable[[Fields], Item]) -> dict[str, Item]:
        """Return each object of an object, by its name."""
        value = self._content.get(key)
        if not isinstance(value, dict) or len(value) > LONGEST_LIST:
            raise self._error(key, "an object")
        place = self._path(key)
        return {name: read(Fields(item, f"{place}.{name[:40]}")) for name, item in value.items()}

    def numbers(self, key: str) -> dict[str, float]:
        """Return the numbers of an object, by their names."""
        value = self._content.get(key)
        if not isinstance(value, dict) or len(value) > LONGEST_LIST:
            raise self._error(key, "an object")
        inner = Fields(value, self._path(key))
        return {name: inner.number(name) for name in value}

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

    def refuse(self, key: str, reason: str) -> FieldError:
        """Return the error that names a field and says what is wrong with it."""
        return FieldError(f"“{self._path(key)}”: {reason}")

    def _list(self, key: str) -> list[Any]:
        value = self._content.get(key)
        if not isinstance(value, list) or len(value) > LONGEST_LIST:
            raise self._error(key, "a list")
        return value

    def _path(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _error(self, key: str, wanted: str) -> FieldError:
        return FieldError(f"“{self._path(key)}” should be {wanted}")


def _is_text(value: object, longest: int = LONGEST_TEXT) -> TypeGuard[str]:
    """Return whether something is a text of whole letters, which halves of pairs are not."""
    return (
        isinstance(value, str)
        and len(value) <= longest
        and not any("\ud800" <= letter <= "\udfff" for letter in value)
    )
