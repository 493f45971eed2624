"""The scopes of a pass by name, and the nodes that each made itself."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from explorer.trace.trace import IntArray, Trace


class ScopeTree:
    """Walks from a scope to the scopes in it, and to their nodes.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._inside: dict[tuple[int, str], list[int]] = defaultdict(list)
        for scope, info in enumerate(trace.scopes):
            self._inside[info.parent, info.name].append(scope)
        self._by_scope = np.argsort(trace.scope, kind="stable").astype(np.int32)
        in_order = trace.scope[self._by_scope]
        self._first = np.searchsorted(in_order, np.arange(len(trace.scopes) + 1))
        failed_forward = trace.failure is not None and trace.loss is None
        self._unfinished = set(self._around(int(trace.scope[-1]))) if failed_forward else set()

    def all(self, scope: int, name: str) -> list[int]:
        """Return the scopes of a name directly inside a scope, in the order in which they ran."""
        return self._inside.get((scope, name), [])

    def one(self, scope: int, *path: str) -> int | None:
        """Return the scope that a path of names leads to; None if there is none.

        A scope that held nothing but one other is merged with it, and has its function.
        """
        for name in path:
            found = self.all(scope, name)
            if found:
                scope = found[0]
            elif not self._is_merged_with(scope, name):
                return None
        return scope

    def nodes(self, scope: int | None, op: str | None = None) -> IntArray:
        """Return the nodes that a scope made itself, in order; of one operation, if it is given."""
        if scope is None:
            return np.empty(0, np.int32)
        own: IntArray = self._by_scope[self._first[scope] : self._first[scope + 1]]
        if op is None:
            return own
        if op not in self._trace.op_names:
            return own[:0]
        made: IntArray = own[self._trace.op[own] == self._trace.op_names.index(op)]
        return made

    def results(self, scope: int | None, name: str) -> IntArray:
        """Return the last node of each scope of a name inside a scope: what it computed.

        In a pass that failed, the one that did not get so far is left out.
        """
        if scope is None:
            return np.empty(0, np.int32)
        inside = self.all(scope, name) or [scope] * self._is_merged_with(scope, "dot")
        finished = [inner for inner in inside if inner not in self._unfinished]
        return np.array([self.nodes(inner)[-1] for inner in finished], np.int32)

    def _is_merged_with(self, scope: int, function: str) -> bool:
        return self._trace.scopes[scope].function.endswith(f" {function}")

    def _around(self, scope: int) -> list[int]:
        return [*self._trace.scope_path(scope), 0]
