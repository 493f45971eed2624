"""The views of a name at other scales: the mouse hits what it points at, and lines are sharp."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pytest
from painted import left_out
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.attention import Quantity
from explorer.debug.anatomy.attention_steps import Part as Step
from explorer.debug.anatomy.chain import Stage
from explorer.debug.anatomy.comparison import ComparedParts, Scales
from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.anatomy.stream_grids import Part
from explorer.theme.scaling import scaled_point
from explorer.theme.tokens import DARK, Theme
from explorer.trace.timeline import Timeline
from explorer.views.attention_matrices import AttentionMatrices
from explorer.views.attention_view import AttentionView
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_legend import HEIGHT, CellLegend
from explorer.views.compare_heads import CompareHeads
from explorer.views.compare_rows import CompareRows
from explorer.views.embeddings_view import EmbeddingsView
from explorer.views.probabilities_view import ProbabilitiesView
from explorer.views.probability_panel import bars_in
from explorer.views.reading_chain import ReadingChain
from explorer.views.reading_view import ReadingView
from explorer.views.stream_view import StreamView

LEFT = Qt.MouseButton.LeftButton
SIZE = QSize(1300, 640)
PLACE = Place(3, 0, 1)
SCALES = (1.7, 2.0)


@pytest.fixture(params=SCALES)
def theme(request: pytest.FixtureRequest) -> Theme:
    return DARK.scaled(request.param, finest=2.0)


@pytest.fixture
def reading(emma_timeline: Timeline, anatomy: Anatomy) -> Reading:
    return Reading(emma_timeline, emma_timeline.backward_end, anatomy)


@pytest.fixture
def shown(qtbot: QtBot, reading: Reading, theme: Theme) -> Callable[[ReadingView], None]:
    """Shows a view as large as it would be at scale 1."""

    def show(view: ReadingView) -> None:
        qtbot.addWidget(view)
        view.resize(SIZE * theme.scale)
        with qtbot.waitExposed(view):
            view.show()
        view.show_reading(reading, PLACE)

    return show


Show = Callable[[ReadingView], None]


def on_screen(point: QPointF, theme: Theme) -> QPoint:
    return scaled_point(point, theme).toPoint()


class Canvas(NamedTuple):
    """A grid of a view, and some of its cells."""

    view: Callable[[Theme], ReadingView]
    grid: str
    cells: tuple[At, ...]

    def of(self, view: ReadingView) -> CellGrid:
        grid = getattr(view, self.grid)
        assert isinstance(grid, CellGrid)
        return grid


CANVASES = {
    "matrices": Canvas(AttentionView, "matrices", (At(0, 4, 0), At(3, 4, 4))),
    "steps": Canvas(AttentionView, "steps", (At(Step.KEY, 0, 0), At(Step.WEIGHTED, 2, 3))),
    "cache": Canvas(AttentionView, "cache", (At(0, 0, 0), At(1, 3, 15))),
    "stream": Canvas(StreamView, "stream", (At(Part.STAGES, 9, 15), At(Part.LOGITS, 0, 26))),
    "units": Canvas(StreamView, "units", (At(0, 0, 0), At(2, 4, 63))),
    "embeddings": Canvas(EmbeddingsView, "grid", (At(0, 0, 0), At(2, 26, 15))),
}


@pytest.mark.parametrize("name", CANVASES)
def test_cells_are_hit_where_they_are_seen(
    name: str, theme: Theme, shown: Show, qtbot: QtBot
) -> None:
    canvas = CANVASES[name]
    view = canvas.view(theme)
    shown(view)
    grid = canvas.of(view)
    for at in canvas.cells:
        raster = grid.rasters[at.grid]
        inside = QPointF(raster.width - 2, raster.height - 2)  # where a slip hits another cell
        point = on_screen(grid.area_of(at).topLeft() + inside, theme)
        with qtbot.waitSignal(grid.hovered) as hovered:
            QTest.mouseMove(grid, point)
        assert hovered.args == [at]
        with qtbot.waitSignal(grid.chosen) as chosen:
            QTest.mouseClick(grid, LEFT, pos=point)
        assert chosen.args == [at]
        QTest.mouseMove(grid, QPoint(0, 0))


@pytest.mark.parametrize("name", CANVASES)
def test_cells_have_their_colours_where_they_are_hit(
    name: str, theme: Theme, reading: Reading, qtbot: QtBot
) -> None:
    """A corner of each cell, where no number is, looks as it does at scale 1."""
    canvas = CANVASES[name]
    images: list[list[str]] = []
    for scaled in (DARK, theme):
        view = canvas.view(scaled)
        qtbot.addWidget(view)
        view.resize(SIZE * scaled.scale)
        view.show()
        view.show_reading(reading, replace(PLACE, position=4))
        grid = canvas.of(view)
        grid.show_chosen(None)
        image = grid.grab().toImage()
        images.append([corner_of(image, grid, at, scaled) for at in canvas.cells])
        view.hide()
    assert images[0] == images[1]


def corner_of(image: QImage, grid: CellGrid, at: At, theme: Theme) -> str:
    corner = grid.area_of(at).bottomRight() - QPointF(3.5, 3.5)
    return image.pixelColor(on_screen(corner, theme)).name()


def test_all_gaps_between_cells_are_equally_wide(
    qtbot: QtBot, reading: Reading, theme: Theme
) -> None:
    matrices = AttentionMatrices(theme, QWidget())
    qtbot.addWidget(matrices)
    matrices.resize(SIZE * theme.scale)
    matrices.show_heads(reading, PLACE, Quantity.WEIGHT, False, 1.0)
    matrices.show_chosen(None)
    raster = matrices.rasters[0]
    row = matrices.area_of(At(0, raster.rows - 1, 0))
    image = matrices.grab().toImage()
    y = int(theme.scale * (row.top() + 3))
    start, end = (int(theme.scale * x) for x in (raster.area.left(), raster.area.right()))
    is_gap = [image.pixelColor(x, y) == QColor(theme.panel) for x in range(start + 3, end + 3)]
    edges = np.flatnonzero(np.diff(np.array(is_gap, np.int8)))
    begins, ends = edges[::2], edges[1::2]  # what follows the last gap is as empty
    assert len(ends) == raster.columns - 1
    assert set((ends - begins[:-1]).tolist()) == {round(theme.scale)}


def test_a_grid_is_as_large_as_its_scale(qtbot: QtBot, reading: Reading, theme: Theme) -> None:
    rasters = []
    for scaled in (DARK, theme):
        matrices = AttentionMatrices(scaled, QWidget())
        qtbot.addWidget(matrices)
        matrices.resize(SIZE * scaled.scale)
        matrices.show_heads(reading, PLACE, Quantity.WEIGHT, False, 1.0)
        rasters.append(matrices.rasters)
        least = matrices.needed(SIZE.width())
        assert matrices.minimumHeight() == scaled.px(least.height())
    assert rasters[0] == rasters[1]


@pytest.mark.parametrize("make", [CompareRows, CompareHeads])
def test_compared_passes_are_hit_where_they_are_seen(
    make: type[CompareRows | CompareHeads], theme: Theme, reading: Reading, qtbot: QtBot
) -> None:
    outcome = ComparedParts(reading.timeline.trace, reading.anatomy).at(reading.computed)
    rasters = []
    for scaled in (DARK, theme):
        grid = make(scaled, "compared", QWidget(), str, str)
        qtbot.addWidget(grid)
        grid.resize(SIZE * scaled.scale)
        if isinstance(grid, CompareRows):
            grid.show_outcome(outcome, Scales(), outcome.positions)
        else:
            grid.show_outcome(outcome, outcome.positions)
        rasters.append(grid.rasters)
    assert rasters[0] == rasters[1]
    with qtbot.waitSignal(grid.chosen) as chosen:
        inside = grid.area_of(At(0, 4, 3)).bottomRight() - QPointF(3, 3)
        QTest.mouseClick(grid, LEFT, pos=on_screen(inside, theme))
    assert chosen.args == [At(0, 4, 3)]


def test_what_changes_is_drawn_again(theme: Theme, reading: Reading, qtbot: QtBot) -> None:
    matrices = AttentionMatrices(theme, QWidget())
    qtbot.addWidget(matrices)
    matrices.resize(SIZE * theme.scale)
    with qtbot.waitExposed(matrices):
        matrices.show()
    early = Reading(reading.timeline, reading.timeline.forward_end // 2, reading.anatomy)
    look = PLACE, Quantity.WEIGHT, False, 1.0
    matrices.show_heads(reading, *look)
    assert left_out(matrices, lambda: matrices.show_heads(early, *look)) == 0


def test_positions_and_bars_of_probabilities_are_hit(
    theme: Theme, shown: Show, reading: Reading, qtbot: QtBot
) -> None:
    view = ProbabilitiesView(theme)
    shown(view)
    panels = view.panels
    qtbot.waitUntil(lambda: panels.width() > SIZE.width() * theme.scale / 3)
    areas = panels.panels()
    edge = QPointF(3, 3)
    with qtbot.waitSignal(view.place_chosen) as chosen:
        QTest.mouseClick(panels, LEFT, pos=on_screen(areas[4].bottomRight() - edge, theme))
    assert chosen.args == [Place(4, 0, 1)]
    bars = bars_in(areas[PLACE.position], 27)
    point = QPointF(bars.middle(25), bars.area.bottom() - 2)
    with qtbot.waitSignal(view.node_chosen) as node:
        QTest.mouseClick(panels, LEFT, pos=on_screen(point, theme))
    assert node.args == [reading.anatomy.probabilities[PLACE.position, 25]]
    at = QPointF(view.position.place_of(1, 20)).toPoint()
    with qtbot.waitSignal(view.node_chosen) as node:
        QTest.mouseClick(view.position.canvas.viewport(), LEFT, pos=at)
    assert node.args == [reading.anatomy.logits[PLACE.position, 20]]


def test_panels_stand_in_whole_pixels_of_the_screen(theme: Theme, shown: Show) -> None:
    view = ProbabilitiesView(theme)
    shown(view)
    for panel in view.panels.panels():
        for side in (panel.left(), panel.top(), panel.right(), panel.bottom()):
            assert side * theme.scale == pytest.approx(round(side * theme.scale), abs=1e-6)


def test_letters_of_a_projection_are_hit(theme: Theme, shown: Show, qtbot: QtBot) -> None:
    view = EmbeddingsView(theme)
    shown(view)
    places = view.plot.places()
    for row in (0, 12):
        at = QPointF(*places[row].tolist()).toPoint()
        with qtbot.waitSignal(view.plot.row_chosen) as chosen:
            QTest.mouseClick(view.plot.canvas.viewport(), LEFT, pos=at)
        assert chosen.args == [row]
    gaps = np.hypot(*(places[:, None] - places[None]).T)
    assert gaps[~np.eye(len(places), dtype=bool)].min() > 20 * theme.scale


def test_stages_are_hit_and_their_cards_stand_below(
    theme: Theme, qtbot: QtBot, reading: Reading
) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    chain = ReadingChain(theme)
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(chain)
    column.addStretch(1)
    page.resize(SIZE * theme.scale)
    with qtbot.waitExposed(page):
        page.show()
    chain.show_reading(reading, PLACE)
    last = len(Stage) - 1
    inside = chain._chips()[last].bottomRight() - QPointF(6, 6)
    with qtbot.waitSignal(chain.stage_chosen) as chosen:
        QTest.mouseClick(chain, LEFT, pos=on_screen(inside, theme))
    assert chosen.args == [list(Stage)[last]]
    assert chain.card.y() == chain.height()
    assert page.rect().contains(chain.card.geometry())


def test_the_legend_shows_all_marks_where_it_does_at_scale_1(theme: Theme, qtbot: QtBot) -> None:
    looks = []
    for scaled in (DARK, theme):
        legend = CellLegend(scaled)
        qtbot.addWidget(legend)
        legend.resize(scaled.px(420), scaled.px(HEIGHT))
        image = legend.grab().toImage()
        middle = scaled.px(HEIGHT) // 2
        ink = [
            x / scaled.scale
            for x in range(image.width())
            if image.pixelColor(x, middle) != image.pixelColor(image.width() - 1, 0)
        ]
        looks.append((legend.height() / scaled.scale, max(ink)))
    assert looks[0] == pytest.approx(looks[1], abs=3)
