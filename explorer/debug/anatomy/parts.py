"""Which nodes of a pass are its attention, its residual stream, its logits.

The parts are found by the names of the scopes, which are those of the functions and variables of
`microgpt.model`. Nodes are arrays of ids; where there is no node (a key that comes later, a
position that a failed pass did not reach), they hold `NONE`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from functools import cached_property

import numpy as np

from explorer.debug.anatomy.scope_tree import ScopeTree
from explorer.trace.trace import IntArray, ParameterMatrix, Trace

NONE = -1


class Kind(Enum):
    """What a stage of the residual stream is."""

    EMBEDDING = "embedding"  # parameters that are read
    STREAM = "stream"  # the residual stream itself
    NORM = "norm"  # the stream, normalised for the block to come
    ADDED = "added"  # what a block adds to the stream


@dataclass(frozen=True)
class Stage:
    """A vector of `width` numbers on the way of each position.

    Attributes
    ----------
    title : str
    kind : Kind
    layer : int or None
        None before the first and after the last layer.
    nodes : int32 array, (positions, width)
    scopes : int32 array, (positions,)
        The scope that computes it at each position.
    """

    title: str
    kind: Kind
    layer: int | None
    nodes: IntArray
    scopes: IntArray


@dataclass(frozen=True)
class Head:
    """One head of attention.

    Attributes
    ----------
    layer, number : int
    scopes : int32 array, (positions,)
    queries, keys, values : int32 arrays, (positions, size)
        Its parts of the query, key and value vectors; `size` is the width over the heads.
    dots : int32 array, (positions, positions)
        Query of the row times key of the column, before scaling.
    scores : int32 array, (positions, positions)
        Divided by the square root of `size`.
    weights : int32 array, (positions, positions)
        After the softmax: how much the row's position takes from the column's.
    weighted : int32 array, (positions, positions, size)
        Weight times value.
    gathered : int32 array, (positions, size)
        Their sum over the keys: what the head gives on.
    """

    layer: int
    number: int
    scopes: IntArray
    queries: IntArray
    keys: IntArray
    values: IntArray
    dots: IntArray
    scores: IntArray
    weights: IntArray
    weighted: IntArray
    gathered: IntArray


@dataclass(frozen=True)
class Mlp:
    """The multilayer perceptron of a layer.

    Attributes
    ----------
    layer : int
    scopes : int32 array, (positions,)
    hidden, rectified : int32 arrays, (positions, units)
        What goes into the ReLUs and what comes out of them.
    """

    layer: int
    scopes: IntArray
    hidden: IntArray
    rectified: IntArray


class Anatomy:
    """The parts of a pass over a document.

    It depends on the structure of the trace alone, and serves the same pass with other numbers.

    Parameters
    ----------
    trace : Trace
        One that `has_parts`.

    Attributes
    ----------
    positions : int
        Those that began.
    width, layers, heads, vocabulary : int
        Numbers in a vector, and of layers, heads a layer, and tokens.
    logits, probabilities : int32 arrays, (positions, vocabulary)
    losses : int32 array, (positions,)
    """

    def __init__(self, trace: Trace) -> None:
        assert trace.document is not None
        self._trace, self._tree = trace, ScopeTree(trace)
        self._linear: dict[tuple[int, str], IntArray] = {}
        self.positions = len(trace.position_scope)
        config = trace.document.config
        self.width, self.layers = config["n_embd"], config["n_layer"]
        self.heads = config["n_head"]
        self.vocabulary = len(trace.document.letters) + 1
        self.tokens = trace.document.tokens[: self.positions]
        self.logits = self._filled(trace.logits, (self.vocabulary,))
        self.probabilities = self._filled(trace.probabilities, (self.vocabulary,))
        self.losses = self._filled(trace.position_loss, ())
        self._gpt = [self._tree.one(int(scope), "gpt") for scope in trace.position_scope]

    @cached_property
    def stages(self) -> tuple[Stage, ...]:
        """The residual stream with all that is added to it, in the order of computation."""
        first = [
            Stage("token embedding", Kind.EMBEDDING, None, self._embedding("wte", self.tokens),
                  self._scopes("embed")),
            Stage("position embedding", Kind.EMBEDDING, None,
                  self._embedding("wpe", range(self.positions)), self._scopes("embed")),
            self._stage("embedding", Kind.STREAM, None, ("embed",), self._tree.nodes),
            self._stage("normalised", Kind.NORM, None, ("rmsnorm", "result"), self._tree.nodes),
        ]  # fmt: skip
        return (*first, *(stage for layer in range(self.layers) for stage in self._layer(layer)))

    def _layer(self, layer: int) -> Iterable[Stage]:
        for block, added in (("attention", "out"), ("mlp", "fc2")):
            title = "MLP" if block == "mlp" else block
            yield self._stage(
                f"normalised for {title}", Kind.NORM, layer, (block, "rmsnorm", "result"),
                self._tree.nodes,
            )  # fmt: skip
            yield self._stage(f"{title} adds", Kind.ADDED, layer, (block, added), self._rows)
            yield self._stage(
                f"after {title}", Kind.STREAM, layer, (block, "residual"), self._tree.nodes
            )

    @cached_property
    def attention(self) -> tuple[tuple[Head, ...], ...]:
        """All heads, by layer and number."""
        return tuple(
            tuple(self._head(layer, head) for head in range(self.heads))
            for layer in range(self.layers)
        )

    @cached_property
    def mlps(self) -> tuple[Mlp, ...]:
        """The perceptron of each layer."""
        return tuple(
            Mlp(
                layer,
                self._scopes("mlp", layer=layer),
                self._vectors(layer, ("mlp", "fc1"), self._rows, 4 * self.width),
                self._vectors(layer, ("mlp", "relu"), self._tree.nodes, 4 * self.width),
            )
            for layer in range(self.layers)
        )

    def matrix(self, name: str) -> ParameterMatrix | None:
        """Return a matrix of parameters by its name, ``wte``."""
        return next((m for m in self._trace.parameters if m.name == name), None)

    def linear(self, layer: int, name: str) -> IntArray:
        """Return ``q``, ``k`` or ``v`` of all heads of a layer, (positions, width)."""
        key = layer, name
        if key not in self._linear:
            self._linear[key] = self._vectors(layer, ("attention", name), self._rows, self.width)
        return self._linear[key]

    def _head(self, layer: int, head: int) -> Head:
        size = self.width // self.heads
        part = slice(head * size, (head + 1) * size)
        square = (self.positions, self.positions)
        dots, scores, weights = (np.full(square, NONE, np.int32) for _ in range(3))
        weighted = np.full((*square, size), NONE, np.int32)
        gathered = np.full((self.positions, size), NONE, np.int32)
        scopes = np.full(self.positions, NONE, np.int32)
        tree = self._tree
        for position, outer in enumerate(self._scopes("attention", layer=layer)):
            found = tree.all(int(outer), "head") if outer != NONE else []
            if head >= len(found):
                continue
            scopes[position] = scope = found[head]
            inner = tree.one(scope, "scores")
            _put(dots[position], tree.results(inner, "key"))
            _put(scores[position], tree.nodes(inner, "mul"))
            _put(weights[position], tree.nodes(tree.one(scope, "softmax", "result"), "mul"))
            _put(gathered[position], tree.results(scope, "column"))
            for i, column in enumerate(tree.all(scope, "column")):
                _put(weighted[position, :, i], tree.nodes(column, "mul"))
        q, k, v = (self.linear(layer, name)[:, part] for name in "qkv")
        return Head(layer, head, scopes, q, k, v, dots, scores, weights, weighted, gathered)

    def _stage(
        self,
        title: str,
        kind: Kind,
        layer: int | None,
        path: tuple[str, ...],
        nodes_of: Callable[[int | None], IntArray],
    ) -> Stage:
        nodes = self._vectors(layer, path, nodes_of, self.width)
        return Stage(title, kind, layer, nodes, self._scopes(*path, layer=layer))

    def _rows(self, scope: int | None) -> IntArray:
        return self._tree.results(scope, "row")

    def _vectors(
        self,
        layer: int | None,
        path: tuple[str, ...],
        nodes_of: Callable[[int | None], IntArray],
        size: int,
    ) -> IntArray:
        vectors = np.full((self.positions, size), NONE, np.int32)
        for position, scope in enumerate(self._scopes(*path, layer=layer)):
            _put(vectors[position], nodes_of(None if scope == NONE else int(scope)))
        return vectors

    def _scopes(self, *path: str, layer: int | None = None) -> IntArray:
        """Return the scope of a path at each position, within a layer if one is given."""
        scopes = np.full(self.positions, NONE, np.int32)
        for position, start in enumerate(self._gpt):
            if start is not None and layer is not None:
                layers = self._tree.all(start, "layer")
                start = layers[layer] if layer < len(layers) else None
            found = None if start is None else self._tree.one(start, *path)
            scopes[position] = NONE if found is None else found
        return scopes

    def _embedding(self, name: str, rows: Iterable[int]) -> IntArray:
        matrix = self.matrix(name)
        assert matrix is not None
        starts = matrix.start + matrix.columns * np.array(list(rows), np.int32)
        nodes: IntArray = (starts[:, np.newaxis] + np.arange(matrix.columns)).astype(np.int32)
        return nodes

    def _filled(self, finished: IntArray, shape: tuple[int, ...]) -> IntArray:
        """Return nodes of all positions that began, `NONE` for those that did not finish."""
        filled = np.full((self.positions, *shape), NONE, np.int32)
        if len(finished):
            _put(filled, finished)
        return filled


def has_parts(trace: Trace) -> bool:
    """Return whether a pass is one over a document, by a model whose parts are known."""
    if trace.document is None or not len(trace.position_scope):
        return False
    names = {matrix.name for matrix in trace.parameters}
    first = ScopeTree(trace).one(int(trace.position_scope[0]), "gpt", "embed")
    return {"wte", "wpe"} <= names and first is not None


def _put(into: IntArray, nodes: IntArray) -> None:
    into[: len(nodes)] = nodes
