"""Embeddings on screen: matrices, and letters in a plane."""

from __future__ import annotations

from functools import cache, partial
from pathlib import Path

import numpy as np
import pytest
from painted import left_out
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAccessible, QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.style import style_sheet
from explorer.theme.tokens import DARK
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.cell_grid import At
from explorer.views.embeddings_view import NOT_FINITE, EmbeddingsView
from explorer.views.letter_discs import APART, DISC
from microgpt import Config

SIZES = [(1280, 470), (1920, 830), (3840, 1900)]
WTE, WPE, LM_HEAD = range(3)
M = 12  # the token


@pytest.fixture
def view(qtbot: QtBot) -> EmbeddingsView:
    view = EmbeddingsView(DARK)
    view.setStyleSheet(style_sheet(DARK))
    qtbot.addWidget(view)
    view.resize(1600, 900)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def shown(view: EmbeddingsView, emma_timeline: Timeline, anatomy: Anatomy) -> EmbeddingsView:
    view.show_reading(Reading(emma_timeline, emma_timeline.backward_end, anatomy), Place())
    return view


@cache
def read(config: Config) -> tuple[Timeline, Anatomy]:
    """Return a pass, recorded once for all sizes."""
    trace = record_pass(untrained(config), "a")
    return Timeline(trace), Anatomy(trace)


def place_of(view: EmbeddingsView, row: int) -> QPoint:
    x, y = view.plot.places()[row]
    return QPoint(round(x), round(y))


def test_matrices_have_names_and_numbers(shown: EmbeddingsView, emma: Trace) -> None:
    assert [grid.title for grid in shown.grid.grids] == ["wte", "wpe", "lm_head"]
    for grid in shown.grid.grids:
        np.testing.assert_array_equal(grid.values, emma.data[grid.nodes])
    at = At(LM_HEAD, M, 3)
    assert emma.parameter_name(shown.grid.node_at(at)) == f"lm_head[{M}][3]"
    assert shown.grid.spoken(at).startswith("lm_head, token m, number 3, data ")
    assert shown.grid.spoken(at).endswith(", to be predicted in this name")
    assert shown.grid.spoken(At(WPE, 9, 0)).startswith("wpe, position 9, number 0, data ")


def test_rows_of_the_name_stand_out(shown: EmbeddingsView) -> None:
    image = shown.grid.grab().toImage()

    def mark(row: int) -> str:
        area = shown.grid.area_of(At(WTE, row, 0))
        return str(QColor(image.pixel(int(area.left()) - 4, int(area.center().y()))).name())

    assert mark(M) == DARK.current
    assert mark(M + 1) != DARK.current


def test_parameters_have_their_new_numbers_after_the_update(
    shown: EmbeddingsView, emma_timeline: Timeline, anatomy: Anatomy
) -> None:
    before = shown.grid.grids[WTE].values, shown.plot.places()
    shown.show_reading(Reading(emma_timeline, emma_timeline.end, anatomy), Place())
    update = emma_timeline.trace.update
    assert update is not None
    grid = shown.grid.grids[WTE]
    np.testing.assert_array_equal(grid.values, update.data[grid.nodes])
    assert not np.array_equal(grid.values, before[0])
    assert not np.array_equal(shown.plot.places(), before[1])


def test_gradients_of_rows_that_are_not_used_are_none(shown: EmbeddingsView) -> None:
    shown.quantity.choose(Quantity.GRADIENT)
    values = shown.grid.grids[WTE].values
    assert np.abs(values[M]).max() > 0
    assert not np.nan_to_num(values[M + 1]).any()


@pytest.mark.parametrize("quantity", Quantity)
def test_all_that_changed_is_drawn_again(
    view: EmbeddingsView, emma_timeline: Timeline, anatomy: Anatomy, quantity: Quantity
) -> None:
    view.quantity.choose(quantity)
    moments = np.linspace(emma_timeline.forward_end, emma_timeline.end, 12).astype(int).tolist()
    for canvas in (view.grid, view.plot.canvas.viewport()):
        for cursor in [*moments, 0]:
            reading = Reading(emma_timeline, cursor, anatomy)
            assert left_out(canvas, partial(view.show_reading, reading, Place())) == 0


def test_the_plane_is_that_of_the_chosen_matrix(shown: EmbeddingsView) -> None:
    seen = []
    for i, name in enumerate(("wte", "wpe", "lm_head")):
        shown.matrices.setCurrentIndex(i)
        assert shown._plot_figure.title == f"PCA of {name}"
        assert len(shown.plot.places()) == shown.grid.grids[i].shape[0]
        seen.append(shown.plot._plot.getAxis("bottom").labelText)
    assert all("principal axis" in text and "of the variance" in text for text in seen)
    assert len(set(seen)) == 3


def test_letters_keep_off_each_other(shown: EmbeddingsView) -> None:
    places = shown.plot.places()
    way = places[:, np.newaxis] - places
    far = np.hypot(way[..., 0], way[..., 1])
    np.fill_diagonal(far, np.inf)
    assert far.min() > DISC
    assert APART > 0


def test_letters_are_pointed_at_and_chosen(qtbot: QtBot, shown: EmbeddingsView) -> None:
    viewport = shown.plot.canvas.viewport()
    QTest.mouseMove(viewport, QPoint(2, 2))
    QTest.mouseMove(viewport, place_of(shown, M))
    assert shown.plot._card.isVisible()
    assert "<b>token m</b><br>1st axis " in shown.plot._card.text()
    with qtbot.waitSignal(shown.plot.row_chosen) as row:
        QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place_of(shown, M))
    assert row.args == [M]
    assert shown.grid.at == At(WTE, M, 0)
    assert shown.plot.row_at(place_of(shown, M).toPointF()) == M
    assert shown.plot.row_at(QPoint(-90, -90).toPointF()) is None


def test_a_double_click_leads_to_the_row(qtbot: QtBot, shown: EmbeddingsView) -> None:
    viewport = shown.plot.canvas.viewport()
    with qtbot.waitSignal(shown.node_chosen) as node:
        QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place_of(shown, M))
    assert node.args == [shown.grid.node_at(At(WTE, M, 0))]


def test_a_chosen_cell_is_found_in_the_plane(shown: EmbeddingsView) -> None:
    def choose(at: At) -> None:
        point = shown.grid.area_of(at).center().toPoint()
        QTest.mouseClick(shown.grid, Qt.MouseButton.LeftButton, pos=point)

    choose(At(LM_HEAD, M, 4))  # the same letter in the other matrix
    assert (shown.matrices.currentIndex(), shown.plot._letters._chosen) == (WTE, M)
    choose(At(WPE, 3, 0))
    assert (shown.matrices.currentIndex(), shown.plot._letters._chosen) == (WPE, 3)


def test_enter_leads_to_the_node(qtbot: QtBot, shown: EmbeddingsView) -> None:
    shown.grid.setFocus()
    QTest.keyClick(shown.grid, Qt.Key.Key_Down)
    QTest.keyClick(shown.grid, Qt.Key.Key_Down)
    with qtbot.waitSignal(shown.node_chosen) as node:
        QTest.keyClick(shown.grid, Qt.Key.Key_Return)
    assert node.args == [shown.grid.node_at(At(WTE, 1, 0))]


def test_numbers_that_are_none_have_no_plane(view: EmbeddingsView) -> None:
    subject = untrained(Config())
    subject.model.state_dict["wte"][0][0].data = float("nan")
    timeline = Timeline(record_pass(subject, "emma"))
    view.show_reading(Reading(timeline, timeline.end, Anatomy(timeline.trace)), Place())
    assert view._plot_figure.remark == NOT_FINITE
    assert len(view.plot.places()) == 0
    assert view._plot_table() is None
    assert not view.grab().isNull()


@pytest.mark.parametrize("config", [Config(n_embd=1, n_head=1), Config(n_embd=32)])
@pytest.mark.parametrize("size", SIZES)
def test_models_of_all_widths_are_drawn(
    view: EmbeddingsView, config: Config, size: tuple[int, int]
) -> None:
    timeline, anatomy = read(config)
    view.resize(*size)
    view.show_reading(Reading(timeline, timeline.end, anatomy), Place())
    assert not view.grab().isNull()
    for raster in view.grid.rasters:
        assert view.grid.rect().contains(raster.whole.toRect())


def test_without_a_pass_there_is_a_sentence(shown: EmbeddingsView) -> None:
    shown.show_reading(None, Place())
    assert not shown.grid.isVisible()
    assert shown._pages.currentWidget().text().startswith("There is no pass")


def test_numbers_and_pictures_are_taken_along(
    qtbot: QtBot, shown: EmbeddingsView, tmp_path: Path
) -> None:
    shown._grid_figure.copy()
    assert QGuiApplication.clipboard().text().startswith("matrix,row,0,1,2,")
    shown._plot_figure.copy()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "row,first axis,second axis"
    assert len(lines) == 28
    for file in ("plane.svg", "plane.png"):
        with qtbot.waitSignal(shown.told):
            shown._plot_figure.save(tmp_path / file)
        assert (tmp_path / file).stat().st_size > 1000


def test_whatever_takes_the_keyboard_has_a_name_and_shows_it(
    shown: EmbeddingsView, qtbot: QtBot
) -> None:
    qtbot.waitUntil(lambda: shown.matrices.height() > 0)  # it had no tabs
    stops = [
        widget
        for widget in shown.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.focusProxy() is None
    ]
    assert {shown.grid, shown.matrices} <= set(stops)
    for stop in stops:
        assert QAccessible.queryAccessibleInterface(stop).text(QAccessible.Text.Name)
        elsewhere = next(other for other in stops if other is not stop)
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = stop.grab().toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        assert stop.grab().toImage() != without
