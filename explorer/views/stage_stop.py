"""A stop of a lesson, as the stage shows it."""

from __future__ import annotations

from dataclasses import dataclass, field

from explorer.debug.anatomy.reading import Place
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.caption_text import Caption
from explorer.debug.lessons.drawings import bring_back
from explorer.debug.lessons.passes import PassKey
from explorer.debug.lessons.stop import Frame, StageView, Stop
from explorer.debug.positions import chance_loss
from explorer.runs.training import Training
from explorer.trace.trace import FloatArray
from explorer.views.lectern import Lectern
from explorer.views.lesson_passes import LessonPass
from explorer.views.pass_loader import LoadedPass


@dataclass(frozen=True, eq=False)
class StageStop:
    """A stop of a lesson, as the stage shows it.

    Attributes
    ----------
    title, caption : str
        The latter as HTML.
    view : StageView
    place : Place
    frame : Frame or None
        What is seen of the map; None for all.
    hops : int
    folds : bool
        Of the neighbourhood.
    training : Training or None
    generation : Generation or None
    """

    title: str
    caption: str
    view: StageView
    place: Place = field(default_factory=Place)
    frame: Frame | None = None
    hops: int = 2
    folds: bool = True
    training: Training | None = None
    generation: Generation | None = None

    @staticmethod
    def of(lectern: Lectern, on_page: Generation | None) -> StageStop:
        """Return the stop that a lectern stands at.

        Parameters
        ----------
        lectern : Lectern
        on_page : Generation or None
            What the page of generation shows; the stop has brought it into its own state.
        """
        assert lectern.stop is not None
        return _stage_stop(
            lectern.stop, lectern.caption, lectern.losses, lectern.loaded,
            _made_up_at(lectern, on_page),
        )  # fmt: skip

    @staticmethod
    def with_pass(stop: Stop, made: LessonPass) -> StageStop:
        """Return a stop at which no lectern stands; no name is made up.

        Raises
        ------
        CannotChangeError
            Its what-if cannot be computed.
        """
        return _stage_stop(stop, made.ready_for(stop).caption, made.of.losses, made.loaded, None)


def _stage_stop(
    stop: Stop,
    caption: Caption,
    losses: FloatArray | None,
    loaded: LoadedPass | None,
    made_up: Generation | None,
) -> StageStop:
    training = None
    if losses is not None and len(losses) and loaded is not None:
        training = Training(losses, chance_loss(loaded.timeline.trace), len(losses))
    return StageStop(
        stop.title, caption.html, stop.view, stop.place, stop.frame, stop.hops, stop.folds,
        training, made_up,
    )  # fmt: skip


def _made_up_at(lectern: Lectern, on_page: Generation | None) -> Generation | None:
    """Return the name that is made up at a stop; to draw it once more would take 100 ms."""
    stop = lectern.stop
    if stop is None or stop.drawing is None:
        return None
    return lectern.generation() if on_page is None else on_page


def read_next(lectern: Lectern, shown: Generation) -> None:
    """Let the model on show read the name that is made up at the next stop, before it is asked for.

    Parameters
    ----------
    lectern : Lectern
    shown : Generation
        That will show it.
    """
    if lectern.lesson is None or lectern.at is None:
        return
    stop = next(iter(lectern.lesson.stops[lectern.at + 1 :]), None)
    if stop is None or stop.drawing is None:
        return
    made = lectern.passes.get(PassKey(stop.model, stop.state.name))
    if made is not None and made.of.model and made.of.model.subject is shown.subject:
        bring_back(shown.scout(), stop.drawing, made.ready_for(stop).starts)
