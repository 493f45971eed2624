"""A run is trained by one process at a time, and all others know it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from explorer.runs import locks
from explorer.runs.locks import RunLocks

HOLDER = """
import sys
from pathlib import Path
from explorer.runs.locks import RunLocks
held = RunLocks(Path(sys.argv[1]))
print(all([held.hold(int(run)) for run in sys.argv[2:]]), flush=True)
sys.stdin.read()
"""


@contextmanager
def holder(path: Path, *runs: int) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds some runs."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path), *map(str, runs)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stdout.readline() == "True\n"
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()
        process.stdout.close()


def test_a_lock_is_of_one_run_and_seen_by_others(path: Path) -> None:
    with RunLocks(path) as mine, holder(path, 2, 4):
        assert [mine.is_held(run) for run in range(1, 6)] == [False, True, False, True, False]
        assert mine.is_held(2)  # looking changes nothing
    with RunLocks(path) as mine:
        assert not mine.is_held(2)


def test_nothing_is_held_and_no_file_made_before_anybody_trains(path: Path) -> None:
    with RunLocks(path) as mine:
        assert not mine.is_held(1)
        assert not mine.path.exists()


def test_a_lock_ends_with_its_process_however_that_ends(path: Path) -> None:
    with RunLocks(path) as mine, holder(path, 3) as process:
        assert mine.is_held(3)
        process.kill()
        process.wait()
        assert not mine.is_held(3)
        assert mine.hold(3)


def test_a_second_process_waits_a_while_and_gives_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locks, "PATIENCE", 0.05)
    with RunLocks(path) as mine, holder(path, 1):
        assert not mine.hold(1)
        assert mine.hold(2)


def test_it_goes_on_as_soon_as_the_first_has_ended(path: Path) -> None:
    with RunLocks(path) as mine, holder(path, 1) as process:
        assert process.stdin is not None
        process.stdin.close()  # it ends now, or in a moment
        began = time.monotonic()
        assert mine.hold(1)
        assert time.monotonic() - began < locks.PATIENCE
