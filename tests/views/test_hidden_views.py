"""Views that nobody sees do nothing, and show all they have missed when they are seen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.desk import Workspace
from explorer.debug.session import Colour, Cone, Session
from explorer.debug.whatif import prepare
from explorer.theme.tokens import DARK
from explorer.trace.timeline import Timeline
from explorer.views.inspector import Inspector
from explorer.views.main_window import MainWindow
from explorer.views.map_painter import MapPainter
from explorer.views.neighbourhood_choices import PassScenes
from explorer.views.outline import Outline


def follow(widget: QWidget) -> None:
    """Let a window do what follows from its session, and paint."""
    for _ in range(3):
        QApplication.processEvents()


def picture(widget: QWidget) -> QImage:
    image = QImage(widget.size(), QImage.Format.Format_RGB32)
    widget.render(image)
    return image


def other_moment(session: Session) -> None:
    assert session.timeline is not None
    session.seek(session.timeline.backward_end - 900)


def other_node(session: Session) -> None:
    assert session.trace is not None
    session.select(session.trace.nodes // 2)


def other_colour(session: Session) -> None:
    session.set_colour(Colour.GRADIENT)


def other_cone(session: Session) -> None:
    other_node(session)
    session.show_cone(Cone.ANCESTORS)


def other_numbers(session: Session) -> None:
    assert session.recorded is not None
    session.show_what_if(prepare(session.recorded).change({7: 2.5}))


CHANGES = [other_moment, other_node, other_colour, other_cone, other_numbers]


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_missed_is_shown(window: MainWindow, change: Callable[[Session], None]) -> None:
    page = window.explore
    views = [page.map_view, page.inspector, page.outline, page.neighbourhood.view]
    follow(window)
    before = [picture(view) for view in views]
    window.show_workspace(Workspace.TRAIN)
    change(window.session)
    follow(window)
    window.show_workspace(Workspace.EXPLORE)
    follow(window)
    late = [picture(view) for view in views]
    assert late != before

    assert window.session.recorded is not None
    window.session.open(window.session.recorded)  # the same changes with the views in sight
    window.session.set_colour(Colour.DATA)
    window.session.show_cone(Cone.ALL)
    follow(window)
    change(window.session)
    follow(window)
    assert [picture(view) for view in views] == late


def test_hidden_views_do_no_work(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    for owner, name in (
        (MapPainter, "recolour"),
        (MapPainter, "show_numbers"),
        (Inspector, "_show"),
        (Outline, "scrollTo"),
        (PassScenes, "make"),
    ):
        monkeypatch.setattr(owner, name, lambda *_, name=name: done.append(name))
    follow(window)
    window.show_workspace(Workspace.TRAIN)
    done.clear()
    for change in CHANGES:
        change(window.session)
    follow(window)
    assert not done
    monkeypatch.undo()
    window.show_workspace(Workspace.EXPLORE)


def test_the_inspector_has_its_columns_when_first_shown(
    qtbot: QtBot, emma_timeline: Timeline
) -> None:
    """A scroll bar comes with the text, and makes room for itself."""
    early, late = (Inspector(Session(), DARK) for _ in range(2))
    for inspector in (early, late):
        qtbot.addWidget(inspector)
        inspector.resize(461, 240)
    with qtbot.waitExposed(early):
        early.show()
    for inspector in (early, late):
        inspector._session.open(emma_timeline)
        inspector._session.seek(emma_timeline.backward_end - 900)
    assert not late.toPlainText()
    with qtbot.waitExposed(late):
        late.show()
    assert late.verticalScrollBar().isVisible()
    assert picture(late) == picture(early)
    late.hide()
    late.resize(600, 300)
    early.resize(600, 300)
    other_node(late._session)
    other_node(early._session)
    late.show()
    follow(late)
    assert picture(late) == picture(early)
