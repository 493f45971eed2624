"""When nobody waits: letting go of views that are not shown any more."""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import delete

INTERVAL = 100  # milliseconds between two looks at how much garbage there may be


class WindowCollector(QObject):
    """Collects garbage on the window's thread, and lets no other thread do so.

    Views refer to each other, so it is a collection that ends them; on a thread that records a
    pass, it would take a widget away while the window paints it. The generations are those of the
    interpreter.

    Parameters
    ----------
    parent : QObject
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(INTERVAL)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Collect the oldest generation that has grown beyond its threshold, if one has."""
        for generation in (2, 1, 0):
            threshold = gc.get_threshold()[generation]
            if threshold and gc.get_count()[generation] > threshold:
                gc.collect(generation)
                return


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
