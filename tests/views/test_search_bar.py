"""The search bar: typing finds, Enter walks, the map shows where, Esc ends it."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton
from pytestqt.qtbot import QtBot

from explorer.debug.numbers import count
from explorer.debug.ready_made import READY_MADE
from explorer.debug.session import Session
from explorer.layout.camera import Camera
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.views.main_window import MainWindow
from explorer.views.map_view import MapView
from explorer.views.pass_loader import LoadedPass
from explorer.views.search_bar import HINT, SearchBar

K, M = Qt.Key, Qt.KeyboardModifier
NEAR = 14  # pixels around a node in which its mark is looked for


@pytest.fixture
def bar(window: MainWindow) -> SearchBar:
    """The open search bar."""
    window.desk.open_search()
    return window.explore.search_bar


def picture(view: MapView) -> QImage:
    image = QImage(view.size(), QImage.Format.Format_RGB32)
    view.render(image)
    return image


def marked(image: QImage, around: QPointF, theme: Theme) -> int:
    """Return how many pixels around a point have the colour of marks."""
    wanted = QColor(theme.found).rgb()
    middle = around.toPoint()
    return sum(
        image.rect().contains(point := middle + QPoint(x, y)) and image.pixel(point) == wanted
        for x in range(-NEAR, NEAR + 1)
        for y in range(-NEAR, NEAR + 1)
    )


def marks(image: QImage, theme: Theme) -> int:
    wanted = QColor(theme.found).rgb()
    return sum(
        image.pixel(x, y) == wanted for x in range(image.width()) for y in range(image.height())
    )


def test_the_bar_is_hidden_until_it_is_asked_for(qtbot: QtBot, window: MainWindow) -> None:
    assert window.explore.search_bar.isHidden()
    qtbot.keyClick(window, K.Key_F, M.ControlModifier)
    assert window.explore.search_bar.isVisible()
    assert window.focusWidget() is window.explore.search_bar.field
    assert window.explore.search_bar.words.text() == HINT
    assert window.explore.search_bar.count.text() == ""


def test_a_slash_on_the_map_opens_it_and_a_slash_in_it_is_typed(
    qtbot: QtBot, window: MainWindow
) -> None:
    qtbot.keyClick(window.explore.map_view, K.Key_Slash)
    assert window.explore.search_bar.isVisible()
    qtbot.keyClicks(window.explore.search_bar.field, "q/row 1")
    assert window.explore.search_bar.field.text() == "q/row 1"


def test_typing_searches_counts_and_changes_nothing_else(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    before = window.session.cursor, window.session.selection, window.session.colour
    counts = []
    for letter in "op:log":
        qtbot.keyClicks(bar.field, letter)
        counts.append(bar.count.text())
    assert counts[-1] == "5 found"
    assert bar.words.text() == "operation log"
    assert (window.session.cursor, window.session.selection, window.session.colour) == before


def test_enter_and_shift_enter_walk_through_what_is_found(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    qtbot.keyClicks(bar.field, "op:log")
    nodes = window.session.found.tolist()
    walk = [(K.Key_Return, M.NoModifier, 0), (K.Key_Enter, M.KeypadModifier, 1)]
    walk += [(K.Key_Return, M.ShiftModifier, 0), (K.Key_Return, M.ShiftModifier, 4)]
    for key, modifier, at in walk:
        qtbot.keyClick(bar.field, key, modifier)
        assert window.session.selection == nodes[at]
        assert bar.count.text() == f"{at + 1} of 5"


def test_f3_walks_from_the_field_and_from_the_map(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    qtbot.keyClicks(bar.field, "op:log")
    qtbot.keyClick(bar.field, K.Key_F3)
    window.explore.map_view.setFocus()
    qtbot.keyClick(window.explore.map_view, K.Key_F3)
    assert bar.count.text() == "2 of 5"
    qtbot.keyClick(window.explore.map_view, K.Key_F3, M.ShiftModifier)
    assert bar.count.text() == "1 of 5"


def test_the_buttons_walk_too_and_are_off_if_nothing_is_found(qtbot: QtBot, bar: SearchBar) -> None:
    buttons = {b.accessibleName(): b for b in bar.findChildren(QAbstractButton)}
    on = buttons["Next of what the search found"]
    back = buttons["Previous of what the search found"]
    assert not on.isEnabled()
    assert not back.isEnabled()
    bar.field.setText("op:log")
    qtbot.mouseClick(on, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(back, Qt.MouseButton.LeftButton)
    assert bar.count.text() == "5 of 5"


def test_a_far_node_is_brought_into_view(
    qtbot: QtBot, window: MainWindow, bar: SearchBar, loaded_emma: LoadedPass
) -> None:
    view = window.explore.map_view
    view.look(Camera(40.0, 0.0, 0.0))
    bar.field.setText("^4 a op:log")
    qtbot.keyClick(bar.field, K.Key_Return)
    assert view.rect().contains(view.point_of(window.session.selection).toPoint())


def test_nothing_found_is_said_and_whether_it_will_be_found(
    window: MainWindow, bar: SearchBar
) -> None:
    bar.field.setText("data>1e9")
    assert (bar.count.text(), bar.words.text()) == ("nothing found", "data > 1e9")
    bar.field.setText("op:log")
    window.session.seek(0)
    assert bar.count.text() == "nothing found"
    assert bar.words.text() == "operation log:  5 at the end of the pass"
    window.session.seek(10**9)
    assert bar.count.text() == "5 found"


def test_a_mistake_is_told_in_the_bar_until_it_is_mended(bar: SearchBar) -> None:
    bar.field.setText("wte[5")
    assert bar.error.text() == "“wte[5”, at letter 4: unterminated character set."
    assert bar.error.isVisible()
    assert not bar.words.isVisible()
    assert bar.count.text() == ""
    bar.field.setText("wte[5]")
    assert not bar.error.isVisible()
    assert bar.count.text() == "16 found"


def test_escape_closes_the_bar_ends_the_search_and_keeps_what_was_typed(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    bar.field.setText("op:log")
    qtbot.keyClick(bar.field, K.Key_Escape)
    assert bar.isHidden()
    assert len(window.session.found) == 0
    assert window.focusWidget() is window.explore.map_view
    qtbot.keyClick(window.explore.map_view, K.Key_Slash)
    assert (bar.field.text(), bar.field.selectedText()) == ("op:log", "op:log")
    assert bar.count.text() == "5 found"


def test_escape_on_the_map_closes_it_after_the_message(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    window.passes.check("é")
    window.explore.map_view.setFocus()
    assert window.message.text
    qtbot.keyClick(window.explore.map_view, K.Key_Escape)
    assert not window.message.text
    assert bar.isVisible()
    qtbot.keyClick(window.explore.map_view, K.Key_Escape)
    assert bar.isHidden()


def test_ready_made_searches_are_in_a_menu_with_their_queries(
    window: MainWindow, bar: SearchBar
) -> None:
    assert offered(bar)[: len(READY_MADE)] == [f"{r.title}\t{r.query}" for r in READY_MADE]
    for action, ready in zip(bar.menu.actions(), READY_MADE, strict=False):
        action.trigger()
        assert bar.field.text() == window.session.query == ready.query
        assert bar.count.text() == f"{count(len(window.session.found))} found"


def offered(bar: SearchBar) -> list[str]:
    """Open the menu; return what can be chosen in it."""
    bar.menu.aboutToShow.emit()
    return [a.text() for a in bar.menu.actions() if a.isEnabled() and not a.isSeparator()]


def test_searches_of_the_selection_are_filled_when_the_menu_opens(
    window: MainWindow, bar: SearchBar
) -> None:
    window.session.select(67)
    assert offered(bar)[len(READY_MADE) :] == [
        "What was computed from the selection\tdescendants:wte[4][3]",
        "Strongest path from the selection to the loss\tpath:wte[4][3]",
    ]
    window.session.select(13_000)
    window.session.compare(67)
    texts = offered(bar)[len(READY_MADE) :]
    assert [text.partition("\t")[2].partition(":")[0] for text in texts] == [
        "ancestors", "descendants", "between", "path", "line",
    ]  # fmt: skip
    assert texts[2].endswith("\tbetween:13000,wte[4][3]")
    count_of_all = len(bar.menu.actions())
    window.session.select(None)
    assert offered(bar) == [f"{r.title}\t{r.query}" for r in READY_MADE]
    assert len(bar.menu.actions()) == count_of_all


def test_what_is_chosen_for_the_selection_is_searched_and_walked(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    window.session.select(67)
    bar.menu.aboutToShow.emit()
    next(a for a in bar.menu.actions() if a.text().startswith("Strongest")).trigger()
    assert bar.field.text() == window.session.query == "path:wte[4][3]"
    assert bar.count.text() == f"{len(window.session.found)} found"
    qtbot.keyClick(bar.field, K.Key_Return)
    assert window.session.selection == 67
    qtbot.keyClick(bar.field, K.Key_Return, M.ShiftModifier)
    assert window.session.selection == window.session.trace.loss


def test_the_share_of_a_path_is_said_when_the_gradient_becomes_final(
    window: MainWindow, bar: SearchBar
) -> None:
    session = window.session
    bar.field.setText("path:wte[4][3]")
    assert "of its gradient" in bar.words.text()
    final = int(session.timeline.ledger(67).event[-1])
    session.seek(final - 1)
    assert "product" in bar.words.text()
    assert "of its gradient" not in bar.words.text()
    session.seek(final)
    assert "of its gradient" in bar.words.text()


def test_everything_in_the_bar_has_a_name(bar: SearchBar) -> None:
    for widget in (bar, bar.field, bar.count, *bar.findChildren(QAbstractButton)):
        assert widget.accessibleName()


def test_time_can_be_stepped_while_the_keyboard_is_in_the_bar(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    end = window.session.cursor
    qtbot.keyClick(bar.field, K.Key_PageUp)
    assert window.session.cursor < end


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [None, 3.0, 9.0, 40.0, 130.0])
def test_found_nodes_are_marked_at_every_zoom_and_the_current_one_more(
    qtbot: QtBot, loaded_emma: LoadedPass, theme: Theme, scale: float | None
) -> None:
    session, layout = Session(), loaded_emma.layout
    view = MapView(session, theme)
    qtbot.addWidget(view)
    view.glide = 0
    view.resize(1200, 800)
    with qtbot.waitExposed(view):
        view.show()
    session.open(loaded_emma.timeline)
    view.show_pass(layout, loaded_emma.flows, loaded_emma.colours)
    session.select(None)
    nodes = [1234, 20_000, 30_003]
    for node in nodes:
        session.search(f"node={node}")
        if scale is not None:
            x, y = layout.x[node] + 0.5, layout.y[node] + 0.5
            camera = Camera(scale, 0, 0).centred(x + 0.3, y + 0.2, view.width(), view.height())
            view.look(camera)
        at = view.point_of(node)
        if scale is not None and scale > 2 * NEAR:
            at -= QPointF(scale / 2, scale / 2)  # its upper left corner
        found = marked(picture(view), at, theme)
        assert found >= 15
        session.walk_found(1)
        assert marked(picture(view), at, theme) > found
        session.search("")
        session.select(None)
        assert marked(picture(view), at, theme) == 0


def test_the_outline_of_a_cell_runs_along_all_its_sides(
    window: MainWindow, bar: SearchBar, loaded_emma: LoadedPass
) -> None:
    view, layout, node = window.explore.map_view, loaded_emma.layout, 20_000
    window.session.select(None)
    x, y = layout.x[node] + 0.5, layout.y[node] + 0.5
    view.look(Camera(40.0, 0, 0).centred(x, y, view.width(), view.height()))
    bar.field.setText(f"node={node}")
    image, middle, wanted = picture(view), view.point_of(node), QColor(DARK.found).rgb()
    for side in ((-1, 0), (1, 0), (0, -1), (0, 1)):
        along = side[1], side[0]
        for share in (-15, 0, 15):  # the side from one end to the other
            across = [
                middle + QPointF(*side) * (20 + off) + QPointF(*along) * share
                for off in range(-3, 4)
            ]
            assert 1 <= sum(image.pixel(p.toPoint()) == wanted for p in across) <= 2, (side, share)


def test_neighbours_are_outlined_together_and_keep_their_colours(
    window: MainWindow, bar: SearchBar, loaded_emma: LoadedPass
) -> None:
    view, layout = window.explore.map_view, loaded_emma.layout
    x, y = layout.x[100], layout.y[100]  # in the middle of wte
    view.look(Camera(12.0, 0, 0).centred(x, y, view.width(), view.height()))
    plain = picture(view)
    bar.field.setText("wte")
    with_marks = picture(view)
    for node in (100, 101, 117):
        at = view.point_of(node).toPoint()
        assert with_marks.pixel(at) == plain.pixel(at)
        assert marked(with_marks, view.point_of(node), DARK) == 0
    corner = view.point_of(0) - QPointF(6, 6)
    assert marked(with_marks, corner, DARK) > 0


def test_marks_of_a_whole_pass_stay_within_the_map(
    qtbot: QtBot, window: MainWindow, bar: SearchBar
) -> None:
    bar.field.setText("node>=0")
    image = picture(window.explore.map_view)
    share = marks(image, DARK) / (image.width() * image.height())
    assert 0 < share < 0.2
    qtbot.keyClick(bar.field, K.Key_Escape)
    assert marks(picture(window.explore.map_view), DARK) == 0


def test_a_search_from_elsewhere_is_shown_and_leaves_the_keyboard(window: MainWindow) -> None:
    window.explore.map_view.setFocus()
    window.session.search("line:nn.py:33")
    assert window.explore.search_bar.isVisible()
    assert window.explore.search_bar.field.text() == "line:nn.py:33"
    assert window.explore.map_view.hasFocus()
    window.session.search("")
    assert window.explore.search_bar.isHidden()
