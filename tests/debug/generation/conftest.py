"""Models that draw names."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.debug.generation.generation import Generation
from explorer.runs.replay_engine import replay_engine
from explorer.runs.settings import RunSettings
from explorer.trace.passes import Subject, untrained
from microgpt import Config, read_documents

DOCUMENTS = "anna\nbob\ncaro\nabba\noona\n"


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Subject:
    """A tiny model of seven letters; what it draws is mostly noise."""
    file = tmp_path_factory.mktemp("names") / "few.txt"
    file.write_text(DOCUMENTS)
    return untrained(Config(n_embd=8, n_head=2, block_size=8), 5, file)


@pytest.fixture
def generation(small: Subject) -> Generation:
    return Generation(small)


@pytest.fixture(scope="session")
def trained(reference: Path) -> Subject:
    """The published model after its 1000 steps."""
    documents = read_documents(reference / "names.txt")
    engine = replay_engine(RunSettings(), documents)
    for _ in range(1000):
        engine.step()
    subject = untrained(Config(), 42, reference / "names.txt")
    numbers = engine.state().parameters.tolist()
    for parameter, data in zip(subject.model.parameters(), numbers, strict=True):
        parameter.data = data
    return subject
