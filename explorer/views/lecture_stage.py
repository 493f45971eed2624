"""What the audience of a lecture sees: the letters, one view, the time line and a caption."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from html import escape
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, QObject, QPoint, QSize, Qt
from PySide6.QtGui import QImage, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from explorer.debug.anatomy.reader import Reader
from explorer.debug.anatomy.reading import Place
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.stop import StageView
from explorer.debug.moment_caption import caption_of
from explorer.debug.session import Session
from explorer.layout.camera import Camera, fit
from explorer.runs.training import Training
from explorer.theme.style import SMALL, style_sheet
from explorer.theme.tokens import Theme
from explorer.views.caption_view import CaptionView
from explorer.views.legend_column import LegendColumn
from explorer.views.map_rows import ROOM, MapRows
from explorer.views.map_view import MapView
from explorer.views.neighbourhood_view import NeighbourhoodView
from explorer.views.pass_loader import LoadedPass
from explorer.views.reading_view import ReadingView
from explorer.views.stage_stop import StageStop
from explorer.views.stage_views import make_view
from explorer.views.stop_frame import box_of, frame_of
from explorer.views.timeline_view import TimelineView
from explorer.views.token_strip import TokenStrip

if TYPE_CHECKING:
    from explorer.runs.desk import RunDesk
    from explorer.views.generation_view import GenerationView
    from explorer.views.training_view import TrainingView

HEIGHT = 1080  # pixels of the screen that the following are given for
LEAST_TEXT, FINEST = 22, 2.0  # pixels: of letters, and of lines

ABOUT_TRAINING = (
    "Training",
    "Each step reads one name, and moves every parameter a little against its gradient.",
)
BEYOND_THE_PASS = (StageView.TRAINING, StageView.GENERATION, StageView.TEXT)
Rectangle = tuple[float, float, float, float]  # left, top, width, height in cells of the map


def lecture_theme(theme: Theme, height: int, text_size: float = 1.0) -> Theme:
    """Return a theme in which the smallest text can be read from the last row.

    Parameters
    ----------
    theme : Theme
    height : int
        Of the screen, in pixels.
    text_size : float
        How much larger than need be.
    """
    share = height / HEIGHT
    scale = LEAST_TEXT / SMALL * share * text_size
    return theme.scaled(scale, max(FINEST, FINEST * share), SMALL)


class LectureStage(QWidget):
    """Shows a session's pass; it is built anew for another theme, text size or screen.

    Parameters
    ----------
    session : Session
    theme : Theme
        Scaled for the stage, see `lecture_theme`.
    has_caption : bool
        Whether it says in words what is shown.
    """

    def __init__(self, session: Session, theme: Theme, has_caption: bool = True) -> None:
        super().__init__()
        self._has_caption = has_caption
        self._session, self._theme = session, theme
        self._loaded: LoadedPass | None = None
        self._reader = Reader(session)
        self._view = StageView.MAP
        self._training: Training | None = None
        self._generation: Generation | None = None
        self._told: tuple[str, str] | None = None  # title and text; None: of the moment
        self._glides = True
        self._framed: tuple[Rectangle | None, Camera] | None = None  # where the camera was sent
        self.setStyleSheet(style_sheet(theme))
        self.setProperty("role", "window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.token_strip = TokenStrip(session, theme)
        self.timeline_view = TimelineView(session, theme, has_text=False)
        self.caption = CaptionView(theme)
        self.legend = LegendColumn(session, theme)
        self._stack = QStackedWidget()
        self._widgets: dict[StageView, QWidget] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.token_strip)
        rows.addWidget(self._stack, 1)
        said = QHBoxLayout()
        said.setSpacing(0)
        said.addWidget(self.caption, 1)
        said.addStretch()  # without a caption
        said.addWidget(self.legend)
        rows.addLayout(said)
        rows.addWidget(self.timeline_view)
        self.token_strip.position_chosen.connect(self._look_at_position)
        session.opened.connect(self._refresh)
        session.cursor_moved.connect(self._refresh)
        session.numbers_changed.connect(self._refresh)
        for always in (self.token_strip, self.timeline_view):
            always.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.show_view(self._view)

    @property
    def theme(self) -> Theme:
        """How everything looks, and how large it is."""
        return self._theme

    @property
    def view(self) -> StageView:
        """The view that is shown."""
        return self._view

    @property
    def map_view(self) -> MapView:
        """The map, whether or not it is shown."""
        view = self.widget(StageView.MAP)
        assert isinstance(view, MapView)
        return view

    def widget(self, view: StageView) -> QWidget:
        """Return what shows a view; it is made when it is first asked for."""
        if view not in self._widgets:
            is_map = view is StageView.MAP
            widget = self._make_map() if is_map else make_view(view, self._session, self._theme)
            self._widgets[view] = widget
            self._stack.addWidget(widget)
            if isinstance(widget, ReadingView):
                widget.node_chosen.connect(self._select)
                widget.place_chosen.connect(self._look_at)
            for one in (widget, *widget.findChildren(QWidget)):
                one.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # keys are those of the lecture
            if not self._glides:
                self._let_stand_still(widget)
        return self._widgets[view]

    def show_stop(self, stop: StageStop, loaded: LoadedPass | None) -> None:
        """Show a stop of a lesson, whose state the session is in already."""
        self.show_pass(loaded)
        self._told = stop.title, stop.caption
        self._training, self._generation = stop.training, stop.generation
        neighbourhood = self.widget(StageView.NEIGHBOURHOOD)
        assert isinstance(neighbourhood, NeighbourhoodView)
        neighbourhood.set_hops(stop.hops)
        neighbourhood.set_folds(stop.folds)
        self.show_view(stop.view, stop.place)
        trace = self._session.trace
        if stop.view is StageView.MAP and loaded is not None and trace is not None:
            box = None if stop.frame is None else box_of(stop.frame, trace, loaded.layout)
            self.look(box)

    def make_ready(self) -> bool:
        """Make a view that was not asked for yet; return whether there was one left to be made."""
        missing = next((view for view in StageView if view not in self._widgets), None)
        if missing is not None:
            self.widget(missing)
        return missing is not None

    def show_pass(self, loaded: LoadedPass | None) -> None:
        """Show the session's pass, which this is; None: it is not known how it is laid out."""
        is_shown = loaded is self._loaded and StageView.MAP in self._widgets
        self._loaded = loaded
        if loaded is not None and not is_shown and StageView.MAP in self._widgets:
            self._show_on_map(self.map_view, loaded)

    def show_view(self, view: StageView, place: Place | None = None) -> None:
        """Show another view, closely at a place."""
        if place is not None:
            self._reader.show(place)
        self._view = view
        widget = self.widget(view)
        self.caption.setVisible(self._has_caption and view is not StageView.TEXT)
        self.timeline_view.setVisible(view not in BEYOND_THE_PASS)
        self.token_strip.setVisible(view not in BEYOND_THE_PASS)
        self.legend.setVisible(view is StageView.MAP)
        self._stack.setCurrentWidget(widget)
        self._refresh()

    def show_training(self, training: Training | None) -> None:
        """Show another training where the view is of one."""
        self._training = training
        self._refresh()

    def show_run(self, runs: RunDesk) -> None:
        """Show the run that is chosen on the page of runs where the view is of a training."""
        record = runs.record
        if record is None:
            self.show_training(None)
        else:
            losses, total = runs.history.losses, record.settings.steps
            self.show_training(Training(losses, runs.chance_loss, total, runs.step or None))

    def show_generation(self, generation: Generation | None) -> None:
        """Show another name that is made up, or what has been drawn since."""
        self._generation = generation
        self._refresh()

    def show_moment(self) -> None:
        """Let the caption say what just happened."""
        self._told = None
        self._tell()

    def look(self, frame: Rectangle | None) -> None:
        """Show a rectangle of the map, in cells, as large as it goes; None: the whole map."""
        self._settle()
        if frame is None:
            self.map_view.zoom_to_fit()
        else:
            self.map_view.look(self._camera_on(frame))
        self._framed = frame, self.map_view.camera

    def take_over(self, last: LectureStage) -> None:
        """Look at the same part of the map as a stage that this one comes in place of."""
        if StageView.MAP in last._widgets and not last.map_view.shows_all:
            self.look(last.rectangle)

    @property
    def rectangle(self) -> Rectangle:
        """What is seen of the map, in cells, but for the margins."""
        seen = frame_of(self.map_view.camera, *self.map_view.view_size)
        return seen.left, seen.top, seen.width, seen.height

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self._glides = False
        for widget in self._widgets.values():
            self._let_stand_still(widget)

    def picture(self, size: QSize) -> QImage:
        """Return what a screen of a size shows; the stage itself takes that size."""
        if self.size() != size:
            self.resize(size)
        image = QImage(size, QImage.Format.Format_RGB32)
        self.render(image, QPoint())
        return image

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep what was to be seen of the map in sight at another size of it."""
        framed = self._framed
        is_kept = framed is not None and self.map_view.camera == framed[1]
        if event.type() == QEvent.Type.Resize and framed is not None and is_kept and framed[0]:
            self._framed = framed[0], self._camera_on(framed[0])
            self.map_view.look(self._framed[1])
        return False

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._refresh()

    def _settle(self) -> None:
        """Give every part its place now: what came or went changes the room of the map."""
        layout = self.layout()
        assert layout is not None
        layout.activate()

    def _make_map(self) -> MapView:
        view = MapView(self._session, self._theme)
        view.limit_changed.connect(self.legend.show_limit)
        view.installEventFilter(self)
        view.is_on_stage, view.left_room = True, ROOM
        self._rows = MapRows(view, self._theme)
        view.camera_moved.connect(partial(self._name_rows, view))
        if self._loaded is not None:
            self._show_on_map(view, self._loaded)
        return view

    def _name_rows(self, view: MapView) -> None:
        self._rows.resize(view.size())
        self._rows.follow(view.seen, view.whole.scale)

    def _show_on_map(self, view: MapView, loaded: LoadedPass) -> None:
        trace = self._session.trace
        assert trace is not None
        self._rows.show_pass(trace, loaded.layout)
        view.show_pass(loaded.layout, loaded.flows, loaded.colours)

    def _camera_on(self, frame: Rectangle) -> Camera:
        return fit(frame, *self.map_view.view_size)

    def _let_stand_still(self, widget: QWidget) -> None:
        if isinstance(widget, MapView | NeighbourhoodView):
            widget.glide = 0

    def _select(self, node: int) -> None:
        self._session.select(node)

    def _look_at_position(self, position: int) -> None:
        self._look_at(replace(self._reader.place, position=position))

    def _look_at(self, place: Place) -> None:
        self._reader.choose(place)
        self._refresh()

    def _refresh(self) -> None:
        if not self.isVisible():
            return
        widget = self._widgets[self._view]
        if isinstance(widget, ReadingView):
            reading, place = self._reader.read()
            self.token_strip.look_at(None if reading is None else place.position)
            widget.show_reading(reading, place)
        else:
            self.token_strip.look_at(None)
        if self._view is StageView.TRAINING:
            cast("TrainingView", widget).show_training(self._training)
        elif self._view is StageView.GENERATION:
            cast("GenerationView", widget).show_generation(self._generation)
        self._tell()

    def _tell(self) -> None:
        caption = self._widgets[self._view] if self._view is StageView.TEXT else self.caption
        assert isinstance(caption, CaptionView)
        timeline = self._session.timeline
        if self._told is not None:
            caption.show_caption(*self._told)
        elif self._view is StageView.GENERATION:
            title, drawn = cast("GenerationView", self._widgets[self._view]).sentence
            caption.show_caption(title, escape(drawn))
        elif self._view is StageView.TRAINING:
            caption.show_caption(*ABOUT_TRAINING)
        elif timeline is not None:
            caption.show_moment(caption_of(timeline, self._session.cursor))
