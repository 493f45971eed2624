"""The map with its bars: what is coloured how, where one is, and what the colours mean."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from explorer.theme.tokens import Theme
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.buttons import CommandButton, Segments
from explorer.views.legend import Legend
from explorer.views.map_view import MapView
from explorer.views.search_bar import SearchBar

COLOURS = (
    ("colour_data", "Data"),
    ("colour_gradient", "Gradient"),
    ("colour_magnitude", "Size"),
    ("colour_state", "State"),
    ("colour_op", "Op"),
    ("colour_fan-out", "Fan-out"),
)


class MapPanel(QFrame):
    """Colour modes and the search above the map; breadcrumbs over it, the legend below.

    Parameters
    ----------
    map_view : MapView
    search_bar : SearchBar
    breadcrumbs : Breadcrumbs
    legend : Legend
    actions : dict of str to QAction
    theme : Theme
    """

    def __init__(
        self,
        map_view: MapView,
        search_bar: SearchBar,
        breadcrumbs: Breadcrumbs,
        legend: Legend,
        actions: dict[str, QAction],
        theme: Theme,
    ) -> None:
        super().__init__()
        map_view.limit_changed.connect(legend.show_limit)
        map_view.scope_entered.connect(breadcrumbs.show_scope)
        breadcrumbs.scope_chosen.connect(map_view.show_scope)
        search_bar.closed.connect(map_view.setFocus)
        actions["scale_follows"].setIconText("Follow")
        actions["zoom_fit"].setIconText("Fit")
        actions["flows"].setIconText("Flows")
        above = QHBoxLayout()
        above.setContentsMargins(*map(theme.px, (12, 7, 12, 7)))
        above.setSpacing(theme.px(8))
        above.addWidget(Segments([(actions[command], text) for command, text in COLOURS]))
        above.addWidget(CommandButton(actions["scale_follows"]))
        above.addWidget(CommandButton(actions["flows"]))
        above.addStretch()
        above.addWidget(CommandButton(actions["zoom_fit"]))
        over = QGridLayout()
        over.addWidget(map_view, 0, 0)
        corner = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        over.addWidget(breadcrumbs, 0, 0, corner)
        below = QHBoxLayout()
        below.setContentsMargins(theme.px(14), 0, theme.px(14), 0)
        below.addWidget(legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(above)
        column.addWidget(search_bar)
        column.addLayout(over, 1)
        column.addLayout(below)
