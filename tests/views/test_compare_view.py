"""Names side by side, and one name at two steps of a run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY, train_into

from explorer.debug.anatomy.comparison import Outcome
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.session import Session
from explorer.debug.whatif import prepare
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore, Status
from explorer.theme.tokens import DARK
from explorer.trace.passes import Subject, untrained
from explorer.views import compare_header
from explorer.views.cell_grid import At
from explorer.views.compare_models import Choice, Source
from explorer.views.compare_view import NOT_ON_SHOW, CompareView
from explorer.views.main_window import MainWindow
from microgpt import Config

PATIENCE = 60_000  # milliseconds
STEPS = 6
UNTRAINED = Choice(Source.UNTRAINED)


@pytest.fixture(scope="module")
def small_subject() -> Subject:
    """An untrained model of the shape of the runs, but with all letters."""
    return untrained(Config(n_embd=4, n_head=2, block_size=4))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite3"


def trained(path: Path, name: str = "first") -> int:
    """A run after some of its steps."""
    with RunStore(path) as store:
        run = create_run(store, name, TINY, NAMES)
        train_into(store, run, STEPS)
        store.set_status(run, Status.STOPPED)
    return run


@pytest.fixture
def small(qtbot: QtBot, small_subject: Subject, path: Path) -> MainWindow:
    """A window on the pass of a tiny model."""
    window = MainWindow(small_subject, Session(), DARK, runs=path)
    qtbot.addWidget(window)
    window.stand_still()
    window.resize(1600, 900)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("abe")
    return window


def compared(qtbot: QtBot, window: MainWindow) -> CompareView:
    """Show the tab, and wait for its passes."""
    window.show_workspace(Workspace.NAME)
    page = window.name_page
    titles = [page.tabs.tabText(i) for i in range(page.tabs.count())]
    page.tabs.setCurrentIndex(titles.index("Compare"))
    settle(qtbot, page.compare)
    return page.compare


def settle(qtbot: QtBot, view: CompareView) -> None:
    qtbot.waitUntil(lambda: not view.loader.is_running, timeout=PATIENCE)


def outcome(view: CompareView, number: int) -> Outcome:
    found = view.columns[number].outcome
    assert found is not None
    return found


def type_name(qtbot: QtBot, view: CompareView, number: int, text: str) -> None:
    field = view.headers[number].name
    field.setFocus()
    field.setText(text)  # QTest types ASCII only
    qtbot.keyClick(field, Qt.Key.Key_Return)
    settle(qtbot, view)


def test_without_a_run_another_name_stands_beside_the_first(
    qtbot: QtBot, small: MainWindow
) -> None:
    view = compared(qtbot, small)
    assert outcome(view, 1).document.name == "abe"
    assert outcome(view, 2).document.name == "ava"  # olivia is too long for this model
    assert view.headers[2].name.text() == "ava"
    assert view.headers[3].isHidden()
    assert not view.change_figure.isVisible()


def test_with_a_run_the_same_name_is_shown_untrained_and_trained(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    header = view.headers[2]
    assert header.choice == Choice(Source.RUN, run, STEPS)
    assert header.name.text() == ""
    assert header.name.placeholderText() == "abe"
    assert (header.slider.maximum(), header.slider.value()) == (STEPS, STEPS)
    assert outcome(view, 2).document.name == "abe"


def test_a_column_has_the_bits_of_the_pass_that_opens(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    for step in (0, 3, STEPS):
        view.ask(2, "bob", Choice(Source.RUN, run, step))
        settle(qtbot, view)
        before = outcome(view, 2)
        with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
            view.headers[2].open.click()
        assert small.session.trace.document.name == "bob"
        settle(qtbot, view)
        small.session.seek(small.session.timeline.end)
        now = outcome(view, 1)
        assert now.mean == before.mean
        np.testing.assert_array_equal(now.probabilities, before.probabilities)
        np.testing.assert_array_equal(now.weights, before.weights)
    assert small.workspace is Workspace.NAME
    assert view.first.model.text() == f"run “first” · after step {STEPS}"
    assert view.headers[2].model.itemText(0) == f"as in 1: run “first” · after step {STEPS}"


def test_the_slider_goes_through_the_steps_of_a_run(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    header, losses = view.headers[2], []
    for step in range(STEPS + 1):
        header.slider.setValue(step)
        settle(qtbot, view)
        losses.append(outcome(view, 2).mean)
        assert header.choice == Choice(Source.RUN, run, step)
    assert len(set(losses)) == STEPS + 1
    assert header.remark.text() == "after step 6"
    header.slider.setValue(0)
    assert outcome(view, 2).mean == losses[0]  # kept: at once
    assert header.remark.text() == "before step 1"


def test_of_a_dragged_slider_only_the_last_step_counts(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    trained(path)
    view = compared(qtbot, small)
    shown: list[float] = []
    view.loader.made.connect(lambda number, found: shown.append(found.mean))
    slider = view.headers[2].slider
    for step in (5, 4, 3, 2):
        slider.setValue(step)
    settle(qtbot, view)
    assert shown == [outcome(view, 2).mean]
    slider.setValue(5)
    settle(qtbot, view)
    slider.setValue(2)
    assert shown[0] == shown[2] == outcome(view, 2).mean != shown[1]


def test_the_first_column_follows_time_and_the_others_are_complete(
    qtbot: QtBot, small: MainWindow
) -> None:
    view = compared(qtbot, small)
    other = outcome(view, 2)
    complete = outcome(view, 1) if small.session.cursor else None
    for cursor in (0, 400, 2000, small.session.timeline.forward_end):
        small.session.seek(cursor)
        now = outcome(view, 1)
        computed = small.session.moment.computed
        known = now.nodes.probabilities < computed
        assert np.isnan(now.probabilities[~known]).all()
        assert not np.isnan(now.probabilities[known]).any()
        assert outcome(view, 2) is other
    assert "mean loss" in view.first.facts.text()
    small.session.seek(0)
    assert "not computed yet" in view.first.facts.text()
    assert complete is None or complete.document.name == "abe"


def test_the_same_name_has_a_row_for_what_changed(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    trained(path)
    view = compared(qtbot, small)
    small.session.seek(small.session.timeline.end)
    assert view.change_figure.isVisible()
    passes, difference = view.changes.grids
    first, second = outcome(view, 1), outcome(view, 2)
    assert passes.values.tolist() == [first.of_targets.tolist(), second.of_targets.tolist()]
    assert difference.values[0].tolist() == (second.of_targets - first.of_targets).tolist()
    assert view.changes.spoken(At(1, 0, 0)).startswith("BOS → a: probability of the target changed")
    type_name(qtbot, view, 2, "bob")
    assert not view.change_figure.isVisible()


def test_columns_share_their_scales_and_the_height_of_their_rows(
    qtbot: QtBot, small: MainWindow
) -> None:
    view = compared(qtbot, small)
    type_name(qtbot, view, 2, "b")
    rows = [view.columns[n].rows for n in (1, 2)]
    assert rows[0].grids[0].limit == rows[1].grids[0].limit
    assert rows[0].grids[0].limit >= outcome(view, 2).probabilities.max()
    assert rows[0].rasters[0].height == rows[1].rasters[0].height
    assert rows[0].minimumHeight() == rows[1].minimumHeight()
    heads = [view.columns[n].heads for n in (1, 2)]
    assert heads[0].rasters[0].width == heads[1].rasters[0].width


def test_letters_without_a_token_are_told_with_a_name_that_can_be_read(
    qtbot: QtBot, small: MainWindow
) -> None:
    view = compared(qtbot, small)
    header = view.headers[2]
    type_name(qtbot, view, 2, "Zoë")
    assert "are not in the vocabulary" in header.facts.text()
    assert header.facts.property("role") == "warning"
    assert view.columns[2].outcome is None
    assert not header.open.isEnabled()
    assert header.take.text() == "Take “zoe”"
    header.take.click()
    settle(qtbot, view)
    assert outcome(view, 2).document.name == "zoe"
    assert header.take.isHidden()
    assert header.facts.property("role") == ""


def test_of_a_long_name_it_is_told_what_is_read(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    type_name(qtbot, view, 2, "bertrand")
    assert "BOS and the first 3 of 8 letters." in view.headers[2].facts.text()
    assert outcome(view, 2).positions == 4
    assert "letters" not in view.first.facts.text()


def test_the_letters_of_a_run_count_not_those_of_the_first(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)  # which does not know an x
    view = compared(qtbot, small)
    view.ask(2, "ax", Choice(Source.RUN, run, 1))
    assert "“x” is not in the vocabulary" in view.headers[2].facts.text()
    view.ask(2, "ax", UNTRAINED)
    settle(qtbot, view)
    assert outcome(view, 2).document.name == "ax"


def test_a_third_column_comes_and_goes(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    assert view.headers[2].button.accessibleName() == "Compare a third name"
    view.headers[2].button.click()
    settle(qtbot, view)
    names = [found.document.name for found in view.outcomes if found]
    assert len(set(names)) == 3
    assert view.headers[3].isVisible()
    assert not view.headers[2].button.isVisible()
    view.headers[3].button.click()
    assert not view.headers[3].isVisible()
    assert len(view.outcomes) == 2


def test_opening_changes_places(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        view.headers[2].open.click()
    settle(qtbot, view)
    assert outcome(view, 1).document.name == "ava"
    assert outcome(view, 2).document.name == "abe"
    assert small.top_bar.name.text() == "ava"


def test_opening_the_trained_pass_leaves_the_untrained_beside_it(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    trained(path)
    view = compared(qtbot, small)
    small.session.seek(small.session.timeline.end)
    before = outcome(view, 1).mean, outcome(view, 2).mean
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        view.headers[2].open.click()
    settle(qtbot, view)
    small.session.seek(small.session.timeline.end)
    assert (outcome(view, 2).mean, outcome(view, 1).mean) == before
    assert view.headers[2].choice == UNTRAINED


def test_another_name_on_show_is_taken_over(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    view.ask(2, "", UNTRAINED)
    settle(qtbot, view)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.run("eve")
    settle(qtbot, view)
    small.session.seek(small.session.timeline.end)
    assert outcome(view, 1).document.name == outcome(view, 2).document.name == "eve"
    np.testing.assert_array_equal(outcome(view, 1).weights, outcome(view, 2).weights)


def test_the_model_as_in_the_first_follows_the_first(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    view.ask(2, "eve", Choice())
    settle(qtbot, view)
    before = outcome(view, 2).mean
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.run_models.open_latest(run)
    settle(qtbot, view)
    assert outcome(view, 2).mean != before
    view.ask(2, "eve", Choice(Source.RUN, run, STEPS))
    same = outcome(view, 2).mean
    view.ask(2, "eve", Choice())
    settle(qtbot, view)
    assert outcome(view, 2).mean == same


def test_the_first_column_follows_a_slider_over_steps(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.run_models.open_latest(run)
    view.ask(2, "", Choice(Source.RUN, run, 2))
    settle(qtbot, view)
    small.session.seek(small.session.timeline.end)
    assert outcome(view, 1).mean != outcome(view, 2).mean
    small.live.ask(3)  # the model before step 3 is that after step 2
    qtbot.waitUntil(lambda: small.live.step.number == 3, timeout=PATIENCE)
    settle(qtbot, view)
    small.session.seek(small.session.timeline.forward_end)
    assert view.first.model.text() == "run “first” · step 3"
    assert outcome(view, 1).document.name == outcome(view, 2).document.name
    assert outcome(view, 1).mean == outcome(view, 2).mean


def test_a_run_that_is_deleted_is_no_choice_any_more(
    qtbot: QtBot, small: MainWindow, path: Path
) -> None:
    run = trained(path)
    view = compared(qtbot, small)
    view.ask(2, "abe", Choice(Source.RUN, run, 2))
    settle(qtbot, view)
    small.runs.delete(run)
    settle(qtbot, view)
    assert view.headers[2].choice == Choice()
    items = [view.headers[2].model.itemText(i) for i in range(view.headers[2].model.count())]
    assert items == ["as in 1: untrained · seed 42", "untrained · seed 42"]


def test_pointing_marks_the_same_in_the_others(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    rows, other = view.columns[1].rows, view.columns[2].rows
    at = At(0, 1, 4)
    point = rows.area_of(at).center().toPoint()
    qtbot.mouseMove(rows, point)
    assert rows.under_mouse == at
    assert other.linked == at
    card = next(label.text() for label in view.findChildren(QLabel) if "p(e)" in label.text())
    assert "abe" in card
    assert "ava" in card
    assert "rank" in card
    qtbot.mouseMove(rows, QPoint(1, 1))
    assert other.linked is None
    heads = view.columns[2].heads
    weight = At(1, 2, 1)
    qtbot.mouseMove(heads, heads.area_of(weight).center().toPoint())
    assert view.columns[1].heads.linked == weight
    assert any("takes from position 1" in label.text() for label in view.findChildren(QLabel))


def test_arrows_walk_and_enter_leads_to_the_map(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    rows = view.columns[1].rows
    rows.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Right):
        qtbot.keyClick(rows, key)
    assert rows.at == At(0, 1, 1)
    assert rows.accessibleDescription().startswith("position 1, a to b, b: ")
    assert view.columns[2].rows.linked == At(0, 1, 1)
    assert small.name_page.place.position == 1
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert small.workspace is Workspace.EXPLORE
    assert small.session.selection == outcome(view, 1).nodes.probabilities[1, 1]


def test_a_number_of_another_pass_is_not_on_the_map(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    heads = view.columns[2].heads
    heads.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.keyClick(heads, Qt.Key.Key_Down)
    with qtbot.waitSignal(view.told) as told:
        qtbot.keyClick(heads, Qt.Key.Key_Return)
    assert told.args == [NOT_ON_SHOW]
    assert small.workspace is Workspace.NAME


def test_a_head_that_is_chosen_becomes_the_place(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    heads = view.columns[1].heads
    point = heads.area_of(At(1, 2, 0)).center().toPoint()
    qtbot.mouseClick(heads, Qt.MouseButton.LeftButton, pos=point)
    assert small.name_page.place == Place(2, 0, 1)


def test_a_pass_that_takes_a_while_is_announced(
    qtbot: QtBot, small: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = compared(qtbot, small)
    header = view.headers[2]
    with qtbot.waitSignal(header.waited):
        header.show_waiting()
    assert header.facts.text() == "The pass is being made …"
    assert view.columns[2].outcome is None
    assert compare_header.PATIENCE < 1000
    type_name(qtbot, view, 2, "bob")
    assert "mean loss" in header.facts.text()


def test_figures_give_their_numbers(qtbot: QtBot, small: MainWindow, path: Path) -> None:
    trained(path)
    view = compared(qtbot, small)
    for figure, first in (
        (view.columns[2].row_figure, "position,read,target,loss,p(a)"),
        (view.columns[2].head_figure, "layer,head,query,query reads,key,key reads,weight"),
        (view.change_figure, "position,read,target,p(target) in 1,p(target) in 2"),
    ):
        figure.copy()
        assert QGuiApplication.clipboard().text().startswith(first)


def test_a_picture_of_vectors_has_text(qtbot: QtBot, small: MainWindow, tmp_path: Path) -> None:
    view = compared(qtbot, small)
    for _ in range(3):  # until the picture on screen is kept
        view.columns[1].rows.repaint()
    view.columns[1].row_figure.save(tmp_path / "rows.svg")
    svg = (tmp_path / "rows.svg").read_text()
    assert ">BOS→a<" in svg
    assert "<image" not in svg


def test_what_if_changes_the_first_column_alone(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    view.ask(2, "", UNTRAINED)
    settle(qtbot, view)
    small.session.seek(small.session.timeline.end)
    trace = small.session.trace
    small.session.show_what_if(
        prepare(small.session.timeline).change({int(trace.logits[0, 0]): 0.5})
    )
    assert outcome(view, 1).mean != outcome(view, 2).mean
    assert outcome(view, 1).mean == small.session.trace.data[trace.loss]


def test_without_a_pass_there_is_a_sentence(qtbot: QtBot, small: MainWindow) -> None:
    view = compared(qtbot, small)
    view.show_reading(None, Place())
    assert view.nothing.isVisible()
    assert not view.columns[1].header.isVisible()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_nothing_is_cut_at_any_size(
    qtbot: QtBot, small: MainWindow, path: Path, size: tuple[int, int]
) -> None:
    trained(path)
    view = compared(qtbot, small)
    view.toggle_third()
    settle(qtbot, view)
    small.resize(*size)
    qtbot.waitUntil(lambda: view.width() == size[0])
    for column in view.columns.values():
        right = column.header.mapTo(view, QPoint(column.header.width(), 0)).x()
        assert right <= view.width()
        for canvas in (column.rows, column.heads):
            assert canvas.rasters
            for raster in canvas.rasters:
                whole = raster.whole
                assert whole.left() >= 0
                assert whole.right() <= canvas.width()
                assert whole.bottom() <= canvas.height()
    assert view._scroll.horizontalScrollBar().maximum() == 0


def stops(window: MainWindow) -> list[QWidget]:
    """Return what the Tab key visits in the tab."""
    page = window.name_page
    page.tabs.setFocus()
    visited: list[QWidget] = []
    while QApplication.focusWidget() is not page.timeline_view:
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        visited.append(QApplication.focusWidget())
    return visited[:-1]


@pytest.fixture
def everything(qtbot: QtBot, small: MainWindow, path: Path) -> CompareView:
    """Three columns, and a row for what changed."""
    trained(path)
    view = compared(qtbot, small)
    small.session.seek(small.session.timeline.end)
    view.toggle_third()
    settle(qtbot, view)
    return view


def test_all_has_a_name_and_is_reached_by_the_tab_key(
    small: MainWindow, everything: CompareView
) -> None:
    wanted = [
        widget
        for widget in everything.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
    ]
    assert len(wanted) > 15
    names = [QAccessible.queryAccessibleInterface(w).text(QAccessible.Text.Name) for w in wanted]
    assert all(names)
    visited = stops(small)
    assert set(wanted) <= set(visited)
    rows = [everything.columns[n].rows for n in (1, 2, 3)]
    assert [stop for stop in visited if stop in rows] == rows


def test_whatever_has_the_keyboard_shows_it(small: MainWindow, everything: CompareView) -> None:
    QApplication.setCursorFlashTime(0)
    unseen = []
    for stop in stops(small):
        if not everything.isAncestorOf(stop):
            continue
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        everything._scroll.ensureWidgetVisible(stop)
        area = QRect(stop.mapTo(small, QPoint(0, 0)), stop.size())
        shown = small.grab(area).toImage()
        small.name_page.timeline_view.setFocus(Qt.FocusReason.TabFocusReason)
        if small.grab(area).toImage() == shown:
            unseen.append(stop)
    assert unseen == []


def test_the_keys_of_the_window_work_everywhere(small: MainWindow, everything: CompareView) -> None:
    column = everything.columns[2]
    slider = everything.headers[2].slider
    for widget in (column.rows, column.heads, everything.changes, slider):
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        assert widget.hasFocus()
        small.session.seek(3000)
        for key, moved in ((Qt.Key.Key_PageUp, -1), (Qt.Key.Key_Space, 0), (Qt.Key.Key_F10, 1)):
            QTest.keyClick(widget, key)
            assert small.session.cursor == 3000 + moved
        QTest.keyClick(widget, Qt.Key.Key_Home)
        assert small.session.cursor == 0


def test_a_chosen_cell_scrolls_into_view(small: MainWindow, everything: CompareView) -> None:
    small.resize(1280, 640)
    QApplication.processEvents()
    heads = everything.columns[2].heads
    heads.setFocus(Qt.FocusReason.TabFocusReason)
    for _ in range(9):
        QTest.keyClick(heads, Qt.Key.Key_Down)
    below = heads.mapTo(everything, heads.area_of(heads.at).bottomLeft().toPoint())
    assert 0 < below.y() <= everything.height()
