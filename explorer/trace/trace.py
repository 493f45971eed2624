"""`Trace`: one pass as immutable columns."""

from __future__ import annotations

from dataclasses import dataclass, fields
from functools import cached_property
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from explorer.trace.failure import Failure
from explorer.trace.update import Update

IntArray: TypeAlias = npt.NDArray[np.int32]
FloatArray: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class ParameterMatrix:
    """A named matrix of parameters; its nodes are numbered row by row from `start`."""

    name: str
    start: int
    rows: int
    columns: int
    scope: int

    @property
    def stop(self) -> int:
        """One more than the last node."""
        return self.start + self.rows * self.columns


@dataclass(frozen=True)
class ScopeInfo:
    """A named region of the call tree.

    Attributes
    ----------
    name : str
    number : int
        Among its siblings of the same name; -1 if it is the only one.
    parent : int
        Id of the scope around it; -1 for the whole pass.
    stop : int
        Ids from its own up to this one (exclusive) are the scope and all scopes in it.
    function : str
        File and function, ``microgpt/nn.py softmax``; empty for parameters.
    """

    name: str
    number: int
    parent: int
    stop: int
    function: str

    @property
    def title(self) -> str:
        """The name with its number."""
        return self.name if self.number < 0 else f"{self.name} {self.number}"


@dataclass(frozen=True)
class SiteInfo:
    """A source line that made nodes."""

    file: int
    line: int
    function: str


@dataclass(frozen=True)
class SourceText:
    """A source file as it was when the pass was recorded."""

    name: str
    text: str


@dataclass(frozen=True)
class Document:
    """What was read: the name, its tokens, and the model that read it.

    Attributes
    ----------
    name : str
    letters : tuple of str
        The vocabulary; BOS has the id ``len(letters)``.
    tokens : tuple of int
        Of the positions that the model read, and the last target: one more than positions.
    config : dict
        Shape of the model.
    seed : int
    """

    name: str
    letters: tuple[str, ...]
    tokens: tuple[int, ...]
    config: dict[str, int]
    seed: int

    def spell(self, token: int) -> str:
        """Return the letter of a token, or BOS."""
        return self.letters[token] if token < len(self.letters) else "BOS"


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward and backward pass: every node that existed, in columns.

    There may be a forward pass alone: then there is no loss, and all gradients are 0. A pass that
    failed (`failure`) ends with its forward pass, or, if a gradient failed, there: the algorithm
    finished its backward pass, and so do these columns, but the time line does not.

    Nodes are numbered: first the leaves that existed before (parameters, in state-dict order),
    then the nodes that the pass made, in order of creation.

    Attributes
    ----------
    op : uint8 array, (nodes,)
        Index into `op_names`.
    data, grad : float64 arrays, (nodes,)
        As they are after the backward pass.
    child_pointer : int32 array, (nodes + 1,)
        The children of node i are ``child[child_pointer[i]:child_pointer[i + 1]]``.
    child : int32 array, (edges,)
    local_grad : float64 array, (edges,)
        d(node)/d(child) of each edge.
    scope : int32 array, (nodes,)
        Id of the innermost scope.
    site : int32 array, (nodes,)
        Index into `sites`; -1 for leaves.
    order : int32 array, (reachable nodes,)
        Children before consumers, the loss last; backward goes through it in reverse. Empty if
        there is no backward pass.
    leaves : int
        How many nodes existed before the pass.
    position_scope : int32 array, (begun positions,)
        Scope of each position, like the next ones only for passes over a document. In a pass
        that failed, positions after these are missing.
    logits, probabilities : int32 arrays, (finished positions, vocabulary)
        Node of each token. All positions are finished, unless the pass failed.
    position_loss : int32 array, (finished positions,)
        Node of each position's loss; empty if the pass reads without comparing (generation).
    update : Update or None
        What Adam did to the parameters afterwards, if the pass is part of a training step.
    failure : Failure or None
        Why the pass ended before its time.
    names : tuple of str
        Of nodes that are named in what was computed, a formula say: one a node, or none at all.
        An empty name is none.
    """

    op: npt.NDArray[np.uint8]
    data: FloatArray
    grad: FloatArray
    child_pointer: IntArray
    child: IntArray
    local_grad: FloatArray
    scope: IntArray
    site: IntArray
    order: IntArray
    leaves: int
    op_names: tuple[str, ...]
    scopes: tuple[ScopeInfo, ...]
    sites: tuple[SiteInfo, ...]
    files: tuple[SourceText, ...]
    parameters: tuple[ParameterMatrix, ...]
    document: Document | None
    position_scope: IntArray
    logits: IntArray
    probabilities: IntArray
    position_loss: IntArray
    update: Update | None = None
    failure: Failure | None = None
    names: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def nodes(self) -> int:
        """Number of nodes, parameters included."""
        return len(self.data)

    @property
    def created(self) -> int:
        """Number of nodes that the pass made."""
        return self.nodes - self.leaves

    @property
    def loss(self) -> int | None:
        """The node that backward started from; None if there was no backward pass."""
        return int(self.order[-1]) if len(self.order) else None

    @property
    def telling_node(self) -> int:
        """The node to look at first: what failed, else the loss, else the last one."""
        if self.failure is not None:
            return self.failure.node
        return self.nodes - 1 if self.loss is None else self.loss

    @cached_property
    def reaches_loss(self) -> npt.NDArray[np.bool_]:
        """For each node, whether the loss depends on it."""
        reachable = np.zeros(self.nodes, bool)
        reachable[self.order] = True
        reachable.flags.writeable = False
        return reachable

    @cached_property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        values = (getattr(self, column.name) for column in fields(self))
        return sum(value.nbytes for value in values if isinstance(value, np.ndarray))

    def op_name(self, node: int) -> str:
        """Return the operation of a node."""
        return self.op_names[int(self.op[node])]

    def edges(self, node: int) -> range:
        """Return the indices of a node's edges to its children."""
        return range(int(self.child_pointer[node]), int(self.child_pointer[node + 1]))

    def parameter_name(self, node: int) -> str | None:
        """Return the name of a parameter, ``wte[5][3]``; None for other nodes."""
        if self.names:
            return self.names[node] if node < self.leaves else None
        for matrix in self.parameters:
            if matrix.start <= node < matrix.stop:
                row, column = divmod(node - matrix.start, matrix.columns)
                return f"{matrix.name}[{row}][{column}]"
        return None

    def scope_path(self, scope: int) -> list[int]:
        """Return the scopes around a scope, from the outermost below the pass to itself."""
        path = []
        while scope > 0:
            path.append(scope)
            scope = self.scopes[scope].parent
        return path[::-1]
