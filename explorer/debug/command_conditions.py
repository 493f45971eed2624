"""When commands can act."""

from __future__ import annotations

from explorer.debug.desk import Desk


def always(desk: Desk) -> bool:
    """Return True: whatever is shown."""
    return True


def has_pass(desk: Desk) -> bool:
    """Return whether a pass is shown."""
    return desk.session.timeline is not None


def has_selection(desk: Desk) -> bool:
    """Return whether a node is selected."""
    return desk.session.selection is not None


def has_found(desk: Desk) -> bool:
    """Return whether the search has found something."""
    return len(desk.session.found) > 0


def before_end(desk: Desk) -> bool:
    """Return whether time can go on."""
    timeline = desk.session.timeline
    return timeline is not None and desk.session.cursor < timeline.end


def after_start(desk: Desk) -> bool:
    """Return whether time can go back."""
    return has_pass(desk) and desk.session.cursor > 0
