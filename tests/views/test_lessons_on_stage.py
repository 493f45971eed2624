"""The built-in lessons can be read on the narrowest screen: each stop, with its caption."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from pytestqt.qtbot import QtBot
from recorded import faults

from explorer.debug.lessons.built_in import built_in_lessons
from explorer.debug.lessons.lesson_file import read_lesson
from explorer.views.main_window import MainWindow

SIZE = QSize(1024, 768)
PATIENCE = 60_000  # milliseconds, for the passes of a lesson
# A map or a large neighbourhood goes on beyond the screen; what has been cut there is no fault.
ENDLESS = ("MapView", "NeighbourhoodView")


@pytest.mark.parametrize("file", built_in_lessons(), ids=lambda file: file.stem)
def test_every_stop_can_be_read(qtbot: QtBot, window: MainWindow, file: Path) -> None:
    window.lecture.stand_still()
    window.lectern.open(read_lesson(file))
    window.lecture.enter()
    shown = window.lecture.window
    qtbot.addWidget(shown)
    shown.showNormal()
    shown.resize(SIZE)
    qtbot.waitUntil(lambda: not window.lectern.passes.waiting, timeout=PATIENCE)
    assert window.lectern.lesson is not None
    share = SIZE.height() / 1080
    for at, stop in enumerate(window.lectern.lesson.stops):
        window.lectern.go(at)
        qtbot.waitUntil(lambda: window.lectern.is_ready, timeout=PATIENCE)
        qtbot.wait(1)
        stage = window.lecture.stage
        assert stage is not None
        assert stage.caption.text.startswith(stop.title) or not stage.caption.isVisible()
        found = [
            fault
            for fault in faults(stage, 22 * share, 2)
            if "pixels" in fault or not fault.startswith(ENDLESS)
        ]
        assert found == [], (at, stop.title)
    window.lecture.close_down()
