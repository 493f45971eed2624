"""What the cards of a neighbourhood say at a moment, and the contribution that is added then."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field
from enum import Enum

from explorer.debug import numbers
from explorer.debug.inspection import state_in_words
from explorer.debug.roles import node_label, node_role
from explorer.debug.titles import SEPARATOR, scope_titles
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace

LINE = 18  # letters of data and gradient together that fit into a card
DIGITS = (4, 3, 2)  # significant ones; fewer where there is no room
MOST_ENTRIES = 10_000  # of a book: some 30 MB
SPOKEN = 8  # neighbours that a description names


class CardKind(Enum):
    """What a card stands for."""

    OPERATION = "operation"
    SUM = "sum"
    PARAMETER = "parameter"
    CONSTANT = "constant"
    LOSS = "loss"


@dataclass(frozen=True)
class CardFace:
    """What a card says at all times.

    Attributes
    ----------
    kind : CardKind
    title : str
    where : tuple of str
        The scopes around it, from the longest way to say it to the shortest.
    """

    kind: CardKind
    title: str
    where: tuple[str, ...]


@dataclass(frozen=True)
class CardReading:
    """What a card says at a moment. Texts are empty as long as there is no number.

    Attributes
    ----------
    computed : bool
    data, grad : str
        In few digits, so that both fit on one line.
    data_digits, grad_digits : str
        In as many digits as there is room for on a large card.
    state : GradState
    done, total : int
        Contributions to the gradient so far, and in the end.
    is_negative : bool
        Of the gradient.
    """

    computed: bool
    data: str
    grad: str
    data_digits: str
    grad_digits: str
    state: GradState
    done: int
    total: int
    is_negative: bool

    @property
    def state_words(self) -> str:
        """The state of the gradient in words."""
        if not self.computed:
            return "not computed yet"
        words = {
            GradState.NOT_REACHED: "pending: not reached yet",
            GradState.PARTIAL: f"partial: {self.done} of {self.total} contributions",
            GradState.FINAL: "final ✓",
            GradState.ZERO: "truly zero ✓",
            GradState.CLEARED: "set back to 0 by the update",
        }
        return words[self.state]


@dataclass(frozen=True)
class Contribution:
    """The contribution that is added at a moment.

    Attributes
    ----------
    edge : int
        Index into the trace's edges.
    child, consumer : int
    arithmetic : str
        ``0.0123 + 0.5 × −0.3 = −0.1377``: the gradient so far, the local gradient times the
        consumer's gradient, and the gradient that comes out.
    """

    edge: int
    child: int
    consumer: int
    arithmetic: str


@dataclass(frozen=True)
class CardEntry:
    """What is known of one node, whatever the moment.

    Attributes
    ----------
    face : CardFace
    data : float
    events : list of int
        The moments right after its contributions.
    totals : list of float
        Its gradient before the first of them, and after each.
    readings : dict
        What its card has said so far: whether it is computed, how many contributions there are,
        and the state of its gradient decide.
    """

    face: CardFace
    data: float
    events: list[int]
    totals: list[float]
    readings: dict[tuple[bool, int, GradState], CardReading] = field(default_factory=dict)


class CardBook:
    """What is known of the nodes of a pass; neighbourhoods that follow each other share most.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._scopes = scope_titles(timeline.trace)
        self._entries: dict[tuple[int, int], CardEntry] = {}

    def with_numbers(self, timeline: Timeline) -> CardBook:
        """Return an empty book of the same events with other numbers."""
        other = copy(self)
        other.timeline, other._entries = timeline, {}
        return other

    def entry(self, node: int, summands: int) -> CardEntry:
        """Return what is known of a node, as a folded sum of so many summands or (0) as itself."""
        key = node, summands
        if key not in self._entries:
            if len(self._entries) >= MOST_ENTRIES:
                self._entries.clear()
            trace, ledger = self.timeline.trace, self.timeline.ledger(node)
            self._entries[key] = CardEntry(
                card_face(trace, node, summands, self._scopes),
                float(trace.data[node]),
                ledger.event.tolist(),
                [ledger.seed, *ledger.total.tolist()],
            )
        return self._entries[key]


class CardFacts:
    """What the cards of one neighbourhood say at any moment.

    Parameters
    ----------
    book : CardBook
    nodes : sequence of int
    summands : sequence of int
        For each node how many numbers its folded sum adds up; 0 for all others.
    """

    def __init__(self, book: CardBook, nodes: Sequence[int], summands: Sequence[int]) -> None:
        self._timeline, self._nodes = book.timeline, list(nodes)
        self._entries = [
            book.entry(node, terms) for node, terms in zip(nodes, summands, strict=True)
        ]
        self.faces = [entry.face for entry in self._entries]

    def at(self, cursor: int) -> list[CardReading]:
        """Return what each card says at a moment; equal readings are the same object."""
        computed = self._timeline.moment(cursor).computed
        state_at = self._timeline.grad_state_at
        readings = []
        for node, entry in zip(self._nodes, self._entries, strict=True):
            done = bisect_right(entry.events, cursor)
            key = node < computed, done, state_at(cursor, node)
            reading = entry.readings.get(key)
            if reading is None:
                reading = entry.readings[key] = self._read(node, entry, *key)
            readings.append(reading)
        return readings

    def _read(
        self, node: int, entry: CardEntry, computed: bool, done: int, state: GradState
    ) -> CardReading:
        data, grad, total = entry.data, entry.totals[done], len(entry.events)
        update = self._timeline.trace.update
        if state is GradState.CLEARED and update is not None:
            data, grad = float(update.data[node]), 0.0
        if not computed:
            return CardReading(False, "", "", "", "", state, done, total, False)
        is_known = state is not GradState.NOT_REACHED
        for digits in DIGITS:
            few_data = numbers.short(data, digits)
            few_grad = numbers.short(grad, digits) if is_known else ""
            if len(few_data) + len(few_grad) + 2 <= LINE:
                break
        return CardReading(
            True,
            few_data,
            few_grad,
            numbers.short(data, 6),
            numbers.short(grad, 6) if is_known else "",
            state,
            done,
            total,
            is_known and grad < 0,
        )


def card_face(trace: Trace, node: int, summands: int, scopes: Sequence[str]) -> CardFace:
    """Return what a card says at all times.

    Parameters
    ----------
    trace : Trace
    node : int
    summands : int
        How many numbers its folded sum adds up; 0 if it is none.
    scopes : sequence of str
        A title for every scope.
    """
    name, op = trace.parameter_name(node), trace.op_name(node)
    if name is not None:
        return CardFace(CardKind.PARAMETER, f"θ {_short_name(trace, name)}", ())
    where = _where(trace, int(trace.scope[node]), scopes)
    if node == trace.loss:
        return CardFace(CardKind.LOSS, node_role(trace, node) or "loss", where)
    if op == "constant":
        return CardFace(CardKind.CONSTANT, "constant", where)
    symbol = f"Σ of {summands}" if summands else numbers.symbol(op)
    kind = CardKind.SUM if summands else CardKind.OPERATION
    role, _, position = (node_role(trace, node) or "").partition(" at ")
    if role:
        number = position.rpartition(" ")[2]
        return CardFace(kind, f"{symbol}  {role}", (position, number) if position else ())
    return CardFace(kind, symbol, where)


def _where(trace: Trace, scope: int, scopes: Sequence[str]) -> tuple[str, ...]:
    """Return several ways to say where a scope is; a position is its number in short ones."""
    path = trace.scope_path(scope)
    titles = [scopes[part] for part in path]
    positions = trace.position_scope.tolist()
    number = [str(positions.index(part)) for part in path[:1] if part in positions]
    inner = titles[len(number) :]
    ways = [titles, number + inner[-2:], number + inner[-1:], number]
    return tuple(dict.fromkeys(SEPARATOR.join(way) for way in ways if way))


def _short_name(trace: Trace, name: str) -> str:
    """Return a parameter's name, without its layer if there is only one."""
    layers = {matrix.name.rpartition(".")[0] for matrix in trace.parameters if "." in matrix.name}
    return name.rpartition(".")[2] if len(layers) == 1 else name


def contribution_now(timeline: Timeline, cursor: int) -> Contribution | None:
    """Return the contribution that was added last at a moment; None outside of backward."""
    moment = timeline.moment(cursor)
    if moment.node is None or moment.child is None:
        return None
    ledger = timeline.ledger(moment.child)
    last = ledger.done(cursor) - 1
    terms = ledger.before(last), float(ledger.local_grad[last]), float(ledger.consumer_grad[last])
    start, local, grad = (numbers.short(term) for term in terms)
    return Contribution(
        int(timeline.edge[moment.contributions - 1]),
        moment.child,
        moment.node,
        f"{start} + {local} × {grad} = {numbers.short(float(ledger.total[last]))}",
    )


def describe(
    timeline: Timeline, cursor: int, node: int, children: Sequence[int], consumers: Sequence[int]
) -> str:
    """Return a neighbourhood in sentences, for those who listen to it."""
    number = timeline.node_data_at(cursor, node)
    data = "not computed yet" if number is None else numbers.short(number)
    grad = state_in_words(timeline, cursor, node)
    if timeline.grad_state_at(cursor, node) is not GradState.NOT_REACHED:
        grad = f"{numbers.short(timeline.node_grad_at(cursor, node))}, {grad}"
    return (
        f"{node_label(timeline.trace, node)}: data {data}, gradient {grad}. "
        f"{_listed('Children', timeline.trace, children)} "
        f"{_listed('Consumers', timeline.trace, consumers)}"
    )


def _listed(heading: str, trace: Trace, nodes: Sequence[int]) -> str:
    if not nodes:
        return f"{heading}: none."
    named = ", ".join(node_label(trace, node) for node in nodes[:SPOKEN])
    more = f" and {len(nodes) - SPOKEN} more" if len(nodes) > SPOKEN else ""
    return f"{heading}: {named}{more}."
