"""Axes of plots, with numbers as they are written everywhere else, and the lines of plots."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from explorer.debug.numbers import MINUS
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme

TICK, GAP = 4, 5  # pixels: length of a tick, and from there to its number


class NumberAxis(pg.AxisItem):
    """An axis with numbers that have a true minus sign.

    Parameters
    ----------
    side : str
        Of the plot: ``"left"`` or ``"bottom"``.
    theme : Theme
    """

    def __init__(self, side: str, theme: Theme) -> None:
        super().__init__(side)
        self._theme = theme
        self.setPen(plot_pen(theme, theme.border))
        self.setTextPen(theme.muted)
        self.setStyle(tickFont=sans(theme.px(SMALL)), tickLength=-theme.px(TICK), maxTickLevel=0)
        if side == "left":
            self.setStyle(tickTextOffset=theme.px(GAP))
        self.enableAutoSIPrefix(False)

    def show_title(self, title: str) -> None:
        """Write beside the numbers what they are."""
        size = f"{self._theme.px(SMALL)}px"
        self.setLabel(title, color=self._theme.muted, **{"font-size": size})

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


def plot_pen(
    theme: Theme, colour: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> QPen:
    """Return the pen of lines in plots, which no painter scales."""
    return pg.mkPen(colour, width=theme.line(width) * theme.scale, style=style)
