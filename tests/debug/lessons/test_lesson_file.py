"""Lessons in files: what is saved comes back, and what is damaged is refused with the reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.debug.addresses import Address
from explorer.debug.anatomy.reading import Place
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.desk import Workspace
from explorer.debug.lessons import lesson_file
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.lesson_file import LessonFileError, read_lesson, save_lesson
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
    found: dict[str, Any] = json.loads(json.dumps(lesson_file.spell_lesson(LESSON)))
    return found


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
