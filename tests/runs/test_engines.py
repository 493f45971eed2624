"""The table of engines."""

from __future__ import annotations

from dataclasses import replace

from tiny_runs import NAMES, TINY

from explorer.runs.engine import ScalarEngine
from explorer.runs.engines import ENGINES, make_engine
from explorer.runs.settings import ENGINE_NAMES, RunSettings


def test_every_engine_can_be_chosen() -> None:
    assert set(ENGINES) <= set(ENGINE_NAMES)
    for name in ENGINES:
        assert make_engine(replace(TINY, engine=name), NAMES.documents).name == name


def test_engine_that_is_not_there_is_told_and_the_scalar_one_trains() -> None:
    engine = make_engine(replace(TINY, engine="replay"), NAMES.documents, {})
    assert engine.name == "scalar"
    (notice,) = engine.notices
    assert notice.startswith("there is no replay engine in this version")
    assert make_engine(TINY, NAMES.documents).notices == []


def test_engine_that_was_asked_for_is_made() -> None:
    made = []

    def maker(settings: RunSettings, documents: object) -> ScalarEngine:
        made.append(settings)
        return ScalarEngine(settings, NAMES.documents)

    make_engine(replace(TINY, engine="replay"), NAMES.documents, {"replay": maker})
    assert made == [replace(TINY, engine="replay")]
