"""Watches: nodes whose numbers stay in sight, wherever time and the selection go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from psygnal import Signal

from explorer.debug import titles
from explorer.debug.addresses import Address, find_node
from explorer.debug.roles import node_label
from explorer.trace.timeline import GradState, Timeline


@dataclass(frozen=True)
class WatchRow:
    """What a watch shows at a moment.

    Attributes
    ----------
    address : Address
    label : str
    node : int or None
        None if the pass has no such node.
    data : float or None
        None as long as it is not computed.
    grad : float or None
        None as long as nothing has reached it.
    state : GradState or None
    done, total : int
        Contributions to its gradient that have happened, and all of them.
    """

    address: Address
    label: str
    node: int | None
    data: float | None = None
    grad: float | None = None
    state: GradState | None = None
    done: int = 0
    total: int = 0


class Watches:
    """The watched nodes, in the order in which they were chosen.

    Attributes
    ----------
    changed : Signal
    """

    changed = Signal()

    def __init__(self) -> None:
        self._all: list[Address] = []

    def __iter__(self) -> Iterator[Address]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, address: object) -> bool:
        return address in self._all

    def toggle(self, address: Address) -> None:
        """Watch a node, or no longer."""
        if address in self._all:
            self._all.remove(address)
        else:
            self._all.append(address)
        self.changed.emit()

    def set(self, addresses: Iterable[Address]) -> None:
        """Replace all watches."""
        self._all = list(dict.fromkeys(addresses))
        self.changed.emit()


def watch_rows(timeline: Timeline, cursor: int, watched: Iterable[Address]) -> list[WatchRow]:
    """Return what watches show at a moment."""
    return [_row(timeline, cursor, address) for address in watched]


def _row(timeline: Timeline, cursor: int, address: Address) -> WatchRow:
    node = find_node(timeline.trace, address)
    if node is None:
        return WatchRow(address, titles.SEPARATOR.join(address.path), None)
    ledger = timeline.ledger(node)
    state = timeline.grad_state_at(cursor, node)
    reached = state is not GradState.NOT_REACHED
    return WatchRow(
        address=address,
        label=node_label(timeline.trace, node),
        node=node,
        data=timeline.node_data_at(cursor, node),
        grad=timeline.node_grad_at(cursor, node) if reached else None,
        state=state,
        done=ledger.done(cursor),
        total=len(ledger),
    )
