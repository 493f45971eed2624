"""The map shows the right colours in the right places, and is moved and clicked."""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QTextDocument, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.cones import ancestors
from explorer.debug.desk import Workspace
from explorer.debug.session import Colour
from explorer.layout.camera import Camera, fit
from explorer.theme import palette
from explorer.theme.tokens import DARK
from explorer.trace.timeline import GradState
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.hover_card import HoverCard
from explorer.views.main_window import MainWindow
from explorer.views.map_colours import MapColours
from explorer.views.map_frame import Frame
from explorer.views.map_menu import node_menu
from explorer.views.map_view import MapView
from explorer.views.minimap import Minimap
from explorer.views.pass_loader import LoadedPass


@pytest.fixture
def view(window: MainWindow) -> MapView:
    return window.explore.map_view


def look_at(view: MapView, node: int, scale: float, loaded: LoadedPass) -> None:
    x, y = loaded.layout.x[node] + 0.5, loaded.layout.y[node] + 0.5
    view.look(Camera(scale, 0, 0).centred(x, y, view.width(), view.height()))


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
    indices = MapColours(timeline).at(window.session.cursor, colour).indices
    table = palette.colour_table(DARK)
    current = window.session.moment.node
    aside = QPointF(-0.25, 0.25) * scale if scale > 20 else QPointF()  # away from the text
    for node in random.Random(7).sample(timeline.trace.order.tolist(), 12):
        look_at(view, node, scale, loaded_emma)
        inside = view.point_of(node) + aside
        if node != current:
            shown = picture(view).pixel(inside.toPoint())
            assert shown == table[indices[node]], (node, scale)


@pytest.mark.parametrize("colour", [Colour.GRADIENT, Colour.MAGNITUDE, Colour.STATE])
def test_the_states_of_a_gradient_look_different(loaded_emma: LoadedPass, colour: Colour) -> None:
    timeline = loaded_emma.timeline
    cursor = timeline.backward_start + 30_000
    indices = MapColours(timeline).at(cursor, colour).indices
    states = timeline.grad_states_at(cursor)
    states_then = [state for state in GradState if state is not GradState.CLEARED]
    seen = [set(indices[states == state].tolist()) for state in states_then]
    assert all(seen)
    for i, one in enumerate(seen):
        assert all(one.isdisjoint(other) for other in seen[i + 1 :])


def test_what_is_not_computed_yet_has_a_colour_of_its_own(loaded_emma: LoadedPass) -> None:
    colours, timeline = MapColours(loaded_emma.timeline), loaded_emma.timeline
    for colour in Colour:
        indices = colours.at(10_000, colour).indices
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
    for size in ((1280, 700), (1900, 1000)):
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


def test_hovering_shows_a_card_about_the_node(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    look_at(view, 7, 30.0, loaded_emma)
    card = view.findChild(HoverCard)
    assert not card.isVisible()
    qtbot.mouseMove(view, view.point_of(7).toPoint())
    assert card.isVisible()
    data = numbers.short(float(window.session.trace.data[7]), 5)
    document = QTextDocument()
    document.setHtml(card.text())
    words = document.toPlainText().split()
    assert words[0] == "wte[0][7]"
    assert words[words.index("data") + 1] == data
    assert "grad" in words
    qtbot.mouseMove(view, QPoint(3, view.height() - 3))
    assert not card.isVisible()


def test_the_card_says_nothing_before_its_time(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    window.session.seek(0)
    look_at(view, 9000, 30.0, loaded_emma)
    qtbot.mouseMove(view, view.point_of(9000).toPoint())
    card = view.findChild(HoverCard)
    assert "not computed yet" in card.text()
    assert "not reached yet" in card.text()


def test_the_card_stays_on_the_map(view: MapView, loaded_emma: LoadedPass) -> None:
    card = view.findChild(HoverCard)
    for x, y in ((0, 0), (view.width(), 0), (0, view.height()), (view.width(), view.height())):
        card.show_node(loaded_emma.timeline, 100, 9000, QPointF(x, y))
        assert view.rect().contains(card.geometry())


def test_shift_click_compares_and_a_plain_click_ends_it(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    window.session.select(7)
    look_at(view, 9, 30.0, loaded_emma)
    point = view.point_of(9).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, point)
    assert (window.session.selection, window.session.compared) == (7, 9)
    text = window.explore.inspector.toPlainText()
    trace = window.session.trace
    assert "wte[0][9]" in text
    assert numbers.short(float(trace.data[7] - trace.data[9])) in text
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=point)
    assert (window.session.selection, window.session.compared) == (9, None)


def test_double_clicks_enter_scope_after_scope_and_breadcrumbs_lead_back(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    trace, node = loaded_emma.timeline.trace, 43_801
    crumbs = window.findChild(Breadcrumbs)
    assert not crumbs.isVisible()
    for click in (qtbot.mouseClick, qtbot.mouseDClick):  # which sends its second half alone
        click(view, Qt.MouseButton.LeftButton, pos=view.point_of(node).toPoint())
    assert crumbs.text().endswith("softmax")
    scope = trace.scopes[int(trace.scope[node])].parent
    box = tuple(map(float, loaded_emma.layout.box[scope]))
    assert view.camera == fit(box, view.width(), view.height())
    crumbs.linkActivated.emit("0")
    assert not crumbs.isVisible()


def test_a_double_click_that_began_elsewhere_enters_nothing(
    qtbot: QtBot, window: MainWindow, view: MapView
) -> None:
    """Its first click was on a cell of another page, and led here."""
    place = view.point_of(43_801)
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=place.toPoint())
    for workspace in (Workspace.NAME, Workspace.EXPLORE):
        window.show_workspace(workspace)
    before = view.camera
    left = Qt.MouseButton.LeftButton
    double = QMouseEvent(
        QEvent.Type.MouseButtonDblClick, place, view.mapToGlobal(place), left, left,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(view, double)
    assert view.camera == before


def test_the_minimap_appears_when_zoomed_in_and_leads_elsewhere(
    qtbot: QtBot, view: MapView, loaded_emma: LoadedPass
) -> None:
    minimap = view.findChild(Minimap)
    view.zoom_to_fit()
    assert not minimap.isVisible()
    look_at(view, 5, 30.0, loaded_emma)
    assert minimap.isVisible()
    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=minimap.rect().center())
    x, y = view.camera.to_map(view.width() / 2, view.height() / 2)
    assert x == pytest.approx(loaded_emma.layout.width / 2, rel=0.02)
    assert y == pytest.approx(loaded_emma.layout.height / 2, rel=0.02)


def test_the_camera_glides_to_where_it_was_sent(
    qtbot: QtBot, view: MapView, loaded_emma: LoadedPass
) -> None:
    view.glide = 40
    start, goal = view.camera, Camera(30.0, 100.0, 50.0)
    view.look(goal)
    assert view.camera == goal
    assert view._camera == start
    qtbot.waitUntil(lambda: view._camera == goal)


def test_a_cone_dims_all_that_is_outside(
    qtbot: QtBot, window: MainWindow, view: MapView, loaded_emma: LoadedPass
) -> None:
    trace = loaded_emma.timeline.trace
    node = int(trace.position_loss[0])
    window.session.select(node)
    qtbot.keyClick(window, Qt.Key.Key_A)
    inside = ancestors(trace, node)
    shown = view._painter._indices
    assert (shown[~inside] == palette.UNBORN).all()
    assert (shown[inside] != palette.UNBORN).all()
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert (view._painter._indices != palette.UNBORN).all()


def test_the_scale_follows_the_moment_if_asked(
    qtbot: QtBot, window: MainWindow, view: MapView
) -> None:
    limits: list[float] = []
    view.limit_changed.connect(limits.append)
    window.session.set_colour(Colour.GRADIENT)
    window.session.seek(window.session.timeline.backward_start + 50)
    fixed = limits[-1]
    qtbot.keyClick(window, Qt.Key.Key_R)
    assert limits[-1] != fixed
    window.session.seek(window.session.timeline.backward_end)
    assert limits[-1] == fixed


def test_what_the_update_has_changed_is_shown(loaded_emma: LoadedPass) -> None:
    """Parameters have their new data, and gradients of 0 again."""
    colours, timeline = MapColours(loaded_emma.timeline), loaded_emma.timeline
    cursor = timeline.backward_end + 100
    for colour, before in (
        (Colour.GRADIENT, colours.at(timeline.backward_end, Colour.GRADIENT).indices),
        (Colour.DATA, colours.at(timeline.backward_end, Colour.DATA).indices),
    ):
        after = colours.at(cursor, colour).indices
        assert (after[100:] == before[100:]).all()
        assert (after[:100] != before[:100]).any()
    assert set(colours.at(cursor, Colour.STATE).indices[:100].tolist()) == {palette.ZERO}


def test_the_menu_of_a_cell_offers_what_makes_sense_at_the_moment(
    window: MainWindow, view: MapView
) -> None:
    def texts(node: int) -> str:
        menu = node_menu(view, window.session, node, view.zoom_to_selection)
        return " | ".join(action.text() for action in menu.actions())

    assert "Copy data" in texts(9000)
    assert "Copy gradient" in texts(9000)
    assert "Go to where it is computed" not in texts(5)
    window.session.seek(0)
    assert "Copy" not in texts(9000)
    assert "Copy data" in texts(5)


def test_the_menu_zooms_to_the_cell(window: MainWindow, view: MapView) -> None:
    menu = node_menu(view, window.session, 9000, view.zoom_to_selection)
    next(a for a in menu.actions() if a.text() == "Zoom to it").trigger()
    assert window.session.selection == 9000
    off = view.point_of(9000) - QPointF(view.width() / 2, view.height() / 2)
    assert off.manhattanLength() < 1e-6


def test_the_menu_copies_every_digit(window: MainWindow, view: MapView) -> None:
    menu = node_menu(view, window.session, 9000, view.zoom_to_selection)
    next(a for a in menu.actions() if a.text().startswith("Copy data")).trigger()
    copied = QApplication.clipboard().text()
    assert float(copied) == window.session.trace.data[9000]


def test_every_node_can_be_picked_where_it_is_drawn(view: MapView, loaded_emma: LoadedPass) -> None:
    for node in np.random.default_rng(1).integers(0, loaded_emma.timeline.trace.nodes, 200):
        assert view.node_at(view.point_of(int(node))) == node


def test_steps_draw_anew_only_what_changes_with_time(
    window: MainWindow, view: MapView, loaded_emma: LoadedPass, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[str] = []
    for kept in (view._painter._paint_boxes, view._painter._flows.paint):
        name = kept.__name__

        def draw(frame: Frame, name: str = name, kept: Callable[[Frame], None] = kept) -> None:
            drawn.append(name)
            kept(frame)

        monkeypatch.setattr(kept.__self__, name, draw)
    backward = loaded_emma.timeline.backward_start
    for cursor in range(backward + 10, backward + 14):
        window.session.seek(cursor)
        picture(view)
    del drawn[:]
    before = picture(view)
    window.session.step(1)
    window.session.seek(backward + 9_000)
    assert picture(view) != before
    assert drawn == []
    for change in (
        lambda: view.look(Camera(3.0, 5, 5)),
        lambda: view.resize(view.width() + 40, view.height()),
        lambda: window.session.seek(loaded_emma.timeline.forward_end // 2),  # fewer flows
        lambda: window.session.show_flows(False),
    ):
        change()
        picture(view)
    assert drawn == ["_paint_boxes", "paint"] * 3  # boxes: for the layer, at the third change
