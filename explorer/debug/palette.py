"""The command palette: what it offers for what was typed, and in which order.

Offers come from providers, functions of what was typed; a new kind of thing that can be found is a
new provider.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from typing import TypeAlias

from explorer.debug import numbers
from explorer.debug.commands import COMMANDS, Command, Desk
from explorer.debug.fuzzy import match
from explorer.debug.roles import node_label
from explorer.debug.session import Session
from explorer.debug.titles import SEPARATOR, scope_titles
from explorer.trace.trace import Trace

NOT_NOW = "not now"
MOST_FOUND = 60
MOST_RECENT = 8
LEAST_FOR_SCOPES = 2  # letters: a single one is in nearly all titles
WHOLE_KEY, PART_OF_KEY, GROUP_SHARE = 40.0, 6.0, 0.4  # a word found elsewhere than in the title
RECENT, REFUSED, PHRASE = 3.0, -5.0, 15.0  # what else counts; several words as they were typed

_NUMBER = rf"([0-9]{{1,12}}|[0-9]{{1,3}}(?:[ ,{numbers.THIN_SPACE}][0-9]{{3}})+)"
_NODE = re.compile(rf"#?\s*{_NUMBER}")
_EVENT = re.compile(rf"@\s*{_NUMBER}")
_PARAMETER = re.compile(r"([A-Za-z_][\w.]*)\s*\[\s*([0-9]{1,9})\s*\]\s*\[\s*([0-9]{1,9})\s*\]")


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


def command_entries(
    commands: Sequence[Command], desk: Desk, spell: Callable[[str], str]
) -> Provider:
    """Return the provider of commands.

    Parameters
    ----------
    commands : sequence of Command
    desk : Desk
        What they act on.
    spell : callable
        How a key is written on screen.
    """
    keys = {command.id: tuple(map(spell, command.keys)) for command in commands}

    def provide(typed: str) -> list[Entry]:
        return [
            Entry(
                id=command.id,
                title=command.title,
                group=command.group,
                run=partial(command.run, desk),
                keys=keys[command.id],
                refused="" if command.enabled(desk) else NOT_NOW,
            )
            for command in commands
        ]

    return provide


def node_entries(session: Session) -> Provider:
    """Return the provider of nodes: by number, ``12345`` or ``#12345``, and parameters by name."""

    def provide(typed: str) -> list[Entry]:
        trace = session.trace
        if trace is None:
            return []
        if number := _NODE.fullmatch(typed):
            node = _whole(number[1])
            refused = ""
            if node >= trace.nodes:
                refused = f"the last node is {numbers.count(trace.nodes - 1)}"
            title = f"Select node {numbers.count(node)}"
            if not refused:
                title += f" ({node_label(trace, node)})" if _has_name(trace, node) else ""
            return [_select(session, node, title, refused)]
        if named := _PARAMETER.fullmatch(typed):
            node, refused = _parameter(trace, named[1], int(named[2]), int(named[3]))
            name = f"{named[1]}[{int(named[2])}][{int(named[3])}]"
            return [_select(session, node, f"Select {name}", refused)]
        return []

    return provide


def event_entries(session: Session) -> Provider:
    """Return the provider of moments, ``@44671``."""

    def provide(typed: str) -> list[Entry]:
        timeline, number = session.timeline, _EVENT.fullmatch(typed)
        if timeline is None or number is None:
            return []
        event = _whole(number[1])
        refused = ""
        if event > timeline.end:
            refused = f"the last event is {numbers.count(timeline.end)}"
        title = f"Go to event {numbers.count(event)}"
        run = partial(session.seek, event)
        return [Entry(f"event:{event}", title, "Time", run, refused=refused, is_exact=True)]

    return provide


class ScopeEntries:
    """The provider of scopes, which are shown on the map.

    Parameters
    ----------
    session : Session
    show : callable
        Shows a scope by its id.
    """

    def __init__(self, session: Session, show: Callable[[int], object]) -> None:
        self._session, self._show = session, show
        self._trace: Trace | None = None
        self._entries: list[Entry] = []

    def __call__(self, typed: str) -> list[Entry]:
        """Return all scopes of the pass, if enough was typed to tell them apart."""
        trace = self._session.trace
        if trace is None or len(typed) < LEAST_FOR_SCOPES:
            return []
        if trace is not self._trace:
            self._trace = trace
            self._entries = [
                self._entry(scope, path) for scope, path in enumerate(_scope_paths(trace)) if path
            ]
        return self._entries

    def _entry(self, scope: int, path: str) -> Entry:
        before, after = "Show ", " on the map"
        return Entry(
            id=f"scope:{path}",
            title=f"{before}{path}{after}",
            group="Scope",
            run=partial(self._show, scope),
            name=(len(before), len(before) + len(path)),
        )


def _scope_paths(trace: Trace) -> list[str]:
    """Return where each scope is, in words; parents come before their children."""
    titles = scope_titles(trace)
    paths = [""]
    for scope, title in zip(trace.scopes[1:], titles[1:], strict=True):
        around = paths[scope.parent]
        paths.append(f"{around}{SEPARATOR}{title}" if around else title)
    return paths


def _select(session: Session, node: int, title: str, refused: str) -> Entry:
    run = partial(session.select, node)
    return Entry(f"node:{node}", title, "Node", run, refused=refused, is_exact=True)


def _whole(text: str) -> int:
    """Return a whole number whose thousands may be apart."""
    return int(re.sub("[^0-9]", "", text))


def _has_name(trace: Trace, node: int) -> bool:
    """Return whether a node is called something else than its operation and number."""
    return not node_label(trace, node).endswith(numbers.count(node))


def _parameter(trace: Trace, name: str, row: int, column: int) -> tuple[int, str]:
    """Return the node of a parameter, and what is wrong with its name; empty if nothing is.

    The layer in front of a matrix's name may be left out if there is but one.
    """
    known = [m for m in trace.parameters if name in (m.name, m.name.rpartition(".")[2])]
    if len(known) != 1:
        many = ", ".join(matrix.name for matrix in known[:3])
        return -1, f"which one: {many}?" if known else "no matrix has this name"
    matrix = known[0]
    if row >= matrix.rows or column >= matrix.columns:
        return -1, f"{matrix.name} has {matrix.rows} rows and {matrix.columns} columns"
    return matrix.start + row * matrix.columns + column, ""


def standard_providers(
    desk: Desk, spell: Callable[[str], str], show_scope: Callable[[int], object]
) -> list[Provider]:
    """Return the providers of all that every pass has."""
    session = desk.session
    return [
        node_entries(session),
        event_entries(session),
        command_entries(COMMANDS, desk, spell),
        ScopeEntries(session, show_scope),
    ]
