"""What a command is, and what commands act on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from explorer.debug.session import Session

if TYPE_CHECKING:
    from explorer.debug.generation.generation import Generation


class Workspace(StrEnum):
    """What the window is arranged for."""

    EXPLORE = "explore"  # one pass, number by number
    NAME = "name"  # the same pass, by its larger parts
    TRAIN = "train"  # runs of many
    GENERATE = "generate"  # names that the model makes up

    @property
    def shows_pass(self) -> bool:
        """Whether the session's pass is in sight, so that time can be stepped."""
        return self in (Workspace.EXPLORE, Workspace.NAME)


class RunAction(StrEnum):
    """What can be done with a run, in the order of the menu."""

    GO = "go"  # start, pause, resume
    ONE = "one"  # a single step
    STOP = "stop"
    BACK = "step_back"  # to the step before, of the run that is shown
    ON = "step_on"
    COMPARE = "compare"
    NEW = "new"
    IMPORT = "import"
    DUPLICATE = "duplicate"
    RENAME = "rename"
    DELETE = "delete"
    SAFETENSORS = "safetensors"
    JSON = "json"
    LOSSES = "losses"


RUNS, LESSONS = "Runs", "Lessons"
# Groups of commands that are of use in other workspaces than that for exploring.
EVERYWHERE = ("Workspace", "Pass", RUNS, LESSONS, "View", "Help")
WITH_A_PASS = ("Time", "Bookmarks")
IN_ONE = {"Generate": Workspace.GENERATE}  # groups that are of use in one workspace alone


class LessonDesk(Protocol):
    """What commands do with lessons."""

    @property
    def is_open(self) -> bool:
        """Whether there is a lesson."""

    @property
    def has_stop(self) -> bool:
        """Whether a stop of it was gone to."""

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""

    def can_turn(self, direction: int) -> bool:
        """Return whether there is a next (1) or a previous (-1) stop."""

    def turn(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) stop."""

    def go_again(self) -> None:
        """Show the stop once more as it was recorded."""

    def record(self) -> None:
        """Add what is shown as a stop."""

    def undo(self) -> None:
        """Take the last edit back."""

    def new(self) -> None:
        """Begin a lesson without stops."""

    def ask_what_to_open(self) -> None:
        """Ask for a lesson, and open it."""

    def save(self) -> None:
        """Save the lesson."""

    def ask_where_to_save(self) -> None:
        """Ask where to save the lesson, and save it."""


class Desk(Protocol):
    """What commands act on: the session, and the window that shows it."""

    @property
    def session(self) -> Session:
        """What is shown."""

    @property
    def workspace(self) -> Workspace:
        """The one that is shown."""

    def show_workspace(self, workspace: Workspace) -> None:
        """Show another one."""

    @property
    def has_step(self) -> bool:
        """Whether a step of a run is shown that can be opened."""

    def open_shown_step(self) -> None:
        """Open the step that is shown in the workspace for training as a pass."""

    def can_train_run(self, action: RunAction) -> bool:
        """Return whether something can be done with the run that is shown."""

    def train_run(self, action: RunAction) -> None:
        """Do something with the run that is shown."""

    @property
    def has_parts(self) -> bool:
        """Whether the parts of a name are shown, one at a time."""

    def turn_part(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) part of the name that is looked into."""

    @property
    def generation(self) -> Generation | None:
        """The name that is being made up; None before there is one."""

    @property
    def lessons(self) -> LessonDesk:
        """The lesson that is open."""

    def open_drawn_name(self) -> None:
        """Make a pass of the name that is being made up."""

    def open_shown_draw(self) -> None:
        """Make the pass that led to the draw that is shown."""

    def draw_many(self) -> None:
        """Begin a batch of names, or give it up."""

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

    def show_help(self, page: str) -> None:
        """Show a page of the help: ``help``, ``glossary`` or ``about``."""

    def show_word(self) -> None:
        """Show what the word means that stands in, or above, the view with the keyboard."""

    def show_tour(self) -> None:
        """Begin the tour of the window."""

    def ask_condition(self) -> None:
        """Show the breakpoints, and put the keyboard into the field for a condition."""

    def show_panel(self, panel: str) -> None:
        """Show a panel, and put the keyboard into it."""

    def reset_panels(self) -> None:
        """Put all panels back to where they are at first."""

    def save_session(self) -> None:
        """Ask where to save the session, and save it."""

    def open_session(self) -> None:
        """Ask for a saved session, and open it."""

    def resize_text(self, direction: int) -> None:
        """Make all text larger (1) or smaller (-1), or as large as at first (0)."""

    def show_theme(self, name: str) -> None:
        """Show everything in other colours: ``dark``, ``light`` or ``contrast``."""

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""

    def show_menu(self) -> None:
        """Open the menu of all commands."""


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

    def available(self, desk: Desk) -> bool:
        """Return whether it can be done now, in the workspace that is shown."""
        if self.group in IN_ONE:
            return desk.workspace is IN_ONE[self.group] and self.enabled(desk)
        here = (
            desk.workspace is Workspace.EXPLORE
            or self.group in EVERYWHERE
            or (desk.workspace.shows_pass and self.group in WITH_A_PASS)
        )
        return here and self.enabled(desk)
