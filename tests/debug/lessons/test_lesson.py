"""Edits of lessons: each returns another lesson, with the models that its stops need."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import BuiltIn, Expression, Source
from explorer.debug.lessons.stop import Stop, StopState

ONE, OTHER = Expression("L = a*a", {"a": 2.0}), BuiltIn("trained")


def stop(title: str) -> Stop:
    return Stop(title=title, model="", state=StopState(cursor=0))


def titles(lesson: Lesson) -> list[str]:
    return [one.title for one in lesson.stops]


def test_stops_share_a_model() -> None:
    lesson = Lesson("x").inserted(0, stop("b"), ONE).inserted(0, stop("a"), OTHER)
    lesson = lesson.inserted(2, stop("c"), Expression("L = a*a", {"a": 2.0}))
    assert titles(lesson) == ["a", "b", "c"]
    assert [lesson.source(one) for one in lesson.stops] == [OTHER, ONE, ONE]
    assert len(lesson.models) == 2


def test_models_that_no_stop_needs_are_gone() -> None:
    lesson = Lesson("x").inserted(0, stop("a"), ONE).inserted(1, stop("b"), OTHER)
    assert list(lesson.removed(0).models.values()) == [OTHER]
    assert list(lesson.replaced(0, stop("a"), OTHER).models.values()) == [OTHER]
    assert lesson.removed(0).removed(0).models == {}


def test_a_stop_keeps_its_model_when_its_words_change() -> None:
    lesson = Lesson("x").inserted(0, stop("a"), ONE)
    edited = lesson.replaced(0, replace(lesson.stops[0], title="z"))
    assert titles(edited) == ["z"]
    assert edited.source(edited.stops[0]) == ONE
    assert titles(lesson) == ["a"]


@pytest.mark.parametrize(
    ("at", "to", "order"), [(0, 2, "bcad"), (3, 0, "dabc"), (1, 2, "acbd"), (2, 2, "abcd")]
)
def test_a_stop_moves(at: int, to: int, order: str) -> None:
    lesson = Lesson("x")
    for i, letter in enumerate("abcd"):
        lesson = lesson.inserted(i, stop(letter), ONE)
    assert "".join(titles(lesson.moved(at, to))) == order


@given(st.lists(st.tuples(st.sampled_from("irmx"), st.integers(0, 9), st.integers(0, 2))))
def test_after_any_edits_every_stop_has_its_model(edits: list[tuple[str, int, int]]) -> None:
    sources: list[Source] = [ONE, OTHER, BuiltIn("other")]
    lesson, wanted = Lesson("x"), list[tuple[str, Source]]()
    for number, (edit, at, which) in enumerate(edits):
        source, size = sources[which], len(wanted)
        one = stop(str(number))
        if edit == "i":
            lesson = lesson.inserted(min(at, size), one, source)
            wanted.insert(min(at, size), (one.title, source))
        elif size and edit == "r":
            lesson = lesson.replaced(at % size, one, source)
            wanted[at % size] = one.title, source
        elif size and edit == "m":
            lesson = lesson.moved(at % size, which % size)
            wanted.insert(which % size, wanted.pop(at % size))
        elif size:
            lesson = lesson.removed(at % size)
            wanted.pop(at % size)
        assert [(one.title, lesson.source(one)) for one in lesson.stops] == wanted
        assert set(lesson.models) >= {one.model for one in lesson.stops}
