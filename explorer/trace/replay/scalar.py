"""The scalar code itself, run for other parameters: what replay is compiled from and checked by.

It is observed as `explorer.trace.record` does it, but for the numbers and the graph alone: without
the calls that led to each node, which take longer to note than the nodes to make.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from random import Random
from threading import get_ident
from types import CodeType
from typing import Any, TypeAlias

import numpy as np

from explorer.trace.passes import Subject, record_pass
from explorer.trace.record import collector_off, standing_in
from explorer.trace.replay.graph import Graph
from explorer.trace.trace import FloatArray, ParameterMatrix, Trace
from microgpt import GPT, Adam, Config, Tokenizer, Value, forward
from microgpt.model import Prediction
from microgpt.train import backpropagate

_Children: TypeAlias = tuple[Value, ...]
_LocalGrads: TypeAlias = tuple[float, ...]


USUAL_SIZE = 17  # tokens; names are shorter


@dataclass(frozen=True, eq=False)
class ScalarNumbers:
    """The numbers of a pass: `data` and `grad`, (nodes,), in order of creation."""

    data: FloatArray
    grad: FloatArray


class ScalarModel:
    """The microGPT model with parameters that are given for each pass.

    Parameters
    ----------
    config : Config
    tokenizer : Tokenizer
    seed : int
        Only named in traces.
    """

    def __init__(self, config: Config, tokenizer: Tokenizer, seed: int) -> None:
        model = GPT(config, tokenizer.vocab_size, Random(0))
        self._subject = Subject(model, tokenizer, seed, Adam(model.parameters()))
        self._parameters = self._subject.model.parameters()
        self._initial = _column([parameter.data for parameter in self._parameters])

    def tokens(self, name: str) -> tuple[int, ...]:
        """Return the tokens that are read of a name, and the last target.

        Raises
        ------
        ValueError
            A letter has no token.
        """
        tokens = self._subject.tokenizer.encode(name)
        return tuple(tokens[: self._subject.positions_limit + 1])

    def longest(self, size: int) -> tuple[tuple[int, ...], FloatArray]:
        """Return some tokens, at least `size` if the model reads as many, and some parameters."""
        tokenizer = self._subject.tokenizer
        count = min(max(size, USUAL_SIZE), self._subject.positions_limit + 1)
        letters = len(tokenizer.letters)
        inner = [(7 * i * i + 3 * i) % letters if letters else 0 for i in range(count - 2)]
        tokens = (tokenizer.bos, *inner, tokenizer.bos)[:count]
        return tokens, self._initial

    def loss_and_gradients(
        self, parameters: FloatArray, tokens: Sequence[int]
    ) -> tuple[float, FloatArray]:
        """Run forward and backward; return the loss and the gradients of the parameters."""
        with collector_off():
            self._load(parameters)
            loss = backpropagate(self._subject.model, list(tokens))
            return loss, _column([p.grad for p in self._parameters])

    def numbers(self, parameters: FloatArray, tokens: Sequence[int]) -> ScalarNumbers:
        """Run forward and backward; return all numbers."""
        with collector_off():
            nodes, _, _, loss = self._observe(parameters, tokens, log_makers=False)
            loss.backward()
            return ScalarNumbers(_column([n.data for n in nodes]), _column([n.grad for n in nodes]))

    def graph(self, parameters: FloatArray, tokens: Sequence[int]) -> Graph:
        """Run forward and backward; return everything that replay is compiled from."""
        with collector_off():
            observed = self._observe(parameters, tokens, log_makers=True)
            nodes, makers, predictions, loss = observed
            # Each node carries its number as its gradient for a moment: several times as fast as
            # a dictionary.
            for number, node in enumerate(nodes):
                node.grad = number
            children = [node._children for node in nodes]
            pointer = np.zeros(len(nodes) + 1, np.int32)
            np.cumsum([len(inputs) for inputs in children], out=pointer[1:])
            child = np.array([node.grad for inputs in children for node in inputs], np.int32)
            logged = [[p.grad for p in prediction.probabilities] for prediction in predictions]
            losses = [prediction.loss.grad for prediction in predictions]
            root = int(loss.grad)
            for node in nodes:
                node.grad = 0
            loss.backward()
            op, op_names = _operations(makers, len(self._parameters))
            return Graph(
                op=op,
                op_names=op_names,
                data=_column([node.data for node in nodes]),
                grad=_column([node.grad for node in nodes]),
                pointer=pointer,
                child=child,
                local_grad=_column([local for node in nodes for local in node._local_grads]),
                leaves=len(self._parameters),
                loss=root,
                parameters=self._matrices(),
                tokens=tuple(tokens),
                probabilities=np.array(logged, np.int32),
                position_loss=np.array(losses, np.int32),
            )

    def trace(self, parameters: FloatArray, name: str) -> Trace:
        """Record a whole pass, with scopes and source lines; no update, as Adam is not known."""
        self._load(parameters)
        return replace(record_pass(self._subject, name), update=None)

    def _load(self, parameters: FloatArray) -> None:
        for parameter, data in zip(self._parameters, parameters.tolist(), strict=True):
            parameter.data = data
            parameter.grad = 0

    def _observe(
        self, parameters: FloatArray, tokens: Sequence[int], log_makers: bool
    ) -> tuple[list[Value], list[CodeType], list[Prediction], Value]:
        """Run forward; return all nodes, the code that made each, the predictions, the loss."""
        self._load(parameters)
        nodes: list[Value] = [*self._parameters]
        makers: list[CodeType] = []
        append, append_maker = nodes.append, makers.append
        original, get_frame, thread = Value.__init__, sys._getframe, get_ident()

        def observe(
            self: Value, data: float, children: _Children = (), local_grads: _LocalGrads = ()
        ) -> None:
            original(self, data, children, local_grads)
            if get_ident() == thread:
                append(self)

        def observe_maker(
            self: Value, data: float, children: _Children = (), local_grads: _LocalGrads = ()
        ) -> None:
            original(self, data, children, local_grads)
            if get_ident() == thread:
                append(self)
                append_maker(get_frame(1).f_code)

        with standing_in(Value, observe_maker if log_makers else observe):
            loss, predictions = forward(self._subject.model, list(tokens))
        return nodes, makers, predictions, loss

    def _matrices(self) -> tuple[ParameterMatrix, ...]:
        matrices, start = [], 0
        for name, rows in self._subject.model.state_dict.items():
            matrices.append(ParameterMatrix(name, start, len(rows), len(rows[0]), scope=0))
            start = matrices[-1].stop
        return tuple(matrices)


def _column(numbers: list[float]) -> FloatArray:
    return np.array(numbers, np.float64)


def _operations(makers: list[CodeType], leaves: int) -> tuple[Any, tuple[str, ...]]:
    """Name operations after the code that made the node, as the columns of a trace do."""
    codes = {id(code): code for code in makers}
    number = {identity: i for i, identity in enumerate(codes)}
    op = np.zeros(leaves + len(makers), np.uint8)
    op[leaves:] = [number[identity] for identity in map(id, makers)]
    return op, tuple(code.co_name.strip("_") for code in codes.values())
