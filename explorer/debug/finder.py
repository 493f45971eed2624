"""What is searched for in a pass, what that finds at a moment, and one's place among it."""

from __future__ import annotations

import numpy as np

from explorer.debug.search import NOTHING, Nodes, Search, SearchIndex
from explorer.debug.search_terms import SearchError
from explorer.trace.timeline import Timeline


class Finder:
    """One search, which goes on from pass to pass.

    Attributes
    ----------
    query : str
        What is searched for; empty if nothing is.
    error : str
        What is wrong with the query, in a sentence; empty if nothing is.
    found : Nodes
        At the moment that was asked for last, in the order in which they are walked.
    at : int or None
        Which of the found nodes was selected last; None if none was since the search began.
    """

    def __init__(self) -> None:
        self.query, self.error = "", ""
        self.found: Nodes = NOTHING
        self.at: int | None = None
        self._index: SearchIndex | None = None
        self._search: Search | None = None

    def open(self, timeline: Timeline, cursor: int) -> None:
        """Search in another pass."""
        self._index = SearchIndex(timeline)
        self._prepare(cursor)

    def follow_numbers(self, timeline: Timeline, cursor: int) -> None:
        """Search in the same events with other numbers; one's place stays if it is still there."""
        self._index = SearchIndex(timeline)
        if self.query:
            node = None if self.at is None else int(self.found[self.at])
            self._prepare(cursor)
            self.note(node)

    def search(self, query: str, cursor: int) -> None:
        """Search for something else."""
        self.query = query
        self._prepare(cursor)

    def words(self, cursor: int) -> str:
        """Return how the query was understood; empty if there is none, or it is malformed."""
        return self._search.words_at(cursor) if self._search else ""

    def path(self, cursor: int) -> Nodes:
        """Return the nodes of the path that is searched for, in order; empty if there is none."""
        return NOTHING if self._search is None else self._search.path_at(cursor)

    def count(self, cursor: int) -> int:
        """Return how many nodes the search finds at a moment."""
        return 0 if self._search is None else len(self._search.at(cursor))

    def find(self, cursor: int) -> bool:
        """Find what there is at a moment; return whether it is something else."""
        before = self.found
        self.found = NOTHING if self._search is None else self._search.at(cursor)
        if np.array_equal(before, self.found):
            return False
        place, self.at = self.at, None
        if place is not None:
            self.note(int(before[place]))
        return True

    def next(self, direction: int) -> int | None:
        """Return the found node after (1) or before (-1) the last one; after the last the first."""
        if not len(self.found):
            return None
        start = self.at
        if start is None:
            start = -1 if direction > 0 else 0
        return int(self.found[(start + direction) % len(self.found)])

    def note(self, node: int | None) -> None:
        """Take a node that is selected as one's place among what is found, if it is there."""
        places = np.flatnonzero(self.found == node) if node is not None else NOTHING
        if len(places):
            self.at = int(places[0])

    def _prepare(self, cursor: int) -> None:
        """Make the query ready for the pass, and find."""
        self._search, self.error, self.at = None, "", None
        if self._index is not None and self.query.strip():
            try:
                self._search = self._index.search(self.query)
            except SearchError as error:
                self.error = str(error)
        self.find(cursor)
