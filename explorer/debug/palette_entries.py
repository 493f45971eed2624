"""What the command palette offers of a pass: commands, nodes, events and scopes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from explorer.debug import numbers
from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Command, Desk
from explorer.debug.palette import Entry, Provider
from explorer.debug.roles import node_label
from explorer.debug.session import Session
from explorer.debug.titles import SEPARATOR, scope_titles
from explorer.trace.trace import Trace

ITSELF = "palette"  # the command that it is not worth offering
NOT_NOW = "not now"
LEAST_FOR_SCOPES = 2  # letters: a single one is in nearly all titles

_NUMBER = rf"([0-9]{{1,12}}|[0-9]{{1,3}}(?:[ ,{numbers.THIN_SPACE}][0-9]{{3}})+)"
_NODE = re.compile(rf"#?\s*{_NUMBER}")
_EVENT = re.compile(rf"@\s*{_NUMBER}")
_PARAMETER = re.compile(r"([A-Za-z_][\w.]*)\s*\[\s*([0-9]{1,9})\s*\]\s*\[\s*([0-9]{1,9})\s*\]")


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
                refused="" if command.available(desk) else NOT_NOW,
            )
            for command in commands
        ]

    return provide


def node_entries(session: Session) -> Provider:
    """Return the provider of nodes: by number, ``12345`` or ``#12345``, and parameters by name.

    A node can be selected, and compared with the selected one.
    """

    def provide(typed: str) -> list[Entry]:
        trace = session.trace
        if trace is None:
            return []
        if number := _NODE.fullmatch(typed):
            node, refused = _whole(number[1]), ""
            name = f"node {numbers.count(node)}"
            if node >= trace.nodes:
                refused = f"the last node is {numbers.count(trace.nodes - 1)}"
            elif _has_name(trace, node):
                name += f" ({node_label(trace, node)})"
        elif named := _PARAMETER.fullmatch(typed):
            node, refused = _parameter(trace, named[1], int(named[2]), int(named[3]))
            name = f"{named[1]}[{int(named[2])}][{int(named[3])}]"
        else:
            return []
        entries = [_of_node(f"Select {name}", node, session.select, refused)]
        if not refused and session.selection not in (None, node):
            entries.append(_of_node(f"Compare {name} with the selection", node, session.compare))
        return entries

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


def _of_node(title: str, node: int, run: Callable[[int], object], refused: str = "") -> Entry:
    return Entry(title, title, "Node", partial(run, node), refused=refused, is_exact=True)


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
        command_entries([c for c in COMMANDS if c.id != ITSELF], desk, spell),
        ScopeEntries(session, show_scope),
    ]
