"""The page of runs, on a desk whose runs train in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QAction, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY, HandleOfThisProcess

from explorer.debug import numbers
from explorer.debug.desk import RunAction
from explorer.runs.desk import Comparison, RunDesk
from explorer.runs.history import running_mean
from explorer.runs.live import Phase
from explorer.runs.settings import RunSettings
from explorer.runs.step_passes import Replays
from explorer.runs.store import RunStore, Status
from explorer.theme.style import SMALL, style_sheet
from explorer.theme.tokens import DARK, LIGHT, Theme
from explorer.views.run_settings_dialog import RunSettingsDialog
from explorer.views.session_dialogs import FileDialog
from explorer.views.train_page import TrainPage

K = Qt.Key
PATIENCE = 60_000  # milliseconds
LARGE = DARK.scaled(1.7, finest=2)


@pytest.fixture
def settings(tmp_path: Path) -> RunSettings:
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    return replace(TINY, dataset="file", dataset_file=str(file))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[RunDesk]:
    desk = RunDesk(tmp_path / "runs.sqlite3", HandleOfThisProcess)
    yield desk
    desk.close()


@pytest.fixture
def theme() -> Theme:
    return DARK


@pytest.fixture
def page(qtbot: QtBot, desk: RunDesk, theme: Theme) -> TrainPage:
    action = QAction("Open")
    page = TrainPage(desk, {"open_step": action}, theme, Replays())
    action.setParent(page)
    qtbot.addWidget(page)
    page.resize(1280, 660)
    with qtbot.waitExposed(page):
        page.show()
    return page


@pytest.fixture
def done(qtbot: QtBot, page: TrainPage, desk: RunDesk, settings: RunSettings) -> int:
    """A run after all its steps."""
    run = desk.create("first", settings)
    desk.start()
    while desk.phase(run) is not Phase.FINISHED:
        desk.poll()
    return run


def test_without_a_run_there_is_one_thing_to_do(page: TrainPage, desk: RunDesk) -> None:
    runs = page.runs
    assert runs.empty.isVisible()
    assert runs.list.isHidden()
    assert runs.new.isEnabled()
    assert not any(button.isEnabled() for button in (runs.go, runs.step, runs.stop))
    assert page.step.title.text() == "No run"
    assert not any(p.getAxis("left").style["showValues"] for p in page.plot._plots)
    assert not page.step.slider.isEnabled()
    assert not desk.path.exists()


def test_a_run_trains_by_the_timer_of_the_page(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    run = desk.create("first", replace(settings, steps=5))
    qtbot.mouseClick(page.runs.go, Qt.MouseButton.LeftButton)
    assert page.runs.go.text() == "Pause"
    qtbot.waitUntil(lambda: desk.phase(run) is Phase.FINISHED, timeout=PATIENCE)
    assert page.step.slider.value() == 5
    assert page.step.title.text() == "Step 5 of 5"
    assert (page.runs.go.text(), page.runs.go.isEnabled()) == ("Finished", False)
    assert page.samples.documents.text() == "anna"
    qtbot.waitUntil(lambda: not page._timer.isActive(), timeout=PATIENCE)


def test_buttons_follow_what_the_run_does(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    page._timer.setInterval(10_000_000)  # the test polls
    desk.create("first", settings)
    assert page.runs.go.text() == "Start"
    qtbot.mouseClick(page.runs.step, Qt.MouseButton.LeftButton)
    desk.poll()
    assert (page.runs.go.text(), desk.step) == ("Resume", 1)
    qtbot.mouseClick(page.runs.go, Qt.MouseButton.LeftButton)
    desk.poll()
    assert (page.runs.go.text(), page.runs.step.isEnabled()) == ("Pause", False)
    qtbot.mouseClick(page.runs.stop, Qt.MouseButton.LeftButton)
    desk.poll()
    assert (page.runs.go.text(), page.runs.stop.isEnabled()) == ("Resume", False)


def test_an_interrupted_run_says_so(page: TrainPage, desk: RunDesk, settings: RunSettings) -> None:
    run = desk.create("first", settings)
    with RunStore(desk.path) as store:
        store.set_status(run, Status.RUNNING)
    desk.refresh()
    assert page.runs.go.text() == "Resume"
    index = page.runs.list.runs.index(0)
    assert "interrupted" in index.data(Qt.ItemDataRole.AccessibleTextRole)


def test_curves_show_each_loss_and_their_running_mean(
    page: TrainPage, desk: RunDesk, done: int
) -> None:
    plot = page.plot
    steps, losses = plot._raw.getOriginalDataset()
    assert steps.tolist() == list(range(1, TINY.steps + 1))
    assert np.array_equal(losses, desk.history.losses)
    assert np.array_equal(plot._smooth.getOriginalDataset()[1], running_mean(desk.history.losses))
    assert np.array_equal(plot._rate.getOriginalDataset()[1], desk.history.learning_rates)
    assert np.array_equal(plot._norm.getOriginalDataset()[1], desk.history.gradient_norms)
    assert all(p.getAxis("left").style["showValues"] for p in plot._plots)
    assert plot._chance.value() == desk.chance_loss == np.log(len(desk.letters) + 1)
    assert "50" in plot.legend.text()
    assert numbers.loss(desk.chance_loss) in plot.legend.text()
    low, high = plot._plots[0].viewRange()[1]
    assert low < min(*losses, desk.chance_loss) < max(*losses, desk.chance_loss) < high


@pytest.mark.parametrize(
    ("key", "step"),
    [(K.Key_Home, 0), (K.Key_Left, 9), (K.Key_Right, 11), (K.Key_PageUp, 11), (K.Key_End, 20)],
)
def test_the_slider_goes_to_steps_by_keys(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int, key: Qt.Key, step: int
) -> None:
    desk.show_step(10)
    qtbot.keyClick(page.step.slider, key)
    assert desk.step == step
    assert page.plot._shown[0].value() == step


def test_the_row_of_the_shown_step_is_told(page: TrainPage, desk: RunDesk, done: int) -> None:
    page.step.slider.setValue(7)
    row, facts = desk.history.rows[6], page.step.facts
    assert page.step.title.text() == "Step 7 of 20"
    assert facts["Document"].text() == f"“{row.document}”"
    assert facts["Loss"].text() == numbers.loss(row.loss)
    assert facts["Loss"].toolTip() == numbers.exact(row.loss)
    assert facts["Learning rate"].text() == numbers.short(row.learning_rate)
    assert facts["Gradient norm"].text() == numbers.short(row.gradient_norm)
    assert facts["Engine"].text() == "scalar"
    page.step.slider.setValue(0)
    assert page.step.title.text() == "Start"
    assert facts["Loss"].text() == "–"


def test_the_slider_goes_no_further_than_the_run(
    page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    desk.create("first", settings)
    desk.single_step()
    desk.poll()
    page.step.slider.setValue(15)
    assert (desk.step, page.step.slider.value()) == (1, 1)


def point_at(page: TrainPage, step: float) -> QPoint:
    scene = page.plot._plots[0].vb.mapViewToScene(QPointF(step, 3.0))
    return page.plot.canvas.mapFromScene(scene)


def move(widget: QWidget, point: QPoint) -> None:
    button, none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier
    where = QPointF(point), QPointF(widget.mapToGlobal(point))
    event = QMouseEvent(QEvent.Type.MouseMove, *where, button, button, none)
    QApplication.sendEvent(widget, event)


@pytest.mark.parametrize("theme", [DARK, LARGE], ids=["as it is", "large"])
def test_pointing_at_a_curve_tells_its_values_and_a_click_shows_the_step(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int
) -> None:
    viewport, legend = page.plot.canvas.viewport(), page.plot.legend
    move(viewport, point_at(page, 12))
    text = legend.text().replace("&nbsp;", " ")
    row = desk.history.rows[11]
    assert "step 12" in text
    assert f"loss {numbers.loss(row.loss)}" in text
    assert numbers.short(row.gradient_norm) in text
    assert desk.step == TINY.steps
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=point_at(page, 12))
    assert desk.step == 12
    page.plot._hover(None)
    assert "chance" in legend.text()


def test_samples_of_the_shown_step(page: TrainPage, desk: RunDesk, done: int) -> None:
    assert page.samples.origin.text() == "Made up at the end, temperature 0.5"
    desk.show_step(3)
    assert page.samples.documents.isHidden()
    assert page.samples.origin.text() == "None yet: some are made up every 5 steps."


def test_another_run_or_a_step_is_compared_with(
    page: TrainPage, desk: RunDesk, done: int, settings: RunSettings
) -> None:
    other = desk.create("other & more", replace(settings, seed=8))
    desk.single_step()
    desk.poll()
    page.step.list_comparisons()
    box = page.step.compare
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    assert desk.comparison == Comparison(done)
    assert len(page.plot._other.getOriginalDataset()[1]) == TINY.steps
    assert "“first”" in page.plot.legend.text().replace("&nbsp;", " ")
    difference = desk.history.losses[0] - desk.other_history.losses[0]
    assert numbers.signed(difference) in page.step.remarks.text()
    desk.choose(done)
    desk.show_step(4)
    page.step.list_comparisons()
    desk.compare(Comparison(done, 4))
    desk.show_step(9)
    assert "step 4" in page.step.remarks.text()
    assert other != done


def test_a_run_is_renamed_in_the_list(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int
) -> None:
    page.runs.list.rename()
    editor = page.runs.list.findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, "better")
    qtbot.keyClick(editor, K.Key_Return)
    qtbot.waitUntil(lambda: desk.record.name == "better", timeout=PATIENCE)
    assert page.runs.list.runs.index(0).data() == "better"


def test_nothing_is_deleted_before_it_is_confirmed(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int
) -> None:
    runs = page.runs
    runs.ask_delete()
    assert runs.confirm.isVisible()
    assert "“first” with its 20 steps" in runs.question.text()
    qtbot.mouseClick(runs.keep_button, Qt.MouseButton.LeftButton)
    assert (runs.confirm.isHidden(), len(desk.records)) == (True, 1)
    runs.ask_delete()
    qtbot.mouseClick(runs.delete_button, Qt.MouseButton.LeftButton)
    assert (runs.confirm.isHidden(), desk.records, runs.empty.isVisible()) == (True, (), True)


def test_the_question_goes_away_with_the_run(
    page: TrainPage, desk: RunDesk, done: int, settings: RunSettings
) -> None:
    page.runs.ask_delete()
    desk.create("second", settings)
    assert page.runs.confirm.isHidden()
    page.runs.delete()
    assert len(desk.records) == 2


def test_the_list_chooses_and_the_menu_duplicates(
    page: TrainPage, desk: RunDesk, done: int
) -> None:
    page.runs.duplicate()
    assert [record.name for record in desk.records] == ["first (copy)", "first"]
    assert desk.current != done
    page.runs.list.setCurrentIndex(page.runs.list.runs.index(1))
    assert desk.current == done


def test_files_are_asked_for_without_blocking(
    page: TrainPage, desk: RunDesk, done: int, tmp_path: Path
) -> None:
    from explorer.views.session_dialogs import FileDialog

    for title, name in (
        ("Export weights of this step as safetensors…", "first-step-20.safetensors"),
        ("Export losses as CSV…", "first.csv"),
    ):
        action = next(a for a in page.runs.menu.actions() if a.text() == title)
        action.trigger()
        dialog = page.findChildren(FileDialog)[-1]
        assert dialog.selectedFiles()[0].endswith(name)
        dialog.chosen.emit(tmp_path / name)
        dialog.close()
        assert (tmp_path / name).exists()


def test_replay_that_held_is_said_to_be_checked(
    page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    page._timer.setInterval(10_000_000)  # the test polls
    run = desk.create("first", replace(settings, engine="replay"))
    assert page.step.facts["Engine"].text() == "replay"
    desk.start()
    desk.poll()
    assert page.step.facts["Engine"].text() == "replay ✓"
    desk._live._notices[run].append("something differs")
    desk.poll()
    assert page.step.facts["Engine"].text() == "replay"
    assert "Something differs." in page.step.remarks.text()


def test_whatever_takes_the_keyboard_has_a_name(page: TrainPage, done: int) -> None:
    takers = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.focusProxy() is None
    ]
    assert len(takers) >= 7
    for taker in takers:
        spoken = QAccessible.queryAccessibleInterface(taker).text(QAccessible.Text.Name)
        assert spoken, (taker, taker.parent())


def test_a_page_out_of_sight_draws_nothing_and_catches_up(
    page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    desk.create("first", settings)
    page.hide()
    desk.start()
    for _ in range(4):
        desk.poll()
    assert page.step.slider.value() == 0
    page.show()
    assert page.step.slider.value() == 4
    assert len(page.plot._raw.getOriginalDataset()[0]) == 4


@pytest.mark.parametrize(
    ("theme", "width"),
    [(DARK, 1280), (LIGHT, 1920), (DARK, 3840), (LARGE, 1920), (LARGE, 3840)],
    ids=lambda value: f"{value.name} {value.scale}" if isinstance(value, Theme) else value,
)
def test_nothing_is_cut_off(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int, width: int, theme: Theme
) -> None:
    page.setStyleSheet(style_sheet(theme))
    page.resize(width, width * 9 // 16 - 60)
    desk.compare(Comparison(done, 3))
    for label in page.findChildren(QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.sizeHint().width(), label.text()
        if label.isVisible():
            assert label.fontInfo().pixelSize() >= theme.px(SMALL), label.text()
    parts: list[QWidget] = [page.plot.canvas, page.step.slider, page.step.open, page.step.compare]
    assert all(page.rect().contains(p.mapTo(page, p.rect().bottomRight())) for p in parts)


def test_losses_that_are_no_numbers_are_drawn_as_gaps(
    page: TrainPage, desk: RunDesk, done: int
) -> None:
    desk.history.rows[4:6] = [replace(row, loss=float("nan")) for row in desk.history.rows[4:6]]
    desk.history.losses[4:6] = np.nan
    page.plot.show_rows()
    desk.show_step(5)
    assert page.step.facts["Loss"].text() == "NaN"
    page.grab()


def test_plots_are_imported_when_the_first_one_opens() -> None:
    program = (
        "import sys, explorer.views.main_window; assert 'pyqtgraph' not in sys.modules; "
        "import explorer.views.train_page; assert 'pyqtgraph' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_the_matrices_are_those_of_the_shown_step(
    qtbot: QtBot, page: TrainPage, desk: RunDesk, done: int
) -> None:
    desk.show_step(2)
    shown = desk.step_matrices(done, 2)
    assert shown is not None
    assert shown.state.parameters.tobytes() == desk.matrices(2).parameters.tobytes()
    assert page.matrices._step is not None
    assert page.matrices._step.title == shown.title == "step 2 of first"
    with qtbot.waitSignal(page.parameter_chosen) as chosen:
        page.matrices.parameter_chosen.emit(3)
    assert chosen.args == [3]
    assert desk.step_matrices(done, 0).gradient is None


# Commands


def possible(page: TrainPage) -> set[RunAction]:
    return {action for action in RunAction if page.can(action)}


def test_commands_can_be_given_when_their_buttons_can_be_pressed(
    page: TrainPage, desk: RunDesk, settings: RunSettings
) -> None:
    page._timer.setInterval(10_000_000)  # the test polls
    always = {RunAction.NEW, RunAction.IMPORT}
    assert possible(page) == always
    desk.create("first", settings)
    steps = {RunAction.BACK, RunAction.ON}
    live = {RunAction.STOP}
    assert possible(page) == set(RunAction) - steps - live
    page.do(RunAction.ONE)
    desk.poll()
    assert (desk.step, desk.phase(desk.current)) == (1, Phase.PAUSED)
    assert possible(page) == set(RunAction) - {RunAction.ON}
    page.do(RunAction.BACK)
    assert desk.step == 0
    assert RunAction.BACK not in possible(page)
    page.do(RunAction.ON)
    assert desk.step == 1
    page.do(RunAction.GO)
    desk.poll()
    assert desk.phase(desk.current) is Phase.RUNNING
    assert RunAction.ONE not in possible(page)
    page.do(RunAction.STOP)
    desk.poll()
    assert desk.phase(desk.current) is Phase.STOPPED


def test_commands_copy_rename_and_delete(page: TrainPage, desk: RunDesk, done: int) -> None:
    page.do(RunAction.DUPLICATE)
    assert desk.record.name == "first (copy)"
    page.do(RunAction.RENAME)
    assert page.runs.list.state() is page.runs.list.State.EditingState
    page.runs.list.setFocus()
    page.do(RunAction.DELETE)
    assert page.runs.confirm.isVisible()
    page.runs.delete()
    assert [record.id for record in desk.records] == [done]
    assert not {RunAction.GO, RunAction.ONE, RunAction.STOP} & possible(page)


@pytest.mark.parametrize(
    ("action", "ending"),
    [(RunAction.SAFETENSORS, "safetensors"), (RunAction.JSON, "json"), (RunAction.LOSSES, "csv")],
)
def test_commands_ask_where_to_export(
    page: TrainPage, desk: RunDesk, done: int, tmp_path: Path, action: RunAction, ending: str
) -> None:
    page.do(action)
    (dialog,) = page.runs.findChildren(FileDialog)
    file = tmp_path / f"out.{ending}"
    dialog.chosen.emit(file)
    assert file.stat().st_size > 100
    dialog.close()


def test_commands_ask_for_settings_and_weights(page: TrainPage) -> None:
    page.do(RunAction.NEW)
    (form,) = page.runs.findChildren(RunSettingsDialog)
    form.close()
    page.do(RunAction.IMPORT)
    (dialog,) = page.runs.findChildren(FileDialog)
    dialog.close()


def test_the_command_to_compare_opens_the_list_and_ends_it(
    page: TrainPage, desk: RunDesk, done: int
) -> None:
    page.do(RunAction.COMPARE)
    assert page.step.compare.view().isVisible()
    page.step.compare.hidePopup()
    desk.compare(Comparison(done, 3))
    page.do(RunAction.COMPARE)
    assert desk.comparison is None
