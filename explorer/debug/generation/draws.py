"""One draw of a token, with all that decided it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from math import isfinite, prod

from explorer.debug.generation.reader import Reader, probabilities
from explorer.debug.generation.tape import Tape
from microgpt.sample import choose


@dataclass(frozen=True)
class TokenDraw:
    """What the model says after a token, and which token comes next.

    Attributes
    ----------
    position : int
    read : int
        The token that the model read.
    logits : tuple of float
    temperature : float
    weights : tuple of float
        The probabilities at the temperature.
    number : float or None
        The random number, at least 0 and less than 1; None if none is drawn.
    token : int or None
        The one that comes next: drawn, or given if there is no number; None if neither yet.
    """

    position: int
    read: int
    logits: tuple[float, ...]
    temperature: float
    weights: tuple[float, ...]
    number: float | None = None
    token: int | None = None

    @property
    def is_drawn(self) -> bool:
        """Whether a random number decided it."""
        return self.number is not None

    @property
    def is_given(self) -> bool:
        """Whether the token was typed, not drawn."""
        return self.number is None and self.token is not None

    @cached_property
    def ends(self) -> tuple[float, ...]:
        """Where the stretch of each token ends, when they are laid end to end from 0."""
        return tuple(accumulate(self.weights))

    @property
    def total(self) -> float:
        """Where the last stretch ends: 1 but for rounding. The number is multiplied by it."""
        return self.ends[-1]

    @property
    def fell(self) -> float | None:
        """Where the number fell."""
        return None if self.number is None else self.number * self.total

    def stretch(self, token: int) -> tuple[float, float]:
        """Return where the stretch of a token begins and ends."""
        return (self.ends[token - 1] if token else 0.0), self.ends[token]

    @property
    def probability(self) -> float | None:
        """Of the token that comes next, at the temperature."""
        return None if self.token is None else self.weights[self.token]

    @cached_property
    def own_weights(self) -> tuple[float, ...]:
        """The probabilities at temperature 1, for which the model was trained."""
        return probabilities(self.logits, 1.0)

    @property
    def rank(self) -> int | None:
        """Of the token that comes next: 1 if it was the likeliest."""
        own = self.probability
        return None if own is None else 1 + sum(weight > own for weight in self.weights)


def look_ahead(reader: Reader, tokens: Sequence[int], temperature: float) -> TokenDraw:
    """Return what the model says after some tokens, before the next one is drawn.

    Raises
    ------
    ArithmeticError, ValueError
        Its numbers went out of range.
    """
    logits = reader.logits_after(tokens)
    weights = probabilities(logits, temperature)
    ahead = TokenDraw(len(tokens) - 1, tokens[-1], logits, temperature, weights)
    if not isfinite(ahead.total):
        raise ArithmeticError("a probability is not a number")
    return ahead


def decide(ahead: TokenDraw, tape: Tape) -> TokenDraw:
    """Draw the token, as the algorithm does, with the next number of the tape."""
    number = tape.number(tape.at)
    return replace(ahead, number=number, token=choose(ahead.weights, tape))


def chance(draws: Iterable[TokenDraw]) -> float:
    """Return the probability of all that was drawn, at the temperatures of the draws."""
    return prod(d.weights[d.token] for d in draws if d.is_drawn and d.token is not None)


def own_chance(draws: Iterable[TokenDraw]) -> float:
    """Return the probability of all that was drawn at temperature 1: the model's own."""
    return prod(d.own_weights[d.token] for d in draws if d.is_drawn and d.token is not None)
