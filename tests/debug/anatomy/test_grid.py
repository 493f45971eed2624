"""Nodes in rows and columns, at moments of a pass."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.anatomy.grid import CellState, Grid, data_grid, grad_grid
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Reading
from explorer.trace.timeline import GradState, Timeline


@pytest.fixture(scope="module")
def anatomy(emma_timeline: Timeline) -> Anatomy:
    return Anatomy(emma_timeline.trace)


def reading(timeline: Timeline, cursor: int, anatomy: Anatomy) -> Reading:
    return Reading(timeline, cursor, anatomy)


def test_what_comes_later_is_not_there(emma_timeline: Timeline, anatomy: Anatomy) -> None:
    nodes = anatomy.attention[0][0].weights
    grid = data_grid(reading(emma_timeline, emma_timeline.end, anatomy), "weights", nodes)
    later = np.triu(np.ones((5, 5), bool), 1)
    np.testing.assert_array_equal(grid.states == CellState.NOT_THERE, later)
    np.testing.assert_array_equal(grid.states == CellState.KNOWN, ~later)
    np.testing.assert_array_equal(grid.values[~later], emma_timeline.trace.data[nodes[~later]])
    assert np.isnan(grid.values[later]).all()
    assert grid.shape == (5, 5)
    assert grid.is_there(4, 4)
    assert not grid.is_there(0, 1)


def test_what_is_not_computed_has_no_number(emma_timeline: Timeline, anatomy: Anatomy) -> None:
    nodes = anatomy.attention[0][0].weights
    moment = emma_timeline.computed_after(int(nodes[2, 1]))
    grid = data_grid(reading(emma_timeline, moment, anatomy), "weights", nodes)
    assert grid.states[2].tolist() == [
        CellState.KNOWN, CellState.KNOWN, CellState.NOT_COMPUTED,
        CellState.NOT_THERE, CellState.NOT_THERE,
    ]  # fmt: skip
    assert (grid.states[3, :4] == CellState.NOT_COMPUTED).all()
    np.testing.assert_array_equal(np.isnan(grid.values), grid.states != CellState.KNOWN)


def test_gradients_are_reached_then_partial_then_complete(
    emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    nodes = anatomy.attention[0][0].weights
    node = int(nodes[3, 2])  # weighs four numbers of a value: four contributions
    events = emma_timeline.ledger(node).event
    seen = []
    for moment in (emma_timeline.forward_end, int(events[0]), int(events[-1])):
        at = reading(emma_timeline, moment, anatomy)
        grid = grad_grid(at, "gradients", nodes)
        seen.append(CellState(int(grid.states[3, 2])))
        expected = emma_timeline.node_grad_at(moment, node)
        if seen[-1] is CellState.NOT_REACHED:
            assert np.isnan(grid.values[3, 2])
        else:
            assert grid.values[3, 2] == expected
        assert grid.states[0, 1] == CellState.NOT_THERE
    assert len(events) == 4
    assert seen == [CellState.NOT_REACHED, CellState.PARTIAL, CellState.KNOWN]


def test_before_a_node_is_computed_it_has_no_gradient(
    emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    nodes = anatomy.attention[0][0].weights
    grid = grad_grid(reading(emma_timeline, 0, anatomy), "gradients", nodes)
    assert set(np.unique(grid.states)) == {CellState.NOT_THERE, CellState.NOT_COMPUTED}
    assert np.isnan(grid.values).all()


def test_states_of_gradients_are_those_of_the_time_line(
    emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    moment = (emma_timeline.backward_start + emma_timeline.backward_end) // 2
    at = reading(emma_timeline, moment, anatomy)
    states = at.grad_states(anatomy.logits)
    for node, state in zip(anatomy.logits.flat, states.flat, strict=True):
        assert GradState(int(state)) is emma_timeline.grad_state_at(moment, int(node))


def test_the_same_numbers_make_the_same_picture(emma_timeline: Timeline, anatomy: Anatomy) -> None:
    def grid(cursor: int) -> Grid:
        at = reading(emma_timeline, cursor, anatomy)
        return data_grid(at, "weights", anatomy.attention[0][0].weights, faint=faint.copy())

    faint = np.zeros((5, 5), bool)
    end = emma_timeline.end
    assert grid(end).looks_like(grid(end))
    assert grid(0).looks_like(grid(0))  # not known is as not known as it was
    assert not grid(0).looks_like(grid(end))
    whole = grid(end)
    assert not whole.looks_like(replace(whole, limit=2.0))
    assert not whole.looks_like(replace(whole, title="scores"))
    assert not whole.looks_like(replace(whole, faint=None))
    assert not whole.looks_like(replace(whole, faint=~faint))
    assert not whole.looks_like(replace(whole, states=np.zeros_like(whole.states)))
