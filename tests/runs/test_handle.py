"""Runs in processes of their own: commands, events, and death at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from random import Random
from time import monotonic, sleep
from types import ModuleType

import pytest
from tiny_runs import NAMES, TINY, bits, trained

from explorer.runs.engine import ScalarEngine, final_samples
from explorer.runs.events import (
    LAST_EVENTS,
    Event,
    Failed,
    Finished,
    Paused,
    Running,
    Sampled,
    Stepped,
    Stopped,
)
from explorer.runs.exchange import create_run
from explorer.runs.handle import RunHandle
from explorer.runs.store import RunStore, Status

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 60.0  # seconds: a busy machine is no failure
KILLS = int(os.environ.get("EXPLORER_KILLS", "50"))


@pytest.fixture(autouse=True)
def main_without_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process must not load the test runner, which is the main module here."""
    monkeypatch.setitem(sys.modules, "__main__", ModuleType("__main__"))


@pytest.fixture
def handles() -> Iterator[Callable[[Path, int], RunHandle]]:
    made: list[RunHandle] = []

    def make(path: Path, run: int) -> RunHandle:
        made.append(RunHandle(path, run))
        return made[-1]

    yield make
    for handle in made:
        assert handle.close(PATIENCE)


def until(handle: RunHandle, *kinds: type) -> list[Event]:
    """Return all events up to the first of a kind."""
    events: list[Event] = []
    while not events or not isinstance(events[-1], kinds):
        event = handle.wait(PATIENCE)
        assert event is not None, f"nothing came after {events[-3:]}"
        events.append(event)
        if isinstance(event, LAST_EVENTS):
            break
    assert isinstance(events[-1], kinds), events[-1]
    return events


def test_run_to_the_end_tells_of_everything(
    store: RunStore, path: Path, run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, run)
    assert not handle.alive
    handle.start()
    handle.start()  # without effect
    events = until(handle, Finished)
    assert [type(event) for event in events[:3]] == [Running, Stepped, Stepped]
    rows = [event.row for event in events if isinstance(event, Stepped)]
    assert rows == store.steps(run)
    assert [row.step for row in rows] == list(range(1, TINY.steps + 1))
    sampled = [event for event in events if isinstance(event, Sampled)]
    assert [(event.step, event.final) for event in sampled] == [
        (5, False), (10, False), (15, False), (20, False), (20, True),
    ]  # fmt: skip
    engine = trained(TINY)
    assert list(sampled[-1].documents) == final_samples(engine, TINY.temperature)
    assert [s.document for s in store.samples(run) if s.final] == list(sampled[-1].documents)
    assert bits(store.checkpoint(run)) == bits(engine.state())
    assert store.run(run).status is Status.FINISHED
    assert handle.close(PATIENCE)
    assert handle.poll() == []


def test_commands_are_obeyed(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start(paused=True)
    assert until(handle, Paused) == [Paused(0)]
    handle.step()
    running, stepped, paused = until(handle, Paused)
    assert (running, paused) == (Running(0), Paused(1))
    assert isinstance(stepped, Stepped)
    assert store.steps_done(long_run) == 1
    handle.resume()
    until(handle, Stepped)
    handle.pause()
    paused = until(handle, Paused)[-1]
    assert isinstance(paused, Paused)
    assert store.steps_done(long_run) == paused.steps_done
    assert store.run(long_run).status is Status.RUNNING
    handle.stop()
    assert until(handle, Stopped) == [Stopped(paused.steps_done)]
    assert handle.close(PATIENCE)
    assert store.run(long_run).status is Status.STOPPED

    handle.start(paused=True)  # taken up again
    assert until(handle, Paused) == [Paused(paused.steps_done)]


def test_closing_ends_the_process_after_its_step(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start()
    until(handle, Stepped)
    assert handle.close(PATIENCE)
    assert not handle.alive
    assert isinstance(handle.poll()[-1], Stopped)
    assert store.run(long_run).status is Status.STOPPED
    handle.pause()  # to nobody: without effect


@pytest.mark.parametrize("paused", [False, True])
def test_signal_to_terminate_ends_it_after_its_step(
    store: RunStore, path: Path, long_run: int, handles: Callable[..., RunHandle], paused: bool
) -> None:
    handle = handles(path, long_run)
    handle.start(paused=paused)
    until(handle, Paused if paused else Stepped)
    assert handle.pid is not None
    os.kill(handle.pid, signal.SIGINT)  # Ctrl+C is for the other process
    os.kill(handle.pid, signal.SIGTERM)
    until(handle, Stopped)
    assert store.run(long_run).status is Status.STOPPED


def test_killed_process_is_told(
    path: Path, long_run: int, handles: Callable[..., RunHandle]
) -> None:
    handle = handles(path, long_run)
    handle.start()
    until(handle, Stepped)
    assert handle.pid is not None
    os.kill(handle.pid, signal.SIGKILL)
    failed = until(handle, Failed)[-1]
    assert isinstance(failed, Failed)
    assert failed.message.startswith("the process of the run ended by signal 9;")


def test_two_processes_on_one_run_do_it_no_harm(
    store: RunStore, path: Path, run: int, handles: Callable[..., RunHandle]
) -> None:
    one, two = handles(path, run), handles(path, run)
    one.start(paused=True)
    until(one, Paused)
    two.start()
    failed = until(two, Failed)[-1]
    assert failed == Failed(f"run {run} is trained by another process already")
    one.resume()
    until(one, Finished)
    assert bits(store.checkpoint(run)) == bits(trained(TINY).state())


def test_run_that_is_not_there_is_told(path: Path, handles: Callable[..., RunHandle]) -> None:
    RunStore(path).close()
    handle = handles(path, 5)
    handle.start()
    assert until(handle, Failed) == [Failed("there is no run 5")]


def test_killed_again_and_again_it_ends_with_the_same_bits(
    store: RunStore, path: Path, handles: Callable[..., RunHandle]
) -> None:
    rng = Random(1)
    settings = replace(TINY, steps=300, samples_every=50)
    engine = ScalarEngine(settings, NAMES.documents)
    expected = {0: bits(engine.state())}
    for _ in range(settings.steps):
        engine.step()
        expected[engine.state().steps_done] = bits(engine.state())
    samples = final_samples(engine, settings.temperature)

    def check(run: int) -> None:
        """Take an interrupted run up to the end, and compare every state."""
        handle = handles(path, run)
        handle.start()
        until(handle, Finished)
        assert {step: bits(store.checkpoint(run, step)) for step in expected} == expected
        assert [s.document for s in store.samples(run) if s.final] == samples
        assert len(store.samples(run)) == 20 + 5 * 6

    run = create_run(store, "killed", settings, NAMES)
    for _ in range(KILLS):
        handle = handles(path, run)
        handle.start()
        if rng.random() < 0.8:  # the others die while they start
            with suppress(AssertionError):
                until(handle, Running)
        sleep(rng.uniform(0, 0.05))
        assert handle.pid is not None
        with suppress(ProcessLookupError):
            os.kill(handle.pid, signal.SIGKILL)
        until(handle, Failed, Finished)
        assert handle.close(PATIENCE)
        done = store.steps_done(run)
        assert bits(store.checkpoint(run)) == expected[done]
        assert len(store.steps(run)) == done
        if done == settings.steps:
            check(run)
            run = create_run(store, "killed", settings, NAMES)
    check(run)
    assert store._database.rows("PRAGMA integrity_check") == [("ok",)]


@pytest.mark.parametrize("end", ["os.kill(os.getpid(), 9)", "sys.exit()", "handle._connection = 0"])
def test_process_ends_when_the_other_one_does(path: Path, long_run: int, end: str) -> None:
    program = f"""
import os, sys
from pathlib import Path
from explorer.runs.handle import RunHandle
handle = RunHandle(Path({str(path)!r}), {long_run})
handle.start()
while not handle.wait(1) or handle.poll() == []: pass
{end}
"""
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, timeout=PATIENCE, check=False)
    with RunStore(path) as store:
        deadline = monotonic() + PATIENCE
        while store.run(long_run).status is not Status.STOPPED:
            assert monotonic() < deadline
            sleep(0.02)
        assert store.steps_done(long_run) > 0


@pytest.mark.parametrize("module", ["explorer.runs.handle", "explorer.cli"])
def test_neither_the_process_nor_a_main_module_loads_qt(module: str) -> None:
    program = f"import {module}, sys; print(*{{m.split('.')[0] for m in sys.modules}})"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "microgpt" in loaded
    assert loaded.isdisjoint({"PySide6", "shiboken6", "networkx", "pyqtgraph"})
