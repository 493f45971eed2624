"""The workspace for one pass: the map with everything that explains it."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug.session import Session
from explorer.runs.desk import RunDesk
from explorer.theme.tokens import Theme
from explorer.views.bookmarks_panel import BookmarksPanel
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.breakpoints_panel import BreakpointsPanel
from explorer.views.event_bar import EventBar
from explorer.views.inspector import Inspector
from explorer.views.legend import Legend
from explorer.views.live_steps import LiveSteps
from explorer.views.map_panel import MapPanel
from explorer.views.map_view import MapView
from explorer.views.neighbourhood_panel import NeighbourhoodPanel
from explorer.views.order_view import OrderView
from explorer.views.outline import Outline
from explorer.views.pass_loader import LoadedPass
from explorer.views.search_bar import SearchBar
from explorer.views.source_view import SourceView
from explorer.views.step_bar import StepBar
from explorer.views.take_over import take_over_choices
from explorer.views.timeline_view import TimelineView
from explorer.views.token_strip import TokenStrip
from explorer.views.watches_panel import WatchesPanel
from explorer.views.whatif_bar import WhatIfBar
from explorer.views.whatif_panel import WhatIfPanel
from explorer.views.workbench import Pane, Panel, Workbench


class ExplorePage(QWidget):
    """The views of one pass, arranged.

    Parameters
    ----------
    session : Session
    actions : dict of str to QAction
        By command id.
    theme : Theme
    live : LiveSteps
        Of the run whose model is on show.
    runs : RunDesk
    lesson : QWidget
        The panel of the lesson, which is hidden at first.

    Attributes
    ----------
    loaded : LoadedPass or None
        What is shown.
    """

    def __init__(
        self,
        session: Session,
        actions: dict[str, QAction],
        theme: Theme,
        live: LiveSteps,
        runs: RunDesk,
        lesson: QWidget,
    ) -> None:
        super().__init__()
        self.loaded: LoadedPass | None = None
        self.step_bar = StepBar(live, runs, actions, theme)
        self.token_strip = TokenStrip(session, theme)
        self.outline = Outline(session, theme)
        self.source = SourceView(session, theme)
        self.map_view = MapView(session, theme)
        self.search_bar = SearchBar(session, actions, theme)
        self.neighbourhood = NeighbourhoodPanel(session, theme)
        self.order = OrderView(session, theme)
        self.inspector = Inspector(session, theme)
        self.breakpoints = BreakpointsPanel(session, theme)
        self.watches = WatchesPanel(session, theme)
        self.bookmarks = BookmarksPanel(session, theme)
        self.what_if = WhatIfPanel(session, theme)
        self.what_if_bar = WhatIfBar(session, theme)
        self.event_bar = EventBar(session, theme)
        self.timeline_view = TimelineView(session, theme)
        breadcrumbs, legend = Breadcrumbs(session, theme), Legend(session, theme)
        self.map_panel = MapPanel(
            self.map_view, self.search_bar, breadcrumbs, legend, actions, theme
        )
        self.outline.scope_chosen.connect(self.map_view.show_scope)
        self.workbench = Workbench(
            Panel("map", "Map", self.map_panel),
            left=[
                Pane([Panel("lesson", "Lesson", lesson)], 2.0, theme, stays=True),
                Pane([Panel("outline", "Outline", self.outline)], 0.45, theme),
                Pane([Panel("source", "Source", self.source)], 0.55, theme),
            ],
            right=[
                Pane([Panel("inspector", "Inspector", self.inspector)], 0.66, theme),
                Pane(
                    [
                        Panel("breakpoints", "Breakpoints", self.breakpoints),
                        Panel("watches", "Watches", self.watches),
                        Panel("bookmarks", "Bookmarks", self.bookmarks),
                        Panel("whatif", "What if", self.what_if),
                    ],
                    0.34,
                    theme,
                ),
            ],
            below=[
                Pane(
                    [
                        Panel("neighbourhood", "Neighbourhood", self.neighbourhood),
                        Panel("order", "Order of backward", self.order),
                    ],
                    0.36,
                    theme,
                )
            ],
            theme=theme,
        )
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(theme.px(1))
        rows.addWidget(self.token_strip)
        rows.addWidget(self.step_bar)
        rows.addWidget(self.what_if_bar)
        rows.addWidget(self.workbench, 1)
        rows.addWidget(self.event_bar)
        rows.addWidget(self.timeline_view)

    def take_over(self, old: ExplorePage) -> None:
        """Show what another page of the same session does."""
        if old.loaded is not None and old.map_view.colours is not None:
            self.show_pass(replace(old.loaded, colours=old.map_view.colours))
        self.map_view.take_over(old.map_view)
        self.neighbourhood.take_over(old.neighbourhood)
        self.search_bar.take_over(old.search_bar)
        self.outline.take_over(old.outline)
        self.order.toy.show_step(old.order.toy.canvas.step)
        take_over_choices(old.reading_order(), self.reading_order())

    def look_again(self) -> None:
        """Bring back into view what is selected, if larger text has pushed it out."""
        self.source.look_again()
        if self.outline.currentIndex().isValid():
            self.outline.scrollTo(self.outline.currentIndex())

    def show_pass(self, loaded: LoadedPass) -> None:
        """Show the session's pass."""
        self.loaded = loaded
        self.map_view.show_pass(loaded.layout, loaded.flows, loaded.colours)

    def start_again(self) -> None:
        """Let views that keep what was looked at last look at the moment as in a fresh window."""
        self.outline.start_again()
        self.inspector.verticalScrollBar().setValue(0)
        self.source.start_again()

    def take_keyboard(self) -> None:
        """Put the keyboard into the map."""
        self.map_view.setFocus()

    def stand_still(self) -> None:
        """Show everything where it belongs at once, without any motion on the way."""
        self.map_view.glide = self.neighbourhood.view.glide = 0

    def reading_order(self) -> list[QWidget]:
        """Return the areas of the page in the order in which the Tab key visits them."""
        panes = self.workbench.reading_order()
        bars = [self.token_strip, self.step_bar, self.what_if_bar]
        return [*bars, *panes, self.event_bar, self.timeline_view]
