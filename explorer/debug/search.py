"""Searching the nodes of a pass: what a query finds at a moment.

The language is that of `explorer.debug.search_query`. Only what exists is found: no node before it
is computed, and no gradient before its first contribution, for its 0 is only a placeholder.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.debug import numbers
from explorer.debug.search_query import (
    PATH_SEPARATOR,
    Column,
    Comparison,
    Kind,
    Largest,
    Named,
    Operation,
    SearchError,
    Text,
    parse,
)
from explorer.debug.titles import scope_titles
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace

Mask = npt.NDArray[np.bool_]
Nodes = npt.NDArray[np.int64]

LONGEST_MATCHING = 0.25  # seconds for all titles and names; a usual pattern takes 5 ms
NOTHING: Nodes = np.empty(0, np.int64)
NOTHING.flags.writeable = False

_COMPARE = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}
_SIGNS = {numbers.symbol(op): op for op in ("add", "mul", "pow")} | {"*": "mul", "**": "pow"}


@dataclass(frozen=True)
class ReadyMade:
    """A search that is offered.

    Attributes
    ----------
    title : str
    query : str
    """

    title: str
    query: str


READY_MADE = (
    ReadyMade("Largest gradients", "largest gradients"),
    ReadyMade("Largest data", "largest data"),
    ReadyMade("Dead ReLUs", "dead relus"),
    ReadyMade("Gradients above 0.1", "|grad|>0.1"),
    ReadyMade("Gradients that are exactly 0", "grad=0"),
    ReadyMade("Attention weights of head 0", "head 0/softmax/result"),
    ReadyMade("All that exp computed", "op:exp"),
    ReadyMade("Constants", "constants"),
    ReadyMade("Without effect on the loss", "unreachable"),
)


class SearchIndex:
    """The titles and names of a pass, put together once for all searches.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def search(self, query: str) -> Search:
        """Return the search for a query.

        Raises
        ------
        SearchError
            The query is malformed, or asks for an operation that the pass does not have.
        """
        return Search(self, query)

    @cached_property
    def paths(self) -> list[str]:
        """Where each scope is, as `titles.scope_path` says it, but without spaces around ``/``."""
        trace = self.timeline.trace
        paths: list[str] = []
        for scope, title in zip(trace.scopes, scope_titles(trace), strict=True):
            if scope.parent > 0:
                paths.append(f"{paths[scope.parent]}{PATH_SEPARATOR}{title}")
            else:
                paths.append(title if scope.parent == 0 else "")
        return paths

    @cached_property
    def names(self) -> list[str]:
        """The name of each parameter, in the order of the nodes."""
        return [
            f"{matrix.name}[{row}][{column}]"
            for matrix in self.timeline.trace.parameters
            for row in range(matrix.rows)
            for column in range(matrix.columns)
        ]


class Search:
    """A query made ready for a pass, so that it can be asked at every moment of it.

    Parameters
    ----------
    index : SearchIndex
    query : str

    Attributes
    ----------
    words : str
        How the query was understood; empty if it is empty, and then it finds nothing.

    Raises
    ------
    SearchError
    """

    def __init__(self, index: SearchIndex, query: str) -> None:
        terms = parse(query)
        self._timeline = index.timeline
        self._largest = [term for term in terms if isinstance(term, Largest)]
        comparisons = [term for term in terms if isinstance(term, Comparison)]
        self._gradients = [c for c in comparisons if c.column is Column.GRAD]
        self._needs_gradients = bool(self._gradients) or any(
            largest.column is Column.GRAD for largest in self._largest
        )
        trace = self._timeline.trace
        mask: Mask = np.full(trace.nodes, bool(terms))
        for term in terms:
            if isinstance(term, Text):
                mask &= _has_text(index, term)
            elif isinstance(term, Operation):
                mask &= _has_operation(trace, term)
            elif isinstance(term, Named):
                mask &= _is_named(trace, term.kind)
            elif isinstance(term, Comparison) and term.column is not Column.GRAD:
                whole = trace.data if term.column is Column.DATA else np.arange(trace.nodes)
                mask &= _holds(term, whole)
        self._candidates: Nodes = np.flatnonzero(mask)
        self.words = ", ".join(term.words for term in terms if not isinstance(term, Largest))
        for largest in self._largest:
            self.words += f"; of these {largest.words}" if self.words else largest.words

    def at(self, cursor: int) -> Nodes:
        """Return what is found at a moment.

        In the order of computation; what ``largest`` asks for, the largest first.
        """
        computed = self._timeline.moment(cursor).computed
        nodes = self._candidates[: np.searchsorted(self._candidates, computed)]
        grad = None
        if self._needs_gradients:
            if cursor < self._timeline.backward_start:
                return NOTHING
            grad = self._timeline.grad_at(cursor)
            reached = self._timeline.grad_states_at(cursor) != GradState.NOT_REACHED
            nodes = nodes[reached[nodes]]
            for comparison in self._gradients:
                nodes = nodes[_holds(comparison, grad[nodes])]
        for largest in self._largest:
            column = self._timeline.trace.data if largest.column is Column.DATA else grad
            assert column is not None
            nodes = _largest(nodes, column[nodes], largest.count)
        return nodes


def _has_text(index: SearchIndex, term: Text) -> Mask:
    trace = index.timeline.trace
    literal, match = term.literal.lower(), term.pattern.search
    end = perf_counter() + LONGEST_MATCHING
    in_scope = np.zeros(len(trace.scopes), bool)
    for i, path in enumerate(index.paths):
        in_scope[i] = i > 0 and match(path) is not None
        if perf_counter() > end:
            raise SearchError(f"“{term.literal}” takes too long: use fewer repetitions.")
    mask = in_scope[trace.scope]
    for i, name in enumerate(index.names):
        if literal in name.lower() or match(name) is not None:
            mask[i] = True
        if perf_counter() > end:
            raise SearchError(f"“{term.literal}” takes too long: use fewer repetitions.")
    return mask


def _has_operation(trace: Trace, term: Operation) -> Mask:
    known = {name.lower(): i for i, name in enumerate(trace.op_names)}
    wanted = [_SIGNS.get(name, name) for name in term.names]
    strange = next((name for name in wanted if name not in known), None)
    if strange is not None or not wanted:
        missing = "After “op:” an operation is missing"
        fault = missing if strange is None else f"“op:{strange}” is no operation of this pass"
        raise SearchError(f"{fault}; there are {', '.join(trace.op_names)}.")
    return np.isin(trace.op, [known[name] for name in wanted])


def _is_named(trace: Trace, kind: Kind) -> Mask:
    if kind is Kind.UNREACHABLE:
        return ~trace.reaches_loss
    op = "relu" if kind is Kind.DEAD_RELU else "constant"
    mask = trace.op == trace.op_names.index(op) if op in trace.op_names else np.zeros(1, bool)
    return mask & (trace.data == 0) if kind is Kind.DEAD_RELU else mask


def _holds(comparison: Comparison, column: npt.NDArray[Any]) -> Mask:
    values = np.abs(column) if comparison.magnitude else column
    holds: Mask
    if np.isnan(comparison.number) and comparison.sign in ("=", "!="):
        # NaN equals nothing, not even itself; who writes “data=nan” looks for it.
        holds = np.isnan(values) == (comparison.sign == "=")
    else:
        holds = _COMPARE[comparison.sign](values, comparison.number)
    return holds


def _largest(nodes: Nodes, values: npt.NDArray[np.float64], count: int) -> Nodes:
    """Return the nodes of the largest magnitudes, NaN above all numbers, and 0 never."""
    magnitudes = np.nan_to_num(np.abs(values), nan=np.inf, posinf=np.inf)
    nodes, magnitudes = nodes[magnitudes > 0], magnitudes[magnitudes > 0]
    if len(nodes) > count:
        least = np.partition(magnitudes, len(nodes) - count)[len(nodes) - count]
        nodes, magnitudes = nodes[magnitudes >= least], magnitudes[magnitudes >= least]
    return nodes[np.argsort(-magnitudes, kind="stable")[:count]]
