"""What commands act on: the window, in their words."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from explorer.debug.desk import RunAction, Workspace
from explorer.debug.generation.generation import Generation
from explorer.debug.session import Session
from explorer.debug.tour import Area
from explorer.views.help_window import HelpPage
from explorer.views.lesson_files import LessonFiles

if TYPE_CHECKING:
    from explorer.views.interior import Interior
    from explorer.views.main_window import MainWindow

OF_A_STEP = (RunAction.BACK, RunAction.ON, RunAction.COMPARE)  # also of the one in the debugger
IN_PASSING = (RunAction.GO, RunAction.ONE, RunAction.STOP)  # from any workspace


class WindowDesk:
    """A `Desk` whose parts are those of a window.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    @property
    def session(self) -> Session:
        """What is shown."""
        return self._window.session

    @property
    def workspace(self) -> Workspace:
        """The one that is shown."""
        return self._window.workspace

    def show_workspace(self, workspace: Workspace) -> None:
        """Show another one."""
        self._window.show_workspace(workspace)

    # Runs

    @property
    def has_step(self) -> bool:
        """Whether a step of a run is shown that can be opened."""
        return self.workspace is Workspace.TRAIN and self._window.runs.row is not None

    @property
    def run_of_steps(self) -> int | None:
        """The run whose steps are shown: in the debugger, or else on the page of runs."""
        live = self._window.live
        if self.workspace is not Workspace.TRAIN and live.step is not None:
            return live.step.run
        return self._window.runs.current

    def open_shown_step(self) -> None:
        """Open the step that the page of runs shows."""
        runs = self._window.runs
        if runs.current is not None and runs.row is not None:
            self._window.open_step(runs.current, runs.step)

    def show_step(self, run: int, step: int) -> None:
        """Show a step of a run where its steps are shown already."""
        live = self._window.live
        if self.workspace is Workspace.TRAIN:
            self._window.runs.show_step(step)
        elif live.step is not None and live.step.run == run:
            live.ask(step)
        else:
            self._window.open_step(run, step)

    def can_train_run(self, action: RunAction) -> bool:
        """Return whether something can be done with the run that is shown."""
        if action in OF_A_STEP and self.workspace is not Workspace.TRAIN:
            return self._window.live.step is not None
        if not self._window.pages.has_train:
            return action in (RunAction.NEW, RunAction.IMPORT)
        return self._window.train.can(action)

    def train_run(self, action: RunAction) -> None:
        """Do something with the run that is shown."""
        if action in OF_A_STEP and self.workspace is not Workspace.TRAIN:
            if action is RunAction.COMPARE:
                self.show_workspace(Workspace.EXPLORE)
            self._window.explore.step_bar.do(action)
        else:
            if action not in IN_PASSING:
                self.show_workspace(Workspace.TRAIN)
            self._window.train.do(action)

    # One name, and names that are made up

    @property
    def has_parts(self) -> bool:
        """Whether the parts of a name are shown, one at a time."""
        return self.workspace is Workspace.NAME

    def turn_part(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) part of the name that is looked into."""
        self._window.name_page.turn_part(direction)

    @property
    def generation(self) -> Generation | None:
        """The name that is being made up; None before its page was asked for."""
        return self._window.pages.generation

    def open_drawn_name(self) -> None:
        """Make a pass of the name that is being made up."""
        self._window.generate.open_name()

    def open_shown_draw(self) -> None:
        """Make the pass that led to the draw that is shown."""
        self._window.generate.open_draw()

    def draw_many(self) -> None:
        """Begin a batch of names, or give it up."""
        self._window.generate.batch.toggle()

    @property
    def lessons(self) -> LessonFiles:
        """The lesson that is open."""
        return self._window.lessons

    # The page for exploring

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        self._window.explore.map_view.zoom_to_selection()

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        self._window.explore.map_view.zoom_to_fit()

    def open_search(self) -> None:
        """Open the search, and put the keyboard into it."""
        self._window.explore.search_bar.open_search()

    def show_panel(self, panel: str) -> None:
        """Show a panel, and put the keyboard into it."""
        self._window.explore.workbench.show_panel(panel)

    def reset_panels(self) -> None:
        """Put all panels back to where they are at first."""
        self._window.explore.workbench.reset()

    def ask_condition(self) -> None:
        """Show the breakpoints, and put the keyboard into the field for a condition."""
        self.show_panel("breakpoints")

    # The lecture

    def toggle_lecture(self) -> None:
        """Show the session to an audience, or no longer."""
        self._window.lecture.toggle()

    def turn_display(self) -> None:
        """Show the lecture on the next display."""
        self._window.lecture.next_display()

    def take_home(self) -> None:
        """Ask what to write of the lesson or of steps, and write it."""
        self._window.take_home.ask()

    def toggle_presenter(self) -> None:
        """Open the presenter's window, or close it."""
        self._window.lecture.toggle_presenter()

    # Files, and everything else

    def export_map(self) -> None:
        """Ask where to put a picture of the map, and write it."""
        self._window.pictures.ask()

    def save_session(self) -> None:
        """Ask where to save the session, and save it."""
        self._window.sessions.ask_where_to_save()

    def open_session(self) -> None:
        """Ask for a saved session, and open it."""
        self._window.sessions.ask_what_to_open()

    def focus_name(self) -> None:
        """Put the keyboard into the name field."""
        self._window.top_bar.name.setFocus()
        self._window.top_bar.name.selectAll()

    def cancel_run(self) -> None:
        """Give up the pass that is being recorded, or put away the message or the search."""
        self._window.passes.cancel()

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        self._window.guides.show_keys()

    def show_help(self, page: str) -> None:
        """Show a page of the help."""
        self._window.guides.show_help(HelpPage[page.upper()])

    def show_word(self) -> None:
        """Show what the word of the view with the keyboard means."""
        self._window.guides.show_word_here()

    def show_tour(self) -> None:
        """Begin the tour of the window."""
        self.show_workspace(Workspace.EXPLORE)
        self._window.guides.show_tour()

    def resize_text(self, direction: int) -> None:
        """Make all text larger (1) or smaller (-1), or as large as at first (0)."""
        self._window.looks.resize_text(direction)

    def show_theme(self, name: str) -> None:
        """Show everything in other colours."""
        self._window.looks.show_theme(name)

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""
        self._window.runs.refresh()  # it offers them by name
        self._window.command_palette.toggle()

    def show_menu(self) -> None:
        """Open the menu of all commands."""
        self._window.menu.popup_below(self._window.top_bar.menu_button)


def area_of(interior: Interior, area: Area) -> QRect | None:
    """Return where an area of the tour is in the interior of the window, if it is in sight."""
    page, bar = interior.explore, interior.top_bar
    widgets: dict[Area, list[QWidget]] = {
        Area.MAP: [page.map_panel],
        Area.POSITIONS: [page.token_strip],
        Area.TIMELINE: [page.timeline_view],
        Area.STEPPING: bar.stepping,
        Area.INSPECTOR: [page.inspector],
        Area.NEIGHBOURHOOD: [page.neighbourhood],
        Area.NAME: [bar.name],
        Area.WORKSPACES: bar.workspaces,
        Area.MENU: [bar.menu_button],
    }
    seen = [
        QRect(widget.mapTo(interior, QPoint()), widget.size())
        for widget in widgets[area]
        if widget.isVisible()
    ]
    return reduce(QRect.united, seen) if seen else None
