"""Why a node waits, or that it does not: its place in the order, in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from explorer.debug import numbers
from explorer.debug.order import BackwardOrder, Progress
from explorer.debug.roles import node_label
from explorer.trace.timeline import GradState

NAMED = 4  # of the consumers that are waited for


@dataclass(frozen=True)
class Piece:
    """A part of a sentence.

    Attributes
    ----------
    text : str
    node, event : int or None
        What it leads to.
    """

    text: str
    node: int | None = None
    event: int | None = None


def explain_order(order: BackwardOrder, cursor: int, node: int) -> tuple[Piece, ...]:
    """Return what a node waits for at a moment, and when it is processed.

    Parameters
    ----------
    order : BackwardOrder
    cursor : int
    node : int

    Returns
    -------
    tuple of Piece
        One paragraph.
    """
    return tuple(_sentences(order, cursor, node))


def as_text(pieces: Iterable[Piece]) -> str:
    """Return a paragraph without what it leads to."""
    return "".join(piece.text for piece in pieces)


def _sentences(order: BackwardOrder, cursor: int, node: int) -> Iterator[Piece]:
    timeline = order.timeline
    if timeline.trace.loss is None:
        yield Piece("This pass has no backward, so there is no order to explain.")
    elif cursor < timeline.backward_start:
        yield from _before_backward(order, cursor, node)
    elif order.place_of(node) is None:
        yield _name(order, node)
        yield Piece(
            " has no place in the order: the loss does not depend on it, so backward never "
            "reaches it."
        )
    elif node == timeline.trace.loss:
        yield from _loss(order, cursor, node)
    elif timeline.grad_state_at(timeline.end, node) in (GradState.NOT_REACHED, GradState.PARTIAL):
        yield _name(order, node)
        yield Piece(" is never complete: the pass failed before all contributions came.")
    else:
        yield from _in_backward(order, cursor, node)


def _before_backward(order: BackwardOrder, cursor: int, node: int) -> Iterator[Piece]:
    timeline = order.timeline
    trace = timeline.trace
    children = list(dict.fromkeys(int(trace.child[edge]) for edge in trace.edges(node)))
    yield _name(order, node)
    if node < trace.leaves:
        yield Piece(" was there before the pass.")
    else:
        was = "is" if cursor < timeline.computed_after(node) else "was"
        yield Piece(f" {was} computed at ")
        yield _event(timeline.computed_after(node))
        if children:
            noun = "its child" if len(children) == 1 else "its children"
            yield Piece(f", after {noun} ")
            yield from _names(order, children)
        yield Piece(".")
    yield Piece(" Backward has not begun. It goes the other way: consumers first. ")
    if order.place_of(node) is None:
        yield Piece("It will never reach this node: the loss does not depend on it.")
    else:
        yield Piece(f"There the node is {_rank(order, node)}.")


def _loss(order: BackwardOrder, cursor: int, node: int) -> Iterator[Piece]:
    yield _name(order, node)
    yield Piece(
        f" is {_rank(order, node)}: it has no consumers to wait for. "
        "Its gradient starts at d loss / d loss = 1. "
    )
    yield from _turn(order, cursor, node)


def _in_backward(order: BackwardOrder, cursor: int, node: int) -> Iterator[Piece]:
    progress = order.progress(cursor, node)
    yield _name(order, node)
    if progress.pending:
        yield from _waits(order, cursor, node, progress)
    elif order.passes_on_at(node) is None:
        yield Piece(f" is complete: {_all_in(progress)} since ")
        yield _event(order.complete_at(node))
        yield Piece(". It has no children: there is nobody to pass the gradient on to.")
    else:
        yield from _does_not_wait(order, cursor, node, progress)


def _waits(order: BackwardOrder, cursor: int, node: int, progress: Progress) -> Iterator[Piece]:
    consumers = len(set(order.timeline.consumers(node).tolist()))
    pending = len(progress.pending)
    if consumers == 1:
        yield Piece(" waits: its only consumer has not passed its gradient on yet: ")
    elif pending == consumers:
        yield Piece(f" waits: none of its {consumers} consumers has passed its gradient on yet: ")
    else:
        have, their = ("has", "its") if pending == 1 else ("have", "their")
        yield Piece(
            f" waits: {pending} of its {consumers} consumers {have} not passed {their} gradient "
            "on yet: "
        )
    yield from _names(order, progress.pending)
    yield Piece(". ")
    if order.passes_on_at(node) is None:
        yield Piece("It has no children to pass its gradient on to; it is complete at ")
        yield _event(order.complete_at(node))
        yield Piece(f" ({_rank(order, node)}).")
    else:
        yield from _turn(order, cursor, node)


def _does_not_wait(
    order: BackwardOrder, cursor: int, node: int, progress: Progress
) -> Iterator[Piece]:
    moments = order.timeline.passed_on_after(node)
    if cursor >= moments[0] and order.current(cursor) == order.place_of(node):
        given = len([moment for moment in moments if moment <= cursor])
        yield Piece(
            f" is processed now, {_rank(order, node)}: {_all_in(progress)}, and it has passed its "
            f"gradient on along {_share(given, len(moments))}."
        )
    elif cursor >= moments[-1]:
        yield Piece(" was processed at ")
        yield _event(moments[-1])
        yield Piece(f", {_rank(order, node)}: {_all_in(progress, 'were')} from ")
        yield _event(order.complete_at(node))
        yield Piece(" on.")
    else:
        yield Piece(f" waits for nothing more: {_all_in(progress)} since ")
        yield _event(order.complete_at(node))
        yield Piece(". It only waits for its turn. ")
        yield from _turn(order, cursor, node)


def _turn(order: BackwardOrder, cursor: int, node: int) -> Iterator[Piece]:
    """Say when a node that has children passes on."""
    event = order.passes_on_at(node)
    if event is not None:
        yield Piece("It passes its gradient on at " if cursor < event else "It passed it on at ")
        yield _event(event)
        yield Piece("." if node == order.timeline.trace.loss else f" ({_rank(order, node)}).")


def _all_in(progress: Progress, verb: str = "are") -> str:
    number = progress.contributions
    if number == 1:
        return f"its only contribution {'is' if verb == 'are' else 'was'} in"
    return f"all {number} contributions {verb} in"


def _share(done: int, edges: int) -> str:
    return "its only edge" if edges == 1 else f"{done} of its {edges} edges"


def _rank(order: BackwardOrder, node: int) -> str:
    place = order.place_of(node)
    assert place is not None
    return f"no. {numbers.count(place + 1)} of {numbers.count(len(order))}"


def _name(order: BackwardOrder, node: int) -> Piece:
    return Piece(node_label(order.timeline.trace, node), node=node)


def _event(event: int) -> Piece:
    return Piece(f"event {numbers.count(event)}", event=event)


def _names(order: BackwardOrder, nodes: Iterable[int]) -> Iterator[Piece]:
    """Name nodes in a row; of many only the first."""
    listed = list(nodes)
    more = len(listed) - NAMED
    shown = listed if more <= 1 else listed[:NAMED]
    for i, node in enumerate(shown):
        if i:
            yield Piece(" and " if i == len(listed) - 1 else ", ")
        yield _name(order, node)
    if len(shown) < len(listed):
        yield Piece(f" and {more} more")
