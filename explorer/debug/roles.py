"""What a node is in the model, if it is something that has a name of its own."""

from __future__ import annotations

import numpy as np

from explorer.debug import numbers
from explorer.trace.trace import Trace


def node_role(trace: Trace, node: int) -> str | None:
    """Return ``loss``, ``loss of position 2``, ``p(m) at position 1``, ``logit(e) at ...``.

    What a formula calls the node, if the pass is that of one. None for parameters, which have
    names, and for all nodes in between.
    """
    if trace.names:
        return trace.names[node] or None
    if node == trace.loss:
        return "loss"
    is_it = trace.position_loss == node
    if is_it.any():
        return f"loss of position {is_it.argmax()}"
    for name, nodes in (("p", trace.probabilities), ("logit", trace.logits)):
        is_it = nodes == node
        if is_it.any() and trace.document is not None:  # most nodes are none of them
            position, token = (int(i) for i in np.argwhere(is_it)[0])
            return f"{name}({trace.document.spell(token)}) at position {position}"
    return None


def node_label(trace: Trace, node: int) -> str:
    """Return a short name for any node: of a parameter, a role, or operation and number."""
    return (
        trace.parameter_name(node)
        or node_role(trace, node)
        or f"{numbers.symbol(trace.op_name(node))} {numbers.count(node)}"
    )


def node_heading(trace: Trace, node: int) -> str:
    """Return what stands at the top of a large cell: the operation, or the name in a formula."""
    return (trace.names[node] if trace.names else "") or numbers.symbol(trace.op_name(node))
