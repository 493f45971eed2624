"""Training, one document a step, as a generator of what happened."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from microgpt.adam import Adam
from microgpt.data import Tokenizer
from microgpt.model import GPT, forward


@dataclass(frozen=True)
class TrainingStep:
    """One finished step: forward, backward, update."""

    step: int  # the first one is 1
    document: str
    positions: int
    loss: float  # before the update
    learning_rate: float


def train(
    model: GPT,
    optimizer: Adam,
    documents: Sequence[str],
    tokenizer: Tokenizer,
    steps: int,
) -> Iterator[TrainingStep]:
    """Train on one document after the other, from the first again after the last.

    Parameters
    ----------
    model : GPT
    optimizer : Adam
        Its `steps_done` says where to go on.
    documents : sequence of str
    tokenizer : Tokenizer
    steps : int
        The number of steps in all, counted from the optimizer's first.

    Yields
    ------
    TrainingStep
        After each update of the parameters.
    """
    while optimizer.steps_done < steps:
        document = documents[optimizer.steps_done % len(documents)]
        tokens = tokenizer.encode(document)
        with collector_paused():
            loss = backpropagate(model, tokens)
            learning_rate = optimizer.update(steps)
        positions = min(model.config.block_size, len(tokens) - 1)
        yield TrainingStep(optimizer.steps_done, document, positions, loss, learning_rate)


def backpropagate(model: GPT, tokens: list[int]) -> float:
    """Fill in the gradient of every parameter and return the loss; the graph is let go."""
    loss, _ = forward(model, tokens)
    loss.backward()
    return loss.data


@contextmanager
def collector_paused() -> Iterator[None]:
    """Pause Python's cyclic garbage collector.

    A graph has no cycles: reference counts alone free it. Yet the collector would walk over its
    100,000 objects again and again while it grows, which takes over half of a step's time.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
