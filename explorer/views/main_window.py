"""The window: it puts the workspaces together, and runs passes."""

from __future__ import annotations

import gc
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QPoint, QRect, QSettings, QSize, Qt
from PySide6.QtGui import QCloseEvent, QGuiApplication, QShowEvent
from PySide6.QtWidgets import QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import RUNS, RunAction, Workspace
from explorer.debug.failure import failure_sentence
from explorer.debug.generation.generation import Generation
from explorer.debug.names import NameCheck, check_name
from explorer.debug.numbers import count
from explorer.debug.palette import Palette
from explorer.debug.palette_entries import standard_providers
from explorer.debug.pictures import PictureRequest
from explorer.debug.positions import drawn_node, is_of_draws, start_of_last_position
from explorer.debug.session import Session
from explorer.debug.tour import Area
from explorer.runs.desk import RunDesk
from explorer.runs.folders import runs_file
from explorer.runs.step_passes import Replays
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.trace.passes import Subject
from explorer.views.actions import Actions
from explorer.views.app_menu import AppMenu
from explorer.views.buttons import spell
from explorer.views.command_palette import CommandPalette
from explorer.views.compare_models import Choice, ComparedModels, Source
from explorer.views.explore_page import ExplorePage
from explorer.views.export_dialog import ExportDialog
from explorer.views.focus import order_focus
from explorer.views.guides import Guides
from explorer.views.help_window import HelpPage
from explorer.views.live_steps import LiveSteps
from explorer.views.map_export import export_map
from explorer.views.message_bar import MessageBar
from explorer.views.model_menu import ModelMenu
from explorer.views.models import Model, untrained_model
from explorer.views.pass_loader import LoadedPass, PassLoader
from explorer.views.player import Player
from explorer.views.run_entries import run_entries
from explorer.views.run_models import FALLBACK_NAME, RunModels
from explorer.views.session_files import SessionFiles
from explorer.views.top_bar import TopBar

if TYPE_CHECKING:
    from explorer.views.generate_page import GeneratePage, ShownDraw
    from explorer.views.name_page import NamePage
    from explorer.views.train_page import TrainPage

SMALLEST = QSize(1280, 640)
OF_A_STEP = (RunAction.BACK, RunAction.ON, RunAction.COMPARE)  # also of the one in the debugger
IN_PASSING = (RunAction.GO, RunAction.ONE, RunAction.STOP)  # from any workspace
GEOMETRY, ARRANGEMENT = "window/geometry", "window/arrangement"  # in the settings


class MainWindow(QMainWindow):
    """The window of the application.

    Parameters
    ----------
    subject : Subject
        The model that passes are made with.
    session : Session
    theme : Theme
    settings : QSettings, optional
        Where it is kept how the window is arranged.
    runs : Path, optional
        The file of runs; left out, that of the user. It is not made before there is one.
    """

    def __init__(
        self,
        subject: Subject,
        session: Session,
        theme: Theme,
        settings: QSettings | None = None,
        runs: Path | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._session, self._theme = settings, session, theme
        self.runs = RunDesk(runs or runs_file())
        self._workspace = Workspace.EXPLORE
        self._train: TrainPage | None = None
        self._name_page: NamePage | None = None
        self._generate: GeneratePage | None = None
        self._generation: Generation | None = None
        self._parameter: int | None = None  # to be selected in the pass that is being made
        self._submitted = ""
        self._picture_folder = Path.home()
        self.setWindowTitle("microGPT Explorer")
        self.setMinimumSize(SMALLEST)
        self.resize(1600, 960)
        self.setStyleSheet(style_sheet(theme))
        self._actions = Actions(self, self, theme)
        actions = self._actions.by_id

        self.loader = PassLoader(subject, self)
        untrained = untrained_model(subject)
        self.models = ModelMenu(self.runs, untrained.title, self)
        self.top_bar = TopBar(session, actions, untrained.title, self.models)
        self.message = MessageBar()
        self._replays = Replays()
        self.live = LiveSteps(session, self.runs, self._replays, self)
        self.explore = ExplorePage(session, actions, theme, self.live, self.runs)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.explore)
        self.sessions = SessionFiles(
            session, self.explore.map_view, self.loader, subject, self.runs, self
        )
        self.run_models = RunModels(session, self.runs, self.sessions, self.live, self)
        self._player = Player(session, self)
        self.guides = Guides(self, session, theme, self._area_of, settings)
        self.menu = AppMenu(COMMANDS, actions, self)
        palette = Palette(standard_providers(self, spell, self.explore.map_view.show_scope))
        palette.add(run_entries(self.runs, self._run_of_steps, self.open_step, self.show_step))
        self.command_palette = CommandPalette(self, palette, theme, actions["palette"])

        self.loader.started.connect(self._on_started)
        self.loader.progressed.connect(self.top_bar.set_progress)
        self.loader.loaded.connect(self.show_pass)
        self.loader.failed.connect(self.message.tell)
        self.loader.ended.connect(self._on_ended)
        self.top_bar.submitted.connect(self.run)
        self.top_bar.cancelled.connect(self.cancel_run)
        self.message.offered.connect(self._run_suggestion)
        self.sessions.told.connect(self._tell)
        self.models.untrained_chosen.connect(self.run_models.open_untrained)
        self.models.latest_chosen.connect(self.run_models.open_latest)
        self.models.step_wanted.connect(self._show_train)
        self.runs.told.connect(self._tell)
        self.live.told.connect(self._tell)
        self.live.reopened.connect(self._show_other_end)
        for told in (self.live.changed, self.live.compared):
            told.connect(self._refresh_run_actions)
        self.run_models.opening.connect(self._make_ready)
        self.run_models.settled.connect(self._draw_with)
        self.run_models.shown.connect(self.top_bar.show_model)
        for signal in (self.runs.chosen, self.runs.moved, self.runs.listed, self.runs.compared):
            signal.connect(self._refresh_run_actions)
        self.setCentralWidget(self._arrange())
        order_focus(self, [self.top_bar, self.message, *self.explore.reading_order()])
        self._actions.refresh()
        if settings is not None:
            self._restore_arrangement(settings)

    @property
    def session(self) -> Session:
        """What is shown."""
        return self._session

    @property
    def workspace(self) -> Workspace:
        """What is arranged in the window."""
        return self._workspace

    @property
    def train(self) -> TrainPage:
        """The page of runs, made when it is first asked for: plots take a while to load."""
        if self._train is None:
            from explorer.views.train_page import TrainPage

            self.runs.refresh()
            self._train = TrainPage(self.runs, self._actions.by_id, self._theme, self._replays)
            self._train.parameter_chosen.connect(self.open_parameter)
            self._add_page(self._train)
        return self._train

    @property
    def name_page(self) -> NamePage:
        """The page of one name's parts, made when it is first asked for."""
        if self._name_page is None:
            from explorer.views.name_page import NamePage

            models = ComparedModels(self.runs, self.sessions.untrained)
            self._name_page = NamePage(self._session, self._theme, models)
            self._name_page.compare.show_model(self.top_bar.model_title)
            self._name_page.compare.pass_chosen.connect(self.open_compared)
            self.top_bar.model_shown.connect(self._name_page.compare.show_model)
            self._name_page.node_chosen.connect(self.show_node)
            self._name_page.scope_chosen.connect(self.show_scope)
            self._name_page.told.connect(self._tell)
            self._add_page(self._name_page)
        return self._name_page

    @property
    def generation(self) -> Generation | None:
        """The name that is being made up; None before its page was asked for."""
        return self._generation

    @property
    def generate(self) -> GeneratePage:
        """The page of generation, made when it is first asked for: plots take a while to load."""
        if self._generate is None:
            from explorer.views.generate_page import GeneratePage

            self.run_models.settle()
            self._generation = Generation(self.sessions.subject)
            page = GeneratePage(self._generation, self._actions.by_id, self._theme)
            page.name_chosen.connect(self.run)
            page.draw_chosen.connect(self.open_draw)
            page.told.connect(self._tell)
            for signal in (self._generation.changed, self._generation.play_changed):
                signal.connect(self._actions.refresh)
            self._generate = page
            self._add_page(page)
        return self._generate

    def open_drawn_name(self) -> None:
        """Make a pass of the name that is being made up."""
        self.generate.open_name()

    def open_shown_draw(self) -> None:
        """Make the pass that led to the draw that is shown."""
        self.generate.open_draw()

    def draw_many(self) -> None:
        """Begin a batch of names, or give it up."""
        self.generate.batch.toggle()

    def open_draw(self, draw: ShownDraw) -> None:
        """Make the pass that led to a draw; it has no loss, and no backward pass."""
        self.message.hide()
        self.show_workspace(Workspace.EXPLORE)
        self.sessions.give_up()
        self._submitted = self.top_bar.name.text()
        self.run_models.settle()
        self.loader.load(draw.name, draw.record)

    def show_workspace(self, workspace: Workspace) -> None:
        """Show another workspace, and give it the keyboard."""
        if workspace is not self._workspace:
            self._session.play(0)
            if self._generation is not None:
                self._generation.play(False)
            self._workspace = workspace
            self.pages.setCurrentWidget(self._page)
            self.top_bar.show_workspace(workspace)
            self._page.take_keyboard()
        self._actions.refresh()

    def show_node(self, node: int) -> None:
        """Show a node large on the map."""
        self._session.select(node)
        self.show_workspace(Workspace.EXPLORE)
        self.explore.map_view.zoom_to_selection()

    def show_scope(self, scope: int) -> None:
        """Show a scope on the map, and the line that made its first node in the source."""
        trace = self._session.trace
        if trace is None:
            return
        inside = (trace.scope >= scope) & (trace.scope < trace.scopes[scope].stop)
        self._session.select(int(inside.argmax()))
        self.show_workspace(Workspace.EXPLORE)
        self.explore.map_view.show_scope(scope)

    @property
    def has_step(self) -> bool:
        """Whether a step of a run is shown that can be opened."""
        return self._workspace is Workspace.TRAIN and self.runs.row is not None

    @property
    def has_parts(self) -> bool:
        """Whether the parts of a name are shown, one at a time."""
        return self._workspace is Workspace.NAME

    def turn_part(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) part of the name that is looked into."""
        self.name_page.turn_part(direction)

    def open_shown_step(self) -> None:
        """Open the step that the page of runs shows."""
        if self.runs.current is not None and self.runs.row is not None:
            self.open_step(self.runs.current, self.runs.step)

    def open_parameter(self, parameter: int) -> None:
        """Open the step that the page of runs shows, and select one of its parameters."""
        self.open_shown_step()
        self._parameter = parameter

    def open_step(self, run: int, step: int) -> None:
        """Make the pass of a step of a run, with the model as it was before that step."""
        self.run_models.open_step(run, step)

    def show_step(self, run: int, step: int) -> None:
        """Show a step of a run where its steps are shown already."""
        if self._workspace is Workspace.TRAIN:
            self.runs.show_step(step)
        elif self.live.step is not None and self.live.step.run == run:
            self.live.ask(step)
        else:
            self.open_step(run, step)

    def can_train_run(self, action: RunAction) -> bool:
        """Return whether something can be done with the run that is shown."""
        if action in OF_A_STEP and self._workspace is not Workspace.TRAIN:
            return self.live.step is not None
        if self._train is None:
            return action in (RunAction.NEW, RunAction.IMPORT)
        return self._train.can(action)

    def train_run(self, action: RunAction) -> None:
        """Do something with the run that is shown."""
        if action in OF_A_STEP and self._workspace is not Workspace.TRAIN:
            if action is RunAction.COMPARE:
                self.show_workspace(Workspace.EXPLORE)
            self.explore.step_bar.do(action)
        else:
            if action not in IN_PASSING:
                self.show_workspace(Workspace.TRAIN)
            self.train.do(action)

    def open_compared(self, name: str, choice: Choice) -> None:
        """Make the pass of a name with a model that it was compared in."""
        if choice.source is Source.ON_SHOW:
            self._run_suggestion(name)
        else:
            self.run_models.open_name(name, choice.run, choice.step + 1)

    @property
    def is_running(self) -> bool:
        """Whether a pass is being recorded."""
        return self.loader.is_running

    def run(self, typed: str) -> None:
        """Run a name as it was typed; if it can't be run, say why and keep the last pass."""
        check = self.check(typed)
        if check.name is not None:
            self._submitted = typed
            self._show_a_pass()
            self.run_models.settle()
            self.sessions.give_up()  # the pass of a file that is still being opened
            self.loader.load(check.name)
        else:
            self.top_bar.name.setFocus()

    def open_first(self, typed: str) -> None:
        """Run the name that the program was started with; if it can't be run, another one."""
        self.top_bar.name.setText(typed)
        self.run(typed)
        if not self.loader.is_running:
            tokenizer = self.sessions.subject.tokenizer
            self._submitted = typed
            known = not tokenizer.unknown(FALLBACK_NAME)
            self.loader.load(FALLBACK_NAME if known else tokenizer.letters[0])

    def check(self, typed: str) -> NameCheck:
        """Check a typed name, and tell the person what there is to say about it."""
        check = check_name(
            typed, self.sessions.subject.tokenizer, self.sessions.subject.positions_limit
        )
        self.message.hide()
        if check.message:
            self.message.tell(check.message, check.suggestion)
        return check

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show a finished pass. What is being typed meanwhile is left alone."""
        self._session.open(loaded.timeline)
        failed = failure_sentence(loaded.timeline)
        if failed:
            self.message.tell(f"{failed} Everything before it can be stepped.")
        self.explore.show_pass(loaded)
        if self.sessions.finish_opening():
            model = self.sessions.model
            self.top_bar.show_model(model.title, model.short)
            self.top_bar.name.clear()
            self._draw_with(model)
        if is_of_draws(loaded.timeline.trace):
            self._session.select(drawn_node(loaded.timeline.trace))
            self._session.seek(start_of_last_position(loaded.timeline))
        self.run_models.follow(loaded)
        if self._parameter is not None:
            self._session.select(self._parameter)
        _let_collector_rest()
        if self.top_bar.name.text() in (self._submitted, ""):
            self._show_name()
            self._page.take_keyboard()
            self.guides.welcome()

    def focus_name(self) -> None:
        """Put the keyboard into the name field."""
        self.top_bar.name.setFocus()
        self.top_bar.name.selectAll()

    def cancel_run(self) -> None:
        """Give up the pass being recorded, the message and what was typed; else the search."""
        if self.message.isHidden() and not self.is_running:
            self.explore.search_bar.close_search()
        self.message.hide()
        if self.loader.is_running:
            self.loader.cancel()
            self.top_bar.set_cancelling()
        self._show_name()
        self._page.take_keyboard()

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self.explore.stand_still()

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        self.explore.map_view.zoom_to_selection()

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        self.explore.map_view.zoom_to_fit()

    def open_search(self) -> None:
        """Open the search, and put the keyboard into it."""
        self.explore.search_bar.open_search()

    def export_map(self) -> None:
        """Ask where to put a picture of the map, and how large it is to be."""
        trace = self._session.trace
        if trace is None:
            return
        name = trace.document.name if trace.document else "pass"
        size = (self.explore.map_view.width(), self.explore.map_view.height())
        dialog = ExportDialog(self, size, self._picture_folder / f"map-{name}.png")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.requested.connect(self._write_picture)
        dialog.open()

    def save_session(self) -> None:
        """Ask where to save the session, and save it."""
        self.sessions.ask_where_to_save()

    def open_session(self) -> None:
        """Ask for a saved session, and open it."""
        self.sessions.ask_what_to_open()

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        self.guides.show_keys()

    def show_help(self, page: str) -> None:
        """Show a page of the help."""
        self.guides.show_help(HelpPage[page.upper()])

    def show_tour(self) -> None:
        """Begin the tour of the window."""
        self.show_workspace(Workspace.EXPLORE)
        self.guides.show_tour()

    def show_panel(self, panel: str) -> None:
        """Show a panel, and put the keyboard into it."""
        self.explore.workbench.show_panel(panel)

    def reset_panels(self) -> None:
        """Put all panels back to where they are at first."""
        self.explore.workbench.reset()

    def ask_condition(self) -> None:
        """Show the breakpoints, and put the keyboard into the field for a condition."""
        self.show_panel("breakpoints")

    def toggle_palette(self) -> None:
        """Open the command palette, or close it."""
        self.runs.refresh()  # it offers them by name
        self.command_palette.toggle()

    def show_menu(self) -> None:
        """Open the menu of all commands."""
        self.menu.popup_below(self.top_bar.menu_button)

    def _area_of(self, area: Area) -> QRect | None:
        """Return where an area of the tour is in the window, if it is in sight."""
        page, bar = self.explore, self.top_bar
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
            QRect(widget.mapTo(self, QPoint()), widget.size())
            for widget in widgets[area]
            if widget.isVisible()
        ]
        return reduce(QRect.united, seen) if seen else None

    def _arrange(self) -> QWidget:
        central = QWidget()
        rows = QVBoxLayout(central)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(1)
        rows.addWidget(self.top_bar)
        rows.addWidget(self.message)
        rows.addWidget(self.pages, 1)
        return central

    def _run_of_steps(self) -> int | None:
        """Return the run whose steps are shown: in the debugger, or else on the page of runs."""
        if self._workspace is not Workspace.TRAIN and self.live.step is not None:
            return self.live.step.run
        return self.runs.current

    def _make_ready(self) -> None:
        """Let a pass with another model be seen as soon as it is made."""
        self.message.hide()
        if self._workspace is not Workspace.GENERATE:  # which shows the model, not the pass
            self._show_a_pass()

    def _draw_with(self, model: Model) -> None:
        """Let names be made up by the model on show."""
        if self._generate is not None:
            self._generate.use(model.subject)

    def _show_other_end(self, loaded: LoadedPass) -> None:
        """Show the pass on show with an update at its end, or without one."""
        self._session.open_again(loaded.timeline)
        self.explore.show_pass(loaded)

    def _show_a_pass(self) -> None:
        """Show a workspace in which the pass that is being made will be seen."""
        if not self._workspace.shows_pass:
            self.show_workspace(Workspace.EXPLORE)

    @property
    def _page(self) -> ExplorePage | NamePage | TrainPage | GeneratePage:
        if self._workspace is Workspace.NAME:
            return self.name_page
        if self._workspace is Workspace.GENERATE:
            return self.generate
        return self.train if self._workspace is Workspace.TRAIN else self.explore

    def _add_page(self, page: NamePage | TrainPage | GeneratePage) -> None:
        self.pages.addWidget(page)
        order_focus(self, [self.top_bar, self.message, *page.reading_order()])

    def _refresh_run_actions(self) -> None:
        self._actions.by_id["open_step"].setEnabled(self.has_step)
        self._actions.refresh_group(RUNS)

    def _show_train(self) -> None:
        self.show_workspace(Workspace.TRAIN)

    def _show_name(self) -> None:
        """Put the name of the pass on show into the name field."""
        trace = self._session.trace
        if trace is not None and trace.document is not None:
            self.top_bar.show_name(trace.document.name)

    def _write_picture(self, request: PictureRequest) -> None:
        picture = self.explore.map_view.picture()
        if picture is None:
            return
        QGuiApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
        try:
            length = export_map(picture, request)
        except (OSError, ValueError) as error:
            self.message.tell(f"The map was not exported: {error}.")
        else:
            self._picture_folder = request.path.parent
            self.message.tell(f"The map is in {request.path} ({count(-(-length // 1000))} kB).")
        finally:
            QGuiApplication.restoreOverrideCursor()

    def _run_suggestion(self, name: str) -> None:
        self.top_bar.name.setText(name)
        self.run(name)

    def _on_started(self) -> None:
        self.top_bar.set_running(True)

    def _on_ended(self) -> None:
        self.sessions.give_up()
        self._parameter = None
        self.top_bar.set_running(False)

    def _tell(self, sentence: str) -> None:
        if sentence:
            self.message.tell(sentence)
        else:
            self.message.hide()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.explore.map_view.setFocus()

    def _restore_arrangement(self, settings: QSettings) -> None:
        """Arrange the window as it was when it was closed; what can't be read is ignored."""
        for key, restore_it in (
            (GEOMETRY, self.restoreGeometry),
            (ARRANGEMENT, self.explore.workbench.restore),
        ):
            saved = settings.value(key)
            if isinstance(saved, QByteArray):
                restore_it(saved)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.loader.cancel()
        if self._train is not None:
            self._train.map.close_loader()
        self.runs.close()
        if self._generate is not None:
            self._generate.close_down()
        if self._settings is not None:
            self._settings.setValue(GEOMETRY, self.saveGeometry())
            self._settings.setValue(ARRANGEMENT, self.explore.workbench.arrangement())
        super().closeEvent(event)


def _let_collector_rest() -> None:
    """Keep the garbage collector from walking over all that is on show, in the middle of a step.

    A full collection takes 50 ms with a large pass: better now, while one waits anyhow.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
