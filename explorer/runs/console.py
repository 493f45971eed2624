"""Training in a terminal: ``microgpt-explorer train``."""

from __future__ import annotations

import argparse
import csv
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import isfinite
from pathlib import Path
from time import perf_counter
from typing import Any, TextIO

from explorer.runs.dataset import load_dataset
from explorer.runs.engine import Engine, StepRow, final_samples, next_step
from explorer.runs.engines import make_engine
from explorer.runs.folders import data_folder
from explorer.runs.settings import ENGINE_NAMES, RunSettings
from explorer.trace.passes import digest
from microgpt import Tokenizer

PROGRAM = "microgpt-explorer"
INTERRUPTED = 130  # the exit status after Ctrl+C
REFRESH = 0.1  # seconds between two pictures of the bar
NARROWEST, WIDEST = 5, 40  # characters of the bar


def add_train_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that only training has."""
    defaults = RunSettings()
    parser.add_argument(
        "--steps", type=int, default=defaults.steps, metavar="N", help=f"({defaults.steps})"
    )
    parser.add_argument(
        "--engine", choices=ENGINE_NAMES, default=defaults.engine, help=f"({defaults.engine})"
    )
    parser.add_argument("--log", metavar="F.csv", help="write a line for each step")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def train_in_terminal(options: argparse.Namespace) -> int:
    """Train as the options say, and print the result; return the exit status.

    Raises
    ------
    ValueError
        The settings or the documents are no good, or numbers went out of range.
    OSError
        The log cannot be written.
    """
    settings = RunSettings(
        steps=options.steps,
        seed=options.seed,
        n_layer=options.n_layer,
        n_embd=options.n_embd,
        n_head=options.n_head,
        block_size=options.block_size,
        engine=options.engine,
        dataset="file" if options.input else "bundled",
        dataset_file=options.input or "",
    )
    documents = load_dataset(settings, data_folder()).documents
    row = None
    began = perf_counter()
    try:
        with _progress(settings.steps) as show, _log(options.log) as log:
            engine = make_engine(settings, documents)
            for row in _steps(engine, settings.steps):
                log(row)
                show(row)
    except KeyboardInterrupt:
        _say(f"stopped after step {row.step if row else 0} of {settings.steps}")
        return INTERRUPTED
    seconds = perf_counter() - began
    if options.json:
        print(json.dumps(_summary(engine, row, seconds), indent=1))
    else:
        print(f"num docs: {len(documents)}")
        print(f"vocab size: {Tokenizer(documents).vocab_size}")
        _print_result(settings, engine, row, seconds)
    return 0


def _steps(engine: Engine, steps: int) -> Iterator[StepRow]:
    """Yield all steps; say what the engine wants to be told."""
    for step in range(1, steps + 1):
        _pass_on(engine)
        yield next_step(engine, step)
    _pass_on(engine)


def _pass_on(engine: Engine) -> None:
    for text in engine.notices:
        _say(text)
    engine.notices.clear()


def _say(text: str) -> None:
    print(f"{PROGRAM}: {text}", file=sys.stderr)


def _summary(engine: Engine, row: StepRow | None, seconds: float) -> dict[str, Any]:
    known = row is not None and isfinite(row.loss)  # JSON has no NaN
    return {
        "engine": engine.name,
        "seconds": seconds,
        "final_loss": row.loss if row and known else None,
        "parameters_sha256": digest(engine.state().parameters),
    }


def _print_result(
    settings: RunSettings, engine: Engine, row: StepRow | None, seconds: float
) -> None:
    print(f"num params: {len(engine.state().parameters)}")
    loss = f" | loss {row.loss:.4f}" if row else ""
    print(f"step {settings.steps:4d} / {settings.steps:4d}{loss} | {seconds:.1f} s, {engine.name}")
    print("--- inference (new, hallucinated names) ---")
    for i, document in enumerate(final_samples(engine, settings.temperature), start=1):
        print(f"sample {i:2d}: {document}")


@contextmanager
def _log(path: str | None) -> Iterator[Callable[[StepRow], None]]:
    """Yield what writes a row of the log, the same as that of ``python -m microgpt``."""
    if path is None:
        yield _ignore
        return
    with Path(path).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["step", "document", "positions", "loss"])
        yield lambda row: writer.writerow([row.step, row.document, row.positions, repr(row.loss)])


@contextmanager
def _progress(steps: int) -> Iterator[Callable[[StepRow], None]]:
    """Yield what shows a row, on a terminal; elsewhere a bar would be in the way."""
    if not sys.stderr.isatty():
        yield _ignore
        return
    bar = ProgressBar(sys.stderr, steps)
    try:
        yield bar.show
    finally:
        bar.clear()


def _ignore(row: StepRow) -> None:
    pass


class ProgressBar:
    """One line on a terminal: steps, loss, steps a second, and the time left.

    Parameters
    ----------
    out : text file
    steps : int
        In all.
    clock : callable, optional
        Returns seconds.
    """

    def __init__(self, out: TextIO, steps: int, clock: Callable[[], float] = perf_counter) -> None:
        self._out, self._steps, self._clock = out, steps, clock
        self._began = clock()
        self._shown = -REFRESH

    def show(self, row: StepRow) -> None:
        """Draw the bar after a step, unless it was drawn a moment ago."""
        now = self._clock() - self._began
        if now - self._shown < REFRESH and row.step < self._steps:
            return
        self._shown = now
        rate = row.step / max(now, 1e-9)
        left = (self._steps - row.step) / rate
        text = (
            f"{row.step:{len(str(self._steps))}}/{self._steps} | loss {row.loss:.4f} | "
            f"{rate:5.1f} steps/s | {minutes(left)} left"
        )
        room = shutil.get_terminal_size().columns - len(text) - 4
        if room >= NARROWEST:
            width = min(room, WIDEST)
            full = width * row.step // self._steps
            text = f"[{'#' * full}{'-' * (width - full)}] {text}"
        self._out.write(f"\r\x1b[K{text}")
        self._out.flush()

    def clear(self) -> None:
        """Remove the bar."""
        self._out.write("\r\x1b[K")
        self._out.flush()


def minutes(seconds: float) -> str:
    """Return a time to wait as minutes and seconds, or hours, minutes and seconds."""
    whole = round(seconds)
    hours, rest = divmod(whole, 3600)
    if hours:
        return f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
    return f"{rest // 60}:{rest % 60:02d}"
