"""Which palette colour each node has at a moment."""

from __future__ import annotations

import numpy as np

from explorer.debug.session import Colour
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.trace.timeline import GradState, Timeline


class MapColours:
    """The colours of one pass. The scales are fixed for the pass, so colours compare over time.

    Attributes
    ----------
    data_limit, grad_limit : float
        The ends of the two scales.
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        trace = timeline.trace
        self.data_limit = palette.colour_limit(trace.data)
        self.grad_limit = palette.colour_limit(trace.grad)
        self._data = palette.signed_indices(trace.data, self.data_limit)
        self._final = palette.signed_indices(trace.grad, self.grad_limit)
        self._op = palette.op_indices(trace.op)

    def at(self, cursor: int, colour: Colour) -> Indices:
        """Return the palette index of every node at a moment."""
        computed = self._timeline.is_computed(cursor)
        if colour is Colour.GRADIENT:
            indices = self._gradient(cursor)
        else:
            indices = self._data if colour is Colour.DATA else self._op
        return np.where(computed, indices, np.uint8(palette.UNBORN))

    def _gradient(self, cursor: int) -> Indices:
        states = self._timeline.grad_states_at(cursor)
        indices = np.where(states == GradState.ZERO, np.uint8(palette.ZERO), self._final)
        indices[states == GradState.NOT_REACHED] = palette.PENDING
        partial = np.flatnonzero(states == GradState.PARTIAL)
        if partial.size:
            grad = self._timeline.grad_at(cursor)[partial]
            indices[partial] = palette.partial_indices(grad, self.grad_limit)
        return indices
