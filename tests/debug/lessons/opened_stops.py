"""The built-in lessons, opened: what each stop shows, and what its caption says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Reading
from explorer.debug.generation.generation import Generation
from explorer.debug.lessons.built_in import built_in_lessons, built_in_model
from explorer.debug.lessons.caption_text import Caption, write_caption
from explorer.debug.lessons.drawings import redraw, starts_of
from explorer.debug.lessons.facts import Facts
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.lesson_file import read_lesson
from explorer.debug.lessons.models import subject_of
from explorer.debug.lessons.passes import record_of
from explorer.debug.lessons.sources import BuiltIn, Source, unpack
from explorer.debug.lessons.states import make_what_if, restore_state
from explorer.debug.lessons.stop import Stop
from explorer.debug.session import Session
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray, Trace


@dataclass(frozen=True)
class OpenedStop:
    """A stop as the lecture hall sees it."""

    stop: Stop
    session: Session
    subject: Subject | None
    drawing: Generation | None
    caption: Caption

    @property
    def said(self) -> list[str]:
        """What was put into the caption."""
        return [piece.text for piece in self.caption.pieces if piece.is_number]

    @property
    def timeline(self) -> Timeline:
        timeline = self.session.timeline
        assert timeline is not None
        return timeline

    @property
    def trace(self) -> Trace:
        return self.timeline.trace

    @property
    def cursor(self) -> int:
        return self.session.cursor

    @property
    def selection(self) -> int:
        selection = self.session.selection
        assert selection is not None
        return selection

    @cached_property
    def anatomy(self) -> Anatomy:
        return Anatomy(self.trace)

    @property
    def reading(self) -> Reading:
        return Reading(self.timeline, self.cursor, self.anatomy)

    def is_computed(self, node: int) -> bool:
        return node < self.timeline.moment(self.cursor).computed


class Opener:
    """Opens stops of the built-in lessons; passes and models are kept."""

    def __init__(self) -> None:
        self._lessons: dict[int, Lesson] = {}
        self._subjects: dict[str, Subject | None] = {}
        self._passes: dict[tuple[str, str], Timeline] = {}
        self._stops: dict[tuple[int, int], OpenedStop] = {}

    def lesson(self, number: int) -> Lesson:
        if number not in self._lessons:
            self._lessons[number] = read_lesson(built_in_lessons()[number - 1])
        return self._lessons[number]

    def __call__(self, number: int, place: int) -> OpenedStop:
        """Return a stop of a lesson; both are counted from 1, as people do."""
        if (number, place) not in self._stops:
            self._stops[number, place] = self._open(self.lesson(number), place)
        return self._stops[number, place]

    def _open(self, lesson: Lesson, place: int) -> OpenedStop:
        stop = lesson.stops[place - 1]
        source = lesson.source(stop)
        subject, recorded = self._made(source, stop.state.name)
        session = Session()
        session.open(recorded)
        what_if = make_what_if(recorded, stop.state)
        restore_state(session, stop.state, what_if)
        drawing = None
        if stop.drawing is not None:
            assert subject is not None
            drawing = redraw(subject, stop.drawing, starts_of(subject, stop.drawing))
        shown = session.timeline
        assert shown is not None
        facts = Facts(
            shown,
            session.cursor,
            session.selection,
            subject,
            losses_of(source),
            drawing,
            what_if,
        )
        return OpenedStop(stop, session, subject, drawing, write_caption(stop.caption, facts))

    def _made(self, source: Source, name: str) -> tuple[Subject | None, Timeline]:
        key = repr(source)
        if key not in self._subjects:
            self._subjects[key] = subject_of(source, built_in_model)
        subject = self._subjects[key]
        if (key, name) not in self._passes:
            trace = record_of(source, subject, name, lambda share: None)
            self._passes[key, name] = Timeline(trace)
        return subject, self._passes[key, name]


def losses_of(source: Source) -> FloatArray:
    """Return the losses of the training of a model, as far as they are known."""
    return (
        unpack(built_in_model(source.name).losses) if isinstance(source, BuiltIn) else np.zeros(0)
    )
