"""The parts of a pass with their numbers at a moment."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.debug.anatomy.parts import Anatomy
from explorer.trace.timeline import Phase, Timeline
from explorer.trace.trace import FloatArray, IntArray


@dataclass(frozen=True)
class Place:
    """What is looked at closely: a position, and a head of a layer."""

    position: int = 0
    layer: int = 0
    head: int = 0

    def within(self, anatomy: Anatomy) -> Place:
        """Return the nearest place that a pass has."""
        return replace(
            self,
            position=min(self.position, anatomy.positions - 1),
            layer=min(self.layer, anatomy.layers - 1),
            head=min(self.head, anatomy.heads - 1),
        )


@dataclass(frozen=True, eq=False)
class Reading:
    """A pass at a moment, asked for by parts.

    Attributes
    ----------
    timeline : Timeline
    cursor : int
    anatomy : Anatomy
    """

    timeline: Timeline
    cursor: int
    anatomy: Anatomy

    @property
    def computed(self) -> int:
        """How many nodes exist."""
        return self.timeline.moment(self.cursor).computed

    @property
    def position(self) -> int | None:
        """The position at which forward is: the first one at the start; None once all are done."""
        moment, trace = self.timeline.moment(self.cursor), self.timeline.trace
        if moment.phase is Phase.START:
            return 0
        if moment.phase is not Phase.FORWARD or moment.node is None:
            return None
        at = int(trace.scope[moment.node])
        around = (i for i, s in enumerate(trace.position_scope) if s <= at < trace.scopes[s].stop)
        return next(around, None)

    def known(self, nodes: IntArray) -> npt.NDArray[np.bool_]:
        """Return of each node whether there is one, and it is computed."""
        known: npt.NDArray[np.bool_] = (nodes >= 0) & (nodes < self.computed)
        return known

    def data(self, nodes: IntArray) -> FloatArray:
        """Return the data of nodes, NaN where they are not `known`."""
        numbers: FloatArray = np.where(self.known(nodes), self._data[nodes], np.nan)
        return numbers

    def grad(self, nodes: IntArray) -> FloatArray:
        """Return the gradients of nodes as they are now, NaN where they are not `known`."""
        numbers: FloatArray = np.where(self.known(nodes), self._grad[nodes], np.nan)
        return numbers

    def grad_states(self, nodes: IntArray) -> npt.NDArray[np.uint8]:
        """Return the `GradState` of nodes; of no meaning where they are not `known`."""
        states: npt.NDArray[np.uint8] = self._grad_states[nodes]
        return states

    def spell(self, token: int) -> str:
        """Return the letter of a token, or BOS."""
        document = self.timeline.trace.document
        assert document is not None
        return document.spell(token)

    @cached_property
    def _data(self) -> FloatArray:
        return self.timeline.data_at(self.cursor)

    @cached_property
    def _grad(self) -> FloatArray:
        return self.timeline.grad_at(self.cursor)

    @cached_property
    def _grad_states(self) -> npt.NDArray[np.uint8]:
        return self.timeline.grad_states_at(self.cursor)
