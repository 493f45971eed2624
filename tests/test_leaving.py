"""The program ends well whatever is still being computed when its window is closed."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from explorer import app

SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QTimer
from explorer import app
from explorer.debug.lessons.built_in import built_in_lessons
from explorer.trace.passes import untrained
from microgpt import Config

class Window(app.MainWindow):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.session.opened.connect(self.begin)

    def begin(self):
        self.session.opened.disconnect(self.begin)
        QTimer.singleShot(int(sys.argv[2]), self.close)
        if sys.argv[1] == "lesson":
            self.lectern.open_file(built_in_lessons()[2], is_built_in=True)
            self.lectern.go(0)
        else:
            self.loader.load("maximilian")

app.MainWindow = Window
sys.exit(app.run_window(untrained(Config()), "ada", "dark"))
"""


def test_work_that_was_given_up_may_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "_exit", lambda status: pytest.fail("it was cut off"))
    ending = threading.Event()
    thread = threading.Thread(target=ending.wait)
    thread.start()
    threading.Timer(0.05, ending.set).start()
    app._leave_threads(0)
    assert not thread.is_alive()


def test_work_that_goes_on_does_not_keep_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    ended: list[int] = []
    monkeypatch.setattr(os, "_exit", ended.append)
    monkeypatch.setattr(app, "PATIENCE", 0.05)
    ending = threading.Event()
    thread = threading.Thread(target=ending.wait, daemon=True)
    thread.start()
    app._leave_threads(3)
    ending.set()
    assert ended == [3]


@pytest.mark.parametrize(("work", "after"), [("lesson", 0), ("pass", 60)])
def test_closing_in_the_middle_of_work_ends_the_program(
    tmp_path: Path, work: str, after: int
) -> None:
    homes = {"HOME": tmp_path, "XDG_DATA_HOME": tmp_path, "XDG_CONFIG_HOME": tmp_path}
    ended = subprocess.run(
        [sys.executable, "-c", SCRIPT, work, str(after)],
        env=os.environ | {"QT_QPA_PLATFORM": "offscreen"} | {k: str(v) for k, v in homes.items()},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
