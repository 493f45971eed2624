"""Run as a program: opens the window on a name and prints how much memory it holds."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from PySide6.QtCore import QEventLoop

from explorer.app import make_application
from explorer.bench.camera_path import SCREEN
from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from microgpt import Config


def main(name: str) -> None:
    """Record a name as a person has it recorded, show it, and print megabytes as JSON."""
    application = make_application()
    window = MainWindow(untrained(Config()), Session(), DARK)
    window.resize(*SCREEN)
    window.show()
    loop = QEventLoop()
    window.loader.ended.connect(loop.quit)
    window.run(name)
    loop.exec()
    application.processEvents()
    window.grab()
    print(json.dumps({"now": resident(), "most": _status("VmHWM")}))
    window.close()


def resident() -> float:
    """Return how much memory this process holds, in megabytes."""
    return _status("VmRSS")


def _status(field: str) -> float:
    """Return a field of the kernel's account of this process, in megabytes."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith(f"{field}:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError(f"the kernel does not tell {field}")


if __name__ == "__main__":
    main(sys.argv[1])
