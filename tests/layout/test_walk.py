"""Arrow keys lead through the graph, and back."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.layout.neighbourhood import CHILDREN, FoldedGraph
from explorer.layout.walk import Step, Walk
from explorer.trace.trace import Trace

LEFT, RIGHT, UP, DOWN = Step.CHILD, Step.CONSUMER, Step.SIBLING_ABOVE, Step.SIBLING_BELOW


@pytest.fixture(scope="module")
def graph(emma: Trace) -> FoldedGraph:
    return FoldedGraph(emma)


@pytest.fixture(scope="module")
def relu(emma: Trace) -> int:
    return int(np.flatnonzero(emma.op == emma.op_names.index("relu"))[70])


def go(graph: FoldedGraph, node: int, *steps: Step) -> list[int | None]:
    walk, way = Walk(), []
    for step in steps:
        found = walk.step(graph, node, step)
        way.append(found)
        node = node if found is None else found
    return way


def test_left_leads_to_a_child_and_right_back(graph: FoldedGraph, relu: int) -> None:
    (total,) = graph.neighbours(relu, CHILDREN)
    first = sorted(graph.neighbours(total, CHILDREN))[0]
    assert go(graph, relu, LEFT, LEFT, RIGHT, RIGHT) == [total, first, total, relu]


def test_up_and_down_lead_among_the_children_that_one_came_to(
    graph: FoldedGraph, relu: int
) -> None:
    (total,) = graph.neighbours(relu, CHILDREN)
    inputs = sorted(graph.neighbours(total, CHILDREN))
    way = go(graph, relu, LEFT, LEFT, DOWN, DOWN, UP, RIGHT, LEFT)
    assert way == [total, inputs[0], inputs[1], inputs[2], inputs[1], total, inputs[1]]


def test_up_and_down_lead_among_consumers_after_right(emma: Trace, graph: FoldedGraph) -> None:
    parameter = int(np.flatnonzero(np.bincount(emma.child, minlength=emma.nodes) == 5)[0])
    users = sorted(graph.neighbours(parameter, 1))
    assert len(users) == 5
    assert go(graph, parameter, RIGHT, DOWN, DOWN, LEFT) == [*users[:3], parameter]


def test_nothing_lies_beyond_the_ends(emma: Trace, graph: FoldedGraph) -> None:
    assert go(graph, emma.loss, RIGHT) == [None]
    assert go(graph, emma.loss, UP) == [None] or emma.op_name(emma.loss) == "mul"
    assert go(graph, 5, LEFT) == [None]


def test_siblings_without_a_way_are_children_of_the_first_consumer(
    emma: Trace, graph: FoldedGraph, relu: int
) -> None:
    (total,) = graph.neighbours(relu, CHILDREN)
    inputs = sorted(graph.neighbours(total, CHILDREN))
    assert go(graph, inputs[3], DOWN, DOWN) == [inputs[4], inputs[5]]
    assert go(graph, inputs[-1], DOWN) == [None]


def test_right_leads_back_to_the_consumer_that_one_came_from(
    emma: Trace, graph: FoldedGraph
) -> None:
    parameter = int(np.flatnonzero(np.bincount(emma.child, minlength=emma.nodes) == 5)[0])
    fourth = sorted(graph.neighbours(parameter, 1))[3]
    assert go(graph, fourth, LEFT, RIGHT) == [parameter, fourth]
