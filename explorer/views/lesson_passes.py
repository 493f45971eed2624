"""The passes of a lesson, made in the background one after another, the nearest stop first."""

from __future__ import annotations

from collections.abc import Callable, Set
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QObject, Signal

from explorer.debug.addresses import find_node
from explorer.debug.lessons.caption_text import Caption, write_caption
from explorer.debug.lessons.drawings import redraw, starts_of
from explorer.debug.lessons.facts import Facts
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.models import ModelError, subject_of
from explorer.debug.lessons.passes import PassKey, record_of, worth_keeping
from explorer.debug.lessons.sources import BuiltIn, Embedded, Source, unpack
from explorer.debug.lessons.states import make_what_if
from explorer.debug.lessons.stop import Stop
from explorer.debug.whatif import CannotChangeError, WhatIf
from explorer.trace.passes import Subject
from explorer.trace.trace import FloatArray
from explorer.views.background import Background, Report
from explorer.views.models import Model, untrained_model
from explorer.views.pass_loader import LoadedPass, load_trace

SHARE_OF_PASS = 0.9  # of the time that a pass and what belongs to it take


@dataclass(frozen=True, eq=False)
class LessonModel:
    """The model of some stops.

    Attributes
    ----------
    source : Source
        As the lesson has it.
    recording : Subject or None
        That passes are made with in the background; None for an expression.
    model : Model or None
        The same once more, for the window: passes that are made at the same time must not share
        their parameters.
    losses : float64 array
        Of its training; empty if they are not known.
    """

    source: Source
    recording: Subject | None
    model: Model | None
    losses: FloatArray


@dataclass(frozen=True, eq=False)
class Ready:
    """All that has to be computed before a stop can be shown at once.

    Attributes
    ----------
    caption : Caption
    what_if : WhatIf or None
    starts : tuple of int
        Where the random numbers of its drawing begin.
    """

    caption: Caption
    what_if: WhatIf | None = None
    starts: tuple[int, ...] = (0,)


@dataclass(frozen=True, eq=False)
class LessonPass:
    """A pass of a lesson.

    Attributes
    ----------
    loaded : LoadedPass
    of : LessonModel
    ready : dict of Stop to Ready
        For the stops that show it.
    """

    loaded: LoadedPass
    of: LessonModel
    ready: dict[Stop, Ready] = field(default_factory=dict)

    def ready_for(self, stop: Stop) -> Ready:
        """Return what belongs to a stop; computed now if it was edited since.

        Raises
        ------
        CannotChangeError
            Its what-if cannot be computed.
        """
        if stop not in self.ready:
            shown = None if self.of.model is None else self.of.model.subject
            self.ready[stop] = _prepare(stop, self.loaded, shown, self.of.losses)
        return self.ready[stop]

    def forget_all_but(self, stops: Set[Stop]) -> None:
        """Forget what belongs to stops that are not in the lesson any more."""
        for stop in [stop for stop in self.ready if stop not in stops]:
            del self.ready[stop]


class LessonPasses(QObject):
    """Keeps the passes that are worth it, and makes those that are missing.

    Only one is made at a time. One that fails is not tried again before its lesson is opened
    again.

    Parameters
    ----------
    built_in : callable
        Returns a model that comes with the program by its name.
    parent : QObject
    """

    made = Signal(object)  # a PassKey
    failed = Signal(object, str)  # a PassKey, and why, in a sentence
    progressed = Signal(float)  # how much is done of all that is wanted, 0 to 1

    _left = Signal()  # the thread that was given up has ended

    def __init__(self, built_in: Callable[[str], Embedded], parent: QObject) -> None:
        super().__init__(parent)
        self._built_in = built_in
        self._lesson = Lesson("")
        self._wanted: list[PassKey] = []
        self._passes: dict[PassKey, LessonPass] = {}
        self._problems: dict[PassKey, str] = {}
        self._models: dict[str, LessonModel] = {}
        self._job: Background | None = None
        self._making: PassKey | None = None
        self._given_up = self._has_left = False
        self._left.connect(self._go_on_after)

    def get(self, key: PassKey) -> LessonPass | None:
        """Return a pass; None if it is not made."""
        return self._passes.get(key)

    def problem(self, key: PassKey) -> str:
        """Return why a pass could not be made, in a sentence; empty if nothing is wrong."""
        return self._problems.get(key, "")

    @property
    def waiting(self) -> int:
        """How many passes are still to be made."""
        return sum(not self._is_settled(key) for key in self._wanted)

    def forget(self) -> None:
        """Forget all passes, and why some failed."""
        self._passes.clear()
        self._problems.clear()
        self._models.clear()

    def want(self, lesson: Lesson, at: int) -> None:
        """Make and keep the passes that a lesson needs around a stop, and no others."""
        changed = {
            key for key, source in self._lesson.models.items() if lesson.models.get(key) != source
        }
        for kept in (self._passes, self._problems):
            for key in [key for key in kept if key.model in changed]:
                del kept[key]
        for model in changed:
            self._models.pop(model, None)
        if lesson is not self._lesson:
            stops = set(lesson.stops)
            for made in self._passes.values():
                made.forget_all_but(stops)
        self._lesson = lesson
        self._wanted = worth_keeping(lesson, at)
        for key in [key for key in self._passes if key not in self._wanted]:
            del self._passes[key]
        urgent = self._next()
        if self._job is not None and (
            self._making not in self._wanted
            or self._making.model in changed
            or (urgent == self._wanted[0] and urgent != self._making)
        ):
            self._given_up = True
            self._job.cancel()
            if self._has_left:  # what it made was about to be told, and is not any more
                self._end()
        self._start()
        self._tell_progress()

    def close(self) -> None:
        """Give up what is being made, and begin nothing any more."""
        self._wanted = []
        if self._job is not None:
            self._given_up = True
            self._job.cancel()

    def wait(self) -> None:
        """Wait until the thread that was started last has ended."""
        if self._job is not None:
            self._job.wait()

    def _is_settled(self, key: PassKey) -> bool:
        return key in self._passes or key in self._problems

    def _next(self) -> PassKey | None:
        return next((key for key in self._wanted if not self._is_settled(key)), None)

    def _start(self) -> None:
        key = self._next()
        if self._job is not None or key is None:
            return
        source, known = self._lesson.models[key.model], self._models.get(key.model)
        stops = [s for s in self._lesson.stops if PassKey(s.model, s.state.name) == key]

        def work(report: Report) -> LessonPass:
            try:
                return _make(source, key.name, stops, known, self._built_in, report)
            finally:
                self._left.emit()

        self._making, self._given_up, self._has_left = key, False, False
        self._job = Background(work, f"lesson pass over {key.name}")
        self._job.done.connect(self._take)
        self._job.failed.connect(self._fail)
        self._job.progressed.connect(self._tell_progress)
        self._job.start()

    def _take(self, made: LessonPass) -> None:
        key = self._end()
        if key in self._wanted:
            self._models[key.model] = made.of
            self._passes[key] = made
            self.made.emit(key)
        self._go_on()

    def _fail(self, sentence: str) -> None:
        key = self._end()
        if key in self._wanted:
            self._problems[key] = sentence
            self.failed.emit(key, sentence)
        self._go_on()

    def _end(self) -> PassKey:
        assert self._making is not None
        key, self._making, self._job = self._making, None, None
        return key

    def _go_on_after(self) -> None:
        """Begin with what is more urgent than what was given up."""
        self._has_left = True
        if self._given_up and self._job is not None:
            self._end()
            self._go_on()

    def _go_on(self) -> None:
        self._start()
        self._tell_progress()

    def _tell_progress(self, share: float = 0.0) -> None:
        whole = len(self._wanted)
        done = whole - self.waiting + share
        self.progressed.emit(min(done / whole, 1.0) if whole else 1.0)


def _make(
    source: Source,
    name: str,
    stops: list[Stop],
    known: LessonModel | None,
    built_in: Callable[[str], Embedded],
    report: Report,
) -> LessonPass:
    """Make a pass with all that its stops need.

    Raises
    ------
    ValueError
        It can't be made.
    """
    of = known or _model_of(source, built_in)
    report(0.0)
    try:
        loaded = load_trace(
            lambda progress: record_of(source, of.recording, name, progress),
            lambda share: report(share * SHARE_OF_PASS),
        )
    except (ArithmeticError, ValueError) as error:
        raise ValueError(f"Its pass fails at once: {error}.") from None
    made = LessonPass(loaded, of)
    for stop in stops:
        report(SHARE_OF_PASS)
        with suppress(CannotChangeError):  # told when somebody goes there
            made.ready[stop] = _prepare(stop, loaded, of.recording, of.losses)
    return made


def _model_of(source: Source, built_in: Callable[[str], Embedded]) -> LessonModel:
    try:
        full = built_in(source.name) if isinstance(source, BuiltIn) else source
        recording, shown = subject_of(full, built_in), subject_of(full, built_in)
    except ModelError as error:
        sentence = str(error)
        raise ValueError(f"{sentence[:1].upper()}{sentence[1:]}.") from None
    losses = unpack(full.losses) if isinstance(full, Embedded) else np.zeros(0)
    model = None
    if shown is not None:
        model = untrained_model(shown)
        if isinstance(full, Embedded):
            model = Model(shown, full.title)
    return LessonModel(source, recording, model, losses)


def _prepare(stop: Stop, loaded: LoadedPass, subject: Subject | None, losses: FloatArray) -> Ready:
    """Compute the numbers of a stop's caption, and its what-if."""
    recorded, state = loaded.timeline, stop.state
    what_if = make_what_if(recorded, state)
    starts: tuple[int, ...] = (0,)
    generation = None
    if stop.drawing is not None and subject is not None:
        starts = starts_of(subject, stop.drawing)
        generation = redraw(subject, stop.drawing, starts)
    node = None if state.selection is None else find_node(recorded.trace, state.selection)
    facts = Facts(
        recorded if what_if is None else what_if.timeline,
        min(state.cursor, recorded.end),
        node,
        subject,
        losses,
        generation,
        what_if,
    )
    return Ready(write_caption(stop.caption, facts), what_if, starts)
