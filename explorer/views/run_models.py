"""The models that passes are made with: untrained, or that of any step of a run."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.views.live_steps import LiveSteps, Step
from explorer.views.models import model_of, step_title
from explorer.views.pass_loader import LoadedPass
from explorer.views.session_files import SessionFiles

FALLBACK_NAME = "emma"  # if there is no name yet
AT_REST = 200  # milliseconds after the last step, before its model is made


class RunModels(QObject):
    """Opens models of runs, and keeps the model in step with the pass that is shown.

    While a slider goes through steps, only the numbers of the pass are made. The model itself,
    which the next name is run with, follows when the slider rests, or when it is needed.

    Parameters
    ----------
    session : Session
    runs : RunDesk
    sessions : SessionFiles
        Has passes made.
    live : LiveSteps
    parent : QObject
    """

    opening = Signal()  # a pass is about to be made
    shown = Signal(str, str)  # the title of the model on show, and a short one
    settled = Signal(object)  # the Model of the step at which the slider has come to rest

    def __init__(
        self,
        session: Session,
        runs: RunDesk,
        sessions: SessionFiles,
        live: LiveSteps,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._session, self._runs = session, runs
        self._sessions, self._live = sessions, live
        self._rest = QTimer(self)
        self._rest.setSingleShot(True)
        self._rest.setInterval(AT_REST)
        self._rest.timeout.connect(self.settle)
        live.changed.connect(self._follow_step)
        live.slow.connect(self._record_step)
        sessions.writing.connect(self.settle)

    def open_step(self, run: int, step: int) -> None:
        """Make the pass of a step of a run, with the model as it was before that step."""
        self._open(run, step, None)

    def open_latest(self, run: int) -> None:
        """Make the pass on show again with the model that a run has come to."""
        record = self._runs.record_of(run)
        if record is not None:
            self._open(run, record.steps_done + 1, self._name)

    def open_untrained(self) -> None:
        """Make the pass on show again with the model before any training."""
        untrained, name = self._sessions.untrained, self._name or FALLBACK_NAME
        if untrained.subject.tokenizer.unknown(name):
            name = untrained.subject.tokenizer.letters[0]
        self.opening.emit()
        self._sessions.use(untrained, name)

    def open_name(self, name: str, run: int | None, step: int) -> None:
        """Make the pass of a name with the model before a step of a run; without one, untrained."""
        if run is not None:
            self._open(run, step, name)
        else:
            self.opening.emit()
            self._sessions.use(self._sessions.untrained, name)

    def follow(self, loaded: LoadedPass) -> None:
        """Take over the pass that the session has opened."""
        model = self._sessions.model
        self._rest.stop()
        trace = loaded.timeline.trace
        # A forward pass alone is no step of a training: there is nothing to go through.
        is_step = trace.loss is not None or trace.failure is not None
        step = None if model.run is None or not is_step else Step(model.run, model.step)
        self._live.follow(loaded, step)

    def settle(self) -> None:
        """Let the model be that of the step on show, and look anew for what depends on numbers."""
        self._session.settle()
        self._rest.stop()
        step = self._live.step
        if step is None or self._is_settled(step):
            return
        found = model_of(self._runs, step.run, step.number)
        if found is not None:
            self._sessions.adopt(found[0])
            self.settled.emit(found[0])

    def close_down(self) -> None:
        """Leave the model as it is: the file of runs is about to be closed."""
        self._rest.stop()

    @property
    def _name(self) -> str | None:
        trace = self._session.trace
        return trace.document.name if trace is not None and trace.document else None

    def _is_settled(self, step: Step) -> bool:
        model = self._sessions.model
        return (model.run, model.step) == (step.run, step.number)

    def _follow_step(self) -> None:
        step, record = self._live.step, self._live.record
        if step is None or record is None or self._is_settled(step):
            return
        title = step_title(record, step.number)
        self.shown.emit(f"run “{record.name}” · {title}", title)
        self._rest.start()

    def _record_step(self, run: int, step: int) -> None:
        """Record the pass on show once more with the model of a step."""
        found = model_of(self._runs, run, step)
        if found is not None and self._name is not None:
            self._sessions.use_alike(found[0], self._name)

    def _open(self, run: int, step: int, name: str | None) -> None:
        """Open the model before a step; without a name, or if it can't read it, on its document."""
        found = model_of(self._runs, run, step)
        if found is not None:
            model, document = found
            if name is None or model.subject.tokenizer.unknown(name):
                name = document
            self.opening.emit()
            self._sessions.use(model, name)
