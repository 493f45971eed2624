"""Attention: who looks at whom, one head step by step, and the key/value cache."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout

from explorer.debug.anatomy.attention import (
    Quantity,
    cache_table,
    held,
    letters,
    pairs_table,
    size_of,
    steps_table,
)
from explorer.debug.anatomy.attention_steps import Part
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.table import Table
from explorer.theme import palette
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray, IntArray
from explorer.views.attention_controls import AttentionControls
from explorer.views.attention_matrices import AttentionMatrices
from explorer.views.attention_panes import AttentionPanes
from explorer.views.attention_steps import AttentionSteps
from explorer.views.cache_strip import CacheStrip
from explorer.views.cell_grid import At, CellGrid
from explorer.views.figure import Figure
from explorer.views.reading_view import ReadingView
from explorer.views.word_label import WordLabel

NARROW = 9, 15  # width and height of the smallest cells on a stage
WIDE_GAP, FILL = (20, 110), 3.2  # on a stage: between matrices; how much wider than high cells are
NOTHING = "There is no pass of a model whose attention is known."


class AttentionView(ReadingView):
    """All of attention for one name.

    A cell of a matrix chooses position and head, which are worked out below it.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reading: Reading | None = None
        self._place = Place()
        self._scaled: tuple[Anatomy, int] | None = None  # what the scales are of
        self._arranged: tuple[Anatomy, int] | None = None  # what the figures have been arranged for
        self.controls = AttentionControls(theme)
        self.matrices = AttentionMatrices(theme, self)
        self.steps = AttentionSteps(theme, self)
        self.cache = CacheStrip(theme, self)
        self.matrices_figure = self._figure("Attention", self.matrices, self._pairs)
        self.steps_figure = self._figure("One head step by step", self.steps, self._worked_out)
        self.cache_figure = self._figure("Key/value cache", self.cache, self._cached)
        self.controls.changed.connect(self._refresh)
        self.controls.layer_chosen.connect(self._choose_layer)
        self.matrices.chosen.connect(self._choose)
        self._nothing = WordLabel(NOTHING)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._nothing.setProperty("role", "muted")
        self._lay_out()

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        self._reading, self._place = reading, place
        self._refresh()

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {
            "matrices": self.matrices_figure,
            "steps": self.steps_figure,
            "cache": self.cache_figure,
        }

    def show_only(self, *names: str) -> None:
        super().show_only(*names)
        self.controls.show_bare()
        self.matrices.is_on_stage = True
        self.matrices.room = replace(self.matrices.room, least=NARROW, gap=WIDE_GAP, fill=FILL)
        self.cache.room = replace(self.cache.room, least=(self.cache.room.least[0], NARROW[1]))
        self.steps.least_height = NARROW[1]
        self.panes.fit()
        self._refresh()

    def _lay_out(self) -> None:
        self.matrices_figure.add_control(self.controls)
        figures = self.matrices_figure, self.steps_figure, self.cache_figure
        self.panes = AttentionPanes(self._theme, *figures)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._nothing, 1)
        column.addWidget(self.panes, 1)

    def _figure(self, title: str, grid: CellGrid, table: Callable[[], Table | None]) -> Figure:
        """Return the frame of a grid, which scrolls where there is little room."""
        grid.activated.connect(lambda at: self.node_chosen.emit(grid.node_at(at)))
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidgetResizable(True)
        area.setWidget(grid)
        figure = Figure(self._theme, title, area, table)
        figure.told.connect(self.told)
        return figure

    def _refresh(self) -> None:
        reading, place = self._reading, self._place
        self._nothing.setVisible(reading is None)
        self.panes.setVisible(reading is not None)
        if reading is not None:
            self._show_scales(reading)
            self.controls.show_layers(reading.anatomy.layers, place.layer)
            self._tell(reading)
        quantity, of_gradient = self.controls.quantity, self.controls.of_gradient
        limit = self._limits[quantity, of_gradient] if reading is not None else 1.0
        self.controls.legend.show_scale(
            limit, quantity is Quantity.WEIGHT and not of_gradient, of_gradient
        )
        self.matrices.show_heads(reading, place, quantity, of_gradient, limit)
        is_other = self._scaled != self._arranged
        self._show_closely()
        if is_other:
            self._arranged = self._scaled
            self.panes.fit()

    def _show_closely(self) -> None:
        if self._reading is not None:
            self.steps.show_steps(
                self._reading, self._place, self.matrices.column, self._part_limits
            )
            limits = self._part_limits[Part.KEY], self._part_limits[Part.VALUE]
            self.cache.show_cache(self._reading, self._place, limits)

    def _show_scales(self, reading: Reading) -> None:
        """Find the ends of the scales: those of the whole pass, so that colours compare."""
        if self._scaled == (reading.anatomy, self._place.layer):
            return
        self._scaled = reading.anatomy, self._place.layer
        trace = reading.timeline.trace
        heads = reading.anatomy.attention[self._place.layer]
        self._limits = {
            (quantity, of_gradient): _limit(numbers, *(quantity.nodes(head) for head in heads))
            for quantity in Quantity
            for of_gradient, numbers in ((False, trace.data), (True, trace.grad))
        }
        keys = _limit(trace.data, *(nodes for head in heads for nodes in (head.queries, head.keys)))
        values = _limit(trace.data, *(head.values for head in heads))
        self._part_limits = {
            Part.QUERY: keys,
            Part.KEY: keys,
            Part.DOT: self._limits[Quantity.DOT, False],
            Part.SCORE: self._limits[Quantity.SCORE, False],
            Part.WEIGHT: 1.0,
            Part.VALUE: values,
            Part.WEIGHTED: values,
            Part.GATHERED: values,
        }

    def _tell(self, reading: Reading) -> None:
        """Say beside the titles what is shown."""
        place, positions = self._place, reading.anatomy.positions
        if self.controls.is_bare:
            where = f" in layer {place.layer}" if reading.anatomy.layers > 1 else ""
            self.matrices_figure.set_title(f"Attention {self.controls.quantity.value}s{where}")
        layer = f"layer {place.layer}, " if reading.anatomy.layers > 1 else ""
        head = reading.anatomy.attention[place.layer][place.head]
        size = size_of(head)
        letter = letters(reading)[place.position]
        self.steps_figure.set_title(
            "One head step by step",
            f"{layer}head {place.head} at position {place.position}, which reads {letter}: "
            f"score = q · k / √{size},  weight = softmax(scores),  gives on Σ weight × value",
        )
        count = held(reading, place.layer)
        self.cache_figure.set_title(
            "Key/value cache", f"{layer}holds {count} of {positions} positions"
        )

    def _choose(self, at: At) -> None:
        self._show_closely()  # the place may be the same, and another column
        place = replace(self._place, position=at.row, head=at.grid)
        if place != self._place:
            self.place_chosen.emit(place)

    def _choose_layer(self, layer: int) -> None:
        self.place_chosen.emit(replace(self._place, layer=layer))

    def _pairs(self) -> Table | None:
        return None if self._reading is None else pairs_table(self._reading, self._place.layer)

    def _worked_out(self) -> Table | None:
        return None if self._reading is None else steps_table(self._reading, self._place)

    def _cached(self) -> Table | None:
        return None if self._reading is None else cache_table(self._reading, self._place.layer)


def _limit(numbers: FloatArray, *nodes: IntArray) -> float:
    """Return the end of the scale for the numbers of nodes."""
    found = np.concatenate([part.ravel() for part in nodes])
    return palette.colour_limit(numbers[found[found >= 0]])
