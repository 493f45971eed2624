"""The lesson that is open, and where it stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.caption_text import Caption, Piece
from explorer.debug.lessons.draft import Draft
from explorer.debug.lessons.drawings import redraw
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.lesson_file import (
    MOST_STOPS,
    LessonFileError,
    read_lesson,
    save_lesson,
)
from explorer.debug.lessons.passes import PassKey
from explorer.debug.lessons.sources import Embedded, Source
from explorer.debug.lessons.states import restore_state
from explorer.debug.lessons.stop import Stop
from explorer.debug.session import Session
from explorer.debug.whatif import CannotChangeError
from explorer.trace.record import collector_off
from explorer.trace.trace import FloatArray
from explorer.views.lesson_passes import LessonPass, LessonPasses, Ready
from explorer.views.pass_loader import LoadedPass

UNTITLED = "New lesson"


class CannotRecordError(ValueError):
    """What is shown can't be a stop; the message is a sentence."""


class StopKeeper(Protocol):
    """The window, as a lesson sees it."""

    def show_pass(self, made: LessonPass) -> None:
        """Put a pass and its model on show; the session is as if it had just opened it."""

    def arrange(self, stop: Stop, ready: Ready) -> None:
        """Arrange the views as a stop has them; the session is in its state already."""

    def capture(self) -> tuple[Stop, Source]:
        """Return what is shown as a stop, and where its model is from.

        Raises
        ------
        CannotRecordError
            It can't be one.
        """


class Lectern(QObject):
    """A lesson, edited and shown stop by stop.

    Parameters
    ----------
    session : Session
    keeper : StopKeeper
    parent : QObject
    built_in : callable, optional
        Returns a model that comes with the program by its name.

    Attributes
    ----------
    path : Path or None
        The lesson's file; None if it has none yet, or is built in.
    """

    changed = Signal()  # another lesson is open, or it was edited or saved
    moved = Signal()  # another stop was gone to; its pass may still be in the making
    stop_shown = Signal()  # the session is in the stop's state
    progressed = Signal(float)  # how many of the passes that are wanted are made, 0 to 1
    told = Signal(str)  # a sentence; empty: nothing to say any more

    def __init__(
        self,
        session: Session,
        keeper: StopKeeper,
        parent: QObject,
        built_in: Callable[[str], Embedded] = built_in_model,
    ) -> None:
        super().__init__(parent)
        self._session, self._keeper = session, keeper
        self.path: Path | None = None
        self._draft: Draft | None = None
        self._shown: LessonPass | None = None
        self._ready: Ready | None = None
        self._waits = False  # for the pass of the stop that was gone to
        self.passes = LessonPasses(built_in, self)
        self.passes.made.connect(self._take)
        self.passes.failed.connect(self._fail)
        self.passes.progressed.connect(self.progressed)

    @property
    def lesson(self) -> Lesson | None:
        """The lesson that is open."""
        return None if self._draft is None else self._draft.lesson

    @property
    def at(self) -> int | None:
        """The stop that was gone to last; None before the first."""
        return None if self._draft is None else self._draft.at

    @property
    def stop(self) -> Stop | None:
        """The stop that was gone to last."""
        return None if self._draft is None else self._draft.stop

    @property
    def is_ready(self) -> bool:
        """Whether the stop is shown, rather than waiting for its pass."""
        return self.stop is not None and not self._waits

    @property
    def caption(self) -> Caption:
        """The caption of the stop with its numbers; without them as long as they are not known."""
        if self._ready is not None:
            return self._ready.caption
        return Caption(() if self.stop is None else (Piece(self.stop.caption),))

    @property
    def loaded(self) -> LoadedPass | None:
        """The pass of the stop, with its map and colours; None if it is not made."""
        return None if self._shown is None else self._shown.loaded

    @property
    def losses(self) -> FloatArray | None:
        """The losses of the training of the stop's model; empty if they are not known."""
        return None if self._shown is None else self._shown.of.losses

    @property
    def is_edited(self) -> bool:
        """Whether there are changes that are not saved."""
        return self._draft is not None and self._draft.is_edited

    @property
    def can_undo(self) -> bool:
        """Whether there is an edit to take back."""
        return self._draft is not None and self._draft.can_undo

    def generation(self) -> Generation | None:
        """Return the name that is made up at the stop, as the stop has it; None if none is."""
        stop, shown, ready = self.stop, self._shown, self._ready
        if stop is None or stop.drawing is None or shown is None or ready is None:
            return None
        if shown.of.model is None:
            return None
        return redraw(shown.of.model.subject, stop.drawing, ready.starts)

    # Lessons

    def open(self, lesson: Lesson, path: Path | None = None) -> None:
        """Open a lesson, and begin to make its passes; no stop is shown before `go`."""
        self._draft, self.path, self._waits = Draft(lesson), path, False
        self._leave()
        self.passes.forget()
        self.passes.want(lesson, 0)
        self.changed.emit()
        self.moved.emit()

    def new(self) -> None:
        """Begin a lesson without stops."""
        self.open(Lesson(UNTITLED))

    def open_file(self, path: Path, is_built_in: bool = False) -> bool:
        """Open the lesson of a file; if it can't be opened, say why and change nothing.

        Parameters
        ----------
        path : Path
        is_built_in : bool
            Whether saving it shall ask for another file.
        """
        try:
            lesson = read_lesson(path)
        except LessonFileError as error:
            self.told.emit(f"The lesson was not opened: {error}.")
            return False
        self.told.emit("")
        self.open(lesson, None if is_built_in else path)
        return True

    def save(self, path: Path | None = None) -> bool:
        """Save the lesson in its file, or in another one, which is its file from then on."""
        path = path or self.path
        if self._draft is None or path is None:
            return False
        try:
            save_lesson(path, self._draft.lesson)
        except OSError as error:
            self.told.emit(f"The lesson was not saved: {error}.")
            return False
        self._draft.settle()
        self.path = path
        self.told.emit(f"The lesson is in {path}.")
        self.changed.emit()
        return True

    def forget_changes(self) -> None:
        """Take the lesson as it is for saved: nobody minds that it is closed."""
        if self._draft is not None:
            self._draft.settle()

    def close(self) -> None:
        """Begin nothing any more."""
        self.passes.close()

    # Stops

    def go(self, at: int) -> None:
        """Show a stop as soon as its pass is made; that is at once for those that are near."""
        draft = self._draft
        if draft is None or not 0 <= at < len(draft.lesson.stops):
            return
        draft.at, self._waits = at, True
        self._leave()
        self.passes.want(draft.lesson, at)
        self.moved.emit()
        self._show()

    def turn(self, direction: int) -> None:
        """Show the next (1) or the previous (-1) stop; at the ends, stay."""
        at = None if self._draft is None else self._draft.turned(direction)
        if at is not None:
            self.go(at)

    def can_turn(self, direction: int) -> bool:
        """Return whether there is a next (1) or a previous (-1) stop."""
        return self._draft is not None and self._draft.turned(direction) is not None

    def go_again(self) -> None:
        """Show the stop once more as it is, whatever was done since."""
        if self.at is not None:
            self.go(self.at)

    # Edits

    def record(self) -> None:
        """Add what is shown as a stop after the one that was gone to last."""
        captured = self._capture()
        if captured is None:
            return
        if self._draft is None:
            self.new()
        assert self._draft is not None
        if len(self._draft.lesson.stops) >= MOST_STOPS:
            self.told.emit(f"A lesson has at most {MOST_STOPS} stops.")
        else:
            self.edit(lambda draft: draft.insert(*captured))

    def replace_stop(self, at: int) -> None:
        """Let a stop be what is shown; its texts and its place in the lesson stay."""
        captured = self._capture()
        if captured is not None:
            self.edit(lambda draft: draft.replace(at, *captured))

    def rewrite(self, at: int, **changes: object) -> None:
        """Give a stop another title, caption, notes or view; the caption must be well-formed."""
        self.edit(lambda draft: draft.rewrite(at, **changes))

    def rename(self, title: str, summary: str) -> None:
        """Give the lesson another title and summary."""
        self.edit(lambda draft: draft.rename(title, summary))

    def move(self, at: int, to: int) -> None:
        """Put a stop at another place among the others."""
        self.edit(lambda draft: draft.move(at, to))

    def remove(self, at: int) -> None:
        """Take a stop away."""
        self.edit(lambda draft: draft.remove(at))

    def undo(self) -> None:
        """Take the last edit back."""
        self.edit(Draft.undo)

    def edit(self, change: Callable[[Draft], None]) -> None:
        """Change the lesson; what is shown stays."""
        draft = self._draft
        if draft is None:
            return
        before = draft.lesson
        change(draft)
        if draft.lesson is not before:
            self.passes.want(draft.lesson, draft.at or 0)
            self._note_ready()
            self.changed.emit()
            self.moved.emit()

    def _capture(self) -> tuple[Stop, Source] | None:
        try:
            return self._keeper.capture()
        except CannotRecordError as error:
            self.told.emit(str(error))
            return None

    # Showing

    def _leave(self) -> None:
        self._shown = self._ready = None

    def _note_ready(self) -> None:
        """Take over what is known of the stop; its caption may be another one."""
        self._leave()
        stop = self.stop
        made = None if stop is None else self.passes.get(PassKey(stop.model, stop.state.name))
        if stop is None or made is None:
            return
        try:
            self._shown, self._ready = made, made.ready_for(stop)
        except CannotChangeError:
            self._leave()

    def _show(self) -> None:
        """Show the stop that was gone to, if its pass is made."""
        stop = self.stop
        if stop is None or not self._waits:
            return
        key = PassKey(stop.model, stop.state.name)
        made, problem = self.passes.get(key), self.passes.problem(key)
        if made is None and not problem:
            return
        self._waits = False
        if made is not None:
            try:
                ready = made.ready_for(stop)
            except CannotChangeError as error:
                problem = str(error)
        if made is None or problem:
            self.told.emit(f"Stop {(self.at or 0) + 1} can’t be shown. {problem}")
            return
        self._shown, self._ready = made, ready
        with collector_off():  # views make thousands of objects, and nobody shall wait for it
            self._keeper.show_pass(made)
            restore_state(self._session, stop.state, ready.what_if)
            self._keeper.arrange(stop, ready)
            self.stop_shown.emit()

    def _take(self, key: PassKey) -> None:
        if self._waits:
            self._show()
        else:
            self._note_ready()

    def _fail(self, key: PassKey, sentence: str) -> None:
        self._show()
