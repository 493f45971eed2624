"""The residual stream of a position, and the units of its perceptrons."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.anatomy.stream import StreamNumbers
from explorer.debug.anatomy.stream_grids import Part, StreamPicture
from explorer.debug.anatomy.unit_grids import UnitPicture
from explorer.debug.anatomy.units import Units
from explorer.debug.table import Table
from explorer.theme.tokens import Theme
from explorer.views.cell_grid import At, CellGrid
from explorer.views.choice_tabs import ChoiceTabs
from explorer.views.figure import Figure
from explorer.views.quantity_switch import QuantitySwitch
from explorer.views.reading_view import ReadingView
from explorer.views.stream_canvas import StreamCanvas
from explorer.views.stream_scales import StreamScales
from explorer.views.unit_grid import UnitGrid

NOTHING = "There is no pass of a name here whose residual stream is known."
REMARKS = {
    Quantity.DATA: "Lines are as thick as the vectors are long.",
    Quantity.GRADIENT: "Norms are shown once a vector's gradients are complete.",
}


class StreamView(ReadingView):
    """The stages of the stream at a position, and the units of a layer's perceptron.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._reading: Reading | None = None
        self._place = Place()
        self._scales: StreamScales | None = None
        self.positions = ChoiceTabs("Position", theme)
        self.layers = ChoiceTabs("Perceptron of layer", theme)
        self.quantity = QuantitySwitch(theme)
        self.stream = StreamCanvas(theme, self)
        self.units = UnitGrid(theme, self)
        self._stream_figure = Figure(theme, "Residual stream", self.stream, self._stream_table)
        self._units_figure = Figure(theme, "MLP units", self.units, self._units_table)
        for figure in (self._stream_figure, self._units_figure):
            figure.told.connect(self.told)
        for canvas in (self.stream, self.units):
            canvas.activated.connect(self._activate)
            canvas.chosen.connect(self._choose)
        self.positions.currentChanged.connect(self._choose_position)
        self.layers.currentChanged.connect(self._choose_layer)
        self.quantity.changed.connect(self._refresh)
        self._lay_out(theme)

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        self._reading, self._place = reading, place
        self._refresh()

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"stream": self._stream_figure, "units": self._units_figure}

    def show_only(self, *names: str) -> None:
        super().show_only(*names)
        self.stream.leaves_out = True
        self._bar.hide()
        self._refresh()

    def _lay_out(self, theme: Theme) -> None:
        self._bar = QWidget()
        bar = QHBoxLayout(self._bar)
        bar.setContentsMargins(*map(theme.px, (14, 4, 14, 4)))
        bar.setSpacing(theme.px(18))
        bar.addWidget(self.positions, 1)
        bar.addWidget(self.layers)
        bar.addWidget(self.quantity)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(1))
        column.addWidget(self._stream_figure, 3)
        column.addWidget(self._units_figure, 2)
        figures = QWidget()
        figures.setProperty("role", "window")
        figures.setLayout(column)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(figures)
        page = QWidget()
        rows = QVBoxLayout(page)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self._bar)
        rows.addWidget(scroll, 1)
        self.put_together(page, NOTHING)

    # What is shown

    def _refresh(self) -> None:
        self.show_page(self._reading is not None)
        if self._reading is None:
            return
        self._show_choices(self._reading)
        scales, quantity = self._scales_of(self._reading), self.quantity.quantity
        found = StreamNumbers(scales.stream, self._reading)
        at = self._place.position
        self.stream.show_picture(StreamPicture(found, at, quantity, scales.of(quantity)))
        token = self._reading.spell(self._reading.anatomy.tokens[at])
        where = f"Position {at}, which reads {token}" if self._bar.isHidden() else ""
        self._stream_figure.set_title("Residual stream", where or REMARKS[quantity])
        layer = self._place.layer
        units = Units(self._reading.anatomy.mlps[layer], self._reading)
        limit = scales.units(layer, quantity)
        self.units.show_picture(UnitPicture(units, at, quantity, limit))
        several = self._reading.anatomy.layers > 1
        title = f"MLP units of layer {layer}" if several else "MLP units"
        self._units_figure.set_title(title, units.count(at))

    def _show_choices(self, reading: Reading) -> None:
        tokens = [f"{i} {reading.spell(t)}" for i, t in enumerate(reading.anatomy.tokens)]
        self.positions.show_choices(tokens, self._place.position)
        layers = [f"MLP {layer}" for layer in range(reading.anatomy.layers)]
        self.layers.show_choices(layers, self._place.layer)
        self.layers.setVisible(len(layers) > 1)

    def _scales_of(self, reading: Reading) -> StreamScales:
        """Return the scales of a pass, made once for each."""
        kept = self._scales
        if kept is None or kept.timeline is not reading.timeline:
            kept = StreamScales(reading.timeline, reading.anatomy)
            self._scales = kept
        return kept

    def _stream_table(self) -> Table | None:
        shown = self.stream.picture
        return None if self._reading is None or shown is None else shown.table()

    def _units_table(self) -> Table | None:
        shown = self.units.picture
        return None if self._reading is None or shown is None else shown.table()

    # What is chosen

    def _choose_position(self, position: int) -> None:
        self.place_chosen.emit(replace(self._place, position=position))

    def _choose_layer(self, layer: int) -> None:
        self.place_chosen.emit(replace(self._place, layer=layer))

    def _choose(self, at: At) -> None:
        is_overview = self.sender() is self.stream and at.grid == Part.OVERVIEW
        if is_overview and at.column != self._place.position:
            self._choose_position(at.column)

    def _activate(self, at: At) -> None:
        """Lead to the node of a cell; of what follows from a vector, to where it is computed."""
        canvas = self.sender()
        assert isinstance(canvas, CellGrid)
        if canvas is self.units or at.grid in (Part.STAGES, Part.LOGITS):
            self.node_chosen.emit(canvas.node_at(at))
            return
        assert self._scales is not None
        position = at.column if at.grid == Part.OVERVIEW else self._place.position
        self.scope_chosen.emit(int(self._scales.stream.stages[at.row].scopes[position]))
