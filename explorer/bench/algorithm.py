"""Training and recording: how fast, and how large."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

from explorer.bench.table import LONG_NAME, NAME, Measurement, seconds
from explorer.trace.passes import record_pass, untrained
from explorer.trace.record import collector_off, record
from microgpt import Adam, Config, Tokenizer, Value, bundled_names, forward, read_documents, train
from microgpt.train import backpropagate

ROUNDS, STEPS = 7, 15


def training() -> Iterator[Measurement]:
    """Compare forward and backward with and without Python's cyclic garbage collector."""
    documents = read_documents(bundled_names())
    tokenizer = Tokenizer(documents)
    subject = untrained(Config())
    optimizer = Adam(subject.model.parameters())
    whole, paused, collected = [], [], []
    steps = train(subject.model, optimizer, documents, tokenizer, 10 * STEPS)
    for _ in range(STEPS):
        work = partial(backpropagate, subject.model, tokenizer.encode(documents[0]))
        whole.append(seconds(partial(next, steps)))
        gc.enable()
        collected.append(seconds(work))
        with collector_off():
            paused.append(seconds(work))
        for parameter in optimizer.parameters:
            parameter.grad = 0
    ratio = median(paused) / median(collected)
    yield Measurement("training step", 1000 * median(whole), "ms")
    yield Measurement("forward and backward / with the collector on", ratio, "ratio", 1.0)
    yield Measurement("the collector's share, were it on", 100 * (1 - ratio), "%")


def recording() -> Iterator[Measurement]:
    """Compare an observed forward pass with a bare one."""
    subject = untrained(Config())
    tokens = subject.tokenizer.encode(NAME)

    def run() -> Any:
        return forward(subject.model, tokens)

    with collector_off():
        nodes = len(record(run, Value).nodes)
        bare, observed, whole = [], [], []
        for _ in range(ROUNDS):
            bare.append(seconds(run))
            observed.append(seconds(lambda: record(run, Value)))
            whole.append(seconds(lambda: record_pass(subject, NAME)))
    extra = median(o - b for o, b in zip(observed, bare, strict=True))
    yield Measurement("recording a node", 1e6 * extra / nodes, "µs", 2.0)
    yield Measurement("observed forward pass / bare", median(observed) / median(bare), "ratio")
    yield Measurement(f"whole recorded pass, {NAME}", 1000 * median(whole), "ms")


def memory() -> Iterator[Measurement]:
    """Weigh the columns of the longest pass."""
    trace = record_pass(untrained(Config()), LONG_NAME)
    yield Measurement("trace of 15 letters", trace.nbytes / 1e6, "MB", 60.0)
