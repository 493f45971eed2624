"""The pass of a session at any step of a run, as fast as one can drag a slider."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.debug.contrast import Contrast
from explorer.debug.session import Colour, Session
from explorer.runs.desk import Comparison, RunDesk
from explorer.runs.step_passes import Replays, StepPassError, StepPasses
from explorer.runs.store import RunRecord
from explorer.trace.timeline import Timeline
from explorer.views.background import Background
from explorer.views.map_colours import COMPARED, MapColours
from explorer.views.models import step_title
from explorer.views.pass_loader import LoadedPass

LONGEST_NAME = 18  # letters of a run's name beside that of another one
AT_REST = 250  # milliseconds without another step, before a pass is recorded for it


@dataclass(frozen=True)
class Step:
    """A moment of a training: the model as it was before a step of a run.

    Attributes
    ----------
    run : int
    number : int
        The first one is 1. One after the last that is done is the model as it is now.
    """

    run: int
    number: int


class LiveSteps(QObject):
    """Replays the pass on show with the parameters of the step that is asked for.

    Nothing but numbers changes: events, moment, selection and camera stay. Only the newest wish is
    fulfilled; a slider that moves faster than passes are made skips steps. Where replay cannot be
    used, the pass has to be recorded, once the slider rests.

    Parameters
    ----------
    session : Session
    runs : RunDesk
    replays : Replays
    parent : QObject

    Attributes
    ----------
    step : Step or None
        Of the pass on show; None if its model is not of a run.
    problem : str
        Why steps have to be recorded: a sentence; empty if they don't.
    comparison : Comparison or None
        What the shown step is compared with.
    """

    changed = Signal()  # another step, or it is known now how steps are made
    compared = Signal()  # with something else
    reopened = Signal(object)  # a LoadedPass of the same nodes, with other events at its end
    slow = Signal(int, int)  # run and step that have to be recorded
    told = Signal(str)

    def __init__(self, session: Session, runs: RunDesk, replays: Replays, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._runs, self._replays = session, runs, replays
        self.step: Step | None = None
        self.problem = ""
        self.comparison: Comparison | None = None
        self._loaded: LoadedPass | None = None
        self._passes: StepPasses | None = None
        self._job: Background | None = None
        self._other: tuple[Step, Timeline] | None = None
        self._wanted = 0
        self._soon, self._rest = QTimer(self), QTimer(self)
        for timer, wait, run in ((self._soon, 0, self._show), (self._rest, AT_REST, self._record)):
            timer.setSingleShot(True)
            timer.setInterval(wait)
            timer.timeout.connect(run)

    @property
    def is_ready(self) -> bool:
        """Whether steps are shown at once."""
        return self._passes is not None

    @property
    def record(self) -> RunRecord | None:
        """The run."""
        return None if self.step is None else self._runs.record_of(self.step.run)

    @property
    def last(self) -> int:
        """The last step that can be shown."""
        record = self.record
        return 1 if record is None else record.steps_done + 1

    def follow(self, loaded: LoadedPass, step: Step | None) -> None:
        """Take over the pass that the session has opened, and get ready for other steps of it."""
        mine = self._passes is not None and _same_nodes(self._passes.recorded, loaded.timeline)
        self._soon.stop()
        self._rest.stop()
        self._loaded, self.step = loaded, step
        if not (mine and step is not None):
            self._forget()
            if step is not None:
                self._prepare(loaded.timeline)
        self.changed.emit()
        if self.is_ready:
            self._compare_again()

    def ask(self, number: int) -> None:
        """Show another step as soon as there is time for it; a later wish takes its place."""
        if self.step is not None:
            self._wanted = min(max(number, 1), self.last)
            self._soon.start()

    def show_now(self) -> None:
        """Show what was asked for without waiting for time."""
        self._soon.stop()
        self._show()

    def move(self, by: int) -> None:
        """Go some steps on, or back, from the one that was asked for last."""
        if self.step is not None:
            waits = self._soon.isActive() or self._rest.isActive() or self._job is not None
            self.ask((self._wanted if waits and self._wanted else self.step.number) + by)

    def compare(self, comparison: Comparison | None) -> None:
        """Colour by the difference to another step or run; None: no longer."""
        self.comparison = comparison
        if comparison is not None and self._session.colour not in COMPARED:
            self._session.set_colour(Colour.DATA)  # other colours show no difference
        self._compare_again()
        self.compared.emit()

    def wait(self) -> None:
        """Wait until the work off the window's thread has ended."""
        if self._job is not None:
            self._job.wait()

    def _forget(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job = self._passes = self._other = None
        self._wanted, self.problem = 0, ""

    def _prepare(self, recorded: Timeline) -> None:
        self._job = Background(lambda report: self._replays.prepare(recorded), "replay of steps")
        self._job.done.connect(self._take)
        self._job.failed.connect(self._give_up)
        self._job.start()

    def _take(self, passes: StepPasses) -> None:
        self._job, self._passes = None, passes
        self.changed.emit()
        if self._wanted:
            self._show()
        else:
            self._compare_again()

    def _give_up(self, sentence: str) -> None:
        self._job, self.problem = None, sentence
        self.changed.emit()
        if self._wanted:
            self._rest.start()

    def _show(self) -> None:
        """Show the step that was asked for."""
        step, passes = self.step, self._passes
        if step is None or self._job is not None:  # it is shown once replay is ready
            return
        wanted = Step(step.run, self._wanted)
        if wanted == step:
            return
        if passes is None:
            self._rest.start()
            return
        try:
            timeline = self._timeline(passes, wanted)
        except StepPassError:  # recorded, it ends where it fails
            self._rest.start()
            return
        if timeline is None:
            return
        self.step = wanted
        contrast = self._contrast(timeline)
        shown, loaded = self._session.timeline, self._loaded
        if shown is not None and loaded is not None and shown.end != timeline.end:
            colours = MapColours(timeline)
            self.reopened.emit(LoadedPass(timeline, loaded.layout, loaded.flows, colours))
            self._session.show_contrast(contrast)
        else:
            self._session.show_model(timeline, contrast, moving=True)
        self.changed.emit()

    def _record(self) -> None:
        if self.step is not None and self._wanted != self.step.number:
            self.slow.emit(self.step.run, self._wanted)

    def _timeline(self, passes: StepPasses, step: Step) -> Timeline | None:
        """Return the pass at a step; None, with a sentence, if the step cannot be had."""
        record, state = (
            self._runs.record_of(step.run),
            self._runs.matrices(step.number - 1, step.run),
        )
        if record is None or state is None:
            return None
        return passes.before(state, record.settings)

    def _compare_again(self) -> None:
        timeline = self._session.recorded
        if timeline is not None:
            self._session.show_contrast(self._contrast(timeline))

    def _contrast(self, shown: Timeline) -> Contrast | None:
        """Return what the shown pass is compared with; None, with a sentence if there is a why."""
        wish, step, passes = self.comparison, self.step, self._passes
        record = None if wish is None else self._runs.record_of(wish.run)
        if wish is None or record is None or step is None or passes is None:
            return None
        number = min(step.number if wish.step is None else wish.step, record.steps_done + 1)
        other = Step(record.id, number)
        timeline = self._timeline_of_other(passes, other, record)
        mine = self.record
        if timeline is None or mine is None:
            return None
        titles = step_title(mine, step.number), step_title(record, number)
        if mine.id != record.id:
            titles = f"{_short(mine)} {titles[0]}", f"{_short(record)} {titles[1]}"
        return Contrast(timeline, *titles)

    def _timeline_of_other(
        self, passes: StepPasses, other: Step, record: RunRecord
    ) -> Timeline | None:
        if self._other is not None and self._other[0] == other:
            return self._other[1]
        shape = self._runs.shape(other.run)
        if shape is None:
            return None
        if not passes.fits(shape.config, shape.letters):
            self.told.emit(
                f"The map cannot be compared with run “{record.name}”: its model has another "
                "shape or other letters."
            )
            return None
        try:
            timeline = self._timeline(passes, other)
        except StepPassError as error:
            self.told.emit(f"Run “{record.name}”, {step_title(record, other.number)}: {error}")
            return None
        if timeline is not None:
            self._other = other, timeline
        return timeline


def _short(record: RunRecord) -> str:
    """Return the name of a run where there is little room."""
    name = record.name
    return f"“{name}”" if len(name) <= LONGEST_NAME else f"“{name[: LONGEST_NAME - 1]}…”"


def _same_nodes(one: Timeline, other: Timeline) -> bool:
    """Return whether two passes differ in their numbers alone, or in their update."""
    return one.trace.child is other.trace.child
