"""The map with its bar: what the colours mean, and what is under the mouse."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout

from explorer.theme.style import sans
from explorer.views.buttons import CommandButton, Segments
from explorer.views.legend import Legend
from explorer.views.map_view import MapView


class MapPanel(QFrame):
    """Colour modes, legend, map, and a line about the cell under the mouse.

    Parameters
    ----------
    map_view : MapView
    legend : Legend
    actions : dict of str to QAction
    """

    def __init__(self, map_view: MapView, legend: Legend, actions: dict[str, QAction]) -> None:
        super().__init__()
        colours = Segments(
            [
                (actions["colour_data"], "Data"),
                (actions["colour_gradient"], "Gradient"),
                (actions["colour_op"], "Op"),
            ]
        )
        fit = CommandButton(actions["zoom_fit"])
        actions["zoom_fit"].setIconText("Fit")
        bar = QHBoxLayout()
        bar.setContentsMargins(12, 7, 12, 7)
        bar.addWidget(colours)
        bar.addWidget(fit)
        bar.addSpacing(12)
        bar.addWidget(legend, 1)
        self._under_mouse = QLabel(" ")
        self._under_mouse.setFont(sans(14))
        self._under_mouse.setProperty("role", "muted")
        self._under_mouse.setContentsMargins(14, 5, 14, 5)
        self._under_mouse.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        map_view.hovered.connect(self._show_hovered)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(bar)
        column.addWidget(map_view, 1)
        column.addWidget(self._under_mouse)

    def _show_hovered(self, text: str) -> None:
        self._under_mouse.setText(text or " ")
