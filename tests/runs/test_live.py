"""What is known of a process from its events, and what of it a person is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from tiny_runs import HandleOfThisProcess

from explorer.runs.engine import StepRow
from explorer.runs.events import Event, Failed, Finished, Notice, Paused, Running, Stepped, Stopped
from explorer.runs.live import LiveRun, LiveRuns, Phase


@pytest.fixture
def now() -> list[float]:
    return [0.0]


@pytest.fixture
def live(now: list[float]) -> LiveRun:
    return LiveRun(HandleOfThisProcess(Path("none"), 1), lambda: now[0])


def stepped(step: int) -> Stepped:
    return Stepped(StepRow(step, "anna", 5, 3.0, 0.01, 1.0))


@pytest.mark.parametrize(
    ("event", "phase", "sentences"),
    [
        (Running(3), Phase.RUNNING, []),
        (Paused(3), Phase.PAUSED, []),
        (Paused(3, "the disk is full"), Phase.PAUSED,
         ["training waits, because the disk is full"]),
        (Stopped(3), Phase.STOPPED, []),
        (Finished(3), Phase.FINISHED, []),
        (Failed("the process ended"), Phase.FAILED, ["the process ended"]),
        (Notice("replay differs"), Phase.STARTING, []),
    ],
)  # fmt: skip
def test_events_lead_to_phases_and_sentences(
    live: LiveRun, event: Event, phase: Phase, sentences: list[str]
) -> None:
    assert live.take([event]) == sentences
    assert live.phase is phase
    assert live.told == (["replay differs"] if isinstance(event, Notice) else [])


def test_the_pace_is_that_of_the_last_seconds(live: LiveRun, now: list[float]) -> None:
    live.take([Running(0), stepped(1)])
    assert live.steps_per_second is None
    for step in range(2, 30):
        now[0] += 1.0 if step < 15 else 0.25
        live.take([stepped(step)])
    assert live.steps_per_second == 4.0
    live.take([Paused(29)])
    assert live.steps_per_second is None
    live.take([Running(29), stepped(30)])  # the pause does not count
    assert live.steps_per_second is None


def test_only_phases_with_a_process_are_live() -> None:
    assert [p for p in Phase if p.is_live] == [Phase.STARTING, Phase.RUNNING, Phase.PAUSED]


def test_runs_without_a_process(tmp_path: Path) -> None:
    runs = LiveRuns(tmp_path / "none", HandleOfThisProcess, lambda: 0.0)
    assert (len(runs), 1 in runs, runs.phase(1)) == (0, False, None)
    assert (runs.notices(1), runs.steps_per_second(1), runs.has_stepped(1)) == ([], None, False)
    assert runs.end(1, 0.0)
    assert runs.poll() == []
    runs.command(1, tuple(Phase), lambda handle: handle.stop())
    runs.close(0.0)
