"""Grids of coloured cells: where they are, what is drawn, mouse and keyboard."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QScrollArea
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.grid import CellState, Grid
from explorer.debug.anatomy.parts import NONE
from explorer.theme.tokens import DARK
from explorer.views.cell_grid import At, CellGrid
from explorer.views.cell_raster import Raster, Room, least_size, side_by_side

LETTERS = ("BOS", "e", "m")


def triangle(title: str = "head 1", known: int = 3) -> Grid:
    """Return a causal matrix of which some rows are computed."""
    nodes = np.where(np.tri(3, dtype=bool), np.arange(9).reshape(3, 3), NONE).astype(np.int32)
    states = np.where(nodes >= 0, CellState.KNOWN, CellState.NOT_THERE).astype(np.uint8)
    states[known:][nodes[known:] >= 0] = CellState.NOT_COMPUTED
    values = np.where(states == CellState.KNOWN, nodes / 8, np.nan)
    return Grid(title, nodes, values, states, LETTERS, LETTERS, is_share=True)


@pytest.fixture
def canvas(qtbot: QtBot) -> CellGrid:
    canvas = CellGrid(DARK, "Matrices")
    qtbot.addWidget(canvas)
    canvas.resize(700, 300)
    canvas.show_grids([triangle("head 1"), triangle("head 2", known=2)])
    with qtbot.waitExposed(canvas):
        canvas.show()
    return canvas


def colour(canvas: CellGrid, at: At) -> str:
    """Return the colour near the corner of a cell, where no number stands."""
    area = canvas.area_of(at)
    image: QImage = canvas.grab().toImage()
    return str(QColor(image.pixel(int(area.left()) + 4, int(area.top()) + 4)).name())


def centre_colour(canvas: CellGrid, at: At) -> str:
    image: QImage = canvas.grab().toImage()
    return str(QColor(image.pixel(canvas.area_of(at).center().toPoint())).name())


# Places


def test_cells_of_a_raster_are_found_at_their_middles() -> None:
    raster = Raster(30, 40, 20, 10, rows=3, columns=4)
    for row in range(3):
        for column in range(4):
            assert raster.cell_at(raster.area_of(row, column).center()) == (row, column)
    assert raster.cell_at(QPointF(29, 45)) is None
    assert raster.cell_at(QPointF(35, 71)) is None
    assert raster.area.getRect() == (30, 40, 80, 30)
    assert raster.moved(5, -5).area.getRect() == (35, 35, 80, 30)


@pytest.mark.parametrize("shapes", [[(15, 15)] * 4, [(5, 5)] * 4, [(3, 16)], [(15, 15)] * 16])
@pytest.mark.parametrize("size", [QSize(1280, 300), QSize(1920, 520), QSize(3840, 1200)])
def test_grids_do_not_overlap_and_use_the_room(shapes: list[tuple[int, int]], size: QSize) -> None:
    room = Room()
    rasters = side_by_side(shapes, size, room)
    areas = [raster.whole for raster in rasters]
    assert [(r.rows, r.columns) for r in rasters] == shapes
    assert not any(a.intersects(b) for i, a in enumerate(areas) for b in areas[:i])
    (raster,) = {(r.width, r.height) for r in rasters}
    least = least_size(shapes, size.width(), room)
    if least.width() <= size.width() and least.height() <= size.height():
        assert raster >= room.least
        right = max(area.right() for area in areas)
        bottom = max(area.bottom() for area in areas)
        assert right <= size.width()
        assert bottom <= size.height()
    assert raster <= room.most


def test_grids_break_into_lines_where_that_makes_cells_larger() -> None:
    tall = side_by_side([(10, 10)] * 4, QSize(700, 1200), Room())
    assert len({raster.top for raster in tall}) > 1
    wide = side_by_side([(10, 10)] * 4, QSize(2400, 400), Room())
    assert len({raster.top for raster in wide}) == 1


def test_nothing_needs_no_room() -> None:
    assert side_by_side([], QSize(100, 100), Room()) == []
    assert least_size([], 100, Room()) == QSize(0, 0)


# Drawing


def test_known_unknown_and_missing_cells_look_different(canvas: CellGrid) -> None:
    looks = {colour(canvas, At(0, 2, 0)), colour(canvas, At(1, 2, 0)), colour(canvas, At(0, 2, 2))}
    assert len(looks) == 3
    assert colour(canvas, At(1, 2, 0)) == DARK.panel  # a small mark in an empty cell
    assert centre_colour(canvas, At(1, 2, 0)) == DARK.unborn
    assert colour(canvas, At(0, 0, 0)) == DARK.zero


def test_partial_gradients_are_subdued(canvas: CellGrid) -> None:
    whole = replace(triangle(), is_share=False)
    states = np.where(whole.states == CellState.KNOWN, CellState.PARTIAL, whole.states)
    canvas.show_grids([whole, replace(whole, states=states.astype(np.uint8))])
    assert colour(canvas, At(0, 2, 2)) != colour(canvas, At(1, 2, 2))


def test_faint_cells_stand_back(canvas: CellGrid) -> None:
    faint = np.zeros((3, 3), bool)
    faint[2] = True
    canvas.show_grids([triangle(), replace(triangle(), faint=faint)])
    assert colour(canvas, At(0, 1, 1)) == colour(canvas, At(1, 1, 1))
    assert colour(canvas, At(0, 2, 1)) != colour(canvas, At(1, 2, 1))


def test_numbers_are_written_where_cells_are_large(qtbot: QtBot) -> None:
    colours = []
    for side in (12, 60):
        canvas = CellGrid(DARK, "Matrices", Room(least=(side, side), most=(side, side)))
        qtbot.addWidget(canvas)
        canvas.resize(400, 300)
        canvas.show_grids([triangle()])
        area = canvas.area_of(At(0, 2, 1)).adjusted(2, 2, -3, -3).toRect()
        image = canvas.grab(area).toImage()
        within = [(x, y) for x in range(image.width()) for y in range(image.height())]
        colours.append(len({image.pixel(x, y) for x, y in within}))
    assert colours[0] == 1
    assert colours[1] > 2


def test_the_same_picture_is_not_drawn_again(canvas: CellGrid, qtbot: QtBot) -> None:
    painted = []
    canvas.paint_grids = lambda _: painted.append(1)
    QApplication.processEvents()
    painted.clear()
    canvas.show_grids([triangle("head 1"), triangle("head 2", known=2)])
    QApplication.processEvents()
    assert painted == []
    canvas.show_grids([triangle("head 1"), triangle("head 2")])
    qtbot.waitUntil(lambda: len(painted) == 1)


# Mouse


def click(canvas: CellGrid, at: At) -> None:
    place = canvas.area_of(at).center().toPoint()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)


def test_a_click_chooses_and_a_double_click_activates(canvas: CellGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.chosen) as chosen:
        click(canvas, At(1, 1, 0))
    assert chosen.args == [At(1, 1, 0)]
    assert canvas.node_at(At(1, 1, 0)) == 3
    assert colour(canvas, At(1, 1, 0)) != DARK.panel
    with qtbot.waitSignal(canvas.activated) as activated:
        place = canvas.area_of(At(1, 1, 0)).center().toPoint()
        QTest.mouseDClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    assert activated.args == [At(1, 1, 0)]


def test_another_click_on_the_chosen_cell_activates_it(canvas: CellGrid, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(canvas.activated):
        click(canvas, At(1, 1, 0))
    assert canvas.hint(At(1, 1, 0)).startswith("click: ")
    assert canvas.hint(At(1, 2, 0)).startswith("double click: ")
    with qtbot.waitSignal(canvas.activated) as activated:
        click(canvas, At(1, 1, 0))
    assert activated.args == [At(1, 1, 0)]


def test_what_is_not_there_is_not_chosen(canvas: CellGrid, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(canvas.chosen):
        click(canvas, At(0, 0, 2))
    canvas.show_chosen(At(0, 0, 2))
    assert canvas.at is None
    canvas.show_chosen(At(7, 0, 0))
    assert canvas.at is None


def test_the_mouse_points_at_cells(canvas: CellGrid, qtbot: QtBot) -> None:
    with qtbot.waitSignal(canvas.hovered) as hovered:
        QTest.mouseMove(canvas, canvas.area_of(At(0, 2, 1)).center().toPoint())
    assert hovered.args == [At(0, 2, 1)]
    assert canvas._card.isVisible()
    assert "0.875" in canvas._card.text()
    with qtbot.waitSignal(canvas.hovered) as hovered:
        QTest.mouseMove(canvas, canvas.area_of(At(0, 0, 2)).center().toPoint())
    assert hovered.args == [None]
    assert not canvas._card.isVisible()


def test_the_card_follows_time(canvas: CellGrid) -> None:
    QTest.mouseMove(canvas, canvas.area_of(At(1, 2, 1)).center().toPoint())
    assert "not computed yet" in canvas._card.text()
    canvas.show_grids([triangle("head 1"), triangle("head 2")])
    assert "0.875" in canvas._card.text()


# Keyboard


def test_arrows_walk_over_cells_and_grids(canvas: CellGrid, qtbot: QtBot) -> None:
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[At] = []
    canvas.chosen.connect(visited.append)
    for key in ("Right", "Down", "Right", "Right", "Up", "Left", "Up"):
        QTest.keyClick(canvas, getattr(Qt.Key, f"Key_{key}"))
    assert visited == [
        At(0, 0, 0), At(0, 1, 0), At(0, 1, 1), At(1, 1, 0), At(1, 0, 0), At(0, 0, 0),
    ]  # fmt: skip
    with qtbot.waitSignal(canvas.activated) as activated:
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert activated.args == [At(0, 0, 0)]


def test_those_who_listen_hear_the_chosen_cell(canvas: CellGrid) -> None:
    assert canvas.accessibleName() == "Matrices"
    canvas.show_chosen(At(0, 2, 1))
    assert canvas.accessibleDescription() == "head 1, m, e: 0.875"
    canvas.show_chosen(At(1, 2, 1))
    assert canvas.accessibleDescription() == "head 2, m, e: not computed yet"


def test_the_keyboard_is_seen(canvas: CellGrid) -> None:
    canvas.clearFocus()
    without = canvas.grab().toImage()
    canvas.setFocus(Qt.FocusReason.TabFocusReason)
    assert canvas.grab().toImage() != without


def test_walking_scrolls(qtbot: QtBot) -> None:
    area = QScrollArea()
    qtbot.addWidget(area)
    canvas = CellGrid(DARK, "Matrices", Room(least=(60, 60)))
    area.setWidget(canvas)
    area.setWidgetResizable(True)
    area.resize(200, 150)
    canvas.show_grids([triangle()])
    area.show()
    canvas.show_chosen(At(0, 0, 0))
    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Down)
    middle = canvas.mapTo(area.viewport(), canvas.area_of(At(0, 2, 0)).center().toPoint())
    assert area.viewport().rect().contains(middle)


def test_without_grids_there_is_nothing_to_do(canvas: CellGrid, qtbot: QtBot) -> None:
    canvas.show_grids([])
    with qtbot.assertNotEmitted(canvas.chosen):
        QTest.keyClick(canvas, Qt.Key.Key_Right)
    assert canvas.cell_at(QPointF(50, 50)) is None
    canvas.grab()
