"""The losses of a training as one large curve, for a lecture."""

from __future__ import annotations

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPen
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.debug import numbers
from explorer.runs.history import SMOOTHED_OVER, running_mean
from explorer.runs.training import Training
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray
from explorer.views.word_label import WordLabel

AXIS, FOOT, RIGHT = 62, 46, 24  # pixels beside, below and right of the curve
NOTHING = "There is no training to show: this model has not been trained."
AROUND = 0.08  # of the range of losses, above and below
OFFSETS = {"left": 5, "bottom": 3}  # of numbers from their axis


class TrainingView(QWidget):
    """A curve of the losses, their running mean, and the loss of guessing.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Losses of the training")
        self.legend = WordLabel()
        self.legend.setFont(sans(theme.px(BODY)))
        self.legend.setTextFormat(Qt.TextFormat.RichText)
        self.legend.setContentsMargins(*map(theme.px, (AXIS, 10, RIGHT, 2)))
        self.nothing = WordLabel(NOTHING)
        self.nothing.setFont(sans(theme.px(BODY)))
        self.nothing.setWordWrap(True)
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.canvas = pg.PlotWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setAccessibleName("Curve of the losses")
        self._plot = self._prepared()
        self._raw = self._curve(self._pen(_between(theme.muted, theme.panel)))
        self._smooth = self._curve(self._pen(theme.positive, 3.5))
        self._chance = pg.InfiniteLine(
            angle=0, pen=self._pen(theme.negative, 2, Qt.PenStyle.DashLine)
        )
        self._shown = pg.InfiniteLine(angle=90, pen=self._pen(theme.text, 1.5))
        self._plot.addItem(self._chance, ignoreBounds=True)
        self._plot.addItem(self._shown, ignoreBounds=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, theme.px(6))
        column.setSpacing(0)
        for widget in (self.legend, self.canvas, self.nothing):
            column.addWidget(widget, int(widget is not self.legend))
        self.show_training(None)

    def show_training(self, training: Training | None) -> None:
        """Show another training, or that there is none."""
        has_losses = training is not None and len(training.losses) > 0
        for widget in (self.legend, self.canvas):
            widget.setVisible(has_losses)
        self.nothing.setVisible(not has_losses)
        if training is None or not has_losses:
            return
        losses = training.losses
        steps, smooth = np.arange(1, len(losses) + 1), running_mean(losses)
        self._raw.setData(steps, losses)
        self._smooth.setData(steps, smooth)
        self._chance.setValue(training.chance)
        self._shown.setVisible(training.step is not None)
        self._shown.setValue(training.step or 0)
        known = np.append(losses[np.isfinite(losses)], training.chance)
        self._plot.setXRange(0, max(training.total, len(losses)), padding=0.01)
        self._plot.setYRange(float(known.min()), float(known.max()), padding=AROUND)
        self.legend.setText(self._words(training, smooth))

    def _words(self, training: Training, smooth: FloatArray) -> str:
        """Return what the curves are: each tells itself by its stroke, too."""
        theme = self._theme
        at = len(smooth) if training.step is None else min(max(training.step, 1), len(smooth))
        mean = numbers.loss(float(smooth[at - 1]))
        parts = (
            (theme.muted, "~", "loss of each step"),
            (theme.positive, "▬", f"mean of the last {SMOOTHED_OVER}: {mean} at step {at}"),
            (theme.negative, "- -", f"guessing: {numbers.loss(training.chance)}"),
        )
        return "&nbsp;&nbsp;&nbsp; ".join(
            f'<span style="color:{colour}">{stroke}</span> {text}' for colour, stroke, text in parts
        )

    def _prepared(self) -> pg.PlotItem:
        theme, plot = self._theme, self.canvas.getPlotItem()
        plot.setMenuEnabled(False)
        plot.hideButtons()
        plot.setMouseEnabled(x=False, y=False)
        plot.disableAutoRange()
        plot.layout.setContentsMargins(0, theme.px(6), theme.px(RIGHT), 0)
        for side, offset in OFFSETS.items():
            axis = plot.getAxis(side)
            axis.setPen(self._pen(theme.border))
            axis.setTextPen(theme.text)
            axis.setStyle(
                tickFont=sans(theme.px(SMALL + 1)),
                tickLength=0,
                tickTextOffset=theme.px(offset),
                maxTickLevel=0,
            )
            axis.enableAutoSIPrefix(False)
        label = {"color": theme.muted, "font-size": f"{theme.px(SMALL)}px"}
        plot.getAxis("bottom").setLabel("step", **label)
        plot.getAxis("left").setWidth(theme.px(AXIS))
        plot.getAxis("bottom").setHeight(theme.px(FOOT))
        plot.showGrid(x=False, y=True, alpha=0.12)
        return plot

    def _pen(
        self, colour: str | QColor, width: float = 1.0, style: Qt.PenStyle = Qt.PenStyle.SolidLine
    ) -> QPen:
        return pg.mkPen(colour, width=self._theme.line(width) * self._theme.scale, style=style)

    def _curve(self, pen: QPen) -> pg.PlotDataItem:
        curve = pg.PlotDataItem(
            pen=pen, antialias=False, connect="finite", autoDownsample=True,
            downsampleMethod="peak", clipToView=True,
        )  # fmt: skip
        curve.curve.setSegmentedLineMode("on")  # many times faster than a path
        self._plot.addItem(curve)
        return curve


def _between(one: str, other: str) -> QColor:
    """Return a colour that is a little nearer to the second one."""
    a, b = QColor(one), QColor(other)
    return QColor.fromRgbF(
        0.4 * a.redF() + 0.6 * b.redF(),
        0.4 * a.greenF() + 0.6 * b.greenF(),
        0.4 * a.blueF() + 0.6 * b.blueF(),
    )
