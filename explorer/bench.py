"""How fast it is on this machine: medians, with what is compared measured in turns."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.record import collector_off, record
from microgpt import Adam, Config, Tokenizer, Value, bundled_names, forward, read_documents, train
from microgpt.train import backpropagate

NAME, OTHER_NAME, LONG_NAME = "emma", "clara", "maximilianabcde"
ROUNDS, STEPS = 7, 15


@dataclass(frozen=True)
class Measurement:
    """One line of the table.

    Attributes
    ----------
    name : str
    value : float
    unit : str
    bar : float or None
        The most that is good enough; None if there is no bar.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None

    @property
    def holds(self) -> bool:
        """Whether the value is good enough."""
        return self.bar is None or self.value <= self.bar

    def as_dict(self) -> dict[str, Any]:
        """Return the line as JSON has it."""
        return {**asdict(self), "holds": self.holds}

    def line(self) -> str:
        """Return the line as the terminal has it."""
        bar = "" if self.bar is None else f"at most {self.bar:g}  {'✓' if self.holds else '✗'}"
        return f"{self.name:<44}{self.value:>10.3g} {self.unit:<12}{bar}".rstrip()


def measure(parts: Iterable[str]) -> Iterator[Measurement]:
    """Yield the lines of some parts of the table, each as soon as it is known."""
    for part in parts:
        yield from PARTS[part]()


def _training() -> Iterator[Measurement]:
    """Compare forward and backward with and without Python's cyclic garbage collector."""
    documents = read_documents(bundled_names())
    tokenizer = Tokenizer(documents)
    subject = untrained(Config())
    optimizer = Adam(subject.model.parameters())
    whole, paused, collected = [], [], []
    steps = train(subject.model, optimizer, documents, tokenizer, 10 * STEPS)
    for _ in range(STEPS):
        work = partial(backpropagate, subject.model, tokenizer.encode(documents[0]))
        whole.append(_seconds(partial(next, steps)))
        gc.enable()
        collected.append(_seconds(work))
        with collector_off():
            paused.append(_seconds(work))
        for parameter in optimizer.parameters:
            parameter.grad = 0
    ratio = median(paused) / median(collected)
    yield Measurement("training step", 1000 * median(whole), "ms")
    yield Measurement("forward and backward / with the collector on", ratio, "ratio", 1.0)
    yield Measurement("the collector's share, were it on", 100 * (1 - ratio), "%")


def _recording() -> Iterator[Measurement]:
    """Compare an observed forward pass with a bare one."""
    subject = untrained(Config())
    tokens = subject.tokenizer.encode(NAME)

    def run() -> Any:
        return forward(subject.model, tokens)

    with collector_off():
        nodes = len(record(run, Value).nodes)
        bare, observed, whole = [], [], []
        for _ in range(ROUNDS):
            bare.append(_seconds(run))
            observed.append(_seconds(lambda: record(run, Value)))
            whole.append(_seconds(lambda: record_pass(subject, NAME)))
    extra = median(o - b for o, b in zip(observed, bare, strict=True))
    yield Measurement("recording a node", 1e6 * extra / nodes, "µs", 2.0)
    yield Measurement("observed forward pass / bare", median(observed) / median(bare), "ratio")
    yield Measurement(f"whole recorded pass, {NAME}", 1000 * median(whole), "ms")


def _memory() -> Iterator[Measurement]:
    trace = record_pass(untrained(Config()), LONG_NAME)
    yield Measurement("trace of 15 letters", trace.nbytes / 1e6, "MB", 60.0)


def _start() -> Iterator[Measurement]:
    """Time the program from its start to a finished picture of the window."""
    with tempfile.TemporaryDirectory() as folder:
        picture = str(Path(folder) / "window.png")
        command = [sys.executable, "-m", "explorer", "snapshot", NAME, "--out", picture]
        times = [_seconds(lambda: subprocess.run(command, check=True)) for _ in range(3)]
    yield Measurement(f"start to the drawn map of {NAME}", median(times), "s", 3.0)


def _window() -> Iterator[Measurement]:
    """Time another name, from Enter to the painted window."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop

    from explorer.app import make_application
    from explorer.debug.session import Session
    from explorer.layout.map_layout import layout_map
    from explorer.theme.tokens import DARK
    from explorer.views.main_window import MainWindow

    application = make_application()
    subject: Subject = untrained(Config())
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
    times = [_seconds(partial(run, name)) for name in (OTHER_NAME, NAME) * 3]
    yield Measurement("another 5-letter name, Enter to painted", median(times), "s", 1.0)
    window.close()
    trace = record_pass(subject, LONG_NAME)
    layouts = [_seconds(lambda: layout_map(trace)) for _ in range(ROUNDS)]
    yield Measurement("layout of 15 letters", median(layouts), "s", 0.5)


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


PARTS: dict[str, Callable[[], Iterator[Measurement]]] = {
    "training": _training,
    "recording": _recording,
    "memory": _memory,
    "start": _start,
    "window": _window,
}
