"""What a what-if has changed stands out on the map, at every zoom."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from explorer.debug.session import Colour, Session
from explorer.debug.whatif import Rerun, prepare
from explorer.layout.camera import Camera
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.trace.passes import Subject
from explorer.trace.timeline import Timeline
from explorer.views.main_window import MainWindow
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass

CHANGED = 4 * 16 + 3  # wte[4][3]: the letter e, which emma begins with; read at position 1


@pytest.fixture(scope="module")
def rerun(emma_timeline: Timeline) -> Rerun:
    return prepare(emma_timeline)


@pytest.fixture
def view(window: MainWindow) -> MapView:
    window.session.select(None)
    window.session.show_flows(False)
    return window.explore.map_view


def look_at(view: MapView, node: int, scale: float) -> None:
    x, y = float(view._layout.x[node]) + 0.5, float(view._layout.y[node]) + 0.5
    view.look(Camera(scale, 0.0, 0.0).centred(x, y, view.width(), view.height()))


def picture(view: MapView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


def colour_of(view: MapView, node: int) -> str:
    """Return the colour just beside the middle of a cell, where no operation is written."""
    at = view.point_of(node)
    beside = 0 if view.camera.scale < 20 else round(view.camera.scale / 3)
    return QColor(picture(view).pixel(round(at.x()) + beside, round(at.y()) + beside)).name()


def colours_around(view: MapView, node: int, half: int) -> set[str]:
    image, at = picture(view), view.point_of(node).toPoint()
    return {
        QColor(image.pixel(x, y)).name()
        for x in range(at.x() - half, at.x() + half)
        for y in range(at.y() - half, at.y() + half)
        if image.rect().contains(x, y)
    }


def one_that(differs: np.ndarray, timeline: Timeline) -> tuple[int, int]:
    """Return a node of a sum that is as recorded, and one that is not."""
    made = np.arange(timeline.trace.leaves, timeline.trace.nodes)
    some = made[timeline.trace.op_names.index("add") == timeline.trace.op[made]]
    return int(some[~differs[some]][50]), int(some[differs[some]][50])


@pytest.mark.parametrize("scale", [2.0, 9.0])
def test_small_cells_that_are_as_recorded_are_paler(
    view: MapView, window: MainWindow, rerun: Rerun, scale: float
) -> None:
    what_if = rerun.change({CHANGED: 0.5})
    same, other = one_that(what_if.differs, what_if.timeline)
    for node, paler in ((same, True), (other, False)):
        look_at(view, node, scale)
        window.session.show_what_if(what_if)
        veiled = colour_of(view, node)
        view._painter._what_if.paint_differences = lambda frame: None
        bare = colour_of(view, node)
        del view._painter._what_if.paint_differences
        assert (veiled != bare) is paler
        window.session.show_what_if(None)


def test_nothing_is_paler_without_a_what_if(
    view: MapView, window: MainWindow, rerun: Rerun
) -> None:
    view.setFixedSize(view.size())  # the bar of the what-if takes room
    before = picture(view)
    window.session.show_what_if(rerun.change({CHANGED: 0.5}))
    assert picture(view) != before
    window.session.show_what_if(None)
    assert picture(view) == before


@pytest.mark.parametrize("scale", [30.0, 90.0])
def test_large_cells_that_have_changed_have_a_flag(
    view: MapView, window: MainWindow, rerun: Rerun, scale: float
) -> None:
    what_if = rerun.change({CHANGED: 0.5})
    same, other = one_that(what_if.differs, what_if.timeline)
    window.session.show_what_if(what_if)
    for node, flagged in ((same, False), (other, True)):
        look_at(view, node, scale)
        assert (DARK.warning in colours_around(view, node, round(scale / 2) - 2)) is flagged


def test_moves_of_one_number_keep_the_marks_right(
    view: MapView, window: MainWindow, rerun: Rerun
) -> None:
    later = int(rerun.recorded.trace.logits[3, 0])
    steps = ({CHANGED: 0.5}, {later: 1.0}, {CHANGED: 0.6, later: 2.0}, {CHANGED: 0.7})
    for forced in steps:
        window.session.show_what_if(rerun.change(forced))
        picture(view)
    moved = picture(view)
    window.session.show_what_if(None)
    picture(view)
    window.session.show_what_if(rerun.change(steps[-1]))
    assert picture(view) == moved


def test_gradients_are_compared_where_colours_tell_of_them(
    view: MapView, window: MainWindow, rerun: Rerun
) -> None:
    what_if = rerun.change({CHANGED: 0.5})
    window.session.show_what_if(what_if)
    window.session.set_colour(Colour.GRADIENT)
    picture(view)
    assert view._painter._what_if._differs is what_if.differs_in_gradient
    window.session.set_colour(Colour.OP)
    picture(view)
    assert view._painter._what_if._differs is what_if.differs


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [2.0, 9.0, 40.0, 130.0])
def test_what_was_set_has_a_ring(
    qtbot: QtBot,
    subject: Subject,
    loaded_emma: LoadedPass,
    rerun: Rerun,
    theme: Theme,
    scale: float,
) -> None:
    window = MainWindow(subject, Session(), theme)
    qtbot.addWidget(window)
    window.stand_still()
    window.resize(1600, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.show_pass(loaded_emma)
    view = window.explore.map_view
    look_at(view, CHANGED, scale)
    around = round(scale / 2) + 14
    assert theme.warning not in colours_around(view, CHANGED, around)
    window.session.show_what_if(rerun.change({CHANGED: 0.5}))
    assert theme.warning in colours_around(view, CHANGED, around)
