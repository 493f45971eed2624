"""The strongest path against all paths, gone through one by one."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from graphs import graph, graphs
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.paths import Path, strongest_path
from explorer.trace.trace import Trace

inf, nan = math.inf, math.nan


def all_paths(trace: Trace, start: int, goal: int) -> list[list[int]]:
    """Return every path as its edges, from the start to the goal."""
    if start == goal:
        return [[]]
    return [
        [*before, edge]
        for edge in trace.edges(goal)
        for before in all_paths(trace, start, int(trace.child[edge]))
    ]


def exact(trace: Trace, edges: list[int]) -> Fraction:
    return math.prod((Fraction(float(trace.local_grad[edge])) for edge in edges), start=Fraction(1))


def path(trace: Trace, start: int, goal: int | None = None) -> Path:
    found = strongest_path(trace, start, trace.loss if goal is None else goal)
    assert found is not None
    return found


def check_consistent(trace: Trace, found: Path, start: int, goal: int) -> None:
    """Check that a path hangs together."""
    assert (found.nodes[0], found.nodes[-1]) == (start, goal)
    assert trace.child[found.edges].tolist() == found.nodes[:-1].tolist()
    for edge, consumer in zip(found.edges.tolist(), found.nodes[1:].tolist(), strict=True):
        assert edge in trace.edges(consumer)
    assert np.array_equal(found.local_grad, trace.local_grad[found.edges], equal_nan=True)


usual = st.floats(-4, 4).map(lambda x: x if abs(x) > 1e-3 else 0.0)


@given(graphs(usual), st.data())
def test_no_other_path_is_stronger(trace: Trace, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, trace.nodes - 1))
    goal = data.draw(st.integers(start, trace.nodes - 1))
    products = [exact(trace, edges) for edges in all_paths(trace, start, goal)]
    found = strongest_path(trace, start, goal)
    if found is None:
        assert products == []
        return
    check_consistent(trace, found, start, goal)
    assert found.product == pytest.approx(float(exact(trace, found.edges.tolist())), rel=1e-12)
    assert abs(found.product) == pytest.approx(float(max(map(abs, products))), rel=1e-12)


@given(graphs(st.sampled_from([0.5, 1.0, -1.0, -2.0, 4.0, 0.0])))
def test_products_over_all_paths_add_up_to_the_gradient(trace: Trace) -> None:
    for node in range(trace.nodes):
        products = [exact(trace, edges) for edges in all_paths(trace, node, trace.loss)]
        assert sum(products) == Fraction(float(trace.grad[node]))
        assert (strongest_path(trace, node, trace.loss) is None) == (not products)


@given(graphs(st.sampled_from([0.5, 1.0, -1.0, -2.0, 0.0, inf, -inf, nan])), st.data())
def test_of_equally_strong_paths_the_one_with_the_first_edges_from_the_goal_is_taken(
    trace: Trace, data: st.DataObject
) -> None:
    def strength(edges: list[int]) -> float:
        factors = [abs(float(trace.local_grad[edge])) for edge in edges]
        if 0.0 in factors:
            return 0.0
        return math.prod(inf if math.isnan(factor) else factor for factor in factors)

    start = data.draw(st.integers(0, trace.nodes - 1))
    paths = all_paths(trace, start, trace.loss)
    found = strongest_path(trace, start, trace.loss)
    if found is None:
        assert paths == []
        return
    check_consistent(trace, found, start, trace.loss)
    most = max(map(strength, paths))
    assert strength(found.edges.tolist()) == most
    if 0 < most < inf:  # going through an infinite edge, or one of 0, all else is as good
        best = min((edges for edges in paths if strength(edges) == most), key=lambda e: e[::-1])
        assert found.edges.tolist() == best


def test_a_factor_of_0_weakens_more_than_an_infinite_one_strengthens() -> None:
    trace = graph([[], [(0, inf), (0, 1e-9)], [(1, 1.0)], [(1, 0.0), (2, 1e-9)]])
    assert path(trace, 0).nodes.tolist() == [0, 1, 2, 3]
    trace = graph([[], [(0, 1e-9)], [(0, 0.0)], [(1, 1.0), (2, inf)]])
    assert path(trace, 0).nodes.tolist() == [0, 1, 3]
    trace = graph([[], [(0, 5.0)], [(0, nan)], [(1, 1.0), (2, 1.0)]])
    assert math.isnan(path(trace, 0).product)


def test_if_all_paths_have_the_product_0_there_still_is_one() -> None:
    trace = graph([[], [(0, 0.0)], [(0, 3.0)], [(1, 1.0), (2, 0.0)]])
    found = path(trace, 0)
    assert found.product == 0
    check_consistent(trace, found, 0, 3)


def test_long_paths_do_not_underflow() -> None:
    weak = [[(i, 1e-3)] for i in range(200)]
    # Both products are 0 as floats; the one through the last edge is ten times as large.
    trace = graph([[], *weak, [(200, 1e-3), (200, 1e-2)]])
    found = path(trace, 0)
    assert (found.product, found.local_grad[-1]) == (0.0, 1e-2)


def test_a_path_from_a_node_to_itself_has_no_edges_and_the_product_1() -> None:
    found = path(graph([[], [(0, 2.0)]]), 1)
    assert (found.nodes.tolist(), found.edges.tolist(), found.product) == ([1], [], 1.0)


def test_paths_do_not_lead_back_nor_past_the_goal() -> None:
    trace = graph([[], [(0, 2.0)], [(1, 3.0)], [(2, 5.0), (0, 7.0)]])
    assert strongest_path(trace, 2, 0) is None
    assert path(trace, 0, 2).product == 6.0
    assert path(trace, 0, 3).product == 30.0


@pytest.mark.parametrize("parameter", [64, 70, 1500, 2700, 3900])
def test_the_path_of_a_parameter_is_the_strongest_in_a_whole_pass(
    emma: Trace, parameter: int
) -> None:
    """Against the same rule, followed node by node."""
    best = {parameter: 0.0}
    pointer, child = emma.child_pointer.tolist(), emma.child.tolist()
    with np.errstate(divide="ignore"):
        weight = np.log(np.abs(emma.local_grad)).tolist()
    for node in range(parameter + 1, emma.nodes):
        for edge in range(pointer[node], pointer[node + 1]):
            if child[edge] in best:
                longer = best[child[edge]] + weight[edge]
                best[node] = max(best.get(node, -inf), longer)
    if emma.loss not in best:
        assert strongest_path(emma, parameter, emma.loss) is None
        return
    found = path(emma, parameter)
    check_consistent(emma, found, parameter, emma.loss)
    with np.errstate(divide="ignore"):
        assert np.log(abs(found.product)) == pytest.approx(best[emma.loss])


def test_the_product_of_an_only_path_is_its_gradient_to_the_last_bit(emma: Trace) -> None:
    node = int(emma.position_loss[2])  # only added to others, and divided
    found = path(emma, node)
    assert all(len(edges_into(emma, int(node))) == 1 for node in found.nodes[:-1])
    assert found.product == emma.grad[node] != 0


def edges_into(trace: Trace, node: int) -> list[int]:
    return np.flatnonzero(trace.child == node).tolist()
