"""Embeddings as points in a plane: letters that stand where they are."""

from __future__ import annotations

import math

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.embeddings import Embedding, Projection
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.hover_card import HoverCard
from explorer.views.letter_discs import Disc, LetterDiscs
from explorer.views.number_axis import NumberAxis, plot_pen

NEAR = 18.0  # pixels at which the mouse points at something
AXES = ("1st", "2nd")
PADDING = 0.09  # of the range, for letters at its edge


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
        self.is_on_stage = False  # of a lecture, where letters are large
        self._theme, self._around = theme, around
        self._embedding: Embedding | None = None
        self._projection: Projection | None = None
        self._ranges: list[tuple[float, float]] = []
        self._titles: list[str] = []
        self._card = HoverCard(around, theme)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setAccessibleName("Projection of the embeddings")
        self.canvas.ci.setContentsMargins(*map(theme.px, (4, 4, 14, 4)))
        self.canvas.setMinimumSize(theme.px(300), theme.px(240))
        # Letters move all over the plot; the parts that Qt finds are not all of it.
        self.canvas.setViewportUpdateMode(self.canvas.ViewportUpdateMode.FullViewportUpdate)
        self._plot = self._make_plot()
        self._letters = LetterDiscs(theme)
        self._plot.addItem(self._letters, ignoreBounds=True)
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
        if moved:
            self._move()
        self._letters.show_chosen(chosen)

    def _make_plot(self) -> pg.PlotItem:
        plot = self.canvas.addPlot(
            axisItems={side: NumberAxis(side, self._theme) for side in ("left", "bottom")}
        )
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.disableAutoRange()
        plot.setAspectLocked(True)
        zero = plot_pen(self._theme, self._theme.border, style=Qt.PenStyle.DotLine)
        for angle in (0, 90):
            plot.addItem(pg.InfiniteLine(0, angle, pen=zero), ignoreBounds=True)
        return plot

    def _move(self) -> None:
        """Put the letters where they are now."""
        assert self._embedding is not None
        embedding, found, used = self._embedding, self._projection, set(self._embedding.used)
        points = np.empty((0, 2)) if found is None else found.points
        discs = [
            Disc(name, embedding.is_vowel(row), row in used)
            for row, name in enumerate(embedding.rows[: len(points)])
        ]
        self._letters.show_points(points, discs, is_path=embedding.name == "wpe")
        if len(points):
            ends = np.stack((points.min(axis=0), points.max(axis=0)), axis=1)
            ranges = [_rounded(low, high) for low, high in ends.tolist()]
            if ranges != self._ranges:
                self._ranges = ranges
                self._plot.setRange(xRange=ranges[0], yRange=ranges[1], padding=PADDING)
        titles = [self._title(i) for i in range(2)]
        if titles != self._titles:  # axes take long
            self._titles = titles
            for side, title in zip(("bottom", "left"), titles, strict=True):
                self._plot.getAxis(side).show_title(title)

    def _title(self, axis: int) -> str:
        """Return what an axis is, and how much of the variance is along it."""
        found = self._projection
        share = np.nan if found is None else float(found.explained[axis])
        of_all = "" if np.isnan(share) else f" · {numbers.percent(share)} of the variance"
        what = "axis" if self.is_on_stage else "principal axis"
        return f"{AXES[axis]} {what}{of_all}"

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
        return self._letters.places(self._letters.deviceTransform(self.canvas.viewportTransform()))

    def row_at(self, point: QPointF) -> int | None:
        """Return the row whose letter is nearest to a point of the canvas, if it is near."""
        places = self.places()
        if not len(places):
            return None
        far = np.hypot(*(places - (point.x(), point.y())).T)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= NEAR * self._theme.scale else None

    def _hover(self, row: int | None, at: QPointF) -> None:
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


def _rounded(low: float, high: float) -> tuple[float, float]:
    """Return a range around both that stays the same if they change a little."""
    span = high - low
    if span <= 0:
        return low - 1, high + 1
    unit = 10.0 ** math.floor(math.log10(span)) / 4
    return unit * math.floor(low / unit), unit * math.ceil(high / unit)


MOUSE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
