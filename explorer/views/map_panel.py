"""The map with its bars: what is coloured how, where one is, and what the colours mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.buttons import CommandButton, Segments
from explorer.views.legend import Legend
from explorer.views.map_view import MapView

COLOURS = (
    ("colour_data", "Data"),
    ("colour_gradient", "Gradient"),
    ("colour_magnitude", "Size"),
    ("colour_state", "State"),
    ("colour_op", "Op"),
    ("colour_fan-out", "Fan-out"),
)


class MapPanel(QFrame):
    """Colour modes above the map; breadcrumbs and legend below it.

    Parameters
    ----------
    map_view : MapView
    breadcrumbs : Breadcrumbs
    legend : Legend
    actions : dict of str to QAction
    """

    def __init__(
        self,
        map_view: MapView,
        breadcrumbs: Breadcrumbs,
        legend: Legend,
        actions: dict[str, QAction],
    ) -> None:
        super().__init__()
        map_view.limit_changed.connect(legend.show_limit)
        map_view.scope_entered.connect(breadcrumbs.show_scope)
        breadcrumbs.scope_chosen.connect(map_view.show_scope)
        actions["scale_follows"].setIconText("Follow")
        actions["zoom_fit"].setIconText("Fit")
        above = QHBoxLayout()
        above.setContentsMargins(12, 7, 12, 7)
        above.addWidget(Segments([(actions[command], text) for command, text in COLOURS]))
        above.addSpacing(10)
        above.addWidget(CommandButton(actions["scale_follows"]))
        above.addStretch()
        above.addWidget(CommandButton(actions["zoom_fit"]))
        over = QGridLayout()
        over.addWidget(map_view, 0, 0)
        corner = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        over.addWidget(breadcrumbs, 0, 0, corner)
        below = QHBoxLayout()
        below.setContentsMargins(14, 0, 14, 0)
        below.addWidget(legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addLayout(over, 1)
        column.addLayout(below)
