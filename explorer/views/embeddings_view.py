"""Embeddings of letters and positions: as matrices, and as points in a plane."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from explorer.debug.anatomy.embeddings import Embedding, Projection, embeddings
from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.table import Table
from explorer.theme.palette import colour_limit
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.views.cell_grid import At
from explorer.views.choice_tabs import ChoiceTabs
from explorer.views.embedding_grid import EmbeddingGrid
from explorer.views.figure import Figure
from explorer.views.projection_plot import ProjectionPlot
from explorer.views.quantity_switch import QuantitySwitch
from explorer.views.reading_view import ReadingView

SHARES_ON_STAGE = (2, 1)  # of the width: numbers, and their projection
NOTHING = "There is no pass of a name here whose embeddings are known."
NOT_FINITE = "Not all of its numbers are finite: there is no projection."
KINDS = "○ vowels, □ consonants; bold: in this name"
ORDER = "joined in order; bold: in this name"


class EmbeddingsView(ReadingView):
    """The matrices of embeddings, and the projection of one of them.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._reading: Reading | None = None
        self._on_stage = False
        self._gridded: tuple[Embedding, ...] = ()  # the embeddings whose numbers are shown
        self._embeddings: tuple[Embedding, ...] = ()
        self._limits: dict[Quantity, list[float]] = {}
        self._of: Timeline | None = None  # whose these are
        self._projected: tuple[object, Projection | None] = (None, None)
        self.quantity = QuantitySwitch(theme)
        self.matrices = ChoiceTabs("Projected embeddings", theme)
        self.grid = EmbeddingGrid(theme, self)
        self.plot = ProjectionPlot(theme, self)
        self._grid_figure = Figure(theme, "Embeddings", self.grid, self._grid_table)
        self._plot_figure = Figure(theme, "PCA", self.plot, self._plot_table)
        for figure in (self._grid_figure, self._plot_figure):
            figure.told.connect(self.told)
        self.quantity.changed.connect(self._refresh)
        self.matrices.currentChanged.connect(self._refresh)
        self.grid.chosen.connect(self._choose_cell)
        self.grid.activated.connect(self._activate_cell)
        self.plot.row_chosen.connect(self._choose_row)
        self.plot.row_activated.connect(self._activate_row)
        self._lay_out(theme)

    def show_reading(self, reading: Reading | None, place: Place) -> None:
        self._reading = reading
        self._refresh()

    @property
    def figures(self) -> Mapping[str, Figure]:
        return {"matrices": self._grid_figure, "projection": self._plot_figure}

    def show_only(self, *names: str) -> None:
        super().show_only(*names)
        self._on_stage = self.plot.is_on_stage = True
        for place, share in enumerate(SHARES_ON_STAGE):
            self._row.setStretch(place, share)
        for column, name in zip(self._columns, self.figures, strict=True):
            column.setVisible(name in names)
        for bar in self._bars:
            bar.hide()

    def _lay_out(self, theme: Theme) -> None:
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(self._grid_figure)
        page = QWidget()
        page.setProperty("role", "window")
        self._row = columns = QHBoxLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(theme.px(1))
        self._bars = _bar(theme, self.quantity), _bar(theme, self.matrices, stretch=1)
        contents = scroll, self._plot_figure
        self._columns = [_under(*both) for both in zip(self._bars, contents, strict=True)]
        for column, share in zip(self._columns, (3, 2), strict=True):
            columns.addWidget(column, share)
        self.put_together(page, NOTHING)

    # What is shown

    @property
    def _shown(self) -> Embedding:
        """The embedding that is projected."""
        return self._embeddings[max(0, self.matrices.currentIndex())]

    def _refresh(self) -> None:
        self.show_page(self._reading is not None)
        if self._reading is None:
            return
        self._read(self._reading)
        limits = self._limits_of(self._reading, self.quantity.quantity)
        self.grid.show_embeddings(self._reading, self._gridded, self.quantity.quantity, limits)
        remark = "The rows of this name." if self._on_stage else "Bold rows are of this name."
        self._grid_figure.set_title("Embeddings", remark)
        self._show_projection(self._reading)

    def _read(self, reading: Reading) -> None:
        if self._of is reading.timeline:
            return
        self._of, self._limits = reading.timeline, {}
        self._embeddings = self._gridded = embeddings(reading)
        if self._on_stage:
            self._gridded = tuple(one.of_name() for one in self._embeddings)
        names = [embedding.name for embedding in self._embeddings]
        self.matrices.show_choices(names, max(0, self.matrices.currentIndex()))

    def _limits_of(self, reading: Reading, quantity: Quantity) -> list[float]:
        """Return the ends of the scales, from before the update, which clears gradients."""
        if quantity not in self._limits:
            end = Reading(reading.timeline, reading.timeline.backward_end, reading.anatomy)
            read = end.data if quantity is Quantity.DATA else end.grad
            self._limits[quantity] = [colour_limit(read(e.nodes)) for e in self._embeddings]
        return self._limits[quantity]

    def _show_projection(self, reading: Reading) -> None:
        shown = self._shown
        updated = reading.timeline.moment(reading.cursor).updated
        key = reading.timeline, shown.name, min(updated, shown.matrix.stop)
        if self._projected[0] != key:
            self._projected = key, shown.projection(reading)
        projection = self._projected[1]
        self.plot.show_projection(shown, projection, self._chosen_row(shown))
        remark = NOT_FINITE
        if projection is not None:
            remark = ORDER if shown.name == "wpe" else KINDS
        self._plot_figure.set_title(f"PCA of {shown.name}", remark)

    def _chosen_row(self, shown: Embedding) -> int | None:
        """Return the row of what is chosen, also if it is chosen in the other matrix of tokens."""
        at = self.grid.at
        if at is None or at.grid >= len(self._embeddings):
            return None
        if self._embeddings[at.grid].rows != shown.rows:
            return None
        rows = self._gridded[at.grid].shown
        return at.row if rows is None else rows[at.row]

    def _grid_table(self) -> Table | None:
        if self._reading is None:
            return None
        width = max(embedding.matrix.columns for embedding in self._embeddings)
        rows = tuple(
            (embedding.name, name, *values)
            for embedding, grid in zip(self._gridded, self.grid.grids, strict=True)
            for name, values in zip(embedding.rows, grid.values.tolist(), strict=True)
        )
        return Table(("matrix", "row", *map(str, range(width))), rows)

    def _plot_table(self) -> Table | None:
        projection = self._projected[1]
        if self._reading is None or projection is None:
            return None
        points = projection.points.tolist()
        rows = tuple((name, x, y) for name, (x, y) in zip(self._shown.rows, points, strict=True))
        return Table(("row", "first axis", "second axis"), rows)

    # What is chosen

    def _choose_cell(self, at: At) -> None:
        """Point out a row in the projection, in that of its own matrix if it must be."""
        if self._embeddings[at.grid].rows != self._shown.rows:
            self.matrices.setCurrentIndex(at.grid)
        self._refresh()

    def _activate_cell(self, at: At) -> None:
        self.node_chosen.emit(self.grid.node_at(at))

    def _choose_row(self, row: int) -> None:
        at = self.grid.at
        column = 0 if at is None else at.column
        matrix = self._embeddings.index(self._shown)
        rows = self._gridded[matrix].shown
        if rows is None or row in rows:
            place = row if rows is None else rows.index(row)
            self.grid.show_chosen(At(matrix, place, column))
        self._refresh()

    def _activate_row(self, row: int) -> None:
        self.node_chosen.emit(int(self._shown.nodes[row, 0]))


def _bar(theme: Theme, switch: QWidget, stretch: int = 0) -> QWidget:
    """Return a bar with a switch, which may take all of the width."""
    bar = QWidget()
    row = QHBoxLayout(bar)
    row.setContentsMargins(*map(theme.px, (14, 4, 14, 4)))
    row.addWidget(switch, stretch)
    row.addStretch(1 - stretch)
    return bar


def _under(bar: QWidget, content: QWidget) -> QWidget:
    """Return some content with a bar above it."""
    column = QWidget()
    rows = QVBoxLayout(column)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(bar)
    rows.addWidget(content, 1)
    return column
