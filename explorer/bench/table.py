"""The lines of the table, and what all parts measure with."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter
from typing import Any

NAME, OTHER_NAME, LONG_NAME = "emma", "clara", "maximilianabcde"
ROOT = Path(__file__).resolve().parents[2]


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


def seconds(work: Callable[[], object]) -> float:
    """Return how long something takes."""
    start = perf_counter()
    work()
    return perf_counter() - start


def in_another_process(module: str, *arguments: str) -> Any:
    """Return the JSON that a module prints when it is run without a display.

    Raises
    ------
    RuntimeError
        The process failed; the message is the last line of what it said.
    """
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        raise RuntimeError(said[-1] if said else f"{module} ended with {done.returncode}")
    return json.loads(done.stdout.splitlines()[-1])
