"""A formula in the window: all that can be done with a pass is done with it, or says no."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Workspace
from explorer.debug.session import Colour
from explorer.trace.expression import parse_formula
from explorer.trace.formula_pass import record_formula
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass, load_trace

LEAVES = {"a": 2.0, "b": 3.0}
BESIDE = {  # they open dialogs, other passes or windows, and are tested where they belong
    "export_map", "open_session", "save_session", "lesson_open", "lesson_save", "lesson_save_as",
    "lesson_new", "train_new", "train_import", "help", "glossary", "about", "menu", "keys",
}  # fmt: skip


@pytest.fixture
def formula() -> LoadedPass:
    return load_trace(
        lambda report: record_formula(parse_formula("c = a*b\nL = c + a", LEAVES), LEAVES)
    )


@pytest.fixture
def shown(small: MainWindow, formula: LoadedPass) -> MainWindow:
    small.passes.show_made(formula, None)
    return small


def test_cells_are_large_enough_to_read(shown: MainWindow) -> None:
    assert shown.explore.map_view.camera.scale > 60
    shown.resize(1920, 1080)
    QApplication.processEvents()
    assert shown.explore.map_view.camera.scale > 80


def test_views_tell_nodes_by_their_names(shown: MainWindow) -> None:
    shown.session.select(0)
    assert "θ" not in shown.explore.inspector.toPlainText()
    assert shown.explore.inspector.toPlainText().splitlines()[1] == "a"
    trace = shown.session.trace
    assert trace is not None
    shown.session.select(trace.names.index("c"))
    assert shown.explore.inspector.toPlainText().splitlines()[1] == "c"
    assert shown.explore.token_strip.accessibleDescription() == "c = a*b\nL = c + a"
    assert "no model" in shown.top_bar.model_title


def test_every_event_is_stepped_through_in_every_colour(shown: MainWindow) -> None:
    session = shown.session
    for colour in Colour:
        session.set_colour(colour)
        session.seek(0)
        while session.cursor < (session.timeline.end if session.timeline else 0):
            before = session.cursor
            session.step(1)
            shown.grab()
            assert session.cursor > before


@pytest.mark.parametrize("workspace", [Workspace.EXPLORE, Workspace.NAME])
def test_every_command_is_done_or_is_not_enabled(
    shown: MainWindow, qtbot: QtBot, workspace: Workspace
) -> None:
    for command in COMMANDS:
        if command.id in BESIDE or command.group in ("Workspace", "Runs", "Generate"):
            continue
        shown.show_workspace(workspace)
        shown.session.seek(5)
        shown.session.select(0)
        if command.available(shown.desk):
            command.run(shown.desk)
            QApplication.processEvents()
            shown.grab()
    shown.session.play(0)
    shown.lectern.forget_changes()
    shown.lectern.close()
    shown.lectern.passes.wait()


@pytest.mark.parametrize("panel", ["order", "watches", "bookmarks", "whatif", "lesson"])
def test_every_panel_shows_it(shown: MainWindow, panel: str) -> None:
    shown.desk.show_panel(panel)
    for cursor in range(8):
        shown.session.seek(cursor)
        shown.grab()


def test_a_number_of_it_is_changed(shown: MainWindow) -> None:
    shown.desk.show_panel("whatif")
    shown.session.select(0)
    shown.explore.what_if.wait()
    QApplication.processEvents()
    assert shown.explore.what_if.field.isEnabled()


def test_it_can_not_be_saved_as_a_session(shown: MainWindow, tmp_path: Path) -> None:
    told: list[str] = []
    shown.sessions.told.connect(told.append)
    shown.sessions.ask_where_to_save()
    shown.sessions.write(tmp_path / "s.json")
    assert len(told) == 2
    assert all("formula" in sentence for sentence in told)
    assert not (tmp_path / "s.json").exists()


def test_a_name_is_run_after_it(shown: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(shown.loader.ended, timeout=60_000):
        shown.run("ba")
    assert shown.top_bar.model_title == "untrained · seed 42"
    assert shown.top_bar.name.text() == "ba"
