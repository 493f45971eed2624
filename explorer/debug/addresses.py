"""Where a node is, in words that hold for the passes over other names too.

Numbers of nodes differ from name to name. The address of a node is the path of titles down to its
scope, and its place among the nodes of that scope; parameters have names.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from explorer.trace.trace import Trace


@dataclass(frozen=True)
class Address:
    """A scope by the titles down to it, and perhaps a node in it.

    Attributes
    ----------
    path : tuple of str
        Titles of scopes, from the outermost below the pass.
    place : int
        Of the node among those of the innermost scope; -1 for the scope itself.
    """

    path: tuple[str, ...]
    place: int = -1


def node_address(trace: Trace, node: int) -> Address:
    """Return the address of a node."""
    scope = int(trace.scope[node])
    place = int(np.count_nonzero(trace.scope[:node] == scope))
    return Address(scope_address(trace, scope).path, place)


def scope_address(trace: Trace, scope: int) -> Address:
    """Return the address of a scope."""
    return Address(tuple(trace.scopes[s].title for s in trace.scope_path(scope)))


def find_scope(trace: Trace, address: Address) -> int | None:
    """Return the scope that an address leads to; None if this pass has no such scope."""
    at = 0
    for title in address.path:
        inner = at + 1
        while inner < trace.scopes[at].stop and trace.scopes[inner].title != title:
            inner = trace.scopes[inner].stop
        if inner >= trace.scopes[at].stop:
            return None
        at = inner
    return at


def find_node(trace: Trace, address: Address) -> int | None:
    """Return the node that an address leads to; None if this pass has no such node."""
    scope = find_scope(trace, address)
    if scope is None or address.place < 0:
        return None
    nodes = np.flatnonzero(trace.scope == scope)
    return int(nodes[address.place]) if address.place < len(nodes) else None
