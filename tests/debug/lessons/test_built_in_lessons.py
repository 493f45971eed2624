"""What holds of every stop of the built-in lessons."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from opened_stops import Opener

from explorer.debug import numbers
from explorer.debug.addresses import Address, find_node, find_scope
from explorer.debug.anatomy.parts import has_parts
from explorer.debug.lessons.built_in import built_in_lessons
from explorer.debug.lessons.captions import parse_caption
from explorer.debug.lessons.lesson_file import read_lesson, save_lesson
from explorer.debug.lessons.stop import Box, StageView
from explorer.layout.map_layout import layout_map

LESSONS = range(1, 8)
READ = {n: read_lesson(path) for n, path in enumerate(built_in_lessons(), start=1)}
STOPS = [(n, i + 1) for n, lesson in READ.items() for i in range(len(lesson.stops))]
LONGEST_CAPTION = 165  # letters: three lines at 1080p
DIGITS_OF_NAMES = re.compile(r"GPT-2|[Hh]ead [01]|\(p − 1\)")
SENTENCE = re.compile(r"[.?!](?=\s|$)")
OF_PARTS = {
    StageView.PROBABILITIES,
    StageView.ATTENTION,
    StageView.HEAD,
    StageView.CACHE,
    StageView.STREAM,
    StageView.UNITS,
    StageView.EMBEDDINGS,
}


def test_there_are_seven() -> None:
    assert [path.name[0] for path in built_in_lessons()] == [str(n) for n in LESSONS]
    assert len({lesson.title for lesson in READ.values()}) == 7


@pytest.mark.parametrize("number", LESSONS)
def test_a_lesson_has_six_to_twelve_stops(number: int) -> None:
    lesson = READ[number]
    assert 6 <= len(lesson.stops) <= 12
    assert lesson.summary.endswith("minutes.")
    assert {stop.model for stop in lesson.stops} == set(lesson.models)
    assert len({stop.title for stop in lesson.stops}) == len(lesson.stops)


@pytest.mark.parametrize("number", LESSONS)
def test_saving_keeps_every_lesson(number: int, tmp_path: Path) -> None:
    lesson = READ[number]
    save_lesson(tmp_path / "copy.json", lesson)
    assert read_lesson(tmp_path / "copy.json") == lesson


@pytest.mark.parametrize(("number", "place"), STOPS)
def test_every_number_of_a_caption_is_computed(opener: Opener, number: int, place: int) -> None:
    stop = opener(number, place)
    assert stop.caption.problems == ()
    typed = "".join(p for p in parse_caption(stop.stop.caption) if isinstance(p, str))
    assert not re.search(r"\d", DIGITS_OF_NAMES.sub("", typed))


@pytest.mark.parametrize(("number", "place"), STOPS)
def test_a_caption_is_two_short_sentences(opener: Opener, number: int, place: int) -> None:
    text = opener(number, place).caption.text
    assert 40 < len(text) <= LONGEST_CAPTION
    assert len(SENTENCE.findall(text)) <= 2
    assert text.endswith(".")


@pytest.mark.parametrize(("number", "place"), STOPS)
def test_notes_help_the_lecturer(opener: Opener, number: int, place: int) -> None:
    notes = opener(number, place).stop.notes
    assert "Ask" in notes  # a question for the room
    assert 3 <= len(SENTENCE.findall(notes)) <= 6


@pytest.mark.parametrize(("number", "place"), STOPS)
def test_a_stop_is_what_its_file_says(opener: Opener, number: int, place: int) -> None:
    opened = opener(number, place)
    stop, trace = opened.stop, opened.trace
    assert opened.cursor == stop.state.cursor  # it lies in the pass
    if stop.state.selection is not None:
        assert find_node(trace, stop.state.selection) == opened.session.selection
    if isinstance(stop.frame, Address):
        assert find_scope(trace, stop.frame) is not None
    if isinstance(stop.frame, Box):
        layout = layout_map(trace)
        assert 0 <= stop.frame.left < stop.frame.left + stop.frame.width <= layout.width
        assert 0 <= stop.frame.top < stop.frame.top + stop.frame.height <= layout.height
    if stop.view in OF_PARTS:
        assert has_parts(trace)
        assert stop.place.within(opened.anatomy) == stop.place
    if stop.view in {StageView.NEIGHBOURHOOD, StageView.FORMULA}:
        assert opened.is_computed(opened.selection)
    assert (stop.view is StageView.GENERATION) == (stop.drawing is not None)


@pytest.mark.parametrize(("number", "place"), STOPS)
def test_no_line_ends_within_a_number(opener: Opener, number: int, place: int) -> None:
    caption = opener(number, place).caption
    spaced = [piece.text for piece in caption.pieces if numbers.THIN_SPACE in piece.text]
    for text in spaced:
        assert f"<b>{text.replace(numbers.THIN_SPACE, '&nbsp;')}</b>" in caption.html
    assert numbers.THIN_SPACE not in caption.html  # which rich text takes for any other space
