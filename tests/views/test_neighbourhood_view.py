"""The neighbourhood follows the session, is clicked and walked, and stays where one looks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.session import Session
from explorer.layout import card_layouts
from explorer.layout.card_layouts import CardLayout
from explorer.theme.scaling import scaled_point
from explorer.theme.style import style_sheet
from explorer.theme.tokens import Theme
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.neighbourhood_panel import LAYOUTS, NeighbourhoodPanel
from explorer.views.neighbourhood_scene import Scene
from explorer.views.neighbourhood_view import NeighbourhoodView


@pytest.fixture
def session(emma_timeline: Timeline) -> Session:
    session = Session()
    session.open(emma_timeline)
    return session


@pytest.fixture
def panel(qtbot: QtBot, session: Session, theme: Theme) -> NeighbourhoodPanel:
    panel = NeighbourhoodPanel(session, theme)
    qtbot.addWidget(panel)
    panel.setStyleSheet(style_sheet(theme))
    panel.view.glide = 0
    panel.resize(theme.px(1150), theme.px(420))
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


@pytest.fixture
def view(panel: NeighbourhoodPanel) -> NeighbourhoodView:
    return panel.view


@pytest.fixture
def relu(emma: Trace) -> int:
    return int(np.flatnonzero(emma.op == emma.op_names.index("relu"))[70])


@pytest.fixture
def painted(view: NeighbourhoodView, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The moments that were painted."""
    moments: list[int] = []
    paint = type(view._painter).paint

    def note(self: object, *arguments: object) -> None:
        moments.append(view._session.cursor)
        paint(self, *arguments)

    monkeypatch.setattr(type(view._painter), "paint", note)
    return moments


def choose(session: Session, node: int | None) -> None:
    """Select a node, and let the cards follow."""
    session.select(node)
    QApplication.processEvents()


def scene_of(view: NeighbourhoodView) -> Scene:
    assert view.scene is not None
    return view.scene


def picture(view: NeighbourhoodView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


def click(qtbot: QtBot, view: NeighbourhoodView, card: int, shift: bool = False) -> QPoint:
    point = view.point_of(card).toPoint()
    keys = Qt.KeyboardModifier.ShiftModifier if shift else Qt.KeyboardModifier.NoModifier
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, keys, point)
    return point


def visible_card(view: NeighbourhoodView) -> int:
    """Return a card other than the centre that is wholly in the picture."""
    for card in range(1, len(scene_of(view).nodes)):
        if view.rect().adjusted(100, 40, -100, -40).contains(view.point_of(card).toPoint()):
            return card
    raise AssertionError("only the centre is in the picture")


def test_the_selected_node_is_in_the_middle(view: NeighbourhoodView, session: Session) -> None:
    for node in (5, session.trace.loss, 20_000):
        choose(session, node)
        assert scene_of(view).nodes[0] == node
        assert view.rect().contains(view.point_of(0).toPoint())


def test_without_a_selection_nothing_is_shown(view: NeighbourhoodView, session: Session) -> None:
    choose(session, None)
    assert view.scene is None
    picture(view)


def test_hidden_it_does_no_work(
    panel: NeighbourhoodPanel, view: NeighbourhoodView, session: Session
) -> None:
    before = view.scene
    panel.hide()
    choose(session, 5)
    assert view.scene is before
    panel.show()
    assert scene_of(view).nodes[0] == 5


def test_a_clicked_card_is_selected_and_keeps_its_place(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    card = visible_card(view)
    node, place = scene_of(view).nodes[card], view.point_of(card)
    click(qtbot, view, card)
    assert session.selection == node
    assert scene_of(view).nodes[0] == node
    assert (view.point_of(0) - place).manhattanLength() < 1e-6


def test_a_selection_from_elsewhere_comes_to_the_middle(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    place = view.point_of(0)
    click(qtbot, view, visible_card(view))
    choose(session, relu)
    assert (view.point_of(0) - place).manhattanLength() < 1e-6


def test_shift_and_a_click_compare(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    card = visible_card(view)
    click(qtbot, view, card, shift=True)
    assert session.selection == relu
    assert session.compared == scene_of(view).nodes[card]


def test_arrow_keys_walk_to_a_child_and_back(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    (total,) = (int(session.trace.child[edge]) for edge in session.trace.edges(relu))
    qtbot.keyClick(view, Qt.Key.Key_Left)
    assert session.selection == total
    qtbot.keyClick(view, Qt.Key.Key_Left)
    first = session.selection
    qtbot.keyClick(view, Qt.Key.Key_Down)
    assert session.selection not in (first, total)
    assert view.rect().contains(view.point_of(0).toPoint())
    qtbot.keyClick(view, Qt.Key.Key_Right)
    qtbot.keyClick(view, Qt.Key.Key_Right)
    assert session.selection == relu


def test_enter_opens_a_sum_and_folds_it(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    qtbot.keyClick(view, Qt.Key.Key_Left)
    folded = scene_of(view).nodes
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert len(scene_of(view).nodes) > len(folded)
    assert scene_of(view).nodes[0] == session.selection
    qtbot.keyClick(view, Qt.Key.Key_Return)
    assert scene_of(view).nodes == folded


def test_the_triangle_and_a_double_click_open_a_sum(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int, theme: Theme
) -> None:
    choose(session, relu)
    total = int(session.trace.child[session.trace.edges(relu)[0]])
    card = scene_of(view).nodes.index(total)
    rect = scene_of(view).rect(card)
    corner = QPointF(rect.right() - 12, rect.top() + 12) - rect.center()
    at = (view.point_of(card) + corner * view._camera.scale * theme.scale).toPoint()
    qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=at)
    assert total in view.choices.opened
    assert session.selection == relu
    card = scene_of(view).nodes.index(total)
    place = view.point_of(card).toPoint()
    qtbot.mouseDClick(view, Qt.MouseButton.LeftButton, pos=place)
    assert total not in view.choices.opened


def wheel(view: NeighbourhoodView, at: QPointF, angle: int) -> None:
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


def test_the_wheel_zooms_at_the_cursor_and_f_brings_all_back(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    camera, place = view._camera, view.point_of(0)
    wheel(view, place, 240)
    assert view._camera.scale > 1.3 * camera.scale
    assert (view.point_of(0) - place).manhattanLength() < 1e-6
    wheel(view, QPointF(10, 10), -240)
    qtbot.keyClick(view, Qt.Key.Key_F)
    assert view._camera == camera


def test_dragging_moves_the_picture(
    qtbot: QtBot, view: NeighbourhoodView, session: Session
) -> None:
    before = view.point_of(0)
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(200, 300))
    qtbot.mouseMove(view, QPoint(230, 280))
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(230, 280))
    assert (view.point_of(0) - before - QPointF(30, -20)).manhattanLength() < 1e-6
    assert session.selection == session.trace.loss


def test_nothing_that_is_not_computed_is_written(
    view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    session.seek(session.timeline.computed_after(relu) - 1)
    hollow = picture(view)
    assert not scene_of(view).facts.at(session.cursor)[0].computed
    session.seek(session.timeline.computed_after(relu))
    assert scene_of(view).facts.at(session.cursor)[0].computed
    assert picture(view) != hollow


def test_the_contribution_that_is_added_now_is_marked(
    view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    ledger = session.timeline.ledger(relu)
    session.seek(int(ledger.event[2]))
    marks = view._marks(scene_of(view))
    around = scene_of(view).neighbourhood
    assert marks.active is not None
    assert marks.active_edge is not None
    assert scene_of(view).nodes[around.child[marks.active_edge]] == relu
    assert scene_of(view).nodes[around.consumer[marks.active_edge]] == ledger.consumer[2]
    assert marks.current == around.consumer[marks.active_edge]
    with_it = picture(view)
    session.seek(session.timeline.end)
    assert picture(view) != with_it


def test_a_step_that_changes_nothing_here_is_not_painted(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int, painted: list[int]
) -> None:
    choose(session, relu)
    ledger = session.timeline.ledger(relu)
    session.seek(int(ledger.event[0]) - 9)
    near = set(scene_of(view).nodes)
    quiet = [
        cursor
        for cursor in range(int(ledger.event[0]) - 400, int(ledger.event[0]) - 300)
        if not near & {session.timeline.moment(cursor).node, session.timeline.moment(cursor).child}
    ]
    assert len(quiet) > 9
    session.seek(quiet[0])
    QApplication.processEvents()
    painted.clear()
    for cursor in quiet[1:9]:
        session.seek(cursor)
        QApplication.processEvents()
    assert painted == []
    session.seek(int(ledger.event[0]))
    QApplication.processEvents()
    assert len(painted) == 1


def test_hovering_shows_what_is_known(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int, theme: Theme
) -> None:
    choose(session, relu)
    qtbot.mouseMove(view, view.point_of(0).toPoint())
    assert view._card.isVisible()
    assert "relu" in view._card.text()
    edge = int(np.flatnonzero(scene_of(view).neighbourhood.consumer == 0)[0])
    middle = scene_of(view).path_of(edge)[4]
    at = scaled_point(QPointF(*view._camera.to_screen(*middle.tolist())), theme)
    qtbot.mouseMove(view, at.toPoint())
    assert not view._card.isVisible()
    assert view._hovered_edge == edge


def test_what_the_mouse_was_over_is_forgotten_with_the_cards(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    qtbot.mouseMove(view, view.point_of(visible_card(view)).toPoint())
    assert view._hovered is not None
    choose(session, 5)
    assert view._hovered is None
    assert not view._card.isVisible()


def test_cards_glide_to_their_places(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    view.glide = 40
    click(qtbot, view, visible_card(view))
    moved, shown = view._gliding.state()
    assert moved is not None
    assert shown is not None
    assert (moved[0] == 0).all()  # the clicked card stays
    assert np.abs(moved).max() > 1
    picture(view)
    qtbot.waitUntil(lambda: view._gliding.state()[0] is None)


@pytest.mark.parametrize("layout", CardLayout)
def test_every_layout_can_be_chosen(
    panel: NeighbourhoodPanel, session: Session, relu: int, layout: CardLayout
) -> None:
    choose(session, relu)
    panel.layouts.setCurrentIndex(LAYOUTS.index(layout))
    panel.layouts.activated.emit(LAYOUTS.index(layout))
    assert panel.view.choices.layout is layout
    assert panel.view.notice == ""
    picture(panel.view)


def test_a_refused_layout_is_disabled_and_the_reason_is_told(
    panel: NeighbourhoodPanel, session: Session, relu: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    panel.layouts.activated.emit(LAYOUTS.index(CardLayout.SPRING))
    monkeypatch.setattr(card_layouts, "MOST_SECONDS", 0.05)
    panel.hops.setValue(4)
    choose(session, relu)
    assert panel.notice.isVisible()
    assert panel.notice.text().startswith("Spring would take about")
    item = panel.layouts.model().item(LAYOUTS.index(CardLayout.SPRING))
    assert not item.isEnabled()
    assert item.toolTip() == panel.notice.text()


def test_the_bar_tells_how_much_is_shown(
    panel: NeighbourhoodPanel, session: Session, relu: int
) -> None:
    choose(session, relu)
    panel.hops.setValue(1)
    few = len(scene_of(panel.view).nodes)
    assert panel.count.text() == f"{few} cards"
    panel.hops.setValue(4)
    around = scene_of(panel.view).neighbourhood
    assert len(around) == 300
    assert panel.count.text() == f"300 cards, {around.left_out} left out"
    assert "▶" in panel.beyond.text()
    panel.folds.setChecked(False)
    assert not scene_of(panel.view).neighbourhood.summands.any()


def test_it_is_told_to_those_who_cannot_see_it(
    qtbot: QtBot, view: NeighbourhoodView, session: Session, relu: int
) -> None:
    choose(session, relu)
    qtbot.waitUntil(lambda: view.accessibleDescription().startswith("relu "))
    text = view.accessibleDescription()
    assert "Children: + " in text
    assert "Consumers: × " in text


def test_another_pass_is_shown_when_it_is_opened(
    view: NeighbourhoodView, session: Session, emma: Trace
) -> None:
    other = Timeline(emma)
    choose(session, 5)
    session.open(other)
    assert scene_of(view).nodes[0] == emma.loss
