"""Fixtures for the debugger: a second pass, and a literal account of a backward pass."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import strategies as st

from explorer.debug.events import Events
from explorer.trace.build import build_trace
from explorer.trace.passes import Subject, record_pass
from explorer.trace.record import record
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


@pytest.fixture(scope="session")
def foreign_trace() -> Trace:
    """A pass of code that is not ours, without positions, and without an update."""
    path = Path(__file__).parents[1] / "trace" / "foreign_autograd.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    foreign = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(foreign)
    leaves = [foreign.Scalar(0.5), foreign.Scalar(0.25)]
    recording = record(lambda: foreign.everything(*leaves), foreign.Scalar)
    recording.result.backward()
    return build_trace(recording, recording.result, {"x": [leaves]})


class Account(NamedTuple):
    """All events of a pass as columns, the same literally, and which of them are looked at."""

    events: Events
    literal: list[dict[str, Any]]
    looked_at: list[int]


@pytest.fixture(scope="session")
def small(foreign_trace: Trace) -> Account:
    """An account of the foreign pass, of which every event is looked at."""
    literal = literal_events(foreign_trace)
    return Account(Events(Timeline(foreign_trace)), literal, list(range(len(literal))))


@pytest.fixture(scope="session")
def whole(a_timeline: Timeline) -> Account:
    """An account of a pass over a name, of which some events are looked at."""
    t = a_timeline
    edges = [0, t.forward_end - 1, t.forward_end, t.backward_start, t.backward_end - 1]
    edges += [t.backward_end, t.end - 1]
    some = random.Random(5).sample(range(t.end), 80)
    return Account(Events(t), literal_events(t.trace), sorted({*edges, *some}))


def literal_events(trace: Trace) -> list[dict[str, Any]]:
    """Return what the names of conditions stand for after each event, one after the other."""
    history, update = History(trace), trace.update
    position: dict[int, int] = {}
    for place, scope in enumerate(trace.position_scope.tolist()):
        position |= dict.fromkeys(range(scope, trace.scopes[scope].stop), place)
    uses = [0] * trace.nodes
    for child in trace.child.tolist():
        uses[child] += 1
    events: list[dict[str, Any]] = []

    def happen(phase: str, node: int, data: float, grad: float, **more: float) -> None:
        scope, site = int(trace.scope[node]), int(trace.site[node])
        names = {
            "data": data,
            "grad": grad,
            "added": 0.0,
            "local": 0.0,
            "node": node,
            "consumer": -1,
            "position": position.get(scope, -1),
            "line": trace.sites[site].line if site >= 0 else 0,
            "fan_out": uses[node],
            "event": len(events) + 1,
        } | more
        words = {
            "op": trace.op_name(node),
            "function": trace.scopes[scope].function.split(" ")[-1],
            "phase": phase,
        }
        events.append({name: np.float64(value) for name, value in names.items()} | words)

    for node in range(trace.leaves, trace.nodes):
        happen("forward", node, float(trace.data[node]), 0.0)
    happen("backward", trace.loss, float(trace.data[trace.loss]), 1.0)
    added = {one.event: (node, one) for node, of_it in history.of.items() for one in of_it}
    for at in range(history.seeded + 1, history.end + 1):
        node, one = added[at]
        what = {"added": one.value, "local": one.local_grad, "consumer": one.consumer}
        happen("backward", node, float(trace.data[node]), one.total, **what)
    for node in range(len(update) if update is not None else 0):
        happen("update", node, float(update.data[node]), 0.0)
    return events


@pytest.fixture
def scribbled_on() -> Callable[[bytes], st.SearchStrategy[bytes]]:
    """Return what damages a file: some of its bytes are others, and its end may be missing."""

    @st.composite
    def scribbled(draw: st.DrawFn, content: bytes) -> bytes:
        written = bytearray(content)
        for _ in range(draw(st.integers(1, 3))):
            at = draw(st.integers(0, len(written) - 1))
            written[at : at + draw(st.integers(0, 9))] = draw(st.binary(max_size=3))
        return bytes(written[: draw(st.integers(0, len(written)))])

    return scribbled
