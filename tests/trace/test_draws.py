"""Passes of generation: forward alone, with the numbers of the draws."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from explorer.trace.draws import record_draws
from explorer.trace.failure import Kind
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.trace.trace_file import TraceFileError, load_trace, save_trace
from microgpt import Config, sample


@pytest.fixture(scope="module")
def model() -> Subject:
    return untrained(Config(n_embd=8, n_head=2, block_size=6))


@pytest.fixture(scope="module")
def tokens(model: Subject) -> list[int]:
    drawn = list(sample(model.model, model.tokenizer, random.Random(4), 0.5))
    return [model.tokenizer.bos, *(draw.token for draw in drawn)]


@pytest.fixture(scope="module")
def trace(model: Subject, tokens: list[int]) -> Trace:
    return record_draws(model, tokens, [0.5] * (len(tokens) - 1))


def test_probabilities_are_those_of_the_draws_to_the_last_bit(model: Subject, trace: Trace) -> None:
    drawn = list(sample(model.model, model.tokenizer, random.Random(4), 0.5))
    assert trace.data[trace.probabilities].tolist() == [draw.probabilities for draw in drawn]


def test_logits_are_those_of_a_pass_over_the_same_letters(
    model: Subject, tokens: list[int], trace: Trace
) -> None:
    compared = record_pass(model, model.tokenizer.decode(tokens))
    same = compared.data[compared.logits][: len(trace.logits)]
    assert np.array_equal(trace.data[trace.logits], same[: len(trace.logits)])


def test_there_is_a_forward_pass_alone(tokens: list[int], trace: Trace) -> None:
    assert trace.loss is None
    assert trace.failure is None
    assert trace.update is None
    assert not trace.grad.any()
    assert trace.position_loss.shape == (0,)
    timeline = Timeline(trace)
    assert timeline.end == timeline.backward_end == trace.created
    assert trace.document is not None
    assert trace.document.tokens == tuple(tokens)


def test_each_position_has_its_scope(tokens: list[int], trace: Trace) -> None:
    titles = [trace.scopes[scope].title for scope in trace.position_scope]
    assert titles == [f"position {i}" for i in range(len(tokens) - 1)]
    last = trace.probabilities[:, -1]
    for scope, node in zip(trace.position_scope, last, strict=True):
        assert scope in trace.scope_path(int(trace.scope[node]))


def test_each_position_has_a_temperature_of_its_own(model: Subject, tokens: list[int]) -> None:
    heats = [0.3 + i / 3 for i in range(len(tokens) - 1)]
    trace = record_draws(model, tokens, heats)
    logits, probabilities = trace.data[trace.logits], trace.data[trace.probabilities]
    for row, heat, found in zip(logits, heats, probabilities, strict=True):
        exps = np.exp((row - row.max()) / heat)
        assert np.allclose(exps / exps.sum(), found, rtol=1e-12, atol=0)


def test_it_can_be_saved_and_read(trace: Trace, tmp_path: Path) -> None:
    save_trace(trace, tmp_path / "draws.npz")
    again = load_trace(tmp_path / "draws.npz")
    assert np.array_equal(again.data, trace.data)
    assert np.array_equal(again.probabilities, trace.probabilities)
    assert again.position_loss.shape == (0,)
    assert again.document == trace.document


@pytest.mark.parametrize("losses", [1, 2])
def test_a_file_with_some_losses_is_refused(trace: Trace, tmp_path: Path, losses: int) -> None:
    some = np.zeros(losses, np.int32)
    damaged = replace(trace, position_loss=some, logits=trace.logits[:3], update=None)
    save_trace(damaged, tmp_path / "draws.npz")
    with pytest.raises(TraceFileError, match="do not fit"):
        load_trace(tmp_path / "draws.npz")


def test_a_pass_with_a_loss_but_none_at_its_positions_is_refused(
    model: Subject, tmp_path: Path
) -> None:
    whole = record_pass(model, "a")
    save_trace(replace(whole, position_loss=np.empty(0, np.int32)), tmp_path / "pass.npz")
    with pytest.raises(TraceFileError, match="do not fit"):
        load_trace(tmp_path / "pass.npz")


def test_a_failing_one_ends_where_it_failed(model: Subject, tokens: list[int]) -> None:
    weight = model.model.state_dict["lm_head"][3][0]
    before, weight.data = weight.data, float("nan")
    try:
        trace = record_draws(model, tokens, [0.5] * (len(tokens) - 1))
    finally:
        weight.data = before
    assert trace.failure is not None
    assert trace.failure.kind is Kind.NAN
    assert len(trace.logits) == 0
    assert len(trace.position_scope) == 1


def test_what_raises_keeps_the_finished_positions(model: Subject, tokens: list[int]) -> None:
    heats = [0.5] * (len(tokens) - 2) + [0.0]
    trace = record_draws(model, tokens, heats)
    assert trace.failure is not None
    assert trace.failure.error == "ZeroDivisionError"
    assert len(trace.logits) == len(tokens) - 2


def test_progress_is_told_and_can_end_it(model: Subject, tokens: list[int]) -> None:
    told: list[float] = []
    record_draws(model, tokens, [0.5] * (len(tokens) - 1), told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1

    def give_up(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        record_draws(model, tokens, [0.5] * (len(tokens) - 1), give_up)


@pytest.mark.parametrize("heats", [[], [0.5], [0.5] * 30])
def test_numbers_that_do_not_fit_are_refused(
    model: Subject, tokens: list[int], heats: list[float]
) -> None:
    wrong = tokens if len(heats) != len(tokens) - 1 else [*tokens, 1]
    with pytest.raises(ValueError, match="one temperature"):
        record_draws(model, wrong, heats)
