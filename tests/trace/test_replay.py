"""Replay gives what the scalar code gives, bit for bit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from random import Random
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from explorer.trace.build import build_trace
from explorer.trace.order import topological_order
from explorer.trace.passes import Subject, record_pass
from explorer.trace.record import collector_off, record
from explorer.trace.replay import (
    NotReplayableError,
    Program,
    ReplayedPass,
    ScalarModel,
    compile_program,
    retraced,
)
from explorer.trace.trace import FloatArray, Trace
from microgpt import GPT, Adam, Config, Tokenizer, Value
from microgpt.train import backpropagate

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TOKENIZER = Tokenizer([LETTERS])
SHAPES = {
    "1x16": Config(),
    "2x16": Config(n_layer=2),
    "4x16": Config(n_layer=4),
    "1x32": Config(n_embd=32),
    "2x32": Config(n_layer=2, n_embd=32, n_head=2),
    "1x4, one head": Config(n_embd=4, n_head=1),
}
MIDDLE = Config(n_embd=8, n_head=2)
EVERY_LENGTH = [("1x16", length) for length in range(16)]
SHORT = [(shape, length) for shape in SHAPES if shape != "1x16" for length in (0, 2)]
LONG = [("2x16", 8), ("1x4, one head", 15)]


def same(a: FloatArray, b: FloatArray) -> bool:
    """Whether all bits agree."""
    return a.shape == b.shape and bool((a.view(np.int64) == b.view(np.int64)).all())


def agree(replayed: ReplayedPass, trace: Trace) -> bool:
    return all(
        same(getattr(replayed, c), getattr(trace, c)) for c in ("data", "grad", "local_grad")
    )


def assert_same(scalar: ScalarModel, program: Program, parameters: FloatArray, name: str) -> None:
    numbers = scalar.numbers(parameters, scalar.tokens(name))
    replayed = program.run(parameters, scalar.tokens(name))
    assert same(replayed.data, numbers.data)
    assert same(replayed.grad, numbers.grad)


def name_of(length: int, seed: int) -> str:
    return "".join(Random(seed).choices(LETTERS, k=length))


@cache
def model(config: Config, steps: int = 0) -> Subject:
    """A model after some steps on short random names."""
    with collector_off():
        gpt = GPT(config, TOKENIZER.vocab_size, Random(7))
        optimizer = Adam(gpt.parameters())
        for step in range(steps):
            backpropagate(gpt, TOKENIZER.encode(name_of(1, step)))
            optimizer.update(2 * steps)
    return Subject(gpt, TOKENIZER, 7, Adam(gpt.parameters()))


def parameters_of(subject: Subject) -> FloatArray:
    return np.array([p.data for p in subject.model.parameters()])


@pytest.fixture(scope="module")
def trained() -> Subject:
    return model(MIDDLE, 5)


@pytest.fixture(scope="module")
def program(trained: Subject) -> Program:
    return compile_program(record_pass(trained, "emma"))


@pytest.mark.parametrize(("shape", "length"), [*EVERY_LENGTH, *SHORT, *LONG])
def test_every_node_agrees_for_other_parameters_and_letters(shape: str, length: int) -> None:
    """Compiled at initialisation, run with other letters, then with trained parameters."""
    scalar = ScalarModel(SHAPES[shape], TOKENIZER, 7)
    before, after = model(SHAPES[shape]), model(SHAPES[shape], 2)
    tokens = scalar.tokens(name_of(length, 1))
    program = compile_program(scalar.graph(parameters_of(before), tokens))
    for parameters, seed in ((parameters_of(before), 2), (parameters_of(after), 3)):
        assert_same(scalar, program, parameters, name_of(length, seed))


@pytest.mark.parametrize("name", ["anna", "aaaa", "emma", "zyxw"])
def test_repeated_letters(trained: Subject, program: Program, name: str) -> None:
    trace = record_pass(trained, name)
    assert trace.document is not None
    assert agree(program.run(parameters_of(trained), trace.document.tokens), trace)


@settings(max_examples=8)
@given(
    names=st.lists(st.text(LETTERS, min_size=4, max_size=4), min_size=1, max_size=2),
    scale=st.sampled_from([0.0, 0.3, 1.0, 4.0]),
)
@example(names=["aaaa"], scale=0.0)  # zeros of both signs
def test_any_name_at_any_scale_in_any_order(
    trained: Subject, program: Program, names: list[str], scale: float
) -> None:
    scalar = ScalarModel(MIDDLE, TOKENIZER, 7)
    parameters = parameters_of(trained) * scale
    for name in names:
        assert_same(scalar, program, parameters, name)


def test_loss_and_gradients_are_those_of_the_whole_pass(trained: Subject, program: Program) -> None:
    trace = record_pass(trained, "olga")
    assert trace.document is not None
    loss, gradients = program.loss_and_gradients(parameters_of(trained), trace.document.tokens)
    assert loss == trace.data[trace.loss]
    assert same(gradients, trace.grad[: trace.leaves].copy())


def test_a_name_beyond_the_longest_sequence_is_cut_as_by_the_scalar_code() -> None:
    subject = model(Config(block_size=4))
    program = compile_program(record_pass(subject, "maximilian"))
    trace = record_pass(subject, "alexandra")
    assert trace.document is not None
    assert agree(program.run(parameters_of(subject), trace.document.tokens), trace)


@pytest.mark.parametrize("name", ["zzzz", "anna"])
def test_a_retraced_pass_is_a_recorded_one(trained: Subject, program: Program, name: str) -> None:
    recorded, wanted = record_pass(trained, "emma"), record_pass(trained, name)
    trace = retraced(recorded, program, parameters_of(trained), wanted.document)
    for column in ("data", "grad", "local_grad", "child_pointer", "child", "order", "scope", "op"):
        assert np.array_equal(getattr(trace, column), getattr(wanted, column)), column
    assert trace.document == wanted.document
    assert trace.loss == wanted.loss


@pytest.mark.parametrize(
    ("shape", "length"), [*(("1x4, one head", n) for n in (0, 1, 3, 9)), ("2x16", 3)]
)
def test_the_order_of_other_letters_is_that_of_the_published_backward(
    shape: str, length: int
) -> None:
    scalar = ScalarModel(SHAPES[shape], TOKENIZER, 7)
    parameters = parameters_of(model(SHAPES[shape]))
    program = compile_program(scalar.graph(parameters, scalar.tokens(name_of(length, 1))))
    for seed in range(4):
        few = LETTERS[: 1 + 5 * seed]
        name = "".join(Random(seed).choices(few, k=length))
        graph = scalar.graph(parameters, scalar.tokens(name))
        child, order = program.structure(graph.tokens)
        assert np.array_equal(child, graph.child)
        assert np.array_equal(order, topological_order(graph.pointer, graph.child, graph.loss))


@pytest.mark.parametrize("tokens", [(26, 0, 26), (26, 0, 1, 2, 27, 26), (26, 0, 1, 2, -1, 26)])
def test_tokens_that_do_not_fit_are_refused(program: Program, tokens: tuple[int, ...]) -> None:
    for use in (partial(program.run, np.zeros(program.leaves)), program.structure):
        with pytest.raises(ValueError, match="6 tokens from 0 to 26"):
            use(tokens)


def test_numbers_that_grow_too_large_fail_as_in_the_scalar_code(
    trained: Subject, program: Program
) -> None:
    parameters = parameters_of(trained) * 1e5  # the target's probability becomes 0
    scalar = ScalarModel(MIDDLE, TOKENIZER, 7)
    tokens = scalar.tokens("emma")
    errors = []
    for run in (scalar.loss_and_gradients, program.loss_and_gradients):
        with pytest.raises((ArithmeticError, ValueError)) as caught:
            run(parameters, tokens)
        errors.append((caught.type, str(caught.value)))
    assert errors[0] == errors[1]
    good = record_pass(trained, "emma")
    assert agree(program.run(parameters_of(trained), tokens), good)


@pytest.mark.parametrize("size", [1e150, 1e200, np.inf, np.nan])
def test_infinite_numbers_and_nan_come_out_as_in_the_scalar_code(
    trained: Subject, program: Program, size: float
) -> None:
    parameters = parameters_of(trained)
    parameters[::7] = size
    scalar = ScalarModel(MIDDLE, TOKENIZER, 7)
    tokens = scalar.tokens("emma")
    try:
        numbers = scalar.numbers(parameters, tokens)
    except (ArithmeticError, ValueError) as error:
        with pytest.raises(type(error)):
            program.run(parameters, tokens)
    else:
        replayed = program.run(parameters, tokens)
        np.testing.assert_array_equal(replayed.data, numbers.data)
        np.testing.assert_array_equal(replayed.grad, numbers.grad)


# What-if


def forced_trace(subject: Subject, forced: dict[int, float]) -> Trace:
    """Record a pass over emma in which some nodes are changed right after they are made."""
    leaves = subject.model.parameters()
    made = len(leaves)
    init = Value.__init__

    def observe(self: Value, *arguments: Any) -> None:
        nonlocal made
        init(self, *arguments)
        self.data = forced.get(made, self.data)
        made += 1

    kept = [p.data for p in leaves]
    try:
        for number, leaf in enumerate(leaves):
            leaf.data = forced.get(number, leaf.data)
        Value.__init__ = observe  # type: ignore[method-assign]
        return record_pass(subject, "emma")
    finally:
        Value.__init__ = init  # type: ignore[method-assign]
        for leaf, data in zip(leaves, kept, strict=True):
            leaf.data = data


def first_of_each_kind(trace: Trace) -> dict[str, int]:
    """A node of each operation, of the constants, and in the middle of a sum."""
    found = {"parameter": trace.leaves - 20}
    for node in range(trace.leaves + trace.created // 8, trace.nodes - 2):
        name = trace.op_name(node)
        if name == "constant" and trace.data[node] == 0:
            name = "zero"
        elif name == "constant" and trace.op_name(node + 2) == "exp":
            name = "peak"
        found.setdefault(name, node)
    logit = int(trace.logits[1, 3])
    return {**found, "in a sum": int(trace.child[trace.edges(logit)[0]])}


@pytest.fixture(scope="module")
def emma_trained(trained: Subject) -> Trace:
    return record_pass(trained, "emma")


KINDS = ("parameter", "add", "mul", "pow", "exp", "log", "relu", "zero", "peak", "in a sum")


@pytest.mark.parametrize("kind", KINDS)
def test_any_number_can_be_forced(
    trained: Subject, program: Program, emma_trained: Trace, kind: str
) -> None:
    node = first_of_each_kind(emma_trained)[kind]
    replayed = program.run(parameters_of(trained), None, {node: 0.75})
    assert agree(replayed, forced_trace(trained, {node: 0.75}))
    assert replayed.data[node] == 0.75
    assert agree(program.run(parameters_of(trained)), emma_trained)  # nothing is left behind


def test_a_what_if_that_fails_leaves_nothing_behind(
    trained: Subject, program: Program, emma_trained: Trace
) -> None:
    nodes = first_of_each_kind(emma_trained)
    with pytest.raises(OverflowError):
        program.run(parameters_of(trained), None, {nodes["constant"]: 0.7, nodes["peak"]: 1e4})
    assert agree(program.run(parameters_of(trained)), emma_trained)


@settings(max_examples=4)
@given(data=st.data())
def test_several_numbers_can_be_forced_at_once(
    trained: Subject, program: Program, emma_trained: Trace, data: st.DataObject
) -> None:
    middle, end = emma_trained.nodes // 2, emma_trained.nodes - 1
    near = st.integers(0, 30).flatmap(lambda k: st.sampled_from([k, middle + k, end - k]))
    nodes = st.one_of(st.integers(0, emma_trained.nodes - 1), near)
    forced = data.draw(st.dictionaries(nodes, st.floats(0.1, 2.0), min_size=2, max_size=12))
    assert agree(program.run(parameters_of(trained), None, forced), forced_trace(trained, forced))


# Code that is not ours


def test_the_operations_of_other_code_are_replayed_or_refused(
    foreign: ModuleType, observe: Callable[..., Trace]
) -> None:
    trace = observe(lambda x, y: foreign.plus_one(x * y) * (x - y), 0.5, 0.25)
    other = observe(lambda x, y: foreign.plus_one(x * y) * (x - y), -3.0, 2.5)
    program = compile_program(trace)
    assert not program.takes_tokens
    assert agree(program.run(np.array([-3.0, 2.5])), other)
    with pytest.raises(NotReplayableError, match="tanh"):
        compile_program(observe(foreign.everything, 0.5, 0.25))


@pytest.mark.parametrize("exponent", [-1, -0.5, 2, 3, 0.5, 1.5, 7, 1 / 3, 0.1, 0.237, 0, 1])
def test_exponents_are_found(exponent: float) -> None:
    def run(base: float) -> Trace:
        leaf = Value(base)
        recording = record(lambda: (leaf**exponent) * leaf + 1.0, Value)
        recording.result.backward()
        return build_trace(recording, recording.result, {"x": [[leaf]]})

    assert agree(compile_program(run(0.71)).run(np.array([2.3])), run(2.3))


def test_a_program_without_tokens_keeps_those_of_the_record(emma_trained: Trace) -> None:
    assert emma_trained.document is not None
    unknown = np.empty((0, 0), np.int32)
    blind = replace(emma_trained, document=None, probabilities=unknown, logits=unknown)
    program = compile_program(blind)
    assert not program.takes_tokens
    assert agree(program.run(emma_trained.data[: emma_trained.leaves]), emma_trained)
    order = program.structure(())[1]
    assert np.array_equal(order, emma_trained.order)
    with pytest.raises(NotReplayableError, match="same tokens"):
        program.run(emma_trained.data[: emma_trained.leaves], (26, 0, 0, 0, 0, 26))
