"""Curves of a run: loss, learning rate and the length of the gradient, above each other."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QMouseEvent, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.runs.desk import RunDesk
from explorer.runs.history import SMOOTHED_OVER, running_mean
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.word_label import WordLabel

TITLES = ("loss", "learning rate", "gradient norm")
SHARES, LEAST = (5, 2, 2), 50  # of the height that is left by so many pixels for each curve
OFFSETS = {"left": 5, "bottom": 2}  # of numbers from their axis
AXIS, RIGHT = 66, 14  # pixels beside the curves; what stands below them lines up with it


class LossPlot(QWidget):
    """Three curves over the steps; a click or a drag shows a step.

    Parameters
    ----------
    desk : RunDesk
    theme : Theme
    """

    pointed = Signal(int)  # a step was clicked

    def __init__(self, desk: RunDesk, theme: Theme) -> None:
        super().__init__()
        self._desk, self._theme = desk, theme
        self._hovered: int | None = None
        self._numbered = True  # the axes
        self.legend = WordLabel()
        self.legend.setFont(sans(theme.px(SMALL)))
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setContentsMargins(*map(theme.px, (AXIS, 8, RIGHT, 2)))
        self.legend.setWordWrap(True)
        height = QFontMetrics(self.legend.font()).height()
        self.legend.setMinimumHeight(2 * height + theme.px(14))  # the curves stay where they are
        self.legend.setAlignment(Qt.AlignmentFlag.AlignBottom)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.setAccessibleName("Curves of loss, learning rate and gradient norm")
        self.canvas.ci.setContentsMargins(0, 0, theme.px(RIGHT), theme.px(2))
        self.canvas.ci.setSpacing(theme.px(4))
        self.canvas.setMinimumHeight(theme.px(250))
        self._plots: list[pg.PlotItem] = []
        for i in range(len(TITLES)):
            self._plots.append(self._plot(i))
        self._raw = self._curve(0, self._pen(_between(theme.muted, theme.panel)))
        self._smooth = self._curve(0, self._pen(theme.positive, 2))
        self._other = self._curve(0, self._pen(theme.flows[1], 2))
        self._rate = self._curve(1, self._pen(theme.negative))
        self._norm = self._curve(2, self._pen(theme.muted))
        dashed, dotted = Qt.PenStyle.DashLine, Qt.PenStyle.DotLine
        self._chance = pg.InfiniteLine(angle=0, pen=self._pen(theme.negative, style=dashed))
        self._plots[0].addItem(self._chance, ignoreBounds=True)
        self._shown = [self._marker(plot, self._pen(theme.text)) for plot in self._plots]
        hover = self._pen(theme.muted, style=dotted)
        self._hover_lines = [self._marker(plot, hover) for plot in self._plots]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.legend)
        column.addWidget(self.canvas, 1)
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)
        self.show_run()

    def show_run(self) -> None:
        """Show the current run from its first step to the last one to come."""
        record = self._desk.record
        self._plots[0].setXRange(0, max(1, record.settings.steps if record else 1), padding=0)
        self._chance.setVisible(record is not None)
        self._chance.setValue(self._desk.chance_loss)
        self._hovered = None
        self._plots[-1].getAxis("bottom").setStyle(showValues=record is not None)
        self.show_rows()

    def show_rows(self) -> None:
        """Show the steps that there are now."""
        history, other = self._desk.history, self._desk.other_history
        steps = np.arange(1, len(history) + 1)
        self._raw.setData(steps, history.losses)
        self._smooth.setData(steps, running_mean(history.losses))
        self._rate.setData(steps, history.learning_rates)
        self._norm.setData(steps, history.gradient_norms)
        compared = np.empty(0) if other is None else running_mean(other.losses)
        self._other.setData(np.arange(1, len(compared) + 1), compared)
        self._fit(0, np.append(history.losses, self._desk.chance_loss), compared)
        self._fit(1, np.append(history.learning_rates, 0.0))
        self._fit(2, np.append(history.gradient_norms, 0.0))
        if self._numbered != (len(history) > 0):  # without a curve its numbers mean nothing
            self._numbered = len(history) > 0
            for plot in self._plots:
                plot.getAxis("left").setStyle(showValues=self._numbered)
        self.show_step()

    def show_step(self) -> None:
        """Mark the step that is shown."""
        for line in self._shown:
            line.setValue(self._desk.step)
            line.setVisible(self._desk.current is not None)
        self._tell()

    def _fit(self, plot: int, *values: FloatArray) -> None:
        finite = np.concatenate(values)
        finite = finite[np.isfinite(finite)]
        if len(finite):
            self._plots[plot].setYRange(float(finite.min()), float(finite.max()), padding=0.06)

    def _tell(self) -> None:
        """Say what the curves are, or what they are where the mouse points."""
        if self._hovered is not None:
            self.legend.setText(self._values(self._hovered))
            return
        theme, desk = self._theme, self._desk
        parts = [
            (theme.muted, "loss of each step"),
            (theme.positive, f"mean of the last {SMOOTHED_OVER}"),
            (theme.negative, f"chance {numbers.loss(desk.chance_loss)}"),
        ]
        other = desk.record_of(desk.comparison.run) if desk.comparison else None
        if other is not None:
            parts.append((theme.flows[1], f"mean of {SMOOTHED_OVER} of “{other.name}”"))
        self.legend.setText(
            " &nbsp; ".join(
                f'<span style="white-space:nowrap"><span style="color:{colour}">━</span>'
                f'&nbsp;<span style="color:{theme.muted}">{text.replace(" ", "&nbsp;")}</span>'
                "</span>"
                for colour, text in parts
            )
            if desk.current is not None
            else ""
        )

    def _values(self, step: int) -> str:
        row = self._desk.history.rows[step - 1]
        recent = self._desk.history.losses[max(0, step - SMOOTHED_OVER) : step]
        values = (
            f"<b>step {numbers.count(step)}</b> “{row.document}”",
            f"loss {numbers.loss(row.loss)}",
            f"mean {numbers.loss(float(np.mean(recent)))}",
            f"learning rate {numbers.short(row.learning_rate)}",
            f"gradient norm {numbers.short(row.gradient_norm)}",
        )
        return " &nbsp; ".join(value.replace(" ", "&nbsp;") for value in values)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind in MOUSE:
            step = self._step_at(event)
            held = bool(event.buttons() & Qt.MouseButton.LeftButton)
            if held and kind != QEvent.Type.MouseButtonRelease and step is not None:
                self.pointed.emit(step)
            self._hover(step)
            return True
        if kind == QEvent.Type.Leave:
            self._hover(None)
        return kind == QEvent.Type.Wheel

    def _step_at(self, event: QMouseEvent) -> int | None:
        scene = self.canvas.mapToScene(event.position().toPoint())
        step = round(self._plots[0].vb.mapSceneToView(scene).x())
        last = len(self._desk.history)
        return min(max(step, 0), last) if self._desk.current is not None else None

    def _hover(self, step: int | None) -> None:
        self._hovered = step or None  # there is nothing to tell of the start
        for line in self._hover_lines:
            line.setVisible(self._hovered is not None)
            if self._hovered is not None:
                line.setValue(self._hovered)
        self._tell()

    def _pen(
        self, colour: str | QColor, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> QPen:
        return pg.mkPen(colour, width=self._theme.line(width) * self._theme.scale, style=style)

    def _plot(self, i: int) -> pg.PlotItem:
        theme = self._theme
        plot = self.canvas.addPlot(row=i, col=0)
        self.canvas.ci.layout.setRowStretchFactor(i, SHARES[i])
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.disableAutoRange()
        if i:
            plot.setXLink(self._plots[0])
        for side, offset in OFFSETS.items():
            axis = plot.getAxis(side)
            axis.setPen(self._pen(theme.border))
            axis.setTextPen(theme.muted)
            axis.setStyle(
                tickFont=sans(theme.px(SMALL)),
                tickLength=-theme.px(4),
                tickTextOffset=theme.px(offset),
                maxTickLevel=0,
            )
            axis.setTickDensity(theme.scale**-0.5)  # as on a small axis: numbers are larger
            axis.enableAutoSIPrefix(False)
        plot.getAxis("left").setWidth(theme.px(AXIS))
        plot.getAxis("bottom").setHeight(theme.px(24))
        if i < len(TITLES) - 1:
            plot.getAxis("bottom").setStyle(showValues=False)
            plot.getAxis("bottom").setHeight(theme.px(6))
        room = QFontMetrics(sans(theme.px(SMALL))).horizontalAdvance(TITLES[i])
        plot.vb.setMinimumHeight(room + theme.px(4))  # so that titles don't run into each other
        plot.vb.setPreferredHeight(theme.px(LEAST))
        label = {"color": theme.muted, "font-size": f"{theme.px(SMALL)}px"}
        plot.getAxis("left").setLabel(TITLES[i], **label)
        if i == 0:
            plot.showGrid(x=False, y=True, alpha=0.12)
        return plot

    def _curve(self, plot: int, pen: QPen) -> pg.PlotDataItem:
        curve = pg.PlotDataItem(
            pen=pen,
            antialias=False,
            connect="finite",
            autoDownsample=True,
            downsampleMethod="peak",
            clipToView=True,
        )
        curve.curve.setSegmentedLineMode("on")  # many times faster than a path
        self._plots[plot].addItem(curve)
        return curve

    def _marker(self, plot: pg.PlotItem, pen: QPen) -> pg.InfiniteLine:
        line = pg.InfiniteLine(angle=90, pen=pen)
        line.setVisible(False)
        plot.addItem(line, ignoreBounds=True)
        return line


def _between(one: str, other: str) -> QColor:
    """Return the colour between two, which is drawn faster than one that shines through."""
    a, b = QColor(one), QColor(other)
    return QColor(
        (a.red() + b.red()) // 2, (a.green() + b.green()) // 2, (a.blue() + b.blue()) // 2
    )


MOUSE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
