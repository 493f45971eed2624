"""Passes beside the one on show have the bits of recorded ones."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from explorer.debug.anatomy import other_passes
from explorer.debug.anatomy.comparison import ComparedParts, Outcome
from explorer.debug.anatomy.other_passes import (
    CannotPassError,
    GivenModel,
    OtherPasses,
    Shape,
    another_name,
    model_of,
    readable_name,
)
from explorer.debug.anatomy.parts import Anatomy
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.replay import ScalarModel
from explorer.trace.trace import Trace
from microgpt import Config, Tokenizer

SMALL = Config(n_layer=1, n_embd=4, n_head=2, block_size=6)


@pytest.fixture(scope="module")
def small() -> Subject:
    return untrained(SMALL)


@pytest.fixture
def model(small: Subject) -> GivenModel:
    return model_of(record_pass(small, "a"))


def recorded(subject: Subject, parameters: list[float], name: str) -> Outcome:
    """Record a pass with other parameters."""
    own = subject.model.parameters()
    before = [parameter.data for parameter in own]
    try:
        for parameter, data in zip(own, parameters, strict=True):
            parameter.data = data
        trace = record_pass(subject, name)
    finally:
        for parameter, data in zip(own, before, strict=True):
            parameter.data = data
    return ComparedParts(trace, Anatomy(trace)).complete


def assert_same(one: Outcome, other: Outcome) -> None:
    assert (one.document, one.heads) == (other.document, other.heads)
    for name in ("losses", "probabilities", "weights"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        np.testing.assert_array_equal(getattr(one.nodes, name), getattr(other.nodes, name))
    assert repr(one.mean) == repr(other.mean)


def test_the_model_of_a_pass_is_the_one_that_made_it(subject: Subject, emma: Trace) -> None:
    model = model_of(emma)
    assert model.parameters.tolist() == [p.data for p in subject.model.parameters()]
    assert model.shape == Shape(subject.model.config, tuple(subject.tokenizer.letters))
    assert model.seed == subject.seed


def test_other_names_and_other_parameters_come_out_as_recorded(
    small: Subject, model: GivenModel
) -> None:
    passes, rng = OtherPasses(), np.random.default_rng(1)
    noisy = model.parameters + rng.normal(0, 0.1, len(model.parameters))
    for parameters in (model.parameters, noisy, 2 * noisy):
        given = replace(model, parameters=parameters)
        for name in ("ab", "zy", "b", "abcdefgh"):
            mine = passes.outcome(given, name)
            assert_same(mine, recorded(small, parameters.tolist(), name))


def test_the_model_on_show_is_left_alone(small: Subject, model: GivenModel) -> None:
    before = [p.data for p in small.model.parameters()]
    OtherPasses().outcome(replace(model, parameters=2 * model.parameters), "ab")
    assert [p.data for p in small.model.parameters()] == before
    assert {p.grad for p in small.model.parameters()} == {0}


@pytest.mark.parametrize("factor", [1e100, 1e160, 1e200])
@pytest.mark.parametrize("first", [True, False])
def test_a_pass_that_fails_is_shown_as_far_as_it_came(
    small: Subject, model: GivenModel, factor: float, first: bool
) -> None:
    passes = OtherPasses()
    if not first:  # replay is used from the second pass of a length on
        passes.outcome(model, "ab")
        passes.outcome(model, "ba")
    parameters = factor * model.parameters
    mine = passes.outcome(replace(model, parameters=parameters), "ab")
    assert_same(mine, recorded(small, parameters.tolist(), "ab"))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_position_that_is_not_a_number_ends_the_pass(
    small: Subject, model: GivenModel, row: int
) -> None:
    passes = OtherPasses()
    for name in ("ab", "ba"):
        passes.outcome(model, name)
    parameters = model.parameters.copy()
    matrix = len(small.tokenizer.letters) + 1  # wte, one row a token; then the positions
    parameters[(matrix + row) * SMALL.n_embd] = np.inf
    mine = passes.outcome(replace(model, parameters=parameters), "ab")
    assert_same(mine, recorded(small, parameters.tolist(), "ab"))
    assert np.isnan(mine.losses).tolist() == [i >= row for i in range(3)]


def test_names_that_cannot_be_read_are_told(model: GivenModel) -> None:
    assert readable_name(" ab ", model.shape) == "ab"
    assert readable_name("abcdefgh", model.shape) == "abcdefgh"
    with pytest.raises(CannotPassError, match="not in the vocabulary") as caught:
        readable_name("Zoë", model.shape)
    assert caught.value.suggestion == "zoe"
    with pytest.raises(CannotPassError, match="at least one letter"):
        readable_name("  ", model.shape)


def test_passes_that_would_take_long_are_refused(model: GivenModel) -> None:
    large = replace(model.shape, config=Config(n_layer=4, n_embd=64, n_head=4))
    with pytest.raises(CannotPassError, match="too much to be made beside another"):
        readable_name("christopher", large)
    assert readable_name("christopher", replace(large, config=Config())) == "christopher"


def test_models_of_several_shapes_are_kept_ready(
    model: GivenModel, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Config] = []

    class Noting(ScalarModel):
        def __init__(self, config: Config, tokenizer: Tokenizer, seed: int) -> None:
            made.append(config)
            super().__init__(config, tokenizer, seed)

    monkeypatch.setattr(other_passes, "ScalarModel", Noting)
    passes = OtherPasses()
    configs = [SMALL, replace(SMALL, n_embd=2), SMALL, replace(SMALL, n_head=1), SMALL]
    for config in configs:
        given = model_of(record_pass(untrained(config), "a"))
        passes.outcome(given, "ab")
    assert made == [configs[0], configs[1], configs[3]]


def test_a_pass_may_be_given_up_before_it_begins(model: GivenModel) -> None:
    class StopError(Exception):
        pass

    def stop(share: float) -> None:
        raise StopError

    passes = OtherPasses()
    with pytest.raises(StopError):
        passes.outcome(model, "ab", stop)
    assert passes.outcome(model, "ab").document.name == "ab"  # it does not wait for ever


def test_there_is_always_another_name() -> None:
    shape = Shape(Config(), tuple("abcdefghijklmnopqrstuvwxyz"))
    assert another_name(shape, ("emma",)) == "olivia"
    assert another_name(shape, ("olivia", "")) == "ava"
    few = Shape(Config(), ("q", "x"))
    assert another_name(few, ("qqx",)) == "xqq"
    assert another_name(few, ("qq", "")) == "q"
    assert another_name(Shape(Config(), ("q",)), ("q",)) == "q"
    assert another_name(Shape(Config(block_size=2), ("q", "x")), ("qx",)) == "q"
