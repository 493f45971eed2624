"""What happened last, as one line with its numbers: the sum that is being done."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.formula import formula
from explorer.debug.roles import node_label
from explorer.trace.timeline import Moment, Phase, Timeline


@dataclass(frozen=True)
class Part:
    """A piece of the line.

    Attributes
    ----------
    text : str
    value : float or None
        The number that the text is, for its colour.
    node : int or None
        The node that the text stands for.
    is_result : bool
        It is what came out.
    """

    text: str
    value: float | None = None
    node: int | None = None
    is_result: bool = False


def happening(timeline: Timeline, cursor: int) -> tuple[Part, ...]:
    """Return what the event before a moment did."""
    moment = timeline.moment(cursor)
    if moment.node is None:
        return (Part("nothing is computed yet: there are only parameters"),)
    return {
        Phase.FORWARD: _computed,
        Phase.SEED: _seeded,
        Phase.BACKWARD: _added,
        Phase.UPDATE: _updated,
    }[moment.phase](timeline, moment)


def _computed(timeline: Timeline, moment: Moment) -> tuple[Part, ...]:
    trace, node = timeline.trace, moment.node
    assert node is not None
    result = number_part(float(trace.data[node]), is_result=True)
    if node in timeline.forced:
        return (Part(node_label(trace, node), node=node), Part("  is set by hand to  "), result)
    made = (Part("  =  "), Part(formula(trace, node))) if trace.edges(node) else ()
    return (Part(node_label(trace, node), node=node), *made, Part("  =  "), result)


def _seeded(timeline: Timeline, moment: Moment) -> tuple[Part, ...]:
    return (
        Part("loss.grad", node=moment.node),
        Part("  =  "),
        number_part(1.0, is_result=True),
        Part("     backward starts here, as d loss / d loss is 1"),
    )


def _added(timeline: Timeline, moment: Moment) -> tuple[Part, ...]:
    trace, consumer, child = timeline.trace, moment.node, moment.child
    assert consumer is not None
    assert child is not None
    ledger = timeline.ledger(child)
    place = ledger.done(moment.cursor) - 1
    return (
        Part(f"{node_label(trace, child)}.grad", node=child),
        Part("  +=  local × "),
        Part(f"{node_label(trace, consumer)}.grad", node=consumer),
        Part(" :     "),
        number_part(ledger.before(place)),
        Part(" + "),
        number_part(float(ledger.local_grad[place])),
        Part(" × "),
        number_part(float(trace.grad[consumer])),
        Part("  =  "),
        number_part(float(ledger.total[place]), is_result=True),
    )


def _updated(timeline: Timeline, moment: Moment) -> tuple[Part, ...]:
    trace, node = timeline.trace, moment.node
    assert node is not None
    update = timeline.update_at(moment.cursor, node)
    assert update is not None
    step = update.settings
    return (
        Part(node_label(trace, node), node=node),
        Part("  −=  rate × m̂ / (√v̂ + ε) :     "),
        number_part(update.before),
        Part(" − "),
        Part(f"{numbers.short(step.learning_rate)} × "),
        number_part(update.m_hat),
        Part(f" / (√{numbers.short(update.v_hat)} + {numbers.short(step.epsilon)})  =  "),
        number_part(update.after, is_result=True),
    )


def number_part(value: float, is_result: bool = False) -> Part:
    """Return the part that a number is."""
    return Part(numbers.short(value), value=value, is_result=is_result)
