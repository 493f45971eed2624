"""A compiled pass: the same code with other numbers, bit for bit, in a fiftieth of the time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.trace.replay.backward import SEED, Backward, lay_out_backward
from explorer.trace.replay.forward import FIRST, ONE, Forward, lay_out_forward
from explorer.trace.replay.graph import Graph, Indices, NotReplayableError, graph_of
from explorer.trace.replay.ledger import depth_first, find_contributions
from explorer.trace.replay.overrides import Overrides
from explorer.trace.replay.places import (
    edges_of_terms,
    places_of_local_gradients,
    places_of_nodes,
)
from explorer.trace.replay.reorder import TokenOrder, terms_with_tokens
from explorer.trace.replay.steps import SumStep
from explorer.trace.replay.tokens import (
    TokenUse,
    columns_of_labels,
    find_token_use,
    labels_of_columns,
)
from explorer.trace.replay.units import Kind, Units, find_units
from explorer.trace.trace import FloatArray, IntArray, Trace


@dataclass(frozen=True, eq=False)
class ReplayedPass:
    """What a pass computed.

    Attributes
    ----------
    data, grad : float64 arrays, (nodes,)
        In order of creation, like the columns of a `Trace`.
    local_grad : float64 array, (edges,)
    """

    data: FloatArray
    grad: FloatArray
    local_grad: FloatArray


def compile_program(recorded: Trace | Graph) -> Program:
    """Compile a recorded pass.

    Parameters
    ----------
    recorded : Trace or Graph
        A pass whose gradients are those of the published ``backward()``.

    Returns
    -------
    Program

    Raises
    ------
    NotReplayableError
        The pass does something that replay does not know.
    """
    graph = graph_of(recorded) if isinstance(recorded, Trace) else recorded
    units = find_units(graph)
    order = depth_first(units, units.a, graph.loss)
    ledger = find_contributions(graph, units, order)
    use = find_token_use(graph, units)
    forward = lay_out_forward(graph, units)
    backward = lay_out_backward(graph, units, forward, ledger, use)
    return Program(graph, units, forward, backward, use)


class Program:
    """A pass that can be run again, made by `compile_program`.

    It computes in arrays of its own, so one program is for one thread.
    """

    def __init__(
        self,
        graph: Graph,
        units: Units,
        forward: Forward,
        backward: Backward,
        use: TokenUse | None,
    ) -> None:
        self._graph, self._units, self._use = graph.without_numbers(), units, use
        self._forward, self._backward = forward, backward
        self._values = np.zeros(backward.values_size)
        self._values[ONE] = 1.0
        self._grads = np.zeros(backward.size)
        self._grads[SEED] = 1.0
        constants = units.kind == Kind.CONSTANT
        self._values[forward.slot[constants]] = graph.data[constants]
        gradients = [*backward.inner, *backward.constants, *backward.leaves]
        room = [step.inputs.size for step in forward.steps]
        scratch = np.empty(max([*room, *(2 * gradient.local.size for gradient in gradients)]))
        for step in forward.steps:
            step.bind(self._values, scratch)
        for gradient in gradients:
            gradient.bind(self._values, self._grads, scratch)
        self._leaf_slots = backward.slot[: graph.leaves]
        self.tokens = graph.tokens
        if use is not None:
            self._labels = labels_of_columns(use.families.shape[2])
            self._columns = columns_of_labels(use.families.shape[2])
            self._prepare_patches(use)
            self._put_tokens(graph.tokens)
        self._order: TokenOrder | None = None
        self._order_is_open = True

    @property
    def leaves(self) -> int:
        """How many parameters, or other numbers from before the pass, it takes."""
        return self._graph.leaves

    @property
    def takes_tokens(self) -> bool:
        """Whether the tokens can be changed."""
        return self._use is not None

    def loss_and_gradients(
        self, parameters: FloatArray, tokens: Sequence[int] | None = None
    ) -> tuple[float, FloatArray]:
        """Run the pass for the sake of a training step.

        Parameters
        ----------
        parameters : float64 array, (leaves,)
        tokens : sequence of int, optional
            One more than positions; those of the recorded pass by default.

        Returns
        -------
        loss : float
        gradients : float64 array, (leaves,)

        Raises
        ------
        ValueError
            The tokens are too many, too few or too large.
        ArithmeticError, ValueError
            The scalar code fails in the same way: an overflow in exp, the log of 0.
        """
        self._start(parameters, tokens)
        with np.errstate(all="ignore"):
            for step in self._forward.steps:
                step.run()
            self._run_backward(constants=False)
        loss = float(self._values[self._forward.slot[self._graph.loss]])
        return loss, self._grads.take(self._leaf_slots)

    def run(
        self,
        parameters: FloatArray,
        tokens: Sequence[int] | None = None,
        overrides: Mapping[int, float] | None = None,
    ) -> ReplayedPass:
        """Run the pass and return every number.

        Parameters
        ----------
        parameters, tokens
            As in `loss_and_gradients`.
        overrides : mapping of int to float, optional
            Nodes whose data are something else, as if they were set right after the node was made.

        Raises
        ------
        ValueError, ArithmeticError
            As in `loss_and_gradients`.
        """
        self._start(parameters, tokens)
        forced = Overrides(self._units, self._forward, overrides or {})
        try:
            with np.errstate(all="ignore"):
                forced.run_forward(self._values)
                for step in self._forward.steps:
                    if isinstance(step, SumStep):
                        step.run_sums()
                self._run_backward(constants=True)
            data = self._values.take(self._node_places)
            for node, value in forced.inside.items():
                data[node] = value
            grad = self._grads.take(self._backward.slot)
            local_grad = self._values.take(self._local_places)
        finally:
            forced.undo(self._values)
        return ReplayedPass(data, grad, local_grad)

    def structure(self, tokens: Sequence[int]) -> tuple[IntArray, IntArray]:
        """Return what else depends on the tokens: the columns `child` and `order` of a trace.

        Raises
        ------
        ValueError
            The tokens are too many, too few or too large, or cannot be changed.
        """
        graph, units, use = self._graph, self._units, self._use
        self._check_tokens(tokens)
        if use is None or tuple(tokens) == graph.tokens:
            return graph.child, depth_first(units, units.a, graph.loss).astype(np.int32)
        ids = np.array(tokens)
        a = terms_with_tokens(graph, units, use, ids)
        child = graph.child.copy()
        changed = np.append(use.read, use.target_term)
        child[edges_of_terms(graph, units, changed)] = a[changed]
        if self._order is not None:
            return child, self._order.order(ids)
        order = depth_first(units, a, graph.loss).astype(np.int32)
        if self._order_is_open:  # the first time: is there a shorter way, and is it right?
            self._order_is_open = False
            with suppress(LookupError):
                shorter = TokenOrder(graph, units, use)
                if np.array_equal(shorter.order(ids), order):
                    self._order = shorter
        return child, order

    @cached_property
    def _node_places(self) -> Indices:
        return places_of_nodes(self._units, self._forward)

    @cached_property
    def _local_places(self) -> Indices:
        return places_of_local_gradients(self._graph, self._units, self._forward)

    def _start(self, parameters: FloatArray, tokens: Sequence[int] | None) -> None:
        self._values[FIRST : FIRST + self._graph.leaves] = parameters
        wanted = self._graph.tokens if tokens is None else tuple(tokens)
        if wanted != self.tokens:
            self._put_tokens(wanted)

    def _run_backward(self, constants: bool) -> None:
        backward, values, grads = self._backward, self._values, self._grads
        columns, rows = backward.columns, backward.rows
        if columns is not None:
            values.take(self._by_label, out=values[columns.values_out], mode="clip")
        for step in backward.inner:
            step.run()
        if constants:
            for step in backward.constants:
                step.run()
        if columns is not None:
            grads.take(self._by_column, out=grads[columns.grads_out], mode="clip")
        for step in backward.leaves:
            step.run()
        if rows is not None:
            matrix = grads[rows.out]
            matrix[:] = 0.0
            np.add.at(matrix, self._row_elements, grads.take(rows.consumer))

    def _prepare_patches(self, use: TokenUse) -> None:
        """Find the cells of index arrays that hold what the tokens decide."""
        self._read_cells = self._cells(use.read)
        self._target_cells = self._cells(use.target_term)
        self._probabilities = self._forward.slot[self._graph.probabilities]

    def _cells(self, terms: Indices) -> list[tuple[Indices, Indices, Indices]]:
        """Return, step by step: its index array, flat; which terms; where in the array."""
        steps = self._forward.step_of_unit[self._units.unit_of_term[terms]]
        found = []
        for step in np.unique(steps):
            which = np.flatnonzero(steps == step)
            flat = self._forward.steps[step].inputs.reshape(-1)
            found.append((flat, which, self._forward.factors[terms[which], 0]))
        return found

    def _check_tokens(self, tokens: Sequence[int]) -> None:
        recorded = self._graph.tokens
        if tuple(tokens) == recorded:
            return
        if self._use is None:
            raise NotReplayableError("this pass can only be repeated with the same tokens")
        vocabulary = len(self._labels)
        if len(tokens) != len(recorded) or not all(0 <= t < vocabulary for t in tokens):
            raise ValueError(
                f"{len(recorded)} tokens from 0 to {vocabulary - 1} are needed, not {list(tokens)}"
            )

    def _put_tokens(self, tokens: Sequence[int]) -> None:
        self._check_tokens(tokens)
        use, columns, rows = self._use, self._backward.columns, self._backward.rows
        assert use is not None
        assert columns is not None
        assert rows is not None
        vocabulary = len(self._labels)
        ids, matrix = np.array(tokens), use.rows
        row_start = ids * matrix.columns
        leaf = FIRST + matrix.start + row_start[use.position] + use.column
        for flat, which, cells in self._read_cells:
            flat[cells] = leaf[which]
        targets = ids[1:]
        probability = self._probabilities[np.arange(len(targets)), targets]
        for flat, which, cells in self._target_cells:
            flat[cells] = probability[which]
        start = (np.arange(len(targets)) * vocabulary)[:, np.newaxis]
        by_label = (start + self._columns[targets]).ravel()
        by_column = (start + self._labels[targets]).ravel()
        self._by_label = _permuted(columns.values, by_label)
        self._by_column = _permuted(columns.grads, by_column)
        self._row_elements = row_start[rows.position] + rows.column
        self.tokens = tuple(tokens)


def _permuted(sets: Indices, order: Indices) -> Indices:
    return sets.reshape(len(sets), -1).take(order, axis=1).ravel()
