"""Replay that checks itself against the scalar code, and steps back where it differs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from explorer.trace.replay.graph import Graph, Mask, NotReplayableError
from explorer.trace.replay.program import Program, ReplayedPass, compile_program
from explorer.trace.replay.shorten import shortened
from explorer.trace.trace import Document, FloatArray, Trace

ELSEWHERE = 0.9  # times the parameters: another pass of the same length


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

    def longest(self, size: int) -> tuple[tuple[int, ...], FloatArray]:
        """Return some tokens, if possible at least `size`, and some parameters."""

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

    A pass of the greatest length is run by the scalar code, and programs for all lengths are
    compiled from it. The first pass of each length is run by both, with other numbers than those
    that the program was made from, and compared at every node: data and gradients, every bit. From
    then on the program is trusted, as it repeats the very same operations.

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
        self._longest: Graph | None = None
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
        if program is None:
            return self._scalar.loss_and_gradients(parameters, tokens)
        return program.loss_and_gradients(parameters, tokens)

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
        return None if program is None else program.run(parameters, tokens, overrides)

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
        if program is None:
            return self._scalar.trace(parameters, name)
        assert length.recorded.document is not None
        document = replace(length.recorded.document, name=name, tokens=tokens)
        return retraced(length.recorded, program, parameters, document)

    def learn(self, recorded: Trace) -> Fallback | None:
        """Get ready for passes of the length of a recorded one, and check that they come out.

        Returns
        -------
        Fallback or None
            Why replay cannot be used for them; None if it can.
        """
        assert recorded.document is not None
        tokens = recorded.document.tokens
        size, parameters = len(tokens), recorded.data[: recorded.leaves]
        length = self._lengths.setdefault(size, _Length())
        if length.program is None and size not in self.fallbacks:
            self._add_program(size, recorded)
        program = self._program(parameters, tokens)
        if program is not None:
            different = _differing(program, parameters, tokens, recorded)
            if different:
                self._fall_back(size, f"replay gave other numbers at {different:,} nodes")
        return self.fallbacks.get(size)

    def with_parameters(self, trace: Trace, parameters: FloatArray) -> Trace | None:
        """Return a pass as it is with other parameters; None if replay cannot be used.

        Parameters
        ----------
        trace : Trace
            Over a document. What is returned has the same events, but no update.
        parameters : float64 array, (leaves,)
        """
        assert trace.document is not None
        program = self._program(parameters, trace.document.tokens)
        return None if program is None else retraced(trace, program, parameters)

    def what_if(self, trace: Trace, overrides: Mapping[int, float]) -> Trace | None:
        """Return a pass as it would be with other numbers; None if replay cannot be used.

        Parameters
        ----------
        trace : Trace
            Over a document.
        overrides : mapping of int to float
            The data of some nodes, parameters among them. Each is set right after the node is
            made, and everything that depends on it follows.
        """
        assert trace.document is not None
        parameters = trace.data[: trace.leaves]
        program = self._program(parameters, trace.document.tokens)
        if program is None:
            return None
        return retraced(trace, program, parameters, trace.document, overrides)

    def _program(self, parameters: FloatArray, tokens: Sequence[int]) -> Program | None:
        """Return a program that is right for these numbers; None for the scalar code."""
        size = len(tokens)
        length = self._lengths.setdefault(size, _Length())
        if length.checked or size in self.fallbacks:
            return length.program
        if length.program is None:
            numbers = self._scalar.numbers(parameters, tokens)
            program = self._cut_out(size, numbers)
            if program is not None and not _differing(program, parameters, tokens, numbers):
                length.program, length.checked = program, True
                return program
            self._add_program(size, self._scalar.graph(parameters, tokens))
        if length.program is not None:
            # With the numbers that it was made from, it would prove little.
            others = parameters * ELSEWHERE
            numbers = self._scalar.numbers(others, tokens)
            different = _differing(length.program, others, tokens, numbers)
            length.checked = True
            if different:
                self._fall_back(size, f"replay gave other numbers at {different:,} nodes")
        return length.program

    def _cut_out(self, size: int, numbers: Numbers) -> Program | None:
        """Compile a part of a longer pass, which is recorded once for all lengths below."""
        if self._longest is None or len(self._longest.tokens) < size:
            tokens, parameters = self._scalar.longest(size)
            if len(tokens) < size:
                return None
            self._longest = self._scalar.graph(parameters, tokens)
        try:
            return self._compile(shortened(self._longest, size - 1, numbers.data))
        except NotReplayableError:
            return None

    def _add_program(self, size: int, recorded: Trace | Graph) -> None:
        try:
            self._lengths[size].program = self._compile(recorded)
        except NotReplayableError as error:
            self._fall_back(size, str(error))

    def _fall_back(self, size: int, reason: str) -> None:
        self._lengths[size].program = None
        self.fallbacks[size] = Fallback(size - 1, reason)
        if self._tell is not None:
            self._tell(self.fallbacks[size])


def _differing(
    program: Program, parameters: FloatArray, tokens: Sequence[int], numbers: Numbers
) -> int:
    """Return at how many nodes a program gives other numbers than the scalar code."""
    try:
        replayed = program.run(parameters, tokens)
    except (ArithmeticError, ValueError):  # the scalar code did not fail
        return len(numbers.data)
    if len(numbers.data) != len(replayed.data):
        return max(len(numbers.data), len(replayed.data))
    same = _same_bits(numbers.data, replayed.data) & _same_bits(numbers.grad, replayed.grad)
    return int((~same).sum())


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
    """Return a recorded pass with the numbers of another one, without an update.

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
        update=None,
    )
