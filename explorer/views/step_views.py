"""Two pictures of a step: both where there is room, else one behind the other."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QSplitter, QTabBar, QVBoxLayout, QWidget

from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme

# Pixels at scale 1 from which there is room for both, beside or below each other.
WIDE, TALL = 700, 640


class StepViews(QWidget):
    """Views side by side in a wide place, one below the other in a tall one, else as tabs.

    Parameters
    ----------
    views : list of (str, QWidget)
    theme : Theme
    """

    revealed = Signal()  # a view can be seen that could not

    def __init__(self, views: list[tuple[str, QWidget]], theme: Theme) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._views = [view for _, view in views]
        self._wide, self._tall = theme.px(WIDE), theme.px(TALL)
        self.tabs = QTabBar()
        self.tabs.setFont(sans(theme.px(BODY)))
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.setAccessibleName("Pictures of the step")
        self.splitter = QSplitter()
        self.splitter.setHandleWidth(theme.px(1))
        self.splitter.setChildrenCollapsible(False)
        for title, view in views:
            view.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self.tabs.addTab(title)
            self.splitter.addWidget(view)
            self.splitter.setStretchFactor(self.splitter.count() - 1, 1)
        self.tabs.currentChanged.connect(self._arrange)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tabs)
        column.addWidget(self.splitter, 1)
        self._arrange()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        before = [view.isVisible() for view in self._views]
        both = self.width() >= self._wide or self.height() >= self._tall
        self.tabs.setVisible(not both)
        beside, below = Qt.Orientation.Horizontal, Qt.Orientation.Vertical
        self.splitter.setOrientation(beside if self.width() >= self._wide else below)
        for place, view in enumerate(self._views):
            view.setVisible(both or place == self.tabs.currentIndex())
        now = [view.isVisible() for view in self._views]
        if any(seen and not was for seen, was in zip(now, before, strict=True)):
            self.revealed.emit()
