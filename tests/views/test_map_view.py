"""The map shows the right colours in the right places, and is moved and clicked."""

from __future__ import annotations

import random

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.session import Colour
from explorer.layout.camera import Camera
from explorer.theme import palette
from explorer.theme.tokens import DARK
from explorer.trace.timeline import GradState
from explorer.views.main_window import MainWindow
from explorer.views.map_colours import MapColours
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass


@pytest.fixture
def view(window: MainWindow) -> MapView:
    return window.map_view


def look_at(view: MapView, node: int, scale: float, loaded: LoadedPass) -> None:
    x, y = loaded.layout.x[node] + 0.5, loaded.layout.y[node] + 0.5
    view._move_camera(Camera(scale, 0, 0).centred(x, y, view.width(), view.height()))


def wheel(view: MapView, at: QPointF, angle: int) -> None:
    event = QWheelEvent(
        at,
        view.mapToGlobal(at),
        QPoint(),
        QPoint(0, angle),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def picture(view: MapView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


@pytest.mark.parametrize("scale", [4.0, 9.0, 40.0])
@pytest.mark.parametrize("colour", list(Colour))
def test_each_cell_has_the_colour_of_its_number(
    window: MainWindow, view: MapView, loaded_emma: LoadedPass, scale: float, colour: Colour
) -> None:
    timeline = loaded_emma.timeline
    window.session.seek(timeline.backward_start + 30_000)
    window.session.set_colour(colour)
    window.session.select(None)
    indices = MapColours(timeline).at(window.session.cursor, colour)
    table = palette.colour_table(DARK)
    current = window.session.moment.node
    for node in random.Random(7).sample(range(timeline.trace.nodes), 12):
        look_at(view, node, scale, loaded_emma)
        corner = view.point_of(node) - QPointF(scale / 2, scale / 2)  # away from the text
        inside = QPointF(corner.x() + scale * 0.3, corner.y() + scale * 0.75)
        if node != current:
            shown = picture(view).pixel(inside.toPoint())
            assert shown == table[indices[node]], (node, scale)


def test_the_states_of_a_gradient_look_different(loaded_emma: LoadedPass) -> None:
    timeline = loaded_emma.timeline
    cursor = timeline.backward_start + 30_000
    indices = MapColours(timeline).at(cursor, Colour.GRADIENT)
    states = timeline.grad_states_at(cursor)
    seen = [set(indices[states == state].tolist()) for state in GradState]
    assert all(seen)
    for i, one in enumerate(seen):
        assert all(one.isdisjoint(other) for other in seen[i + 1 :])


def test_what_is_not_computed_yet_has_a_colour_of_its_own(loaded_emma: LoadedPass) -> None:
    colours, timeline = MapColours(loaded_emma.timeline), loaded_emma.timeline
    for colour in Colour:
        indices = colours.at(10_000, colour)
        unborn = indices == palette.UNBORN
        assert (unborn == ~timeline.is_computed(10_000)).all()


def test_a_click_selects_the_node_under_the_mouse(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    for node in (7, 5000, 20_000, 43_000):
        look_at(view, node, 12.0, loaded_emma)
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=view.point_of(node).toPoint())
        assert window.session.selection == node


def test_a_click_beside_all_cells_keeps_the_selection(
    qtbot: QtBot, window: MainWindow, view: MapView
) -> None:
    before = window.session.selection
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(3, view.height() - 3))
    assert window.session.selection == before


def test_the_wheel_zooms_and_keeps_the_point_under_the_mouse(view: MapView) -> None:
    at = QPointF(300, 200)
    before = view.camera.to_map(at.x(), at.y())
    scale = view.camera.scale
    wheel(view, at, 240)
    assert view.camera.scale > scale
    assert view.camera.to_map(at.x(), at.y()) == pytest.approx(before)


def test_zooming_has_two_ends(view: MapView) -> None:
    for angle in (-100_000, 100_000):
        wheel(view, QPointF(300, 200), angle)
        assert 0.1 < view.camera.scale < 1000
        picture(view)


def test_a_drag_moves_the_map_and_selects_nothing(
    qtbot: QtBot, window: MainWindow, view: MapView
) -> None:
    before, selection = view.camera, window.session.selection
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 200))
    qtbot.mouseMove(view, QPoint(230, 210))
    qtbot.mouseMove(view, QPoint(260, 220))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(260, 220))
    assert view.camera.left < before.left
    assert view.camera.top < before.top
    assert view.camera.scale == before.scale
    assert window.session.selection == selection


def test_arrow_keys_and_plus_move_the_map(qtbot: QtBot, view: MapView) -> None:
    before = view.camera
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert view.camera.left > before.left
    qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.camera.scale > before.scale


def test_the_whole_map_stays_in_view_when_the_window_is_resized(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    for size in ((1180, 700), (1900, 1000)):
        window.resize(*size)
        qtbot.waitUntil(lambda size=size: window.width() == size[0])
        right, bottom = view.camera.to_screen(loaded_emma.layout.width, loaded_emma.layout.height)
        assert right <= view.width()
        assert bottom <= view.height()


def test_stepping_brings_a_lost_node_back_into_view(
    window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    look_at(view, 5000, 40.0, loaded_emma)
    window.session.select(43_000)
    assert view.rect().contains(view.point_of(43_000).toPoint())


def test_a_name_of_the_same_length_keeps_the_camera(
    window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    look_at(view, 5000, 40.0, loaded_emma)
    before = view.camera
    window.show_pass(loaded_emma)
    assert view.camera == before


def test_hovering_tells_what_is_under_the_mouse(
    qtbot: QtBot, view: MapView, loaded_emma: LoadedPass
) -> None:
    look_at(view, 7, 30.0, loaded_emma)
    with qtbot.waitSignal(view.hovered) as blocker:
        qtbot.mouseMove(view, view.point_of(7).toPoint())
    assert "wte[0][7]" in blocker.args[0]


def test_every_node_can_be_picked_where_it_is_drawn(view: MapView, loaded_emma: LoadedPass) -> None:
    for node in np.random.default_rng(1).integers(0, loaded_emma.timeline.trace.nodes, 200):
        assert view.node_at(view.point_of(int(node))) == node
