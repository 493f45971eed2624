"""Random numbers that can be drawn again."""

from __future__ import annotations

from random import Random

import pytest

from explorer.debug.generation.tape import Tape, state_of_seed
from explorer.runs.engine import start
from explorer.runs.settings import RunSettings
from explorer.trace.passes import Subject
from microgpt import Config


def tape(seed: int = 3) -> Tape:
    return Tape(Random(seed).getstate())


def test_numbers_are_those_of_the_generator() -> None:
    plain, one = Random(3), tape()
    assert [one.random() for _ in range(40)] == [plain.random() for _ in range(40)]
    assert one.at == 40


def test_wound_back_it_plays_the_same_numbers_again() -> None:
    one = tape()
    first = [one.random() for _ in range(9)]
    one.at = 4
    assert [one.random() for _ in range(5)] == first[4:]
    one.at = 0
    assert [one.random() for _ in range(12)][:9] == first


def test_a_number_can_be_looked_at_without_drawing_it() -> None:
    one = tape()
    seventh = one.number(6)
    assert one.at == 0
    assert [one.random() for _ in range(7)][6] == seventh
    assert one.number(2) == tape().number(2)


@pytest.mark.parametrize("weights", [[0.2, 0.3, 0.5], [1.0], [0.0, 0.0, 4.0, 1e-9]])
def test_choices_takes_one_number_of_it(weights: list[float]) -> None:
    one, plain = tape(8), Random(8)
    options = range(len(weights))
    for drawn in range(1, 30):
        assert one.choices(options, weights=weights) == plain.choices(options, weights=weights)
        assert one.at == drawn


def test_a_seed_goes_on_after_documents_and_parameters(small: Subject) -> None:
    settings = RunSettings(seed=5, n_embd=8, n_head=2, block_size=8)
    assert settings.config == Config(n_embd=8, n_head=2, block_size=8)
    begun = start(settings, sorted(small.documents))
    assert state_of_seed(small, 5) == begun.random
    assert state_of_seed(small, 6) != begun.random
