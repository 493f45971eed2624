"""The residual stream on screen: what is drawn, pointed at and chosen."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from painted import left_out
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.anatomy.stream_grids import Part
from explorer.debug.anatomy.unit_grids import Row
from explorer.debug.desk import Workspace
from explorer.theme.style import style_sheet
from explorer.theme.tokens import DARK
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.cell_grid import At, CellGrid
from explorer.views.main_window import MainWindow
from explorer.views.stream_places import CELL, ROW, Shape, place
from explorer.views.stream_view import StreamView
from microgpt import Config

SIZES = [(1280, 470), (1920, 830), (3840, 1900)]


@pytest.fixture
def view(qtbot: QtBot) -> StreamView:
    view = StreamView(DARK)
    view.setStyleSheet(style_sheet(DARK))
    qtbot.addWidget(view)
    view.resize(1600, 900)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def shown(view: StreamView, emma_timeline: Timeline, anatomy: Anatomy) -> StreamView:
    """The view with the pass of emma at the end of backward."""
    reading = Reading(emma_timeline, emma_timeline.backward_end, anatomy)
    view.show_reading(reading, Place(2))
    return view


@cache
def read(config: Config, name: str) -> tuple[Timeline, Anatomy]:
    """Return a pass, recorded once for all sizes."""
    trace = record_pass(untrained(config), name)
    return Timeline(trace), Anatomy(trace)


def click(canvas: CellGrid, at: At, double: bool = False) -> None:
    point = canvas.area_of(at).center().toPoint()
    QTest.mouseMove(canvas, point)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    if double:
        QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=point)


def colour(canvas: CellGrid, at: At) -> str:
    area = canvas.area_of(at)
    image: QImage = canvas.grab().toImage()
    return str(QColor(image.pixel(int(area.left()) + 3, int(area.top()) + 3)).name())


# Places


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("stages", [10, 28])
@pytest.mark.parametrize("width", [1, 16, 64])
@pytest.mark.parametrize("positions", [2, 16])
def test_columns_stand_beside_each_other(
    size: tuple[int, int], stages: int, width: int, positions: int
) -> None:
    shape = Shape(stages, width, 27, positions, 170, has_layers=stages > 10)
    places = place(shape, *size)
    beside = [places.stages, places.norm, places.share, places.logit_part, places.overview]
    edges = [places.lines.left(), places.lines.right(), places.titles.left()]
    edges.append(places.titles.right())
    for raster in beside:
        edges += [raster.area.left(), raster.area.right()]
        assert (raster.top, raster.height) == (places.stages.top, places.stages.height)
    assert edges == sorted(edges)
    assert edges[-1] <= max(size[0], shape.least_width)
    assert places.logits.area.right() <= places.stages.area.right()
    assert places.logits.top >= places.stages.area.bottom()
    assert places.logits.area.bottom() <= max(size[1], shape.least_height)
    assert ROW[0] <= places.stages.height <= ROW[1]


def test_cells_have_room_for_numbers_in_a_large_window() -> None:
    places = place(Shape(10, 16, 27, 16, 170, False), 1920, 500)
    assert places.stages.width >= CELL - 10


# What is shown


def test_cells_are_those_of_the_place(shown: StreamView, anatomy: Anatomy) -> None:
    assert shown.positions.tabText(2) == "2 m"
    assert shown.positions.currentIndex() == 2
    for row, stage in enumerate(anatomy.stages):
        at = At(Part.STAGES, row, 5)
        assert shown.stream.node_at(at) == stage.nodes[2, 5]
    mlp = anatomy.mlps[0]
    assert shown.units.node_at(At(Row.BEFORE, 0, 7)) == mlp.hidden[2, 7]
    assert shown.units.node_at(At(Row.ALL, 4, 7)) == mlp.rectified[4, 7]
    assert shown.layers.isHidden()


def test_time_decides_what_is_drawn(
    view: StreamView, emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    last = At(Part.STAGES, len(anatomy.stages) - 1, 0)
    node = int(anatomy.stages[-1].nodes[2, 0])
    moment = emma_timeline.computed_after(node)
    view.show_reading(Reading(emma_timeline, moment - 1, anatomy), Place(2))
    before = colour(view.stream, last)
    view.show_reading(Reading(emma_timeline, moment, anatomy), Place(2))
    assert colour(view.stream, last) != before
    view.show_reading(Reading(emma_timeline, moment - 1, anatomy), Place(2))
    assert colour(view.stream, last) == before


def test_without_numbers_nothing_is_told(
    view: StreamView, emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    view.show_reading(Reading(emma_timeline, 0, anatomy), Place(2))
    last = len(anatomy.stages) - 1
    assert view.stream.spoken(At(Part.STAGES, last, 0)) == (
        "after MLP, number 0, position 2, m, data not computed yet, gradient not reached yet"
    )
    assert "norm not known yet" in view.stream.spoken(At(Part.NORM, last, 0))


def test_units_are_counted(shown: StreamView, emma: Trace, anatomy: Anatomy) -> None:
    hidden = emma.data[anatomy.mlps[0].hidden]
    on, dead = int((hidden[2] > 0).sum()), int((hidden <= 0).all(axis=0).sum())
    remark = shown._units_figure.remark
    assert remark.startswith(f"{on} of 64 on here, {dead} dead in this name")


def test_gradients_are_another_picture(shown: StreamView, emma: Trace, anatomy: Anatomy) -> None:
    data = shown.stream.grids[Part.STAGES].values
    shown.quantity.choose(Quantity.GRADIENT)
    gradients = shown.stream.grids[Part.STAGES].values
    np.testing.assert_array_equal(gradients[-1], emma.grad[anatomy.stages[-1].nodes[2]])
    assert not np.array_equal(gradients, data)
    np.testing.assert_array_equal(
        shown.units.grids[Row.ALL].values, emma.grad[anatomy.mlps[0].hidden]
    )


def test_without_a_pass_there_is_a_sentence(shown: StreamView) -> None:
    shown.show_reading(None, Place())
    assert not shown.stream.isVisible()
    assert shown._pages.currentWidget().text().startswith("There is no pass")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("config", "name"),
    [
        (Config(n_layer=3, n_embd=8, n_head=2), "emma"),
        (Config(), "a"),
        (Config(n_embd=8, n_head=2), "maximilliannnna"),
        (Config(n_embd=1, n_head=1), "emma"),
        (Config(n_embd=32, n_head=1), "a"),
    ],
    ids=["layers", "letter", "long", "narrow", "wide"],
)
def test_passes_of_all_shapes_are_drawn(
    view: StreamView, size: tuple[int, int], config: Config, name: str
) -> None:
    timeline, anatomy = read(config, name)
    view.resize(*size)
    for cursor in (0, timeline.forward_end // 2, timeline.end):
        view.show_reading(Reading(timeline, cursor, anatomy), Place(1, config.n_layer - 1))
        assert not view.grab().isNull()
    assert view.layers.isHidden() == (config.n_layer == 1)
    for canvas in (view.stream, view.units):
        for raster in canvas.rasters:
            assert canvas.rect().contains(raster.area.toRect())


def test_a_failed_pass_is_drawn(view: StreamView) -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    timeline = Timeline(record_pass(subject, "emma"))
    reading = Reading(timeline, timeline.end, Anatomy(timeline.trace))
    for quantity in Quantity:
        view.show_reading(reading, Place())
        view.quantity.choose(quantity)
        assert not view.grab().isNull()


@pytest.mark.parametrize("quantity", Quantity)
def test_all_that_changed_is_drawn_again(
    view: StreamView, emma_timeline: Timeline, anatomy: Anatomy, quantity: Quantity
) -> None:
    view.quantity.choose(quantity)
    moments = np.linspace(0, emma_timeline.end, 14).astype(int).tolist()
    for node in (anatomy.logits[2, 11], anatomy.stages[5].nodes[2, -1]):
        computed = emma_timeline.computed_after(int(node))
        moments += [computed - 1, computed]
    for canvas in (view.stream, view.units):
        for place_of in (Place(2), Place(3)):
            for cursor in moments:
                reading = Reading(emma_timeline, cursor, anatomy)
                assert left_out(canvas, partial(view.show_reading, reading, place_of)) == 0


# What is chosen


def test_a_double_click_leads_to_the_node(
    qtbot: QtBot, shown: StreamView, anatomy: Anatomy
) -> None:
    with qtbot.waitSignal(shown.node_chosen) as node:
        click(shown.stream, At(Part.STAGES, 6, 3), double=True)
    assert node.args == [anatomy.stages[6].nodes[2, 3]]
    assert shown.stream.at == At(Part.STAGES, 6, 3)
    with qtbot.waitSignal(shown.node_chosen) as node:
        click(shown.units, At(Row.ALL, 4, 20))  # there is nothing else to choose it for
    assert node.args == [anatomy.mlps[0].rectified[4, 20]]


def test_enter_does_the_same(qtbot: QtBot, shown: StreamView, anatomy: Anatomy) -> None:
    click(shown.stream, At(Part.STAGES, 6, 3))
    QTest.keyClick(shown.stream, Qt.Key.Key_Down)
    with qtbot.waitSignal(shown.node_chosen) as node:
        QTest.keyClick(shown.stream, Qt.Key.Key_Return)
    assert node.args == [anatomy.stages[7].nodes[2, 3]]


def test_what_follows_from_a_vector_leads_to_where_it_is_computed(
    qtbot: QtBot, shown: StreamView, anatomy: Anatomy
) -> None:
    click(shown.stream, At(Part.NORM, 6, 0))
    with qtbot.waitSignal(shown.scope_chosen) as scope:
        QTest.keyClick(shown.stream, Qt.Key.Key_Return)
    assert scope.args == [anatomy.stages[6].scopes[2]]


def test_positions_are_chosen_by_tabs_keys_and_the_overview(
    qtbot: QtBot, shown: StreamView
) -> None:
    with qtbot.waitSignal(shown.place_chosen) as chosen:
        QTest.keyClick(shown.positions, Qt.Key.Key_Right)
    assert chosen.args == [Place(3)]
    with qtbot.waitSignal(shown.place_chosen) as chosen:
        click(shown.stream, At(Part.OVERVIEW, 2, 4))
    assert chosen.args == [Place(4)]


def test_showing_a_place_does_not_choose_it(
    qtbot: QtBot, shown: StreamView, emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    with qtbot.assertNotEmitted(shown.place_chosen):
        shown.show_reading(Reading(emma_timeline, 0, anatomy), Place(4))
    assert shown.positions.currentIndex() == 4


def test_a_layer_is_chosen(qtbot: QtBot, view: StreamView) -> None:
    timeline = Timeline(record_pass(untrained(Config(n_layer=2, n_embd=4, n_head=1)), "a"))
    reading = Reading(timeline, timeline.end, Anatomy(timeline.trace))
    view.show_reading(reading, Place())
    with qtbot.waitSignal(view.place_chosen) as chosen:
        view.layers.setCurrentIndex(1)
    assert chosen.args == [Place(0, 1)]
    view.show_reading(reading, Place(0, 1))
    assert view.units.node_at(At(Row.BEFORE, 0, 0)) == reading.anatomy.mlps[1].hidden[0, 0]


def test_cards_say_how_numbers_follow(shown: StreamView) -> None:
    titles = shown.stream.grids[Part.STAGES].rows
    added = titles.index("attention adds")
    share = shown.stream.spoken(At(Part.SHARE, added, 0))
    assert "norm of what is added ÷ norm of the stream before it (normalised)" in share
    assert "share 0." in share
    assert "cosine of the two " in share
    part = shown.stream.card_text(At(Part.LOGIT_PART, added, 0))
    assert "product with row m of lm_head" in part
    unit = shown.units.spoken(At(Row.ALL, 3, 9))
    assert unit.startswith("unit 9, position 3, m, ")
    assert "before ReLU: " in unit


def test_the_card_shows_at_the_mouse(shown: StreamView) -> None:
    area = shown.stream.area_of(At(Part.STAGES, 3, 2))
    QTest.mouseMove(shown.stream, QPoint(1, 1))
    QTest.mouseMove(shown.stream, area.center().toPoint())
    assert shown.stream._card.isVisible()
    assert "normalised, number 2" in shown.stream._card.text()


def test_numbers_and_pictures_are_taken_along(
    qtbot: QtBot, shown: StreamView, tmp_path: Path
) -> None:
    shown._stream_figure.copy()
    assert QGuiApplication.clipboard().text().startswith("stage,layer,0,1,2,")
    shown._units_figure.copy()
    assert QGuiApplication.clipboard().text().startswith("unit,before ReLU,after ReLU,state")
    with qtbot.waitSignal(shown.told):
        shown._stream_figure.save(tmp_path / "stream.svg")
    assert ">after attention<" in (tmp_path / "stream.svg").read_text()


# Keyboard


def test_whatever_takes_the_keyboard_has_a_name_and_shows_it(shown: StreamView) -> None:
    stops = [
        widget
        for widget in shown.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.focusProxy() is None
    ]
    assert {shown.positions, shown.stream, shown.units} <= set(stops)
    for stop in stops:
        assert QAccessible.queryAccessibleInterface(stop).text(QAccessible.Text.Name)
        elsewhere = next(other for other in stops if other is not stop)
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = stop.grab().toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        assert stop.grab().toImage() != without


def test_arrows_go_from_stage_to_stage_and_to_what_stands_beside(shown: StreamView) -> None:
    click(shown.stream, At(Part.STAGES, 5, 15))
    QTest.keyClick(shown.stream, Qt.Key.Key_Right)
    assert shown.stream.at == At(Part.NORM, 5, 0)
    QTest.keyClick(shown.stream, Qt.Key.Key_Right)
    assert shown.stream.at == At(Part.SHARE, 5, 0)
    assert "added" in shown.stream.accessibleDescription()


@pytest.mark.parametrize("size", SIZES)
def test_what_the_keyboard_chooses_comes_into_view(
    shown: StreamView, size: tuple[int, int]
) -> None:
    shown.resize(*size)
    click(shown.units, At(Row.BEFORE, 0, 7))
    for _ in range(6):
        QTest.keyClick(shown.units, Qt.Key.Key_Down)
    assert shown.units.at == At(Row.ALL, 4, 7)
    cell = shown.units.area_of(At(Row.ALL, 4, 7)).toRect()
    assert shown.units.visibleRegion().contains(cell.center())


# In the window


def test_a_cell_of_the_page_leads_to_the_map(window: MainWindow, anatomy: Anatomy) -> None:
    window.show_workspace(Workspace.NAME)
    page = window.name_page
    page.tabs.setCurrentIndex(list(page._views.values()).index(page.stream))
    window.session.seek(window.session.timeline.end)
    page.stream.positions.setCurrentIndex(3)
    assert page.place.position == 3
    click(page.stream.stream, At(Part.STAGES, 4, 2), double=True)
    assert window.workspace is Workspace.EXPLORE
    assert window.session.selection == anatomy.stages[4].nodes[3, 2]


def test_time_moves_the_page(window: MainWindow) -> None:
    window.show_workspace(Workspace.NAME)
    page = window.name_page
    page.tabs.setCurrentIndex(list(page._views.values()).index(page.stream))
    window.session.seek(0)
    assert np.isnan(page.stream.stream.grids[Part.LOGITS].values).all()
    window.session.seek(window.session.timeline.forward_end)
    assert np.isfinite(page.stream.stream.grids[Part.LOGITS].values).all()
