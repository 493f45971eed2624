"""Searching the nodes of a pass: what a query finds at a moment.

The language is that of `explorer.debug.search_query`. Only what exists is found: no node before it
is computed, and no gradient before its first contribution, for its 0 is only a placeholder.
"""

from __future__ import annotations

from copy import copy
from functools import cached_property
from time import perf_counter
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.debug import numbers
from explorer.debug.search_query import PATH_SEPARATOR, parse
from explorer.debug.search_related import Followed, follow
from explorer.debug.search_terms import (
    Column,
    Comparison,
    Kind,
    Largest,
    Named,
    Operation,
    Related,
    Relation,
    SearchError,
    SourceLine,
    Term,
    Text,
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


class SearchIndex:
    """The titles and names of a pass, put together once for all searches.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline

    def with_numbers(self, timeline: Timeline) -> SearchIndex:
        """Return the same titles and names for the same events with other numbers."""
        other = copy(self)
        other.timeline = timeline
        return other

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
    needs_numbers : bool
        Whether the same events with other data and gradients may have other nodes to be found.

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
        self._columns = {term.column for term in self._gradients}
        self._columns |= {term.column for term in self._largest}
        self._phrases: list[Term | Followed] = []
        mask: Mask = np.full(self._timeline.trace.nodes, bool(terms))
        for term in terms:
            if isinstance(term, Related):
                followed = follow(self._timeline, term)
                mask &= followed.mask
                self._phrases.append(followed)
            elif not isinstance(term, Largest):
                mask &= _mask(index, term)
                self._phrases.append(term)
        self._paths = [p for p in self._phrases if isinstance(p, Followed) and p.is_path]
        self._candidates: Nodes = np.flatnonzero(mask)
        self.needs_numbers = any(map(_needs_numbers, terms))

    def words_at(self, cursor: int) -> str:
        """Return how the query is understood, with the numbers that are known at a moment.

        Empty if the query is empty, and then it finds nothing.
        """
        words = ", ".join(
            phrase.words_at(cursor) if isinstance(phrase, Followed) else phrase.words
            for phrase in self._phrases
        )
        for largest in self._largest:
            words += f"; of these {largest.words}" if words else largest.words
        return words

    def path_at(self, cursor: int) -> Nodes:
        """Return the nodes of the strongest path that was asked for, from its start to its goal.

        Empty if none was, and until its goal is computed, for it could still become another one.
        What other terms leave out of it still belongs to the path.
        """
        path = self._paths[0].path if self._paths else None
        if path is None or not self._knows_paths(cursor):
            return NOTHING
        return path.nodes

    def at(self, cursor: int) -> Nodes:
        """Return what is found at a moment.

        In the order of computation, which is also that of a path; what ``largest`` asks for, the
        largest first.
        """
        if not self._knows_paths(cursor):
            return NOTHING
        computed = self._timeline.moment(cursor).computed
        nodes = self._candidates[: np.searchsorted(self._candidates, computed)]
        if self._columns - {Column.DATA}:
            if cursor < self._timeline.backward_start:
                return NOTHING
            reached = self._timeline.grad_states_at(cursor) != GradState.NOT_REACHED
            nodes = nodes[reached[nodes]]
        values = {column: _values_at(self._timeline, cursor, column) for column in self._columns}
        for comparison in self._gradients:
            nodes = nodes[_holds(comparison, values[Column.GRAD][nodes])]
        for largest in self._largest:
            nodes = _largest(nodes, values[largest.column][nodes], largest.count)
        return nodes

    def _knows_paths(self, cursor: int) -> bool:
        return all(path.is_known_at(cursor) for path in self._paths)


def _needs_numbers(term: Term) -> bool:
    if isinstance(term, Comparison):
        return term.column is not Column.NODE
    if isinstance(term, Named):
        return term.kind is Kind.DEAD_RELU
    return isinstance(term, Largest) or (
        isinstance(term, Related) and term.relation is Relation.PATH
    )


def _mask(index: SearchIndex, term: Term) -> Mask:
    """Return for each node whether a term holds that does not depend on the moment."""
    trace = index.timeline.trace
    mask: Mask = np.ones(trace.nodes, bool)
    if isinstance(term, Text):
        mask = _has_text(index, term)
    elif isinstance(term, Operation):
        mask = _has_operation(trace, term)
    elif isinstance(term, Named):
        mask = _is_named(trace, term.kind)
    elif isinstance(term, SourceLine):
        mask = _is_made_by(trace, term)
    elif isinstance(term, Comparison) and term.column is not Column.GRAD:
        whole = trace.data if term.column is Column.DATA else np.arange(trace.nodes)
        mask = _holds(term, whole)
    return mask


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
        return ~trace.reaches_loss & (trace.loss is not None)
    op = "relu" if kind is Kind.DEAD_RELU else "constant"
    mask = trace.op == trace.op_names.index(op) if op in trace.op_names else np.zeros(1, bool)
    return mask & (trace.data == 0) if kind is Kind.DEAD_RELU else mask


def _is_made_by(trace: Trace, line: SourceLine) -> Mask:
    wanted = line.file.lower()
    names = [file.name.lower() for file in trace.files]
    files = {i for i, name in enumerate(names) if f"/{name}".endswith(f"/{wanted}") or not wanted}
    if not files:
        there_are = ", ".join(file.name for file in trace.files) or "none"
        raise SearchError(
            f"“{line.file}” in “line:{line.file}:{line.line}” is no source file of this pass; "
            f"there are {there_are}."
        )
    sites = [i for i, s in enumerate(trace.sites) if s.file in files and s.line == line.line]
    return np.isin(trace.site, sites)


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


def _values_at(timeline: Timeline, cursor: int, column: Column) -> npt.NDArray[np.float64]:
    """Return a column at a moment; of contributions the largest magnitude that each node has."""
    if column is Column.DATA:
        return timeline.trace.data
    if column is Column.GRAD:
        return timeline.grad_at(cursor)
    done = timeline.moment(cursor).contributions
    received = np.zeros(timeline.trace.nodes)
    np.maximum.at(received, timeline.child[:done], np.abs(timeline.value[:done]))
    return received
