"""Cones are what the edges say, followed to their end."""

from __future__ import annotations

import random

import numpy as np
from graphs import graphs
from hypothesis import given
from hypothesis import strategies as st

from explorer.debug.cones import ancestors, between, descendants
from explorer.trace.order import consumers, edges_by_child
from explorer.trace.trace import Trace


def followed_down(trace: Trace, node: int) -> set[int]:
    found, waiting = {node}, [node]
    while waiting:
        for edge in trace.edges(waiting.pop()):
            child = int(trace.child[edge])
            if child not in found:
                found.add(child)
                waiting.append(child)
    return found


def test_ancestors_are_all_that_a_node_was_computed_from(emma: Trace) -> None:
    for node in random.Random(3).sample(range(emma.nodes), 20):
        assert set(np.flatnonzero(ancestors(emma, node)).tolist()) == followed_down(emma, node)


def test_the_loss_was_computed_from_what_reaches_it(emma: Trace) -> None:
    assert (ancestors(emma, emma.loss) == emma.reaches_loss).all()


def test_descendants_are_the_nodes_that_one_is_an_ancestor_of(emma: Trace) -> None:
    chosen = random.Random(4)
    for node in chosen.sample(range(emma.nodes), 5):
        inside = descendants(emma, node)
        for other in chosen.sample(range(emma.nodes), 20):
            assert inside[other] == ancestors(emma, other)[node]


@given(graphs(st.just(1.0)))
def test_between_two_nodes_are_those_on_paths_from_one_to_the_other(trace: Trace) -> None:
    below = [followed_down(trace, node) for node in range(trace.nodes)]
    for start in range(trace.nodes):
        for goal in range(trace.nodes):
            expected = {node for node in below[goal] if start in below[node]}
            assert set(np.flatnonzero(between(trace, start, goal)).tolist()) == expected


def test_the_edges_and_consumers_of_a_node_follow_each_other(emma: Trace) -> None:
    first, edges = edges_by_child(emma.child, emma.nodes)
    consumer = consumers(emma.child_pointer, emma.child)[1]
    for node in random.Random(6).sample(range(emma.nodes), 50):
        its = slice(first[node], first[node + 1])
        assert (emma.child[edges[its]] == node).all()
        for edge, user in zip(edges[its].tolist(), consumer[its].tolist(), strict=True):
            assert edge in emma.edges(user)
    assert sorted(edges.tolist()) == list(range(len(emma.child)))
