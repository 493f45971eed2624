"""The caption of a moment: where the algorithm is, what it just did, and what that means."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.explain import explain
from explorer.debug.failure import explain_failure
from explorer.debug.happening import Part, happening
from explorer.debug.titles import scope_path
from explorer.trace.timeline import Moment, Phase, Timeline

UPDATED = (
    "Adam moves the parameter against the running mean of its gradients, by about the learning "
    "rate at most, and sets its gradient back to 0."
)


@dataclass(frozen=True)
class MomentCaption:
    """What there is to say about a moment.

    Attributes
    ----------
    title : str
        The phase, how far it has come, and where in the model it is.
    parts : tuple of Part
        The sum that was just done, with its numbers.
    words : str
        What it means.
    """

    title: str
    parts: tuple[Part, ...]
    words: str


def caption_of(timeline: Timeline, cursor: int) -> MomentCaption:
    """Return the caption of a moment."""
    moment = timeline.moment(cursor)
    parts = happening(timeline, cursor)
    return MomentCaption(_title(timeline, moment), parts, _words(timeline, moment))


def _title(timeline: Timeline, moment: Moment) -> str:
    ends = {
        Phase.FORWARD: ("Forward", 0, timeline.forward_end),
        Phase.BACKWARD: ("Backward", timeline.backward_start, timeline.backward_end),
        Phase.UPDATE: ("Adam", timeline.backward_end, timeline.end),
    }
    if moment.phase is Phase.START:
        return "Before the pass"
    if moment.phase is Phase.SEED:
        return "Backward starts"
    name, start, end = ends[moment.phase]
    far = f"{name} {numbers.count(moment.cursor - start)} of {numbers.count(end - start)}"
    node = moment.node if moment.child is None else moment.child
    assert node is not None
    scope = int(timeline.trace.scope[node])
    return f"{far}  ·  {scope_path(timeline.trace, scope)}" if scope else far


def _words(timeline: Timeline, moment: Moment) -> str:
    failure = explain_failure(timeline) if moment.cursor == timeline.end else None
    if failure is not None:
        return f"The pass ended here: {failure.reason}."
    if moment.phase is Phase.UPDATE:
        return UPDATED
    node = moment.node if moment.child is None else moment.child
    if node is None:
        return ""
    words = explain(timeline, moment.cursor, node).words
    wanted = slice(0, 1) if moment.phase is Phase.FORWARD else slice(-1, None)
    return " ".join(words[wanted])
