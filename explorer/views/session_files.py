"""Saving sessions in files, and opening them."""

from __future__ import annotations

from dataclasses import asdict, astuple
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from explorer.debug.names import check_name
from explorer.debug.pass_state import restore_pass
from explorer.debug.positions import is_of_draws
from explorer.debug.session import Session
from explorer.debug.session_file import (
    SavedModel,
    SessionFileError,
    SessionState,
    capture,
    read_session,
    save_session,
)
from explorer.layout.camera import Camera
from explorer.runs.desk import RunDesk
from explorer.trace.passes import Subject, digest, untrained
from explorer.views.map_view import MapView
from explorer.views.models import Model, model_of, untrained_model
from explorer.views.pass_loader import PassLoader
from explorer.views.session_dialogs import SessionDialog
from microgpt import Config


class SessionFiles(QObject):
    """Asks for files, writes and reads them, and has the pass of an opened one made.

    Parameters
    ----------
    session : Session
    loader : PassLoader
    subject : Subject
        The model at first.
    runs : RunDesk
        Where models of runs are from.
    parent : QWidget

    Attributes
    ----------
    map_view : MapView
        Whose camera belongs to a session. It is given before anything else is asked for.
    model : Model
        That of the pass on show.
    untrained : Model
    """

    map_view: MapView

    writing = Signal()  # the model on show has to be known now
    told = Signal(str)  # a sentence for the person; empty: nothing to say any more

    def __init__(
        self,
        session: Session,
        loader: PassLoader,
        subject: Subject,
        runs: RunDesk,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._runs = runs
        self._session, self._loader = session, loader
        self._window = parent
        self._folder = Path.home()
        self._opening: tuple[Model, SessionState | None] | None = None
        self.model = self.untrained = untrained_model(subject)

    @property
    def subject(self) -> Subject:
        """The model of the pass on show."""
        return self.model.subject

    def ask_where_to_save(self) -> None:
        """Ask where to save the session, and save it."""
        trace = self._session.trace
        if self._refuses():
            self.told.emit(self._refuses())
        elif trace is not None and trace.document is not None:
            file = self._folder / f"session-{trace.document.name}.json"
            self._ask(file, saves=True).chosen.connect(self.write)

    def ask_what_to_open(self) -> None:
        """Ask for a saved session, and open it."""
        self._ask(self._folder / "session.json", saves=False).chosen.connect(self.read)

    def write(self, path: Path) -> None:
        """Save the session in a file, and tell how that went."""
        self.writing.emit()
        if self._refuses():
            self.told.emit(self._refuses())
            return
        view = self.map_view
        camera = None if view.shows_all else astuple(view.camera)
        try:
            save_session(path, capture(self._session, camera, self._saved_model()))
        except OSError as error:
            self.told.emit(f"The session was not saved: {error}.")
        else:
            self._folder = path.parent
            self.told.emit(f"The session is in {path}.")

    def read(self, path: Path) -> None:
        """Open a session file; if it can't be opened, say why and change nothing."""
        try:
            state = read_session(path)
            model = self._model_for(state)
        except (OSError, ValueError) as error:
            self.told.emit(f"The session was not opened: {error}.")
            return
        self.told.emit("")
        self._folder = path.parent
        self._open(model, state.name, state)

    def use(self, model: Model, name: str) -> None:
        """Make a pass with another model; it is the model on show once the pass is made."""
        self._open(model, name, None)

    def use_alike(self, model: Model, name: str) -> None:
        """Make the pass on show with another model; moment, selection and marks stay."""
        view = self.map_view
        camera = None if view.shows_all else astuple(view.camera)
        self._open(model, name, capture(self._session, camera))

    def adopt(self, model: Model) -> None:
        """Take over the model of the pass on show, which was made elsewhere."""
        self.model = model
        if self._opening is None:
            self._loader.use(model.subject)

    def finish_opening(self) -> bool:
        """Take over the model whose pass is on show now, and the state of its file if it has one.

        Returns
        -------
        bool
            Whether a file or a model was being opened.
        """
        opening, self._opening = self._opening, None
        if opening is None:
            return False
        self.model, state = opening
        if state is not None:
            restore_pass(self._session, state)
        if state is not None and state.camera is not None:
            self.map_view.look_again(Camera(*state.camera))
        return True

    def give_up(self) -> None:
        """Go back to the model on show, if the pass of an opened file was not made."""
        if self._opening is not None:
            self._opening = None
            self._loader.use(self.subject)

    def _refuses(self) -> str:
        """Return why the session can't be saved, in a sentence; empty if it can."""
        trace, model = self._session.trace, self.model
        if trace is not None and is_of_draws(trace):
            return (
                "The session was not saved: a session file names a pass by its letters, and this "
                "one reads what was drawn."
            )
        if trace is not None and trace.document is None:
            return (
                "The session was not saved: a session file names a pass by its letters, and this "
                "is a formula. A stop of a lesson can hold it."
            )
        if model.run is None and model.subject.documents_file is None:
            return (
                "The session was not saved: its model belongs to a lesson. A stop of a lesson can "
                "hold it."
            )
        return ""

    def _open(self, model: Model, name: str, state: SessionState | None) -> None:
        self._loader.cancel()
        self._opening = model, state
        self._loader.use(model.subject)
        self._loader.load(name)

    def _saved_model(self) -> SavedModel | None:
        """Return what is to be saved of a model of a run; None for one that can be made anew."""
        model, recorded = self.model, self._session.recorded
        if model.run is None or recorded is None:
            return None
        parameters = recorded.trace.data[: recorded.trace.leaves]
        return SavedModel(model.run, model.run_name, model.step, digest(parameters))

    def _model_for(self, state: SessionState) -> Model:
        """Return the model of a session.

        Raises
        ------
        SessionFileError
            It was made with another vocabulary, its run is not there, or is another one, or its
            name can't be read.
        """
        model = self._untrained(state) if state.model is None else self._of_run(state.model)
        subject = model.subject
        check = check_name(state.name, subject.tokenizer, subject.positions_limit)
        if check.name != state.name:
            raise SessionFileError(f"its name “{state.name}” can't be read by the model")
        return model

    def _untrained(self, state: SessionState) -> Model:
        subject = self.untrained.subject
        if state.letters != "".join(subject.tokenizer.letters):
            raise SessionFileError(
                f"it was made with another vocabulary than that of {subject.documents_file}"
            )
        if (state.config, state.seed) != (asdict(subject.model.config), subject.seed):
            subject = untrained(Config(**state.config), state.seed, subject.documents_file)
        return untrained_model(subject)

    def _of_run(self, saved: SavedModel) -> Model:
        what = f"its model is step {saved.step} of run “{saved.run_name}”"
        self._runs.refresh()
        record = self._runs.record_of(saved.run)
        if record is None:
            raise SessionFileError(f"{what}, which is not among the runs of this computer")
        if saved.step > record.steps_done + 1:
            raise SessionFileError(f"{what}, which has come to step {record.steps_done} only")
        found = model_of(self._runs, saved.run, saved.step)
        if found is None:
            raise SessionFileError(f"{what}, which cannot be read")
        model, _ = found
        parameters = np.array([p.data for p in model.subject.model.parameters()])
        if digest(parameters) != saved.parameters_sha256:
            raise SessionFileError(f"{what}, but run {saved.run} has other parameters there")
        return model

    def _ask(self, suggestion: Path, saves: bool) -> SessionDialog:
        dialog = SessionDialog(self._window, suggestion, saves)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog
