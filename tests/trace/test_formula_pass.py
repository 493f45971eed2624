"""Passes of formulas: the numbers of real nodes, under the names that the formula gives them."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.trace.trace_file import load_trace, save_trace

LEAVES = {"a": 2.0, "b": 3.0}


def pass_of(text: str, **leaves: float) -> Trace:
    leaves = leaves or LEAVES
    return record_formula(parse_formula(text, leaves), leaves)


def numbers(trace: Trace) -> dict[str, tuple[float, float]]:
    columns = zip(trace.names, trace.data.tolist(), trace.grad.tolist(), strict=True)
    return {name: (data, grad) for name, data, grad in columns if name}


def test_the_first_formula_of_all() -> None:
    trace = pass_of("L = a*b + a")
    assert numbers(trace) == {"a": (2, 4), "b": (3, 2), "a*b": (6, 1), "L": (8, 1)}
    assert [trace.parameter_name(node) for node in range(trace.nodes)] == ["a", "b", None, None]
    assert trace.loss == 3
    assert trace.document is None
    timeline = Timeline(trace)
    assert (timeline.forward_end, timeline.backward_start, timeline.end) == (2, 3, 7)
    grads = [timeline.node_grad_at(cursor, 0) for cursor in range(timeline.end + 1)]
    assert grads == [0, 0, 0, 0, 0, 1, 4, 4]


def test_operators_and_functions_are_those_of_python() -> None:
    trace = pass_of("c = a*b/4\nL = (c - -a)**2 + exp(c) - log(a) + relu(-b)")
    found = numbers(trace)
    c, a, b = 1.5, 2.0, 3.0
    assert found["L"][0] == pytest.approx((c + a) ** 2 + math.exp(c) - math.log(a))
    slope_c = 2 * (c + a) + math.exp(c)
    assert found["c"][1] == pytest.approx(slope_c)
    assert found["a"][1] == pytest.approx(slope_c * b / 4 + 2 * (c + a) - 1 / a)
    assert found["relu(-b)"] == (0, 1)


def test_nodes_belong_to_the_lines_that_make_them() -> None:
    trace = pass_of("c = a/b\nL = c*c - 1")
    assert trace.files[0].text == "c = a/b\nL = c*c - 1"
    lines = [trace.sites[site].line if site >= 0 else 0 for site in trace.site.tolist()]
    assert lines[:2] == [0, 0]
    named = {trace.names[node]: lines[node] for node in range(trace.nodes)}
    assert (named["c"], named["c*c"], named["L"]) == (1, 2, 2)
    assert lines[2:] == sorted(lines[2:])


def test_a_pass_that_fails_ends_there() -> None:
    trace = pass_of("c = a*b\nL = log(c - 10)")
    assert trace.failure is not None
    assert trace.failure.error == "ValueError"
    assert trace.names[trace.failure.node] == "c - 10"
    assert trace.loss is None
    with pytest.raises(ValueError, match="math domain"):
        pass_of("L = log(a)", a=-1.0)


def test_names_are_kept_in_files(tmp_path: Path) -> None:
    trace = pass_of("L = a*b + a")
    save_trace(trace, tmp_path / "t.npz")
    assert load_trace(tmp_path / "t.npz").names == trace.names
