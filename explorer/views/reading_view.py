"""What all views of the parts of a pass have in common."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QWidget

from explorer.debug.anatomy.reading import Place, Reading
from explorer.views.figure import Figure
from explorer.views.word_label import WordLabel


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

    @property
    def figures(self) -> Mapping[str, Figure]:
        """The figures of the view that can be shown alone, by short names."""
        return {}

    def show_only(self, *names: str) -> None:
        """Show some of the figures, without what only the mouse needs: for a stage.

        Parameters
        ----------
        names : str
            Of `figures`.

        Raises
        ------
        ValueError
            There is no such figure, or none is named.
        """
        unknown = set(names) - set(self.figures)
        if unknown or not names:
            raise ValueError(f"figures are {', '.join(self.figures)}, not {', '.join(names)}")
        for name, figure in self.figures.items():
            figure.show_bare()
            figure.setVisible(name in names)

    def put_together(self, page: QWidget, nothing: str) -> None:
        """Let the view be a page, or a sentence about why there is none."""
        label = WordLabel(nothing)
        label.setProperty("role", "muted")
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        label.setWordWrap(True)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(page)
        self._pages.addWidget(label)

    def show_page(self, shown: bool) -> None:
        """Show the page, or else the sentence."""
        self._pages.setCurrentIndex(0 if shown else 1)
