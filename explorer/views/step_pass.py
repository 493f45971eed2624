"""The pass of one name at the step that the page of runs shows."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from explorer.debug.names import check_name
from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.runs.step_passes import Replays
from explorer.views.live_steps import LiveSteps, Step
from explorer.views.pass_loader import LoadedPass, PassLoader

USUAL_NAME = "emma"


class StepPass(QObject):
    """Has the pass made, and follows the steps; whatever it is looked at with.

    Parameters
    ----------
    desk : RunDesk
    replays : Replays

    Attributes
    ----------
    session : Session
        Its own: what is selected in the debugger has nothing to do with it.
    live : LiveSteps
    name : str
        Whose pass it is, or will be.
    loaded : LoadedPass or None
        What there is to show.
    """

    told = Signal(str)
    opened = Signal()  # another pass
    other_end = Signal()  # the same one, with an update at its end or without
    ended = Signal()  # the last pass is made, or cannot be

    def __init__(self, desk: RunDesk, replays: Replays) -> None:
        super().__init__()
        self._desk = desk
        self._run: int | None = None  # the one that the pass on show, or under way, is of
        self._loading: Step | None = None
        self._loader: PassLoader | None = None
        self.name = USUAL_NAME
        self.loaded: LoadedPass | None = None
        self.session = Session()
        self.live = LiveSteps(self.session, desk, replays, self)
        self.live.reopened.connect(self._take_other_end)
        self.live.slow.connect(self._record)
        self.live.told.connect(self.told)

    def take_step(self) -> None:
        """Make the pass of the step that the desk shows."""
        run, number = self._desk.current, max(self._desk.step, 1)
        if run is None:
            self._run = None
        elif run != self._run:
            self._run = run
            self._record(run, number)
        elif self._loading is None:
            self.live.ask(number)

    def take_name(self, typed: str) -> str | None:
        """Make the pass of a name as it was typed.

        Returns
        -------
        str or None
            What there is to say about it, perhaps nothing; None if no run is shown.
        """
        run, number = self._desk.current, max(self._desk.step, 1)
        found = None if run is None else self._desk.subject(run, number)
        if run is None or found is None:
            return None
        check = check_name(typed, found[0].tokenizer, found[0].positions_limit)
        if check.name is not None:
            self.name = check.name
            self._record(run, number)
        return check.message

    def close_down(self) -> None:
        """Give up the pass under way."""
        if self._loader is not None:
            self._loader.cancel()

    @property
    def is_loading(self) -> bool:
        """Whether a pass is being recorded."""
        return self._loading is not None

    def _record(self, run: int, number: int) -> None:
        """Record the pass of a step: the first one, or where replay cannot be used."""
        found = self._desk.subject(run, number)
        if found is None:
            return
        subject, document = found
        if subject.tokenizer.unknown(self.name):
            self.name = document
        self._loading = Step(run, number)
        if self._loader is None:
            self._loader = PassLoader(subject, self)
            self._loader.loaded.connect(self._open)
            self._loader.failed.connect(self.told)
            self._loader.ended.connect(self._end)
        self._loader.use(subject)
        self._loader.load(self.name)

    def _open(self, loaded: LoadedPass) -> None:
        shown = self.session.recorded
        if shown is not None and shown.trace.nodes == loaded.timeline.trace.nodes:
            self.session.open_again(loaded.timeline)
        else:
            self.session.open(loaded.timeline)
        self.loaded = loaded
        self.opened.emit()
        self.live.follow(loaded, self._loading)

    def _end(self) -> None:
        self._loading = None
        self.ended.emit()

    def _take_other_end(self, loaded: LoadedPass) -> None:
        self.session.open_again(loaded.timeline)
        self.loaded = loaded
        self.other_end.emit()
