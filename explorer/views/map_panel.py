"""The map with its bars: what is coloured how, where one is, and what the colours mean."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAction, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout

from explorer.theme.tokens import Theme
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.buttons import Chooser, CommandButton, Segments
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

    Where there is little room, one of the modes is chosen from a menu.

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
        self._above = above = QHBoxLayout()
        above.setContentsMargins(*map(theme.px, (12, 7, 12, 7)))
        above.setSpacing(theme.px(8))
        choices = [(actions[command], text) for command, text in COLOURS]
        self._colours = Segments(choices)
        self._colours.setMinimumWidth(1)  # it gives way before it is squeezed
        title = "What the colours of the map tell"
        self._few = Chooser("Colours", title, [action for action, _ in choices])
        self._few.hide()
        above.addWidget(self._colours)
        above.addWidget(self._few)
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

    def minimumSizeHint(self) -> QSize:
        """Ask for room for all colours; who has less to give is offered the menu."""
        least = super().minimumSizeHint()
        return QSize(max(self._wanted(), least.width()), least.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._make_room()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Offer the colours as a menu where there is no room for them side by side."""
        fits = self._wanted() - len(COLOURS) <= self.width()  # a pixel less cuts no text
        self._colours.setVisible(fits)
        self._few.setVisible(not fits)

    def _wanted(self) -> int:
        """Return how wide the bar is with all colours side by side."""
        places = map(self._above.itemAt, range(self._above.count()))
        widgets = [place.widget() for place in places if place is not None]
        shown = [w for w in widgets if w is not None and w is not self._few]
        margins = self._above.contentsMargins()
        wanted = margins.left() + margins.right() + (len(shown) - 1) * self._above.spacing()
        for widget in shown:
            widget.ensurePolished()  # or one that was never shown is thought to be narrower
            wanted += widget.sizeHint().width()
        return wanted
