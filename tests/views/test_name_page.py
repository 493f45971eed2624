"""Which position the page of one name is about, in the course of time."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.session import Session
from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import Timeline
from explorer.views.main_window import MainWindow
from explorer.views.map_canvas import SELECTION_SCALE
from explorer.views.name_page import NamePage


@pytest.fixture
def page(window: MainWindow) -> NamePage:
    window.show_workspace(Workspace.NAME)
    return window.name_page


@pytest.fixture
def session(window: MainWindow) -> Session:
    return window.session


def after_loss(session: Session, position: int) -> int:
    """The moment when the loss of a position is computed."""
    timeline = session.timeline
    assert timeline is not None
    return timeline.computed_after(int(Anatomy(timeline.trace).losses[position]))


def test_it_opens_at_the_last_position(page: NamePage) -> None:
    assert page.place == Place(position=4)


def test_it_opens_where_forward_is(window: MainWindow) -> None:
    window.session.seek(after_loss(window.session, 2))
    window.show_workspace(Workspace.NAME)
    assert window.name_page.place.position == 2


def test_it_goes_with_forward_and_returns_to_what_was_chosen(
    page: NamePage, session: Session
) -> None:
    page.show_place(Place(1))
    timeline = session.timeline
    assert timeline is not None
    visited = []
    for moment in (0, after_loss(session, 2), after_loss(session, 3), timeline.forward_end):
        session.seek(moment)
        visited.append(page.place.position)
    assert visited == [0, 2, 3, 1]


def test_who_looks_elsewhere_in_forward_stays_until_it_comes_to_another_position(
    page: NamePage, session: Session
) -> None:
    session.seek(after_loss(session, 2))
    QTest.mouseClick(page.token_strip, Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert page.place.position == 0
    session.seek(after_loss(session, 2) - 1)
    assert page.place.position == 0
    session.seek(after_loss(session, 2) + 1)
    assert page.place.position == 3


def test_another_name_is_opened_at_its_last_position(
    page: NamePage, session: Session, subject: Subject
) -> None:
    page.show_place(Place(1))
    timeline = session.timeline
    assert timeline is not None
    session.open(timeline)  # the same name with other numbers, say
    assert page.place.position == 1
    session.open(Timeline(record_pass(subject, "al")))
    assert page.place.position == 2


def test_the_strip_marks_the_position_that_the_page_is_about(page: NamePage) -> None:
    strip = page.token_strip

    def below(position: int) -> int:
        area = strip._cards()[position].area
        image = strip.grab().toImage()
        return image.pixel(round(area.center().x()), round(area.bottom()) + 3)

    page.show_place(Place(3))
    marked, other = below(3), below(1)
    assert marked != other
    page.show_place(Place(1))
    assert (below(3), below(1)) == (other, marked)


def test_one_node_after_another_is_shown_large_on_the_map(
    window: MainWindow, page: NamePage
) -> None:
    """The map follows the selection before the page asks for it."""
    anatomy = Anatomy(window.session.trace)
    for node in (anatomy.losses[3], anatomy.losses[1], anatomy.losses[1]):
        window.show_workspace(Workspace.NAME)
        page.node_chosen.emit(int(node))
        assert window.session.selection == node
        assert window.explore.map_view.camera.scale == SELECTION_SCALE
