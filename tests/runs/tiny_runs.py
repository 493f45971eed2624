"""A run so small that a step takes a millisecond."""

from __future__ import annotations

from pathlib import Path

from explorer.runs.dataset import DataSet
from explorer.runs.engine import ScalarEngine, State, samples_due
from explorer.runs.events import Event, Finished, Paused, Running, Sampled, Stepped, Stopped
from explorer.runs.settings import RunSettings
from explorer.runs.store import RunStore, Status

NAMES = DataSet("a few names", ("anna", "bob", "eve", "nabob", "b", "venabo"))
TINY = RunSettings(
    steps=20, seed=7, n_embd=4, n_head=2, block_size=4, samples_every=5, engine="scalar"
)


def bits(state: State) -> tuple[bytes, bytes, bytes, int, object]:
    """All of a state, to compare exactly."""
    arrays = (state.parameters, state.m, state.v)
    return *(array.tobytes() for array in arrays), state.steps_done, state.random


def trained(settings: RunSettings, steps: int | None = None) -> ScalarEngine:
    """An engine after all its steps, or some."""
    engine = ScalarEngine(settings, NAMES.documents)
    for _ in range(settings.steps if steps is None else steps):
        engine.step()
    return engine


def train_into(store: RunStore, run: int, steps: int) -> None:
    """Compute steps of a run in this process and keep them."""
    engine = ScalarEngine(store.run(run).settings, store.dataset(run).documents)
    engine.restore(store.checkpoint(run))
    for _ in range(steps):
        row = engine.step()
        store.append(run, row, engine.gradient, engine.state())


class HandleOfThisProcess:
    """Trains like a `RunHandle`, with a step at each poll: no process, no waiting."""

    def __init__(self, path: Path, run: int) -> None:
        self._path, self._run = path, run
        self._commands: list[str] = []
        self._started = self._paused = self._ended = False

    def start(self, *, paused: bool = False) -> None:
        self._started, self._paused = True, paused
        with RunStore(self._path) as store:
            store.set_status(self._run, Status.RUNNING)

    def pause(self) -> None:
        self._commands.append("pause")

    def resume(self) -> None:
        self._commands.append("resume")

    def step(self) -> None:
        self._commands.append("step")

    def stop(self) -> None:
        self._commands.append("stop")

    def poll(self) -> list[Event]:
        if self._ended:
            return []
        with RunStore(self._path) as store:
            return self._act(store)

    def close(self, seconds: float | None = None) -> bool:
        self.stop()
        self.poll()
        return self._ended

    def _act(self, store: RunStore) -> list[Event]:
        events: list[Event] = []
        done, settings = store.steps_done(self._run), store.run(self._run).settings
        if self._started:
            self._started = False
            events.append(Paused(done) if self._paused else Running(done))
        commands, self._commands = self._commands, []
        single = "step" in commands
        if "stop" in commands:
            self._ended = True
            store.set_status(self._run, Status.STOPPED)
            return [*events, Stopped(done)]
        if "pause" in commands:
            self._paused = True
            events.append(Paused(done))
        if "resume" in commands:
            self._paused = False
        if single or "resume" in commands:
            events.append(Running(done))
        if not self._paused or single:
            train_into(store, self._run, 1)
            events.append(Stepped(store.steps(self._run, done)[0]))
            if samples_due(settings, done + 1):
                events.append(Sampled(done + 1, ("eva",), final=False))
            if single:
                events.append(Paused(done + 1))
            if done + 1 == settings.steps:
                self._ended = True
                store.finish(self._run, ["anna"])
                events += [Sampled(done + 1, ("anna",), final=True), Finished(done + 1)]
        return events
