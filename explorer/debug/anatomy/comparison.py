"""What passes are compared by: what each said, what that cost, and where its heads looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import log

import numpy as np

from explorer.debug.anatomy.parts import NONE, Anatomy
from explorer.debug.positions import is_of_draws
from explorer.trace.trace import Document, FloatArray, IntArray, Trace


@dataclass(frozen=True, eq=False)
class OutcomeNodes:
    """The nodes that hold the outcome of a pass, shaped as there; `NONE` where there is none.

    Attributes
    ----------
    losses, probabilities, weights : int32 arrays
    """

    losses: IntArray
    probabilities: IntArray
    weights: IntArray


@dataclass(frozen=True, eq=False)
class Outcome:
    """The numbers of a pass that are compared; NaN where there is none, or none yet.

    Attributes
    ----------
    document : Document
    heads : tuple of (int, int)
        Layer and number of each.
    losses : float64 array, (positions,)
    probabilities : float64 array, (positions, vocabulary)
    weights : float64 array, (heads, positions, positions)
        How much the row's position takes from the column's.
    mean : float
        The loss of the whole name.
    nodes : OutcomeNodes
        Where these numbers are in their pass.
    is_drawn : bool
        The model drew what it read: there is nothing to compare, and no loss.
    """

    document: Document
    heads: tuple[tuple[int, int], ...]
    losses: FloatArray
    probabilities: FloatArray
    weights: FloatArray
    mean: float
    nodes: OutcomeNodes
    is_drawn: bool

    @property
    def positions(self) -> int:
        """How many there are, also of a pass that failed before the last one."""
        return len(self.losses)

    @property
    def letters(self) -> tuple[str, ...]:
        """The vocabulary, in the order of its tokens."""
        return (*self.document.letters, "BOS")

    @property
    def targets(self) -> IntArray:
        """The token that should come next, (positions,)."""
        return np.array(self.document.tokens[1:], np.int32)

    def read(self, position: int) -> str:
        """Return what is read at a position."""
        return self.document.spell(self.document.tokens[position])

    def target(self, position: int) -> str:
        """Return what should come next."""
        return self.document.spell(self.document.tokens[position + 1])

    @property
    def of_targets(self) -> FloatArray:
        """The probability of each position's target."""
        return self.probabilities[np.arange(self.positions), self.targets]

    def rank(self, position: int, token: int) -> int | None:
        """Return the place of a token among all by probability, from 1; None if not known."""
        row = self.probabilities[position]
        return None if np.isnan(row[token]) else 1 + int((row > row[token]).sum())

    @property
    def perplexity(self) -> float:
        """The exponential of the mean loss."""
        with np.errstate(over="ignore"):
            return float(np.exp(self.mean))

    @property
    def chance(self) -> float:
        """The loss where all tokens are equally likely."""
        return log(len(self.letters))

    def token_of(self, letter: str) -> int | None:
        """Return the token of a letter, or of BOS, if it is in the vocabulary."""
        return self.letters.index(letter) if letter in self.letters else None

    @property
    def spelled(self) -> list[str]:
        """What is read, and the last target; vocabularies may differ in their tokens."""
        return [self.document.spell(token) for token in self.document.tokens]


class ComparedParts:
    """Reads the outcome of a pass at its moments.

    Parameters
    ----------
    trace : Trace
    anatomy : Anatomy
        Of this pass, or one with the same structure.
    """

    def __init__(self, trace: Trace, anatomy: Anatomy) -> None:
        assert trace.document is not None
        self._trace, self._document = trace, trace.document
        positions = len(trace.document.tokens) - 1
        heads = [head for layer in anatomy.attention for head in layer]
        self._heads = tuple((head.layer, head.number) for head in heads)
        weights = np.array([head.weights for head in heads], np.int32)
        self.nodes = OutcomeNodes(
            _padded(anatomy.losses, (positions,)),
            _padded(anatomy.probabilities, (positions, anatomy.vocabulary)),
            _padded(weights, (len(heads), positions, positions)),
        )

    @cached_property
    def complete(self) -> Outcome:
        """The outcome when the forward pass has come to its end."""
        return self.at(self._trace.nodes)

    def at(self, computed: int) -> Outcome:
        """Return the outcome as far as it is known when so many nodes exist."""
        data, root, nodes = self._trace.data, self._trace.loss, self.nodes
        losses, probabilities, weights = (
            np.where((some >= 0) & (some < computed), data[some], np.nan)
            for some in (nodes.losses, nodes.probabilities, nodes.weights)
        )
        mean = float(data[root]) if root is not None and root < computed else np.nan
        return Outcome(
            self._document, self._heads, losses, probabilities, weights, mean, nodes,
            is_of_draws(self._trace),
        )  # fmt: skip


def _padded(nodes: IntArray, shape: tuple[int, ...]) -> IntArray:
    """Return nodes in a larger array, `NONE` where a failed pass has none."""
    filled = np.full(shape, NONE, np.int32)
    filled[tuple(slice(size) for size in nodes.shape)] = nodes
    return filled


@dataclass(frozen=True)
class Scales:
    """What stands at the end of the scales that compared passes have in common.

    Attributes
    ----------
    probability, loss : float
    """

    probability: float = 1.0
    loss: float = 1.0


def common_scales(outcomes: Sequence[Outcome]) -> Scales:
    """Return scales that hold all numbers, and the loss of chance."""
    probabilities, losses = [0.0], [0.0]
    for outcome in outcomes:
        probabilities += _finite(outcome.probabilities)
        losses += [*_finite(outcome.losses), outcome.chance]
    return Scales(max(probabilities) or 1.0, max(losses) or 1.0)


def _finite(values: FloatArray) -> list[float]:
    found: list[float] = values[np.isfinite(values)].tolist()
    return found


@dataclass(frozen=True, eq=False)
class Change:
    """One name in several passes: what it was from one to the next.

    Attributes
    ----------
    passes : tuple of int
        Which of the compared ones.
    first : Outcome
        Of the first of them.
    probabilities : float64 array, (passes, positions)
        Of the targets.
    losses : float64 array, (passes, positions)
    """

    passes: tuple[int, ...]
    first: Outcome
    probabilities: FloatArray
    losses: FloatArray

    @property
    def differences(self) -> FloatArray:
        """How much the probability of each target grew from the first to the last pass."""
        grown: FloatArray = self.probabilities[-1] - self.probabilities[0]
        return grown


def change_of(outcomes: Sequence[Outcome | None]) -> Change | None:
    """Return how the name changes that most of the passes have in common; None if there is none.

    Parameters
    ----------
    outcomes : sequence of Outcome or None
        None for those that are not there yet.
    """
    names = [None if outcome is None else outcome.spelled for outcome in outcomes]
    groups = [[i for i, other in enumerate(names) if other == name] for name in names if name]
    passes = max(groups, key=len, default=[])
    if len(passes) < 2:
        return None
    same = [one for i, one in enumerate(outcomes) if one is not None and i in passes]
    return Change(
        tuple(passes),
        same[0],
        np.array([one.of_targets for one in same]),
        np.array([one.losses for one in same]),
    )
