"""A store in a folder of its own, and runs in it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from tiny_runs import NAMES, TINY

from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite3"


@pytest.fixture
def store(path: Path) -> Iterator[RunStore]:
    with RunStore(path, patience=0.05) as opened:
        yield opened


@pytest.fixture
def run(store: RunStore) -> int:
    return create_run(store, "first", TINY, NAMES)


@pytest.fixture
def long_run(store: RunStore) -> int:
    return create_run(store, "long", replace(TINY, steps=100_000, samples_every=0), NAMES)
