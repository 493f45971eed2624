"""What the model says at each position: probabilities, logits and losses."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.predictions import (
    Prediction,
    Predictions,
    predict,
    table_of_all,
    table_of_losses,
    table_of_one,
)
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.positions import is_of_draws
from explorer.debug.table import Table
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray
from explorer.views.bar_plot import BarPlot
from explorer.views.bar_row import BarRow, Letter
from explorer.views.buttons import ToolButton
from explorer.views.figure import Figure
from explorer.views.probability_panels import ProbabilityPanels
from explorer.views.reading_view import ReadingView
from explorer.views.readout import Readout
from explorer.views.word_label import WordLabel

ROOM = 1.12  # of a plot, over its highest bar
WIDE = 1600  # pixels from which on there is room for five probabilities in words
COLUMNS, ROWS = (11, 10), (5, 3)  # shares of the width and the height
NO_PARTS = "There is no pass over a name by a model whose parts are known."
FACTS = {
    "mean loss": "The mean of the losses of all positions: the number that backward starts from",
    "perplexity": "e to the power of the mean loss, which the algorithm does not compute: "
    "as uncertain as guessing among so many equally likely letters",
    "chance": "The loss of giving all letters the same probability: −log of one over their "
    "number, the dashed line",
    "whole name": "The product of the probabilities of all targets, which the algorithm does not "
    "compute: how likely the model is to say exactly this",
}


class ProbabilitiesView(ReadingView):
    """All positions at once, one of them large, and the losses.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reading: Reading | None = None
        self._predictions: Predictions | None = None
        self._final_of: Timeline | None = None
        self._final = Predictions((), None, 0.0)
        self._place = Place()
        self.panels = ProbabilityPanels(theme)
        self.position = BarPlot(
            theme, "Probabilities and logits of the chosen position", ("probability", "logit"),
            (3, 2), self._tell_token,
        )  # fmt: skip
        self.losses = BarPlot(theme, "Losses of all positions", ("loss",), (1,), self._tell_loss)
        self._facts = {name: Readout(Qt.AlignmentFlag.AlignRight) for name in FACTS}
        self._captions: dict[str, WordLabel] = {}
        self._overview = Figure(theme, "All positions", self.panels, self._table_of_all)
        self._close_up = Figure(theme, "Position", self.position, self._table_of_one)
        self._whole = Figure(
            theme, "Loss of each letter", self._losses_and_facts(), self._table_of_losses
        )
        self._nothing = WordLabel(NO_PARTS)
        self._nothing.setProperty("role", "muted")
        self._nothing.setContentsMargins(*[theme.px(16)] * 4)
        for figure in (self._overview, self._close_up, self._whole):
            figure.told.connect(self.told)
        self.panels.position_chosen.connect(self._choose)
        self.panels.node_chosen.connect(self.node_chosen)
        self.position.chosen.connect(self._go_to_token)
        self.losses.chosen.connect(self._go_to_loss)
        self._content = QWidget()
        grid = self._grid = QGridLayout(self._content)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(0)
        grid.addWidget(self._overview, 0, 0, 2, 1)
        grid.addWidget(self._close_up, 0, 1)
        grid.addWidget(self._whole, 1, 1)
        for i in range(2):
            grid.setColumnStretch(i, COLUMNS[i])
            grid.setRowStretch(i, ROWS[i])
        self.position.setMinimumHeight(theme.px(190))
        self.losses.setMinimumHeight(theme.px(104))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(self.focusPolicy())
        self._scroll.setWidget(self._content)
        order: list[QWidget] = []
        for figure, view in (
            (self._overview, self.panels),
            (self._close_up, self.position),
            (self._whole, self.losses),
        ):
            order += [*figure.findChildren(ToolButton), view]
        for before, after in pairwise(order):
            QWidget.setTabOrder(before, after)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._scroll)
        row.addWidget(self._nothing)

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"positions": self._overview, "position": self._close_up, "losses": self._whole}

    def show_only(self, *names: str) -> None:
        super().show_only(*names)
        shown = [name in names for name in self.figures]
        columns, rows = (shown[0], any(shown[1:])), shown[1:]
        for i, (is_column, is_row) in enumerate(zip(columns, rows, strict=True)):
            self._grid.setColumnStretch(i, COLUMNS[i] if is_column else 0)
            self._grid.setRowStretch(i, ROWS[i] if is_row else 0)
        if not any(rows):
            self._grid.setRowStretch(0, 1)

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        self._reading, self._place = reading, place
        self._scroll.setVisible(reading is not None)
        self._nothing.setVisible(reading is None)
        self._predictions = None if reading is None else predict(reading)
        highest = 0.0
        if reading is not None:
            self._keep_scales(reading)
            highest = max(_highest(row.probabilities) for row in self._final.rows)
        self.panels.show_predictions(reading, self._predictions, place.position, highest)
        if reading is not None and self._predictions is not None:
            chance = numbers.percent(math.exp(-self._predictions.chance))
            self._overview.set_title(
                "All positions",
                f"up to {round(100 * self.panels.full)}{numbers.THIN_SPACE}%    "
                f"dashed: chance, {chance}    ▲ target",
            )
            self._show_position(reading, self._predictions.rows[place.position])
            self._show_losses(reading, self._predictions)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        was_wide = event.oldSize().width() >= self._theme.px(WIDE)
        if self._reading is not None and was_wide is not self._is_wide:
            self.show_reading(self._reading, self._place)

    @property
    def _is_wide(self) -> bool:
        return self.width() >= self._theme.px(WIDE)

    def _keep_scales(self, reading: Reading) -> None:
        """Look up the end of the forward pass: scales stay the same in the course of time."""
        timeline = reading.timeline
        if timeline is not self._final_of:
            self._final_of = timeline
            self._final = predict(Reading(timeline, timeline.forward_end, reading.anatomy))

    def _show_position(self, reading: Reading, row: Prediction) -> None:
        theme, named = self._theme, set(row.named)
        title = f"{reading.spell(row.read)} → {reading.spell(row.target)}"
        words = _in_words(reading, row, self._is_wide)
        self._close_up.set_title(f"Position {row.position}", f"{title}    {words}")
        letters, colours = [], []
        for token in range(len(row.probabilities)):
            is_target = token == row.target
            ink = theme.text if token in named else theme.muted
            letters.append(
                Letter(reading.spell(token), theme.flows[0] if is_target else ink, is_target)
            )
            fill = theme.muted if token in named else theme.forward
            colours.append(theme.flows[0] if is_target else fill)
        chance, final = 1 / len(letters), self._final.rows[row.position]
        signed = [theme.ramp_negative if v < 0 else theme.ramp_positive for v in row.logits]
        self.position.show_bars(
            letters,
            (
                BarRow(
                    row.probabilities, tuple(colours),
                    (0.0, ROOM * max(_highest(final.probabilities), 1.2 * chance)),
                    ((chance, theme.negative, True),),
                ),
                BarRow(row.logits, tuple(signed), _around_zero(final.logits)),
            ),
        )  # fmt: skip

    def _show_losses(self, reading: Reading, found: Predictions) -> None:
        theme = self._theme
        drawn = is_of_draws(reading.timeline.trace)
        self.losses.setVisible(not drawn)
        self._whole.set_title("Loss of each letter", "drawn: no loss" if drawn else "")
        letters = tuple(
            Letter(
                reading.spell(row.target),
                theme.text if row.position == self._place.position else theme.muted,
                row.position == self._place.position,
            )
            for row in found.rows
        )
        values = np.array([np.nan if row.loss is None else row.loss for row in found.rows])
        lines = [(found.chance, theme.negative, True)]
        if found.mean is not None:
            lines.append((found.mean, theme.text, False))
        colours = tuple(
            theme.muted if row.position == self._place.position else theme.forward
            for row in found.rows
        )
        losses = [row.loss for row in self._final.rows if row.loss is not None]
        top = ROOM * max(_highest(np.array(losses)), found.chance)
        self.losses.show_bars(letters, (BarRow(values, colours, (0.0, top), tuple(lines)),))
        texts = (
            _or_dash(found.mean, numbers.loss),
            _or_dash(found.perplexity, numbers.short),
            numbers.loss(found.chance),
            _or_dash(found.together, numbers.short),
        )
        for readout, text in zip(self._facts.values(), texts, strict=True):
            readout.setText(text)
        bos = reading.anatomy.vocabulary - 1
        self._captions["whole name"].setText(
            "whole name" if found.rows[-1].target == bos else "letters read"
        )

    def _losses_and_facts(self) -> QWidget:
        both, px = QWidget(), self._theme.px
        facts = QGridLayout()
        facts.setContentsMargins(*map(px, (16, 2, 0, 8)))
        facts.setHorizontalSpacing(px(14))
        facts.setVerticalSpacing(px(6))
        for i, (name, readout) in enumerate(self._facts.items()):
            caption = self._captions[name] = WordLabel(name)
            caption.setProperty("role", "muted")
            caption.setFont(sans(px(14)))
            readout.setFont(mono(px(15), bold=True))
            readout.setMinimumWidth(px(96))
            for label in (caption, readout):
                label.setToolTip(FACTS[name])
            facts.addWidget(caption, i, 0)
            facts.addWidget(readout, i, 1)
        facts.setRowStretch(len(self._facts), 1)
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.addLayout(facts)
        row.addWidget(self.losses, 1)
        return both

    def _tell_token(self, row: int, token: int) -> str:
        assert self._reading is not None
        assert self._predictions is not None
        found = self._predictions.rows[self._place.position]
        value = (found.probabilities, found.logits)[row][token]
        target = ", the target" if token == found.target else ""
        begin = f"<b>{self._reading.spell(token)}</b>{target}<br>"
        if math.isnan(value):
            return f"{begin}not computed yet"
        logit = f"logit {numbers.short(float(found.logits[token]), 5)}"
        probability = float(found.probabilities[token])
        if math.isnan(probability):
            return begin + logit
        rank = f"<br>rank {found.ranked.index(token) + 1}" if found.ranked else ""
        return f"{begin}probability {numbers.short(probability, 5)}{rank}<br>{logit}"

    def _tell_loss(self, _row: int, position: int) -> str:
        assert self._reading is not None
        assert self._predictions is not None
        row = self._predictions.rows[position]
        begin = (
            f"<b>{self._reading.spell(row.read)} → {self._reading.spell(row.target)}</b>"
            f", position {position}<br>"
        )
        if row.loss is None or row.probability is None:
            return f"{begin}not computed yet"
        share = "" if row.share is None else f"<br>{numbers.percent(row.share)} of the whole loss"
        return f"{begin}loss {numbers.short(row.loss, 5)}{share}"

    def _choose(self, position: int) -> None:
        self.place_chosen.emit(replace(self._place, position=position))

    def _go_to_token(self, row: int, token: int) -> None:
        if self._reading is not None:
            anatomy = self._reading.anatomy
            nodes = (anatomy.probabilities, anatomy.logits)[row]
            self._go_to(int(nodes[self._place.position, token]))

    def _go_to_loss(self, _row: int, position: int) -> None:
        if self._reading is not None:
            self._go_to(int(self._reading.anatomy.losses[position]))

    def _go_to(self, node: int) -> None:
        if node >= 0:  # a pass may have failed before it
            self.node_chosen.emit(node)

    def _table_of_all(self) -> Table | None:
        return None if self._reading is None else table_of_all(self._reading)

    def _table_of_one(self) -> Table | None:
        if self._reading is None:
            return None
        return table_of_one(self._reading, self._place.position)

    def _table_of_losses(self) -> Table | None:
        return None if self._reading is None else table_of_losses(self._reading)


def _in_words(reading: Reading, row: Prediction, wide: bool) -> str:
    """Return how the target is placed, and the most likely letters."""
    if row.rank is None or row.probability is None:
        return "not computed yet"
    target = f"{reading.spell(row.target)} {numbers.percent(row.probability)}"
    named = " ".join(
        f"{reading.spell(token)} {numbers.percent(float(row.probabilities[token]))} "
        if wide
        else reading.spell(token)
        for token in row.named
    )
    return f"{target}, rank {row.rank} of {len(row.ranked)}    most likely: {named}"


def _highest(values: FloatArray) -> float:
    known = values[np.isfinite(values)]
    return float(known.max()) if known.size else 0.0


def _around_zero(values: FloatArray) -> tuple[float, float]:
    """Return limits that show 0, and all numbers."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
    if low >= 0 >= high:
        return -1.0, 1.0
    return ROOM * min(low, 0.0), ROOM * max(high, 0.0)


def _or_dash(value: float | None, spell: object) -> str:
    assert callable(spell)
    return "–" if value is None else str(spell(value))
