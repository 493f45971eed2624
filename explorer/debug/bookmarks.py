"""Bookmarks: moments of a pass to come back to, each with a note."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from psygnal import Signal

from explorer.debug.addresses import Address


@dataclass(frozen=True)
class Bookmark:
    """A moment of the pass over one name.

    Attributes
    ----------
    name : str
    cursor : int
    selection : Address or None
        What was selected.
    note : str
    """

    name: str
    cursor: int
    selection: Address | None
    note: str = ""


class Bookmarks:
    """All bookmarks, sorted by name and moment; one at most for each moment.

    Attributes
    ----------
    changed : Signal
    """

    changed = Signal()

    def __init__(self) -> None:
        self._all: dict[tuple[str, int], Bookmark] = {}

    def __iter__(self) -> Iterator[Bookmark]:
        return iter([self._all[key] for key in sorted(self._all)])

    def __len__(self) -> int:
        return len(self._all)

    def of(self, name: str) -> list[Bookmark]:
        """Return the bookmarks of the pass over a name, in order of time."""
        return [bookmark for bookmark in self if bookmark.name == name]

    def at(self, name: str, cursor: int) -> Bookmark | None:
        """Return the bookmark of a moment."""
        return self._all.get((name, cursor))

    def add(self, bookmark: Bookmark) -> None:
        """Set a bookmark; one of the same moment is replaced."""
        self._all[bookmark.name, bookmark.cursor] = bookmark
        self.changed.emit()

    def remove(self, bookmark: Bookmark) -> None:
        """Take a bookmark away."""
        if self._all.pop((bookmark.name, bookmark.cursor), None) is not None:
            self.changed.emit()

    def note(self, bookmark: Bookmark, text: str) -> None:
        """Write a note on a bookmark."""
        if (bookmark.name, bookmark.cursor) in self._all:
            self.add(replace(bookmark, note=text))

    def set(self, bookmarks: Iterable[Bookmark]) -> None:
        """Replace all bookmarks."""
        self._all = {(one.name, one.cursor): one for one in bookmarks}
        self.changed.emit()
