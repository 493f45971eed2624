"""Replay that checks itself: what it trusts, what it refuses, and what it says."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np
import pytest

from explorer.trace.adam import AdamSettings, adam_update
from explorer.trace.order import differing_gradients
from explorer.trace.passes import Subject, digest, record_pass
from explorer.trace.replay import (
    Fallback,
    Graph,
    NotReplayableError,
    Program,
    Replay,
    ReplayedPass,
    ScalarModel,
    compile_program,
)
from explorer.trace.replay.shorten import shortened
from explorer.trace.replay.units import find_units
from explorer.trace.trace import FloatArray, Trace
from microgpt import Config, Tokenizer, read_documents

TOKENIZER = Tokenizer(["abcdefghijklmnopqrstuvwxyz"])
SMALL = Config(n_embd=4, n_head=2)


class Counted(ScalarModel):
    """Notes which passes the scalar code runs."""

    def __init__(self, config: Config = SMALL) -> None:
        super().__init__(config, TOKENIZER, 1)
        self.ran: list[str] = []

    def loss_and_gradients(
        self, parameters: FloatArray, tokens: Sequence[int]
    ) -> tuple[float, FloatArray]:
        self.ran.append(f"loss {len(tokens)}")
        return super().loss_and_gradients(parameters, tokens)

    def numbers(self, parameters: FloatArray, tokens: Sequence[int]):  # type: ignore[no-untyped-def]
        self.ran.append(f"numbers {len(tokens)}")
        return super().numbers(parameters, tokens)

    def graph(self, parameters: FloatArray, tokens: Sequence[int]) -> Graph:
        self.ran.append(f"graph {len(tokens)}")
        return super().graph(parameters, tokens)

    def trace(self, parameters: FloatArray, name: str) -> Trace:
        self.ran.append(f"trace {name}")
        return super().trace(parameters, name)


class WrongAt(Program):
    """A program with one wrong bit."""

    column = "grad"

    def run(self, *arguments, **named) -> ReplayedPass:  # type: ignore[no-untyped-def]
        replayed = super().run(*arguments, **named)
        number = getattr(replayed, self.column)
        number[-7] = np.nextafter(number[-7], np.inf)
        return replayed


def wrong_compiler(recorded: Trace | Graph) -> Program:
    program = compile_program(recorded)
    program.__class__ = WrongAt
    return program


def parameters(seed: int) -> FloatArray:
    _, initial = ScalarModel(SMALL, TOKENIZER, 1).longest(1)
    return np.random.default_rng(seed).normal(0, 0.1, len(initial))


def test_the_first_pass_of_each_length_is_run_by_both() -> None:
    scalar = Counted()
    replay = Replay(scalar)
    for name in ("abc", "abc", "zz", "xyz", "aa"):
        replay.loss_and_gradients(parameters(1), scalar.tokens(name))
    assert scalar.ran == ["numbers 5", "graph 17", "numbers 4"]
    assert replay.fallbacks == {}


def test_loss_and_gradients_are_those_of_the_scalar_code() -> None:
    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    replay = Replay(scalar)
    for seed, name in enumerate(("", "a", "bob", "bob", "eve", "maximilianabcde", "m" * 20)):
        loss, gradients = replay.loss_and_gradients(parameters(seed), scalar.tokens(name))
        wanted_loss, wanted = scalar.loss_and_gradients(parameters(seed), scalar.tokens(name))
        assert repr(loss) == repr(wanted_loss)
        assert digest(gradients) == digest(wanted)


@pytest.mark.parametrize("column", ["data", "grad"])
def test_one_wrong_bit_is_found_and_told_and_the_scalar_code_takes_over(
    column: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WrongAt, "column", column)
    told: list[Fallback] = []
    scalar = Counted()
    replay = Replay(scalar, told.append, wrong_compiler)
    tokens = scalar.tokens("abc")
    for _ in range(2):
        loss, gradients = replay.loss_and_gradients(parameters(2), tokens)
        wanted_loss, wanted = scalar.loss_and_gradients(parameters(2), tokens)
        assert (loss, digest(gradients)) == (wanted_loss, digest(wanted))
    assert replay.run(parameters(2), tokens) is None
    assert told == [Fallback(4, "replay gave other numbers at 1 nodes")]
    assert told[0].text == (
        "Passes over 4 positions are computed by the scalar code, which is slower: "
        "replay gave other numbers at 1 nodes."
    )


def test_code_that_replay_does_not_know_is_left_to_the_scalar_code() -> None:
    def refuse(recorded: Trace | Graph) -> Program:
        raise NotReplayableError("the operation “tanh” is not known")

    told: list[Fallback] = []
    scalar = Counted()
    replay = Replay(scalar, told.append, refuse)
    trace = replay.trace(parameters(3), "abc")
    again = replay.trace(parameters(4), "abd")
    assert [fallback.reason for fallback in told] == ["the operation “tanh” is not known"]
    assert trace.document is not None
    assert again.document is not None
    assert again.document.name == "abd"
    assert scalar.ran == ["trace abc", "trace abd"]


def test_a_length_that_no_longer_pass_explains_is_compiled_from_its_own() -> None:
    """Such as of code in which a position depends on later ones."""

    class Alone(Counted):
        def longest(self, size: int) -> tuple[tuple[int, ...], FloatArray]:
            tokens, initial = super().longest(size)
            return tokens[: size - 1], initial

    scalar = Alone()
    replay = Replay(scalar)
    for seed in (1, 2, 3):
        replay.loss_and_gradients(parameters(seed), scalar.tokens("abc"))
    assert scalar.ran == ["numbers 5", "graph 5", "numbers 5"]
    assert replay.fallbacks == {}


def test_a_trace_is_recorded_once_a_length_and_then_replayed() -> None:
    scalar = Counted()
    replay = Replay(scalar)
    plain = ScalarModel(SMALL, TOKENIZER, 1)
    for seed, name in enumerate(("anna", "emma", "aaaa")):
        trace, wanted = replay.trace(parameters(seed), name), plain.trace(parameters(seed), name)
        for column in ("data", "grad", "local_grad", "child", "order", "scope", "site"):
            assert np.array_equal(getattr(trace, column), getattr(wanted, column)), column
        assert trace.document == wanted.document
    assert scalar.ran == ["trace anna", "numbers 6"]


def test_what_if_changes_what_follows_and_nothing_else() -> None:
    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    replay = Replay(scalar)
    trace = replay.trace(parameters(1), "emma")
    node = int(trace.logits[2, 5])
    changed = replay.what_if(trace, {node: 3.0})
    assert changed is not None
    assert changed.data[node] == 3.0
    assert np.array_equal(changed.data[:node], trace.data[:node])
    assert changed.data[trace.position_loss[2]] != trace.data[trace.position_loss[2]]
    assert (
        differing_gradients(
            changed.child_pointer, changed.child, changed.local_grad, changed.grad, changed.order
        )
        == 0
    )
    again = replay.what_if(changed, {node: float(trace.data[node])})
    assert again is not None
    assert np.array_equal(again.data, trace.data)


def test_a_recorded_pass_is_learnt_and_compared_with_other_numbers_too() -> None:
    scalar = Counted()
    replay = Replay(scalar)
    trace = ScalarModel(SMALL, TOKENIZER, 1).trace(parameters(1), "emma")
    assert replay.learn(trace) is None
    assert replay.learn(trace) is None
    assert scalar.ran == ["numbers 6"]
    again = replay.with_parameters(trace, parameters(2))
    wanted = ScalarModel(SMALL, TOKENIZER, 1).trace(parameters(2), "emma")
    assert again is not None
    assert again.child is trace.child
    for column in ("data", "grad", "local_grad"):
        assert getattr(again, column).tobytes() == getattr(wanted, column).tobytes(), column


def test_a_pass_that_the_scalar_code_did_not_make_is_not_learnt() -> None:
    trace = ScalarModel(SMALL, TOKENIZER, 1).trace(parameters(1), "emma")
    grad = trace.grad.copy()
    grad[3] += 1e-9
    replay = Replay(ScalarModel(SMALL, TOKENIZER, 1))
    fallback = replay.learn(replace(trace, grad=grad))
    assert fallback is not None
    assert "5 positions" in fallback.text
    assert replay.with_parameters(trace, parameters(2)) is None


def test_what_if_says_so_when_replay_cannot_be_used() -> None:
    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    replay = Replay(scalar, compiler=wrong_compiler)
    trace = replay.trace(parameters(1), "emma")
    assert replay.what_if(trace, {0: 3.0}) is None


def test_a_program_that_fails_where_the_scalar_code_does_not_is_not_used() -> None:
    class Failing(WrongAt):
        def run(self, *arguments, **named) -> ReplayedPass:  # type: ignore[no-untyped-def]
            raise OverflowError

    def compiler(recorded: Trace | Graph) -> Program:
        program = compile_program(recorded)
        program.__class__ = Failing
        return program

    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    replay = Replay(scalar, compiler=compiler)
    replay.loss_and_gradients(parameters(1), scalar.tokens("ab"))
    assert list(replay.fallbacks) == [4]


def test_every_number_can_be_had_without_a_trace() -> None:
    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    replayed = Replay(scalar).run(parameters(5), scalar.tokens("eve"), {0: 0.5})
    assert replayed is not None
    assert replayed.data[0] == 0.5


@pytest.mark.parametrize("positions", [1, 2, 9])
def test_a_shortened_graph_is_that_of_a_shorter_pass(positions: int) -> None:
    scalar = ScalarModel(SMALL, TOKENIZER, 1)
    tokens, initial = scalar.longest(17)
    tokens = (*tokens[:positions], 3)
    wanted = scalar.graph(initial, tokens)
    longest = scalar.graph(initial, (*tokens, *[1] * (17 - len(tokens))))
    short = shortened(longest, positions, wanted.data)
    assert short.tokens == wanted.tokens
    assert short.loss == wanted.loss
    for column in ("op", "pointer", "child", "probabilities", "position_loss"):
        assert np.array_equal(getattr(short, column), getattr(wanted, column)), column
    constant = np.diff(wanted.pointer) == 0
    assert np.array_equal(short.data[constant], wanted.data[constant])
    assert len(find_units(short)) == len(find_units(wanted))


def test_a_model_with_one_token_and_the_shortest_sequence() -> None:
    scalar = ScalarModel(Config(n_embd=2, n_head=1, block_size=1), Tokenizer(["aa"]), 1)
    _, initial = scalar.longest(1)
    replay = Replay(scalar)
    for name in ("a", "aaa"):
        loss, _ = replay.loss_and_gradients(initial, scalar.tokens(name))
        assert loss == scalar.loss_and_gradients(initial, scalar.tokens(name))[0]
    assert replay.fallbacks == {}


def test_a_thousand_steps_end_with_the_published_bits(reference: Path, published: Subject) -> None:
    documents = read_documents(reference / "names.txt")
    Random(42).shuffle(documents)
    with (reference / "digests-seed42.csv").open() as file:
        digests = {int(row["step"]): row for row in csv.DictReader(file)}
    with (reference / "losses-seed42.csv").open() as file:
        losses = [row["loss"] for row in csv.DictReader(file)]

    replay = Replay(ScalarModel(Config(), published.tokenizer, 42))
    values = np.array([parameter.data for parameter in published.model.parameters()])
    m, v = np.zeros_like(values), np.zeros_like(values)
    settings = AdamSettings()
    for done in range(1000):
        tokens = published.tokenizer.encode(documents[done])
        loss, gradients = replay.loss_and_gradients(values, tokens)
        assert repr(loss) == losses[done]
        update = adam_update(values, m, v, gradients, done, 1000, settings)
        values, m, v = update.parameters, update.m, update.v
        if done + 1 in digests:
            wanted = digests[done + 1]
            assert digest(values) == wanted["parameters_sha256"]
            assert digest(m) == wanted["adam_m_sha256"]
            assert digest(v) == wanted["adam_v_sha256"]
    assert replay.fallbacks == {}


def test_the_recorded_pass_of_a_model_is_the_graph_that_is_observed(emma: Trace) -> None:
    scalar = ScalarModel(Config(), TOKENIZER, 42)
    graph = scalar.graph(emma.data[: emma.leaves], scalar.tokens("emma"))
    assert np.array_equal(graph.data, emma.data)
    assert np.array_equal(graph.grad, emma.grad)
    assert np.array_equal(graph.child, emma.child)
    assert np.array_equal(graph.local_grad, emma.local_grad)
    assert np.array_equal(graph.probabilities, emma.probabilities)
    assert [(m.name, m.start, m.rows) for m in graph.parameters] == [
        (m.name, m.start, m.rows) for m in emma.parameters
    ]


def test_observing_leaves_the_subjects_model_alone(subject: Subject) -> None:
    before = [parameter.data for parameter in subject.model.parameters()]
    scalar = ScalarModel(subject.model.config, subject.tokenizer, subject.seed)
    scalar.numbers(np.zeros(len(before)), scalar.tokens("bo"))
    assert [parameter.data for parameter in subject.model.parameters()] == before
    assert record_pass(subject, "bo").data[0] == before[0]
