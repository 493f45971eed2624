"""Lesson 5, one Adam step, then 1000: the optimizer by hand, the losses, and what was learned."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from by_hand import ALPHABET, Array, ByHand, matrices_of, token_of
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.debug.lessons.built_in import built_in_model
from explorer.debug.lessons.sources import unpack
from explorer.trace.passes import Subject
from microgpt import Adam, Value, bundled_names, read_documents

C, M = token_of("c"), token_of("m")
RATE = 0.01
SHORT, PERCENT = numbers.short, numbers.percent

Open = Callable[[int], OpenedStop]


@pytest.fixture(scope="module")
def untrained_cusi(subject: Subject) -> ByHand:
    return ByHand(matrices_of([p.data for p in subject.model.parameters()]), "cusi")


@pytest.fixture(scope="module")
def losses() -> list[float]:
    return unpack(built_in_model("names-1000").losses).tolist()


def first_step(gradient: float, data: float) -> tuple[float, float, float]:
    """Return m, v and the parameter after the first step of Adam."""
    m, v = 0.15 * gradient, 0.01 * gradient**2
    return m, v, data - RATE * (m / 0.15) / (math.sqrt(v / 0.01) + 1e-8)


def test_step_one_reads_cusi(at: Open, untrained_cusi: ByHand, subject: Subject) -> None:
    stop = at(1)
    expected = [numbers.count(1000), "cusi", numbers.loss(untrained_cusi.loss)]
    assert stop.said == [*expected, numbers.loss(math.log(27))]
    assert subject.documents[0] == "cusi"  # of the names as they are shuffled for training
    assert math.log(27) < untrained_cusi.loss < math.log(27) + 0.3  # "a little worse"


def test_one_parameter(at: Open, untrained_cusi: ByHand) -> None:
    gradient = untrained_cusi.gradient("wte", C, 0)
    assert at(2).said == [SHORT(untrained_cusi.matrices["wte"][C, 0]), SHORT(gradient)]
    assert gradient < 0


def test_the_nudge(at: Open, untrained_cusi: ByHand) -> None:
    by = 0.001
    after = ByHand(untrained_cusi.matrices, "cusi", ("wte", (C, 0), by)).loss
    promised = untrained_cusi.gradient("wte", C, 0) * by
    assert at(3).said == [SHORT(after - untrained_cusi.loss), SHORT(promised)]


def test_adam_remembers(at: Open, untrained_cusi: ByHand) -> None:
    m, v, _ = first_step(untrained_cusi.gradient("wte", C, 0), 0.0)
    assert at(4).said == [SHORT(m), SHORT(v)]


def test_the_first_step(at: Open, untrained_cusi: ByHand) -> None:
    before = float(untrained_cusi.matrices["wte"][C, 0])
    _, _, after = first_step(untrained_cusi.gradient("wte", C, 0), before)
    assert at(5).said == [SHORT(RATE), SHORT(after)]
    assert abs(after - before - RATE) < 1e-6  # "moves by just the learning rate", up


def test_all_move_equally_far(at: Open, untrained_cusi: ByHand) -> None:
    gradient = untrained_cusi.gradient("lm_head", M, 0)
    before = float(untrained_cusi.matrices["lm_head"][M, 0])
    m, _, after = first_step(gradient, before)
    stop = at(6)
    assert stop.said == [SHORT(m), SHORT(after)]
    share = gradient / abs(untrained_cusi.gradient("wte", C, 0))
    assert 0.3 < share < 0.36  # "only a third as large, and positive"
    assert abs(before - after - RATE) < 1e-6
    update = stop.trace.update
    assert update is not None
    moved = np.abs(update.data - stop.trace.data[: len(update.data)])
    grad = stop.trace.grad[: len(update.data)]
    assert not moved[grad == 0].any()  # "whose gradient is zero stay where they are"
    assert ((moved[grad != 0] > 0.0099) & (moved[grad != 0] < 0.01 + 1e-12)).all()


def test_adam_is_that_of_the_algorithm() -> None:
    parameter = Value(0.5)
    parameter.grad = -0.25
    adam = Adam([parameter])
    adam.update(1000)
    expected = first_step(-0.25, 0.5)
    assert [SHORT(x) for x in (adam.m[0], adam.v[0], parameter.data)] == [
        SHORT(x) for x in expected
    ]


def test_the_same_name_one_step_later(at: Open, untrained_cusi: ByHand) -> None:
    after = ByHand(matrices_of(unpack(built_in_model("names-1").parameters)), "cusi")
    expected = ["cusi", numbers.loss(after.loss), numbers.loss(untrained_cusi.loss)]
    assert at(7).said == expected


def test_other_names_hardly_profit(untrained_emma: ByHand, untrained_cusi: ByHand) -> None:
    matrices = matrices_of(unpack(built_in_model("names-1").parameters))
    names = read_documents(bundled_names())[::300]
    gain = [ByHand(untrained_emma.matrices, n).loss - ByHand(matrices, n).loss for n in names]
    of_cusi = untrained_cusi.loss - ByHand(matrices, "cusi").loss
    assert np.mean(gain) < of_cusi / 3


def test_a_thousand_steps(at: Open, losses: list[float]) -> None:
    first, last = sum(losses[:50]) / 50, sum(losses[-50:]) / 50
    stop = at(8)
    assert stop.said == [numbers.loss(first), numbers.loss(last)]
    assert len(losses) == 1000
    assert len({*stop_documents(stop)}) == 1000  # "each step saw another name"
    jumps = np.abs(np.diff(losses))
    assert jumps.mean() > 0.2  # "jagged"


def stop_documents(stop: OpenedStop) -> tuple[str, ...]:
    assert stop.subject is not None
    return stop.subject.documents[:1000]


def test_what_the_model_says_now(at: Open, trained_emma: ByHand) -> None:
    p = trained_emma.probabilities[1]
    expected = [PERCENT(p[token_of(letter)]) for letter in "lrnm"]
    assert at(9).said == [*expected, "emma", numbers.loss(trained_emma.loss)]
    assert [ALPHABET[i] for i in np.argsort(-p)[:3]] == ["l", "r", "n"]
    assert 12.5 < math.exp(trained_emma.loss) < 13.5  # "about thirteen"
    assert sum("mm" in name for name in stop_documents(at(9))) == 5  # "in only five"


def nearest(rows: Array, letter: str, count: int = 4) -> str:
    """Return the letters whose rows have the most similar directions, the nearest first."""
    directions = rows[:26] / np.linalg.norm(rows[:26], axis=1, keepdims=True)
    likeness = directions @ directions[token_of(letter)]
    return "".join(ALPHABET[i] for i in np.argsort(-likeness)[1 : count + 1])


def test_it_has_found_the_vowels(at: Open, trained_emma: ByHand, untrained_emma: ByHand) -> None:
    rows = trained_emma.matrices["wte"]
    assert nearest(rows, "a") == "oeui"
    assert "most like a are o, e, u and i" in at(10).caption.text
    for vowel in "aeiou":
        assert {*nearest(rows, vowel), vowel} == set("aeiou")
        assert {*nearest(untrained_emma.matrices["wte"], vowel), vowel} != set("aeiou")


def test_moments_and_selections(at: Open) -> None:
    for place in (1, 2, 3, 7):
        assert at(place).cursor == at(place).timeline.backward_end
    for place in (8, 9, 10):
        assert at(place).cursor == at(place).timeline.forward_end
    names = {place: at(place).trace.parameter_name(at(place).selection) for place in range(2, 7)}
    assert names == {
        **dict.fromkeys((2, 3, 4, 5), f"wte[{C}][0]"),
        6: f"lm_head[{M}][0]",
    }
    for place in (4, 5, 6):  # right after the parameter's own update
        assert at(place).cursor == at(place).timeline.backward_end + at(place).selection + 1
