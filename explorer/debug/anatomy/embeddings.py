"""Embeddings in two dimensions, by principal component analysis."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from explorer.debug.anatomy.reading import Reading
from explorer.debug.titles import TOKEN_MATRICES, matrix_names
from explorer.trace.trace import FloatArray, IntArray, ParameterMatrix, Trace

VOWELS = frozenset("aeiou")
EMBEDDINGS = {
    "wte": "token embeddings",
    "wpe": "position embeddings",
    "lm_head": "output embeddings",
}


@dataclass(frozen=True, eq=False)
class Projection:
    """Rows of a matrix, seen from where they differ most.

    Attributes
    ----------
    points : float64 array, (rows, 2)
        Along the first two principal axes, from the mean of all rows.
    axes : float64 array, (2, columns)
        Of length 1; zeros where there is no such axis.
    explained : float64 array, (2,)
        The share of the variance that is along each axis; NaN if all rows are the same.
    """

    points: FloatArray
    axes: FloatArray
    explained: FloatArray


def project(matrix: FloatArray, like: Projection | None = None) -> Projection | None:
    """Return the projection of a matrix's rows on their first two principal axes.

    The sign of an axis means nothing. It is chosen such that the cubes of its numbers have a
    positive sum, so that the same matrix always gives the same picture, and one that is a little
    different turns it over only if large numbers of both signs are in balance.

    Parameters
    ----------
    matrix : float64 array, (rows, columns)
    like : Projection, optional
        Of the same shape: the axes point to the same side as its own.

    Returns
    -------
    Projection or None
        None if a number is not finite.
    """
    if not np.isfinite(matrix).all():
        return None
    centred = matrix - matrix.mean(axis=0)
    _, sizes, axes = np.linalg.svd(centred, full_matrices=False)
    two = np.zeros((2, matrix.shape[1]))
    explained = np.full(2, np.nan)
    if sizes[0] > 0:
        found = min(2, len(sizes))
        shares = (sizes / sizes[0]) ** 2  # squares of the sizes themselves may be too large
        two[:found] = axes[:found]
        explained[:] = 0.0
        explained[:found] = shares[:found] / np.sum(shares)
    leaning = np.sum(two**3 if like is None else two * like.axes, axis=1)
    two[leaning < 0] *= -1
    return Projection(centred @ two.T, two, explained)


@dataclass(frozen=True, eq=False)
class Embedding:
    """A matrix with a row for each token or position.

    Attributes
    ----------
    trace : Trace
    matrix : ParameterMatrix
    title : str
    rows : tuple of str
        The name of each row: a letter, or the number of a position.
    used : tuple of int
        The rows that this name looks up, or should predict, each once and in order.
    shown : tuple of int or None
        Which rows of the matrix these are; None for all.
    """

    trace: Trace
    matrix: ParameterMatrix
    title: str
    rows: tuple[str, ...]
    used: tuple[int, ...]
    shown: tuple[int, ...] | None = None

    @property
    def name(self) -> str:
        """What the algorithm calls it."""
        return self.matrix.name

    @property
    def nodes(self) -> IntArray:
        """Its parameters, (rows, columns)."""
        start, shape = self.matrix.start, (self.matrix.rows, self.matrix.columns)
        nodes: IntArray = np.arange(start, start + shape[0] * shape[1], dtype=np.int32)
        all_rows = nodes.reshape(shape)
        return all_rows if self.shown is None else all_rows[list(self.shown)]

    def of_name(self) -> Embedding:
        """Return the rows of this name alone, in the order of the matrix."""
        shown = tuple(sorted(self.used))
        rows = tuple(self.rows[row] for row in shown)
        return replace(self, rows=rows, used=tuple(range(len(rows))), shown=shown)

    @property
    def use(self) -> str:
        """What the rows that are used are used for."""
        return {"wte": "read by this name", "wpe": "reached by this name"}.get(
            self.name, "to be predicted in this name"
        )

    def is_vowel(self, row: int) -> bool | None:
        """Return whether a row is a vowel's; None if it is no letter's."""
        letter = self.rows[row]
        if self.name not in TOKEN_MATRICES or not letter.isalpha() or len(letter) != 1:
            return None
        return letter.lower() in VOWELS

    def projection(self, reading: Reading) -> Projection | None:
        """Return the projection at a moment.

        After an update the axes point to the same side as before it.
        """
        if not self._is_updated(reading):
            return self._before
        return project(reading.data(self.nodes), self._before)

    @cached_property
    def _before(self) -> Projection | None:
        """The projection that the pass was computed with."""
        return project(self.trace.data[self.nodes])

    def _is_updated(self, reading: Reading) -> bool:
        return reading.timeline.moment(reading.cursor).updated > self.matrix.start


def embeddings(reading: Reading) -> tuple[Embedding, ...]:
    """Return the embeddings that a pass has, in the order in which it uses them."""
    trace, anatomy = reading.timeline.trace, reading.anatomy
    assert trace.document is not None
    tokens = trace.document.tokens
    used = {
        "wte": tokens[: anatomy.positions],
        "wpe": range(anatomy.positions),
        "lm_head": tokens[1 : anatomy.positions + 1],
    }
    found = []
    for name, title in EMBEDDINGS.items():
        matrix = anatomy.matrix(name)
        if matrix is not None:
            rows, _ = matrix_names(trace, matrix)
            once = tuple(dict.fromkeys(used[name]))
            found.append(Embedding(trace, matrix, title, tuple(rows), once))
    return tuple(found)
