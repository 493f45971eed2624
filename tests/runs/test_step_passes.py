"""A name's pass at any step of a run, by replay: the bits of the recorded one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tiny_runs import NAMES, TINY, train_into

from explorer.runs.engine import State
from explorer.runs.exchange import create_run
from explorer.runs.step_passes import Replays, StepPassError, StepPasses
from explorer.runs.store import RunStore
from explorer.runs.subjects import subject_of
from explorer.trace.passes import record_pass
from explorer.trace.replay import NotReplayableError, Replay
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray, Trace
from microgpt import Config

STEPS = TINY.steps
COLUMNS = ("data", "grad", "local_grad", "child", "order", "op", "scope", "site")


@pytest.fixture
def trained(store: RunStore, run: int) -> int:
    train_into(store, run, STEPS)
    return run


def recorded(store: RunStore, run: int, step: int, name: str) -> Trace:
    return record_pass(subject_of(store, run, step)[0], name)


def passes(store: RunStore, run: int, name: str) -> StepPasses:
    return Replays().prepare(Timeline(recorded(store, run, 1, name)))


def bits(array: FloatArray) -> bytes:
    return array.tobytes()


@pytest.mark.parametrize("step", [1, 2, 9, STEPS, STEPS + 1])
def test_any_step_has_the_bits_of_the_pass_recorded_there(
    store: RunStore, trained: int, step: int
) -> None:
    mine = passes(store, trained, "bob").before(store.checkpoint(trained, step - 1), TINY)
    wanted = recorded(store, trained, step, "bob")
    for column in COLUMNS:
        assert bits(getattr(mine.trace, column)) == bits(getattr(wanted, column)), column
    assert (mine.trace.update is None) == (wanted.update is None) == (step > STEPS)
    if wanted.update is not None and mine.trace.update is not None:
        assert mine.trace.update.settings == wanted.update.settings
        for column in ("m_before", "v_before", "m", "v", "data"):
            mine_is, wanted_is = (getattr(t.update, column) for t in (mine.trace, wanted))
            assert bits(mine_is) == bits(wanted_is), column
    own = Timeline(wanted)
    assert (mine.end, mine.backward_end) == (own.end, own.backward_end)
    assert (mine.node_steps == own.node_steps).all()
    assert (mine.event_node == own.event_node).all()
    for cursor in (0, own.forward_end, own.backward_start + 99, own.backward_end, own.end):
        assert mine.moment(cursor) == own.moment(cursor)
        assert bits(mine.data_at(cursor)) == bits(own.data_at(cursor))
        assert bits(mine.grad_at(cursor)) == bits(own.grad_at(cursor))


def test_the_pass_over_the_document_of_a_step_ends_as_the_run_went_on(
    store: RunStore, trained: int
) -> None:
    row = store.steps(trained)[6]
    mine = passes(store, trained, row.document).before(store.checkpoint(trained, 6), TINY)
    assert mine.trace.data[mine.trace.loss] == row.loss
    assert mine.trace.update is not None
    assert bits(mine.trace.update.data) == bits(store.checkpoint(trained, 7).parameters)


def test_events_stay_the_same_objects(store: RunStore, trained: int) -> None:
    found = passes(store, trained, "eve")
    mine = found.before(store.checkpoint(trained, 4), TINY)
    assert mine.consumer is found.recorded.consumer
    assert mine.node_steps is found.recorded.node_steps


def test_from_after_the_last_step_there_is_a_way_back_to_steps_with_an_update(
    store: RunStore, trained: int
) -> None:
    last = Timeline(recorded(store, trained, STEPS + 1, "bob"))
    assert last.end == last.backward_end
    mine = Replays().prepare(last).before(store.checkpoint(trained, 2), TINY)
    own = Timeline(recorded(store, trained, 3, "bob"))
    assert mine.end == own.end
    assert (mine.node_steps == own.node_steps).all()
    assert mine.updated_after(3) == own.updated_after(3)


def test_a_second_run_of_the_same_shape_has_its_own_settings(store: RunStore, trained: int) -> None:
    other = replace(TINY, learning_rate=0.3, beta1=0.5, seed=8)
    second = create_run(store, "second", other, NAMES)
    train_into(store, second, 3)
    mine = passes(store, trained, "anna").before(store.checkpoint(second, 3), other)
    wanted = recorded(store, second, 4, "anna")
    assert bits(mine.trace.data) == bits(wanted.data)
    assert mine.trace.update is not None
    assert wanted.update is not None
    assert mine.trace.update.settings == wanted.update.settings
    assert bits(mine.trace.update.data) == bits(wanted.update.data)


def test_passes_know_which_models_fit(store: RunStore, trained: int) -> None:
    found = passes(store, trained, "anna")
    letters = found.recorded.trace.document.letters
    assert found.fits(TINY.config, letters)
    assert not found.fits(TINY.config, (*letters, "z"))
    assert not found.fits(Config(n_embd=8, n_head=2, block_size=4), letters)


def test_a_length_is_learnt_once_for_all_names(
    store: RunStore, trained: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    learnt = []
    add = Replay._add_program

    def note(self: Replay, size: int, trace: Trace) -> None:
        learnt.append(size)
        add(self, size, trace)

    monkeypatch.setattr(Replay, "_add_program", note)
    replays = Replays()
    for name in ("bob", "eve", "bob", "b"):
        found = replays.prepare(Timeline(recorded(store, trained, 1, name)))
        mine = found.before(store.checkpoint(trained, 5), TINY)
        assert bits(mine.trace.grad) == bits(recorded(store, trained, 6, name).grad)
    assert learnt == [5, 3]


def test_a_pass_that_replay_does_not_know_is_told(
    store: RunStore, trained: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(trace: object) -> None:
        raise NotReplayableError("something new is in it")

    monkeypatch.setattr(Replay.__init__, "__defaults__", (None, refuse))
    with pytest.raises(StepPassError, match="something new is in it"):
        passes(store, trained, "bob")


def test_a_pass_that_fails_is_told(store: RunStore, trained: int) -> None:
    found = passes(store, trained, "bob")
    state = store.checkpoint(trained, 3)
    for factor in (1e200, np.nan):
        broken = State(state.parameters * factor, state.m, state.v, 3, state.random)
        with pytest.raises(StepPassError, match="fails with these parameters"):
            found.before(broken, TINY)
