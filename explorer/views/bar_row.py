"""One plot of bars, and the axes beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter

from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.number_axis import NumberAxis, plot_pen

AXIS, RIGHT, LETTERS = 58, 14, 23  # pixels: numbers at the left, right margin, row of letters
WIDTH = 0.82  # of a bar, in places


@dataclass(frozen=True, eq=False)
class BarRow:
    """The bars of one plot.

    Attributes
    ----------
    values : float64 array, (bars,)
        NaN where they are not computed yet.
    colours : tuple of str
    limits : tuple of float
        Bottom and top of the plot.
    lines : tuple of (float, str, bool)
        Height and colour of horizontal lines, and whether they are dashed.
    """

    values: FloatArray
    colours: tuple[str, ...]
    limits: tuple[float, float]
    lines: tuple[tuple[float, str, bool], ...] = ()

    def same(self, other: BarRow | None) -> bool:
        """Return whether another row looks the same."""
        return (
            other is not None
            and self.values.tobytes() == other.values.tobytes()
            and (self.colours, self.limits, self.lines)
            == (other.colours, other.limits, other.lines)
        )


@dataclass(frozen=True)
class Letter:
    """What stands below a bar.

    Attributes
    ----------
    text, colour : str
    marked : bool
        With a triangle above it.
    """

    text: str
    colour: str
    marked: bool = False


class Row:
    """One plot, with what is drawn in it."""

    def __init__(
        self, canvas: pg.GraphicsLayoutWidget, i: int, title: str, lettered: bool, theme: Theme
    ) -> None:
        self._theme = theme
        self._shown: BarRow | None = None
        self._numbered = True
        self._letters = LetterAxis(theme)
        self.plot = canvas.addPlot(
            row=i, col=0, axisItems={"bottom": self._letters, "left": NumberAxis("left", theme)}
        )
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.disableAutoRange()
        self.plot.showAxis("bottom", lettered)
        axis = self.plot.getAxis("left")
        axis.setWidth(theme.px(AXIS))
        axis.show_title(title)
        self._bars = pg.BarGraphItem(x=[0], height=[0], width=WIDTH, pen=None)
        self._unborn = pg.BarGraphItem(x=[0], height=[0], width=WIDTH, pen=None, brush=theme.unborn)
        self._zero = pg.InfiniteLine(angle=0, pen=plot_pen(theme, theme.border))
        self._frame = pg.BarGraphItem(x=[0], height=[0], width=1, brush=None, pen=theme.muted)
        self._lines: list[pg.InfiniteLine] = []
        for item in (self._zero, self._unborn, self._bars, self._frame):
            self.plot.addItem(item, ignoreBounds=True)
        self._frame.setZValue(10)
        self._frame.hide()

    def show_letters(self, letters: tuple[Letter, ...]) -> None:
        """Show other letters below the bars."""
        self._letters.show_letters(letters)

    def show(self, bars: BarRow) -> bool:
        """Show other numbers; return whether they look different."""
        if bars.same(self._shown):
            return False
        before, self._shown = self._shown, bars
        places = np.arange(len(bars.values))
        if before is None or (bars.limits, len(bars.values)) != (before.limits, len(before.values)):
            self.plot.setXRange(-0.7, len(places) - 0.3, padding=0)
            self.plot.setYRange(*bars.limits, padding=0)
        known = ~np.isnan(bars.values)
        numbered = bool(known.any() or bars.lines)  # else the numbers of the axis mean nothing
        if numbered != self._numbered:
            self._numbered = numbered
            self.plot.getAxis("left").setStyle(showValues=numbered)
        low, high = bars.limits
        self._bars.setOpts(
            x=places[known],
            height=np.clip(bars.values[known], low, high),
            width=WIDTH,
            brushes=[
                pg.mkBrush(c) for c, is_known in zip(bars.colours, known, strict=True) if is_known
            ],
        )
        self._unborn.setOpts(x=places[~known], y0=low, height=high - low, width=WIDTH)
        self._unborn.setVisible(not known.all())
        self._draw_lines(bars)
        return True

    def frame(self, bar: int | None, colour: str) -> None:
        """Draw a frame around a bar's place, or around none."""
        self._frame.setVisible(bar is not None)
        if bar is not None and self._shown is not None:
            low, high = self._shown.limits
            inset = (high - low) * 0.01
            self._frame.setOpts(
                x=[bar],
                y0=low + inset,
                height=high - low - 2 * inset,
                pen=plot_pen(self._theme, colour, 2),
            )

    def _draw_lines(self, bars: BarRow) -> None:
        while len(self._lines) < len(bars.lines):
            self._lines.append(pg.InfiniteLine(angle=0))
            self.plot.addItem(self._lines[-1], ignoreBounds=True)
        for i, line in enumerate(self._lines):
            line.setVisible(i < len(bars.lines))
            if i < len(bars.lines):
                height, colour, dashed = bars.lines[i]
                style = Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine
                line.setPen(plot_pen(self._theme, colour, style=style))
                line.setValue(height)


class LetterAxis(pg.AxisItem):
    """An axis with a letter below each place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("bottom")
        self._scale = theme.scale
        self._shown: tuple[Letter, ...] = ()
        self.setHeight(theme.px(LETTERS))
        self.setPen(plot_pen(theme, theme.border))

    def show_letters(self, letters: tuple[Letter, ...]) -> None:
        """Show other letters."""
        self._shown = letters
        self.picture = None
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        view = self.linkedView()
        if view is None or not self._shown:
            return
        room = self.size().width() / self._scale
        left, right = view.viewRange()[0]
        step = room / (right - left)
        painter.save()
        painter.scale(self._scale, self._scale)
        painter.setFont(mono(SMALL) if step >= 14 else sans(SMALL))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        last = 0.0
        for i, letter in enumerate(self._shown):
            x = (i - left) * step
            width = painter.fontMetrics().horizontalAdvance(letter.text)
            painter.setPen(QColor(letter.colour))
            start = min(x - width / 2, room + RIGHT - width)
            start = max(start, last)
            painter.drawText(QPointF(start, LETTERS - 4), letter.text)
            last = start + width
            if letter.marked:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(letter.colour))
                painter.drawPolygon([QPointF(x, 1), QPointF(x - 4, 6), QPointF(x + 4, 6)])
        painter.restore()
