"""At another scale of the theme the map and its strips are larger, and are met by the mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QToolButton
from pytestqt.qtbot import QtBot

from explorer.debug.happening import happening
from explorer.debug.pictures import PictureRequest
from explorer.debug.session import Colour, Session
from explorer.layout.camera import Camera
from explorer.theme.style import style_sheet
from explorer.theme.tokens import DARK
from explorer.trace.passes import Subject
from explorer.views.breadcrumbs import Breadcrumbs
from explorer.views.explore_page import ExplorePage
from explorer.views.hover_card import HoverCard
from explorer.views.layer import Layer
from explorer.views.legend import Legend
from explorer.views.main_window import MainWindow
from explorer.views.map_export import export_map
from explorer.views.map_panel import MapPanel
from explorer.views.map_view import MapView
from explorer.views.minimap import Minimap
from explorer.views.pass_loader import LoadedPass
from explorer.views.search_bar import SearchBar
from tests.views.painted import left_out

SCALE = 1.7
LARGE = DARK.scaled(SCALE, finest=2)
NODE = 20_000


@pytest.fixture
def window(
    qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass, tmp_path: Path
) -> Iterator[MainWindow]:
    """A window as large as a lecture's, with all in it larger."""
    window = MainWindow(subject, Session(), LARGE, runs=tmp_path / "runs.sqlite3")
    qtbot.addWidget(window)
    window.stand_still()
    window.resize(1920, 1080)
    with qtbot.waitExposed(window):
        window.show()
    window.show_pass(loaded_emma)
    yield window
    window.loader.cancel()
    window.loader.wait()


@pytest.fixture
def page(window: MainWindow) -> ExplorePage:
    return window.explore


@pytest.fixture
def session(window: MainWindow) -> Session:
    return window.session


def look_at(page: ExplorePage, node: int, scale: float) -> None:
    layout, view = page.map_view.layout_shown, page.map_view
    assert layout is not None
    x, y = float(layout.x[node]) + 0.5, float(layout.y[node]) + 0.5
    size = view.width() / SCALE, view.height() / SCALE
    view.look(Camera(scale, 0, 0).centred(x, y, *size))


def test_a_lecture_fits_into_its_picture(window: MainWindow) -> None:
    assert (window.width(), window.height()) == (1920, 1080)


def test_a_click_selects_the_node_that_is_drawn_there(
    qtbot: QtBot, page: ExplorePage, session: Session
) -> None:
    for node in (7, 5000, NODE, 43_000):
        look_at(page, node, 12.0)
        middle = QPointF(page.map_view.width() / 2, page.map_view.height() / 2)
        assert (page.map_view.point_of(node) - middle).manhattanLength() < 2
        qtbot.mouseClick(page.map_view, Qt.MouseButton.LeftButton, pos=middle.toPoint())
        assert session.selection == node


def test_cells_are_as_much_larger_on_screen(page: ExplorePage) -> None:
    """What is drawn in the cell of a node is at the place that is told of it."""
    look_at(page, NODE, 30.0)
    view = page.map_view
    image, at = view.grab().toImage(), view.point_of(NODE)
    half = 30.0 * SCALE / 2 - 4
    inside = {image.pixel((at + QPointF(half, y)).toPoint()) for y in (-half, 0.0, half)}
    outside = image.pixel((at + QPointF(half + 5, half)).toPoint())
    assert len(inside) == 1
    assert outside not in inside


def test_the_card_is_beside_the_mouse_and_on_the_map(
    qtbot: QtBot, page: ExplorePage, session: Session
) -> None:
    view = page.map_view
    card = view.findChild(HoverCard)
    for node in (NODE, NODE + 3):
        look_at(page, node, 20.0)
        at = view.point_of(node).toPoint()
        qtbot.mouseMove(view, QPoint(1, 1))
        qtbot.mouseMove(view, at)
        assert card.isVisible()
        assert f"{node:,}".replace(",", "\N{NARROW NO-BREAK SPACE}") in card.text()
        assert view.rect().contains(card.geometry())
        assert not card.geometry().contains(at)
    assert card.font().pixelSize() == round(14 * SCALE)


def test_a_drag_takes_the_map_along(qtbot: QtBot, page: ExplorePage) -> None:
    look_at(page, NODE, 12.0)
    view = page.map_view
    before = view.point_of(NODE)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(300, 100))
    for at in (QPoint(320, 110), QPoint(370, 134)):
        qtbot.mouseMove(view, at)
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(370, 134))
    moved = view.point_of(NODE) - before
    assert (moved.x(), moved.y()) == pytest.approx((70, 34))


def test_the_whole_map_and_a_lost_node_come_into_view(page: ExplorePage, session: Session) -> None:
    view = page.map_view
    layout = view.layout_shown
    assert layout is not None
    right, bottom = view.camera.to_screen(layout.width, layout.height)
    assert right * SCALE <= view.width()
    assert bottom * SCALE <= view.height()
    look_at(page, NODE, 40.0)
    session.select(43_000)
    assert view.rect().contains(view.point_of(43_000).toPoint())


def test_the_minimap_stands_in_the_corner_and_leads_elsewhere(
    qtbot: QtBot, page: ExplorePage
) -> None:
    view = page.map_view
    look_at(page, 5, 30.0)
    minimap, layout = view.findChild(Minimap), view.layout_shown
    assert layout is not None
    assert view.rect().contains(minimap.geometry())
    qtbot.mouseClick(minimap, Qt.MouseButton.LeftButton, pos=minimap.rect().center())
    middle = view.camera.to_map(view.width() / SCALE / 2, view.height() / SCALE / 2)
    assert middle == pytest.approx((layout.width / 2, layout.height / 2), rel=0.02)


def test_a_picture_of_the_map_is_what_is_on_screen(page: ExplorePage, tmp_path: Path) -> None:
    look_at(page, NODE, 12.0)
    view = page.map_view
    picture = view.picture()
    assert picture is not None
    view.findChild(Minimap).hide()
    shown = view.grab().toImage()
    path = tmp_path / "map.png"
    export_map(picture, PictureRequest(path, (view.width(), view.height())))
    written = QImage(str(path))
    assert written.size() == shown.size()
    levels = [
        np.array(image.convertToFormat(QImage.Format.Format_RGB32).constBits()).astype(int)
        for image in (written, shown)
    ]
    assert np.abs(levels[0] - levels[1]).max() <= 1  # layers are mixed in another order


@pytest.mark.parametrize("position", [0, 2, 4])
def test_a_click_on_a_position_selects_its_probability(
    qtbot: QtBot, page: ExplorePage, session: Session, position: int
) -> None:
    strip, trace = page.token_strip, session.trace
    assert trace is not None
    assert trace.document is not None
    share = (position + 0.5) / 6  # five positions and the mean are about as wide as each other
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(share * strip.width()), 50))
    target = trace.document.tokens[position + 1]
    assert session.selection == trace.probabilities[position, target]


def test_the_time_line_is_clicked_where_its_cursor_goes(
    qtbot: QtBot, page: ExplorePage, session: Session
) -> None:
    line, timeline = page.timeline_view, session.timeline
    assert timeline is not None
    for x in (40, 700, 1500):
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(x, 85))
        image = line.grab().toImage()
        assert image.pixelColor(x, 85).name() == LARGE.text


def test_a_click_on_a_name_of_the_event_selects_the_node(
    qtbot: QtBot, page: ExplorePage, session: Session
) -> None:
    bar, timeline = page.event_bar, session.timeline
    assert timeline is not None
    session.seek(60_000)
    bar.grab()
    for part, area in zip(happening(timeline, 60_000), bar._areas, strict=True):
        if part.node is not None:
            at = (area.center() * SCALE).toPoint()
            qtbot.mouseClick(bar, Qt.MouseButton.LeftButton, pos=at)
            assert session.selection == part.node


def test_steps_leave_nothing_over(page: ExplorePage, session: Session) -> None:
    timeline = session.timeline
    assert timeline is not None
    changes: list[Callable[[], object]] = [
        lambda: session.seek(timeline.forward_end // 3),
        lambda: session.seek(timeline.forward_end * 2 // 3),
        lambda: session.step(1),
        lambda: session.seek(timeline.backward_end),
        lambda: session.step(-1),
    ]
    for view in (page.map_view, page.token_strip, page.timeline_view, page.event_bar):
        for change in changes:
            assert not left_out(view, change), view


def test_texts_and_icons_of_buttons_grow(window: MainWindow) -> None:
    buttons = [b for b in window.findChildren(QToolButton) if b.isVisible() and b.text()]
    sizes = {button.fontInfo().pixelSize() for button in buttons if not button.property("role")}
    assert sizes == {round(14 * SCALE)}
    icons = [button for button in buttons if not button.icon().isNull()]
    assert icons
    for button in icons:
        assert button.iconSize().width() == round(18 * SCALE)
        assert button.icon().availableSizes()[0] == button.iconSize()


@pytest.mark.parametrize("width", [900, 1100, 1400])
def test_no_button_above_the_map_is_cut(qtbot: QtBot, window: MainWindow, width: int) -> None:
    session, actions = window.session, window._actions.by_id
    bar, legend = SearchBar(session, actions, LARGE), Legend(session, LARGE)
    crumbs, view = Breadcrumbs(session, LARGE), MapView(session, LARGE)
    panel = MapPanel(view, bar, crumbs, legend, actions, LARGE)
    panel.setStyleSheet(style_sheet(LARGE))
    qtbot.addWidget(panel)
    panel.resize(width, 700)
    panel.show()
    assert panel.width() == width
    buttons = [button for button in panel.findChildren(QToolButton) if button.isVisible()]
    assert "Flows" in [button.text() for button in buttons]
    for button in buttons:
        assert button.width() >= button.sizeHint().width() - 1, button.text()
    session.set_colour(Colour.GRADIENT)
    (shown,) = (b for b in buttons if b.text().startswith("Gradient"))
    assert shown.isChecked() or "▾" in shown.text()


@pytest.mark.parametrize("scale", [1.3, 1.7, 2.0])
def test_kept_pictures_are_as_sharp_as_what_is_drawn_straight_away(
    qtbot: QtBot, scale: float
) -> None:
    def draw(painter: QPainter) -> None:
        painter.fillRect(QRectF(0, 0, 60, 30), Qt.GlobalColor.white)
        for x in range(0, 60, 3):
            painter.drawLine(QPointF(x, 2), QPointF(x + 5, 28))
        painter.drawText(QPointF(4, 20), "sharp")

    layer, pictures = Layer(), []
    for _ in range(3):
        image = QImage(120, 60, QImage.Format.Format_RGB32)
        image.fill(0)
        painter = QPainter(image)
        painter.scale(scale, scale)
        layer.paint(painter, QRectF(0, 0, 60, 30), "look", draw, opaque=True)
        painter.end()
        pictures.append(image)
    part = pictures[0].rect().adjusted(0, 0, -120 + int(60 * scale), -60 + int(30 * scale))
    straight, *kept = [picture.copy(part) for picture in pictures]
    assert all(picture == straight for picture in kept)
