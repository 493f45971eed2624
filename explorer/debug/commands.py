"""One table of all commands; toolbar, shortcuts and the sheet of keys are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from explorer.debug.session import Colour, Cone, Session
from explorer.debug.stepping import Granularity


class Desk(Protocol):
    """What commands act on: the session, and the window that shows it."""

    @property
    def session(self) -> Session:
        """What is shown."""

    def focus_name(self) -> None:
        """Put the keyboard into the name field."""

    def cancel_run(self) -> None:
        """Give up the pass that is being recorded, or put away the message or the search."""

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""

    def zoom_to_fit(self) -> None:
        """Show the whole map."""

    def open_search(self) -> None:
        """Open the search, and put the keyboard into it."""

    def export_map(self) -> None:
        """Ask where to put a picture of the map, and write it."""

    def show_keys(self) -> None:
        """Show the sheet of keys."""


@dataclass(frozen=True)
class Command:
    """Something a person can do.

    Attributes
    ----------
    id : str
    title : str
        As a tooltip and in the sheet of keys.
    group : str
    keys : tuple of str
        Shortcuts as Qt spells them; the first is shown on the button.
    run : callable
    enabled : callable
    """

    id: str
    title: str
    group: str
    keys: tuple[str, ...]
    run: Callable[[Desk], None]
    enabled: Callable[[Desk], bool]


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


def _select_loss(desk: Desk) -> None:
    trace = desk.session.trace
    if trace is not None:
        desk.session.select(trace.loss)


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
    _granularity(Granularity.EDGE, "Step one contribution at a time"),
    _granularity(Granularity.NODE, "Step one node at a time"),
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
    Command("select_loss", "Select the loss", "Selection", ("L",), _select_loss, _has_pass),
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
    Command("keys", "All keys", "Help", ("?", "F1"), lambda desk: desk.show_keys(), _always),
)  # fmt: skip
