"""Ends of the scales on which a pass's stream and units are drawn, the same at every moment."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.quantity import Quantity
from explorer.debug.anatomy.reading import Reading
from explorer.debug.anatomy.stream import Stream, StreamNumbers
from explorer.debug.anatomy.stream_grids import Limits
from explorer.theme.palette import colour_limit
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray, IntArray


class StreamScales:
    """The scales of one pass.

    Parameters
    ----------
    timeline : Timeline
    anatomy : Anatomy

    Attributes
    ----------
    stream : Stream
    """

    def __init__(self, timeline: Timeline, anatomy: Anatomy) -> None:
        self.timeline, self.anatomy = timeline, anatomy
        self.stream = Stream(anatomy)
        self._units: dict[tuple[int, Quantity], float] = {}
        # Before the update: it would set back the gradients of parameters.
        self._end = Reading(timeline, timeline.backward_end, anatomy)

    @cached_property
    def data(self) -> Limits:
        """The scales of data."""
        found = StreamNumbers(self.stream, self._end)
        logits = colour_limit(self._end.data(self.anatomy.logits))
        stages = colour_limit(found.data)
        return Limits(stages, logits, _longest(found.norms), _longest(found.logit_parts))

    @cached_property
    def gradient(self) -> Limits:
        """The scales of gradients."""
        found = StreamNumbers(self.stream, self._end)
        logits = colour_limit(self._end.grad(self.anatomy.logits))
        stages = colour_limit(self._end.grad(self.stream.nodes))
        return Limits(stages, logits, _longest(found.grad_norms))

    def of(self, quantity: Quantity) -> Limits:
        """Return the scales of a quantity."""
        return self.data if quantity is Quantity.DATA else self.gradient

    def units(self, layer: int, quantity: Quantity) -> float:
        """Return the end of the scale of colours of a layer's units."""
        if (layer, quantity) not in self._units:
            mlp = self.anatomy.mlps[layer]
            nodes: IntArray = np.stack((mlp.hidden, mlp.rectified))
            is_data = quantity is Quantity.DATA
            found = self._end.data(nodes) if is_data else self._end.grad(nodes)
            self._units[layer, quantity] = colour_limit(found)
        return self._units[layer, quantity]


def _longest(lengths: FloatArray) -> float:
    """Return the largest of some lengths without their signs; 1 if there is none."""
    sizes = np.abs(lengths[np.isfinite(lengths)])
    return float(sizes.max(initial=0.0)) or 1.0
