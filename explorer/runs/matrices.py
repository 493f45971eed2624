"""The matrices of a model after a training step: weights, gradient, Adam's means, and what changed.

All numbers of a kind stand in one array in state-dict order; a matrix is a part of it.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

import numpy as np

from explorer.runs.engine import State, norm
from explorer.runs.store import RunStore
from explorer.runs.weights import matrix_shapes
from explorer.trace.trace import FloatArray
from microgpt import Config, Tokenizer

BY_TOKEN = ("wte", "lm_head")  # a row a token of the vocabulary
BOS = "BOS"


class Quantity(StrEnum):
    """What is shown of each parameter."""

    WEIGHTS = "weights"
    GRADIENT = "gradient"
    UPDATE = "update"
    RATIO = "ratio"
    M = "m"
    V = "v"
    DIFFERENCE = "difference"


@dataclass(frozen=True)
class Matrix:
    """Where a matrix is among the parameters, and what its rows and columns are called.

    Attributes
    ----------
    name : str
        In the state dict.
    start : int
        Its first parameter.
    rows, columns : tuple of str
        Names: a letter for each token, and numbers.
    label : str
        Its name where there is little room: without the layer if there is only one.
    """

    name: str
    start: int
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    label: str

    @property
    def shape(self) -> tuple[int, int]:
        """Number of rows and columns."""
        return len(self.rows), len(self.columns)

    @property
    def part(self) -> slice:
        """Its parameters."""
        return slice(self.start, self.start + len(self.rows) * len(self.columns))

    def index(self, row: int, column: int) -> int:
        """Return the parameter of a cell."""
        return self.start + row * len(self.columns) + column

    def cell(self, index: int) -> tuple[int, int]:
        """Return row and column of one of its parameters."""
        return divmod(index - self.start, len(self.columns))

    def title(self, index: int) -> str:
        """Return what one of its parameters is called, such as ``wte[e][3]``."""
        row, column = self.cell(index)
        return f"{self.name}[{self.rows[row]}][{self.columns[column]}]"


@dataclass(frozen=True)
class ModelShape:
    """What a model looks like, whatever its numbers are.

    Attributes
    ----------
    config : Config
    letters : tuple of str
        Of the vocabulary; BOS is one more token.
    """

    config: Config
    letters: tuple[str, ...]

    @cached_property
    def matrices(self) -> tuple[Matrix, ...]:
        """All matrices in state-dict order."""
        found, start = [], 0
        tokens = (*self.letters, BOS)
        for name, (rows, columns) in matrix_shapes(self.config, len(tokens)).items():
            row_names = tokens if name in BY_TOKEN else _counted(rows)
            label = name.removeprefix("layer0.") if self.config.n_layer == 1 else name
            found.append(Matrix(name, start, row_names, _counted(columns), label))
            start += rows * columns
        return tuple(found)

    @property
    def size(self) -> int:
        """Number of parameters."""
        return sum(rows * columns for rows, columns in (m.shape for m in self.matrices))

    @cached_property
    def by_parameter(self) -> tuple[int, ...]:
        """The first parameter of each matrix, ascending."""
        return tuple(matrix.start for matrix in self.matrices)

    def matrix_of(self, index: int) -> Matrix:
        """Return the matrix that a parameter is in."""
        at = int(np.searchsorted(self.by_parameter, index, side="right")) - 1
        return self.matrices[at]


@dataclass(frozen=True)
class Statistics:
    """What is told of all numbers of a matrix; NaN if it has none."""

    least: float
    most: float
    mean: float
    deviation: float  # of the numbers themselves, not an estimate for others
    norm: float


@dataclass(frozen=True, eq=False)
class StepMatrices:
    """The numbers of all parameters after a step.

    Attributes
    ----------
    shape : ModelShape
    title : str
        What a person calls it, such as "step 500" or "step 500 of my run".
    state : State
        After the step.
    before : float64 array, (parameters,), or None
        The parameters before the step; None before the first step.
    gradient : float64 array, (parameters,), or None
        Of the step, before the update.

    Raises
    ------
    ValueError
        An array has another length than the shape has parameters.
    """

    shape: ModelShape
    title: str
    state: State
    before: FloatArray | None = None
    gradient: FloatArray | None = None

    def __post_init__(self) -> None:
        arrays = (self.state.parameters, self.state.m, self.state.v, self.before, self.gradient)
        lengths = {len(array) for array in arrays if array is not None}
        if lengths != {self.shape.size}:
            raise ValueError(f"the model has {self.shape.size} parameters, not {sorted(lengths)}")

    def numbers(self, quantity: Quantity, other: StepMatrices | None = None) -> FloatArray | None:
        """Return a quantity of all parameters, or None if there is no such thing.

        Parameters
        ----------
        quantity : Quantity
        other : StepMatrices, optional
            Of the same shape; the difference is to its weights.

        Returns
        -------
        float64 array, (parameters,), or None
        """
        if quantity is Quantity.GRADIENT:
            return self.gradient
        if quantity is Quantity.UPDATE:
            return self.update
        if quantity is Quantity.RATIO:
            return self.ratio
        if quantity is Quantity.DIFFERENCE:
            return None if other is None else self._difference(other)
        return {
            Quantity.WEIGHTS: self.state.parameters,
            Quantity.M: self.state.m,
            Quantity.V: self.state.v,
        }[quantity]

    @cached_property
    def update(self) -> FloatArray | None:
        """The parameters after the step less those before it."""
        if self.before is None:
            return None
        with np.errstate(all="ignore"):
            return self.state.parameters - self.before

    @cached_property
    def ratio(self) -> FloatArray | None:
        """The size of each update as a share of the weight that it changed.

        0 where nothing changed; infinite where a weight of exactly 0 did.
        """
        if self.update is None or self.before is None:
            return None
        sizes = np.abs(self.update)
        with np.errstate(all="ignore"):
            return np.where(sizes == 0, 0.0, sizes / np.abs(self.before))

    def update_ratio(self, matrix: Matrix) -> float | None:
        """Return the norm of a matrix's update as a share of the norm of its weights before."""
        if self.update is None or self.before is None:
            return None
        update, weights = norm(self.update[matrix.part]), norm(self.before[matrix.part])
        if weights == 0:
            return 0.0 if update == 0 else np.inf
        return update / weights

    def _difference(self, other: StepMatrices) -> FloatArray:
        with np.errstate(all="ignore"):
            return self.state.parameters - other.state.parameters


def statistics(numbers: FloatArray) -> Statistics:
    """Return least, most, mean, standard deviation and norm of numbers."""
    with np.errstate(all="ignore"):
        return Statistics(
            float(numbers.min()),
            float(numbers.max()),
            float(numbers.mean()),
            float(numbers.std()),
            norm(numbers),
        )


def not_comparable(one: StepMatrices, other: StepMatrices) -> str | None:
    """Return one sentence that says why two models cannot be compared, or None if they can."""
    a, b = one.shape, other.shape
    if a.config != b.config:
        return (
            f"{one.title} and {other.title} cannot be compared: one model has "
            f"{_layers(a.config)}, the other {_layers(b.config)}."
        )
    if a.letters != b.letters:
        return f"{one.title} and {other.title} cannot be compared: they know different letters."
    return None


def matrix_csv(matrix: Matrix, numbers: FloatArray) -> str:
    """Return a matrix as CSV with names of rows and columns, every number with all its bits.

    Parameters
    ----------
    matrix : Matrix
    numbers : float64 array, (parameters,)
        Of the whole model.
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow((matrix.name, *matrix.columns))
    rows = numbers[matrix.part].reshape(matrix.shape).tolist()
    for name, row in zip(matrix.rows, rows, strict=True):
        writer.writerow((name, *map(repr, row)))
    return text.getvalue()


def shape_of(store: RunStore, run: int) -> ModelShape:
    """Return the shape of a run's model; it never changes, so keep it for many steps."""
    letters = Tokenizer(store.dataset(run).documents).letters
    return ModelShape(store.run(run).settings.config, tuple(letters))


def matrices_at(
    store: RunStore, run: int, step: int, shape: ModelShape, title: str | None = None
) -> StepMatrices:
    """Return the matrices of a run after a step, 0 for those that it began with.

    Raises
    ------
    StoreError
        There is no such step.
    """
    title = f"step {step}" if title is None else title
    if step == 0:
        return StepMatrices(shape, title, store.checkpoint(run, 0))
    before = store.checkpoint(run, step - 1).parameters  # first: the next one follows from it
    gradient = store.gradient(run, step)
    return StepMatrices(shape, title, store.checkpoint(run, step), before, gradient)


def _counted(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


def _layers(config: Config) -> str:
    layers = "1 layer" if config.n_layer == 1 else f"{config.n_layer} layers"
    return (
        f"{layers} of width {config.n_embd} with {config.n_head} heads and "
        f"{config.block_size} positions"
    )
