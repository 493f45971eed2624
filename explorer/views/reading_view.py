"""What all views of the parts of a pass have in common."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from explorer.debug.anatomy.reading import Place, Reading


class ReadingView(QWidget):
    """A view of a pass at a moment, and of one place in it."""

    node_chosen = Signal(int)  # somebody wants to see a node on the map
    scope_chosen = Signal(int)  # or a scope
    place_chosen = Signal(object)  # a Place: somebody wants to look at it closely
    told = Signal(str)  # a sentence

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        """Show a pass at a moment, closely at a place; None if there is none with known parts.

        Called for each move of time while the view is visible, and when it becomes visible.
        """
        raise NotImplementedError
