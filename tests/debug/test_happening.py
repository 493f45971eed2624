"""The line of what happened last, against a literal account of the pass."""

from __future__ import annotations

import random

import pytest

from explorer.debug import numbers
from explorer.debug.formula import formula
from explorer.debug.happening import Part, happening
from explorer.debug.roles import node_label
from explorer.trace.timeline import Timeline


def text(parts: tuple[Part, ...]) -> str:
    return "".join(part.text for part in parts)


def values(parts: tuple[Part, ...]) -> list[float]:
    """Return the numbers of a line, whose texts are those numbers."""
    found = [part for part in parts if part.value is not None]
    assert all(part.text == numbers.short(part.value) for part in found)
    return [part.value for part in found]


def results(parts: tuple[Part, ...]) -> list[float]:
    return [part.value for part in parts if part.is_result]


def test_every_node_is_computed_with_its_formula(emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    one_each = {trace.op_name(n): n for n in range(trace.leaves, trace.nodes)}
    some = random.Random(2).sample(range(trace.leaves, trace.nodes), 300)
    assert set(one_each) == {"add", "mul", "pow", "exp", "log", "relu", "constant"}
    for node in [trace.leaves, trace.nodes - 1, *one_each.values(), *some]:
        parts = happening(emma_timeline, node - trace.leaves + 1)
        made = f"  =  {formula(trace, node)}" if len(trace.edges(node)) else ""
        data = float(trace.data[node])
        assert text(parts) == f"{node_label(trace, node)}{made}  =  {numbers.short(data)}"
        assert results(parts) == values(parts) == [data]
        assert parts[0].node == node


def test_every_contribution_is_the_sum_that_backward_did(emma_timeline: Timeline, history) -> None:
    t = emma_timeline
    added = {one.event: (n, one) for n, of_it in history.of.items() for one in of_it}
    some = random.Random(4).sample(range(t.backward_start + 1, t.backward_end + 1), 500)
    for cursor in [t.backward_start + 1, t.backward_end, *some]:
        node, one = added[cursor]
        parts = happening(t, cursor)
        before = history.grad(node, cursor - 1)
        assert values(parts) == [before, one.local_grad, one.consumer_grad, one.total]
        assert results(parts) == [one.total]
        assert [part.node for part in parts if part.node is not None] == [node, one.consumer]


@pytest.mark.parametrize("at", [1, 2, 701, 4192])
def test_every_update_is_adams(emma_timeline: Timeline, at: int) -> None:
    t, update = emma_timeline, emma_timeline.trace.update
    cursor, node = t.backward_end + at, at - 1
    parts = happening(t, cursor)
    m_hat = float(update.m[node]) / (1 - update.settings.beta1)
    before, after = float(t.trace.data[node]), float(update.data[node])
    assert values(parts) == [before, m_hat, after]
    assert results(parts) == [after]
    assert parts[0].node == node
    assert after == t.node_data_at(cursor, node)


def test_some_lines_are_as_they_are_read(emma_timeline: Timeline) -> None:
    t = emma_timeline
    assert text(happening(t, 0)) == "nothing is computed yet: there are only parameters"
    assert text(happening(t, 1)) == "+ 4\u202f192  =  0.03763 + 0.02987  =  0.0675"
    assert text(happening(t, t.forward_end)) == "loss  =  17.4 × 0.2  =  3.48"
    assert text(happening(t, t.backward_start)) == (
        "loss.grad  =  1     backward starts here, as d loss / d loss is 1"
    )
    assert text(happening(t, t.backward_start + 1)) == (
        "+ 43\u202f892.grad  +=  local × loss.grad :     0 + 0.2 × 1  =  0.2"
    )
    last = text(happening(t, t.end))
    assert last.startswith("layer0.mlp_fc2[15][63]  −=  rate × m̂ / (√v̂ + ε) :     ")


def test_a_square_adds_twice_to_the_same_child(emma_timeline: Timeline, history) -> None:
    trace = emma_timeline.trace
    square = next(
        node
        for node in range(trace.leaves, trace.nodes)
        if trace.op_name(node) == "mul" and len(set(trace.child[trace.edges(node)].tolist())) == 1
    )
    first, second = (happening(emma_timeline, history.passed_on[square, i]) for i in (0, 1))
    assert values(second)[0] == results(first)[0]


def test_every_moment_of_a_foreign_pass_has_its_line(foreign_trace) -> None:
    t = Timeline(foreign_trace)
    for cursor in range(1, t.end + 1):
        parts = happening(t, cursor)
        assert len(results(parts)) == 1
        assert parts[0].node is not None
    lines = [text(happening(t, cursor)) for cursor in range(t.end + 1)]
    assert any("tanh(" in line for line in lines)
