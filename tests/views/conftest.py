"""A window on a finished pass."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY, train_into

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.session import Session
from explorer.layout.flows import find_flows
from explorer.layout.map_layout import layout_map
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore, Status
from explorer.theme.tokens import DARK, Theme
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views import rest, window_passes
from explorer.views.main_window import MainWindow
from explorer.views.map_colours import MapColours
from explorer.views.pass_loader import LoadedPass
from microgpt import Config


@pytest.fixture
def qtbot(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> QtBot:
    """Hold on to widgets until they are closed.

    The library keeps weak references. A widget that only a test's own variable knows is collected
    when the test returns, in the middle of being painted for the last time if it has a plot.
    """
    kept: list[QWidget] = []
    add = qtbot.addWidget

    def add_and_keep(widget: QWidget, **options: object) -> None:
        kept.append(widget)
        add(widget, **options)

    monkeypatch.setattr(qtbot, "addWidget", add_and_keep)
    return qtbot


@pytest.fixture(autouse=True)
def quick_collections(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the window collect what it made itself, when it has to, and not all that tests keep.

    Several minutes of the suite.
    """
    monkeypatch.setattr(window_passes, "collect_anew", lambda: None)
    monkeypatch.setattr(rest, "collect_anew", gc.collect)


@pytest.fixture(autouse=True)
def collections_between_tests() -> Iterator[None]:
    """Let no thread of a test collect garbage: widgets must end on the window's thread."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(params=[DARK, DARK.scaled(1.7, finest=2.0)], ids=["as it is", "large"])
def theme(request: pytest.FixtureRequest) -> Theme:
    """A theme, and the same with larger lengths, as in a lecture."""
    theme: Theme = request.param
    return theme


@pytest.fixture(scope="session")
def loaded_emma(emma: Trace, emma_timeline: Timeline) -> LoadedPass:
    layout = layout_map(emma)
    return LoadedPass(emma_timeline, layout, find_flows(emma, layout), MapColours(emma_timeline))


@pytest.fixture(scope="session")
def anatomy(emma: Trace) -> Anatomy:
    return Anatomy(emma)


@pytest.fixture
def empty_window(qtbot: QtBot, subject: Subject, tmp_path: Path) -> Iterator[MainWindow]:
    """The window before its first pass."""
    window = MainWindow(subject, Session(), DARK, runs=tmp_path / "runs.sqlite3")
    qtbot.addWidget(window)
    window.stand_still()
    window.resize(1600, 900)
    with qtbot.waitExposed(window):
        window.show()
    window.activateWindow()  # or a window that another test has left keeps the keyboard
    qtbot.waitUntil(window.isActiveWindow)
    QTest.mouseMove(window, QPoint(1, 1))  # where no other test's mouse points at anything
    yield window
    window.loader.cancel()
    window.loader.wait()


@pytest.fixture
def window(empty_window: MainWindow, loaded_emma: LoadedPass) -> MainWindow:
    """The window with the pass of emma."""
    empty_window.show_pass(loaded_emma)
    return empty_window


@pytest.fixture(scope="session")
def a_pass(subject: Subject) -> Timeline:
    """A smaller pass."""
    return Timeline(record_pass(subject, "a"))


PATIENCE = 120_000  # milliseconds
STEPS_DONE = 6


@pytest.fixture(scope="session")
def small_subject() -> Subject:
    return untrained(Config(n_embd=4, n_head=1, block_size=4))


@pytest.fixture
def runs_path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite3"


@pytest.fixture
def run(runs_path: Path) -> int:
    """A run after some of its steps, before the window is opened."""
    with RunStore(runs_path) as store:
        run = create_run(store, "first", TINY, NAMES)
        train_into(store, run, STEPS_DONE)
        store.set_status(run, Status.STOPPED)
    return run


@pytest.fixture
def small(qtbot: QtBot, small_subject: Subject, runs_path: Path) -> MainWindow:
    """A window on the pass of a tiny model."""
    window = MainWindow(small_subject, Session(), DARK, runs=runs_path)
    qtbot.addWidget(window)
    window.stand_still()
    window.resize(1280, 720)
    with qtbot.waitExposed(window):
        window.show()
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("ab")
    return window
