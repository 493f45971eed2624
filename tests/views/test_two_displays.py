"""A lecture with two displays, which Qt has only if they are there when it starts."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

DISPLAYS = {
    "screens": [
        {"name": "laptop", "x": 0, "y": 0, "width": 1600, "height": 1000},
        {"name": "projector", "x": 1600, "y": 0, "width": 1920, "height": 1080},
    ]
}
SCRIPT = """
import json, sys
from pathlib import Path
from PySide6.QtCore import QSettings, Qt
from PySide6.QtTest import QTest
from explorer.app import make_application
from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import load_pass
from microgpt import Config

folder = Path(sys.argv[1])
application = make_application()
settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
subject = untrained(Config(n_embd=4, n_head=1, block_size=4))
window = MainWindow(subject, Session(), DARK, settings, folder / "runs.sqlite3")
window.stand_still()
laptop = next(s for s in application.screens() if s.name() == "laptop")
window.setScreen(laptop)
window.setGeometry(20, 20, 1280, 720)
window.show()
window.show_pass(load_pass(subject, "a"))
lecture = window.lecture
seen = []


def place(widget):
    return widget.screen().name() if widget is not None and widget.isVisible() else ""


def note():
    application.processEvents()
    size = lecture.stage.size() == lecture.window.screen().size()
    seen.append([place(window), place(lecture.window), place(lecture.presenter), size])


def press(key, on=None):
    QTest.keyClick(on or lecture.window, key)
    note()


lecture.toggle()
note()
press(Qt.Key.Key_P)
press(Qt.Key.Key_P)
press(Qt.Key.Key_P)
press(Qt.Key.Key_D)
press(Qt.Key.Key_D, lecture.presenter)
press(Qt.Key.Key_D)
lecture.presenter.close()
note()
lecture.window.close()
note()
lecture.toggle()  # where it was last
press(Qt.Key.Key_P)
lecture.window.close()
note()
window.close()
print(json.dumps(seen))
"""
SEEN = [  # where the window, the lecture and the presenter are; the stage fills its display
    ["laptop", "projector", "", True],
    ["", "projector", "laptop", True],
    ["laptop", "projector", "", True],  # there is room again
    ["", "projector", "laptop", True],
    ["", "laptop", "projector", True],  # both change places
    ["", "projector", "laptop", True],
    ["", "laptop", "projector", True],
    ["", "laptop", "", True],
    ["laptop", "", "", True],
    ["", "laptop", "projector", True],
    ["laptop", "", "", True],
]


@pytest.mark.skipif(sys.platform != "linux", reason="the plugin has displays of its own")
def test_windows_share_two_displays(tmp_path: Path) -> None:
    displays = tmp_path / "displays.json"
    displays.write_text(json.dumps(DISPLAYS))
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path)],
        env={**os.environ, "QT_QPA_PLATFORM": f"offscreen:configfile={displays}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == SEEN
