"""Embeddings as points in a plane: letters that stand where they are."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.embeddings import Embedding, Projection
from explorer.layout.spread import spread
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.hover_card import HoverCard

DISC, WIDE_DISC, DOT = 25, 40, 5  # pixels: of a letter, of what is longer, of its point
APART = 3  # between two discs
LETTER = 15
NEAR = 18.0  # pixels at which the mouse points at something
AXES = ("1st", "2nd")
PADDING = 0.09  # of the range, for letters at its edge
ABOVE = 10  # of what is pointed at


class ProjectionPlot(QWidget):
    """The rows of an embedding, along its first two principal axes.

    Parameters
    ----------
    theme : Theme
    around : QWidget
        Where the card beside the mouse has room.
    """

    row_chosen = Signal(int)  # a point was clicked
    row_activated = Signal(int)  # or double-clicked

    def __init__(self, theme: Theme, around: QWidget) -> None:
        super().__init__()
        self._theme, self._around = theme, around
        self._embedding: Embedding | None = None
        self._projection: Projection | None = None
        self._chosen: int | None = None
        self._hovered: int | None = None
        self._card = HoverCard(around, theme)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setAccessibleName("Projection of the embeddings")
        self.canvas.ci.setContentsMargins(4, 4, 14, 4)
        self.canvas.setMinimumSize(300, 240)
        self._plot = self._make_plot()
        self._places = np.empty((0, 2))  # of the letters, which keep off each other
        self._path = pg.PlotCurveItem(pen=pg.mkPen(theme.border, width=1.5))
        self._leaders = pg.PlotCurveItem(pen=pg.mkPen(theme.muted, width=1), connect="pairs")
        dot = pg.mkBrush(theme.muted)
        self._dots = pg.ScatterPlotItem(size=DOT, pen=None, brush=dot, pxMode=True)
        self._discs = pg.ScatterPlotItem(pxMode=True)
        for item in (self._path, self._leaders, self._dots, self._discs):
            self._plot.addItem(item, ignoreBounds=True)
        self._letters: list[pg.TextItem] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)

    def show_projection(
        self, embedding: Embedding, projection: Projection | None, chosen: int | None
    ) -> None:
        """Show where rows are, and which one is chosen; no points if there is no projection."""
        same = self._embedding is not None and (
            (self._embedding.name, self._embedding.rows, self._embedding.used)
            == (embedding.name, embedding.rows, embedding.used)
        )
        before, self._projection = self._projection, projection
        self._embedding = embedding
        moved = not same or not _same_points(before, projection)
        is_other = chosen != self._chosen
        self._chosen = chosen
        if moved:
            self._move()
        elif is_other:
            self._mark()

    def _make_plot(self) -> pg.PlotItem:
        plot = self.canvas.addPlot()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.disableAutoRange()
        plot.setAspectLocked(True)
        plot.vb.sigResized.connect(self._place_letters)
        for side in ("left", "bottom"):
            axis = plot.getAxis(side)
            axis.setPen(self._theme.border)
            axis.setTextPen(self._theme.muted)
            axis.setStyle(tickFont=sans(SMALL), tickLength=-4, maxTickLevel=0)
            axis.enableAutoSIPrefix(False)
        zero = pg.mkPen(self._theme.border, width=1, style=Qt.PenStyle.DotLine)
        for angle in (0, 90):
            plot.addItem(pg.InfiniteLine(0, angle, pen=zero), ignoreBounds=True)
        return plot

    def _move(self) -> None:
        """Put the letters where they are now."""
        assert self._embedding is not None
        found, rows = self._projection, self._embedding.rows
        points = np.empty((0, 2)) if found is None else found.points
        while len(self._letters) > len(points):
            self._plot.removeItem(self._letters.pop())
        while len(self._letters) < len(points):
            letter = pg.TextItem(anchor=(0.5, 0.5))
            self._letters.append(letter)
            self._plot.addItem(letter, ignoreBounds=True)
        for name, letter in zip(rows, self._letters, strict=False):
            letter.setPlainText(name)
        is_path = self._embedding.name == "wpe"
        self._path.setData(*points.T if is_path else (np.empty(0), np.empty(0)))
        if len(points):
            low, high = points.min(axis=0), points.max(axis=0)
            self._plot.setRange(
                xRange=_widened(low[0], high[0]), yRange=_widened(low[1], high[1]),
                padding=PADDING,
            )  # fmt: skip
        for side, which, i in (("bottom", AXES[0], 0), ("left", AXES[1], 1)):
            share = np.nan if found is None else float(found.explained[i])
            of_all = "" if np.isnan(share) else f" · {numbers.percent(share)} of the variance"
            text = f"{which} principal axis{of_all}"
            self._plot.getAxis(side).setLabel(text, color=self._theme.muted, **LABEL)
        if found is None:
            for item in (self._leaders, self._dots, self._discs):
                item.setData([], [])
        self._place_letters()

    def _place_letters(self) -> None:
        """Put letters beside points that are too close together, joined to them by lines."""
        if self._embedding is None or self._projection is None:
            return
        points = self._projection.points
        pixel = np.array(self._plot.vb.viewPixelSize())
        sizes = np.array([_size(name) for name in self._embedding.rows], float)
        self._places = spread(points / pixel, sizes + APART) * pixel
        far = np.hypot(*((self._places - points) / pixel).T) > sizes / 2
        ends = np.stack((points[far], self._places[far]), axis=1).reshape(-1, 2)
        self._leaders.setData(ends[:, 0], ends[:, 1])
        self._dots.setData(*points[far].T)
        for letter, (x, y) in zip(self._letters, self._places.tolist(), strict=True):
            letter.setPos(x, y)
        self._mark()

    def _mark(self) -> None:
        """Draw the discs of all letters: by kind, used or not, chosen or not."""
        assert self._embedding is not None
        embedding, theme = self._embedding, self._theme
        if self._projection is None:
            return
        used = set(embedding.used)
        spots = []
        for row, (x, y) in enumerate(self._places.tolist()):
            is_vowel = embedding.is_vowel(row)
            is_used, is_chosen = row in used, row == self._chosen
            colour = theme.current if is_chosen else self._colour(is_vowel)
            spots.append(
                {
                    "pos": (x, y),
                    "size": _size(embedding.rows[row]),
                    "symbol": "o" if embedding.name == "wpe" else SYMBOLS[is_vowel],
                    "pen": pg.mkPen(colour, width=3 if is_chosen else 2 if is_used else 1),
                    "brush": pg.mkBrush(theme.selected_surface if is_used else theme.panel),
                }
            )
            letter = self._letters[row]
            letter.setFont(mono(LETTER if len(embedding.rows[row]) <= 2 else SMALL, is_used))
            letter.setColor(theme.text if is_used or is_chosen else theme.muted)
            letter.setZValue(ABOVE if is_chosen else 1)
        self._discs.setData(spots)

    def _colour(self, is_vowel: bool | None) -> str:
        if is_vowel is None:
            return self._theme.muted
        return self._theme.positive if is_vowel else self._theme.negative

    # Mouse

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind in MOUSE:
            row = self.row_at(event.position())
            self._hover(row, event.position())
            is_left = event.button() == Qt.MouseButton.LeftButton
            if row is not None and is_left and kind == QEvent.Type.MouseButtonPress:
                self.row_chosen.emit(row)
            elif row is not None and is_left and kind == QEvent.Type.MouseButtonDblClick:
                self._hover(None, event.position())
                self.row_activated.emit(row)
            return True
        if kind == QEvent.Type.Leave:
            self._hover(None, QPointF())
        return kind == QEvent.Type.Wheel

    def places(self) -> FloatArray:
        """Return where the letters are on the canvas, in pixels, (rows, 2)."""
        if self._projection is None:
            return np.empty((0, 2))
        scene = [self._plot.vb.mapViewToScene(QPointF(x, y)) for x, y in self._places.tolist()]
        return np.array([self.canvas.mapFromScene(point).toTuple() for point in scene], float)

    def row_at(self, point: QPointF) -> int | None:
        """Return the row whose letter is nearest to a point of the canvas, if it is near."""
        places = self.places()
        if not len(places):
            return None
        far = np.hypot(*(places - (point.x(), point.y())).T)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= NEAR else None

    def _hover(self, row: int | None, at: QPointF) -> None:
        self._hovered = row
        if row is None or self._projection is None or self._embedding is None:
            self._card.hide()
            return
        x, y = self._projection.points[row].tolist()
        what = "position" if self._embedding.name == "wpe" else "token"
        use = f"<br>{self._embedding.use}" if row in self._embedding.used else ""
        viewport = self.canvas.viewport()
        self._card.show_text(
            f"<b>{what} {self._embedding.rows[row]}</b><br>{AXES[0]} axis {numbers.short(x)}"
            f"<br>{AXES[1]} axis {numbers.short(y)}{use}",
            QPointF(viewport.mapTo(self._around, at)),
        )


def _same_points(one: Projection | None, other: Projection | None) -> bool:
    if one is None or other is None:
        return one is other
    return np.array_equal(one.points, other.points)


def _size(name: str) -> int:
    """Return the pixels of a disc with a name in it."""
    return WIDE_DISC if len(name) > 2 else DISC


def _widened(low: float, high: float) -> tuple[float, float]:
    """Return a range, also if there is but one point in it."""
    return (low, high) if high > low else (low - 1, high + 1)


LABEL = {"font-size": f"{SMALL}px"}
SYMBOLS = {True: "o", False: "s", None: "d"}
MOUSE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
