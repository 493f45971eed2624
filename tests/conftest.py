"""What all tests share: the reference results, and a display that needs no screen."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ["QT_QPA_PLATFORM"] = "offscreen"

from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from microgpt import Config

# The same examples on every run, however slow the machine.
settings.register_profile("project", deadline=None, derandomize=True, database=None)
settings.load_profile("project")


def pytest_collection_finish() -> None:
    """Keep the garbage collector from walking over all tests, again and again."""
    gc.collect()
    gc.freeze()


REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference"


@pytest.fixture(scope="session")
def reference() -> Path:
    """The folder of the published algorithm's results."""
    if not REFERENCE.is_dir():
        pytest.skip(f"the reference results are not at {REFERENCE}")
    return REFERENCE


@pytest.fixture(scope="session")
def subject() -> Subject:
    """An untrained model on the bundled names."""
    return untrained(Config())


@pytest.fixture(scope="session")
def emma(subject: Subject) -> Trace:
    """One recorded pass."""
    return record_pass(subject, "emma")


@pytest.fixture(scope="session")
def emma_timeline(emma: Trace) -> Timeline:
    return Timeline(emma)
