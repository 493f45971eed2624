"""When nobody waits: letting go of views that are not shown any more."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from shiboken6 import delete


def let_go(widgets: list[QWidget]) -> None:
    """End widgets with all that is in them, so that nothing listens for them any more.

    Signals of the session know their listeners weakly; but views and their parts know each other,
    and only a collection finds that nobody else does.

    Parameters
    ----------
    widgets : list of QWidget
        The only one that knows them; it is emptied.
    """
    while widgets:
        widget = widgets.pop()
        widget.findChildren(QObject)  # Python lets go only of those whose parents it knows
        delete(widget)
        del widget
    collect_anew()


def collect_anew() -> None:
    """Collect all garbage, and let what is left be out of the collector's way from now on."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
