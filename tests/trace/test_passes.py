"""Passes of the model: the same bits as without the recorder, and nothing left behind."""

from __future__ import annotations

import gc
import hashlib
import json
import random
import string
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import explorer.trace.passes
from explorer.trace.passes import (
    BACKWARD_DONE,
    RECORDED,
    Subject,
    digest,
    expected_nodes,
    record_pass,
    summarise,
    untrained,
)
from explorer.trace.trace import Trace
from microgpt import Config, Value, forward

NAMES = ("a", "emma", "yuheng", "maximilian")
SHAPES = [Config(2, 8, 2, 3), Config(3, 4, 1, 16), Config(1, 4, 4, 1), Config(1, 6, 2, 5)]


@pytest.fixture(autouse=True)
def collector_on() -> Iterator[None]:
    gc.enable()
    yield
    gc.enable()


def same_bits(one: np.ndarray, other: np.ndarray) -> bool:
    return one.tobytes() == other.tobytes()


def plain_pass(subject: Subject, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Run forward and backward without the recorder; return data and gradients of all nodes."""
    made: list[Value] = []
    original = Value.__init__

    def note(self, *arguments):
        original(self, *arguments)
        made.append(self)

    Value.__init__ = note
    try:
        loss, _ = forward(subject.model, subject.tokenizer.encode(name))
    finally:
        Value.__init__ = original
    loss.backward()
    nodes = [*subject.model.parameters(), *made]
    columns = tuple(np.array([getattr(n, a) for n in nodes], np.float64) for a in ("data", "grad"))
    for parameter in subject.model.parameters():
        parameter.grad = 0
    return columns


@pytest.mark.parametrize("name", NAMES)
def test_recorded_pass_has_the_published_digests(
    name: str, published: Subject, reference: Path
) -> None:
    expected = json.loads((reference / "passes-seed42.json").read_text())
    assert set(expected) == set(NAMES)
    assert summarise(record_pass(published, name)) == expected[name]


@pytest.mark.parametrize("config", SHAPES)
def test_recorded_pass_has_the_bits_of_the_unrecorded_one(config: Config) -> None:
    subject = untrained(config, seed=7)
    data, grad = plain_pass(subject, "yuheng")
    trace = record_pass(subject, "yuheng")
    assert same_bits(trace.data, data)
    assert same_bits(trace.grad, grad)


def test_constants_are_those_that_the_operators_really_make(published: Subject) -> None:
    trace = record_pass(published, "yuheng")
    constant = trace.op == trace.op_names.index("constant")
    assert np.array_equal(constant[trace.leaves :], np.diff(trace.child_pointer)[4192:] == 0)
    numbers, counts = np.unique(trace.data[constant], return_counts=True)
    known = dict(zip(numbers.tolist(), counts.tolist(), strict=True))
    expected = {0.0: 1478, 0.5: 112, 1 / 16: 21, 1e-5: 21, -1.0: 7, 1 / 7: 1}
    assert {number: known[number] for number in expected} == expected
    assert constant.sum() == 1478 + 112 + 21 + 21 + 7 + 1 + 301  # the last: minus the peaks


def test_squares_have_two_edges_to_one_child(published: Subject) -> None:
    trace = record_pass(published, "yuheng")
    pairs = trace.child_pointer[:-1][np.diff(trace.child_pointer) == 2]
    assert (trace.child[pairs] == trace.child[pairs + 1]).sum() == 336


def test_rectified_units_are_zero_or_their_child(emma: Trace) -> None:
    (units,) = np.nonzero(emma.op == emma.op_names.index("relu"))
    below = emma.child[emma.child_pointer[units]]
    assert len(units) == 5 * 64
    assert np.array_equal(emma.data[units], np.maximum(0, emma.data[below]))
    assert np.array_equal(emma.local_grad[emma.child_pointer[units]], emma.data[below] > 0)


def test_document_says_what_was_read(emma: Trace) -> None:
    assert emma.document is not None
    letters = string.ascii_lowercase
    assert emma.document.letters == tuple(letters)
    assert emma.document.tokens == (26, *(letters.index(c) for c in "emma"), 26)
    assert [emma.document.spell(t) for t in emma.document.tokens] == ["BOS", *"emma", "BOS"]
    assert (emma.document.name, emma.document.seed) == ("emma", 42)
    assert emma.document.config == {"n_layer": 1, "n_embd": 16, "n_head": 4, "block_size": 16}


def test_long_name_is_truncated_and_the_document_keeps_the_tokens_that_count() -> None:
    subject = untrained(Config(1, 4, 2, 3))
    trace = record_pass(subject, "emmanuel")
    assert trace.document is not None
    assert len(trace.document.tokens) == 4
    assert trace.document.name == "emmanuel"
    assert summarise(trace)["positions"] == subject.positions_limit == 3


@pytest.mark.parametrize("name", ["emma", ""])
def test_positions_point_at_their_logits_probabilities_and_losses(
    name: str, subject: Subject
) -> None:
    trace = record_pass(subject, name)
    assert trace.document is not None
    positions = len(name) + 1
    assert trace.logits.shape == trace.probabilities.shape == (positions, 27)
    targets = trace.document.tokens[1:]
    assert len(targets) == len(trace.position_loss) == positions
    for logits, chances, target, loss in zip(
        trace.logits, trace.probabilities, targets, trace.position_loss, strict=True
    ):
        exps = np.exp(trace.data[logits] - trace.data[logits].max())
        assert np.abs(exps / exps.sum() - trace.data[chances]).max() < 1e-15
        assert abs(trace.data[loss] + np.log(trace.data[chances[target]])) < 1e-14
        assert trace.scopes[trace.scope[logits[0]]].title == "row 0"
        assert trace.scopes[trace.scope[loss]].name == "cross_entropy"
    assert summarise(trace)["loss"] == repr(float(trace.data[trace.loss]))


def test_second_identical_pass_has_the_same_bits(subject: Subject, emma: Trace) -> None:
    again = record_pass(subject, "emma")
    for column in ("data", "grad", "local_grad", "child", "child_pointer", "op", "order", "scope"):
        assert same_bits(getattr(again, column), getattr(emma, column))
    assert again.scopes == emma.scopes


def test_parameter_gradients_are_zero_after_a_pass_and_the_class_is_as_before(
    subject: Subject,
) -> None:
    before = Value.__init__
    trace = record_pass(subject, "bob")
    assert all(p.grad == 0 for p in subject.model.parameters())
    assert np.count_nonzero(trace.grad[: trace.leaves]) > 3000
    assert Value.__init__ is before
    assert gc.isenabled()


class CancelledError(Exception):
    pass


@pytest.mark.parametrize("at", [0.2, RECORDED - 0.001, BACKWARD_DONE - 0.001])
def test_cancelled_pass_leaves_nothing_behind(subject: Subject, emma: Trace, at: float) -> None:
    before = Value.__init__

    def cancel(share: float) -> None:
        if share > at:
            raise CancelledError

    with pytest.raises(CancelledError):
        record_pass(subject, "emma", cancel)
    assert Value.__init__ is before
    assert gc.isenabled()
    assert all(p.grad == 0 for p in subject.model.parameters())
    assert same_bits(record_pass(subject, "emma").grad, emma.grad)


def test_failure_after_backward_leaves_no_gradients(
    subject: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_, **__):
        assert any(p.grad != 0 for p in subject.model.parameters())
        raise CancelledError

    monkeypatch.setattr(explorer.trace.passes, "build_trace", fail)
    with pytest.raises(CancelledError):
        record_pass(subject, "bob")
    assert all(p.grad == 0 for p in subject.model.parameters())
    assert gc.isenabled()


def test_error_before_the_first_node_reaches_the_caller_and_leaves_nothing_behind() -> None:
    subject = untrained(Config(1, 4, 2, 4))
    before = Value.__init__
    del subject.model.state_dict["wpe"][:]
    with pytest.raises(IndexError):
        record_pass(subject, "a")
    assert Value.__init__ is before
    assert gc.isenabled()


def test_unknown_letter_is_refused_before_anything_runs(subject: Subject) -> None:
    with pytest.raises(ValueError, match="no token for 'É'"):
        record_pass(subject, "Émma")


def test_progress_comes_often_enough_to_cancel(subject: Subject, emma: Trace) -> None:
    told: list[float] = []
    record_pass(subject, "emma", told.append)
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1
    recording = [share for share in told if share < RECORDED]
    assert np.diff(recording).max() * expected_nodes(Config(), 27, 5) / RECORDED < 1000


def test_finished_pass_leaves_no_nodes_alive_without_the_collector(subject: Subject) -> None:
    def values_alive() -> int:
        return sum(type(o) is Value for o in gc.get_objects())

    gc.collect()
    gc.disable()
    before = values_alive()
    trace = record_pass(subject, "bo")
    assert trace.created > 20_000
    assert values_alive() == before


def test_longest_name_takes_less_than_60_megabytes(subject: Subject) -> None:
    trace = record_pass(subject, "maximilianopqrs")
    assert trace.position_loss.shape == (16,)
    assert trace.created > 130_000
    columns = [value for value in vars(trace).values() if isinstance(value, np.ndarray)]
    assert trace.nbytes == sum(column.nbytes for column in columns) < 60e6


@pytest.mark.parametrize(
    ("config", "name"),
    [
        (Config(), ""),
        (Config(), "emma"),
        (Config(), "maximilianopqrs"),
        (Config(n_layer=2), "bob"),
        (Config(n_embd=32), "bob"),
        (Config(n_layer=2, n_embd=24, n_head=2, block_size=3), "emma"),
    ],
)
def test_expected_nodes_are_within_a_quarter_of_the_truth(config: Config, name: str) -> None:
    subject = untrained(config)
    truth = record_pass(subject, name).created
    positions = min(len(name) + 1, config.block_size)
    estimate = expected_nodes(config, subject.tokenizer.vocab_size, positions)
    assert 0.75 * truth < estimate < 1.25 * truth


def test_digest_is_of_little_endian_numbers() -> None:
    one = np.array([1.0])
    assert digest(one) == digest(one.astype(">f8"))
    assert digest(np.arange(4.0)[::2]) == digest(np.array([0.0, 2.0]))
    assert digest(one) == hashlib.sha256(bytes.fromhex("000000000000f03f")).hexdigest()


def test_untrained_model_is_decided_by_seed_and_documents(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("anna\nbob\neve\nzoe\n")
    config = Config(1, 4, 2, 4)

    def numbers(seed: int) -> list[float]:
        return [p.data for p in untrained(config, seed, file).model.parameters()]

    subject = untrained(config, 5, file)
    assert subject.tokenizer.letters == sorted("anboevz")
    assert subject.seed == 5
    assert numbers(5) == numbers(5) != numbers(6)
    rng = random.Random(5)
    rng.shuffle(["anna", "bob", "eve", "zoe"])
    assert numbers(5)[0] == rng.gauss(0, 0.08)


def test_untrained_model_tells_what_is_wrong_with_the_documents(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        untrained(Config(), documents_file=tmp_path / "missing.txt")
    binary = tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="not a text file"):
        untrained(Config(), documents_file=binary)
    assert gc.isenabled()
