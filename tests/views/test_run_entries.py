"""Runs in the command palette."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY

from explorer.debug.desk import Workspace
from explorer.debug.palette import Entry, Palette
from explorer.runs.desk import RunDesk
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore
from explorer.views.live_steps import Step
from explorer.views.main_window import MainWindow
from explorer.views.run_entries import run_entries

PATIENCE = 120_000  # milliseconds
K, M = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def desk(runs_path: Path, run: int) -> Iterator[RunDesk]:
    with RunStore(runs_path) as store:
        create_run(store, "second", TINY, NAMES)
    desk = RunDesk(runs_path)
    desk.refresh()
    yield desk
    desk.close()


class Asked:
    """Notes what the entries do."""

    def __init__(self, desk: RunDesk, shown: int | None) -> None:
        self.done: list[tuple[str, int, int]] = []
        self.palette = Palette(
            [
                run_entries(
                    desk,
                    lambda: shown,
                    lambda run, step: self.done.append(("open", run, step)),
                    lambda run, step: self.done.append(("show", run, step)),
                )
            ]
        )

    def find(self, typed: str) -> list[Entry]:
        return [found.entry for found in self.palette.find(typed)]


def test_runs_with_steps_are_offered_by_name(desk: RunDesk, run: int) -> None:
    asked = Asked(desk, None)
    (entry,) = asked.find("firs")
    assert entry.title == "Open run “first” after step 6"
    asked.palette.run(entry)
    assert asked.done == [("open", run, 7)]
    assert not asked.find("second")  # nothing is trained there


@pytest.mark.parametrize("typed", ["first 3", "first step 3", "fir 3"])
def test_a_step_of_a_run_is_typed_behind_its_name(desk: RunDesk, run: int, typed: str) -> None:
    asked = Asked(desk, None)
    entry = asked.find(typed)[0]
    assert entry.title == "Open run “first” at step 3"
    asked.palette.run(entry)
    assert asked.done == [("open", run, 3)]


def test_a_bare_step_is_of_the_run_on_show(desk: RunDesk, run: int) -> None:
    asked = Asked(desk, run)
    entry = asked.find("step 4")[0]
    assert entry.title == "Show run “first” at step 4"
    asked.palette.run(entry)
    assert asked.done == [("show", run, 4)]
    assert all(e.title.startswith("Open") for e in Asked(desk, None).find("step 4"))


@pytest.mark.parametrize("step", [0, 7, 400])
def test_a_step_that_is_not_there_is_refused(desk: RunDesk, run: int, step: int) -> None:
    asked = Asked(desk, run)
    entry = asked.find(f"step {step}")[0]
    assert entry.refused == "it has 6 steps"
    asked.palette.run(entry)
    assert not asked.done


def test_steps_in_the_window(qtbot: QtBot, small: MainWindow, run: int) -> None:
    palette = small.command_palette
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        qtbot.keyClick(small, K.Key_P, M.ControlModifier | M.ShiftModifier)
        palette.field.setText("first 2")
        qtbot.keyClick(palette.field, K.Key_Return)
    assert small.live.step == Step(run, 2)
    qtbot.waitUntil(lambda: small.live.is_ready, timeout=PATIENCE)
    qtbot.keyClick(small, K.Key_P, M.ControlModifier | M.ShiftModifier)
    palette.field.setText("step 5")
    qtbot.keyClick(palette.field, K.Key_Return)
    qtbot.waitUntil(lambda: small.live.step == Step(run, 5), timeout=PATIENCE)
    small.show_workspace(Workspace.TRAIN)
    small.desk.show_step(run, 3)
    assert small.runs.step == 3
