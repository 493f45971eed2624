"""The residual stream at a moment: how long its vectors are, and what each block added.

The algorithm computes the vectors; lengths, shares and cosines follow from them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.debug.anatomy.parts import Anatomy, Kind, Stage
from explorer.debug.anatomy.reading import Reading
from explorer.trace.timeline import GradState
from explorer.trace.trace import FloatArray, IntArray


class Stream:
    """The order of the stages, and which of them is the stream itself.

    Parameters
    ----------
    anatomy : Anatomy

    Attributes
    ----------
    stages : tuple of Stage
    nodes : int32 array, (stages, positions, width)
    before : tuple of (int or None)
        For a stage that is added: the stage to which it is.
    """

    def __init__(self, anatomy: Anatomy) -> None:
        self.stages = anatomy.stages
        self.nodes: IntArray = np.stack([stage.nodes for stage in self.stages])
        before: list[int | None] = []
        last: int | None = None
        for i, stage in enumerate(self.stages):
            before.append(last if stage.kind is Kind.ADDED else None)
            if is_on_line(stage):
                last = i
        self.before = tuple(before)

    @cached_property
    def addends(self) -> tuple[int, ...]:
        """The stages whose sum goes into the logits: where the layers begin, and what they add."""
        first = next(i for i in self.before if i is not None)
        return (first, *(i for i, before in enumerate(self.before) if before is not None))

    @cached_property
    def last(self) -> int:
        """The stage that goes into the logits."""
        return max(i for i, stage in enumerate(self.stages) if is_on_line(stage))


def is_on_line(stage: Stage) -> bool:
    """Return whether a stage is the stream itself, rather than on a branch of it.

    The normalised embedding is: what the blocks add is added to it.
    """
    return stage.kind is Kind.STREAM or (stage.kind is Kind.NORM and stage.layer is None)


@dataclass(frozen=True, eq=False)
class StreamNumbers:
    """What follows from the vectors of a stream at a moment.

    NaN stands for what is not known yet.

    Parameters
    ----------
    stream : Stream
    reading : Reading
    """

    stream: Stream
    reading: Reading

    @cached_property
    def data(self) -> FloatArray:
        """The vectors, (stages, positions, width)."""
        return self.reading.data(self.stream.nodes)

    @cached_property
    def norms(self) -> FloatArray:
        """Their Euclidean norms, (stages, positions)."""
        return norms(self.data)

    @cached_property
    def grad_norms(self) -> FloatArray:
        """The norms of the gradients, (stages, positions), once all of a vector are complete."""
        nodes = self.stream.nodes
        complete = (GradState.FINAL, GradState.ZERO, GradState.CLEARED)
        is_final = np.isin(self.reading.grad_states(nodes), complete)
        return norms(np.where(is_final, self.reading.grad(nodes), np.nan))

    @cached_property
    def shares(self) -> FloatArray:
        """The norm of what is added over the norm of what it is added to, (stages, positions)."""
        found = np.full(self.norms.shape, np.nan)
        for i, before in enumerate(self.stream.before):
            if before is not None:
                found[i] = _ratio(self.norms[i], self.norms[before])
        return found

    @cached_property
    def cosines(self) -> FloatArray:
        """The cosine of what is added and what it is added to, (stages, positions)."""
        found = np.full(self.norms.shape, np.nan)
        for i, before in enumerate(self.stream.before):
            if before is not None:
                products = np.einsum("pw,pw->p", self.data[i], self.data[before])
                found[i] = _ratio(products, self.norms[i] * self.norms[before])
        return found

    @cached_property
    def logit_parts(self) -> FloatArray:
        """What each addend brings to the logit of the target, (stages, positions).

        A logit is the product of the last stream with a row of ``lm_head``, and the last stream is
        a sum; so the products of its addends with that row sum up to the logit. The row is the one
        that the pass was computed with, also after an update has changed it.
        """
        found = np.full(self.norms.shape, np.nan)
        rows = self._target_rows()
        for i in self.stream.addends:
            found[i] = np.einsum("pw,pw->p", self.data[i], rows)
        return found

    def targets(self) -> list[int]:
        """Return the token that should follow at each position."""
        document = self.reading.timeline.trace.document
        assert document is not None
        return list(document.tokens[1 : self.reading.anatomy.positions + 1])

    def _target_rows(self) -> FloatArray:
        matrix = self.reading.anatomy.matrix("lm_head")
        targets = self.targets()
        if matrix is None:
            return np.full((len(targets), self.data.shape[2]), np.nan)
        first = matrix.start + matrix.columns * np.array(targets)
        rows: FloatArray = self.reading.timeline.trace.data[
            first[:, np.newaxis] + np.arange(matrix.columns)
        ]
        return rows


def norms(vectors: FloatArray) -> FloatArray:
    """Return the Euclidean norms along the last axis; NaN if a number of a vector is NaN.

    They are infinite if squares are beyond the largest float, as shortly before a pass fails.
    """
    with np.errstate(over="ignore"):
        found: FloatArray = np.sqrt(np.sum(vectors * vectors, axis=-1))
    return found


def _ratio(part: FloatArray, whole: FloatArray) -> FloatArray:
    """Return the ratio, NaN where there is nothing to compare with."""
    found: FloatArray = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole != 0)
    return found
