"""Plots of bars, one above the other, that share their letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QTextDocumentFragment,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.hover_card import HoverCard

AXIS, RIGHT, LETTERS = 58, 14, 23  # pixels: numbers at the left, right margin, row of letters
WIDTH = 0.82  # of a bar, in places
LABEL = {"font-size": f"{SMALL}px"}


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


class BarPlot(QWidget):
    """Rows of bars over the same letters.

    Left and Right walk from bar to bar, Up and Down from row to row, Enter is a click.

    Parameters
    ----------
    theme : Theme
    name : str
        For those who don't see it.
    titles : sequence of str
        Of the rows, from top to bottom.
    shares : sequence of int
        Of the height.
    tell : callable
        Returns what the card says of a row and a bar.
    """

    chosen = Signal(int, int)  # row and bar that were clicked

    def __init__(
        self,
        theme: Theme,
        name: str,
        titles: Sequence[str],
        shares: Sequence[int],
        tell: Callable[[int, int], str],
    ) -> None:
        super().__init__()
        self._theme, self._tell = theme, tell
        self._letters: tuple[Letter, ...] = ()
        self._at = (0, 0)  # row and bar that have the keyboard
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.ci.setContentsMargins(0, 4, RIGHT, 6)
        self.canvas.ci.setSpacing(0)
        self.canvas.setMinimumSize(100, 80)
        self._rows = [_Row(self.canvas, i, title, i == 0, theme) for i, title in enumerate(titles)]
        for i, share in enumerate(shares):
            self.canvas.ci.layout.setRowStretchFactor(i, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self._card = HoverCard(self, theme)
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)

    def show_bars(self, letters: Sequence[Letter], rows: Sequence[BarRow]) -> None:
        """Show other numbers; what looks the same is left alone."""
        if tuple(letters) != self._letters:
            self._letters = tuple(letters)
            self._card.hide()
            self._rows[0].show_letters(self._letters)
        for row, bars in zip(self._rows, rows, strict=True):
            row.show(bars)
        self._at = self._at[0], min(self._at[1], max(len(letters) - 1, 0))
        self._describe()

    def place_of(self, row: int, bar: int) -> QPointF:
        """Return where the middle of a bar is, in the coordinates of the canvas."""
        plot = self._rows[row].plot
        low, high = plot.vb.viewRange()[1]
        return self.canvas.mapFromScene(plot.vb.mapViewToScene(QPointF(bar, (low + high) / 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind in MOUSE:
            hit = self._hit(event.position())
            if kind == QEvent.Type.MouseButtonPress and hit is not None:
                self._at = hit
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                if event.button() == Qt.MouseButton.LeftButton:
                    self.chosen.emit(*hit)
            self._point(hit, event.position())
            return True
        if kind == QEvent.Type.Leave:
            self._point(None)
        return kind == QEvent.Type.Wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the bars, or choose the one that has the keyboard."""
        key, (row, bar) = Qt.Key(event.key()), self._at
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        if not self._letters or key not in (*steps, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif key in steps:
            down, right = steps[key]
            self._at = (
                min(max(row + down, 0), len(self._rows) - 1),
                min(max(bar + right, 0), len(self._letters) - 1),
            )
            self._point(self._at, self.place_of(*self._at))
            self._describe()
        else:
            self.chosen.emit(row, bar)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._frame(self._at, focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def _hit(self, spot: QPointF) -> tuple[int, int] | None:
        scene = self.canvas.mapToScene(spot.toPoint())
        for i, row in enumerate(self._rows):
            area = row.plot.sceneBoundingRect()
            if area.top() <= scene.y() < area.bottom() and self._letters:
                bar = round(row.plot.vb.mapSceneToView(scene).x())
                return (i, bar) if 0 <= bar < len(self._letters) else None
        return None

    def _point(self, hit: tuple[int, int] | None, spot: QPointF | None = None) -> None:
        """Frame a bar and tell about it; None for none but the one with the keyboard."""
        if hit is None or spot is None:
            self._card.hide()
        else:
            self._card.show_text(self._tell(*hit), spot)
        focused = self.hasFocus()
        self._frame(
            self._at if focused and hit is None else hit, focused and hit in (None, self._at)
        )

    def _frame(self, hit: tuple[int, int] | None, focused: bool) -> None:
        colour = self._theme.negative if focused else self._theme.muted
        for i, row in enumerate(self._rows):
            row.frame(hit[1] if hit is not None and hit[0] == i and self._letters else None, colour)

    def _describe(self) -> None:
        told = self._tell(*self._at) if self._letters else ""
        self.setAccessibleDescription(QTextDocumentFragment.fromHtml(told).toPlainText())


class _Row:
    """One plot, with what is drawn in it."""

    def __init__(
        self, canvas: pg.GraphicsLayoutWidget, i: int, title: str, lettered: bool, theme: Theme
    ) -> None:
        self._theme = theme
        self._shown: BarRow | None = None
        self._numbered = True
        self._letters = _LetterAxis(theme)
        self.plot = canvas.addPlot(row=i, col=0, axisItems={"bottom": self._letters})
        self.plot.setMenuEnabled(False)
        self.plot.hideButtons()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.disableAutoRange()
        self.plot.showAxis("bottom", lettered)
        axis = self.plot.getAxis("left")
        axis.setWidth(AXIS)
        axis.setPen(theme.border)
        axis.setTextPen(theme.muted)
        axis.setStyle(tickFont=sans(SMALL), tickLength=-4, maxTickLevel=0)
        axis.enableAutoSIPrefix(False)
        axis.setLabel(title, color=theme.muted, **LABEL)
        self._bars = pg.BarGraphItem(x=[0], height=[0], width=WIDTH, pen=None)
        self._unborn = pg.BarGraphItem(x=[0], height=[0], width=WIDTH, pen=None, brush=theme.unborn)
        self._zero = pg.InfiniteLine(angle=0, pen=pg.mkPen(theme.border, width=1))
        self._frame = pg.BarGraphItem(x=[0], height=[0], width=1, brush=None, pen=theme.muted)
        self._lines: list[pg.InfiniteLine] = []
        for item in (self._zero, self._unborn, self._bars, self._frame):
            self.plot.addItem(item, ignoreBounds=True)
        self._frame.setZValue(10)
        self._frame.hide()

    def show_letters(self, letters: tuple[Letter, ...]) -> None:
        """Show other letters below the bars."""
        self._letters.show_letters(letters)

    def show(self, bars: BarRow) -> None:
        """Show other numbers."""
        if bars.same(self._shown):
            return
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
                pen=pg.mkPen(colour, width=2),
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
                line.setPen(pg.mkPen(colour, width=1, style=style))
                line.setValue(height)


class _LetterAxis(pg.AxisItem):
    """An axis with a letter below each place."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("bottom")
        self._shown: tuple[Letter, ...] = ()
        self.setHeight(LETTERS)
        self.setPen(theme.border)

    def show_letters(self, letters: tuple[Letter, ...]) -> None:
        """Show other letters."""
        self._shown = letters
        self.picture = None
        self.update()

    def paint(self, painter: QPainter, option: Any, widget: Any) -> None:
        view = self.linkedView()
        if view is None or not self._shown:
            return
        room = self.size().width()
        left, right = view.viewRange()[0]
        step = room / (right - left)
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


MOUSE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
