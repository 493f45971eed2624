"""A run so small that a step takes a millisecond."""

from __future__ import annotations

from explorer.runs.dataset import DataSet
from explorer.runs.engine import ScalarEngine, State
from explorer.runs.settings import RunSettings
from explorer.runs.store import RunStore

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
