"""The pages of the window, one a workspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QStackedWidget

from explorer.debug.desk import Workspace
from explorer.debug.generation.generation import Generation
from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.runs.step_passes import Replays
from explorer.theme.tokens import Theme
from explorer.views.compare_models import ComparedModels
from explorer.views.explore_page import ExplorePage
from explorer.views.models import Model
from explorer.views.run_models import RunModels
from explorer.views.session_files import SessionFiles
from explorer.views.top_bar import TopBar

if TYPE_CHECKING:
    from explorer.views.generate_page import GeneratePage
    from explorer.views.name_page import NamePage
    from explorer.views.train_page import TrainPage

    Page = ExplorePage | NamePage | TrainPage | GeneratePage


class Pages(QStackedWidget):
    """The page for exploring, and others, made when they are first asked for.

    Those have plots, which take a while to load.

    Parameters
    ----------
    explore : ExplorePage
    session : Session
    runs : RunDesk
    replays : Replays
    sessions : SessionFiles
    run_models : RunModels
    top_bar : TopBar
        Says which model is on show.
    actions : dict of str to QAction
        By command id.
    theme : Theme
    """

    made = Signal(object)  # a page that was asked for the first time
    told = Signal(str)  # a sentence
    node_chosen = Signal(int)  # somebody wants to see a node on the map
    scope_chosen = Signal(int)  # or a scope
    parameter_chosen = Signal(int)  # or one of the shown step of a run, in state-dict order
    compared_chosen = Signal(str, object)  # a name, and the Choice of the model to open it with
    name_chosen = Signal(str)  # a name that was made up is to be opened
    draw_chosen = Signal(object)  # or the pass that led to a ShownDraw
    generation_changed = Signal()  # another draw is shown, or draws go on by themselves

    def __init__(
        self,
        explore: ExplorePage,
        session: Session,
        runs: RunDesk,
        replays: Replays,
        sessions: SessionFiles,
        run_models: RunModels,
        top_bar: TopBar,
        actions: dict[str, QAction],
        theme: Theme,
    ) -> None:
        super().__init__()
        self.explore = explore
        self._session, self._runs, self._replays = session, runs, replays
        self._sessions, self._run_models = sessions, run_models
        self._top_bar, self._actions, self._theme = top_bar, actions, theme
        self._name: NamePage | None = None
        self._train: TrainPage | None = None
        self._generate: GeneratePage | None = None
        self._before: dict[Workspace, Page] = {}  # pages that are to be made in another look
        self.workspace = Workspace.EXPLORE
        self.generation: Generation | None = None  # None before its page was asked for
        self.addWidget(explore)

    @property
    def current(self) -> Page:
        """The page that is shown."""
        return self.page(self.workspace)

    def show_workspace(self, workspace: Workspace) -> None:
        """Show the page of a workspace."""
        self.workspace = workspace
        self.setCurrentWidget(self.current)

    def take_over(self, old: Pages) -> None:
        """Show what others do: the page in sight at once, the rest when there is time for it."""
        self.generation = old.generation
        made = {
            Workspace.NAME: old._name,
            Workspace.TRAIN: old._train,
            Workspace.GENERATE: old._generate,
        }
        self._before = old._before | {w: page for w, page in made.items() if page is not None}
        self.show_workspace(old.workspace)

    def make_rest(self) -> None:
        """Make the pages that there were in the last look."""
        for workspace in tuple(self._before):
            self.page(workspace)

    def page(self, workspace: Workspace) -> Page:
        """Return the page of a workspace."""
        if workspace is Workspace.NAME:
            return self.name
        if workspace is Workspace.TRAIN:
            return self.train
        return self.generate if workspace is Workspace.GENERATE else self.explore

    @property
    def name(self) -> NamePage:
        """The page of one name's parts."""
        if self._name is None:
            from explorer.views.name_page import NamePage

            models = ComparedModels(self._runs, self._sessions.untrained)
            self._name = page = NamePage(self._session, self._theme, models)
            page.compare.show_model(self._top_bar.model_title)
            page.compare.pass_chosen.connect(self.compared_chosen)
            self._top_bar.model_shown.connect(page.compare.show_model)
            page.node_chosen.connect(self.node_chosen)
            page.scope_chosen.connect(self.scope_chosen)
            page.told.connect(self.told)
            self._add(page, Workspace.NAME)
        return self._name

    @property
    def train(self) -> TrainPage:
        """The page of runs."""
        if self._train is None:
            from explorer.views.train_page import TrainPage

            self._runs.refresh()
            before = self._before.get(Workspace.TRAIN)
            shown = before.step_pass if isinstance(before, TrainPage) else None
            self._train = page = TrainPage(
                self._runs, self._actions, self._theme, self._replays, shown
            )
            page.parameter_chosen.connect(self.parameter_chosen)
            self._add(page, Workspace.TRAIN)
        return self._train

    @property
    def generate(self) -> GeneratePage:
        """The page of generation."""
        if self._generate is None:
            from explorer.views.generate_page import GeneratePage

            self._run_models.settle()
            if self.generation is None:
                self.generation = Generation(self._sessions.subject)
            self._generate = page = GeneratePage(self.generation, self._actions, self._theme)
            page.name_chosen.connect(self.name_chosen)
            page.draw_chosen.connect(self.draw_chosen)
            page.told.connect(self.told)
            for signal in (self.generation.changed, self.generation.play_changed):
                signal.connect(self._tell_generation)
            self._add(page, Workspace.GENERATE)
        return self._generate

    @property
    def has_train(self) -> bool:
        """Whether the page of runs was asked for."""
        return self._train is not None

    def rest(self) -> None:
        """Let nothing go on by itself."""
        self._session.play(0)
        if self.generation is not None:
            self.generation.play(False)

    def draw_with(self, model: Model) -> None:
        """Let names be made up by the model on show."""
        if self.generation is not None:
            self.generate.use(model.subject)

    def close_down(self) -> None:
        """End what pages do in the background."""
        self.make_rest()
        if self._train is not None:
            self._train.step_pass.close_down()
        if self._generate is not None:
            self._generate.close_down()

    def _tell_generation(self) -> None:
        self.generation_changed.emit()

    def _add(self, page: NamePage | TrainPage | GeneratePage, workspace: Workspace) -> None:
        self.addWidget(page)
        self.made.emit(page)
        before = self._before.pop(workspace, None)
        if before is not None:
            page.take_over(before)  # type: ignore[arg-type]
