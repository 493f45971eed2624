"""Sessions are saved from the window and opened in it; what goes wrong changes nothing."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from explorer.debug.addresses import node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.session import Colour
from explorer.debug.session_file import SessionState, capture, read_session, save_session
from explorer.debug.stepping import Granularity
from explorer.layout.camera import Camera
from explorer.trace import passes
from explorer.trace.passes import record_pass, untrained
from explorer.views.main_window import MainWindow
from explorer.views.session_dialogs import SessionDialog
from microgpt import Config

PATIENCE = 120_000  # milliseconds


def captured(window: MainWindow) -> SessionState:
    return capture(window.session, None)


def fill(window: MainWindow) -> None:
    """Mark a few things, and look somewhere."""
    session, trace = window.session, window.session.trace
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="abs(grad) > 0.2", skip=1))
    session.watches.toggle(node_address(trace, 700))
    session.seek(60_000)
    session.select(5000)
    session.bookmarks.add(Bookmark("emma", 60_000, node_address(trace, 5000), "look"))
    session.set_granularity(Granularity.LINE)
    session.set_colour(Colour.GRADIENT)
    session.search("softmax")


def read(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.sessions.read(file)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "session.json"


@pytest.fixture
def saved(file: Path, window: MainWindow) -> SessionState:
    """A state like that of the window over another name, in a file."""
    fill(window)
    state = replace(captured(window), name="ava", cursor=40_000, camera=(3.0, 10.0, 20.0))
    window.session.search("")
    save_session(file, state)
    return state


def test_a_saved_session_comes_back_in_another_window(
    qtbot: QtBot, window: MainWindow, file: Path
) -> None:
    fill(window)
    window.explore.map_view.look(Camera(12.0, 30.0, 40.0))
    before = captured(window)
    window.sessions.write(file)
    assert window.message.text == f"The session is in {file}."
    assert read_session(file).camera == (12.0, 30.0, 40.0)
    other = MainWindow(untrained(Config()), type(window.session)(), window.explore.map_view._theme)
    qtbot.addWidget(other)
    other.explore.map_view.glide = 0
    other.show()
    read(qtbot, other, file)
    assert captured(other) == before
    assert other.explore.map_view.camera == Camera(12.0, 30.0, 40.0)
    assert other.top_bar.name.text() == "emma"
    assert other.explore.search_bar.isVisible()
    assert other.explore.search_bar.field.text() == "softmax"
    qtbot.keyClick(other, Qt.Key.Key_Escape)
    assert other.session.query == ""


def test_the_whole_map_is_saved_as_such(window: MainWindow, file: Path) -> None:
    window.sessions.write(file)
    assert read_session(file).camera is None


def test_opening_shows_the_other_name_and_all_that_was_saved(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    read(qtbot, window, file)
    assert captured(window) == replace(saved, camera=None)
    assert window.top_bar.name.text() == "ava"
    assert window.message.text == ""


@pytest.mark.parametrize(
    "camera", [(1e9, 1e9, 1e9), (1e-9, -1e9, 1e9), (240.0, -1e9, 0.0), (1e-300, 0.0, 0.0)]
)
def test_cameras_that_look_at_nothing_do_no_harm(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState, camera
) -> None:
    save_session(file, replace(saved, camera=camera))
    read(qtbot, window, file)
    window.session.select(7000)
    window.grab()
    window.session.step(1)
    window.grab()
    window.desk.zoom_to_fit()
    assert window.explore.map_view.shows_all


def test_another_seed_and_shape_load_that_model(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    config = Config(2, 8, 2, 9)
    save_session(file, replace(saved, seed=7, config=asdict(config), selection=None))
    read(qtbot, window, file)
    expected = record_pass(untrained(config, 7), "ava")
    assert (window.session.trace.grad == expected.grad).all()
    assert window.top_bar.model.accessibleName() == "Model: untrained · seed 7"
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("bo")
    assert dict(window.session.trace.document.config) == asdict(config)


def test_a_moment_beyond_the_end_is_the_end(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    save_session(file, replace(saved, cursor=10**12))
    read(qtbot, window, file)
    assert window.session.cursor == window.session.timeline.end


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ({"letters": "abc"}, "another vocabulary"),
        ({"name": "Ava!"}, "can't be read by the model"),
        ({"name": ""}, "can't be read by the model"),
        ({"cursor": -1}, "“cursor” should be a whole number"),
        ({"version": 9}, "has version 9"),
        ({"config": {"n_layer": 1, "n_embd": 9, "n_head": 2, "block_size": 4}}, "can't be built"),
    ],
)
def test_a_refused_session_changes_nothing(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState, damage, words: str
) -> None:
    file.write_text(json.dumps(json.loads(file.read_text()) | damage))
    before = captured(window)
    with qtbot.assertNotEmitted(window.loader.started):
        window.sessions.read(file)
    assert window.message.text.startswith("The session was not opened: ")
    assert window.message.text.endswith(".")
    assert words in window.message.text
    assert captured(window) == before
    assert window.explore.map_view.shows_all


def test_missing_files_and_folders_are_refused(window: MainWindow, tmp_path: Path) -> None:
    for path in (tmp_path / "none.json", tmp_path):
        window.sessions.read(path)
        assert window.message.text.startswith(f"The session was not opened: {path} can't be read")


def test_a_session_that_can_not_be_written_is_told(window: MainWindow, tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none" / "s.json"):
        window.sessions.write(path)
        assert window.message.text.startswith("The session was not saved: ")
        assert window.message.text.endswith(".")


def is_as_before(qtbot: QtBot, window: MainWindow, before: SessionState) -> bool:
    """Return whether the window shows what it showed, and makes passes as it did."""
    same = captured(window) == before
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("bo")
    return same and captured(window).seed == before.seed


def test_a_cancelled_opening_leaves_model_and_pass(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    save_session(file, replace(saved, seed=7))
    window.desk.open_search()
    window.session.search("relu")
    before = captured(window)
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.sessions.read(file)
        window.passes.cancel()
    assert window.session.query == "relu"
    assert window.top_bar.name.text() == "emma"
    assert is_as_before(qtbot, window, before)


def test_an_opening_that_fails_leaves_model_and_pass(
    qtbot: QtBot,
    window: MainWindow,
    file: Path,
    saved: SessionState,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def overflow(*_: object) -> None:
        raise OverflowError("math range error")

    save_session(file, replace(saved, seed=7))
    before = captured(window)
    with monkeypatch.context() as patch:
        patch.setattr(passes, "forward", overflow)
        read(qtbot, window, file)
    assert "math range error" in window.message.text
    assert is_as_before(qtbot, window, before)


def test_opening_replaces_a_pass_that_is_under_way(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    save_session(file, replace(saved, seed=7))
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("maximilian")
        window.sessions.read(file)
    assert captured(window) == replace(saved, seed=7, camera=None)


def test_a_name_typed_during_an_opening_is_run_with_the_model_at_hand(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    save_session(file, replace(saved, seed=7))
    marked = list(window.session.watches)
    window.session.watches.set([])
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.sessions.read(file)
        window.run("bo")
    state = captured(window)
    assert (state.name, state.seed) == ("bo", 42)
    assert state.cursor == window.session.timeline.backward_end
    assert list(window.session.watches) == [] != marked


def test_the_last_of_two_openings_counts(
    qtbot: QtBot, window: MainWindow, file: Path, saved: SessionState
) -> None:
    other = file.with_name("other.json")
    save_session(other, replace(saved, name="bo", seed=9, cursor=50))
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.sessions.read(file)
        window.sessions.read(other)
    state = captured(window)
    assert (state.name, state.seed, state.cursor) == ("bo", 9, 50)


@pytest.mark.parametrize(("saves", "title"), [(True, "Save"), (False, "Open")])
def test_the_dialogs_ask_for_json_files(
    qtbot: QtBot, window: MainWindow, file: Path, saves: bool, title: str
) -> None:
    window.sessions.write(file)
    (window.desk.save_session if saves else window.desk.open_session)()
    (dialog,) = window.findChildren(SessionDialog)
    assert dialog.windowTitle().startswith(title)
    assert Path(dialog.directory().absolutePath()) == file.parent
    modes = QFileDialog.AcceptMode
    assert dialog.acceptMode() is (modes.AcceptSave if saves else modes.AcceptOpen)
    with qtbot.waitSignal(dialog.chosen) as chosen:
        dialog.fileSelected.emit(str(file))
    assert chosen.args == [file]
    dialog.close()
