"""A formula shows the numbers that the node was computed from, and no others."""

from __future__ import annotations

import pytest

from explorer.debug import numbers
from explorer.debug.formula import formula
from explorer.trace.trace import Trace

WORDS = {
    "add": "{} + {}",
    "mul": "{} × {}",
    "exp": "exp({})",
    "log": "log({})",
    "relu": "max(0, {})",
}


def nodes_of(trace: Trace, op: str) -> list[int]:
    return [node for node in range(trace.leaves, trace.nodes) if trace.op_name(node) == op]


@pytest.mark.parametrize("op", WORDS)
def test_each_operation_is_written_with_its_numbers(emma: Trace, op: str) -> None:
    for node in nodes_of(emma, op)[:50]:
        data = [numbers.short(float(emma.data[emma.child[edge]]), 5) for edge in emma.edges(node)]
        assert formula(emma, node, 5) == WORDS[op].format(*data)


def test_exponents_of_the_model_are_found_exactly(emma: Trace) -> None:
    written = {formula(emma, node).partition(" ^ ")[2] for node in nodes_of(emma, "pow")}
    assert written == {"−1", "−0.5"}


def test_a_node_without_children_is_its_own_number(emma: Trace) -> None:
    assert formula(emma, 5) == numbers.short(float(emma.data[5]))
