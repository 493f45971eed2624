"""The probabilities of the next token as bars, with the bar that was drawn."""

from __future__ import annotations

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.debug.generation.draws import TokenDraw
from explorer.debug.generation.words import spelled
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from microgpt import Tokenizer

AXIS, RIGHT = 62, 18  # pixels at scale 1 beside the bars; what stands below lines up with them
# Where the axis may end, so that it rarely jumps, and in how many parts it then is.
TOPS = {0.05: 5, 0.1: 5, 0.2: 4, 0.3: 3, 0.4: 4, 0.5: 5, 0.6: 3, 0.8: 4, 1.0: 4}
ROOM = 1.12  # above the highest bar, for its number
BAR = 0.78
LEAST = 150  # pixels
LABEL, ABOVE = 50, 30  # pixels of the number above a bar
MARGIN = 4  # around it
OFFSETS = {"left": 5, "bottom": 2}  # of texts from their axis


class DrawPlot(QWidget):
    """A bar a token; a line on each bar is the probability at temperature 1.

    Parameters
    ----------
    theme : Theme
    """

    hovered = Signal(object)  # a token, or None

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._count = 0
        self._top = 0.0  # where the axis ends
        self._pointed: int | None = None
        self._chosen: int | None = None
        self.canvas = pg.PlotWidget(axisItems={"left": _PercentAxis("left")})
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setMinimumHeight(theme.px(LEAST))
        self.canvas.setAccessibleName("Probabilities of the next token")
        self._plot = self.canvas.getPlotItem()
        self._plot.setMenuEnabled(False)
        self._plot.hideButtons()
        self._plot.setMouseEnabled(x=False, y=False)
        self._plot.disableAutoRange()
        self._plot.layout.setContentsMargins(0, theme.px(6), theme.px(RIGHT), 0)
        for side, offset in OFFSETS.items():
            axis = self._plot.getAxis(side)
            axis.setPen(pg.mkPen(theme.border, width=theme.line(1) * theme.scale))
            axis.setTextPen(theme.muted if side == "left" else theme.text)
            axis.setStyle(
                tickFont=sans(theme.px(SMALL)) if side == "left" else mono(theme.px(14), bold=True),
                tickLength=0,
                tickTextOffset=theme.px(offset),
                maxTickLevel=0,
                hideOverlappingLabels=False,
            )
        self._plot.getAxis("left").setWidth(theme.px(AXIS))
        self._plot.getAxis("bottom").setHeight(theme.px(26))
        self._plot.showGrid(x=False, y=True, alpha=0.12)
        self._bars = pg.BarGraphItem(x=[], height=[], width=BAR, pen=None)
        self._own = pg.PlotCurveItem(
            pen=pg.mkPen(theme.text, width=theme.line(2) * theme.scale),
            connect="pairs",
            antialias=False,
        )
        self._label = pg.TextItem(color=theme.text, anchor=(0.5, 1.0))
        self._label.setFont(sans(theme.px(14), bold=True))
        self._label.textItem.document().setDocumentMargin(theme.px(MARGIN))
        for item in (self._bars, self._own, self._label):
            self._plot.addItem(item, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)

    def show_tokens(self, tokenizer: Tokenizer) -> None:
        """Write the tokens below the bars."""
        self._count = tokenizer.vocab_size
        names = [(token, spelled(tokenizer, token)) for token in range(self._count)]
        self._plot.getAxis("bottom").setTicks([names])
        self._plot.setXRange(-0.5, self._count - 0.5, padding=0)

    def show_draw(self, draw: TokenDraw | None) -> None:
        """Show the probabilities of a draw; without one nothing."""
        self.setVisible(draw is not None)
        if draw is None:
            return
        weights = draw.weights
        self._chosen = draw.token
        highest = ROOM * max(*weights, *draw.own_weights)
        self._end_axis(next((top for top in TOPS if highest <= top), 1.0))
        self._bars.setOpts(x=range(len(weights)), height=weights, brushes=self._brushes())
        self._show_own(draw)
        self._write_probability(draw)

    def point_out(self, token: int | None) -> None:
        """Let the bar of a token stand out."""
        if token != self._pointed:
            self._pointed = token
            self._bars.setOpts(brushes=self._brushes())

    def _write_probability(self, draw: TokenDraw) -> None:
        """Write the token's probability above its bar, unless it would hide those beside."""
        token = draw.token
        if token is None:
            self._label.setVisible(False)
            return
        tops = [max(pair) for pair in zip(draw.weights, draw.own_weights, strict=True)]
        beside = tops[max(0, token - 1) : token] + tops[token + 1 : token + 2]
        has_room = self._plot.vb.width() / self._count >= self._theme.px(LABEL)
        self._label.setVisible(has_room or max(beside, default=0.0) <= tops[token])
        self._label.setText(numbers.percent(draw.weights[token]))
        last = len(tops) - 1  # at the ends, the plot would cut what is in the middle
        side = 0.0 if token == 0 else 1.0 if token == last else 0.5
        self._label.setAnchor((side, 1.0))
        own, weight = draw.own_weights[token], draw.weights[token]
        above = self._theme.px(ABOVE) * self._plot.vb.viewPixelSize()[1]
        is_crossed = draw.temperature != 1 and weight < own < weight + above
        self._label.setPos(token + BAR * (side - 0.5), own if is_crossed else weight)

    def _end_axis(self, top: float) -> None:
        if top != self._top:
            self._top = top
            self._plot.setYRange(0, ROOM if top == 1.0 else top, padding=0)
            ticks = [(top * i / TOPS[top], "") for i in range(TOPS[top] + 1)]
            self._plot.getAxis("left").setTicks([ticks])

    def _show_own(self, draw: TokenDraw) -> None:
        """Draw a short line at each probability at temperature 1, if that is another one."""
        x: list[float] = []
        y: list[float] = []
        if draw.temperature != 1.0:
            for token, weight in enumerate(draw.own_weights):
                x += (token - BAR / 2, token + BAR / 2)
                y += (weight, weight)
        self._own.setData(x, y)

    def _brushes(self) -> Sequence[QColor]:
        plain = QColor(self._theme.forward)
        brushes = [plain] * self._count
        if self._pointed is not None and self._pointed < self._count:
            brushes[self._pointed] = QColor(self._theme.forward_other)
        if self._chosen is not None:
            brushes[self._chosen] = QColor(self._theme.backward)
        return brushes

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QMouseEvent) and event.type() == QEvent.Type.MouseMove:
            scene = self.canvas.mapToScene(event.position().toPoint())
            token = round(self._plot.vb.mapSceneToView(scene).x())
            self.hovered.emit(token if 0 <= token < self._count else None)
            return True
        if event.type() == QEvent.Type.Leave:
            self.hovered.emit(None)
        return event.type() == QEvent.Type.Wheel


class _PercentAxis(pg.AxisItem):
    """An axis whose ticks are written in percent."""

    def setTicks(self, ticks: list[list[tuple[float, str]]] | None) -> None:
        """Write what stands at each tick."""
        if ticks is not None:
            ticks = [[(at, f"{100 * at:g} %") for at, _ in level] for level in ticks]
        super().setTicks(ticks)
