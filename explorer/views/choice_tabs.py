"""Tabs without pages: a choice of one of several, side by side."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QTabBar

from explorer.theme.style import sans
from explorer.theme.tokens import Theme

FONT = 14


class ChoiceTabs(QTabBar):
    """A choice that scrolls where there is no room for all.

    Parameters
    ----------
    name : str
        For those who don't see it.
    theme : Theme
    """

    def __init__(self, name: str, theme: Theme) -> None:
        super().__init__()
        self.setFont(sans(theme.px(FONT)))
        self.setExpanding(False)
        self.setDrawBase(False)
        self.setUsesScrollButtons(True)
        self.setAccessibleName(name)

    def show_choices(self, titles: Sequence[str], current: int) -> None:
        """Show titles and which is current, without telling that somebody chose it."""
        self.blockSignals(True)
        if [self.tabText(i) for i in range(self.count())] != list(titles):
            while self.count() > len(titles):
                self.removeTab(self.count() - 1)
            while self.count() < len(titles):
                self.addTab("")
            for i, title in enumerate(titles):
                self.setTabText(i, title)
        self.setCurrentIndex(current)
        self.blockSignals(False)
