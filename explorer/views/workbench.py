"""The workbench: panes around the map that can be moved, floated and closed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QTabBar,
    QWidget,
)

from explorer.theme.style import sans
from explorer.theme.tokens import Theme
from explorer.views.word_label import WordLabel

LEAST_HEIGHT = 540  # pixels of the workbench from which there is room below the centre
LAYOUT_VERSION = 1  # of the saved arrangement; one of another version is not restored


@dataclass(frozen=True)
class Panel:
    """Something that stands in a pane.

    Attributes
    ----------
    id : str
        As commands and the saved arrangement know it.
    title : str
    widget : QWidget
    """

    id: str
    title: str
    widget: QWidget


class Pane(QDockWidget):
    """One panel under its title, or several under tabs.

    Parameters
    ----------
    panels : list of Panel
    share : float
        What it has of the height of the workbench at first.
    theme : Theme
    stays : bool
        Whether it is hidden at first, and then only shown or hidden by hand.
    """

    def __init__(
        self, panels: list[Panel], share: float, theme: Theme, stays: bool = False
    ) -> None:
        super().__init__(" and ".join(panel.title for panel in panels))
        self.setObjectName("-".join(panel.id for panel in panels))
        self.panels, self.share, self._theme, self.stays = panels, share, theme, stays
        self._stack = QStackedWidget()
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._tabs.setUsesScrollButtons(False)
        self._tabs.setFont(sans(theme.px(14)))
        for panel in panels:
            self._stack.addWidget(panel.widget)
            self._tabs.addTab(panel.title)
        self._tabs.setAccessibleName(self.windowTitle())
        self._tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.setWidget(self._stack)
        self.setTitleBarWidget(self._title_bar())

    @property
    def front(self) -> Panel:
        """The panel that lies in front of the others."""
        return self.panels[self._tabs.currentIndex()]

    def show_panel(self, panel: Panel) -> None:
        """Bring one of the panels to the front."""
        self._tabs.setCurrentIndex(self.panels.index(panel))
        self.show()

    def _title_bar(self) -> QWidget:
        """Return the title; the pane is dragged by what is free of it."""
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(0, 0, 0, 0)
        if len(self.panels) > 1:
            side = self._theme.px(8)
            row.setContentsMargins(side, self._theme.px(4), side, 0)
            row.addWidget(self._tabs)
        else:
            heading = WordLabel(self.panels[0].title.upper())
            heading.setProperty("role", "heading")
            row.addWidget(heading)
        row.addStretch()
        return bar


class Workbench(QMainWindow):
    """The map in the middle, panes at the left, at the right and below it.

    Parameters
    ----------
    centre : Panel
    left, right, below : list of Pane
    theme : Theme
    """

    def __init__(
        self,
        centre: Panel,
        left: list[Pane],
        right: list[Pane],
        below: list[Pane],
        theme: Theme,
    ) -> None:
        super().__init__()
        self._least_height = theme.px(LEAST_HEIGHT)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.setDockOptions(
            QMainWindow.DockOption.AllowNestedDocks | QMainWindow.DockOption.AnimatedDocks
        )
        self.setCentralWidget(centre.widget)
        self._centre = centre
        self._reading_order: list[Pane | Panel] = [*left, centre, *below, *right]
        self._restored = self._is_restoring = self._short = False
        self._taken_over = QByteArray(), QByteArray()  # as chosen, and as there was room for
        self._below = below
        self._panes = [*left, *right, *below]
        sides = (
            (Qt.DockWidgetArea.LeftDockWidgetArea, left),
            (Qt.DockWidgetArea.RightDockWidgetArea, right),
            (Qt.DockWidgetArea.BottomDockWidgetArea, below),
        )
        for area, panes in sides:
            for pane in panes:
                self.addDockWidget(area, pane)
                pane.setVisible(not pane.stays)
        for corner, area in (
            (Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.LeftDockWidgetArea),
            (Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.RightDockWidgetArea),
        ):
            self.setCorner(corner, area)
        self._first_arrangement = self.saveState(LAYOUT_VERSION)

    def show_panel(self, panel_id: str) -> None:
        """Show a panel, and put the keyboard into it."""
        if panel_id == self._centre.id:
            self._centre.widget.setFocus()
            return
        for pane in self._panes:
            for panel in pane.panels:
                if panel.id == panel_id:
                    appears = pane.stays and pane.isHidden()
                    pane.show_panel(panel)
                    if appears:
                        self._make_room_for(pane)
                    panel.widget.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def in_front(self) -> tuple[str, ...]:
        """Return the panels that are in sight, but for the map and what is shown by hand alone."""
        shown = (pane for pane in self._panes if not pane.isHidden() and not pane.stays)
        return tuple(pane.front.id for pane in shown)

    def bring_to_front(self, panel_ids: Collection[str]) -> None:
        """Show some panels and hide the panes of all others; panes that stay put are left alone.

        On a small screen there is no room below the centre: what stands there stays away.
        """
        for pane in self._panes:
            if pane.stays:
                continue
            chosen = next((panel for panel in pane.panels if panel.id in panel_ids), None)
            if chosen is None:
                pane.hide()
            elif not (self._short and pane in self._below):
                pane.show_panel(chosen)

    def reading_order(self) -> list[QWidget]:
        """Return tab bars and panels, in the order in which the Tab key visits them."""
        order: list[QWidget] = []
        for place in self._reading_order:
            if isinstance(place, Pane):
                order += [place.titleBarWidget(), *(panel.widget for panel in place.panels)]
            else:
                order.append(place.widget)
        return order

    def hide_panel(self, panel_id: str) -> None:
        """Put the pane of a panel away."""
        for pane in self._panes:
            if any(panel.id == panel_id for panel in pane.panels):
                pane.hide()

    def _make_room_for(self, pane: Pane) -> None:
        """Let the panes at the side of one that has just appeared share their room with it."""
        area = self.dockWidgetArea(pane)
        beside = [p for p in self._panes if self.dockWidgetArea(p) == area and not p.isHidden()]
        room, shares = sum(p.height() for p in beside), sum(p.share for p in beside)
        heights = [round(p.share / shares * room) for p in beside]
        self.resizeDocks(beside, heights, Qt.Orientation.Vertical)

    def share_out(self) -> None:
        """Give every pane its usual share of the workbench.

        On a small screen what stands below the centre is put away until somebody asks for it, or
        the window grows: the centre comes first.
        """
        self._short = self.height() < self._least_height
        for pane in self._below:
            pane.setVisible(not self._short)
        for pane in self._panes:
            across = _SHARES[self.dockWidgetArea(pane)]
            self._resize(pane, across * self.width(), pane.share * self.height())

    def arrangement(self) -> QByteArray:
        """Return where the panes stand, to be restored later."""
        return self.saveState(LAYOUT_VERSION)

    def restore(self, arrangement: QByteArray) -> bool:
        """Put the panes where they stood; return whether that could be read."""
        self._is_restoring = True
        self._restored = self.restoreState(arrangement, LAYOUT_VERSION)
        self._is_restoring = False
        return self._restored

    @property
    def chosen_arrangement(self) -> QByteArray:
        """Where the panes stand; if they only made room for large text, where they stood before."""
        chosen, arranged = self._taken_over
        return chosen if arranged == self.arrangement() else self.arrangement()

    def take_over(self, arrangement: QByteArray) -> None:
        """Put the panes where they stood in another look."""
        self.restore(arrangement)
        self._taken_over = arrangement, QByteArray()

    def settle(self) -> None:
        """Take note that the panes have found their places in this look."""
        self._restored = self._restored and not self.isVisible()
        self._taken_over = self._taken_over[0], self.arrangement()

    def reset(self) -> None:
        """Put the panes back to where they are at first."""
        self.restoreState(self._first_arrangement, LAYOUT_VERSION)
        self.share_out()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Let the panes grow and shrink with the window."""
        before, now = event.oldSize(), event.size()
        sizes = [(pane, pane.size()) for pane in self._panes if pane.isVisible()]
        super().resizeEvent(event)
        if self._restored or self._is_restoring:
            self._restored = False
            return
        if not before.isValid() or not sizes:
            self.share_out()
            return
        if self._short and now.height() >= self._least_height:
            self.share_out()
            return
        for pane, size in sizes:
            across = size.width() / before.width() * now.width()
            self._resize(pane, across, size.height() / before.height() * now.height())

    def _resize(self, pane: Pane, across: float, down: float) -> None:
        if not pane.isFloating():
            self.resizeDocks([pane], [round(across)], Qt.Orientation.Horizontal)
            self.resizeDocks([pane], [round(down)], Qt.Orientation.Vertical)


# What a pane at each side has of the width at first.
_SHARES = {
    Qt.DockWidgetArea.LeftDockWidgetArea: 0.20,
    Qt.DockWidgetArea.RightDockWidgetArea: 0.24,
    Qt.DockWidgetArea.BottomDockWidgetArea: 0.56,
}
