"""Fixtures for the debugger: a second pass, and a literal account of a backward pass."""

from __future__ import annotations

from typing import NamedTuple

import pytest

from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


class Added(NamedTuple):
    """One ``child.grad += local_grad * consumer.grad``."""

    event: int
    consumer: int
    local_grad: float
    consumer_grad: float
    value: float
    total: float


class History:
    """The published ``backward()``, done literally, one addition after the other.

    Attributes
    ----------
    of : dict of int to list of Added
        What was added to each node, in order.
    passed_on : dict of (int, int) to int
        The moment right after the edge with that place among a node's edges passed on.
    """

    def __init__(self, trace: Trace) -> None:
        self.trace = trace
        self.seeded = trace.created + 1
        self.of: dict[int, list[Added]] = {}
        self.passed_on: dict[tuple[int, int], int] = {}
        pointer, child = trace.child_pointer.tolist(), trace.child.tolist()
        local_grad = trace.local_grad.tolist()
        grad = [0.0] * trace.nodes
        grad[trace.loss] = 1.0
        event = self.seeded
        for consumer in reversed(trace.order.tolist()):
            for place, edge in enumerate(range(pointer[consumer], pointer[consumer + 1])):
                node, local = child[edge], local_grad[edge]
                event += 1
                value = local * grad[consumer]
                grad[node] += value
                added = Added(event, consumer, local, grad[consumer], value, grad[node])
                self.of.setdefault(node, []).append(added)
                self.passed_on[consumer, place] = event
        self.end = event

    def grad(self, node: int, cursor: int) -> float:
        """Return what the node's gradient is at a moment."""
        done = [added.total for added in self.of.get(node, []) if added.event <= cursor]
        if done:
            return done[-1]
        return 1.0 if node == self.trace.loss and cursor >= self.seeded else 0.0

    def moments(self, node: int) -> list[int]:
        """Return the moments just before, at and after all that concerns a node."""
        trace = self.trace
        children = [int(trace.child[edge]) for edge in trace.edges(node)]
        computed = [n - trace.leaves + 1 for n in (node, *children) if n >= trace.leaves]
        received = [added.event for added in self.of.get(node, [])]
        passed = [self.passed_on.get((node, i), 0) for i in range(len(children))]
        ends = [0, trace.created, self.seeded, self.end]
        near = {m + d for m in (*computed, *received, *passed, *ends) for d in (-1, 0, 1)}
        return sorted(m for m in near if 0 <= m <= self.end)


@pytest.fixture(scope="session")
def a_timeline(subject: Subject) -> Timeline:
    """A second, smaller pass."""
    return Timeline(record_pass(subject, "a"))


@pytest.fixture(scope="session")
def history(emma: Trace) -> History:
    """What backward did to "emma", worked out without the time line."""
    return History(emma)
