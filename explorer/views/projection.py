"""What a lecture would show, on a stage that nobody sees: for pictures to take home."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from explorer.debug.handout import Medium, Page, SeriesRequest, step_moments
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Source
from explorer.debug.lessons.states import restore_state
from explorer.debug.lessons.stop import StageView, Stop
from explorer.debug.moment_caption import caption_of
from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_size
from explorer.theme.tokens import Theme
from explorer.views.lectern import CannotRecordError, Lectern
from explorer.views.lecture_stage import BEYOND_THE_PASS, LectureStage, Rectangle, lecture_theme
from explorer.views.lesson_passes import LessonPass, Ready
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass
from explorer.views.series_work import Pictures
from explorer.views.stage_stop import StageStop
from explorer.views.stop_frame import frame_of


class Projection:
    """A session of its own, and a stage that shows it off screen.

    Parameters
    ----------
    theme : Theme
        Its colours.
    size : (int, int)
        Width and height in pixels.
    has_caption : bool
        Whether the caption is in the picture.
    """

    def __init__(self, theme: Theme, size: tuple[int, int], has_caption: bool = True) -> None:
        self.session = Session()
        self.stage = LectureStage(self.session, lecture_theme(theme, size[1]), has_caption)
        self.stage.setAttribute(Qt.WidgetAttribute.WA_DontShowOnScreen)
        self.stage.stand_still()
        self._size = QSize(*size)
        self.stage.resize(self._size)
        self.stage.show()

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show a pass, all of it at once: the stage may be painted at any moment.

        The one that is on show already is begun anew.
        """
        if self.session.recorded is loaded.timeline:
            self.session.begin_anew()
        else:
            self.session.open(loaded.timeline)
            self.stage.show_pass(loaded)

    def show_stop(self, stop: Stop, made: LessonPass) -> None:
        """Show a stop of a lesson at which no name is made up.

        Raises
        ------
        CannotChangeError
            Its what-if cannot be computed.
        """
        ready = made.ready_for(stop)
        self.show_pass(made.loaded)
        restore_state(self.session, stop.state, ready.what_if)
        self.stage.show_stop(StageStop.with_pass(stop, made), made.loaded)

    def picture(self) -> QImage:
        """Return what the audience would see."""
        return self.stage.picture(self._size)

    def close(self) -> None:
        """Let the stage go."""
        self.stage.close()
        self.stage.deleteLater()


class _OwnSession:
    """Shows the passes of a lesson in a projection, apart from the window."""

    def __init__(self, projection: Projection) -> None:
        self._projection = projection

    def show_pass(self, made: LessonPass) -> None:
        self._projection.show_pass(made.loaded)

    def arrange(self, stop: Stop, ready: Ready) -> None:
        pass  # the stage is told by itself

    def capture(self) -> tuple[Stop, Source]:
        raise CannotRecordError("Nothing is recorded here.")


def _projection(request: SeriesRequest, theme: Theme) -> Projection:
    """Return where the pictures of a request are seen; in a handout, captions stand below them."""
    return Projection(theme, request.size, request.medium is not Medium.HANDOUT)


def lesson_pictures(
    lesson: Lesson, request: SeriesRequest, theme: Theme, parent: QWidget
) -> Pictures:
    """Yield a picture of each stop; None as long as its pass is in the making.

    Parameters
    ----------
    lesson : Lesson
    request : SeriesRequest
    theme : Theme
    parent : QWidget

    Raises
    ------
    ValueError
        A stop can't be shown; in a sentence without its full stop.
    """
    projection = _projection(request, theme)
    lectern = Lectern(projection.session, _OwnSession(projection), parent)
    told: list[str] = []
    lectern.told.connect(told.append)
    try:
        lectern.open(lesson)
        for at in range(len(lesson.stops)):
            lectern.go(at)
            while not lectern.is_ready:
                yield None
            if lectern.loaded is None:
                raise ValueError(told[-1].rstrip("."))
            projection.stage.show_stop(StageStop.of(lectern, None), lectern.loaded)
            stop = lesson.stops[at]
            below = "" if stop.view is StageView.TEXT else lectern.caption.text
            yield projection.picture(), Page(stop.title, below)
    finally:
        lectern.close()
        lectern.passes.wait()  # the thread tells the lectern when it leaves
        lectern.deleteLater()
        projection.close()


def step_pictures(
    loaded: LoadedPass,
    shown: Session,
    request: SeriesRequest,
    theme: Theme,
    view: StageView,
    frame: Rectangle | None,
) -> Iterator[tuple[QImage, Page]]:
    """Yield a picture of each moment of a range of steps.

    Parameters
    ----------
    loaded : LoadedPass
        On show.
    shown : Session
        That shows it: colours and the selection, if it is pinned, are those on show.
    request : SeriesRequest
    theme : Theme
    view : StageView
    frame : (float, float, float, float) or None
        The part of the map; None for all.
    """
    assert request.first is not None
    projection = _projection(request, theme)
    session = projection.session
    timeline = shown.timeline or loaded.timeline
    session.open(timeline)
    session.set_colour(shown.colour)
    session.follow_scale(shown.scale_follows)
    session.show_flows(shown.shows_flows)
    session.select(shown.selection)
    projection.stage.show_pass(loaded)
    projection.stage.show_view(view)
    if view is StageView.MAP:
        projection.stage.look(frame)
    moments = step_moments(timeline, request.first, request.steps, request.granularity)
    try:
        for moment in moments.tolist():
            session.seek(moment)
            node = timeline.moment(moment).node
            if node is not None and not shown.pinned:
                session.select(node)
            caption = caption_of(timeline, moment)
            said = "".join(part.text for part in caption.parts)
            yield projection.picture(), Page(caption.title, f"{said}\n{caption.words}".strip())
    finally:
        projection.close()


def seen_in(
    stage: LectureStage | None, map_view: MapView, theme: Theme
) -> tuple[StageView, Rectangle | None]:
    """Return the view and the part of the map that steps are to be seen in.

    Parameters
    ----------
    stage : LectureStage or None
        Of the lecture, if there is one; its view is taken if it shows the pass.
    map_view : MapView
        Else the map of the window.
    theme : Theme
        Of the window.
    """
    if stage is not None and stage.view not in BEYOND_THE_PASS:
        return stage.view, None if stage.map_view.shows_all else stage.rectangle
    if map_view.shows_all:
        return StageView.MAP, None
    size = unscaled_size(map_view, theme)
    box = frame_of(map_view.camera, size.width(), size.height())
    return StageView.MAP, (box.left, box.top, box.width, box.height)
