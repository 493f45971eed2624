"""What is known of each position at a moment."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace


@dataclass(frozen=True)
class PositionView:
    """One position.

    Attributes
    ----------
    read, target : str
        The letter that the model reads, and the one that should come next, or was drawn; BOS at
        the ends.
    probability_node : int or None
        The node that holds the probability of the target; None if the pass ended before it.
    probability, loss : float or None
        None as long as they are not computed. What was drawn is never compared: it has no loss.
    is_current : bool
        What happened last happened at this position.
    """

    read: str
    target: str
    probability_node: int | None
    probability: float | None
    loss: float | None
    is_current: bool


def position_views(timeline: Timeline, cursor: int) -> list[PositionView]:
    """Return what is known of each position at a moment; none without a document.

    In a pass that failed, there are positions that never begin, or never end.
    """
    trace = timeline.trace
    if trace.document is None:
        return []
    moment = timeline.moment(cursor)
    current = -1 if moment.node is None else int(trace.scope[moment.node])
    views = []
    begun, finished = len(trace.position_scope), len(trace.probabilities)
    for i, (read, target) in enumerate(pairwise(trace.document.tokens)):
        node = loss = trace.nodes  # never computed
        if i < finished:
            node = int(trace.probabilities[i, target])
        if i < len(trace.position_loss):
            loss = int(trace.position_loss[i])
        scope = int(trace.position_scope[i]) if i < begun else None
        views.append(
            PositionView(
                read=trace.document.spell(read),
                target=trace.document.spell(target),
                probability_node=node if i < finished else None,
                probability=float(trace.data[node]) if node < moment.computed else None,
                loss=float(trace.data[loss]) if loss < moment.computed else None,
                is_current=scope is not None and scope <= current < trace.scopes[scope].stop,
            )
        )
    return views


def is_of_draws(trace: Trace) -> bool:
    """Return whether a pass read what the model had drawn itself, with nothing to compare."""
    return trace.failure is None and len(trace.probabilities) > len(trace.position_loss)


def drawn_node(trace: Trace) -> int:
    """Return the node of the probability with which the last token of such a pass was drawn."""
    assert trace.document is not None
    return int(trace.probabilities[-1, trace.document.tokens[-1]])


def start_of_last_position(timeline: Timeline) -> int:
    """Return the moment before the first node of the last position; 0 if there is none."""
    trace = timeline.trace
    if not len(trace.position_scope):
        return 0
    scope = int(trace.position_scope[-1])
    inside = (trace.scope >= scope) & (trace.scope < trace.scopes[scope].stop)
    return timeline.computed_after(int(inside.argmax())) - 1


def mean_loss(timeline: Timeline, cursor: int) -> float | None:
    """Return the loss of the whole name at a moment; None as long as it is not computed."""
    trace = timeline.trace
    if trace.loss is None or trace.loss >= timeline.moment(cursor).computed:
        return None
    return float(trace.data[trace.loss])


def chance_loss(trace: Trace) -> float:
    """Return the loss of guessing: the negative logarithm of one over the vocabulary's size."""
    assert trace.document is not None
    return math.log(len(trace.document.letters) + 1)
