"""What if a number were another one: a recorded pass, computed again with changed data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.debug.cones import ancestors
from explorer.debug.numbers import MINUS
from explorer.debug.roles import node_label
from explorer.trace.adam import repeat_update
from explorer.trace.replay import (
    NotReplayableError,
    Program,
    ScalarModel,
    compile_program,
    retraced,
)
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray, Trace
from microgpt import Config, Tokenizer

Mask = npt.NDArray[np.bool_]


class CannotChangeError(ValueError):
    """The pass cannot be computed with these numbers; the message is a sentence for the person."""


@dataclass(frozen=True)
class ChangedNode:
    """One node whose data were set by hand.

    Attributes
    ----------
    node : int
    label : str
    recorded, data : float
        What the algorithm computed, and what was put in its place.
    grad : float
        d loss / d node of the pass as it was recorded.
    """

    node: int
    label: str
    recorded: float
    data: float
    grad: float

    @property
    def predicted(self) -> float:
        """The change of the loss if it were a straight line: gradient times change."""
        return self.grad * (self.data - self.recorded)


@dataclass(frozen=True, eq=False)
class WhatIf:
    """A pass with some data set by hand, as if right after the nodes were made.

    Attributes
    ----------
    timeline : Timeline
        The same events with the numbers that follow from the changed ones.
    changes : tuple of ChangedNode
        In the order in which they were made.
    loss_before, loss : float
        Of the pass as it was recorded, and of this one.
    recorded : Trace
        The pass as it was recorded.
    overlaps : bool
        Whether one changed node was computed from another one. The change of the first then no
        longer passes through the second, but the prediction says it does.
    """

    timeline: Timeline
    changes: tuple[ChangedNode, ...]
    loss_before: float
    loss: float
    recorded: Trace
    overlaps: bool

    @cached_property
    def differs(self) -> Mask:
        """For each node, whether it has other data than in the recorded pass."""
        differs: Mask = self.timeline.trace.data != self.recorded.data
        return differs

    @cached_property
    def differs_in_gradient(self) -> Mask:
        """For each node, whether its complete gradient is another one."""
        differs: Mask = self.timeline.trace.grad != self.recorded.grad
        return differs

    @property
    def different(self) -> int:
        """How many nodes have other data than in the recorded pass."""
        return int(np.count_nonzero(self.differs))

    @property
    def change(self) -> float:
        """How much the loss has changed."""
        return self.loss - self.loss_before

    @property
    def predicted(self) -> float:
        """How much it should have, to first order: gradient times change, summed."""
        return sum(changed.predicted for changed in self.changes)

    @property
    def prediction_error(self) -> float:
        """How far the prediction is off: what the loss did, minus what it should have done."""
        return self.change - self.predicted

    def of(self, node: int) -> ChangedNode | None:
        """Return what was done to a node; None if nothing was."""
        return next((changed for changed in self.changes if changed.node == node), None)


class Rerun:
    """A recorded pass that can be computed with other numbers; made by `prepare`.

    It computes in arrays of its own, so one is for one thread.

    Attributes
    ----------
    recorded : Timeline
    warning : str
        Why only parameters can be changed, and slowly: a sentence; empty if everything can.
    """

    def __init__(
        self, recorded: Timeline, engine: Program | ScalarModel, warning: str = ""
    ) -> None:
        self.recorded, self.warning = recorded, warning
        self._engine = engine
        self._parameters: FloatArray = recorded.trace.data[: recorded.trace.leaves].copy()
        self._overlaps: tuple[frozenset[int], bool] = frozenset(), False

    def of(self, recorded: Timeline) -> Rerun | None:
        """Return the same for a pass of the same nodes with another model; None for other nodes."""
        if recorded.trace.child is not self.recorded.trace.child:
            return None
        return Rerun(recorded, self._engine, self.warning)

    @property
    def is_live(self) -> bool:
        """Whether it is fast enough to follow the mouse."""
        return isinstance(self._engine, Program)

    def trace(self, forced: Mapping[int, float]) -> Trace:
        """Return the pass with the data of some nodes set by hand, without an update.

        Raises
        ------
        CannotChangeError
            The code fails with these numbers, or the nodes cannot be changed.
        """
        recorded = self.recorded.trace
        for node, data in forced.items():
            if not np.isfinite(data):
                raise CannotChangeError(f"{node_label(recorded, node)} has to be a finite number.")
        try:
            if isinstance(self._engine, Program):
                return retraced(recorded, self._engine, self._parameters, overrides=forced)
            return self._recorded_again(self._engine, forced)
        except (ArithmeticError, ValueError, TypeError) as error:
            if isinstance(error, CannotChangeError):
                raise
            raise CannotChangeError(f"With these numbers the pass fails: {error}.") from error

    def _recorded_again(self, scalar: ScalarModel, forced: Mapping[int, float]) -> Trace:
        recorded = self.recorded.trace
        assert recorded.document is not None
        if any(node >= recorded.leaves for node in forced):
            raise CannotChangeError(f"Only parameters can be changed. {self.warning}")
        parameters = self._parameters.copy()
        parameters[list(forced)] = list(forced.values())
        numbers = scalar.trace(parameters, recorded.document.name)
        if numbers.failure is not None:
            raise CannotChangeError("With these numbers the pass fails.")
        return replace(
            recorded,
            data=numbers.data,
            grad=numbers.grad,
            local_grad=numbers.local_grad,
            update=None,
        )

    def loss(self, forced: Mapping[int, float]) -> float:
        """Return the loss with the data of some nodes set by hand.

        Raises
        ------
        CannotChangeError
            As in `trace`.
        """
        trace, leaves = self.recorded.trace, self.recorded.trace.leaves
        if isinstance(self._engine, Program) and all(node < leaves for node in forced):
            parameters = self._parameters.copy()
            parameters[list(forced)] = list(forced.values())
            try:
                return self._engine.loss_and_gradients(parameters)[0]
            except (ArithmeticError, ValueError) as error:
                raise CannotChangeError(f"With these numbers the pass fails: {error}.") from error
        assert trace.loss is not None
        return float(self.trace(forced).data[trace.loss])

    def change(self, forced: Mapping[int, float]) -> WhatIf:
        """Return the pass with the data of some nodes set by hand, compared with the recorded one.

        Raises
        ------
        CannotChangeError
            As in `trace`; or something in it is not a number, or beyond all numbers.
        """
        recorded = self.recorded.trace
        trace = self.trace(forced)
        if np.isnan(trace.data).any() or not np.isfinite(trace.grad).all():
            raise CannotChangeError("With these numbers the pass fails: they become too large.")
        if recorded.update is not None:
            own = slice(len(recorded.update))
            try:
                update = repeat_update(recorded.update, trace.data[own], trace.grad[own])
            except OverflowError as error:
                raise CannotChangeError(f"With these numbers Adam fails: {error}.") from error
            trace = replace(trace, update=update)
        assert recorded.loss is not None
        return WhatIf(
            timeline=self.recorded.with_numbers(trace, frozenset(forced)),
            changes=tuple(
                ChangedNode(
                    node,
                    node_label(recorded, node),
                    float(recorded.data[node]),
                    data,
                    float(recorded.grad[node]),
                )
                for node, data in forced.items()
            ),
            loss_before=float(recorded.data[recorded.loss]),
            loss=float(trace.data[recorded.loss]),
            recorded=recorded,
            overlaps=self._overlap(frozenset(forced)),
        )

    def _overlap(self, nodes: frozenset[int]) -> bool:
        """Return whether one of some nodes was computed from another one of them."""
        if self._overlaps[0] != nodes:
            trace, some = self.recorded.trace, list(nodes)
            inner = (node for node in some if len(some) > 1 and node >= trace.leaves)
            self._overlaps = nodes, any(ancestors(trace, n)[some].sum() > 1 for n in inner)
        return self._overlaps[1]


def prepare(recorded: Timeline) -> Rerun:
    """Make a pass ready to be computed again, and see that this gives the recorded numbers.

    Replay is compiled and compared with the recorded pass at every node and edge, bit for bit.
    Where it cannot be used, the scalar code stands in if it is the one that made the pass.

    Raises
    ------
    CannotChangeError
        There is no way.
    """
    trace = recorded.trace
    if trace.loss is None or trace.failure is not None:
        why = "did not come to its end" if trace.failure else "has no backward part"
        raise CannotChangeError(
            f"Numbers cannot be changed here: the pass {why}, so there is no loss and no gradient "
            "to compare with."
        )
    parameters: FloatArray = trace.data[: trace.leaves].copy()
    try:
        program = compile_program(trace)
        if _same_numbers(trace, retraced(trace, program, parameters)):
            return Rerun(recorded, program)
        reason = "replay gave other numbers than the recorded ones"
    except (NotReplayableError, ArithmeticError, ValueError) as error:
        reason = str(error)
    scalar = _scalar_code(trace)
    if scalar is None:
        raise CannotChangeError(f"Numbers cannot be changed here: {reason}.")
    return Rerun(
        recorded,
        scalar,
        f"This pass cannot be replayed ({reason}), so each change runs the scalar code once more.",
    )


def _scalar_code(trace: Trace) -> ScalarModel | None:
    """Return the scalar code, if it gives the recorded numbers; None if not."""
    if trace.document is None:
        return None
    try:
        config = Config(**trace.document.config)
        tokenizer = Tokenizer(["".join(trace.document.letters)])
        scalar = ScalarModel(config, tokenizer, trace.document.seed)
        again = scalar.trace(trace.data[: trace.leaves], trace.document.name)
    except (ArithmeticError, TypeError, ValueError):
        return None
    same = np.array_equal(again.child, trace.child) and _same_numbers(trace, again)
    return scalar if same else None


def _same_numbers(one: Trace, other: Trace) -> bool:
    """Return whether data and gradients agree in every bit."""
    return all(
        np.array_equal(getattr(one, name).view(np.int64), getattr(other, name).view(np.int64))
        for name in ("data", "grad", "local_grad")
    )


def parse_number(text: str) -> float:
    """Return a number as a person has typed it.

    Raises
    ------
    CannotChangeError
        It is none, or not finite.
    """
    cleaned = text.strip().replace(MINUS, "-")
    try:
        number = float(cleaned)
    except ValueError:
        shown = f"“{text.strip()}” is not a number" if cleaned else "Nothing is typed"
        raise CannotChangeError(f"{shown}: type one such as 0.25 or −1e−3.") from None
    if not np.isfinite(number):
        raise CannotChangeError("Only a finite number can be put in.")
    return number
