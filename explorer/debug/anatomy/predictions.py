"""What the model says at each position, and how that compares with what really follows."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.debug.anatomy.reading import Reading
from explorer.debug.positions import chance_loss, mean_loss
from explorer.debug.table import Table
from explorer.trace.trace import FloatArray

NAMED = 5  # of the most likely tokens


@dataclass(frozen=True, eq=False)
class Prediction:
    """One position at a moment.

    Attributes
    ----------
    position, read, target : int
        Where it is, the token that the model reads, and the one that should come next.
    logits, probabilities : float64 arrays, (vocabulary,)
        NaN where they are not computed yet.
    loss : float or None
        None as long as it is not computed.
    share : float or None
        The part of the sum of all losses that is this one; None before they are all computed,
        and where parts say nothing.
    """

    position: int
    read: int
    target: int
    logits: FloatArray
    probabilities: FloatArray
    loss: float | None
    share: float | None

    @property
    def probability(self) -> float | None:
        """That of the target; None as long as it is not computed."""
        probability = float(self.probabilities[self.target])
        return None if math.isnan(probability) else probability

    @cached_property
    def ranked(self) -> tuple[int, ...]:
        """All tokens, the most likely first; none before all probabilities are computed.

        Of equals, the one with the smaller number comes first.
        """
        if np.isnan(self.probabilities).any():
            return ()
        return tuple(np.argsort(-self.probabilities, kind="stable").tolist())

    @property
    def rank(self) -> int | None:
        """The place of the target among them; the first is 1."""
        return self.ranked.index(self.target) + 1 if self.ranked else None

    @property
    def named(self) -> tuple[int, ...]:
        """The most likely tokens."""
        return self.ranked[:NAMED]

    @property
    def said(self) -> int | None:
        """The most likely token: what the model would have said."""
        return self.ranked[0] if self.ranked else None


@dataclass(frozen=True, eq=False)
class Predictions:
    """All positions at a moment.

    Attributes
    ----------
    rows : tuple of Prediction
    mean : float or None
        The loss of the pass: the mean of the positions' losses, once it is computed.
    chance : float
        The loss of guessing, the negative logarithm of one over the size of the vocabulary.
    """

    rows: tuple[Prediction, ...]
    mean: float | None
    chance: float

    @property
    def perplexity(self) -> float | None:
        """The exponential of the mean loss: that of guessing among so many equally likely tokens.

        It follows from the loss; the algorithm itself does not compute it.
        """
        if self.mean is None:
            return None
        with np.errstate(over="ignore"):
            return float(np.exp(self.mean))

    @property
    def together(self) -> float | None:
        """The product of the targets' probabilities: how likely the model says all of them.

        It follows from the probabilities; the algorithm itself does not compute it.
        """
        found = [row.probability for row in self.rows]
        known = [probability for probability in found if probability is not None]
        return math.prod(known) if len(known) == len(found) else None


def predict(reading: Reading) -> Predictions:
    """Return what the model says at each position, as far as it has come."""
    anatomy, timeline = reading.anatomy, reading.timeline
    assert timeline.trace.document is not None
    tokens = timeline.trace.document.tokens
    logits, probabilities = reading.data(anatomy.logits), reading.data(anatomy.probabilities)
    losses = reading.data(anatomy.losses)
    shares = _shares(losses)
    rows = tuple(
        Prediction(
            position=i,
            read=tokens[i],
            target=tokens[i + 1],
            logits=logits[i],
            probabilities=probabilities[i],
            loss=_known(losses[i]),
            share=None if shares is None else float(shares[i]),
        )
        for i in range(anatomy.positions)
    )
    mean = mean_loss(timeline, reading.cursor)
    return Predictions(rows, mean, chance_loss(timeline.trace))


def table_of_all(reading: Reading) -> Table:
    """Return the probabilities of all tokens at all positions, with what follows from them."""
    rows = predict(reading).rows
    vocabulary = range(reading.anatomy.vocabulary)
    return Table(
        ("position", "read", "target", "probability", "rank", "loss", "share of the loss",
         "most likely", *(f"p({reading.spell(token)})" for token in vocabulary)),
        tuple(
            (row.position, reading.spell(row.read), reading.spell(row.target), row.probability,
             row.rank, row.loss, row.share, None if row.said is None else reading.spell(row.said),
             *row.probabilities.tolist())
            for row in rows
        ),
    )  # fmt: skip


def table_of_one(reading: Reading, position: int) -> Table:
    """Return logit and probability of all tokens at a position."""
    row = predict(reading).rows[position]
    numbers = zip(row.logits.tolist(), row.probabilities.tolist(), strict=True)
    return Table(
        ("token", "letter", "logit", "probability", "rank", "is target"),
        tuple(
            (token, reading.spell(token), logit, probability,
             row.ranked.index(token) + 1 if row.ranked else None, int(token == row.target))
            for token, (logit, probability) in enumerate(numbers)
        ),
    )  # fmt: skip


def table_of_losses(reading: Reading) -> Table:
    """Return the loss of each position with its share of the mean."""
    return Table(
        ("position", "read", "target", "loss", "share of the loss"),
        tuple(
            (row.position, reading.spell(row.read), reading.spell(row.target), row.loss, row.share)
            for row in predict(reading).rows
        ),
    )


def _known(value: float) -> float | None:
    return None if math.isnan(value) else float(value)


def _shares(losses: FloatArray) -> FloatArray | None:
    """Return the parts of the sum; None if one is missing or parts of it say nothing."""
    with np.errstate(over="ignore"):
        total = float(losses.sum())
    if np.isnan(losses).any() or (losses < 0).any() or not 0 < total < np.inf:
        return None
    return losses / total
