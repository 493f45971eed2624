"""Replay that checks itself against the scalar code, and steps back where it differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from explorer.trace.replay.graph import Graph, Mask, NotReplayableError
from explorer.trace.replay.program import Program, ReplayedPass, compile_program
from explorer.trace.trace import Document, FloatArray, Trace


class Numbers(Protocol):
    """The numbers of a pass, (nodes,), in order of creation."""

    @property
    def data(self) -> FloatArray:
        """Of each node."""

    @property
    def grad(self) -> FloatArray:
        """Of each node."""


class ScalarCode(Protocol):
    """The code that replay stands in for; `ScalarModel` is one."""

    def tokens(self, name: str) -> tuple[int, ...]:
        """Return the tokens that are read of a name, and the last target."""

    def loss_and_gradients(
        self, parameters: FloatArray, tokens: Sequence[int]
    ) -> tuple[float, FloatArray]:
        """Run forward and backward; return the loss and the gradients of the parameters."""

    def numbers(self, parameters: FloatArray, tokens: Sequence[int]) -> Numbers:
        """Run forward and backward; return all numbers."""

    def graph(self, parameters: FloatArray, tokens: Sequence[int]) -> Graph:
        """Run forward and backward; return everything that replay is compiled from."""

    def trace(self, parameters: FloatArray, name: str) -> Trace:
        """Record a whole pass."""


@dataclass(frozen=True)
class Fallback:
    """Passes of one length are computed by the scalar code from here on.

    Attributes
    ----------
    positions : int
        The length.
    reason : str
        Why, in the middle of a sentence.
    """

    positions: int
    reason: str

    @property
    def text(self) -> str:
        """One sentence for the user."""
        return (
            f"Passes over {self.positions} positions are computed by the scalar code, "
            f"which is slower: {self.reason}."
        )


@dataclass(eq=False)
class _Length:
    """What is known about passes of one length."""

    program: Program | None = None
    recorded: Trace | None = None
    checked: bool = False


class Replay:
    """Passes of one model: by replay where it has proved right, by the scalar code elsewhere.

    The first pass of each length is run by the scalar code, and the program is compiled from it.
    The second is run by both, and compared at every node: data and gradients, every bit. The
    programs repeat the very same operations, so that from then on they are trusted.

    Parameters
    ----------
    scalar : ScalarCode
    tell : callable, optional
        Called with a `Fallback` as soon as replay cannot be used for a length.
    compiler : callable, optional
        Makes a program of a recorded pass.
    """

    def __init__(
        self,
        scalar: ScalarCode,
        tell: Callable[[Fallback], None] | None = None,
        compiler: Callable[[Trace | Graph], Program] = compile_program,
    ) -> None:
        self._scalar, self._tell, self._compile = scalar, tell, compiler
        self._lengths: dict[int, _Length] = {}
        self.fallbacks: dict[int, Fallback] = {}

    def loss_and_gradients(
        self, parameters: FloatArray, tokens: Sequence[int]
    ) -> tuple[float, FloatArray]:
        """Run forward and backward.

        Parameters
        ----------
        parameters : float64 array, (parameters,)
        tokens : sequence of int

        Returns
        -------
        loss : float
        gradients : float64 array, (parameters,)

        Raises
        ------
        ArithmeticError, ValueError
            The numbers became too large, or the log of 0 was asked for.
        """
        program = self._program(parameters, tokens)
        if isinstance(program, Program):
            return program.loss_and_gradients(parameters, tokens)
        if isinstance(program, Graph):
            return float(program.data[program.loss]), program.grad[: program.leaves]
        return self._scalar.loss_and_gradients(parameters, tokens)

    def run(
        self,
        parameters: FloatArray,
        tokens: Sequence[int],
        overrides: Mapping[int, float] | None = None,
    ) -> ReplayedPass | None:
        """Run forward and backward, and return every number; None if replay cannot be used.

        Parameters
        ----------
        parameters, tokens
            As in `loss_and_gradients`.
        overrides : mapping of int to float, optional
            See `Program.run`.
        """
        program = self._program(parameters, tokens)
        if isinstance(program, Graph):  # the first of its length
            program = self._program(parameters, tokens)
        if not isinstance(program, Program):
            return None
        return program.run(parameters, tokens, overrides)

    def trace(self, parameters: FloatArray, name: str) -> Trace:
        """Run forward and backward over a name, and return everything that happened.

        The first pass of each length is recorded, the others only get other numbers.
        """
        tokens = self._scalar.tokens(name)
        length = self._lengths.setdefault(len(tokens), _Length())
        if length.recorded is None or len(tokens) in self.fallbacks:
            trace = self._scalar.trace(parameters, name)
            length.recorded = trace
            if length.program is None and len(tokens) not in self.fallbacks:
                self._add_program(len(tokens), trace)
            return trace
        program = self._program(parameters, tokens)
        if not isinstance(program, Program):
            return self._scalar.trace(parameters, name)
        assert length.recorded.document is not None
        document = replace(length.recorded.document, name=name, tokens=tokens)
        return retraced(length.recorded, program, parameters, document)

    def _program(self, parameters: FloatArray, tokens: Sequence[int]) -> Program | Graph | None:
        """Return a checked program, the first pass of a length, or None for the scalar code."""
        size = len(tokens)
        if size in self.fallbacks:
            return None
        length = self._lengths.setdefault(size, _Length())
        if length.program is None:
            graph = self._scalar.graph(parameters, tokens)
            self._add_program(size, graph)
            return graph
        if not length.checked:
            different = self._differing_nodes(length.program, parameters, tokens)
            if different:
                self._fall_back(size, f"replay gave other numbers at {different:,} nodes")
                return None
            length.checked = True
        return length.program

    def _add_program(self, size: int, recorded: Trace | Graph) -> None:
        try:
            self._lengths[size].program = self._compile(recorded)
        except NotReplayableError as error:
            self._fall_back(size, str(error))

    def _differing_nodes(
        self, program: Program, parameters: FloatArray, tokens: Sequence[int]
    ) -> int:
        by_scalar = self._scalar.numbers(parameters, tokens)
        by_replay = program.run(parameters, tokens)
        if len(by_scalar.data) != len(by_replay.data):
            return len(by_scalar.data)
        same = _same_bits(by_scalar.data, by_replay.data)
        same &= _same_bits(by_scalar.grad, by_replay.grad)
        return int((~same).sum())

    def _fall_back(self, size: int, reason: str) -> None:
        self._lengths[size].program = None
        self.fallbacks[size] = Fallback(size - 1, reason)
        if self._tell is not None:
            self._tell(self.fallbacks[size])


def _same_bits(a: FloatArray, b: FloatArray) -> Mask:
    same: Mask = (a.view(np.int64) == b.view(np.int64)) | (np.isnan(a) & np.isnan(b))
    return same


def retraced(
    recorded: Trace,
    program: Program,
    parameters: FloatArray,
    document: Document | None = None,
    overrides: Mapping[int, float] | None = None,
) -> Trace:
    """Return a recorded pass with the numbers of another one.

    Parameters
    ----------
    recorded : Trace
        A pass of the same length.
    program : Program
    parameters : float64 array, (leaves,)
    document : Document, optional
        What was read; the recorded one by default.
    overrides : mapping of int to float, optional
        See `Program.run`.
    """
    tokens = None
    child, order = recorded.child, recorded.order
    if document is None:
        document = recorded.document
    if document is not None:
        tokens = document.tokens
        if recorded.document is None or tokens != recorded.document.tokens:
            child, order = program.structure(tokens)
    numbers = program.run(parameters, tokens, overrides)
    return replace(
        recorded,
        data=numbers.data,
        grad=numbers.grad,
        local_grad=numbers.local_grad,
        child=child,
        order=order,
        document=document,
    )
