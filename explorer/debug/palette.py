"""The command palette: what it offers for what was typed, and in which order.

Offers come from providers, functions of what was typed; a new kind of thing that can be found is a
new provider.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from heapq import nlargest
from typing import TypeAlias

from explorer.debug.fuzzy import match

MOST_FOUND = 60
MOST_RECENT = 8
WHOLE_KEY, PART_OF_KEY, GROUP_SHARE = 40.0, 6.0, 0.4  # a word found elsewhere than in the title
RECENT, REFUSED, PHRASE = 3.0, -5.0, 15.0  # what else counts; several words as they were typed


@dataclass(frozen=True)
class Entry:
    """Something that the palette offers.

    Attributes
    ----------
    id : str
        The same whenever the same thing is offered.
    title : str
        What it does.
    group : str
    run : callable
    keys : tuple of str
        Its shortcuts, as they are spelled on screen.
    refused : str
        Why it can't be run at the moment; empty if it can.
    is_exact : bool
        What was typed names just this: it stands first, and isn't matched.
    name : (int, int), optional
        Beginning and end of the part of the title that is matched; the whole title if left out.
    """

    id: str
    title: str
    group: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    refused: str = ""
    is_exact: bool = False
    name: tuple[int, int] | None = None


@dataclass(frozen=True)
class Found:
    """An entry that fits what was typed, and the places in its title that do."""

    entry: Entry
    places: tuple[int, ...] = ()


_Fit: TypeAlias = tuple[float, tuple[int, ...]]
Provider: TypeAlias = Callable[[str], Iterable[Entry]]


class Palette:
    """What is offered, in order; what was run lately comes first.

    Parameters
    ----------
    providers : sequence of callable
        Each returns its entries for what was typed, stripped of blanks around it; for nothing
        typed, all that shall be listed then.
    """

    def __init__(self, providers: Sequence[Provider]) -> None:
        self._providers = list(providers)
        self._recent: list[str] = []

    def add(self, provider: Provider) -> None:
        """Offer one more kind of thing."""
        self._providers.append(provider)

    def find(self, typed: str) -> list[Found]:
        """Return what fits, best first.

        Every word of what was typed has to be in the title (its letters in order), in the group,
        or in one of the keys. If nothing was typed, all entries follow the recent ones in their
        providers' order.
        """
        query = typed.strip()
        entries = [entry for provider in self._providers for entry in provider(query)]
        if not query:
            return [Found(entry) for entry in sorted(entries, key=self._recency)]
        search = _Search(query)
        ranked = [(self._bonus(e) + fit[0], e, fit[1]) for e in entries if (fit := search.fit(e))]
        best = nlargest(MOST_FOUND, ranked, key=lambda row: row[0])
        return [Found(entry, places) for _, entry, places in best]

    def run(self, entry: Entry) -> None:
        """Do what an entry says, and remember that it was run; not if it is refused."""
        if entry.refused:
            return
        others = [recent for recent in self._recent if recent != entry.id]
        self._recent = [entry.id, *others][:MOST_RECENT]
        entry.run()

    def _recency(self, entry: Entry) -> int:
        return self._recent.index(entry.id) if entry.id in self._recent else MOST_RECENT

    def _bonus(self, entry: Entry) -> float:
        return RECENT * (entry.id in self._recent) + REFUSED * bool(entry.refused)


class _Search:
    """What was typed, and how well entries fit it."""

    def __init__(self, query: str) -> None:
        self._words = query.lower().split()
        self._groups: dict[str, list[float | None]] = {}  # what each word is worth in a group

    def fit(self, entry: Entry) -> _Fit | None:
        """Return how well an entry fits, and which places in its title do; None if it doesn't."""
        if entry.is_exact:
            return float("inf"), ()
        total, places = 0.0, set[int]()
        start, stop = entry.name or (0, len(entry.title))
        title = entry.title[start:stop]
        for word, grouped in zip(self._words, self._in_group(entry.group), strict=True):
            worths: list[_Fit] = [] if grouped is None else [(grouped, ())]
            if titled := match(word, title):
                worths.append((titled.score, tuple(start + place for place in titled.places)))
            worths += [(worth, ()) for worth in _in_keys(word, entry.keys)]
            if not worths:
                return None
            worth, at = max(worths)
            total += worth
            places.update(at)
        if len(self._words) > 1 and " ".join(self._words) in title.lower():
            total += PHRASE
        return total, tuple(sorted(places))

    def _in_group(self, group: str) -> list[float | None]:
        if group not in self._groups:
            found = [match(word, group) for word in self._words]
            self._groups[group] = [GROUP_SHARE * m.score if m else None for m in found]
        return self._groups[group]


def _in_keys(word: str, keys: tuple[str, ...]) -> list[float]:
    """Return what a word is worth as a key of an entry, or as a part of one."""
    if not keys:
        return []
    lower = [key.lower() for key in keys]
    whole = [WHOLE_KEY] if word in lower else []
    return whole or ([PART_OF_KEY] if any(word in key for key in lower) else [])
