"""The built-in lessons, opened, and passes to check them with."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from by_hand import ByHand, matrices_of
from opened_stops import OpenedStop, Opener

from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.sources import unpack
from explorer.trace.passes import Subject


@pytest.fixture(scope="session")
def opener() -> Opener:
    return Opener()


@pytest.fixture
def at(opener: Opener, request: pytest.FixtureRequest) -> Callable[[int], OpenedStop]:
    """Open a stop of the lesson that the test's module is about, ``test_lesson_3_backprop``."""
    found = re.search(r"test_lesson_(\d)_", request.node.path.name)
    assert found is not None
    number = int(found.group(1))
    return lambda place: opener(number, place)


@pytest.fixture(scope="session")
def untrained_emma(subject: Subject) -> ByHand:
    return ByHand(matrices_of([p.data for p in subject.model.parameters()]), "emma")


@pytest.fixture(scope="session")
def trained_emma() -> ByHand:
    return ByHand(matrices_of(unpack(built_in_model("names-1000").parameters)), "emma")
