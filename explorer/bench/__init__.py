"""How fast it is on this machine: medians, with what is compared measured in turns."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from importlib import import_module

from explorer.bench.table import Measurement

# A part's name, and the function that measures it: loaded when it is asked for, as some need Qt.
PARTS = {
    "training": "algorithm:training",
    "replay": "replay:replay",
    "recording": "algorithm:recording",
    "memory": "algorithm:memory",
    "start": "window:start",
    "window": "window:window",
    "map": "map_frames:map_frames",
    "debugger": "debugger:debugger",
    "whatif": "whatif:whatif",
    "training-window": "training_window:training_window",
    "generation": "generation:generation",
    "lecture": "lecture:lecture",
    "rivals": "rivals:rivals",
}


def measure(parts: Iterable[str]) -> Iterator[Measurement]:
    """Yield the lines of some parts of the table, each as soon as it is known."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    for part in parts:
        module, _, function = PARTS[part].partition(":")
        yield from getattr(import_module(f"explorer.bench.{module}"), function)()
