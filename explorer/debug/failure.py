"""Why a pass ended before its time, in words and with its numbers."""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.debug import numbers
from explorer.debug.cones import ancestors
from explorer.debug.formula import formula, written
from explorer.debug.inspection import source_line
from explorer.debug.roles import node_label
from explorer.debug.titles import SEPARATOR
from explorer.trace.failure import Failure, Kind
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace

TOO_LARGE = f"is beyond the largest float, {numbers.short(sys.float_info.max)}"
TOO_SMALL = "is smaller than the smallest float, so it is stored as 0"
REFLECTED = {"rtruediv": "truediv", "rpow": "pow"}
# Operations whose local gradient cannot fail where they do not.
PLAIN = ("exp", "truediv", "add", "mul")
DOMAIN_ERRORS = ("math domain error", "expected a ")  # Python 3.14 says what it expected


@dataclass(frozen=True)
class Operand:
    """What the operation that failed was given.

    Attributes
    ----------
    node : int or None
        None for a plain number.
    label : str
    number : float
    """

    node: int | None
    label: str
    number: float


@dataclass(frozen=True)
class Origin:
    """Where the infinity, the 0 or the NaN came from that made the pass fail.

    Attributes
    ----------
    node : int
    label : str
    sentence : str
        What happened there; it goes on after the label.
    """

    node: int
    label: str
    sentence: str


@dataclass(frozen=True)
class Explanation:
    """Why a pass ended.

    Attributes
    ----------
    place : str
    reason : str
        A clause without a full stop.
    operands : tuple of Operand
    origin : Origin or None
    error : str
        Python's own words; empty if it raised no error.
    source : tuple of (str, int, str) or None
        File, line and text of the code that asked for it.
    """

    place: str
    reason: str
    operands: tuple[Operand, ...]
    origin: Origin | None
    error: str
    source: tuple[str, int, str] | None


def failure_sentence(timeline: Timeline) -> str:
    """Return in one sentence where and why a pass ended; empty if it did not fail."""
    explanation = explain_failure(timeline)
    if explanation is None:
        return ""
    document = timeline.trace.document
    over = f" over “{document.name}”" if document is not None else ""
    return f"The pass{over} ended in {explanation.place}: {explanation.reason}."


def failure_at(timeline: Timeline, cursor: int, node: int) -> Explanation | None:
    """Return why the pass ended, if it has at the moment and the node had a part in it."""
    failure = timeline.trace.failure
    if failure is None or cursor < timeline.end:
        return None
    involved = {failure.node, *(argument.node for argument in failure.arguments)}
    return explain_failure(timeline) if node in involved else None


def explain_failure(timeline: Timeline) -> Explanation | None:
    """Return why a pass ended before its time; None if it did not."""
    trace, failure = timeline.trace, timeline.trace.failure
    if failure is None:
        return None
    origin = None
    if failure.kind is Kind.RAISED:
        reason = _why_raised(failure)
        origin = _origin(trace, [a.node for a in failure.arguments if a.node is not None])
    elif failure.kind is Kind.NAN:
        reason = _why_nan(trace, failure.node)
        origin = _origin(trace, _children(trace, failure.node))
    else:
        reason = _why_gradient(timeline, failure)
        consumer = int(timeline.consumer[failure.contribution])
        origin = _first_strange(trace, [consumer])
    return Explanation(
        place=_place(trace, failure),
        reason=reason,
        operands=tuple(
            Operand(
                argument.node,
                "number" if argument.node is None else node_label(trace, argument.node),
                argument.number,
            )
            for argument in failure.arguments
        ),
        origin=origin,
        error=f"{failure.error}: {failure.message}" if failure.error else "",
        source=source_line(trace, failure.site),
    )


def _place(trace: Trace, failure: Failure) -> str:
    positions = {s: i for i, s in enumerate(trace.position_scope.tolist())}
    path = [
        f"position {positions[s]}" if s in positions else trace.scopes[s].title
        for s in trace.scope_path(failure.scope)
    ]
    if failure.site >= 0:
        site = trace.sites[failure.site]
        function = trace.scopes[failure.scope].function.rpartition(" ")[2]
        if site.function != function and "<" not in site.function:  # it had made no node yet
            path.append(site.function)
        if not path:
            path.append(f"line {site.line} of {trace.files[site.file].name}")
    place = SEPARATOR.join(path) or "the pass"
    return f"the backward pass of {place}" if failure.kind is Kind.GRADIENT else place


def _why_raised(failure: Failure) -> str:
    op = REFLECTED.get(failure.op, failure.op)
    given = [argument.number for argument in failure.arguments]
    if op != failure.op:
        given.reverse()
    words = f"{failure.error}: {failure.message}" if failure.message else failure.error
    if not op:
        return f"Python cannot go on ({words})"
    done = written(op, [numbers.short(number) for number in given])
    if failure.error == "OverflowError":
        fault = TOO_LARGE
    elif failure.error == "ZeroDivisionError":
        fault = "does not exist: it would divide by 0"
    elif failure.message.startswith(DOMAIN_ERRORS):
        return f"{done} does not exist{_hint(op, given)}"
    else:
        return f"{done} cannot be computed ({words})"
    if op == "pow" and len(given) == 2 and _has_power(*given):
        base, exponent = given
        slope = written("pow", [numbers.short(base), numbers.short(exponent - 1)])
        done = f"the local gradient of {done}, {numbers.short(exponent)} × {slope},"
    elif op != "pow" and op not in PLAIN:
        done = f"{done}, or its local gradient,"
    return f"{done} {fault}"


def _has_power(base: float, exponent: float) -> bool:
    try:
        base**exponent
    except ArithmeticError:
        return False
    return True


def _hint(op: str, given: Sequence[float]) -> str:
    if op != "log" or len(given) != 1:
        return ""
    return ": logarithms are of positive numbers" if given[0] < 0 else ": it goes towards −∞"


def _why_nan(trace: Trace, node: int) -> str:
    children = [float(trace.data[child]) for child in _children(trace, node)]
    if not children:
        return "the code made a node that is not a number (NaN)"
    done = f"{formula(trace, node)} is not a number (NaN)"
    if any(map(math.isnan, children)):
        return f"{done}: nothing that is made from NaN is a number"
    infinite = [child for child in children if math.isinf(child)]
    if infinite and (0.0 in children or len(set(infinite)) > 1):
        return f"{done}: it could be anything"
    return done


def _why_gradient(timeline: Timeline, failure: Failure) -> str:
    trace, at = timeline.trace, failure.contribution
    value, child = float(timeline.value[at]), int(timeline.child[at])
    local = float(trace.local_grad[timeline.edge[at]])
    consumer_grad = float(trace.grad[timeline.consumer[at]])
    whose = f"the gradient of {node_label(trace, child)}"
    product = f"{numbers.short(local)} × {numbers.short(consumer_grad)}"
    if math.isnan(value):
        return f"{whose} becomes NaN, for {product} is not a number"
    if math.isinf(value):
        fault = TOO_LARGE if math.isfinite(local) else f"is {numbers.short(value)}"
        return f"{whose} becomes infinite, for {product} {fault}"
    ledger = timeline.ledger(child)
    before = float(ledger.total[ledger.done(timeline.end) - 2])
    added = written("add", [numbers.short(before), numbers.short(value)])
    return f"{whose} becomes infinite, for {added} {TOO_LARGE}"


def _children(trace: Trace, node: int) -> list[int]:
    return [int(trace.child[edge]) for edge in trace.edges(node)]


def _origin(trace: Trace, operands: Sequence[int]) -> Origin | None:
    """Return where what is strange about the operands came from: an infinity or NaN, else a 0."""
    zeros = [node for node in operands if trace.data[node] == 0]
    return _first_strange(trace, operands) or (_first_zero(trace, zeros[-1]) if zeros else None)


def _first_strange(trace: Trace, nodes: Sequence[int]) -> Origin | None:
    """Return the first node that is infinite or NaN, of all that some nodes were made from."""
    strange = [
        int(np.flatnonzero(ancestors(trace, node) & ~np.isfinite(trace.data))[0])
        for node in nodes
        if not np.isfinite(trace.data[node])
    ]
    if not strange:
        return None
    first = min(strange)
    value = numbers.short(float(trace.data[first]))
    if not _children(trace, first):
        return Origin(first, node_label(trace, first), _given(trace, first))
    how = f"{formula(trace, first)} {TOO_LARGE}"
    return Origin(first, node_label(trace, first), f"was the first {value}: {how}")


def _first_zero(trace: Trace, node: int) -> Origin:
    """Follow a 0 down to where it was made of other numbers."""
    while True:
        below = [child for child in _children(trace, node) if trace.data[child] == 0]
        if not below:
            break
        node = below[0]
    label, given = node_label(trace, node), [float(trace.data[c]) for c in _children(trace, node)]
    if not given:
        return Origin(node, label, _given(trace, node))
    shrinks = trace.op_name(node) not in ("add", "relu") and all(map(math.isfinite, given))
    how = f"{formula(trace, node)} {TOO_SMALL if shrinks else 'is 0'}"
    return Origin(node, label, f"is where the 0 came from: {how}")


def _given(trace: Trace, node: int) -> str:
    """Say that a node was not computed from others."""
    value = numbers.short(float(trace.data[node]))
    return f"was {value} before the pass" if node < trace.leaves else f"is {value} in the code"
