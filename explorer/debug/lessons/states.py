"""What a session shows, taken down for a stop, and brought back."""

from __future__ import annotations

from explorer.debug.addresses import find_node, node_address
from explorer.debug.lessons.stop import Change, StopState
from explorer.debug.pass_state import capture_pass, restore_pass
from explorer.debug.session import Session
from explorer.debug.whatif import CannotChangeError, WhatIf, prepare
from explorer.trace.timeline import Timeline


def capture_state(session: Session) -> StopState:
    """Return what a session shows, which must be a pass."""
    trace, compared, what_if = session.trace, session.compared, session.what_if
    assert trace is not None
    changed = () if what_if is None else what_if.changes
    return StopState(
        **vars(capture_pass(session)),
        name="" if trace.document is None else trace.document.name,
        compared=None if compared is None else node_address(trace, compared),
        pinned=session.pinned,
        scale_follows=session.scale_follows,
        shows_flows=session.shows_flows,
        cone=session.cone,
        changes=tuple(Change(node_address(trace, one.node), one.data) for one in changed),
    )


def restore_state(session: Session, state: StopState, what_if: WhatIf | None) -> None:
    """Bring a session that has just opened the stop's pass into a state.

    Parameters
    ----------
    session : Session
    state : StopState
    what_if : WhatIf or None
        That of the state's changes, made by `make_what_if`.
    """
    trace = session.trace
    assert trace is not None
    session.pin(state.pinned)
    session.follow_scale(state.scale_follows)
    session.show_flows(state.shows_flows)
    session.show_cone(state.cone)
    session.show_what_if(what_if)
    restore_pass(session, state)
    session.compare(None if state.compared is None else find_node(trace, state.compared))


def make_what_if(recorded: Timeline, state: StopState) -> WhatIf | None:
    """Return the what-if of a state; None if nothing is changed in it.

    Raises
    ------
    CannotChangeError
        A node is not there, or the pass can't be computed with its number.
    """
    if not state.changes:
        return None
    forced: dict[int, float] = {}
    for change in state.changes:
        node = find_node(recorded.trace, change.node)
        if node is None:
            path = "/".join(change.node.path)
            raise CannotChangeError(f"This pass has no node {path}#{change.node.place}.")
        forced[node] = change.data
    return prepare(recorded).change(forced)
