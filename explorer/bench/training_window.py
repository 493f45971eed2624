"""The window while a run trains in its process, and the slider over the steps of a run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic, sleep

from PySide6.QtWidgets import QApplication

from explorer.app import make_application
from explorer.bench.camera_path import LEVELS, SCREEN, camera_path
from explorer.bench.map_frames import p95, paint_what_is_due
from explorer.bench.table import LONG_NAME, Measurement, seconds
from explorer.debug.desk import RunAction
from explorer.debug.session import Session
from explorer.runs.live import Phase
from explorer.runs.settings import RunSettings
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import load_pass
from microgpt import Config

FRAMES, TRAINED_BEFORE, MOVES = 120, 60, 60
PATIENCE = 60.0  # seconds for a process to start and train
FRAME_BAR = 16.0  # ms
ENDLESS = 100_000  # steps: more than are done meanwhile


def training_window() -> Iterator[Measurement]:
    """Measure frames of the debugger with and without a run that trains, then its slider."""
    application = make_application()
    subject = untrained(Config())
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(subject, Session(), DARK, runs=Path(folder) / "runs.sqlite3")
        window.stand_still()
        window.resize(*SCREEN)
        window.show()
        window.show_pass(load_pass(subject, LONG_NAME))
        application.processEvents()
        alone = _frames(window)
        run = window.runs.create("bench", RunSettings(steps=ENDLESS, samples_every=0))
        if run is None:
            raise RuntimeError("the run cannot be made")
        window.desk.train_run(RunAction.GO)
        _wait(lambda: len(window.runs.history) >= TRAINED_BEFORE)
        before, began = len(window.runs.history), monotonic()
        trains = _frames(window)
        if window.runs.phase(run) is not Phase.RUNNING:
            raise RuntimeError("the run has stopped while it was measured")
        pace = (len(window.runs.history) - before) / (monotonic() - began)
        window.runs.stop()
        _wait(lambda: not window.runs.phase(run).is_live)
        for what in alone:
            yield Measurement(f"{what}, nothing trains, p95", p95(alone[what]), "ms")
            yield Measurement(f"{what}, a run trains, p95", p95(trains[what]), "ms", FRAME_BAR)
        yield Measurement("steps of that run meanwhile", pace, "a second")
        yield from _slider(window, run)
        window.close()


def _frames(window: MainWindow) -> dict[str, list[float]]:
    """Pan, then step; a frame is all that is due: news of the run, the change, the picture.

    Returns
    -------
    dict of str to list of float
        Milliseconds of each frame.
    """
    session, view = window.session, window.explore.map_view
    layout = view.layout_shown
    if layout is None or session.timeline is None:
        raise RuntimeError("there is no pass")
    session.seek(session.timeline.backward_start + len(session.timeline.consumer) // 2)
    path = list(camera_path(layout, LEVELS[len(LEVELS) // 2], FRAMES))
    times: dict[str, list[float]] = {"panned frame": [], "stepped frame": []}

    def add(kind: str, change: Callable[[], object]) -> None:
        def frame() -> None:
            QApplication.processEvents()
            change()
            paint_what_is_due(window)

        times[kind].append(1000 * seconds(frame))

    for camera in path:
        add("panned frame", partial(view.look, camera))
    for _ in path:
        add("stepped frame", partial(session.step, 1))
        add("stepped frame", list)  # some views follow the selection one frame later
    return times


def _slider(window: MainWindow, run: int) -> Iterator[Measurement]:
    """Time moves of the slider over training steps, from the value to the painted window."""
    window.open_step(run, 1)
    _wait(lambda: not window.is_running)
    window.run(LONG_NAME)
    _wait(lambda: not window.is_running and window.live.is_ready)
    window.desk.zoom_to_fit()
    paint_what_is_due(window)
    last = window.live.last
    shown, painted = [], []

    def show(step: int) -> None:
        window.live.ask(step)
        window.live.show_now()

    for move in range(MOVES):
        step = 2 + move * (last - 2) // MOVES
        shown.append(1000 * seconds(partial(show, step)))
        painted.append(shown[-1] + 1000 * seconds(partial(paint_what_is_due, window)))
    yield Measurement("slider over steps, all views told, median", median(shown), "ms", FRAME_BAR)
    yield Measurement("the same, the window painted, median", median(painted), "ms")


def _wait(until: Callable[[], bool]) -> None:
    """Let the window work until something has come about."""
    end = monotonic() + PATIENCE
    while not until():
        if monotonic() > end:
            raise RuntimeError("the run did not get on")
        QApplication.processEvents()
        sleep(0.002)
