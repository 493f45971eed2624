"""Lecture mode: its windows, which displays they are on, and what its keys do."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QWidget

from explorer.debug.desk import Desk, Workspace
from explorer.debug.generation.generation import Generation
from explorer.debug.lecture_keys import VIEWS_BY_KEY, Act
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Colour
from explorer.debug.stepping import Granularity
from explorer.debug.stopwatch import Stopwatch
from explorer.runs.desk import RunDesk
from explorer.theme.tokens import Theme
from explorer.trace.passes import Subject
from explorer.views.lecture_guides import LectureGuides
from explorer.views.lecture_look import LectureLook
from explorer.views.lecture_stage import LectureStage
from explorer.views.lecture_window import LectureWindow
from explorer.views.pass_loader import LoadedPass
from explorer.views.presenter_window import PresenterWindow
from explorer.views.prompter import Prompter
from explorer.views.stage_stop import StageStop, read_next

if TYPE_CHECKING:
    from explorer.views.lectern import Lectern

LEAVING = "Ctrl+L leaves the lecture  ·  ? shows all keys"
OF_WORKSPACE = {
    Workspace.NAME: StageView.PROBABILITIES,
    Workspace.TRAIN: StageView.TRAINING,
    Workspace.GENERATE: StageView.GENERATION,
}
AHEAD = 150  # milliseconds of rest before something is made that was not asked for yet
GRANULARITIES = tuple(Granularity)
STEPS = (Act.ON, Act.BACK, Act.STEP, Act.STEP_BACK)


class Lecture(QObject):
    """Shows a session, or the stops of a lesson, to an audience.

    Parameters
    ----------
    window : QWidget
        From which it is opened, and to which one comes back.
    desk : Desk
    runs : RunDesk
        Whose training can be shown.
    subject : callable
        Returns the model on show, which makes up names.
    theme : Theme
    settings : QSettings, optional
        Where the display, the theme and the size of the text are kept.
    """

    opened = Signal()
    closed = Signal()

    def __init__(
        self,
        window: QWidget,
        desk: Desk,
        runs: RunDesk,
        subject: Callable[[], Subject],
        theme: Theme,
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(window)
        self._around, self._desk = window, desk
        self._runs, self._subject, self._session = runs, subject, desk.session
        self._look = LectureLook(theme, settings)
        self._guides = LectureGuides(self._look, self)
        self._loaded: LoadedPass | None = None
        self._lectern: Lectern | None = None
        self._generation: Generation | None = None  # that no page has
        self._view = StageView.MAP
        self._window: LectureWindow | None = None
        self._prompter = Prompter(desk.session, self._look, self)
        self._prompter.closed.connect(self._cover)
        self._glides = True
        self._has_hidden = False  # the window that it covers
        self._ahead = QTimer(self, singleShot=True, interval=AHEAD)
        self._ahead.timeout.connect(self._make_ready)
        runs.moved.connect(self._show_training)

    @property
    def is_open(self) -> bool:
        """Whether there is a lecture."""
        return self._window is not None and self._window.isVisible()

    @property
    def window(self) -> LectureWindow:
        """The window, which is made when it is first asked for."""
        if self._window is None:
            self._window = LectureWindow()
            self._window.acted.connect(self._act)
            self._window.resized.connect(self._fit)
            self._window.closed.connect(self._prompter.close)
            self._window.closed.connect(self._come_back)
            self._window.closed.connect(self.closed)
            self._window.changed.connect(self._prompter.follow)
            self._guides.watch(self._window)
        return self._window

    @property
    def stage(self) -> LectureStage | None:
        """What the audience sees."""
        return None if self._window is None else self._window.stage

    @property
    def presenter(self) -> PresenterWindow | None:
        """The presenter's window; None before it is first asked for."""
        return self._prompter.window

    @property
    def watch(self) -> Stopwatch:
        """How long the lecture has been going on."""
        return self._prompter.watch

    def use(self, lectern: Lectern) -> None:
        """Walk the stops of the lesson that is open there, if there is one."""
        self._lectern = lectern
        lectern.stop_shown.connect(self._show_stop)
        lectern.changed.connect(self._show_stop)
        self._prompter.use(lectern)

    def show_pass(self, loaded: LoadedPass) -> None:
        """Take over the session's pass."""
        self._loaded = loaded
        if self.stage is not None:
            self.stage.show_pass(loaded)

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self._glides = False
        if self.stage is not None:
            self.stage.stand_still()

    # Windows

    def toggle(self) -> None:
        """Begin the lecture, or leave it."""
        if self.is_open:
            self.leave()
        else:
            self.enter()

    def enter(self) -> None:
        """Fill a display with the stage."""
        window, screen = self.window, self._look.screen(self._around)
        self._view = OF_WORKSPACE.get(self._desk.workspace, self._view)
        window.resize(screen.geometry().size())
        self._build()
        if self._lectern is not None and self._has_lesson and self._lectern.at is None:
            self._lectern.go(0)
        window.show_blank(None)
        window.show_on(screen)
        window.tell(LEAVING)
        self._cover()
        self._ahead.start(AHEAD)
        self.opened.emit()

    def leave(self) -> None:
        """Close the lecture's windows."""
        self._come_back()
        self.close_down()
        self._around.activateWindow()

    def close_down(self) -> None:
        """Close everything, as the program ends."""
        self._has_hidden = False
        if self._window is not None:
            self._window.close()
        self._prompter.close()
        self._ahead.stop()

    def _cover(self) -> None:
        """Hide the window as long as it is covered: it then takes no part in each step."""
        if not self.is_open:
            return
        displays = [self.window.screen()]
        if self.presenter is not None and self._prompter.is_open:
            displays.append(self.presenter.screen())
        if self._around.screen() in displays:
            self._around.hide()
            self._has_hidden = True
        elif self._has_hidden:
            self._come_back()
            self.window.activateWindow()  # keys are still those of the lecture

    def _come_back(self) -> None:
        """Show the window again that the lecture has covered."""
        if self._has_hidden:
            self._has_hidden = False
            self._around.show()

    def next_display(self) -> None:
        """Show the lecture on the next display, and remember it."""
        screens = QGuiApplication.screens()
        chosen = screens[(screens.index(self._look.screen(self._around)) + 1) % len(screens)]
        self._look.choose_screen(chosen)
        if self.is_open and len(screens) == 1:
            self.window.tell("There is no other display.")
        elif self.is_open:
            self.window.show_on(chosen)
            self._prompter.move_to(self._look.other_screen(self._around))
            self._cover()

    def toggle_presenter(self) -> None:
        """Open the presenter's window, or close it."""
        if self._prompter.is_open:
            self._prompter.close()
            return
        screen = self._look.other_screen(self._around)
        self._guides.watch(self._prompter.open(self.window, screen))
        self._ahead.start(AHEAD)
        self._cover()

    # What is shown

    def show_view(self, view: StageView) -> None:
        """Show another view."""
        self._view = view
        if self.stage is not None:
            self._supply(self.stage)
            self.stage.show_view(view)

    def _make_ready(self) -> None:
        """Make what may be asked for, one thing at a time, while nothing else happens."""
        lectern, shown = self._lectern, self._desk.generation
        if self.stage is None or not self.is_open:
            return
        has_to_wait = self._prompter.look_ahead()
        if self.stage.make_ready() or has_to_wait:
            self._ahead.start(AHEAD)
        elif lectern is not None and shown is not None:
            read_next(lectern, shown)

    @property
    def _has_lesson(self) -> bool:
        lesson = None if self._lectern is None else self._lectern.lesson
        return lesson is not None and len(lesson.stops) > 0

    def _show_stop(self) -> None:
        """Show the stop that the session is in the state of."""
        if self.stage is not None:
            self._supply(self.stage)
            self._ahead.start(AHEAD)
        if self._window is not None and self._window.pointing is not None:
            self._window.pointing.clear()  # a stop is the same picture whatever was drawn on it
        self._prompter.prompt()

    def _supply(self, stage: LectureStage) -> None:
        """Give a stage all that it shows: of the stop, or what the session has."""
        lectern = self._lectern
        if lectern is not None and lectern.stop is not None and lectern.is_ready:
            self._view = lectern.stop.view
            self._loaded = lectern.loaded or self._loaded
            stage.show_stop(StageStop.of(lectern, self._desk.generation), self._loaded)
            return
        stage.show_pass(self._loaded)
        stage.show_moment()
        if self._view is StageView.GENERATION:
            stage.show_generation(self._made_up())
        elif self._view is StageView.TRAINING:
            stage.show_run(self._runs)

    def _made_up(self) -> Generation:
        """Return the name that is being made up, on the page for that or for the lecture alone."""
        if self._desk.generation is not None:
            return self._desk.generation
        if self._generation is None or self._generation.subject is not self._subject():
            self._generation = Generation(self._subject())
        return self._generation

    def _show_training(self) -> None:
        if self.stage is not None and self._view is StageView.TRAINING:
            self._supply(self.stage)

    # Keys

    def _act(self, act: Act, key: str) -> None:
        deeds: dict[Act, Callable[[], object]] = {
            Act.ON: lambda: self._turn(1),
            Act.BACK: lambda: self._turn(-1),
            Act.STEP: lambda: self._session.step(1),
            Act.STEP_BACK: lambda: self._session.step(-1),
            Act.START: lambda: self._go_to_end(0),
            Act.END: lambda: self._go_to_end(-1),
            Act.CLEAR: lambda: self.window.tell(LEAVING),
            Act.NEXT_VIEW: lambda: self._turn_view(1),
            Act.LAST_VIEW: lambda: self._turn_view(-1),
            Act.CHOOSE_VIEW: lambda: self._choose_view(VIEWS_BY_KEY[key]),
            Act.STEP_SIZE: self._enlarge_steps,
            Act.COLOUR: self._turn_colour,
            Act.ZOOM: self._zoom,
            Act.THEME: self._turn_theme,
            Act.LARGER: lambda: self._turn_size(1),
            Act.SMALLER: lambda: self._turn_size(-1),
            Act.USUAL_SIZE: lambda: self._turn_size(0),
            Act.DISPLAY: self.next_display,
            Act.PRESENTER: self.toggle_presenter,
            Act.KEYS: self._show_keys,
            Act.LEAVE: self.leave,
        }
        if act in STEPS:
            self.watch.start()
        if act in deeds:
            deeds[act]()

    def _turn(self, direction: int) -> None:
        """Go to the next stop, to the next letter of a made-up name, or a step on; or back."""
        if self._lectern is not None and self._has_lesson:
            self._lectern.turn(direction)
        elif self._view is StageView.GENERATION and self.stage is not None:
            made_up = self._made_up()
            if direction < 0:
                made_up.back()
            elif made_up.can_step:
                made_up.step()
            else:
                made_up.next_name()
            self.stage.show_generation(made_up)
        else:
            self._session.step(direction)

    def _go_to_end(self, end: int) -> None:
        """Go to the first (0) or the last (-1) stop or moment."""
        lectern, timeline = self._lectern, self._session.timeline
        if lectern is not None and lectern.lesson is not None and self._has_lesson:
            lectern.go(end % len(lectern.lesson.stops))
        elif timeline is not None:
            self._session.seek(timeline.end if end else 0)

    def _choose_view(self, views: tuple[StageView, ...]) -> None:
        """Show the first of some views, or of those the one after that which is shown."""
        at = views.index(self._view) + 1 if self._view in views else 0
        self.show_view(views[at % len(views)])

    def _turn_view(self, direction: int) -> None:
        views = list(StageView)
        self.show_view(views[(views.index(self._view) + direction) % len(views)])

    def _enlarge_steps(self) -> None:
        at = GRANULARITIES.index(self._session.granularity)
        self._session.set_granularity(GRANULARITIES[(at + 1) % len(GRANULARITIES)])
        self.window.tell(f"A step is one {self._session.granularity.value}.")

    def _turn_colour(self) -> None:
        shows_data = self._session.colour is Colour.DATA
        self._session.set_colour(Colour.GRADIENT if shows_data else Colour.DATA)

    def _zoom(self) -> None:
        if self.stage is not None:
            self.stage.map_view.zoom_to_selection()

    def _show_keys(self) -> None:
        """Show what the keys do, over the window from which that was asked."""
        presenter = self.presenter
        if presenter is not None and QApplication.activeWindow() is presenter:
            self._guides.show_keys(presenter)
        else:
            self._guides.show_keys(self.window)

    # Look

    def _turn_theme(self) -> None:
        self._look.turn_theme()
        self._build()

    def _turn_size(self, direction: int) -> None:
        self._look.turn_size(direction)
        self._build()

    def _fit(self) -> None:
        """Build the stage anew if it was made for another screen."""
        if self.stage is not None:
            self._build()

    def _build(self) -> None:
        """Build the stage anew if it looks otherwise now; it shows what the last one did."""
        last, look = self.stage, self._look.on_stage(self.window.height())
        if last is None or last.theme != look:
            stage = LectureStage(self._session, look)
            if not self._glides:
                stage.stand_still()
            stage.resize(self.window.size())
            self._supply(stage)
            stage.show_view(self._view)
            if last is not None:
                stage.take_over(last)
            self.window.show_stage(stage)
            self._ahead.start(AHEAD)
        elif last.view is not self._view:
            self.show_view(self._view)
