"""Which palette colour each node has at a moment."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.debug.cones import ancestors, descendants
from explorer.debug.contrast import Contrast
from explorer.debug.session import Colour, Cone, Session
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import FloatArray

SIZE_DECADES = 6  # of gradients that the scale of sizes tells apart
COMPARED = (Colour.DATA, Colour.GRADIENT)  # what differences of models are shown of


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
        self._contrast: Contrast | None = None
        trace = timeline.trace
        # Of a pass that failed, gradients after its end do not count.
        grad_limit = palette.colour_limit(timeline.grad_at(timeline.backward_end))
        self._limits = {
            Colour.DATA: palette.colour_limit(trace.data),
            Colour.GRADIENT: grad_limit,
            Colour.MAGNITUDE: grad_limit,
        }
        self._difference_limits: dict[Colour, float] = {}
        fan_out = np.bincount(trace.child, minlength=trace.nodes)
        self._most_used = float(max(fan_out.max(initial=1), 1))
        self._fan_out = palette.size_indices(np.log1p(fan_out) / np.log1p(self._most_used))
        self._fan_out[fan_out == 0] = palette.ZERO
        self._op = palette.op_indices(trace.op)
        # Of data, and of complete gradients, which are most of them at most moments.
        self._complete: dict[Colour, Indices] = {}
        for colour in (Colour.DATA, Colour.GRADIENT, Colour.MAGNITUDE):
            self._of_complete(colour)

    def with_numbers(self, timeline: Timeline, contrast: Contrast | None = None) -> MapColours:
        """Return the colours of the same events with other numbers.

        The scale stays, so that colours compare; that of differences suits them.

        Parameters
        ----------
        timeline : Timeline
        contrast : Contrast, optional
            Data and gradients are coloured by what they differ by from those of this pass.
        """
        other = copy(self)
        other._timeline, other._contrast = timeline, contrast
        other._complete, other._difference_limits = {}, {}
        return other

    def _compares(self, colour: Colour) -> Contrast | None:
        """Return what the numbers of a colour mode are compared with; None: with nothing."""
        return self._contrast if colour in COMPARED else None

    def _limit(self, colour: Colour) -> float:
        """Return the end of the scale for the whole pass."""
        if self._compares(colour) is None:
            return self._limits[colour]
        if colour not in self._difference_limits:
            limit = palette.colour_limit(self._complete_numbers(colour))
            self._difference_limits[colour] = limit
        return self._difference_limits[colour]

    def _complete_numbers(self, colour: Colour) -> FloatArray:
        """Return numbers, or differences, that do not change any more before the update."""
        trace, contrast = self._timeline.trace, self._compares(colour)
        mine = trace.data if colour is Colour.DATA else trace.grad
        if contrast is None:
            return mine
        other = contrast.timeline.trace
        return mine - (other.data if colour is Colour.DATA else other.grad)

    def _of_complete(self, colour: Colour) -> Indices:
        """Return the colours of numbers that do not change any more, made when first needed."""
        if colour not in self._complete:
            complete, limit = self._complete_numbers(colour), self._limit(colour)
            if colour is Colour.DATA:
                indices = palette.signed_indices(complete, limit)
            else:
                indices = _gradient_indices(colour, complete, limit)
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
            return self._shade_data(cursor, follows)
        return self._shade_gradient(cursor, colour, follows)

    def _shade_data(self, cursor: int, follows: bool) -> Shading:
        limit = self._limit(Colour.DATA)
        if not (follows or self._timeline.moment(cursor).updated):
            return Shading(self._of_complete(Colour.DATA), limit)
        if self._contrast is None:
            data = self._timeline.data_at(cursor)
        else:
            data = self._contrast.data_difference(self._timeline, cursor)
        if follows:
            limit = palette.colour_limit(data)
        return Shading(palette.signed_indices(data, limit), limit)

    def _shade_gradient(self, cursor: int, colour: Colour, follows: bool) -> Shading:
        states, contrast = self._timeline.grad_states_at(cursor), self._compares(colour)
        if colour is Colour.STATE:
            return Shading(np.take(STATE_INDICES, states))
        unfinished = np.flatnonzero(states == int(GradState.PARTIAL))
        limit, indices = self._limit(colour), self._of_complete(colour)
        if follows or unfinished.size:
            if contrast is None:
                grad = self._timeline.grad_at(cursor)
            else:
                grad = contrast.grad_difference(self._timeline, cursor)
        if follows:
            limit = palette.colour_limit(grad)
            indices = _gradient_indices(colour, grad, limit)
        indices = _covered(indices, states == int(GradState.NOT_REACHED), palette.PENDING)
        # A gradient that is truly zero may be none in the other model.
        nothing = GradState.ZERO if contrast is None else GradState.CLEARED
        indices = _covered(indices, states >= int(nothing), palette.ZERO)
        if unfinished.size:
            partial = _gradient_indices(colour, grad[unfinished], limit, complete=False)
            indices[unfinished] = partial
        return Shading(indices, limit)


def _covered(indices: Indices, where: npt.NDArray[np.bool_], index: int) -> Indices:
    """Return indices with another one in some places, in a tenth of the time of np.where."""
    places = np.negative(where.view(np.uint8))  # all bits, or none
    return indices ^ ((indices ^ np.uint8(index)) & places)


def _gradient_indices(
    colour: Colour, grad: FloatArray, limit: float, complete: bool = True
) -> Indices:
    """Return the palette index of gradients, or of their sizes."""
    if colour is Colour.MAGNITUDE:
        return palette.size_indices(_log_size(grad, limit), complete)
    signed = palette.signed_indices if complete else palette.partial_indices
    return signed(grad, limit)


def outside_of_cone_dimmed(indices: Indices, session: Session) -> Indices:
    """Return palette indices without those of nodes that do not stand out in a session."""
    trace, node, cone = session.trace, session.selection, session.cone
    if cone is Cone.ALL or node is None or trace is None:
        return indices
    inside = (ancestors if cone is Cone.ANCESTORS else descendants)(trace, node)
    return np.where(inside, indices, np.uint8(palette.UNBORN))


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


def _log_size(values: FloatArray, limit: float) -> FloatArray:
    """Return the size of numbers on a logarithmic scale that ends with 1 at the limit."""
    with np.errstate(divide="ignore"):
        return 1 + np.log10(np.abs(values) / limit) / SIZE_DECADES
