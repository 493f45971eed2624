"""The exponents of all powers of a pass."""

from __future__ import annotations

import numpy as np

from explorer.trace.exponent import find_exponent
from explorer.trace.replay.graph import Graph, Indices, Mask, NotReplayableError


def exponents(graph: Graph, nodes: Indices, is_power: Mask) -> tuple[Indices, list[float]]:
    """Find the exponents of some nodes.

    Returns
    -------
    which : int array
        For each node an index into `found`; 0 for those that are no powers.
    found : list of float

    Raises
    ------
    NotReplayableError
        An exponent was not found.
    """
    which = np.zeros(len(nodes), np.intp)
    known: dict[tuple[float, float, float], int] = {}
    found: list[float] = []
    powers = np.flatnonzero(is_power)
    edge = graph.pointer[nodes[powers]]
    bases, slopes = graph.data[graph.child[edge]].tolist(), graph.local_grad[edge].tolist()
    data = graph.data[nodes[powers]].tolist()
    for unit, key in zip(powers.tolist(), zip(bases, data, slopes, strict=True), strict=True):
        if key not in known:
            exponent = find_exponent(*key)
            if exponent is None:
                raise NotReplayableError(f"the exponent of {key[0]} ** n = {key[1]} is not known")
            if exponent not in found:
                found.append(exponent)
            known[key] = found.index(exponent)
        which[unit] = known[key]
    return which, found or [1.0]
