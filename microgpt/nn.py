"""Building blocks of neural networks, on lists of Values."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from microgpt.value import Value

if TYPE_CHECKING:

    def sum(values: Iterable[Value]) -> Value:
        """Python's own sum(), which here only ever adds Values. It starts at the int 0."""


Vector: TypeAlias = list[Value]
Matrix: TypeAlias = list[Vector]


def dot(a: Sequence[Value], b: Sequence[Value]) -> Value:
    """Return the sum of the products, added up from left to right."""
    return sum(ai * bi for ai, bi in zip(a, b))


def linear(x: Vector, weights: Matrix) -> Vector:
    """Multiply the vector `x` by `weights`, a matrix of one row an output; there is no bias."""
    return [dot(row, x) for row in weights]


def softmax(logits: Vector) -> Vector:
    """Turn numbers of any size into probabilities: positive, with sum 1."""
    peak = max(logit.data for logit in logits)  # exp() of a large number would overflow
    exps = [(logit - peak).exp() for logit in logits]
    total = sum(exps)
    return [e / total for e in exps]


def rmsnorm(x: Vector) -> Vector:
    """Scale `x` so that the mean of its squares is 1 (root mean square normalisation)."""
    mean_square = sum(xi * xi for xi in x) / len(x)
    scale = (mean_square + 1e-5) ** -0.5
    return [xi * scale for xi in x]


def residual(x: Vector, change: Vector) -> Vector:
    """Add what a block computed to what it was given."""
    return [xi + ci for xi, ci in zip(x, change)]


def cross_entropy(probabilities: Vector, target: int) -> Value:
    """Return -log of the probability that was given to the target."""
    return -probabilities[target].log()


def mean(values: Vector) -> Value:
    """Return the sum times one over the count."""
    return (1 / len(values)) * sum(values)
