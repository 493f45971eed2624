"""Passes of a lesson in the background: one at a time, the most urgent first, none left hanging."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import asdict

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.passes import PassKey
from explorer.debug.lessons.sources import Expression, Untrained
from explorer.debug.lessons.stop import Stop, StopState
from explorer.views import lesson_passes
from explorer.views.background import Background
from explorer.views.lesson_passes import LessonPasses
from microgpt import Config

PATIENCE = 60_000  # milliseconds
TINY = Untrained(asdict(Config(n_embd=4, n_head=1, block_size=4)))


def lesson_of(*names: str, caption: str = "") -> Lesson:
    stops = tuple(
        Stop(title=name, model="m", caption=caption, state=StopState(cursor=9, name=name))
        for name in names
    )
    return Lesson("x", stops=stops, models={"m": TINY})


@pytest.fixture
def passes(qtbot: QtBot) -> Iterator[LessonPasses]:
    parent = QObject()
    found = LessonPasses(built_in_model, parent)
    yield found
    found.close()
    found.wait()


def names_of(made: list[PassKey]) -> list[str]:
    return [key.name for key in made]


def all_made(qtbot: QtBot, passes: LessonPasses) -> None:
    qtbot.waitUntil(lambda: passes.waiting == 0, timeout=PATIENCE)


def test_the_nearest_passes_come_first(qtbot: QtBot, passes: LessonPasses) -> None:
    made: list[PassKey] = []
    shares: list[float] = []
    passes.made.connect(made.append)
    passes.progressed.connect(shares.append)
    passes.want(lesson_of("a", "b", "c", "b", "d"), 2)
    all_made(qtbot, passes)
    assert names_of(made) == ["c", "b", "d", "a"]
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_what_is_made_is_not_made_again(qtbot: QtBot, passes: LessonPasses) -> None:
    lesson = lesson_of("a", "b")
    passes.want(lesson, 0)
    all_made(qtbot, passes)
    first = passes.get(PassKey("m", "a"))
    passes.want(lesson, 1)
    assert passes.waiting == 0
    assert passes.get(PassKey("m", "a")) is first


def test_another_model_under_the_same_key_is_another_pass(
    qtbot: QtBot, passes: LessonPasses
) -> None:
    passes.want(lesson_of("a"), 0)
    all_made(qtbot, passes)
    first = passes.get(PassKey("m", "a"))
    passes.want(
        Lesson("y", stops=lesson_of("a").stops, models={"m": Untrained(TINY.config, seed=7)}), 0
    )
    assert passes.get(PassKey("m", "a")) is None
    all_made(qtbot, passes)
    again = passes.get(PassKey("m", "a"))
    assert first is not None
    assert again is not None
    assert (again.loaded.timeline.trace.data != first.loaded.timeline.trace.data).any()


def test_what_is_urgent_does_not_wait_for_what_is_not(
    qtbot: QtBot, passes: LessonPasses, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    really_make = lesson_passes._make

    def make(source, name, stops, known, built_in, report):  # type: ignore[no-untyped-def]
        if name == "a":
            begun.set()
            go_on.wait(30)
        return really_make(source, name, stops, known, built_in, report)

    monkeypatch.setattr(lesson_passes, "_make", make)
    made: list[PassKey] = []
    passes.made.connect(made.append)
    lesson = lesson_of("a", "b")
    passes.want(lesson, 0)
    assert begun.wait(30)
    passes.want(lesson, 1)
    go_on.set()
    all_made(qtbot, passes)
    assert names_of(made) == ["b", "a"]


def test_a_pass_that_is_given_up_when_it_is_just_made_does_not_block_the_next(
    qtbot: QtBot, passes: LessonPasses
) -> None:
    lesson = lesson_of("a", "b")
    passes.want(lesson, 0)
    passes._left.connect(lambda: passes.want(lesson, 1))  # right before it would be told
    all_made(qtbot, passes)
    assert passes.get(PassKey("m", "b")) is not None


def test_what_fails_is_told_once(qtbot: QtBot, passes: LessonPasses) -> None:
    failed: list[tuple[PassKey, str]] = []
    passes.failed.connect(lambda key, why: failed.append((key, why)))
    stops = (Stop(title="x", model="m", state=StopState(cursor=0)),)
    lesson = Lesson("x", stops=stops, models={"m": Expression("L = log(a)", {"a": -1.0})})
    passes.want(lesson, 0)
    all_made(qtbot, passes)
    passes.want(lesson, 0)
    all_made(qtbot, passes)
    why = "Its pass fails at once: math domain error."
    assert failed == [(PassKey("m", ""), why)]
    assert passes.problem(PassKey("m", "")) == why
    passes.forget()
    assert passes.problem(PassKey("m", "")) == ""


def test_captions_that_were_rewritten_are_written_again(qtbot: QtBot, passes: LessonPasses) -> None:
    before, after = lesson_of("a", caption="{loss}"), lesson_of("a", caption="{name}")
    passes.want(before, 0)
    all_made(qtbot, passes)
    made = passes.get(PassKey("m", "a"))
    assert made is not None
    assert made.ready.keys() == set(before.stops)
    passes.want(after, 0)
    assert made.ready == {}
    assert made.ready_for(after.stops[0]).caption.text == "a"


def test_nothing_begins_after_the_end(passes: LessonPasses) -> None:
    passes.close()
    passes.want(Lesson("x"), 0)
    assert passes.waiting == 0
    assert not isinstance(passes._job, Background)
