"""Lessons in files: what is saved comes back, and what is damaged is refused with the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from explorer.debug.addresses import Address
from explorer.debug.anatomy.reading import Place
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.desk import Workspace
from explorer.debug.file_fields import LONGEST_TEXT
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.lesson_file import (
    KIND,
    LessonFileError,
    read_lesson,
    save_lesson,
    spell_lesson,
)
from explorer.debug.lessons.sources import BuiltIn, Embedded, Expression, Untrained, pack
from explorer.debug.lessons.stop import Box, Change, Drawing, StageView, Stop, StopState
from explorer.debug.session import Colour, Cone
from explorer.debug.stepping import Granularity
from microgpt import Config

NODE = Address(("position 1", "attention", "head 0"), 12)
TINY = asdict(Config(n_embd=2, n_head=1, block_size=4))
COUNT = (2 * 4 + 4 + 12 * 2) * 2  # parameters of a tiny model on three letters
NUMBERS = pack(np.linspace(-1, 1, COUNT))

LESSON = Lesson(
    title="What is a Value?",
    summary="One formula, forwards and backwards.",
    stops=(
        Stop(
            title="The formula",
            model="toy",
            caption="a = {data a}, and the gradient of a is {grad a}. {{braces}}",
            notes="Ask: what does 4 mean?\nWait.",
            state=StopState(
                cursor=5, selection=Address(("parameters", "a"), 0), colour=Colour.GRADIENT
            ),
            view=StageView.NEIGHBOURHOOD,
        ),
        Stop(
            title="One name",
            model="untrained",
            caption="The loss is {loss}; guessing would give {chance}.",
            state=StopState(
                cursor=60_000,
                name="emma",
                selection=NODE,
                compared=Address(("parameters", "wte"), 5),
                granularity=Granularity.LINE,
                query="|grad|>0.1",
                breakpoints=(Breakpoint(BreakOn.CONDITION, text="grad < 0"),),
                cone=Cone.ANCESTORS,
                changes=(Change(NODE, 0.5),),
                pinned=True,
                scale_follows=True,
                shows_flows=False,
            ),
            place=Place(2, 0, 3),
            frame=Address(("position 1", "attention")),
            workspace=Workspace.NAME,
            panels=("inspector", "order"),
        ),
        Stop(
            title="A part",
            model="trained",
            state=StopState(cursor=0, name="ava"),
            frame=Box(-1.5, 0, 20, 10),
        ),
        Stop(
            title="A made-up name",
            model="mine",
            state=StopState(cursor=10, name="ab"),
            view=StageView.GENERATION,
            drawing=Drawing(seed=7, temperature=0.5, number=2, prefix="a", drawn=3, shown=1),
        ),
    ),
    models={
        "toy": Expression("L = a*b + a", {"a": 2.0, "b": 3.0}),
        "untrained": Untrained(asdict(Config())),
        "trained": BuiltIn("trained"),
        "mine": Embedded(
            title="run “first” · step 300",
            letters="abc",
            config=TINY,
            seed=42,
            steps_done=2,
            total_steps=1000,
            parameters=NUMBERS,
            m=NUMBERS,
            v=pack(np.ones(COUNT)),
            losses=pack([3.3, 3.2]),
            documents=32_000,
            documents_sha256="5e2f" * 16,
        ),
    },
)


def content() -> dict[str, Any]:
    return {"format": KIND.format, "version": 1, **json.loads(json.dumps(spell_lesson(LESSON)))}


def refusal(file: Path) -> str:
    with pytest.raises(LessonFileError) as caught:
        read_lesson(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert "\n" not in message
    assert not message.endswith(".")
    assert len(message) < len(str(file)) + 400
    return message.removeprefix(str(file)).strip()


def test_a_lesson_comes_back(tmp_path: Path) -> None:
    file = tmp_path / "lesson.json"
    save_lesson(file, LESSON)
    assert read_lesson(file) == LESSON


def test_people_can_write_a_lesson_with_little(tmp_path: Path) -> None:
    file = tmp_path / "lesson.json"
    file.write_text(
        """{
        "format": "microgpt-explorer lesson", "version": 1, "title": "Short",
        "stops": [
            {"title": "All of it", "model": "m", "state": {"cursor": 0, "name": "emma"}},
            {"title": "A head", "model": "m", "state": {"cursor": 9, "name": "emma"},
             "frame": {"path": ["position 0", "attention"]}}
        ],
        "models": {"m": {"kind": "untrained",
            "config": {"n_layer": 1, "n_embd": 16, "n_head": 4, "block_size": 16}}}
        }"""
    )
    lesson = read_lesson(file)
    assert [stop.title for stop in lesson.stops] == ["All of it", "A head"]
    assert lesson.stops[0] == Stop(
        title="All of it", model="m", state=StopState(cursor=0, name="emma")
    )
    assert lesson.stops[1].frame == Address(("position 0", "attention"))
    assert lesson.source(lesson.stops[0]) == Untrained(asdict(Config()), 42)


def places(inside: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Return the way to every field of an object, however deep."""
    found: list[tuple[str | int, ...]] = []
    items: Any = inside.items() if isinstance(inside, dict) else []
    if isinstance(inside, list):
        items = enumerate(inside)
    for key, value in items:
        found += [(*path, key), *places(value, (*path, key))]
    return found


MISSING = object()
WRONG: dict[str, object] = {
    "missing": MISSING,
    "a truth": True,
    "an object": {"a": 1},
    "a list of lists": [[]],
    "a fraction": 0.5,
    "NaN": float("nan"),
    "infinity": float("-inf"),
    "a huge number": 10**400,
    "a negative number": -7,
    "a word": "xyzzy",
    "a number as a word": "1",
    "nothing": None,
    "half a letter": "\ud800",
    "a text without end": "x" * (LONGEST_TEXT + 1),
}
OF_STATE = r"stops\.\d\.state\.(name|selection|compared|colour|granularity|query|cone|pinned"
OF_STATE += r"|scale_follows|shows_flows|breakpoints|watches|bookmarks|changes)"
OPTIONAL = (
    rf"summary|{OF_STATE}|stops\.\d\.(caption|notes|view|place|frame|hops|folds|drawing|workspace"
    r"|panels|place\.\w+|frame\.place|drawing\.(number|prefix|drawn|shown)|panels\.\d"
    r"|state\.(breakpoints|watches|bookmarks|changes)\.\d|state\..*address)|.*\.path\.\d|stops\.\d"
    r"|models\.untrained\.seed|models\.mine\.(m|v|losses|learning_rate|beta1|beta2|epsilon"
    r"|documents|documents_sha256)"
)
# What is right in some places: any word is a title, and what has a default may be missing.
FINE = {
    "missing": OPTIONAL,
    "nothing": r"stops\.\d\.(frame|drawing|drawing\.(drawn|shown)|state\.(selection|compared)"
    r"|state\..*address)|models\.mine\.(m|v|losses)",
    "a truth": r".*\.(enabled|folds|pinned|scale_follows|shows_flows)",
    "a word": r"title|summary|stops\.\d\.(title|caption|notes|state\.name|state\.query"
    r"|panels\.\d|drawing\.prefix)|.*path\.\d|models\.mine\.(title|documents_sha256)"
    r"|models\.trained\.name",
    "a fraction": r".*\.(data|temperature|left|top|width|height)|models\.toy\.leaves\.\w"
    r"|models\.mine\.(learning_rate|beta1|beta2|epsilon)",
    "a negative number": r".*\.(data|left|top)|models\.toy\.leaves\.\w",
}
FINE["a number as a word"] = FINE["a word"]


def damage(path: tuple[str | int, ...], wrong: object) -> dict[str, Any]:
    """Return the lesson with something wrong in a place."""
    damaged: Any = content()
    inside = damaged
    for key in path[:-1]:
        inside = inside[key]
    if wrong is MISSING:
        del inside[path[-1]]
    else:
        inside[path[-1]] = wrong
    return damaged  # type: ignore[no-any-return]


@pytest.mark.parametrize("wrong", WRONG)
def test_every_damaged_field_is_refused_by_name(tmp_path: Path, wrong: str) -> None:
    file = tmp_path / "damaged.json"
    for place in places(content()):
        file.write_text(json.dumps(damage(place, WRONG[wrong])))
        name = ".".join(map(str, place))
        if re.fullmatch(FINE.get(wrong, "-"), name):
            read_lesson(file)
        elif place[0] == "format":
            assert refusal(file) == "is not a lesson of this program"
        else:
            named = [part for part in place if isinstance(part, str)]
            message = refusal(file)
            expected = (*named[-2:], "formula", "model", "Line", "number")
            assert any(part in message for part in expected), (name, message)


def test_fields_that_nobody_knows_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "lesson.json"
    for place in places(content()):
        inside: Any = content()
        for key in place:
            inside = inside[key]
        # What stands in session files too is read as there: with what is needed, and no more.
        known = ("selection", "compared", "node", "address", "leaves", "models", "config")
        if not isinstance(inside, dict) or place[-1] in known or "breakpoints" in place:
            continue
        file.write_text(json.dumps(damage((*place, "captoin"), "x")))
        assert "captoin" in refusal(file), place


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b'{"format": "microgpt-explorer session", "version": 2}', "is not a lesson of this"),
        (b'{"format": "microgpt-explorer lesson"}', "“version” should be a whole number"),
        (b'{"format": "microgpt-explorer lesson", "version": 2}', "has version 2, not 1"),
        (b'{"format": "microgpt-explorer lesson", "version": 1}', "“models” should be an object"),
        (b'{"format": "x", "format": "microgpt-explorer lesson"}', "“format” stands in it twice"),
    ],
    ids=lambda value: str(value[:30]),
)
def test_what_is_no_lesson_is_refused(tmp_path: Path, written: bytes, words: str) -> None:
    file = tmp_path / "lesson.json"
    file.write_bytes(written)
    assert words in refusal(file)


MINE = ("models", "mine")


@pytest.mark.parametrize(
    ("path", "wrong", "words"),
    [
        (("stops", 0, "model"), "nowhere", "there is no model “nowhere” in the lesson"),
        (("stops", 0, "caption"), "{dota}", "there is nothing to put in for “{dota}”"),
        (("stops", 0, "caption"), "{data}", "should be written as {data NODE}"),
        (("stops", 0, "caption"), "}", "a brace stands alone"),
        (("stops", 0, "hops"), 5, "it should be at most 4"),
        (("stops", 2, "frame", "width"), 0, "it should be positive"),
        (("stops", 2, "frame", "left"), 1e12, "“stops[2].frame.left” should be a number up to"),
        (("stops", 3, "drawing", "temperature"), 9.0, "it should be from 0.05 to 3.0"),
        (("stops", 3, "drawing", "number"), 10**6, "it should be at most 500"),
        (("stops",), [{}] * 2001, "there are more than 2000"),
        (("models", "toy", "text"), "import os", "Line 1 should be a name"),
        (("models", "toy", "text"), "L = a*c", "“c” has no number"),
        (("models", "toy", "leaves"), {"1": 2}, "“1” can't be the name of a number"),
        (("models", "toy", "leaves"), {f"a{i}": 1 for i in range(51)}, "there are more than 50"),
        (("models", "toy", "kind"), "spoken", "it should be one of untrained, built-in"),
        (("models", "trained", "name"), "../../secret", "small letters, digits and hyphens"),
        (("models", "untrained", "config", "n_head"), 3, "the model can't be built"),
        (("models", "untrained", "config", "n_embd"), 4 * 10**6, "is too large"),
        ((*MINE, "config", "block_size"), 2**40, "is too large"),
        ((*MINE, "letters"), "cba", "they should be different and in order"),
        ((*MINE, "letters"), "", "they should be different and in order"),
        ((*MINE, "letters"), "abcd", "there should be 76 numbers, not 72"),
        ((*MINE, "steps_done"), 1001, "1001 of 1000 steps can't be"),
        ((*MINE, "total_steps"), 10**9, "steps can't be"),
        ((*MINE, "beta1"), 1.0, "it should be less than 1"),
        ((*MINE, "losses"), None, ""),
        ((*MINE, "parameters", "float64"), "====", "it is not written in base64"),
        ((*MINE, "parameters", "float64"), "AAAA", "it ends in the middle of a number"),
        ((*MINE, "parameters", "sha256"), "0" * 64, "are not those that were written"),
        ((*MINE, "parameters"), "AAAA", "should be an object"),
    ],
)
def test_what_makes_no_sense_is_refused(
    tmp_path: Path, path: tuple[str | int, ...], wrong: object, words: str
) -> None:
    file = tmp_path / "lesson.json"
    file.write_text(json.dumps(damage(path, wrong)))
    if not words:
        read_lesson(file)
        return
    message = refusal(file)
    assert message.startswith("is damaged: ")
    assert words in message


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_numbers_of_a_model_are_finite(tmp_path: Path, number: float) -> None:
    file = tmp_path / "lesson.json"
    numbers = np.full(COUNT, number)
    mine = LESSON.models["mine"]
    assert isinstance(mine, Embedded)
    models = {**LESSON.models, "mine": replace(mine, parameters=pack(numbers))}
    save_lesson(file, replace(LESSON, models=models))
    assert "infinite or not numbers" in refusal(file)
    models["mine"] = replace(mine, v=pack(np.full(COUNT, -1.0)))
    save_lesson(file, replace(LESSON, models=models))
    assert "no number may be negative" in refusal(file)


@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_file_cut_or_scribbled_on_is_read_or_refused(
    tmp_path: Path,
    data: st.DataObject,
    scribbled_on: Callable[[bytes], st.SearchStrategy[bytes]],
) -> None:
    file = tmp_path / "lesson.json"
    save_lesson(file, LESSON)
    file.write_bytes(data.draw(scribbled_on(file.read_bytes())))
    try:
        read_lesson(file)
    except LessonFileError as error:
        complaint = str(error)
    else:
        return
    assert complaint.startswith(str(file))
    assert "\n" not in complaint


texts = st.text(max_size=12)
addresses = st.builds(Address, st.lists(texts, max_size=3).map(tuple), st.integers(-1, 10**6))
reals = st.floats(-1e9, 1e9)
sizes = st.floats(1e-6, 1e9)
states = st.builds(
    StopState,
    cursor=st.integers(0, 2**62),
    selection=st.none() | addresses,
    granularity=st.sampled_from(Granularity),
    colour=st.sampled_from(Colour),
    query=texts,
    watches=st.lists(addresses, max_size=2).map(tuple),
    name=texts,
    compared=st.none() | addresses,
    pinned=st.booleans(),
    scale_follows=st.booleans(),
    shows_flows=st.booleans(),
    cone=st.sampled_from(Cone),
    changes=st.lists(
        st.builds(Change, addresses, st.floats(-1e300, 1e300, allow_nan=False)), max_size=2
    ).map(tuple),
)
drawings = st.builds(
    Drawing,
    st.integers(0, 2**62),
    st.floats(0.05, 3.0),
    st.integers(1, 500),
    texts,
    st.none() | st.integers(0, 99),
    st.none() | st.integers(0, 99),
)
all_stops = st.builds(
    Stop,
    title=texts,
    model=st.sampled_from(sorted(LESSON.models)),
    state=states,
    caption=texts.map(lambda text: text.replace("{", "{{").replace("}", "}}")),
    notes=texts,
    view=st.sampled_from(StageView),
    place=st.builds(Place, *(st.integers(0, 99) for _ in range(3))),
    frame=st.none() | addresses | st.builds(Box, reals, reals, sizes, sizes),
    hops=st.integers(1, 4),
    folds=st.booleans(),
    drawing=st.none() | drawings,
    workspace=st.sampled_from(Workspace),
    panels=st.lists(texts, max_size=3).map(tuple),
)


@given(title=texts, summary=texts, stops=st.lists(all_stops, max_size=4).map(tuple))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_every_lesson_comes_back(
    tmp_path: Path, title: str, summary: str, stops: tuple[Stop, ...]
) -> None:
    lesson = Lesson(title, summary, stops, LESSON.models)
    save_lesson(tmp_path / "lesson.json", lesson)
    assert read_lesson(tmp_path / "lesson.json") == lesson


def test_what_is_as_usual_is_not_written(tmp_path: Path) -> None:
    written = content()["stops"][0]
    assert written.keys() == {"title", "model", "caption", "notes", "state", "view"}
    assert written["state"] == {
        "cursor": 5,
        "selection": {"path": ["parameters", "a"], "place": 0},
        "colour": "gradient",
    }
