"""Lecture mode: from a key to the painted picture, on a screen of 1920 x 1080."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median, quantiles

from PySide6.QtCore import QEventLoop
from PySide6.QtWidgets import QApplication

from explorer.app import make_application
from explorer.bench.table import LONG_NAME, Measurement, seconds
from explorer.debug.lecture_keys import Act
from explorer.debug.lessons.built_in import built_in_lessons
from explorer.debug.lessons.lesson_file import read_lesson
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import load_pass
from microgpt import Config

BAR = 100.0  # milliseconds
ROUNDS, STEPS = 7, 30


def lecture() -> Iterator[Measurement]:
    """Time entering, every view, steps in every view, and the stops of the built-in lessons."""
    application = make_application()
    subject = untrained(Config())
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(subject, Session(), DARK, runs=Path(folder) / "runs.sqlite3")
        window.stand_still()
        window.resize(1920, 1080)
        window.show()
        window.show_pass(load_pass(subject, LONG_NAME))
        yield from _measured(application, window)
        window.close()


def _measured(application: QApplication, window: MainWindow) -> Iterator[Measurement]:
    lecture = window.lecture

    def painted(work: Callable[[], object]) -> float:
        """Return the milliseconds from a key until nothing is left to be painted."""
        application.processEvents()
        return 1000 * (seconds(work) + seconds(application.processEvents))

    yield Measurement("lecture mode, entered first", painted(lecture.enter), "ms", BAR)
    enters = []
    for _ in range(ROUNDS):
        lecture.leave()
        enters.append(painted(lecture.enter))
    yield Measurement("lecture mode, entered again", median(enters), "ms", BAR)
    lecture.window.resize(1920, 1080)
    assert lecture.stage is not None
    ahead: list[float] = []  # as it happens in the first second of a lecture
    while len(ahead) < len(StageView):
        ahead.append(painted(lecture.stage.make_ready))
    yield Measurement("a view made ahead, slowest", max(ahead), "ms")
    firsts = {view: painted(partial(lecture.show_view, view)) for view in StageView}
    slowest = max(firsts, key=lambda view: firsts[view])
    yield Measurement(f"a view shown first, slowest: {slowest}", firsts[slowest], "ms", BAR)
    again = [painted(partial(lecture.show_view, view)) for view in StageView]
    yield Measurement("a view shown again, slowest", max(again), "ms", BAR)
    for view in StageView:
        lecture.show_view(view)
        steps = [painted(partial(lecture.window.act, Act.BACK)) for _ in range(STEPS)]
        yield from _two_of(f"a step, {view}", steps)
    yield from _two_of("a stop of a lesson", list(_stops(application, window, painted)))


def _stops(
    application: QApplication,
    window: MainWindow,
    painted: Callable[[Callable[[], object]], float],
) -> Iterator[float]:
    """Yield how long each stop of the built-in lessons takes, forwards and backwards."""
    lectern = window.lectern
    for file in built_in_lessons():
        lectern.open(read_lesson(file))
        lectern.go(0)
        while lectern.passes.waiting:
            application.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
        assert lectern.lesson is not None
        stops = range(len(lectern.lesson.stops))
        for at in (*stops[1:], *reversed(stops[:-1])):
            yield painted(partial(lectern.go, at))


def _two_of(name: str, times: list[float]) -> Iterator[Measurement]:
    if len(times) > 1:
        slow = quantiles(times, n=20, method="inclusive")[-1]
        yield Measurement(f"{name}, median", median(times), "ms")
        yield Measurement(f"{name}, p95", slow, "ms", BAR)
