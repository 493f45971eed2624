"""Passes of formulas: every node that ``L = a*b + a`` makes, forwards and backwards."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.trace.build import build_trace
from explorer.trace.expression import Formula
from explorer.trace.record import record, until_nan
from explorer.trace.trace import SiteInfo, SourceText, Trace
from microgpt import Value

OPERATORS: dict[str, Callable[..., Any]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "**": operator.pow,
    "negative": operator.neg,
    "exp": Value.exp,
    "log": Value.log,
    "relu": Value.relu,
}


def record_formula(formula: Formula, leaves: Mapping[str, float]) -> Trace:
    """Compute a formula with `Value` objects, run backward, and return all that happened.

    Parameters
    ----------
    formula : Formula
    leaves : dict of str to float
        The numbers to begin with, by the names that the formula was checked with.

    Returns
    -------
    Trace
        Its leaves are parameters, and its nodes have names. If the pass fails, up to there.

    Raises
    ------
    ArithmeticError, ValueError
        It fails at the very first node.
    """
    values = {name: Value(number) for name, number in leaves.items()}
    done: list[Any] = []

    def compute() -> Any:
        # In one frame, and by functions that have none: all nodes belong to the pass itself.
        for step in formula.operations:
            given = [_operand(operand, values, done) for operand in step.operands]
            done.append(OPERATORS[step.operator](*given))
        return done[-1]

    recording = until_nan(record(compute, Value))
    if recording.error is not None and not recording.nodes:
        raise recording.error
    loss = None
    if recording.error is None:
        loss = recording.result
        loss.backward()
    trace = build_trace(recording, loss, {name: [[value]] for name, value in values.items()})
    ends = {id(value): place for place, value in enumerate(done)}
    return _as_written(trace, formula, [ends.get(id(node), -1) for node in recording.nodes])


def _operand(operand: str | float, values: Mapping[str, Value], done: list[Any]) -> Any:
    if not isinstance(operand, str):
        return operand
    return done[int(operand[1:])] if operand.startswith("#") else values[operand]


def _as_written(trace: Trace, formula: Formula, done: list[int]) -> Trace:
    """Return a trace that names nodes and lines as the formula does.

    Parameters
    ----------
    trace : Trace
    formula : Formula
    done : list of int
        Of each node that was made, which operation has ended with it; -1 for nodes on the way.
    """
    steps = formula.operations
    names = [matrix.name for matrix in trace.parameters]
    names += ["" if place < 0 else steps[place].text for place in done[: trace.created]]
    at, lines = 0, []
    for place in done[: trace.created]:
        lines.append(steps[min(at, len(steps) - 1)].line)
        at += place >= 0
    sites = sorted(set(lines))
    site = [sites.index(line) for line in lines]
    failure = trace.failure
    if failure is not None and failure.site >= 0:
        failure = replace(failure, site=site[-1] if failure.contribution < 0 else failure.site)
    return replace(
        trace,
        site=np.array([-1] * trace.leaves + site, np.int32),
        sites=tuple(SiteInfo(0, line, "formula") for line in sites),
        files=(SourceText("formula", formula.text),),
        names=tuple(names),
        failure=failure,
    )
