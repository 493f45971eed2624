"""Which palette colour each node has at a moment."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.debug.session import Colour
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.trace.timeline import GradState, Timeline

SIZE_DECADES = 6  # of gradients that the scale of sizes tells apart


@dataclass(frozen=True, eq=False)
class Shading:
    """The colours of all nodes, and the end of the scale that they stand on.

    Attributes
    ----------
    indices : uint8 array, (nodes,)
        Into the palette.
    limit : float
        The number at the end of the scale; 1 if the colours are not on a scale.
    """

    indices: Indices
    limit: float = 1.0


class MapColours:
    """The colours of one pass.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        trace = timeline.trace
        self._data_limit = palette.colour_limit(trace.data)
        # Of a pass that failed, gradients after its end do not count.
        self._grad_limit = palette.colour_limit(timeline.grad_at(timeline.backward_end))
        fan_out = np.bincount(trace.child, minlength=trace.nodes)
        self._most_used = float(max(fan_out.max(initial=1), 1))
        self._fan_out = palette.size_indices(np.log1p(fan_out) / np.log1p(self._most_used))
        self._fan_out[fan_out == 0] = palette.ZERO
        self._op = palette.op_indices(trace.op)
        # Of data, and of complete gradients, which are most of them at most moments.
        self._complete: dict[Colour, Indices] = {}
        for colour in (Colour.DATA, Colour.GRADIENT, Colour.MAGNITUDE):
            self._of_complete(colour)

    def with_numbers(self, timeline: Timeline) -> MapColours:
        """Return the colours of the same events with other numbers, on the same scale."""
        other = copy(self)
        other._timeline, other._complete = timeline, {}
        return other

    def _of_complete(self, colour: Colour) -> Indices:
        """Return the colours of numbers that do not change any more, made when first needed."""
        if colour not in self._complete:
            trace = self._timeline.trace
            if colour is Colour.DATA:
                indices = palette.signed_indices(trace.data, self._data_limit)
            else:
                indices = _gradient_indices(colour, trace.grad, self._grad_limit)
            self._complete[colour] = indices
        return self._complete[colour]

    def at(self, cursor: int, colour: Colour, follows: bool = False) -> Shading:
        """Return the colours at a moment.

        Parameters
        ----------
        cursor : int
        colour : Colour
        follows : bool
            Whether the scale suits the numbers of the moment; else it is that of the whole pass,
            so that colours compare over time.
        """
        shading = self._shade(cursor, colour, follows)
        indices = shading.indices.copy()
        indices[self._timeline.moment(cursor).computed :] = palette.UNBORN
        return Shading(indices, shading.limit)

    def _shade(self, cursor: int, colour: Colour, follows: bool) -> Shading:
        if colour is Colour.OP:
            return Shading(self._op)
        if colour is Colour.FAN_OUT:
            return Shading(self._fan_out, self._most_used)
        if colour is Colour.DATA:
            updated = self._timeline.moment(cursor).updated
            if not (follows or updated):
                return Shading(self._of_complete(colour), self._data_limit)
            data = self._timeline.data_at(cursor)
            limit = palette.colour_limit(data) if follows else self._data_limit
            return Shading(palette.signed_indices(data, limit), limit)
        states = self._timeline.grad_states_at(cursor)
        if colour is Colour.STATE:
            return Shading(np.take(STATE_INDICES, states))
        unfinished = np.flatnonzero(states == int(GradState.PARTIAL))
        limit, indices = self._grad_limit, self._of_complete(colour)
        if follows or unfinished.size:
            grad = self._timeline.grad_at(cursor)
        if follows:
            limit = palette.colour_limit(grad)
            indices = _gradient_indices(colour, grad, limit)
        indices = _covered(indices, states == int(GradState.NOT_REACHED), palette.PENDING)
        indices = _covered(indices, states >= int(GradState.ZERO), palette.ZERO)
        if unfinished.size:
            partial = _gradient_indices(colour, grad[unfinished], limit, complete=False)
            indices[unfinished] = partial
        return Shading(indices, limit)


def _covered(indices: Indices, where: npt.NDArray[np.bool_], index: int) -> Indices:
    """Return indices with another one in some places, in a tenth of the time of np.where."""
    places = np.negative(where.view(np.uint8))  # all bits, or none
    return indices ^ ((indices ^ np.uint8(index)) & places)


def _gradient_indices(
    colour: Colour, grad: npt.NDArray[np.float64], limit: float, complete: bool = True
) -> Indices:
    """Return the palette index of gradients, or of their sizes."""
    if colour is Colour.MAGNITUDE:
        return palette.size_indices(_log_size(grad, limit), complete)
    signed = palette.signed_indices if complete else palette.partial_indices
    return signed(grad, limit)


STATE_INDICES = np.array(
    [
        {
            GradState.NOT_REACHED: palette.PENDING,
            GradState.PARTIAL: palette.PARTIAL,
            GradState.FINAL: palette.FINAL,
            GradState.ZERO: palette.ZERO,
            GradState.CLEARED: palette.ZERO,
        }[state]
        for state in GradState
    ],
    np.uint8,
)


def _log_size(values: npt.NDArray[np.float64], limit: float) -> npt.NDArray[np.float64]:
    """Return the size of numbers on a logarithmic scale that ends with 1 at the limit."""
    with np.errstate(divide="ignore"):
        return 1 + np.log10(np.abs(values) / limit) / SIZE_DECADES
