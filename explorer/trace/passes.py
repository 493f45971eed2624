"""Passes of the microGPT model: from a name to its `Trace`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import numpy as np

from explorer.trace.build import build_trace
from explorer.trace.record import Recording, collector_off, record, until_nan
from explorer.trace.trace import Document, FloatArray, Trace
from explorer.trace.update import AdamStep, Update
from microgpt import (
    GPT,
    Adam,
    Config,
    Prediction,
    Tokenizer,
    Value,
    bundled_names,
    forward,
    read_documents,
)

MOST_NODES = 2_000_000  # at a position; 4 layers x 64 make 430,000
TRAINING_STEPS = 1000  # of the published script, over which the learning rate falls to 0


@dataclass(frozen=True)
class Subject:
    """A model that passes are made with, and the vocabulary that it knows.

    Attributes
    ----------
    model : GPT
    tokenizer : Tokenizer
    seed : int
    optimizer : Adam
        Of the model's parameters; how far the training has come.
    documents_file : Path or None
        Where the vocabulary is from.
    total_steps : int
        Of the whole training.
    documents : tuple of str
        What the model is, or would be, trained on; empty if that is not known.
    """

    model: GPT
    tokenizer: Tokenizer
    seed: int
    optimizer: Adam
    documents_file: Path | None = None
    total_steps: int = TRAINING_STEPS
    documents: tuple[str, ...] = ()

    @property
    def positions_limit(self) -> int:
        """The longest sequence that the model reads, in tokens (BOS is one)."""
        return self.model.config.block_size


def untrained(config: Config, seed: int = 42, documents_file: str | Path | None = None) -> Subject:
    """Return a model as the published script has it before its first step.

    The documents matter twice: their letters are the vocabulary, and shuffling them moves the
    random numbers on before the parameters are drawn.

    Raises
    ------
    OSError, ValueError
        The documents cannot be read, or the model is too large to be looked at.
    """
    if expected_nodes(config, 1, 1) > MOST_NODES:
        raise ValueError(
            f"a pass of {config.n_layer} layers x {config.n_embd} makes over {MOST_NODES:,} nodes "
            "at each position, which is more than can be shown"
        )
    with collector_off():
        rng = Random(seed)
        file = Path(documents_file or bundled_names())
        documents = read_documents(file)
        rng.shuffle(documents)
        tokenizer = Tokenizer(documents)
        model = GPT(config, tokenizer.vocab_size, rng)
        return Subject(
            model, tokenizer, seed, Adam(model.parameters()), file, documents=tuple(documents)
        )


def expected_nodes(config: Config, vocab_size: int, positions: int) -> int:
    """Estimate how many nodes a pass makes: two for each weight at each position.

    It is meant for a progress bar; attention and normalisation add about a tenth.
    """
    weights = vocab_size * config.n_embd + 12 * config.n_layer * config.n_embd**2
    return int(2.2 * positions * weights)


# How much of a recorded pass is done after each stage, measured on 15 letters.
RECORDED, BACKWARD_DONE = 0.4, 0.6


def record_pass(
    subject: Subject, name: str, progress: Callable[[float], None] | None = None
) -> Trace:
    """Make one training step with one name and return everything that happened.

    That is forward, backward, and the update of the parameters.

    Parameters
    ----------
    subject : Subject
        Afterwards it is as it was before: the next pass does not see this one's update.
    name : str
    progress : callable, optional
        Called now and then with how much is done, 0 to 1; it may raise to cancel the pass.

    Returns
    -------
    Trace
        If the pass fails, up to there; its `failure` says why.

    Raises
    ------
    ValueError
        A letter has no token.
    Exception
        Whatever the model raises before it has made a node.
    """
    model = subject.model
    tokens = subject.tokenizer.encode(name)
    positions = min(subject.positions_limit, len(tokens) - 1)
    expected = expected_nodes(model.config, subject.tokenizer.vocab_size, positions)
    report = progress or _ignore

    def count(nodes: int) -> None:
        report(RECORDED * min(nodes / expected, 1.0))

    with collector_off():
        try:
            recording = until_nan(record(partial(forward, model, tokens), Value, count))
            if recording.error is not None and not recording.nodes:
                raise recording.error
            predictions = _predictions(recording)
            loss = None
            report(RECORDED)
            if recording.error is None:
                loss, _ = recording.result
                loss.backward()
            report(BACKWARD_DONE)
            trace = build_trace(
                recording,
                loss,
                model.state_dict,
                document=Document(
                    name,
                    tuple(subject.tokenizer.letters),
                    tuple(tokens[: positions + 1]),
                    asdict(model.config),
                    subject.seed,
                ),
                positions=[(p.logits, p.probabilities, p.loss) for p in predictions],
                check=partial(report, BACKWARD_DONE),
            )
            if trace.loss is None or trace.failure is not None:
                return trace
            return replace(trace, update=_try_update(subject))
        finally:
            for parameter in model.parameters():
                parameter.grad = 0


def _predictions(recording: Recording[tuple[Value, list[Prediction]]]) -> list[Prediction]:
    """Return what the model predicted, also if it failed before it could return it."""
    if recording.outcome is not None:
        return recording.outcome[1]
    frames = recording.raised.frames if recording.raised is not None else ()
    inside = (variables for code, variables in frames if code is forward.__code__)
    found: list[Prediction] = next(inside, {}).get("predictions", [])
    return found


def _try_update(subject: Subject) -> Update | None:
    """Let the optimizer do its update, note what it did, and take it back.

    None if the training is over.
    """
    optimizer, parameters = subject.optimizer, subject.optimizer.parameters
    if optimizer.steps_done >= subject.total_steps:
        return None
    before = [p.data for p in parameters]
    m, v, steps_done = list(optimizer.m), list(optimizer.v), optimizer.steps_done
    try:
        learning_rate = optimizer.update(subject.total_steps)
        rates = optimizer.beta1, optimizer.beta2, optimizer.epsilon
        settings = AdamStep(optimizer.steps_done, learning_rate, *rates)
        after = [p.data for p in parameters]
        columns = (m, v, optimizer.m, optimizer.v, after)
        return Update(settings, *(np.array(column, np.float64) for column in columns))
    finally:
        optimizer.m, optimizer.v, optimizer.steps_done = m, v, steps_done
        for p, data in zip(parameters, before, strict=True):
            p.data = data


def _ignore(share: float) -> None:
    pass


def digest(values: FloatArray) -> str:
    """Return the SHA-256 of little-endian float64 numbers."""
    return hashlib.sha256(np.ascontiguousarray(values, "<f8").tobytes()).hexdigest()


def summarise(trace: Trace) -> dict[str, Any]:
    """Return what ``inspect --json`` prints: sizes, loss and digests of a finished pass.

    Returns
    -------
    dict
        The keys of ``passes-seed42.json``. Losses and probabilities are `repr` strings, which
        keep every bit.
    """
    assert trace.document is not None
    assert trace.loss is not None
    made = slice(trace.leaves, None)
    targets = trace.document.tokens[1:]
    probabilities = trace.probabilities[np.arange(len(targets)), targets]
    childless = np.diff(trace.child_pointer)[made] == 0
    reached_edges = np.diff(trace.child_pointer)[trace.order].sum()
    return {
        "positions": len(targets),
        "loss": repr(float(trace.data[trace.loss])),
        "target_probabilities": [repr(float(p)) for p in trace.data[probabilities]],
        "created": trace.created,
        "reachable_with_parameters": len(trace.order),
        "edges": int(reached_edges),
        "constants": int(childless.sum()),
        "unreachable": int((~trace.reaches_loss[made]).sum()),
        "data_sha256": digest(trace.data[made]),
        "grad_sha256": digest(trace.grad[made]),
        "parameter_grad_sha256": digest(trace.grad[: trace.leaves]),
    }
