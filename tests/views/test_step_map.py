"""The map on the page of runs: it goes through steps with the matrices and the samples."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY, HandleOfThisProcess, train_into

from explorer.debug.session import Colour
from explorer.runs.desk import Comparison, RunDesk
from explorer.runs.exchange import create_run
from explorer.runs.step_passes import Replays
from explorer.runs.store import RunStore
from explorer.runs.subjects import subject_of
from explorer.theme.tokens import DARK
from explorer.trace.passes import record_pass
from explorer.trace.trace import Trace
from explorer.views.live_steps import Step
from explorer.views.train_page import TrainPage

PATIENCE = 60_000  # milliseconds
LARGE, SMALL = (1600, 900), (1280, 660)


@pytest.fixture
def desk(runs_path: Path, run: int) -> Iterator[RunDesk]:
    desk = RunDesk(runs_path, HandleOfThisProcess)
    desk.refresh()
    yield desk
    desk.close()


@pytest.fixture
def page(qtbot: QtBot, desk: RunDesk) -> Iterator[TrainPage]:
    """A page in a window with room for the map, when the map is ready."""
    action = QAction("Open")
    page = TrainPage(desk, {"open_step": action}, DARK, Replays())
    action.setParent(page)
    qtbot.addWidget(page)
    page.map.map_view.glide = 0
    page.resize(*LARGE)
    with qtbot.waitExposed(page):
        page.show()
    ready(qtbot, page)
    yield page
    page.step_pass.close_down()


def ready(qtbot: QtBot, page: TrainPage) -> None:
    live = page.map.live
    qtbot.waitUntil(lambda: live.is_ready and not page.step_pass.is_loading, timeout=PATIENCE)


def show(desk: RunDesk, step: int) -> None:
    desk.show_step(step)
    QApplication.processEvents()


def recorded(path: Path, run: int, step: int, name: str) -> Trace:
    with RunStore(path) as store:
        return record_pass(subject_of(store, run, step)[0], name)


def test_the_map_shows_the_step_with_matrices_and_samples(
    page: TrainPage, desk: RunDesk, run: int, runs_path: Path
) -> None:
    name = page.map.name.text()
    assert page.map.map_view.isVisible()
    assert page.matrices.isVisible()
    for step, number in ((3, 3), (6, 6), (0, 1)):
        show(desk, step)
        wanted = recorded(runs_path, run, number, name)
        assert page.map.session.trace.data.tobytes() == wanted.data.tobytes()
        assert page.map.session.trace.grad.tobytes() == wanted.grad.tobytes()
        assert page.map.loss.text() == f"loss {wanted.data[wanted.loss]:.3f}"
        assert page.matrices._step.title.startswith(f"step {step}")


def test_over_the_document_of_the_step_it_is_that_step(
    qtbot: QtBot, page: TrainPage, desk: RunDesk
) -> None:
    show(desk, 4)
    page.map.name.setText(desk.row.document)
    qtbot.keyClick(page.map.name, Qt.Key.Key_Return)
    qtbot.waitUntil(
        lambda: page.map.session.trace.document.name == desk.row.document, timeout=PATIENCE
    )
    ready(qtbot, page)
    assert page.map.session.trace.data[page.map.session.trace.loss] == desk.row.loss


def test_a_name_that_cannot_be_read_says_why(qtbot: QtBot, page: TrainPage) -> None:
    before = page.map.session.trace
    page.map.name.setText("z")
    qtbot.keyClick(page.map.name, Qt.Key.Key_Return)
    assert page.map.message.isVisible()
    assert "z" in page.map.message.text()
    assert page.map.session.trace is before


def test_the_usual_name_gives_way_to_one_that_the_run_knows(page: TrainPage) -> None:
    assert page.map.name.text() in NAMES.documents  # there is no m in them


def test_a_comparison_colours_the_map_too(page: TrainPage, desk: RunDesk, run: int) -> None:
    show(desk, 5)
    desk.compare(Comparison(run, 2))
    assert page.map.session.contrast.title == "step 5 − step 2"
    show(desk, 4)
    assert page.map.session.contrast.title == "step 4 − step 2"
    desk.compare(None)
    assert page.map.session.contrast is None


def test_another_run_of_another_shape_has_its_own_map(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, runs_path: Path, run: int
) -> None:
    with RunStore(runs_path) as store:
        second = create_run(store, "second", replace(TINY, n_embd=8), NAMES)
        train_into(store, second, 2)
    small = page.map.session.trace.nodes
    desk.refresh()
    desk.choose(second)
    qtbot.waitUntil(lambda: page.map.live.step == Step(second, 2), timeout=PATIENCE)
    ready(qtbot, page)
    assert page.map.session.trace.nodes > small
    desk.choose(run)
    qtbot.waitUntil(lambda: page.map.live.step == Step(run, 6), timeout=PATIENCE)
    assert page.map.session.trace.nodes == small


def test_colours_are_chosen_above_the_map(page: TrainPage) -> None:
    gradient = next(a for a in page.map.findChildren(QAction) if a.iconText() == "Gradient")
    gradient.trigger()
    assert page.map.session.colour is Colour.GRADIENT


def test_the_map_follows_a_run_that_trains(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, run: int
) -> None:
    desk.start()
    qtbot.waitUntil(lambda: desk.step == TINY.steps, timeout=PATIENCE)
    qtbot.waitUntil(lambda: page.map.live.step == Step(run, TINY.steps), timeout=PATIENCE)


def test_in_a_small_window_matrices_and_map_are_tabs(qtbot: QtBot, desk: RunDesk, run: int) -> None:
    action = QAction("Open")
    page = TrainPage(desk, {"open_step": action}, DARK, Replays())
    action.setParent(page)
    qtbot.addWidget(page)
    page.resize(*SMALL)
    with qtbot.waitExposed(page):
        page.show()
    assert page.views.tabs.isVisible()
    assert (page.matrices.isVisible(), page.map.isVisible()) == (True, False)
    assert page.step_pass._loader is None  # nothing is made for a map that nobody sees
    show(desk, 2)
    page.views.tabs.setCurrentIndex(1)
    assert (page.matrices.isVisible(), page.map.isVisible()) == (False, True)
    ready(qtbot, page)
    assert page.map.live.step == Step(run, 2)
    shown = page.matrices._step
    show(desk, 3)
    assert page.matrices._step is shown
    page.views.tabs.setCurrentIndex(0)
    assert page.matrices._step.title.startswith("step 3")
    page.resize(*LARGE)
    assert page.views.tabs.isHidden()
    assert page.map.isVisible()
    page.step_pass.close_down()


def test_all_of_the_map_has_a_name_and_is_reached_by_tab(page: TrainPage) -> None:
    for part in (page.map.name, page.map.map_view, page.map.legend, page.views.tabs):
        assert part.accessibleName()
    assert page.map.name.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert page.map.map_view.focusPolicy() & Qt.FocusPolicy.TabFocus


def test_a_run_without_steps_shows_where_it_begins(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, runs_path: Path
) -> None:
    with RunStore(runs_path) as store:
        fresh = create_run(store, "fresh", replace(TINY, seed=9), NAMES)
    desk.refresh()
    desk.choose(fresh)
    qtbot.waitUntil(lambda: page.map.live.step == Step(fresh, 1), timeout=PATIENCE)
    ready(qtbot, page)
    parameters = desk.matrices(0).parameters
    assert page.map.session.trace.data[: len(parameters)].tolist() == parameters.tolist()


def test_when_all_runs_are_deleted_the_map_is_put_away(
    page: TrainPage, desk: RunDesk, run: int
) -> None:
    desk.delete(run)
    assert page.map.map_view.isHidden()
    assert page.map.legend.isHidden()
    assert not page.map.name.isEnabled()
