"""Axes of plots, with numbers as they are written everywhere else, and the lines of plots."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsSceneResizeEvent

from explorer.debug.numbers import MINUS
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme

TICK = 4  # pixels: length of a tick
GAPS = {"left": 5, "bottom": 2}  # from there to its number
# What pyqtgraph has as numbers of pixels, and without a way to change some of it.
TEXT = (30, 18)  # width and height of numbers, before they are known
NUDGE = 5  # of a title, away from the numbers
TITLE_MARGIN = 4


class NumberAxis(pg.AxisItem):
    """An axis with numbers that have a true minus sign.

    Parameters
    ----------
    side : str
        Of the plot: ``"left"`` or ``"bottom"``.
    theme : Theme
    """

    def __init__(self, side: str, theme: Theme) -> None:
        self._theme = theme  # before the axis is laid out for the first time
        super().__init__(side)
        self.textWidth, self.textHeight = map(theme.px, TEXT)
        self.label.document().setDocumentMargin(theme.px(TITLE_MARGIN))
        self.setPen(plot_pen(theme, theme.border))
        self.setTextPen(theme.muted)
        self.setStyle(
            tickFont=sans(theme.px(SMALL)),
            tickLength=-theme.px(TICK),
            tickTextOffset=theme.px(GAPS[side]),
            maxTickLevel=0,
        )
        self.enableAutoSIPrefix(False)

    def show_title(self, title: str) -> None:
        """Write beside the numbers what they are."""
        size = f"{self._theme.px(SMALL)}px"
        self.setLabel(title, color=self._theme.muted, **{"font-size": size})

    def tickSpacing(self, low: float, high: float, size: float) -> list[tuple[float, float]]:
        spacing: list[tuple[float, float]] = super().tickSpacing(
            low, high, size / self._theme.scale
        )
        return spacing

    def resizeEvent(self, event: QGraphicsSceneResizeEvent | None = None) -> None:
        super().resizeEvent(event)
        further = self._theme.px(NUDGE) - NUDGE
        if self.label is not None and further:
            across = self.orientation == "left"
            self.label.moveBy(-further if across else 0, 0 if across else further)

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        return [text.replace("-", MINUS) for text in super().tickStrings(values, scale, spacing)]


def plot_pen(
    theme: Theme, colour: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine
) -> QPen:
    """Return the pen of lines in plots, which no painter scales."""
    return pg.mkPen(colour, width=theme.line(width) * theme.scale, style=style)
