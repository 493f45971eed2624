"""Formulas on the map: from left to right, each node in a cell of its own."""

from __future__ import annotations

import numpy as np
import pytest

from explorer.layout.map_layout import layout_map
from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.trace.trace import Trace

LEAVES = {"a": 2.0, "b": 3.0, "c": -1.0}
FORMULAS = ("L = a*b + a", "L = (a + b + c)**2 / 3 - exp(a*b*c)", "d = a*a\ne = d*d\nL = e*d - 1")


def pass_of(text: str) -> Trace:
    return record_formula(parse_formula(text, LEAVES), LEAVES)


@pytest.mark.parametrize("text", FORMULAS)
def test_nodes_stand_right_of_what_they_are_made_from(text: str) -> None:
    trace = pass_of(text)
    layout = layout_map(trace)
    consumer = np.repeat(np.arange(trace.nodes), np.diff(trace.child_pointer))
    assert (layout.x[consumer] > layout.x[trace.child]).all()
    assert len(set(zip(layout.x.tolist(), layout.y.tolist(), strict=True))) == trace.nodes
    for node in range(trace.nodes):
        assert layout.grid[layout.y[node], layout.x[node]] == node
    assert (layout.box[:, 2:] > 0).all()


def test_the_map_of_a_small_formula_is_small() -> None:
    layout = layout_map(pass_of(FORMULAS[0]))
    assert layout.width <= 7  # so that a cell is read from the last row
    assert layout.height <= 5
