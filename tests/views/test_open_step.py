"""The window's two workspaces, and the way from a step of a run to its pass and back."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from types import ModuleType

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY

from explorer.debug.desk import Workspace
from explorer.runs.store import RunStore, Status
from explorer.views.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier
PATIENCE = 120_000  # milliseconds
STEPS = 6


def opened(qtbot: QtBot, window: MainWindow, run: int, step: int) -> None:
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.open_step(run, step)


def choose(qtbot: QtBot, window: MainWindow, start: str) -> None:
    """Choose a model from the menu in the top bar."""
    window.models.fill()
    actions: list[QAction] = window.models.actions()
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        next(action for action in actions if action.text().startswith(start)).trigger()


def test_a_window_makes_no_file_of_runs(qtbot: QtBot, small: MainWindow, runs_path: Path) -> None:
    qtbot.keyClick(small, K.Key_3, M.ControlModifier)
    assert small.workspace is Workspace.TRAIN
    assert small.train.isVisible()
    small.models.fill()
    small.close()
    assert not runs_path.exists()


def test_keys_and_buttons_switch_between_workspaces(qtbot: QtBot, small: MainWindow) -> None:
    actions = small._actions.by_id
    qtbot.keyClick(small, K.Key_3, M.ControlModifier)
    assert actions["workspace_train"].isChecked()
    assert not actions["step"].isEnabled()
    assert not small.top_bar._phase.isVisible()
    assert small.top_bar.model.isVisible()
    before = small.session.cursor
    for key in (K.Key_Home, K.Key_PageUp, K.Key_Space):
        qtbot.keyClick(small.train.step.slider, key)
    assert small.session.cursor == before
    qtbot.keyClick(small, K.Key_1, M.ControlModifier)
    assert (small.workspace, small.explore.isVisible()) == (Workspace.EXPLORE, True)
    assert actions["step_back"].isEnabled()
    assert small.top_bar._phase.isVisible()


def test_the_shown_step_opens_with_the_bits_it_had(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.show_workspace(Workspace.TRAIN)
    small.runs.show_step(0)
    assert not small._actions.by_id["open_step"].isEnabled()
    small.runs.show_step(4)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        qtbot.keyClick(small, K.Key_Return, M.ControlModifier)
    trace, row = small.session.trace, small.runs.history.rows[3]
    assert trace.data[trace.loss] == row.loss
    assert trace.document.name == row.document
    assert trace.update.data.tolist() == small.runs.matrices(4).parameters.tolist()
    assert small.workspace is Workspace.EXPLORE
    assert small.top_bar.model.accessibleName() == "Model: run “first” · step 4"
    assert small.top_bar.name.text() == row.document


def test_another_name_is_run_with_the_model_of_the_step(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.runs.refresh()
    opened(qtbot, small, run, 3)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.run("bob")
    trace = small.session.trace
    before = small.runs.matrices(2).parameters
    assert trace.data[: trace.leaves].tolist() == before.tolist()
    assert small.top_bar.model.accessibleName() == "Model: run “first” · step 3"


def test_the_menu_leads_to_the_latest_and_to_the_untrained_model(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    first = small.session.trace.data[small.session.trace.loss]
    choose(qtbot, small, "Run “first”")
    trace = small.session.trace
    assert trace.document.name == "ab"
    assert trace.data[: trace.leaves].tolist() == small.runs.matrices(STEPS).parameters.tolist()
    assert small.top_bar.model.accessibleName() == f"Model: run “first” · after step {STEPS}"
    choose(qtbot, small, "Model untrained")
    assert small.session.trace.data[small.session.trace.loss] == first
    assert small.top_bar.model.accessibleName() == "Model: untrained · seed 42"
    small.models.fill()
    small.models.actions()[-1].trigger()
    assert small.workspace is Workspace.TRAIN


def test_a_pass_that_is_cancelled_keeps_the_model_on_show(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.runs.refresh()
    trace = small.session.trace
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, 2)
        small.loader.cancel()
    assert small.session.trace is trace
    assert small.top_bar.model.accessibleName() == "Model: untrained · seed 42"
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.run("zoe")  # letters that the run does not know
    assert small.session.trace.document.name == "zoe"


def test_a_step_that_is_gone_is_told_and_changes_nothing(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.runs.refresh()
    trace = small.session.trace
    small.open_step(run, STEPS + 2)
    assert small.message.text.startswith("The step cannot be opened: there is no step")
    assert not small.is_running
    assert small.session.trace is trace


def test_a_session_comes_back_with_the_model_of_its_step(
    qtbot: QtBot, run: int, small: MainWindow, tmp_path: Path
) -> None:
    small.runs.refresh()
    untrained_file, file = tmp_path / "untrained.json", tmp_path / "session.json"
    small.sessions.write(untrained_file)
    opened(qtbot, small, run, 2)
    qtbot.waitUntil(lambda: small.live.is_ready, timeout=PATIENCE)
    small.live.ask(4)
    qtbot.waitUntil(lambda: small.live.step.number == 4, timeout=PATIENCE)
    small.session.seek(70)
    small.session.select(5)
    data = small.session.trace.data.tobytes()
    small.sessions.write(file)  # before the slider has come to rest
    assert small.message.text == f"The session is in {file}."
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.sessions.read(untrained_file)
    assert small.top_bar.model.accessibleName() == "Model: untrained · seed 42"
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.sessions.read(file)
    assert small.top_bar.model.accessibleName() == "Model: run “first” · step 4"
    assert (small.session.cursor, small.session.selection) == (70, 5)
    assert small.session.trace.data.tobytes() == data
    assert small.live.step.number == 4


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"run": 77}, "which is not among the runs of this computer"),
        ({"step": STEPS + 2}, f"which has come to step {STEPS} only"),
        ({"step": 3}, "has other parameters there"),
        ({"parameters_sha256": "0" * 64}, "has other parameters there"),
    ],
)
def test_a_session_whose_model_is_gone_says_so_and_changes_nothing(
    qtbot: QtBot,
    run: int,
    small: MainWindow,
    tmp_path: Path,
    change: dict[str, object],
    words: str,
) -> None:
    small.runs.refresh()
    opened(qtbot, small, run, 2)
    file = tmp_path / "session.json"
    small.sessions.write(file)
    content = json.loads(file.read_text())
    content["model"] |= change
    file.write_text(json.dumps(content))
    trace = small.session.trace
    small.sessions.read(file)
    assert small.message.text.startswith("The session was not opened: its model is step")
    assert words in small.message.text
    assert not small.is_running
    assert small.session.trace is trace
    assert small.top_bar.model.accessibleName() == "Model: run “first” · step 2"


def test_closing_the_window_ends_the_run_after_its_step(
    qtbot: QtBot,
    small: MainWindow,
    runs_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))
    file = tmp_path / "names.txt"
    file.write_text(NAMES.text)
    settings = replace(TINY, steps=100_000, samples_every=0, dataset="file", dataset_file=str(file))
    small.show_workspace(Workspace.TRAIN)
    run = small.runs.create("long", settings)
    qtbot.mouseClick(small.train.runs.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: small.train.step.slider.value() >= 2, timeout=PATIENCE)
    small.close()
    with RunStore(runs_path) as store:
        assert store.run(run).status is Status.STOPPED
        assert store.steps_done(run) >= 2


def test_the_model_stays_in_sight_in_a_narrow_window(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.runs.refresh()
    opened(qtbot, small, run, 2)
    bar = small.top_bar
    for width, text in ((1280, "step 2"), (1920, "run “first” · step 2")):
        small.resize(width, 800)
        QApplication.processEvents()  # what became visible is laid out with the next turn
        assert bar.model.isVisible()
        assert text in bar.model.text()
        shown = [w for w in bar.children() if w.isWidgetType() and w.isVisible()]
        row = sorted((w for w in shown if w.height() > 10), key=lambda w: w.x())
        assert all(a.geometry().right() < b.x() for a, b in pairwise(row))
        assert row[-1].geometry().right() <= bar.width()


def test_a_parameter_of_the_matrices_is_selected_in_the_debugger(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.show_workspace(Workspace.TRAIN)
    small.runs.show_step(2)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.train.matrices.parameter_chosen.emit(7)
    assert small.workspace is Workspace.EXPLORE
    assert small.session.selection == 7
    opened(qtbot, small, run, 3)  # the next one selects what it usually does
    assert small.session.selection == small.session.trace.loss
