"""Passes of generation: the model reads what it has drawn, and nothing is compared."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial

from explorer.trace.build import build_trace
from explorer.trace.passes import Subject, expected_nodes
from explorer.trace.record import Recording, collector_off, record, until_nan
from explorer.trace.trace import Document, Trace
from microgpt import Value
from microgpt.nn import Vector
from microgpt.sample import read

RECORDED = 0.7  # of the whole time, measured on 15 letters
Steps = list[tuple[Vector, Vector]]


def record_draws(
    subject: Subject,
    tokens: Sequence[int],
    temperatures: Sequence[float],
    progress: Callable[[float], None] | None = None,
) -> Trace:
    """Let the model read a beginning as it did when the tokens were drawn; record everything.

    There is a forward pass alone: no loss, no gradients and no update.

    Parameters
    ----------
    subject : Subject
    tokens : sequence of int
        BOS, and those that were drawn. The last one is not read, only named as what followed.
    temperatures : sequence of float
        With which each token after BOS was drawn: one less than tokens.
    progress : callable, optional
        As for `record_pass`.

    Returns
    -------
    Trace
        If the pass fails, up to there; its `failure` says why.

    Raises
    ------
    ValueError
        The numbers of tokens and temperatures don't fit.
    Exception
        Whatever the model raises before it has made a node.
    """
    if len(temperatures) != len(tokens) - 1 or not temperatures:
        raise ValueError("one temperature is needed for each token after BOS")
    model, tokenizer = subject.model, subject.tokenizer
    expected = expected_nodes(model.config, tokenizer.vocab_size, len(temperatures))
    report = progress or _ignore

    def count(nodes: int) -> None:
        report(RECORDED * min(nodes / expected, 1.0))

    with collector_off():
        run = partial(read, model, tokens[:-1], temperatures)
        recording = until_nan(record(run, Value, count))
        if recording.error is not None and not recording.nodes:
            raise recording.error
        report(RECORDED)
        return build_trace(
            recording,
            None,
            model.state_dict,
            document=Document(
                tokenizer.decode(tokens),
                tuple(tokenizer.letters),
                tuple(tokens),
                asdict(model.config),
                subject.seed,
            ),
            positions=[(*step, None) for step in _steps(recording)],
            check=partial(report, RECORDED),
        )


def _steps(recording: Recording[Steps]) -> Steps:
    """Return logits and probabilities of each position, also if the pass failed before its end."""
    if recording.outcome is not None:
        return recording.outcome
    frames = recording.raised.frames if recording.raised is not None else ()
    inside = (variables for code, variables in frames if code is read.__code__)
    found: Steps = next(inside, {}).get("predictions", [])
    return found


def _ignore(share: float) -> None:
    pass
