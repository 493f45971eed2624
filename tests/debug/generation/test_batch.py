"""Batches: the same names as one by one, from another process."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest

from explorer.debug.generation import batch as module
from explorer.debug.generation.batch import (
    BatchName,
    BatchOrder,
    draw_elsewhere,
    draw_names,
    order_of,
)
from explorer.debug.generation.draws import chance, own_chance
from explorer.debug.generation.generation import Generation
from explorer.trace.passes import Subject


def order(generation: Generation, count: int) -> BatchOrder:
    return order_of(generation, count)


def one_by_one(generation: Generation, count: int) -> list[BatchName]:
    generation.restart()
    names = []
    for number in range(1, count + 1):
        start = generation.start
        generation.finish()
        draws = generation.draws
        names.append(
            BatchName(
                number,
                start,
                generation.name,
                generation.ended,
                chance(draws),
                own_chance(draws),
            )
        )
        generation.next_name()
    return names


@pytest.mark.parametrize(
    ("seed", "temperature", "prefix"), [(5, 0.5, ""), (8, 1.0, "ab"), (42, 0.2, "n"), (1, 2.5, "")]
)
def test_names_are_those_that_are_drawn_one_by_one(
    generation: Generation, seed: int, temperature: float, prefix: str
) -> None:
    generation.set_seed(seed)
    generation.tune(temperature)
    generation.set_prefix(prefix)
    assert list(draw_names(order(generation, 12))) == one_by_one(generation, 12)


def test_each_can_be_taken_up_where_it_stands(generation: Generation) -> None:
    names = list(draw_names(order(generation, 8)))
    for at in (7, 0, 4):
        generation.take(5, (), [one.start for one in names[: at + 1]], 0.5)
        assert generation.name == names[at].name
        assert generation.number == names[at].number


def test_at_temperature_one_both_probabilities_are_the_same(generation: Generation) -> None:
    generation.tune(1.0)
    names = list(draw_names(order(generation, 5)))
    assert [one.probability for one in names] == [one.own_probability for one in names]
    assert all(0 < one.probability < 1 for one in names)


def test_probability_of_nothing_but_given_letters_is_not_counted(generation: Generation) -> None:
    generation.set_prefix("abababa")
    (name,) = draw_names(order(generation, 1))
    assert name.name.startswith("abababa")
    generation.finish()
    assert name.probability == generation.draws[-1].probability


def test_another_process_draws_the_same_names(generation: Generation) -> None:
    found: list[BatchName] = []
    told: list[float] = []
    asked = order(generation, 15)
    draw_elsewhere(asked, found.append, told.append)
    assert found == list(draw_names(asked))
    assert told == sorted(told)
    assert (told[0], told[-1]) == (0, 1)
    assert multiprocessing.active_children() == []


class GivenUpError(Exception):
    pass


def test_it_can_be_given_up(generation: Generation) -> None:
    found: list[BatchName] = []

    def report(share: float) -> None:
        if len(found) >= 3:
            raise GivenUpError

    with pytest.raises(GivenUpError):
        draw_elsewhere(order(generation, 1000), found.append, report)
    assert 3 <= len(found) < 1000
    assert multiprocessing.active_children() == []


def test_numbers_out_of_range_are_told(generation: Generation) -> None:
    asked = order(generation, 3)
    broken = replace(asked, parameters=tuple(float("nan") for _ in asked.parameters))
    with pytest.raises(ValueError, match="No more names can be drawn: a probability is not"):
        draw_elsewhere(broken, lambda name: None, lambda share: None)


def test_a_process_that_dies_is_told(
    generation: Generation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_work", print)
    with pytest.raises(ValueError, match="ended before its time"):
        draw_elsewhere(order(generation, 3), lambda name: None, lambda share: None)


def test_the_published_names_have_their_probabilities(trained: Subject) -> None:
    first = next(draw_names(order(Generation(trained), 1)))
    assert (first.name, first.ended) == ("kamon", True)
    assert first.probability == 2.8874290038617846e-05
    assert first.own_probability == 1.9459901473923485e-05
