"""How a pass stands in a session, in a form that can be saved and brought back.

Nodes and scopes stand in it by address, not by number.
"""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug.addresses import Address, find_node, node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.conditions import ConditionError, parse_condition
from explorer.debug.file_fields import Fields
from explorer.debug.session import Colour, Session
from explorer.debug.stepping import Granularity


@dataclass(frozen=True, kw_only=True)
class PassState:
    """Where time stands in a pass, and what was chosen and marked.

    Attributes
    ----------
    cursor : int
    selection : Address or None
    granularity : Granularity
    colour : Colour
    query : str
        What was searched for.
    breakpoints, watches, bookmarks : tuple
    """

    cursor: int
    selection: Address | None = None
    granularity: Granularity = Granularity.NODE
    colour: Colour = Colour.DATA
    query: str = ""
    breakpoints: tuple[Breakpoint, ...] = ()
    watches: tuple[Address, ...] = ()
    bookmarks: tuple[Bookmark, ...] = ()


def capture_pass(session: Session) -> PassState:
    """Return the state of a session that shows a pass."""
    trace, node = session.trace, session.selection
    assert trace is not None
    return PassState(
        cursor=session.cursor,
        selection=None if node is None else node_address(trace, node),
        granularity=session.granularity,
        colour=session.colour,
        query=session.query,
        breakpoints=tuple(session.breakpoints),
        watches=tuple(session.watches),
        bookmarks=tuple(session.bookmarks),
    )


def restore_pass(session: Session, state: PassState) -> None:
    """Bring a session, which shows the right pass already, into a state."""
    trace = session.trace
    assert trace is not None
    session.breakpoints.set(state.breakpoints)
    session.watches.set(state.watches)
    session.bookmarks.set(state.bookmarks)
    session.set_granularity(state.granularity)
    session.set_colour(state.colour)
    session.search(state.query)
    session.seek(state.cursor)
    session.select(None if state.selection is None else find_node(trace, state.selection))


def read_pass_state(fields: Fields) -> PassState:
    """Return a state whose fields stand in a file, after checking them.

    Raises
    ------
    FieldError
    """
    return PassState(
        cursor=fields.whole("cursor"),
        selection=fields.optional("selection", read_address),
        granularity=fields.choice("granularity", Granularity),
        colour=fields.choice("colour", Colour),
        query=fields.text("query"),
        breakpoints=fields.each("breakpoints", _breakpoint),
        watches=fields.each("watches", read_address),
        bookmarks=fields.each("bookmarks", _bookmark),
    )


def read_address(fields: Fields) -> Address:
    """Return the address that stands in a file.

    Raises
    ------
    FieldError
    """
    return Address(fields.texts("path"), fields.whole("place", least=-1))


def _breakpoint(fields: Fields) -> Breakpoint:
    found = Breakpoint(
        on=fields.choice("on", BreakOn),
        address=fields.optional("address", read_address),
        text=fields.text("text"),
        line=fields.whole("line"),
        enabled=fields.truth("enabled"),
        skip=fields.whole("skip"),
    )
    if found.on in (BreakOn.NODE, BreakOn.GRADIENT, BreakOn.SCOPE) and found.address is None:
        raise fields.refuse("address", "it is missing")
    if found.on is BreakOn.CONDITION:
        try:
            parse_condition(found.text)
        except ConditionError as error:
            raise fields.refuse("text", str(error).rstrip(".")) from None
    return found


def _bookmark(fields: Fields) -> Bookmark:
    return Bookmark(
        fields.text("name"),
        fields.whole("cursor"),
        fields.optional("selection", read_address),
        fields.text("note"),
    )
