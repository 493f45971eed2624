"""Lesson 7, what is left out: what it says of microGPT itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from by_hand import WIDTH, ByHand
from opened_stops import OpenedStop

import microgpt
from explorer.debug import numbers
from explorer.debug.addresses import Address, find_scope
from explorer.debug.anatomy.parts import NONE

SHORT, COUNT = numbers.short, numbers.count

Open = Callable[[int], OpenedStop]


def test_the_whole_algorithm(at: Open) -> None:
    stop = at(1)
    assert stop.said == [COUNT(4192), COUNT(stop.trace.nodes - 4192), "emma"]
    assert stop.cursor == stop.timeline.end  # "forward, backward, update"
    assert stop.trace.update is not None


def test_tokens_are_letters(at: Open, untrained_emma: ByHand) -> None:
    assert at(2).said == [str(len(untrained_emma.matrices["wte"]))]


def test_a_matrix_times_a_vector_is_many_values(at: Open) -> None:
    stop = at(3)
    scope = find_scope(stop.trace, Address(("position 1", "gpt", "lm_head")))
    assert scope is not None
    inside = (stop.trace.scope >= scope) & (stop.trace.scope < stop.trace.scopes[scope].stop)
    values = int(inside.sum())
    assert stop.said == [str(values)]
    # A product and a sum for each weight, and the 0 that each sum starts from.
    assert values == 27 * (2 * WIDTH + 1)


def test_the_triangle_is_computed_here_row_by_row(at: Open) -> None:
    stop = at(4)
    weights = stop.anatomy.attention[0][1].weights
    assert np.array_equal(weights != NONE, np.tri(5, dtype=bool))
    assert stop.said == []


def test_one_name_a_step(at: Open) -> None:
    assert at(5).said == []
    assert at(8).said == [COUNT(1000)]
    subject = at(8).subject
    assert subject is not None
    assert subject.optimizer.steps_done == 1000


def test_rmsnorm_learns_nothing(at: Open, untrained_emma: ByHand) -> None:
    stop = at(6)
    assert stop.said == [SHORT(untrained_emma.scale[1])]
    names = {matrix.name.rpartition(".")[2] for matrix in stop.trace.parameters}
    assert names == {*untrained_emma.matrices}  # no factors of a norm, no biases


def test_one_layer_of_sixteen(at: Open) -> None:
    stop = at(9)
    assert stop.said == [str(WIDTH)]
    assert stop.anatomy.layers == 1


@pytest.mark.parametrize("place", [7, 10, 11, 12])
def test_other_captions_state_no_number(at: Open, place: int) -> None:
    assert at(place).said == []


def test_the_algorithm_is_about_two_hundred_lines() -> None:
    folder = Path(microgpt.__file__).parent
    files = [folder / f"{name}.py" for name in ("value", "nn", "model", "adam", "train", "sample")]
    lines = [line.strip() for file in files for line in file.read_text("utf-8").splitlines()]
    code, in_docstring = 0, False
    for line in lines:
        quotes = line.count('"""')
        if not in_docstring and not quotes and line and not line.startswith("#"):
            code += 1
        in_docstring ^= quotes == 1
    assert 150 < code < 350


def test_moments(at: Open) -> None:
    for place in (2, 3, 4, 5, 7, 8, 9):
        assert at(place).cursor == at(place).timeline.forward_end
    assert at(12).cursor == at(12).timeline.backward_end
