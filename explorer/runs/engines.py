"""Which engines there are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from explorer.runs.engine import Engine, ScalarEngine
from explorer.runs.replay_engine import replay_engine
from explorer.runs.settings import RunSettings

EngineMaker: TypeAlias = Callable[[RunSettings, Sequence[str]], Engine]
ENGINES: Mapping[str, EngineMaker] = {"replay": replay_engine, "scalar": ScalarEngine}


def make_engine(
    settings: RunSettings, documents: Sequence[str], engines: Mapping[str, EngineMaker] = ENGINES
) -> Engine:
    """Return the engine that the settings ask for, or the scalar one with a notice."""
    maker = engines.get(settings.engine)
    if maker is not None:
        return maker(settings, documents)
    engine = ScalarEngine(settings, documents)
    engine.notices.append(
        f"there is no {settings.engine} engine in this version; "
        "the scalar one trains instead, slower and with the same bits"
    )
    return engine
