"""One table of all commands; toolbar, shortcuts and the sheet of keys are made from it."""

from __future__ import annotations

from explorer.debug.command_conditions import always, has_found, has_pass, has_selection
from explorer.debug.desk import Command, Desk, Workspace
from explorer.debug.generation.commands import GENERATE_COMMANDS
from explorer.debug.lesson_commands import LESSON_COMMANDS
from explorer.debug.mark_commands import MARK_COMMANDS
from explorer.debug.run_commands import RUN_COMMANDS
from explorer.debug.session import Colour, Cone
from explorer.debug.time_commands import TIME_COMMANDS


def _has_loss(desk: Desk) -> bool:
    trace = desk.session.trace
    return trace is not None and trace.loss is not None


def _select_loss(desk: Desk) -> None:
    trace = desk.session.trace
    if trace is not None and trace.loss is not None:
        desk.session.select(trace.loss)


def _panel(panel: str, title: str, key: str) -> Command:
    return Command(
        f"panel_{panel}", f"Show {title}", "Panels", (key,),
        lambda desk: desk.show_panel(panel), always,
    )  # fmt: skip


def _workspace(workspace: Workspace, title: str, key: str) -> Command:
    return Command(
        f"workspace_{workspace.value}", title, "Workspace", (key,),
        lambda desk: desk.show_workspace(workspace), always,
    )  # fmt: skip


def _help(page: str, title: str, keys: tuple[str, ...]) -> Command:
    return Command(page, title, "Help", keys, lambda desk: desk.show_help(page), always)


def _text(command_id: str, title: str, keys: tuple[str, ...], direction: int) -> Command:
    return Command(
        command_id, title, "View", keys, lambda desk: desk.resize_text(direction), always
    )


def _theme(name: str, title: str) -> Command:
    return Command(f"theme_{name}", title, "View", (), lambda desk: desk.show_theme(name), always)


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
        has_pass,
    )


def _cone(cone: Cone, key: str, title: str) -> Command:
    def toggle(desk: Desk) -> None:
        desk.session.show_cone(Cone.ALL if desk.session.cone is cone else cone)

    return Command(f"cone_{cone.value}", title, "Map", (key,), toggle, has_selection)


COMMANDS = (
    *TIME_COMMANDS,
    *MARK_COMMANDS,
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
        lambda desk: desk.session.pin(not desk.session.pinned), has_selection,
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
        lambda desk: desk.session.follow_scale(not desk.session.scale_follows), has_pass,
    ),
    Command(
        "flows", "Show residual connections, and keys and values on their way", "Map", ("E",),
        lambda desk: desk.session.show_flows(not desk.session.shows_flows), has_pass,
    ),
    _cone(Cone.ANCESTORS, "A", "Show what the selected node was computed from"),
    _cone(Cone.DESCENDANTS, "D", "Show what was computed from the selected node"),
    Command(
        "search", "Search scopes, names and numbers", "Search", ("Ctrl+F", "/"),
        lambda desk: desk.open_search(), has_pass,
    ),
    Command(
        "found_on", "Next of what the search found", "Search", ("F3",),
        lambda desk: desk.session.walk_found(1), has_found,
    ),
    Command(
        "found_back", "Previous of what the search found", "Search", ("Shift+F3",),
        lambda desk: desk.session.walk_found(-1), has_found,
    ),
    Command(
        "zoom_selection", "Zoom to the selection; again: the whole map", "Map", ("F",),
        lambda desk: desk.zoom_to_selection(), has_selection,
    ),
    Command(
        "zoom_fit", "The whole map", "Map", ("Shift+F", "0"),
        lambda desk: desk.zoom_to_fit(), has_pass,
    ),
    Command(
        "export_map", "Export the map as a picture", "Map", ("Ctrl+E",),
        lambda desk: desk.export_map(), has_pass,
    ),
    Command(
        "focus_name", "Type another name", "Pass", ("Ctrl+N",),
        lambda desk: desk.focus_name(), always,
    ),
    Command(
        "cancel", "Cancel the pass under way; close the search", "Pass", ("Esc",),
        lambda desk: desk.cancel_run(), always,
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
        lambda desk: desk.reset_panels(), always,
    ),
    Command(
        "save_session", "Save the session", "Pass", ("Ctrl+S",),
        lambda desk: desk.save_session(), has_pass,
    ),
    Command(
        "open_session", "Open a session", "Pass", ("Ctrl+O",),
        lambda desk: desk.open_session(), always,
    ),
    _workspace(Workspace.EXPLORE, "Explore one pass", "Ctrl+1"),
    _workspace(Workspace.NAME, "Look inside one name", "Ctrl+2"),
    _workspace(Workspace.TRAIN, "Train runs, and look at their steps", "Ctrl+3"),
    _part("part_on", "Next part of the name", "Ctrl+Tab", 1),
    _part("part_back", "Previous part of the name", "Ctrl+Shift+Tab", -1),
    _workspace(Workspace.GENERATE, "Make up names, token by token", "Ctrl+4"),
    Command(
        "lecture", "Lecture on the whole screen; again: leave", "Workspace", ("Ctrl+L",),
        lambda desk: desk.toggle_lecture(), has_pass,
    ),
    Command(
        "lecture_display", "Show the lecture on the next display", "Workspace", (),
        lambda desk: desk.turn_display(), always,
    ),
    Command(
        "presenter", "Presenter’s window: notes, clock and what the audience sees", "Workspace",
        (), lambda desk: desk.toggle_presenter(), has_pass,
    ),
    Command(
        "take_home", "Take the lesson or steps home: handout, pictures, film", "Workspace",
        ("Ctrl+Shift+E",), lambda desk: desk.take_home(), has_pass,
    ),
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
        lambda desk: desk.toggle_palette(), always,
    ),
    Command("menu", "Menu", "Help", ("Alt+M",), lambda desk: desk.show_menu(), always),
    Command("keys", "All keys", "Help", ("?", "F1"), lambda desk: desk.show_keys(), always),
    _help("help", "How to use this program", ("Shift+F1",)),
    _help("glossary", "Glossary: what the words mean", ("G",)),
    Command(
        "word", "Glossary at the word of the view in use", "Help", ("Ctrl+F1",),
        lambda desk: desk.show_word(), always,
    ),
    Command("tour", "Tour of the window", "Help", (), lambda desk: desk.show_tour(), has_pass),
    _help("about", "About: where everything comes from", ()),
)  # fmt: skip
