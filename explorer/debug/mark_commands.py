"""The commands of breakpoints, watches and bookmarks."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.addresses import node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, breakpoint_on
from explorer.debug.command_conditions import has_pass, has_selection
from explorer.debug.desk import Command, Desk


def _break(on: BreakOn, key: str, title: str) -> Command:
    def toggle(desk: Desk) -> None:
        trace, node = desk.session.trace, desk.session.selection
        wanted = None if trace is None or node is None else breakpoint_on(trace, node, on)
        if wanted is not None:
            desk.session.breakpoints.toggle(wanted)

    def enabled(desk: Desk) -> bool:
        trace, node = desk.session.trace, desk.session.selection
        if trace is None or node is None:
            return False
        return on is not BreakOn.LINE or bool(trace.site[node] >= 0)

    return Command(
        f"break_{on.value}", title, "Breakpoints", (key,) if key else (), toggle, enabled
    )


def _watch(desk: Desk) -> None:
    trace, node = desk.session.trace, desk.session.selection
    if trace is not None and node is not None:
        desk.session.watches.toggle(node_address(trace, node))


def _bookmark(desk: Desk) -> None:
    """Set a bookmark on the moment, or take it away."""
    session = desk.session
    trace = session.trace
    if trace is None or trace.document is None:
        return
    here = session.bookmarks.at(trace.document.name, session.cursor)
    if here is not None:
        session.bookmarks.remove(here)
        return
    node = session.selection
    selection = None if node is None else node_address(trace, node)
    session.bookmarks.add(Bookmark(trace.document.name, session.cursor, selection))


def _bookmarked(direction: int) -> Callable[[Desk], Bookmark | None]:
    """Return what finds the next (1) or the last (-1) bookmark."""

    def find(desk: Desk) -> Bookmark | None:
        session = desk.session
        if session.trace is None or session.trace.document is None:
            return None
        there = session.bookmarks.of(session.trace.document.name)
        ahead = [one for one in there if (one.cursor - session.cursor) * direction > 0]
        return (ahead[0] if direction > 0 else ahead[-1]) if ahead else None

    return find


def _go_to_bookmark(command_id: str, title: str, key: str, direction: int) -> Command:
    find = _bookmarked(direction)

    def go(desk: Desk) -> None:
        bookmark = find(desk)
        if bookmark is not None:
            desk.session.go_to_bookmark(bookmark)

    return Command(command_id, title, "Bookmarks", (key,), go, lambda desk: find(desk) is not None)


MARK_COMMANDS = (
    _break(BreakOn.NODE, "F9", "Break at the selected node"),
    _break(BreakOn.GRADIENT, "Shift+F9", "Break when the selection's gradient is written"),
    _break(BreakOn.LINE, "Ctrl+F9", "Break at the selection's source line"),
    _break(BreakOn.SCOPE, "Alt+F9", "Break where the selection's scope is entered"),
    _break(BreakOn.OP, "", "Break at every operation like the selection's"),
    Command(
        "break_condition", "Break on a condition", "Breakpoints", ("Ctrl+B",),
        lambda desk: desk.ask_condition(), has_pass,
    ),
    Command(
        "break_none", "Remove all breakpoints", "Breakpoints", ("Ctrl+Shift+F9",),
        lambda desk: desk.session.breakpoints.set([]),
        lambda desk: len(desk.session.breakpoints) > 0,
    ),
    Command("watch", "Watch the selection, or no longer", "Selection", ("W",), _watch,
            has_selection),
    Command("bookmark", "Set a bookmark here, or remove it", "Bookmarks", ("Ctrl+D",), _bookmark,
            has_pass),
    _go_to_bookmark("bookmark_on", "Next bookmark", "N", 1),
    _go_to_bookmark("bookmark_back", "Previous bookmark", "Shift+N", -1),
)  # fmt: skip
