"""What is known of one node at a moment, against a literal account of the pass."""

from __future__ import annotations

import importlib.util
import linecache
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.debug.inspection import LedgerRow, inspect_node, node_label
from explorer.trace.build import build_trace
from explorer.trace.record import record
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace
from microgpt import Value

ROOT = Path(__file__).resolve().parents[2]


class Account(Protocol):
    """The `History` of conftest.py."""

    of: dict[int, list[Any]]
    passed_on: dict[tuple[int, int], int]
    seeded: int
    end: int

    def grad(self, node: int, cursor: int) -> float: ...
    def moments(self, node: int) -> list[int]: ...


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def nodes(trace: Trace) -> st.SearchStrategy[int]:
    """Parameters, nodes of the pass, and the loss."""
    return st.one_of(
        st.integers(0, trace.leaves - 1),
        st.integers(trace.leaves, trace.nodes - 1),
        st.just(trace.loss),
    )


def first(trace: Trace, op: str, reaches: bool = True) -> int:
    """Return the first node of an operation that the loss depends on, or does not."""
    at = trace.op_names.index(op)
    found = (trace.op == at) & (trace.reaches_loss == reaches)
    return int(found.argmax())


def dead_relu(trace: Trace) -> int:
    """Return the child of a ReLU that did not let it through."""
    relu = trace.op_names.index("relu")
    node = next(n for n in range(trace.nodes) if trace.op[n] == relu and trace.data[n] == 0)
    return int(trace.child[trace.edges(node)[0]])


@settings(max_examples=60)
@given(data=st.data())
def test_data_is_shown_from_the_moment_it_is_computed(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    trace = emma_timeline.trace
    node = data.draw(nodes(trace))
    for cursor in history.moments(node):
        known = node < trace.leaves + min(cursor, trace.created)
        shown = inspect_node(emma_timeline, cursor, node).data
        assert shown == (trace.data[node] if known else None)


@settings(max_examples=60)
@given(data=st.data())
def test_the_gradient_is_that_of_the_whole_graph_bit_for_bit(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    node = data.draw(nodes(emma_timeline.trace))
    cursors = history.moments(node)
    cursors = data.draw(st.lists(st.sampled_from(cursors), min_size=1, max_size=8))
    cursors.append(data.draw(st.integers(0, emma_timeline.end)))
    for cursor in cursors:
        shown = inspect_node(emma_timeline, cursor, node).grad
        assert bits(shown) == bits(emma_timeline.grad_at(cursor)[node])


@settings(max_examples=60)
@given(data=st.data())
def test_the_gradient_is_what_backward_holds_then(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    node = data.draw(nodes(emma_timeline.trace))
    for cursor in history.moments(node):
        shown = inspect_node(emma_timeline, cursor, node).grad
        assert bits(shown) == bits(history.grad(node, cursor))


@settings(max_examples=60)
@given(data=st.data())
def test_the_ledger_shows_only_what_has_happened(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    trace = emma_timeline.trace
    node = data.draw(nodes(trace))
    for cursor in history.moments(node):
        computed = trace.leaves + min(cursor, trace.created)
        rows = inspect_node(emma_timeline, cursor, node).ledger
        for row, added in zip(rows, history.of.get(node, []), strict=True):
            happened = added.event <= cursor
            assert row == LedgerRow(
                consumer=added.consumer,
                label=node_label(trace, added.consumer),
                local_grad=added.local_grad if added.consumer < computed else None,
                consumer_grad=added.consumer_grad if happened else None,
                value=added.value if happened else None,
                total=added.total if happened else None,
                event=added.event,
                is_now=added.event == cursor,
            )
            assert row.happened == happened


@settings(max_examples=60)
@given(data=st.data())
def test_children_show_only_what_has_happened(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    trace = emma_timeline.trace
    node = data.draw(nodes(trace))
    for cursor in history.moments(node):
        computed = trace.leaves + min(cursor, trace.created)
        rows = inspect_node(emma_timeline, cursor, node).children
        assert len(rows) == len(trace.edges(node))
        for place, (row, edge) in enumerate(zip(rows, trace.edges(node), strict=True)):
            child, local_grad = int(trace.child[edge]), float(trace.local_grad[edge])
            event = history.passed_on.get((node, place))
            received = event is not None and event <= cursor
            assert (row.node, row.label) == (child, node_label(trace, child))
            assert row.data == (trace.data[child] if child < computed else None)
            assert row.local_grad == (local_grad if node < computed else None)
            assert row.event == event
            assert row.contribution == (local_grad * trace.grad[node] if received else None)


@settings(max_examples=60)
@given(data=st.data())
def test_the_state_is_that_of_the_contributions(
    emma_timeline: Timeline, history: Account, data: st.DataObject
) -> None:
    trace = emma_timeline.trace
    node = data.draw(nodes(trace))
    events = [added.event for added in history.of.get(node, [])] or [history.seeded]
    for cursor in history.moments(node):
        state = inspect_node(emma_timeline, cursor, node).state
        if cursor < events[0]:
            assert state is GradState.NOT_REACHED
        elif cursor < events[-1]:
            assert state is GradState.PARTIAL
        else:
            assert state is (GradState.ZERO if trace.grad[node] == 0 else GradState.FINAL)


def explanation(timeline: Timeline, node: int, cursor: int) -> str:
    return inspect_node(timeline, cursor, node).explanation


def test_the_state_of_the_loss_in_words(emma_timeline: Timeline) -> None:
    t, loss = emma_timeline, emma_timeline.trace.loss
    for cursor in (0, t.forward_end):
        assert explanation(t, loss, cursor) == "not reached yet: backward has not begun"
    for cursor in (t.backward_start, t.backward_start + 1, t.end):
        assert explanation(t, loss, cursor) == "final: it starts at d loss / d loss = 1"


def test_the_state_of_a_parameter_in_words(emma_timeline: Timeline, history: Account) -> None:
    """One weight of lm_head is used once at each of the five positions."""
    matrix = next(m for m in emma_timeline.trace.parameters if m.name == "lm_head")
    events = [added.event for added in history.of[matrix.start]]
    assert len(events) == 5
    said = [explanation(emma_timeline, matrix.start, e) for e in (events[0] - 1, *events)]
    assert said == [
        "not reached yet: 0 of 5 contributions",
        "partial: 1 of 5 contributions",
        "partial: 2 of 5 contributions",
        "partial: 3 of 5 contributions",
        "partial: 4 of 5 contributions",
        "final: 5 of 5 contributions",
    ]


def test_the_state_of_an_unused_parameter_in_words(emma_timeline: Timeline) -> None:
    """The letter z does not occur in emma."""
    trace = emma_timeline.trace
    z = next(n for n in range(trace.leaves) if trace.parameter_name(n) == "wte[25][0]")
    assert explanation(emma_timeline, z, emma_timeline.forward_end) == "not reached yet"
    assert (
        explanation(emma_timeline, z, emma_timeline.backward_start)
        == "truly zero: the loss does not depend on it"
    )


def test_the_state_of_a_constant_in_words(emma_timeline: Timeline, history: Account) -> None:
    node = first(emma_timeline.trace, "constant")
    (added,) = history.of[node]
    before, after = (explanation(emma_timeline, node, added.event + d) for d in (-1, 0))
    assert before == "not reached yet: 0 of 1 contribution"
    assert after == "final: 1 of 1 contribution"


def test_the_state_before_a_dead_relu_in_words(emma_timeline: Timeline, history: Account) -> None:
    node = dead_relu(emma_timeline.trace)
    event = history.of[node][-1].event
    found = inspect_node(emma_timeline, event, node)
    assert found.state is GradState.ZERO
    assert found.grad == 0
    assert found.explanation.startswith("truly zero: 1 of 1 contribution,")
    assert explanation(emma_timeline, node, event - 1) == "not reached yet: 0 of 1 contribution"


def test_the_state_of_an_unneeded_power_of_softmax_in_words(emma_timeline: Timeline) -> None:
    """The probabilities of all letters but the target never reach the loss."""
    t = emma_timeline
    node = first(t.trace, "pow", reaches=False)
    assert explanation(t, node, t.forward_end) == "not reached yet"
    for cursor in (t.backward_start, t.end):
        assert explanation(t, node, cursor) == "truly zero: the loss does not depend on it"
        assert all(row.contribution is None for row in inspect_node(t, cursor, node).children)


def test_a_node_with_a_zero_gradient_is_not_yet_truly_zero_before_its_last_contribution(
    emma_timeline: Timeline, history: Account
) -> None:
    trace = emma_timeline.trace
    node = next(n for n, added in history.of.items() if len(added) > 1 and trace.grad[n] == 0)
    events = [added.event for added in history.of[node]]
    states = [inspect_node(emma_timeline, e, node).state for e in events]
    assert states == [GradState.PARTIAL] * (len(events) - 1) + [GradState.ZERO]


def test_one_child_twice_is_two_rows() -> None:
    def squared() -> Value:
        x = Value(3.0)
        return x * x

    recording = record(squared, Value)
    recording.result.backward()
    timeline = Timeline(build_trace(recording, recording.result, {}))
    x, square = 0, 1
    assert [row.node for row in inspect_node(timeline, timeline.end, square).children] == [x, x]
    totals = [row.total for row in inspect_node(timeline, timeline.end, x).ledger]
    assert totals == [3.0, 6.0]
    half = inspect_node(timeline, timeline.end - 1, square).children
    assert [row.contribution for row in half] == [3.0, None]


def test_parameters_are_labelled_by_name_and_other_nodes_by_sign_and_number(emma: Trace) -> None:
    labels = [node_label(emma, n) for n in (0, 17, emma.leaves - 1)]
    assert labels == ["wte[0][0]", "wte[1][1]", "layer0.mlp_fc2[15][63]"]
    product = first(emma, "mul")
    assert node_label(emma, product) == f"× {product:,}".replace(",", "\u202f")


def test_the_heading_is_the_name_the_role_or_the_operation(emma_timeline: Timeline) -> None:
    end = emma_timeline.end
    trace = emma_timeline.trace
    assert inspect_node(emma_timeline, end, 0).title == "wte[0][0]"
    assert inspect_node(emma_timeline, end, first(trace, "exp")).title == "exp"
    assert inspect_node(emma_timeline, end, trace.loss).title == "loss"
    assert inspect_node(emma_timeline, end, trace.loss).op == "mul"
    target = int(trace.probabilities[1, trace.document.tokens[2]])
    assert inspect_node(emma_timeline, end, target).title == "p(m) at position 1"


def test_the_path_names_the_position_by_its_letters(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    path = inspect_node(emma_timeline, 0, int(trace.position_loss[3])).path
    assert path.startswith("3 m → a / ")
    assert inspect_node(emma_timeline, 0, 0).path == "parameters / wte"


@given(data=st.data())
def test_the_source_is_the_line_of_the_file(emma_timeline: Timeline, data: st.DataObject) -> None:
    trace = emma_timeline.trace
    node = data.draw(st.integers(trace.leaves, trace.nodes - 1))
    source = inspect_node(emma_timeline, 0, node).source
    assert source is not None
    file, line, text = source
    assert text == linecache.getline(str(ROOT / file), line).strip() != ""


@pytest.mark.parametrize(
    ("op", "file", "words"),
    [
        ("add", "microgpt/model.py", "t + p for t, p in zip(wte[token], wpe[position]"),
        ("mul", "microgpt/nn.py", "sum(xi * xi for xi in x)"),
        ("pow", "microgpt/nn.py", "** -0.5"),
        ("exp", "microgpt/nn.py", ".exp() for logit in logits"),
        ("relu", "microgpt/model.py", ".relu() for unit in"),
        ("log", "microgpt/nn.py", ".log()"),
    ],
)
def test_the_source_of_the_first_of_each_operation(
    emma_timeline: Timeline, op: str, file: str, words: str
) -> None:
    source = inspect_node(emma_timeline, 0, first(emma_timeline.trace, op)).source
    assert source is not None
    assert source[0] == file
    assert words in source[2]


def test_parameters_have_no_source(emma_timeline: Timeline) -> None:
    leaves = range(0, emma_timeline.trace.leaves, 97)
    assert {inspect_node(emma_timeline, 0, node).source for node in leaves} == {None}


@pytest.fixture
def with_form_feed(tmp_path: Path) -> Iterator[Timeline]:
    """A pass of a script that has a form feed between its parts, as old Unix sources have."""
    path = tmp_path / "paged.py"
    path.write_text(
        "from microgpt import Value\n\x0c\ndef product():\n    return Value(2.0) * Value(3.0)\n"
    )
    spec = importlib.util.spec_from_file_location("paged", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    recording = record(module.product, Value)
    recording.result.backward()
    yield Timeline(build_trace(recording, recording.result, {}))
    linecache.cache.pop(str(path), None)


def test_the_source_is_right_after_a_form_feed(with_form_feed: Timeline) -> None:
    source = inspect_node(with_form_feed, 0, 2).source
    assert source is not None
    assert source[1:] == (4, "return Value(2.0) * Value(3.0)")
