"""One table of all commands; toolbar, shortcuts and the sheet of keys are made from it."""

from __future__ import annotations

from collections.abc import Callable

from explorer.debug.addresses import node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, breakpoint_on
from explorer.debug.desk import Command, Desk, Workspace
from explorer.debug.generation.commands import GENERATE_COMMANDS
from explorer.debug.lesson_commands import LESSON_COMMANDS
from explorer.debug.run_commands import RUN_COMMANDS
from explorer.debug.session import Colour, Cone, Session
from explorer.debug.stepping import Granularity


def _always(desk: Desk) -> bool:
    return True


def _has_pass(desk: Desk) -> bool:
    return desk.session.timeline is not None


def _has_selection(desk: Desk) -> bool:
    return desk.session.selection is not None


def _has_found(desk: Desk) -> bool:
    return len(desk.session.found) > 0


def _before_end(desk: Desk) -> bool:
    timeline = desk.session.timeline
    return timeline is not None and desk.session.cursor < timeline.end


def _after_start(desk: Desk) -> bool:
    return _has_pass(desk) and desk.session.cursor > 0


def _go_to_end(desk: Desk) -> None:
    timeline = desk.session.timeline
    if timeline is not None:
        desk.session.seek(timeline.end)


def _has_loss(desk: Desk) -> bool:
    trace = desk.session.trace
    return trace is not None and trace.loss is not None


def _select_loss(desk: Desk) -> None:
    trace = desk.session.trace
    if trace is not None and trace.loss is not None:
        desk.session.select(trace.loss)


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


def _both_ways(
    command_id: str,
    titles: tuple[str, str],
    keys: tuple[tuple[str, ...], tuple[str, ...]],
    run: Callable[[Session, int], None],
) -> tuple[Command, Command]:
    """Return a command and its mirror image in time."""
    on, back = titles
    return (
        Command(f"{command_id}_back", back, "Time", keys[1],
                lambda desk: run(desk.session, -1), _after_start),
        Command(command_id, on, "Time", keys[0],
                lambda desk: run(desk.session, 1), _before_end),
    )  # fmt: skip


def _play(direction: int) -> Callable[[Desk], None]:
    def toggle(desk: Desk) -> None:
        session = desk.session
        session.play(0 if session.playing == direction else direction)

    return toggle


def _turn(direction: int) -> Callable[[Desk], bool]:
    return lambda desk: desk.session.next_turn(direction) is not None


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


def _panel(panel: str, title: str, key: str) -> Command:
    return Command(
        f"panel_{panel}", f"Show {title}", "Panels", (key,),
        lambda desk: desk.show_panel(panel), _always,
    )  # fmt: skip


def _workspace(workspace: Workspace, title: str, key: str) -> Command:
    return Command(
        f"workspace_{workspace.value}", title, "Workspace", (key,),
        lambda desk: desk.show_workspace(workspace), _always,
    )  # fmt: skip


def _help(page: str, title: str, keys: tuple[str, ...]) -> Command:
    return Command(page, title, "Help", keys, lambda desk: desk.show_help(page), _always)


def _text(command_id: str, title: str, keys: tuple[str, ...], direction: int) -> Command:
    return Command(
        command_id, title, "View", keys, lambda desk: desk.resize_text(direction), _always
    )


def _theme(name: str, title: str) -> Command:
    return Command(f"theme_{name}", title, "View", (), lambda desk: desk.show_theme(name), _always)


def _part(command_id: str, title: str, key: str, direction: int) -> Command:
    return Command(
        command_id, title, "Workspace", (key,), lambda desk: desk.turn_part(direction),
        lambda desk: desk.has_parts,
    )  # fmt: skip


def _colour(colour: Colour, key: str, meaning: str) -> Command:
    return Command(
        f"colour_{colour.value}",
        f"Colour by {meaning}",
        "Map",
        (key,),
        lambda desk: desk.session.set_colour(colour),
        _has_pass,
    )


def _cone(cone: Cone, key: str, title: str) -> Command:
    def toggle(desk: Desk) -> None:
        desk.session.show_cone(Cone.ALL if desk.session.cone is cone else cone)

    return Command(f"cone_{cone.value}", title, "Map", (key,), toggle, _has_selection)


def _granularity(granularity: Granularity, title: str) -> Command:
    return Command(
        f"step_by_{granularity.value}",
        title,
        "Time",
        (),
        lambda desk: desk.session.set_granularity(granularity),
        _has_pass,
    )


COMMANDS = (
    Command(
        "start", "Start of the pass", "Time", ("Home",),
        lambda desk: desk.session.seek(0), _after_start,
    ),
    Command(
        "phase_back", "Back to where the phase began", "Time", ("Ctrl+PgUp",),
        lambda desk: desk.session.step_phase(-1), _after_start,
    ),
    Command(
        "step_back", "Step back", "Time", ("Shift+F10", "PgUp", "Shift+Space"),
        lambda desk: desk.session.step(-1), _after_start,
    ),
    Command(
        "step", "Step", "Time", ("F10", "PgDown", "Space"),
        lambda desk: desk.session.step(1), _before_end,
    ),
    Command(
        "phase_on", "On to where the phase ends", "Time", ("Ctrl+PgDown",),
        lambda desk: desk.session.step_phase(1), _before_end,
    ),
    Command("end", "End of the pass", "Time", ("End",), _go_to_end, _before_end),
    *_both_ways(
        "continue", ("Continue to the next breakpoint", "Continue back to the last breakpoint"),
        (("F5",), ("Shift+F5",)), Session.run_to_breakpoint,
    ),
    *_both_ways(
        "into", ("Step into: the very next event", "Step back into: the event before"),
        (("F11",), ("Alt+F11",)), lambda s, way: s.step(way, Granularity.EDGE),
    ),
    *_both_ways(
        "over", ("Step over what is left of this scope", "Step back over this scope"),
        (("Alt+F10",), ("Alt+Shift+F10",)), lambda s, way: s.step(way, Granularity.SCOPE),
    ),
    *_both_ways(
        "out", ("Step out of the scope around", "Step back out of the scope around"),
        (("Shift+F11",), ("Alt+Shift+F11",)), Session.step_out,
    ),
    Command(
        "selection_on", "Run to where the selection is next dealt with", "Time", ("Ctrl+F10",),
        lambda desk: desk.session.run_to_selection(1), _turn(1),
    ),
    Command(
        "selection_back", "Run back to where the selection was dealt with", "Time",
        ("Ctrl+Shift+F10",), lambda desk: desk.session.run_to_selection(-1), _turn(-1),
    ),
    Command("play", "Play; again: pause", "Time", ("Ctrl+Space",), _play(1), _before_end),
    Command(
        "play_back", "Play backwards; again: pause", "Time", ("Ctrl+Shift+Space",),
        _play(-1), _after_start,
    ),
    Command(
        "faster", "Play faster", "Time", ("]",),
        lambda desk: desk.session.set_speed(desk.session.speed * 2), _has_pass,
    ),
    Command(
        "slower", "Play slower", "Time", ("[",),
        lambda desk: desk.session.set_speed(desk.session.speed / 2), _has_pass,
    ),
    _granularity(Granularity.EDGE, "Step one contribution at a time"),
    _granularity(Granularity.NODE, "Step one node at a time"),
    _granularity(Granularity.LINE, "Step one source line at a time"),
    _granularity(Granularity.SCOPE, "Step one scope at a time"),
    _granularity(Granularity.POSITION, "Step one position at a time"),
    _break(BreakOn.NODE, "F9", "Break at the selected node"),
    _break(BreakOn.GRADIENT, "Shift+F9", "Break when the selection's gradient is written"),
    _break(BreakOn.LINE, "Ctrl+F9", "Break at the selection's source line"),
    _break(BreakOn.SCOPE, "Alt+F9", "Break where the selection's scope is entered"),
    _break(BreakOn.OP, "", "Break at every operation like the selection's"),
    Command(
        "break_condition", "Break on a condition", "Breakpoints", ("Ctrl+B",),
        lambda desk: desk.ask_condition(), _has_pass,
    ),
    Command(
        "break_none", "Remove all breakpoints", "Breakpoints", ("Ctrl+Shift+F9",),
        lambda desk: desk.session.breakpoints.set([]),
        lambda desk: len(desk.session.breakpoints) > 0,
    ),
    Command("watch", "Watch the selection, or no longer", "Selection", ("W",), _watch,
            _has_selection),
    Command("bookmark", "Set a bookmark here, or remove it", "Bookmarks", ("Ctrl+D",), _bookmark,
            _has_pass),
    _go_to_bookmark("bookmark_on", "Next bookmark", "N", 1),
    _go_to_bookmark("bookmark_back", "Last bookmark", "Shift+N", -1),
    Command(
        "select_back", "Selection before this one", "Selection", ("Alt+Left",),
        lambda desk: desk.session.revisit(-1), lambda desk: desk.session.can_revisit(-1),
    ),
    Command(
        "select_on", "Selection after this one", "Selection", ("Alt+Right",),
        lambda desk: desk.session.revisit(1), lambda desk: desk.session.can_revisit(1),
    ),
    Command(
        "pin", "Keep the selection while stepping", "Selection", ("P",),
        lambda desk: desk.session.pin(not desk.session.pinned), _has_selection,
    ),
    Command("select_loss", "Select the loss", "Selection", ("L",), _select_loss, _has_loss),
    _colour(Colour.DATA, "1", "data"),
    _colour(Colour.GRADIENT, "2", "gradient"),
    _colour(Colour.OP, "3", "operation"),
    _colour(Colour.STATE, "4", "state of the gradient"),
    _colour(Colour.MAGNITUDE, "5", "size of the gradient"),
    _colour(Colour.FAN_OUT, "6", "fan-out"),
    Command(
        "scale_follows", "Scale follows the moment, or is fixed for the pass", "Map", ("R",),
        lambda desk: desk.session.follow_scale(not desk.session.scale_follows), _has_pass,
    ),
    Command(
        "flows", "Show residual connections, and keys and values on their way", "Map", ("E",),
        lambda desk: desk.session.show_flows(not desk.session.shows_flows), _has_pass,
    ),
    _cone(Cone.ANCESTORS, "A", "Show what the selected node was computed from"),
    _cone(Cone.DESCENDANTS, "D", "Show what was computed from the selected node"),
    Command(
        "search", "Search scopes, names and numbers", "Search", ("Ctrl+F", "/"),
        lambda desk: desk.open_search(), _has_pass,
    ),
    Command(
        "found_on", "Next of what the search found", "Search", ("F3",),
        lambda desk: desk.session.walk_found(1), _has_found,
    ),
    Command(
        "found_back", "Previous of what the search found", "Search", ("Shift+F3",),
        lambda desk: desk.session.walk_found(-1), _has_found,
    ),
    Command(
        "zoom_selection", "Zoom to the selection; again: the whole map", "Map", ("F",),
        lambda desk: desk.zoom_to_selection(), _has_selection,
    ),
    Command(
        "zoom_fit", "The whole map", "Map", ("Shift+F", "0"),
        lambda desk: desk.zoom_to_fit(), _has_pass,
    ),
    Command(
        "export_map", "Export the map as a picture", "Map", ("Ctrl+E",),
        lambda desk: desk.export_map(), _has_pass,
    ),
    Command(
        "focus_name", "Type another name", "Pass", ("Ctrl+N",),
        lambda desk: desk.focus_name(), _always,
    ),
    Command(
        "cancel", "Cancel the pass under way; close the search", "Pass", ("Esc",),
        lambda desk: desk.cancel_run(), _always,
    ),
    _panel("outline", "the outline", "Alt+1"),
    _panel("source", "the source", "Alt+2"),
    _panel("map", "the map", "Alt+3"),
    _panel("neighbourhood", "the neighbourhood", "Alt+4"),
    _panel("order", "the order of backward", "Alt+5"),
    _panel("inspector", "the inspector", "Alt+6"),
    _panel("breakpoints", "the breakpoints", "Alt+7"),
    _panel("watches", "the watches", "Alt+8"),
    _panel("bookmarks", "the bookmarks", "Alt+9"),
    _panel("whatif", "what-if", "Alt+0"),
    _panel("lesson", "the lesson", "Alt+L"),
    Command(
        "what_if_reset", "Back from what-if to the recorded numbers", "Selection", (),
        lambda desk: desk.session.show_what_if(None),
        lambda desk: desk.session.what_if is not None,
    ),
    Command(
        "reset_panels", "Put all panels back", "Panels", (),
        lambda desk: desk.reset_panels(), _always,
    ),
    Command(
        "save_session", "Save the session", "Pass", ("Ctrl+S",),
        lambda desk: desk.save_session(), _has_pass,
    ),
    Command(
        "open_session", "Open a session", "Pass", ("Ctrl+O",),
        lambda desk: desk.open_session(), _always,
    ),
    _workspace(Workspace.EXPLORE, "Explore one pass", "Ctrl+1"),
    _workspace(Workspace.NAME, "Look inside one name", "Ctrl+2"),
    _workspace(Workspace.TRAIN, "Train runs, and look at their steps", "Ctrl+3"),
    _part("part_on", "Next part of the name", "Ctrl+Tab", 1),
    _part("part_back", "Previous part of the name", "Ctrl+Shift+Tab", -1),
    _workspace(Workspace.GENERATE, "Make up names, token by token", "Ctrl+4"),
    Command(
        "open_step", "Open this step of the run in the debugger", "Workspace", ("Ctrl+Return",),
        lambda desk: desk.open_shown_step(), lambda desk: desk.has_step,
    ),
    *LESSON_COMMANDS,
    *RUN_COMMANDS,
    *GENERATE_COMMANDS,
    _text("text_larger", "Larger text", ("Ctrl++", "Ctrl+="), 1),
    _text("text_smaller", "Smaller text", ("Ctrl+-",), -1),
    _text("text_usual", "Usual text size", ("Ctrl+0",), 0),
    _theme("dark", "Dark theme"),
    _theme("light", "Light theme"),
    _theme("contrast", "High contrast theme"),
    Command(
        "palette", "Command palette: find anything by a few letters", "Help", ("Ctrl+Shift+P",),
        lambda desk: desk.toggle_palette(), _always,
    ),
    Command("menu", "Menu", "Help", ("Alt+M",), lambda desk: desk.show_menu(), _always),
    Command("keys", "All keys", "Help", ("?", "F1"), lambda desk: desk.show_keys(), _always),
    _help("help", "How to use this program", ("Shift+F1",)),
    _help("glossary", "Glossary: what the words mean", ("G",)),
    Command(
        "word", "Glossary at the word of the view in use", "Help", ("Ctrl+F1",),
        lambda desk: desk.show_word(), _always,
    ),
    Command("tour", "Tour of the window", "Help", (), lambda desk: desk.show_tour(), _has_pass),
    _help("about", "About: where everything comes from", ()),
)  # fmt: skip
