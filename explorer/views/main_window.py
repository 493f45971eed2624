"""The window: it puts the workspaces together, and runs passes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Signal
from PySide6.QtGui import QCloseEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from explorer.debug.desk import LESSONS, RUNS, Workspace
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.runs.folders import runs_file
from explorer.runs.step_passes import Replays
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.trace.passes import Subject
from explorer.views.compare_models import Choice, Source
from explorer.views.focus import order_focus
from explorer.views.interior import Interior, Lasting
from explorer.views.lectern import Lectern
from explorer.views.lecture import Lecture
from explorer.views.lecture_stage import Rectangle
from explorer.views.lesson_files import LessonFiles
from explorer.views.live_steps import LiveSteps
from explorer.views.look_change import LookChange
from explorer.views.looks import SMALLEST, Looks
from explorer.views.map_pictures import MapPictures
from explorer.views.pass_loader import LoadedPass, PassLoader
from explorer.views.player import Player
from explorer.views.projection import seen_in
from explorer.views.run_entries import run_entries
from explorer.views.run_models import RunModels
from explorer.views.session_files import SessionFiles
from explorer.views.take_home import TakeHome
from explorer.views.window_desk import WindowDesk
from explorer.views.window_passes import WindowPasses
from explorer.views.window_stops import WindowStops

if TYPE_CHECKING:
    from explorer.views.generate_page import GeneratePage
    from explorer.views.name_page import NamePage
    from explorer.views.train_page import TrainPage

PROJECTED = QSize(1920, 1080)  # at any scale the window goes into a lecture's picture
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

    theme_changed = Signal(object)  # to another Theme, in which all is about to be built

    def __init__(
        self,
        subject: Subject,
        session: Session,
        theme: Theme,
        settings: QSettings | None = None,
        runs: Path | None = None,
    ) -> None:
        super().__init__()
        self._settings, self._session = settings, session
        self.runs = RunDesk(runs or runs_file())
        self.setWindowTitle("microGPT Explorer")
        self.resize(1600, 960)
        self.desk = WindowDesk(self)
        self.loader = PassLoader(subject, self)
        replays = Replays()
        self.live = LiveSteps(session, self.runs, replays, self)
        self.lectern = Lectern(session, WindowStops(self), self)
        self.lessons = LessonFiles(self.lectern, self)
        self.sessions = SessionFiles(session, self.loader, subject, self.runs, self)
        self.run_models = RunModels(session, self.runs, self.sessions, self.live, self)
        self.passes = WindowPasses(self)
        self.pictures = MapPictures(self, session, theme)
        self._player = Player(session, self)
        self.lecture = Lecture(
            self, self.desk, self.runs, lambda: self.sessions.subject, theme, settings
        )
        self.lecture.use(self.lectern)
        self.take_home = TakeHome(
            self, session, theme, lambda: self.lectern.lesson, lambda: self.explore.loaded,
            self._seen,
        )  # fmt: skip
        self._look_change = LookChange(self)
        self.looks = Looks(theme, self._room, settings, self)
        steps = run_entries(
            self.runs, lambda: self.desk.run_of_steps, self.open_step, self.desk.show_step
        )
        self._lasting = Lasting(
            self.desk, session, self.runs, replays, self.live, self.sessions, self.run_models,
            self.lectern, self.lessons, steps, settings,
        )  # fmt: skip
        self.furnish(self.make_interior(theme))
        self._connect()
        if settings is not None:
            self._restore_arrangement(settings)

    def make_interior(self, theme: Theme) -> Interior:
        """Return all that is seen, in a theme; the window itself and its dialogs follow it."""
        self.setStyleSheet(style_sheet(theme))
        self.setMinimumSize((SMALLEST * theme.scale).boundedTo(PROJECTED))
        self.pictures.theme = self.take_home.theme = theme
        return Interior(self._lasting, theme)

    def furnish(self, interior: Interior) -> None:
        """Take the views of an interior for those of the window."""
        self.interior = interior
        self._actions, self.models = interior.commands, interior.models
        self.top_bar, self.message = interior.top_bar, interior.message
        self.explore, self.pages = interior.explore, interior.pages
        self.lesson_panel = interior.lesson_panel
        self.guides, self.menu = interior.guides, interior.menu
        self.command_palette = interior.command_palette
        self.sessions.map_view = self.pictures.map_view = self.explore.map_view
        self.loader.progressed.connect(self.top_bar.set_progress)
        self.run_models.settled.connect(self.pages.draw_with)
        self.run_models.shown.connect(self.top_bar.show_model)
        self.top_bar.submitted.connect(self.passes.run)
        self.top_bar.cancelled.connect(self.passes.cancel)
        self.message.offered.connect(self.passes.run_suggestion)
        self.pages.told.connect(self.tell)
        self.lesson_panel.hiding.connect(self._hide_lesson)
        self.pages.made.connect(self._visit_by_tab)
        self.pages.node_chosen.connect(self.show_node)
        self.pages.scope_chosen.connect(self.show_scope)
        self.pages.parameter_chosen.connect(self.passes.open_parameter)
        self.pages.compared_chosen.connect(self.open_compared)
        self.pages.name_chosen.connect(self.passes.run)
        self.pages.draw_chosen.connect(self.passes.open_draw)
        self.pages.generation_changed.connect(self._actions.refresh)
        self.models.untrained_chosen.connect(self.run_models.open_untrained)
        self.models.latest_chosen.connect(self.run_models.open_latest)
        self.models.step_wanted.connect(self._show_train)
        self.setCentralWidget(interior)
        order_focus(self, [self.top_bar, self.message, *self.explore.reading_order()])
        self._actions.refresh()

    def _connect(self) -> None:
        """Connect what is the same in every look."""
        self.looks.chosen.connect(self.change_look)
        for teller in (
            self.sessions,
            self.runs,
            self.live,
            self.pictures,
            self.looks,
            self.lectern,
            self.take_home,
        ):
            teller.told.connect(self.tell)
        for turned in (self.lectern.changed, self.lectern.moved):
            turned.connect(self._refresh_lesson_actions)
        for told in (self.live.changed, self.live.compared):
            told.connect(self._refresh_run_actions)
        for signal in (self.runs.chosen, self.runs.moved, self.runs.listed, self.runs.compared):
            signal.connect(self._refresh_run_actions)

    def change_look(self, theme: Theme) -> None:
        """Build everything that is seen anew with another theme; nothing else changes."""
        self.theme_changed.emit(theme)
        self._look_change.change(theme)

    def _seen(self) -> tuple[StageView, Rectangle | None]:
        stage = self.lecture.stage if self.lecture.is_open else None
        return seen_in(stage, self.explore.map_view, self.interior.theme)

    def _room(self) -> QSize:
        return self.screen().availableSize()

    @property
    def session(self) -> Session:
        """What is shown."""
        return self._session

    @property
    def workspace(self) -> Workspace:
        """What is arranged in the window."""
        return self.pages.workspace

    @property
    def train(self) -> TrainPage:
        """The page of runs."""
        return self.pages.train

    @property
    def name_page(self) -> NamePage:
        """The page of one name's parts."""
        return self.pages.name

    @property
    def generate(self) -> GeneratePage:
        """The page of generation."""
        return self.pages.generate

    def show_workspace(self, workspace: Workspace) -> None:
        """Show another workspace, and give it the keyboard."""
        if workspace is not self.workspace:
            self.pages.rest()
            self.pages.show_workspace(workspace)
            self.top_bar.show_workspace(workspace)
            self.pages.current.take_keyboard()
        self._actions.refresh()

    def show_node(self, node: int) -> None:
        """Show a node large on the map."""
        self._session.select(node)
        self.show_workspace(Workspace.EXPLORE)
        self.explore.map_view.show_selection()

    def show_scope(self, scope: int) -> None:
        """Show a scope on the map, and the line that made its first node in the source."""
        trace = self._session.trace
        if trace is None:
            return
        inside = (trace.scope >= scope) & (trace.scope < trace.scopes[scope].stop)
        self._session.select(int(inside.argmax()))
        self.show_workspace(Workspace.EXPLORE)
        self.explore.map_view.show_scope(scope)

    def open_step(self, run: int, step: int) -> None:
        """Make the pass of a step of a run, with the model as it was before that step."""
        self.run_models.open_step(run, step)

    def open_compared(self, name: str, choice: Choice) -> None:
        """Make the pass of a name with a model that it was compared in."""
        if choice.source is Source.ON_SHOW:
            self.passes.run_suggestion(name)
        else:
            self.run_models.open_name(name, choice.run, choice.step + 1)

    @property
    def is_running(self) -> bool:
        """Whether a pass is being recorded."""
        return self.passes.is_running

    def run(self, typed: str) -> None:
        """Run a name as it was typed; if it can't be run, say why and keep the last pass."""
        self.passes.run(typed)

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show a finished pass."""
        self.passes.show_pass(loaded)

    def tell(self, sentence: str) -> None:
        """Show a sentence above the page; an empty one takes the last one away."""
        if sentence:
            self.message.tell(sentence)
        else:
            self.message.hide()

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self.explore.stand_still()
        self.lecture.stand_still()

    def _visit_by_tab(self, page: NamePage | TrainPage | GeneratePage) -> None:
        order_focus(self, [self.top_bar, self.message, *page.reading_order()])

    def _refresh_run_actions(self) -> None:
        self._actions.by_id["open_step"].setEnabled(self.desk.has_step)
        self._actions.refresh_group(RUNS)

    def _refresh_lesson_actions(self) -> None:
        self._actions.refresh_group(LESSONS)

    def _hide_lesson(self) -> None:
        self.explore.workbench.hide_panel("lesson")

    def _show_train(self) -> None:
        self.show_workspace(Workspace.TRAIN)

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
        if self.lessons.has_changes:
            event.ignore()
            self.lessons.when_settled(self.close)
            return
        self.loader.cancel()
        self.lectern.close()
        self.lecture.close_down()
        self.take_home.close_down()
        self.pages.close_down()
        self.run_models.close_down()
        self.runs.close()
        if self._settings is not None:
            self._settings.setValue(GEOMETRY, self.saveGeometry())
            self._settings.setValue(ARRANGEMENT, self.explore.workbench.chosen_arrangement)
        super().closeEvent(event)
