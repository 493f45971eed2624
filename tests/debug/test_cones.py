"""Cones are what the edges say, followed to their end."""

from __future__ import annotations

import random

import numpy as np

from explorer.debug.cones import ancestors, descendants
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
