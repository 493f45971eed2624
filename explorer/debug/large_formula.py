"""The step under way as one large formula: in letters, and with its numbers put in."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.explain import Rule, explain
from explorer.debug.formula import power, written
from explorer.debug.happening import Part, number_part
from explorer.debug.roles import node_label
from explorer.debug.titles import scope_path
from explorer.trace.timeline import Moment, Phase, Timeline
from explorer.trace.trace import Trace
from explorer.trace.update import AdamStep, ParameterUpdate

Line = tuple[Part, ...]
NOTHING_YET = "Nothing is computed yet: there are only parameters."


@dataclass(frozen=True)
class LargeFormula:
    """What a step does, line by line.

    Attributes
    ----------
    name : str
        What is computed.
    place : str
        Where in the model that is; empty if it is nowhere in particular.
    symbols : str
        The formula in letters; empty if there is none.
    numbers : tuple of Part
        The same with numbers, and what comes out.
    notes : tuple of tuple of Part
        Lines that say where its numbers come from.
    """

    name: str
    place: str
    symbols: str
    numbers: Line
    notes: tuple[Line, ...] = ()


def large_formula(timeline: Timeline, cursor: int) -> LargeFormula:
    """Return the formula of the event before a moment."""
    moment = timeline.moment(cursor)
    if moment.node is None:
        return LargeFormula("", "", "", (Part(NOTHING_YET),))
    return {
        Phase.FORWARD: _computed,
        Phase.SEED: _seeded,
        Phase.BACKWARD: _added,
        Phase.UPDATE: _updated,
    }[moment.phase](timeline, moment)


def _computed(timeline: Timeline, moment: Moment) -> LargeFormula:
    trace, node = timeline.trace, moment.node
    assert node is not None
    explained = explain(timeline, moment.cursor, node)
    result = number_part(float(trace.data[node]), is_result=True)
    if node in timeline.forced or not trace.edges(node):
        how = "set by hand" if node in timeline.forced else ""
        return LargeFormula(node_label(trace, node), _place(trace, node), how, (result,))
    notes = tuple(_slope(rule) for rule in dict.fromkeys(explained.rules) if rule.value is not None)
    right = (*_put_in(trace, node), Part("  =  "), result)
    symbols = explained.symbols or written(trace.op_name(node), ["…"])
    return LargeFormula(node_label(trace, node), _place(trace, node), symbols, right, notes)


def _slope(rule: Rule) -> Line:
    """Return how a local gradient follows, with its number unless that is the rule itself."""
    assert rule.value is not None
    if rule.derivative.endswith(f"= {numbers.short(rule.value)}"):
        return (Part(rule.derivative),)
    return Part(f"{rule.derivative}  =  "), number_part(rule.value)


def _put_in(trace: Trace, node: int) -> Line:
    """Return the right-hand side of a node's equation, each number a part of its own."""
    given = [float(trace.data[trace.child[edge]]) for edge in trace.edges(node)]
    marks = [chr(i + 1) for i in range(len(given))]
    more = []
    if trace.op_name(node) == "pow":
        exponent = power(trace, node)
        more = ["n" if exponent is None else numbers.short(exponent)]
    parts, text = [], ""
    for letter in written(trace.op_name(node), [*marks, *more]):
        if ord(letter) > len(given):
            text += letter
            continue
        parts += [Part(text)] * bool(text)
        parts.append(number_part(given[ord(letter) - 1]))
        text = ""
    return (*parts, *[Part(text)] * bool(text))


def _seeded(timeline: Timeline, moment: Moment) -> LargeFormula:
    assert moment.node is not None
    return LargeFormula(
        "loss.grad",
        "where backward starts",
        "∂ loss / ∂ loss",
        (Part("loss.grad  =  "), number_part(1.0, is_result=True)),
    )


def _added(timeline: Timeline, moment: Moment) -> LargeFormula:
    trace, consumer, child = timeline.trace, moment.node, moment.child
    assert consumer is not None
    assert child is not None
    ledger = timeline.ledger(child)
    place = ledger.done(moment.cursor) - 1
    edge = int(timeline.edge[moment.contributions - 1]) - trace.edges(consumer).start
    rule = explain(timeline, moment.cursor, consumer).rules[edge]
    local = float(ledger.local_grad[place])
    grad = float(ledger.consumer_grad[place])
    name, user = node_label(trace, child), node_label(trace, consumer)
    return LargeFormula(
        f"{name}.grad",
        _place(trace, child),
        f"grad  +=  local × grad of  {user}",
        (
            number_part(ledger.before(place)), Part("  +  "), number_part(local), Part(" × "),
            number_part(grad), Part("  =  "),
            number_part(float(ledger.total[place]), is_result=True),
        ),
        (
            (Part("local:  "), *_slope(rule)),
            (Part(f"contribution {place + 1} of {len(ledger)}"),),
        ),
    )  # fmt: skip


def _updated(timeline: Timeline, moment: Moment) -> LargeFormula:
    trace, node = timeline.trace, moment.node
    assert node is not None
    update = timeline.update_at(moment.cursor, node)
    assert update is not None
    step = update.settings
    return LargeFormula(
        node_label(trace, node),
        f"Adam, step {numbers.count(step.step)}",
        "θ − η × m̂ / (√v̂ + ε)",
        (
            number_part(update.before), Part("  −  "), Part(numbers.short(step.learning_rate)),
            Part(" × "), number_part(update.m_hat),
            Part(f" / (√{numbers.short(update.v_hat)} + {numbers.short(step.epsilon)})"),
            Part("  =  "), number_part(update.after, is_result=True),
        ),
        _means(update, step),
    )  # fmt: skip


def _means(update: ParameterUpdate, step: AdamStep) -> tuple[Line, ...]:
    """Return how the running means of the gradient and of its square went on."""
    short = numbers.short
    return (
        (
            Part(f"m  =  {short(step.beta1)} × "), number_part(update.m_before),
            Part(f" + {short(1 - step.beta1)} × "), number_part(update.grad),
            Part("  =  "), number_part(update.m),
        ),
        (
            Part(f"v  =  {short(step.beta2)} × {short(update.v_before)}"),
            Part(f" + {short(1 - step.beta2)} × "), number_part(update.grad),
            Part("²  =  "), number_part(update.v),
        ),
        (
            Part("m̂  =  "), number_part(update.m), Part(f" / {short(step.m_correction)}  =  "),
            number_part(update.m_hat),
            Part(f"        v̂  =  {short(update.v)} / {short(step.v_correction)}  =  "),
            number_part(update.v_hat),
        ),
    )  # fmt: skip


def _place(trace: Trace, node: int) -> str:
    return scope_path(trace, int(trace.scope[node]))
