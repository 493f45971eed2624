"""Stops of lessons in the normal window: taken down, and brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QEvent

from explorer.debug import numbers
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.lessons.drawings import bring_back, capture_drawing
from explorer.debug.lessons.models import source_of
from explorer.debug.lessons.sources import Expression, Source
from explorer.debug.lessons.states import capture_state
from explorer.debug.lessons.stop import StageView, Stop
from explorer.debug.positions import is_of_draws
from explorer.trace.trace import Trace
from explorer.views.lectern import CannotRecordError
from explorer.views.lesson_passes import LessonModel, LessonPass, Ready
from explorer.views.stop_frame import camera_of, frame_of

if TYPE_CHECKING:
    from explorer.views.main_window import MainWindow

# The part of the page of a name that a stop's view is about.
PARTS = {
    StageView.PROBABILITIES: "Probabilities",
    StageView.ATTENTION: "Attention",
    StageView.HEAD: "Attention",
    StageView.CACHE: "Attention",
    StageView.STREAM: "Residual stream",
    StageView.UNITS: "Residual stream",
    StageView.EMBEDDINGS: "Embeddings",
}
VIEWS = {
    Workspace.EXPLORE: StageView.MAP,
    Workspace.TRAIN: StageView.TRAINING,
    Workspace.GENERATE: StageView.GENERATION,
}


class WindowStops:
    """Brings the window to a stop, and takes a stop down from it.

    Parameters
    ----------
    window : MainWindow
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._model: LessonModel | None = None  # that was put on show last

    def show_pass(self, made: LessonPass) -> None:
        """Put a pass and its model on show; the one that is on show already is begun anew."""
        window = self._window
        is_shown = (
            made.of is self._model
            and made.loaded.timeline is window.session.recorded
            and made.loaded.layout is window.explore.map_view.layout_shown
            and window.sessions.model is (made.of.model or window.sessions.untrained)
            and not window.is_running
        )
        self._model = made.of
        if is_shown:
            window.session.begin_anew()
        else:
            window.passes.show_made(made.loaded, made.of.model)

    def arrange(self, stop: Stop, ready: Ready) -> None:
        """Arrange the views as a stop has them."""
        window, explore = self._window, self._window.explore
        window.show_workspace(stop.workspace)
        if stop.panels:
            explore.workbench.bring_to_front(stop.panels)
        explore.neighbourhood.show_choices(stop.hops, stop.folds)
        if stop.workspace is Workspace.NAME:
            window.name_page.show_place(stop.place)
            if stop.view in PARTS:
                window.name_page.show_part(PARTS[stop.view])
        generation = window.pages.generation
        if stop.drawing is not None and generation is not None:
            bring_back(generation, stop.drawing, ready.starts)
        # Bars and panels that came or went have changed the room of the map.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest.value)
        self._look(stop)
        explore.start_again()
        window.top_bar.make_room()  # for the moment of this stop, not for those on the way

    def capture(self) -> tuple[Stop, Source]:
        """Return what is shown as a stop, and where its model is from.

        Raises
        ------
        CannotRecordError
            There is no pass, or it reads what was drawn.
        """
        window = self._window
        window.run_models.settle()
        session, trace = window.session, window.session.trace
        if trace is None:
            raise CannotRecordError("There is no pass yet that could be a stop.")
        if is_of_draws(trace):
            raise CannotRecordError(
                "This pass reads what was drawn, so it can’t be a stop: open the name itself."
            )
        map_view, workspace = window.explore.map_view, window.workspace
        view = VIEWS.get(workspace, StageView.MAP)
        place = Place()
        if workspace is Workspace.NAME:
            part, place = window.name_page.part, window.name_page.place
            view = next((view for view, title in PARTS.items() if title == part), view)
        generation = window.pages.generation
        draws = workspace is Workspace.GENERATE and generation is not None
        choices = window.explore.neighbourhood.view.choices
        stop = Stop(
            title=_title(trace, session.cursor),
            model="",
            state=capture_state(session),
            view=view,
            place=place,
            frame=None if map_view.shows_all else frame_of(map_view.camera, *map_view.view_size),
            hops=choices.hops,
            folds=choices.folds,
            drawing=capture_drawing(generation) if draws and generation is not None else None,
            workspace=workspace,
            panels=window.explore.workbench.in_front(),
        )
        return stop, self._source(trace)

    def _source(self, trace: Trace) -> Source:
        """Return where the model on show is from; as the lesson has it if it is from there."""
        if trace.names:
            leaves = {m.name: float(trace.data[m.start]) for m in trace.parameters}
            return Expression(trace.files[0].text, leaves)
        model, known = self._window.sessions.model, self._model
        if known is not None and known.model is model:
            return known.source
        losses = () if model.run is None else self._window.runs.losses(model.run, model.step - 1)
        return source_of(model.subject, model.title, losses)

    def _look(self, stop: Stop) -> None:
        """Move the camera to what a stop shows of the map."""
        map_view, trace = self._window.explore.map_view, self._window.session.trace
        layout = map_view.layout_shown
        if stop.frame is None or layout is None or trace is None:
            map_view.zoom_to_fit()
        else:
            map_view.look(camera_of(stop.frame, trace, layout, *map_view.view_size))


def _title(trace: Trace, cursor: int) -> str:
    """Return what a stop is called before somebody gives it a title."""
    what = trace.files[0].text if trace.document is None else trace.document.name
    return f"{what.splitlines()[0][:40]} at event {numbers.count(cursor)}"
