"""The window: from its start, and from a typed name, to the painted map."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from statistics import median

from PySide6.QtCore import QEventLoop

from explorer.app import make_application
from explorer.bench.table import LONG_NAME, NAME, OTHER_NAME, Measurement, seconds
from explorer.debug.session import Session
from explorer.layout.map_layout import layout_map
from explorer.theme.tokens import DARK
from explorer.trace.passes import record_pass, untrained
from explorer.views.main_window import MainWindow
from microgpt import Config

ROUNDS = 7


def start() -> Iterator[Measurement]:
    """Time the program from its start to a finished picture of the window."""
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "window.png")
        command = [sys.executable, "-m", "explorer", "snapshot", NAME, "--out", picture]
        times = [seconds(lambda: subprocess.run(command, check=True)) for _ in range(3)]
    yield Measurement(f"start to the drawn map of {NAME}", median(times), "s", 3.0)


def window() -> Iterator[Measurement]:
    """Time another name, from Enter to the painted window."""
    application = make_application()
    subject = untrained(Config())
    window = MainWindow(subject, Session(), DARK)
    window.resize(1920, 1080)
    window.show()
    loop = QEventLoop()
    window.loader.ended.connect(loop.quit)

    def run(name: str) -> None:
        window.run(name)
        loop.exec()
        application.processEvents()
        window.grab()

    run(NAME)
    times = [seconds(partial(run, name)) for name in (OTHER_NAME, NAME) * 3]
    yield Measurement("another 5-letter name, Enter to painted", median(times), "s", 1.0)
    window.close()
    trace = record_pass(subject, LONG_NAME)
    layouts = [seconds(lambda: layout_map(trace)) for _ in range(ROUNDS)]
    yield Measurement("layout of 15 letters", median(layouts), "s", 0.5)
