"""What the session points out on the map."""

from __future__ import annotations

from explorer.debug.addresses import find_node
from explorer.debug.breakpoints import BreakOn
from explorer.debug.roles import node_label
from explorer.debug.session import Colour, Session
from explorer.views.map_frame import MapMarks

BY_GRADIENT = (Colour.GRADIENT, Colour.MAGNITUDE, Colour.STATE)


class SessionMarks:
    """The marks of a session; the nodes that addresses stand for are found only when told.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._watched: tuple[tuple[int, str], ...] = ()
        self._breaks: tuple[tuple[int, bool], ...] = ()

    def now(self, hovered: int | None) -> MapMarks:
        """Return all marks, with the node under the mouse."""
        moment = self._session.moment
        return MapMarks(
            selected=self._session.selection,
            current=moment.node if moment else None,
            hovered=hovered,
            compared=self._session.compared,
            flows=self._session.shows_flows,
            found=self._session.found,
            found_at=self._session.found_at,
            path=self._session.found_path,
            watched=self._watched,
            breaks=self._breaks,
            what_if=self._session.what_if,
            by_gradient=self._session.colour in BY_GRADIENT,
        )

    def find_pins(self) -> None:
        """Find the watched nodes and those that break in the pass on show."""
        trace = self._session.trace
        if trace is None:
            return
        watched = [find_node(trace, address) for address in self._session.watches]
        self._watched = tuple(
            (node, node_label(trace, node)) for node in watched if node is not None
        )
        self._breaks = tuple(
            (node, one.enabled)
            for one in self._session.breakpoints
            if one.on in (BreakOn.NODE, BreakOn.GRADIENT)
            and one.address is not None
            and (node := find_node(trace, one.address)) is not None
        )
