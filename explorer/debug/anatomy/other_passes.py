"""Passes beside the one on show: other names, and other models."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from threading import Lock

import numpy as np

from explorer.debug.anatomy.comparison import ComparedParts, Outcome
from explorer.debug.anatomy.parts import Anatomy, has_parts
from explorer.debug.names import check_name
from explorer.debug.numbers import count
from explorer.trace.passes import expected_nodes
from explorer.trace.replay import Replay, ScalarModel
from explorer.trace.trace import FloatArray, Trace
from microgpt import Config, Tokenizer

MOST_NODES = 1_000_000  # of a pass beside another one; it takes about 8 seconds
MOST_SHAPES = 2  # of models that are kept ready; each length of name has some MB

FAMILIAR = ("olivia", "ava", "emma")  # names to begin with


class CannotPassError(ValueError):
    """The pass cannot be made; the message is a sentence for the person.

    Attributes
    ----------
    suggestion : str or None
        A name that can be read instead.
    """

    def __init__(self, sentence: str, suggestion: str | None = None) -> None:
        super().__init__(sentence)
        self.suggestion = suggestion


@dataclass(frozen=True)
class Shape:
    """What replay depends on: the shape of a model, and its vocabulary."""

    config: Config
    letters: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class GivenModel:
    """A model by its numbers.

    Attributes
    ----------
    shape : Shape
    seed : int
        Only named in passes.
    parameters : float64 array, (parameters,)
    """

    shape: Shape
    seed: int
    parameters: FloatArray


def model_of(trace: Trace) -> GivenModel:
    """Return the model that made a pass over a document."""
    assert trace.document is not None
    shape = Shape(Config(**trace.document.config), trace.document.letters)
    return GivenModel(shape, trace.document.seed, trace.data[: trace.leaves])


def readable_name(typed: str, shape: Shape) -> str:
    """Return the name that a model reads of what was typed.

    Raises
    ------
    CannotPassError
        It cannot be read, or its pass would take too long.
    """
    tokenizer = Tokenizer(["".join(shape.letters)])
    check = check_name(typed, tokenizer, shape.config.block_size)
    if check.name is None:
        raise CannotPassError(check.message, check.suggestion)
    positions = min(len(check.name) + 1, shape.config.block_size)
    nodes = expected_nodes(shape.config, tokenizer.vocab_size, positions)
    if nodes > MOST_NODES:
        raise CannotPassError(
            f"A pass over “{check.name}” makes about {count(nodes)} nodes, which is too much to "
            "be made beside another one."
        )
    return check.name


class OtherPasses:
    """Makes passes by replay where it has proved right, and by the scalar code elsewhere.

    Threads take turns.
    """

    def __init__(self) -> None:
        self._makers: dict[Shape, tuple[Replay, ScalarModel]] = {}
        self._turn = Lock()

    def outcome(
        self, model: GivenModel, name: str, report: Callable[[float], None] | None = None
    ) -> Outcome:
        """Run a whole pass, and return what it came to.

        The first passes of each length take as long as recorded ones, further ones milliseconds.

        Parameters
        ----------
        model : GivenModel
        name : str
            One that the model can read.
        report : callable, optional
            Called before the pass begins, and when it is done; it may raise to give up.
        """
        with self._turn:
            if report is not None:
                report(0.0)
            trace = self._trace(model, name)
        if report is not None:
            report(1.0)
        if not has_parts(trace):
            raise CannotPassError(f"The pass over “{name}” failed before its first position.")
        return ComparedParts(trace, Anatomy(trace)).complete

    def _trace(self, model: GivenModel, name: str) -> Trace:
        replay, scalar = self._maker(model)
        try:
            trace = replay.trace(model.parameters, name)
            if not np.isnan(trace.data).any() or trace.failure is not None:
                return trace
        except (ArithmeticError, ValueError):  # the scalar code tells where it failed
            pass
        return scalar.trace(model.parameters, name)

    def _maker(self, model: GivenModel) -> tuple[Replay, ScalarModel]:
        maker = self._makers.pop(model.shape, None)
        if maker is None:
            tokenizer = Tokenizer(["".join(model.shape.letters)])
            scalar = ScalarModel(model.shape.config, tokenizer, model.seed)
            maker = Replay(scalar), scalar
        self._makers[model.shape] = maker  # the last to be forgotten
        if len(self._makers) > MOST_SHAPES:
            del self._makers[next(iter(self._makers))]
        return maker


def another_name(shape: Shape, taken: Collection[str]) -> str:
    """Return a name that a model can read and that is not among those taken."""
    longest = shape.config.block_size - 1
    for name in (*FAMILIAR, *(name[::-1] for name in taken), *shape.letters):
        readable = set(name) <= set(shape.letters) and 0 < len(name) <= longest
        if readable and name not in taken:
            return name
    return next(iter(taken), "")
