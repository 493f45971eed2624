"""Replay: a training run, one pass with every number, and a what-if, against the scalar code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import cycle
from random import Random
from statistics import median

import numpy as np

from explorer.bench.table import LONG_NAME, NAME, Measurement, seconds
from explorer.trace.adam import AdamSettings, adam_update
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.record import collector_off
from explorer.trace.replay import Replay, ScalarModel, compile_program, retraced
from explorer.trace.trace import Document, FloatArray, Trace
from microgpt import Adam, Config, bundled_names, read_documents
from microgpt.train import train

STEPS, SCALAR_EVERY = 1000, 20
ROUNDS = 7


def replay() -> Iterator[Measurement]:
    """Compare replay with the scalar code on the same names in turns."""
    subject = untrained(Config())
    yield from _training(subject)
    yield from _passes(subject)


def _training(subject: Subject) -> Iterator[Measurement]:
    documents = read_documents(bundled_names())
    Random(subject.seed).shuffle(documents)
    parameters = _parameters(subject)
    run = _Run(subject, parameters)
    optimizer = Adam(subject.model.parameters())
    by_replay, by_scalar = [], []
    for step, document in zip(range(STEPS), cycle(documents), strict=False):
        by_replay.append(seconds(partial(run.step, document)))
        if step % SCALAR_EVERY == 0:
            work = train(subject.model, optimizer, [document], subject.tokenizer, STEPS)
            by_scalar.append(seconds(partial(next, work)))
    sample = sum(by_scalar) * SCALAR_EVERY
    yield Measurement("1000 training steps by replay", sum(by_replay), "s")
    yield Measurement("the same / by the scalar code", sum(by_replay) / sample, "ratio", 0.08)
    first = sum(sorted(by_replay)[-20:])
    yield Measurement("of which compiling and checking", 100 * first / sum(by_replay), "%")
    yield Measurement("a step by replay", 1000 * median(by_replay), "ms")
    _load(subject, parameters)


class _Run:
    """A training run by replay."""

    def __init__(self, subject: Subject, parameters: FloatArray) -> None:
        self.tokenizer = subject.tokenizer
        self.replay = Replay(ScalarModel(subject.model.config, subject.tokenizer, subject.seed))
        self.parameters = parameters
        self.m, self.v = np.zeros_like(parameters), np.zeros_like(parameters)
        self.done = 0

    def step(self, document: str) -> None:
        tokens = self.tokenizer.encode(document)
        _, grad = self.replay.loss_and_gradients(self.parameters, tokens)
        update = adam_update(
            self.parameters, self.m, self.v, grad, self.done, STEPS, AdamSettings()
        )
        self.parameters, self.m, self.v = update.parameters, update.m, update.v
        self.done += 1


def _passes(subject: Subject) -> Iterator[Measurement]:
    scalar = ScalarModel(subject.model.config, subject.tokenizer, subject.seed)
    parameters = _parameters(subject)
    for name in (NAME, LONG_NAME):
        recorded = record_pass(subject, name)
        program = compile_program(recorded)
        tokens = scalar.tokens(name)
        node = int(recorded.logits[0, 0])
        others = cycle(_documents_of_other_letters(recorded, scalar))
        compiling, traced, renamed, forced, bare = [], [], [], [], []
        retraced(recorded, program, parameters, next(others))
        for _ in range(ROUNDS):
            with collector_off():
                compiling.append(seconds(partial(compile_program, recorded)))
            bare.append(seconds(partial(scalar.loss_and_gradients, parameters, tokens)))
            traced.append(seconds(partial(retraced, recorded, program, parameters)))
            other = next(others)
            renamed.append(seconds(partial(retraced, recorded, program, parameters, other)))
            forced.append(seconds(partial(program.run, parameters, tokens, {node: 0.5})))
        letters = f"{len(name)} letters"
        whole = median(bare)
        yield Measurement(f"compiling, {letters}", 1000 * median(compiling), "ms")
        yield Measurement(f"every number by replay, {letters}", 1000 * median(traced), "ms")
        yield Measurement("the same / a bare scalar pass", median(traced) / whole, "ratio", 0.06)
        ratio = median(renamed) / whole
        yield Measurement("and with other letters / that", ratio, "ratio", 0.06)
        yield Measurement(f"what-if, {letters}", 1000 * median(forced), "ms", 16.0)


def _documents_of_other_letters(recorded: Trace, scalar: ScalarModel) -> list[Document]:
    assert recorded.document is not None
    name = recorded.document.name
    turned = [name[i:] + name[:i] for i in range(1, len(name))]
    return [replace(recorded.document, name=n, tokens=scalar.tokens(n)) for n in turned]


def _parameters(subject: Subject) -> FloatArray:
    return np.array([parameter.data for parameter in subject.model.parameters()])


def _load(subject: Subject, parameters: Sequence[float] | FloatArray) -> None:
    for parameter, data in zip(subject.model.parameters(), parameters, strict=True):
        parameter.data = float(data)
