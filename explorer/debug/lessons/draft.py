"""A lesson while it is being edited: which stop one is at, what is saved, what can be undone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from explorer.debug.desk import Workspace
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Source
from explorer.debug.lessons.stop import Stop

MOST_UNDONE = 100  # edits that can be taken back


class Draft:
    """A lesson that becomes another one with every edit.

    Parameters
    ----------
    lesson : Lesson
        As it is saved.

    Attributes
    ----------
    lesson : Lesson
    at : int or None
        The stop that is shown; it keeps being that one while others come, go and move.
    """

    def __init__(self, lesson: Lesson) -> None:
        self.lesson = self._saved = lesson
        self.at: int | None = None
        self._undo: list[tuple[Lesson, int | None]] = []

    @property
    def stop(self) -> Stop | None:
        """The stop that is shown."""
        return None if self.at is None else self.lesson.stops[self.at]

    @property
    def is_edited(self) -> bool:
        """Whether there are changes that are not saved."""
        return self.lesson is not self._saved

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return bool(self._undo)

    def settle(self) -> None:
        """Take the lesson as it is for saved."""
        self._saved = self.lesson

    def turned(self, direction: int) -> int | None:
        """Return the next (1) or the previous (-1) stop; None at the ends."""
        at = 0 if self.at is None and direction > 0 else (self.at or 0) + direction
        return at if 0 <= at < len(self.lesson.stops) else None

    def insert(self, stop: Stop, source: Source) -> None:
        """Add a stop after the one that is shown, or at the end, and be at it."""
        stops = len(self.lesson.stops)
        at = stops if self.at is None else self.at + 1
        self._edit(self.lesson.inserted(at, stop, source), at)

    def replace(self, at: int, stop: Stop, source: Source) -> None:
        """Let a stop be another one; its texts stay, and what only one of its workspaces shows."""
        before = self.lesson.stops[at]
        kept: dict[str, Any] = {
            name: getattr(before, name) for name in ("title", "caption", "notes", "view")
        }
        if stop.workspace is not Workspace.NAME:
            kept["place"] = before.place
        if stop.workspace is not Workspace.GENERATE:
            kept["drawing"] = before.drawing
        self._edit(self.lesson.replaced(at, replace(stop, **kept), source), self.at)

    def rewrite(self, at: int, **changes: Any) -> None:
        """Give a stop another title, caption, notes or view."""
        stop = replace(self.lesson.stops[at], **changes)
        if stop != self.lesson.stops[at]:
            self._edit(self.lesson.replaced(at, stop), self.at)

    def rename(self, title: str, summary: str) -> None:
        """Give the lesson another title and summary."""
        if (title, summary) != (self.lesson.title, self.lesson.summary):
            self._edit(self.lesson.renamed(title, summary), self.at)

    def move(self, at: int, to: int) -> None:
        """Put a stop at another place among the others."""
        stops = range(len(self.lesson.stops))
        if at != to and at in stops and to in stops:
            order = [*stops]
            order.insert(to, order.pop(at))
            shown = None if self.at is None else order.index(self.at)
            self._edit(self.lesson.moved(at, to), shown)

    def remove(self, at: int) -> None:
        """Take a stop away; if it is the one that is shown, be at the one that follows."""
        left = len(self.lesson.stops) - 1
        if not 0 <= at <= left:
            return
        shown = self.at
        if shown is not None:
            shown = min(shown - (shown > at), left - 1)
        self._edit(self.lesson.removed(at), None if shown == -1 else shown)

    def undo(self) -> None:
        """Take the last edit back."""
        if self._undo:
            self.lesson, self.at = self._undo.pop()

    def _edit(self, lesson: Lesson, at: int | None) -> None:
        self._undo = [*self._undo, (self.lesson, self.at)][-MOST_UNDONE:]
        self.lesson, self.at = lesson, at
