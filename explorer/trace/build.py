"""From a `Recording` of live objects to a `Trace` of columns."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.trace.failure import (
    Argument,
    Failure,
    Kind,
    failing_contribution,
    telling_argument,
)
from explorer.trace.order import contributions, differing_gradients, topological_order
from explorer.trace.record import NotANumberError, Recording, collector_off
from explorer.trace.scopes import Scope, ScopedNodes, find_scopes, number_siblings
from explorer.trace.trace import (
    Document,
    FloatArray,
    IntArray,
    ParameterMatrix,
    ScopeInfo,
    SiteInfo,
    SourceText,
    Trace,
)

Matrices = Mapping[str, Sequence[Sequence[Any]]]


class ForeignOrderError(ValueError):
    """The observed ``backward()`` added up in another order than the published one."""


def build_trace(
    recording: Recording[Any],
    loss: Any | None,
    parameters: Matrices,
    *,
    root_name: str = "pass",
    document: Document | None = None,
    positions: Sequence[tuple[Sequence[Any], Sequence[Any], Any]] = (),
    check: Callable[[], None] | None = None,
) -> Trace:
    """Read the columns off the objects of a finished pass.

    Parameters
    ----------
    recording : Recording
        The forward pass, perhaps one that ended before its time.
    loss : object or None
        The node whose ``backward()`` has been run. All gradients were 0 before. None if there
        was no backward pass.
    parameters : mapping of str to matrix
        Leaves that existed before, by name.
    root_name : str, optional
        Name of the outermost scope.
    document : Document, optional
    positions : sequence of (logits, probabilities, loss), optional
        The nodes that matter at each position; the loss is None everywhere if the pass has none.
        Positions after the end of the recording do not count.
    check : callable, optional
        Called between the stages of the work; it may raise to end it.

    Returns
    -------
    Trace

    Raises
    ------
    ValueError
        A parameter is listed twice, other than as a whole matrix.
    ForeignOrderError
        The gradients are not those of contributions added up depth first, as the published
        script does it, or there are some though there was no backward pass; a time line of this
        pass would show numbers that never existed.
    """
    check = check or _go_on
    with collector_off():
        parameters = _untied(parameters)
        unplaced = _parameter_matrices(parameters)
        leaves = list(_leaves(recording, parameters))
        nodes = [*leaves, *recording.nodes]
        index = {id(node): i for i, node in enumerate(nodes)}
        check()
        pointer, child, local_grad = _edges(nodes, index)
        check()
        op, op_names = _operations(recording, leaves, unplaced, pointer)
        scoped = find_scopes(recording, root_name)
        check()
        scopes, leaf_scope, matrices = _scope_table(scoped, unplaced, len(leaves))
        added = len(scopes) - len(scoped.scopes)
        node_scope = np.where(scoped.node_scope > 0, scoped.node_scope + added, 0)
        rows = [[*logits, *p, *([] if end is None else [end])] for logits, p, end in positions]
        finished = [row for row in rows if id(row[-1]) in index]
        ids = np.array([[index[id(n)] for n in row] for row in finished], np.int32).reshape(
            (len(finished), -1) if finished else (0, 0)
        )
        vocabulary = ids.shape[1] // 2
        position_scope = _position_scopes(scopes, node_scope, ids[:, -1:] - len(leaves))
        failure = _failure(recording, index, scoped, added)
        if document is not None and len(finished) < len(document.tokens) - 1:
            position_scope = _with_unfinished(scopes, position_scope, node_scope)
        trace = Trace(
            op=op,
            data=np.array([node.data for node in nodes], np.float64),
            grad=np.array([node.grad for node in nodes], np.float64),
            child_pointer=pointer,
            child=child,
            local_grad=local_grad,
            scope=np.concatenate([leaf_scope, node_scope]).astype(np.int32),
            site=np.concatenate([np.full(len(leaves), -1), scoped.node_site]).astype(np.int32),
            order=(
                np.empty(0, np.int32)
                if loss is None
                else topological_order(pointer, child, index[id(loss)], check)
            ),
            leaves=len(leaves),
            op_names=op_names,
            scopes=scopes,
            sites=tuple(SiteInfo(s.file, s.line, s.function) for s in scoped.sites),
            files=tuple(SourceText(f.name, f.text) for f in scoped.files),
            parameters=matrices,
            document=document,
            position_scope=position_scope,
            logits=ids[:, :vocabulary],
            probabilities=ids[:, vocabulary : 2 * vocabulary],
            position_loss=ids[:, 2 * vocabulary :].ravel(),
            failure=failure,
        )
    verify_order(trace)
    return trace if failure is not None else replace(trace, failure=gradient_failure(trace))


def _go_on() -> None:
    pass


def verify_order(trace: Trace) -> None:
    """Raise ForeignOrderError unless the recorded gradients come out bit for bit."""
    differing = differing_gradients(
        trace.child_pointer, trace.child, trace.local_grad, trace.grad, trace.order
    )
    if differing:
        raise ForeignOrderError(
            f"backward() of the observed code adds up gradients in another order than "
            f"depth first ({differing} of {trace.nodes} nodes differ)"
        )


def gradient_failure(trace: Trace) -> Failure | None:
    """Return where in the backward pass a gradient became infinite, or not a number."""
    columns = trace.child_pointer, trace.child, trace.local_grad, trace.grad, trace.order
    at = failing_contribution(*columns, trace.leaves)
    if at is None:
        return None
    consumer, edge = (int(column[at]) for column in contributions(trace.child_pointer, trace.order))
    node = int(trace.child[edge])
    scope, site = int(trace.scope[consumer]), int(trace.site[consumer])
    return Failure(Kind.GRADIENT, node, trace.op_name(consumer), scope, site, contribution=at)


def _failure(
    recording: Recording[Any], index: Mapping[int, int], scoped: ScopedNodes, added: int
) -> Failure | None:
    """Return why a forward pass ended before its time; None if it did not."""
    error, raised = recording.error, recording.raised
    if error is None:
        return None
    last = len(index) - 1
    if isinstance(error, NotANumberError):
        op = recording.makers[-1].co_name.strip("_")
        scope, site = int(scoped.node_scope[-1]), int(scoped.node_site[-1])
        return Failure(Kind.NAN, last, op, scope + added if scope else 0, site)
    assert raised is not None
    arguments = []
    for argument in raised.arguments:
        if id(argument) in index:
            arguments.append(Argument(index[id(argument)], float(argument.data)))
        elif isinstance(argument, int | float):
            arguments.append(Argument(None, float(argument)))
    name = type(error).__name__
    node = telling_argument(tuple(arguments), name)
    return Failure(
        Kind.RAISED,
        node=last if node is None else node,
        op=raised.method.strip("_"),
        scope=scoped.raised_scope + added if scoped.raised_scope else 0,
        site=scoped.raised_site,
        arguments=tuple(arguments),
        error=name,
        message=str(error),
    )


def _untied(parameters: Matrices) -> Matrices:
    """Leave out matrices that are another one under a second name.

    Raises
    ------
    ValueError
        Matrices share some nodes but not all.
    """
    seen: set[int] = set()
    kept = {}
    for name, rows in parameters.items():
        ids = {id(leaf) for row in rows for leaf in row}
        if ids <= seen:
            continue
        if ids & seen or len(ids) < sum(map(len, rows)):
            raise ValueError(f"the parameters “{name}” hold a node that is listed twice")
        seen |= ids
        kept[name] = rows
    return kept


def _parameter_matrices(parameters: Matrices) -> list[ParameterMatrix]:
    matrices, start = [], 0
    for name, rows in parameters.items():
        matrix = ParameterMatrix(name, start, len(rows), len(rows[0]), scope=-1)
        matrices.append(matrix)
        start = matrix.stop
    return matrices


def _leaves(recording: Recording[Any], parameters: Matrices) -> Iterator[Any]:
    """Yield the parameters, then whatever else was there before the recording began."""
    nodes = recording.nodes
    seen = {id(node) for node in nodes}
    for leaf in chain.from_iterable(row for matrix in parameters.values() for row in matrix):
        seen.add(id(leaf))
        yield leaf
    used = chain.from_iterable(node._children for node in nodes)
    for node in chain(used, recording.operands):
        if id(node) not in seen:
            seen.add(id(node))
            yield node


def _edges(nodes: Sequence[Any], index: Mapping[int, int]) -> tuple[IntArray, IntArray, FloatArray]:
    pointer = np.zeros(len(nodes) + 1, np.int32)
    np.cumsum([len(node._children) for node in nodes], out=pointer[1:])
    edges = int(pointer[-1])
    ids = map(id, chain.from_iterable(node._children for node in nodes))
    child = np.fromiter(map(index.__getitem__, ids), np.int32, edges)
    local = chain.from_iterable(node._local_grads for node in nodes)
    return pointer, child, np.fromiter(local, np.float64, edges)


def _operations(
    recording: Recording[Any],
    leaves: Sequence[Any],
    matrices: Sequence[ParameterMatrix],
    pointer: IntArray,
) -> tuple[npt.NDArray[np.uint8], tuple[str, ...]]:
    """Name operations after the code that made the node.

    A node without children is a constant if an operator wrapped a plain number in it, and an
    input if the observed code made it itself.
    """
    names = ["parameter", "input", "constant"]
    code_of: dict[int, tuple[int, int]] = {}
    made = []
    for code in recording.makers:
        known = code_of.get(id(code))
        if known is None:
            name = code.co_name.strip("_")
            if name not in names:
                names.append(name)
            childless = 2 if id(code) in recording.methods else 1
            known = code_of[id(code)] = (names.index(name), childless)
        made.append(known)
    table = np.array(made, np.uint8).reshape(-1, 2)
    has_children = np.diff(pointer)[len(leaves) :] > 0
    before = np.ones(len(leaves), np.uint8)
    before[: matrices[-1].stop if matrices else 0] = 0
    created = np.where(has_children, table[:, 0], table[:, 1])
    return np.concatenate([before, created]).astype(np.uint8), tuple(names)


def _scope_table(
    scoped: ScopedNodes, matrices: Sequence[ParameterMatrix], leaves: int
) -> tuple[tuple[ScopeInfo, ...], IntArray, tuple[ParameterMatrix, ...]]:
    """Put scopes for the leaves between the whole pass and the scopes of the run.

    Returns
    -------
    scopes : tuple of ScopeInfo
    leaf_scope : int32 array, (leaves,)
    matrices : tuple of ParameterMatrix
        With their scopes filled in.
    """
    before: list[ScopeInfo] = []
    leaf_scope = np.zeros(leaves, np.int32)
    placed = []
    if matrices:
        before.append(ScopeInfo("parameters", -1, 0, 2 + len(matrices), ""))
    for i, matrix in enumerate(matrices, start=2):
        before.append(ScopeInfo(matrix.name, -1, 1, i + 1, ""))
        leaf_scope[matrix.start : matrix.stop] = i
        placed.append(replace(matrix, scope=i))
    known = matrices[-1].stop if matrices else 0
    if leaves > known:
        inputs = 1 + len(before)
        before.append(ScopeInfo("inputs", -1, 0, inputs + 1, ""))
        leaf_scope[known:] = inputs

    shift = len(before)
    numbers = number_siblings(scoped.scopes)
    root, *inner = scoped.scopes
    scopes = [ScopeInfo(root.name, -1, -1, shift + len(scoped.scopes), root.function), *before]
    stops = _subtree_stops(scoped.scopes)
    for scope in inner:
        assert scope.parent is not None
        parent = scope.parent.id + shift if scope.parent.id else 0
        stop = stops[scope.id] + shift
        scopes.append(ScopeInfo(scope.name, numbers[scope.id], parent, stop, scope.function))
    return tuple(scopes), leaf_scope, tuple(placed)


def _subtree_stops(scopes: Sequence[Scope]) -> list[int]:
    stops = [scope.id + 1 for scope in scopes]
    for scope in reversed(scopes):
        if scope.children:
            stops[scope.id] = stops[scope.children[-1].id]
    return stops


def _with_unfinished(
    scopes: Sequence[ScopeInfo], finished: IntArray, node_scope: npt.NDArray[np.int64]
) -> IntArray:
    """Add the scope of the position in which the pass ended, if it had begun."""
    scope = _outermost(scopes, int(node_scope[-1])) if len(node_scope) else 0
    begun = scope > 0 and scope not in finished
    return np.append(finished, scope).astype(np.int32) if begun else finished


def _outermost(scopes: Sequence[ScopeInfo], scope: int) -> int:
    """Return the child of the whole pass that a scope is in."""
    while scope and scopes[scope].parent > 0:
        scope = scopes[scope].parent
    return scope


def _position_scopes(
    scopes: Sequence[ScopeInfo], node_scope: npt.NDArray[np.int64], last: IntArray
) -> IntArray:
    """Return the child of the whole pass that the last node of each position was made in."""
    found = [_outermost(scopes, int(node_scope[node])) for node in last.ravel()]
    return np.array(found, np.int32)
