"""Everything that is known of one node at a moment, ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug.explain import Explanation, explain
from explorer.debug.roles import node_label, node_role
from explorer.debug.titles import scope_path
from explorer.trace.timeline import GradState, Ledger, Timeline
from explorer.trace.trace import Trace
from explorer.trace.update import ParameterUpdate


@dataclass(frozen=True)
class ChildRow:
    """One input of the node. What is not known at the moment is None.

    Attributes
    ----------
    node : int
    label : str
    data, local_grad : float or None
    contribution : float or None
        What it has received from the node.
    event : int or None
        The moment right after it receives it; None if it never does.
    """

    node: int
    label: str
    data: float | None
    local_grad: float | None
    contribution: float | None
    event: int | None


@dataclass(frozen=True)
class LedgerRow:
    """One contribution to the node's gradient. What is not known at the moment is None.

    Attributes
    ----------
    consumer : int
    label : str
    local_grad : float or None
    consumer_grad, value, total : float or None
        Only once it has happened.
    event : int
        The moment right after it happens.
    is_now : bool
        It is what happened last.
    """

    consumer: int
    label: str
    local_grad: float | None
    consumer_grad: float | None
    value: float | None
    total: float | None
    event: int
    is_now: bool

    @property
    def happened(self) -> bool:
        """Whether the contribution has been added."""
        return self.value is not None


@dataclass(frozen=True)
class Inspection:
    """One node at a moment.

    Attributes
    ----------
    node : int
    title : str
        Its name if it is a parameter, its role in the model, or its operation.
    op : str
    path : str
        The scopes around it.
    data : float or None
        None if it is not computed yet.
    grad : float
        The sum so far.
    state : GradState
    explanation : str
        The state in words.
    is_loss : bool
    has_backward : bool
        Whether the pass has a backward pass at all.
    ledger : tuple of LedgerRow
    children : tuple of ChildRow
    source : tuple of (str, int, str) or None
        File, line and text of the code that made it; None for parameters.
    explained : Explanation
        Formula, derivative rules and words.
    update : ParameterUpdate or None
        What Adam did to it, once it has.
    """

    node: int
    title: str
    op: str
    path: str
    data: float | None
    grad: float
    state: GradState
    explanation: str
    is_loss: bool
    has_backward: bool
    ledger: tuple[LedgerRow, ...]
    children: tuple[ChildRow, ...]
    source: tuple[str, int, str] | None
    explained: Explanation
    update: ParameterUpdate | None


def inspect_node(timeline: Timeline, cursor: int, node: int) -> Inspection:
    """Return everything that is known of a node at a moment."""
    trace = timeline.trace
    computed = timeline.moment(cursor).computed
    ledger = timeline.ledger(node)
    rows = _ledger_rows(timeline, cursor, ledger, computed)
    return Inspection(
        node=node,
        title=trace.parameter_name(node) or node_role(trace, node) or trace.op_name(node),
        op=trace.op_name(node),
        path=scope_path(trace, int(trace.scope[node])),
        data=timeline.node_data_at(cursor, node),
        grad=timeline.node_grad_at(cursor, node),
        state=timeline.grad_state_at(cursor, node),
        explanation=state_in_words(timeline, cursor, node),
        is_loss=node == trace.loss,
        has_backward=trace.loss is not None,
        ledger=rows,
        children=_child_rows(timeline, cursor, computed, node),
        source=source_line(trace, int(trace.site[node])),
        explained=explain(timeline, cursor, node),
        update=timeline.update_at(cursor, node),
    )


def state_in_words(timeline: Timeline, cursor: int, node: int) -> str:
    """Return how far the gradient of a node has come at a moment, and why."""
    ledger, state = timeline.ledger(node), timeline.grad_state_at(cursor, node)
    return _explain(timeline.trace, node, state, ledger.done(cursor), len(ledger))


def _ledger_rows(
    timeline: Timeline, cursor: int, ledger: Ledger, computed: int
) -> tuple[LedgerRow, ...]:
    rows, done = [], ledger.done(cursor)
    for i, consumer in enumerate(ledger.consumer.tolist()):
        happened = i < done
        rows.append(
            LedgerRow(
                consumer=consumer,
                label=node_label(timeline.trace, consumer),
                local_grad=float(ledger.local_grad[i]) if consumer < computed else None,
                consumer_grad=float(ledger.consumer_grad[i]) if happened else None,
                value=float(ledger.value[i]) if happened else None,
                total=float(ledger.total[i]) if happened else None,
                event=int(ledger.event[i]),
                is_now=int(ledger.event[i]) == cursor,
            )
        )
    return tuple(rows)


def _child_rows(timeline: Timeline, cursor: int, computed: int, node: int) -> tuple[ChildRow, ...]:
    trace = timeline.trace
    events = timeline.passed_on_after(node)
    rows = []
    for i, edge in enumerate(trace.edges(node)):
        child, local = int(trace.child[edge]), float(trace.local_grad[edge])
        event = events[i] if i < len(events) else None
        received = event is not None and event <= cursor
        rows.append(
            ChildRow(
                node=child,
                label=node_label(trace, child),
                data=float(trace.data[child]) if child < computed else None,
                local_grad=local if node < computed else None,
                contribution=local * float(trace.grad[node]) if received else None,
                event=event,
            )
        )
    return tuple(rows)


def _explain(trace: Trace, node: int, state: GradState, done: int, total: int) -> str:
    if trace.loss is None:
        return "none: there is no backward pass"
    contributions = f"{done} of {total} contribution{'' if total == 1 else 's'}"
    if state is GradState.CLEARED:
        return "set back to 0 by the update, for the next step"
    if node == trace.loss:
        if state is GradState.NOT_REACHED:
            return "not reached yet: backward has not begun"
        return "final: it starts at d loss / d loss = 1"
    if state is GradState.ZERO:
        if not trace.reaches_loss[node]:
            return "truly zero: the loss does not depend on it"
        return f"truly zero: {contributions}, with the sum 0"
    if state is GradState.NOT_REACHED and not trace.reaches_loss[node]:
        return "not reached yet"
    if state is GradState.PARTIAL and done == total:
        return f"partial: the pass failed after {done} contribution{'' if done == 1 else 's'}"
    words = {
        GradState.NOT_REACHED: "not reached yet",
        GradState.PARTIAL: "partial",
        GradState.FINAL: "final",
    }
    return f"{words[state]}: {contributions}"


def source_line(trace: Trace, site: int) -> tuple[str, int, str] | None:
    """Return file, line and text of a place in the source; None for -1."""
    if site < 0:
        return None
    file, line = trace.files[trace.sites[site].file], trace.sites[site].line
    lines = file.text.split("\n")
    return file.name, line, lines[line - 1].strip() if line <= len(lines) else ""
