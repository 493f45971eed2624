"""The line of a path on the map: from cell to cell at every zoom, without covering the cells."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.debug.session import Session
from explorer.layout.camera import Camera
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.trace.passes import Subject
from explorer.views.main_window import MainWindow
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass

QUERY = "path:wte[4][3]"


def picture(view: MapView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


def middle(view: MapView, path: list[int], i: int) -> QPointF:
    """Return the middle between a node of a path and the next one."""
    return (view.point_of(path[i]) + view.point_of(path[i + 1])) / 2


def length(view: MapView, path: list[int], i: int) -> float:
    along = view.point_of(path[i + 1]) - view.point_of(path[i])
    return float(np.hypot(along.x(), along.y()))


def has_colour(image: QImage, at: QPointF, colour: str) -> bool:
    wanted, around = QColor(colour).rgb(), at.toPoint()
    return any(
        image.pixel(around.x() + x, around.y() + y) == wanted
        for x in range(-2, 3)
        for y in range(-2, 3)
    )


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [None, 3.0, 9.0, 40.0, 130.0])
def test_every_part_of_a_path_is_drawn(
    qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass, theme: Theme, scale: float | None
) -> None:
    window = MainWindow(subject, Session(), theme)
    qtbot.addWidget(window)
    window.explore.map_view.glide = 0
    window.resize(1600, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.show_pass(loaded_emma)
    session, view, layout = window.session, window.explore.map_view, loaded_emma.layout
    session.select(None)
    session.search(QUERY)
    path = session.found_path.tolist()
    for i in range(0, len(path) - 1, 3 if scale else 1):
        if scale is not None:
            x = (layout.x[path[i]] + layout.x[path[i + 1]] + 1) / 2
            y = (layout.y[path[i]] + layout.y[path[i + 1]] + 1) / 2
            view.look(Camera(scale, 0, 0).centred(x, y, view.width(), view.height()))
        image = picture(view)
        if length(view, path, i) > 20:
            assert has_colour(image, middle(view, path, i), theme.found), i
    session.search("node=67")
    view.zoom_to_fit()
    longest = max(range(len(path) - 1), key=lambda i: length(view, path, i))
    assert not has_colour(picture(view), middle(view, path, longest), theme.found)


def test_a_path_does_not_cover_what_its_cells_show(
    window: MainWindow, loaded_emma: LoadedPass
) -> None:
    session, view, layout = window.session, window.explore.map_view, loaded_emma.layout
    session.select(None)
    session.search(QUERY)
    path = session.found_path.tolist()
    node = path[len(path) // 2]
    camera = Camera(100.0, 0, 0)
    view.look(camera.centred(layout.x[node], layout.y[node], view.width(), view.height()))
    drawn = picture(view)
    session.search("")
    plain = picture(view)
    at = view.point_of(node).toPoint()
    for x in range(-35, 36, 5):
        for y in range(-35, 36, 5):
            assert drawn.pixel(at.x() + x, at.y() + y) == plain.pixel(at.x() + x, at.y() + y)


def test_the_line_is_wider_near_the_loss(window: MainWindow, loaded_emma: LoadedPass) -> None:
    session, view, layout = window.session, window.explore.map_view, loaded_emma.layout
    session.select(None)
    session.search(QUERY)
    path = session.found_path.tolist()

    def area(i: int) -> int:
        """Return how many pixels near a place between two cells have the colour of the line."""
        x = 0.7 * layout.x[path[i]] + 0.3 * layout.x[path[i + 1]] + 0.5
        y = 0.7 * layout.y[path[i]] + 0.3 * layout.y[path[i + 1]] + 0.5
        view.look(Camera(9.0, 0, 0).centred(x, y, view.width(), view.height()))
        image, wanted = picture(view), QColor(DARK.found).rgb()
        left, top = view.width() // 2 - 8, view.height() // 2 - 8
        return sum(image.pixel(left + x, top + y) == wanted for x in range(17) for y in range(17))

    view.look(Camera(9.0, 0, 0))
    long = [i for i in range(len(path) - 1) if length(view, path, i) > 200]
    assert 0 < area(long[0]) < area(long[-1])


def test_before_the_loss_is_computed_there_is_no_line(window: MainWindow) -> None:
    session, view = window.session, window.explore.map_view
    session.select(None)
    session.search(QUERY)
    at = middle(view, session.found_path.tolist(), 0)
    session.seek(session.timeline.forward_end - 1)
    assert not has_colour(picture(view), at, DARK.found)
    session.seek(session.timeline.forward_end)
    assert has_colour(picture(view), at, DARK.found)
