"""What can be done with a cell: the menu of the right mouse button."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from explorer.debug import numbers
from explorer.debug.addresses import node_address
from explorer.debug.breakpoints import BreakOn, breakpoint_on
from explorer.debug.inspection import inspect_node
from explorer.debug.roles import node_label
from explorer.debug.session import Session
from explorer.trace.timeline import GradState
from explorer.views.linked_text import add_words, the_glossary

MOST_WORDS = 4  # of the glossary
BREAKS = (
    ("Break here", BreakOn.NODE),
    ("Break when its gradient is written", BreakOn.GRADIENT),
    ("Break at its source line", BreakOn.LINE),
)


def node_menu(parent: QWidget, session: Session, node: int, zoom: Callable[[], None]) -> QMenu:
    """Return the menu of a node; what makes no sense at the moment is left out.

    Parameters
    ----------
    parent : QWidget
    session : Session
    node : int
    zoom : callable
        Shows the selected node large.
    """
    timeline = session.timeline
    assert timeline is not None
    known = inspect_node(timeline, session.cursor, node)

    def zoom_to_it() -> None:
        session.select(node)
        zoom()

    menu = QMenu(parent)
    menu.addSection(node_label(timeline.trace, node))
    menu.addAction("Select", lambda: session.select(node))
    menu.addAction("Zoom to it", zoom_to_it)
    if session.selection not in (None, node):
        menu.addAction("Compare with the selection", lambda: session.compare(node))
    menu.addSeparator()
    if node >= timeline.trace.leaves:
        computed = timeline.computed_after(node)
        menu.addAction("Go to where it is computed", lambda: session.seek(computed))
    passed_on = timeline.passed_on_after(node)
    if passed_on:
        menu.addAction("Go to where it passes its gradient on", lambda: session.seek(passed_on[-1]))
    menu.addSeparator()
    for title, on in BREAKS:
        _add_breakpoint(menu, session, node, title, on)
    address = node_address(timeline.trace, node)
    watched = address in session.watches
    menu.addAction(
        "Watch it no longer" if watched else "Watch it", lambda: session.watches.toggle(address)
    )
    menu.addSeparator()
    if known.data is not None:
        data = repr(known.data)
        menu.addAction(f"Copy data {numbers.short(known.data)}", lambda: _copy(data))
    if known.state is not GradState.NOT_REACHED:
        grad = repr(known.grad)
        menu.addAction(f"Copy gradient {numbers.short(known.grad)}", lambda: _copy(grad))
    innermost_first = " / ".join(reversed(known.path.split(" / ")))
    words = f"{known.title} / {known.op} / {innermost_first}"
    add_words(menu, the_glossary().terms_in(words)[:MOST_WORDS], parent)
    return menu


def _add_breakpoint(menu: QMenu, session: Session, node: int, title: str, on: BreakOn) -> None:
    """Add an action that sets a breakpoint, or takes it away."""
    trace = session.trace
    wanted = None if trace is None else breakpoint_on(trace, node, on)
    if wanted is not None:
        action = menu.addAction(title, lambda: session.breakpoints.toggle(wanted))
        action.setCheckable(True)
        action.setChecked(session.breakpoints.find(wanted) is not None)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
