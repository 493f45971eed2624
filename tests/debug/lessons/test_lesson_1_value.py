"""Lesson 1, what is a Value?: its numbers, worked out with floats alone."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from by_hand import slope
from opened_stops import OpenedStop

from explorer.debug import numbers
from explorer.trace.timeline import GradState

A, B, BY = 2.0, 3.0, 0.001
SHORT = numbers.short

Open = Callable[[int], OpenedStop]


def formula(a: float = A, b: float = B) -> float:
    return a * b + a


BY_A = slope(lambda by: formula(a=A + by))
BY_B = slope(lambda by: formula(b=B + by))


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        (1, [A, B]),
        (2, [A * B]),
        (3, [A * B, A, formula()]),
        (4, [slope(lambda by: (A + by) * B), slope(lambda by: A * (B + by))]),
        (5, [slope(lambda by: formula() + by)]),
        (6, [slope(lambda by: (A * B + by) + A), slope(lambda by: A * B + (A + by))]),
        (7, [B, 1.0, BY_A]),
        (8, [BY_B, BY_A, BY_B]),
        (9, [A + BY, formula(a=A + BY), (formula(a=A + BY) - formula()) / BY]),
    ],
)
def test_numbers(at: Open, place: int, expected: list[float]) -> None:
    assert at(place).said == [SHORT(number) for number in expected]


def test_the_gradients_are_four_and_two(at: Open) -> None:
    assert [SHORT(BY_A), SHORT(BY_B)] == ["4", "2"]
    assert at(8).trace.grad.tolist() == [4, 2, 1, 1]


def test_a_number_is_there_when_it_is_first_told(at: Open) -> None:
    product, result = 2, 3
    computed = [[at(place).is_computed(node) for node in (product, result)] for place in (1, 2, 3)]
    assert computed == [[False, False], [True, False], [True, True]]
    assert at(1).trace.data.tolist() == [A, B, A * B, formula()]


def test_two_edges_lead_back_to_a(at: Open) -> None:
    trace = at(3).trace
    children = [trace.child[trace.edges(node)].tolist() for node in (2, 3)]
    assert children == [[0, 1], [2, 0]]


def test_after_the_sum_the_gradient_of_a_is_partial(at: Open) -> None:
    def states(place: int) -> list[GradState]:
        stop = at(place)
        return [stop.timeline.grad_state_at(stop.cursor, node) for node in range(4)]

    waits, partial, final = GradState.NOT_REACHED, GradState.PARTIAL, GradState.FINAL
    assert states(5) == [waits, waits, waits, final]
    assert states(6) == [partial, waits, final, final]
    assert states(7) == [final, waits, final, final]
    assert states(8) == [final, final, final, final]


def test_a_has_a_ledger_of_one_and_three(at: Open) -> None:
    assert at(7).timeline.ledger(0).value.tolist() == [1, 3]


def test_the_nudge_is_shown(at: Open) -> None:
    raised = A + BY
    assert at(9).trace.data.tolist() == [raised, B, raised * B, formula(a=raised)]


def test_a_gpt_is_the_same_only_more_of_it(at: Open) -> None:
    stop = at(10)
    made = stop.trace.nodes - 4192
    assert stop.said == ["emma", numbers.count(made), numbers.count(4192)]
    made_of = {stop.trace.op_names[op] for op in np.unique(stop.trace.op)}
    assert made_of - {"parameter", "constant"} == {"add", "mul", "pow", "exp", "log", "relu"}


def test_moments_and_selections(at: Open) -> None:
    seen = [
        (at(place).cursor, at(place).trace.names[at(place).selection]) for place in range(1, 10)
    ]
    assert seen == [
        (0, "a"),
        (1, "a*b"),
        (2, "L"),
        (2, "a*b"),
        (3, "L"),
        (5, "a"),
        (6, "a"),
        (7, "b"),
        (7, "a"),
    ]
    last = at(10)
    assert (last.cursor, last.selection) == (last.timeline.backward_end, last.trace.loss)
