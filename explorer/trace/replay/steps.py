"""What a compiled program does, step by step: each step computes many numbers by few calls.

Every number comes out with the same bits as from Python's floats. Sums run along the first axis,
where numpy adds row after row; each array has at least two columns, as numpy adds up a single one
in pairs. exp, log and powers go through Python: numpy's own differ in the last bit.
"""

from __future__ import annotations

from math import exp, log
from typing import Protocol

import numpy as np

from explorer.trace.replay.graph import Indices
from explorer.trace.trace import FloatArray

WIDE = 100  # columns from which numpy is slower down an array than row by row


class Step(Protocol):
    """Some units of one kind that do not depend on each other.

    Attributes
    ----------
    inputs : int array
        Where the inputs lie among the values.
    out : slice
        Where the results lie.
    """

    inputs: Indices
    out: slice

    def bind(self, values: FloatArray, scratch: FloatArray) -> None:
        """Say where the values are that it will read and write.

        `scratch` has room for all inputs; other steps use it, too.
        """

    def run(self) -> None:
        """Compute the units."""


def gather(values: FloatArray, index: Indices, out: FloatArray) -> FloatArray:
    """Copy ``values[index]`` into `out` and return it."""
    # With the default mode numpy would make a copy of `out` first, to keep it from bad indices.
    return values.take(index, out=out, mode="clip")


class SumStep:
    """Sums of terms, each a number or a product of two.

    Parameters
    ----------
    inputs : int array, (1 or 2, terms, sums)
        The numbers, or the two factors.
    out : slice
    from_zero : bool
        The sums start from +0.0.
    terms_out, sums_out : slice
        For the terms, row by row, and for the sums up to each term.
    """

    def __init__(
        self,
        inputs: Indices,
        out: slice,
        from_zero: bool,
        terms_out: slice,
        sums_out: slice,
    ) -> None:
        self.inputs, self.out, self.from_zero = inputs, out, from_zero
        self._initial = 0.0 if from_zero else -0.0  # -0.0 + x is x, for both zeros
        self.terms_out, self.sums_out = terms_out, sums_out

    def bind(self, values: FloatArray, scratch: FloatArray) -> None:
        """Say where the values are that it will read and write."""
        self._values, self._out = values, values[self.out]
        self._a, *self._b = self.inputs
        self._terms = values[self.terms_out].reshape(self._a.shape)
        self._sums = values[self.sums_out].reshape(self._a.shape)
        self._factors = scratch[: self._a.size].reshape(self._a.shape)
        self._rows = list(zip(self._sums, self._terms[1:], self._sums[1:], strict=False))

    def run(self) -> None:
        """Compute the units."""
        gather(self._values, self._a, self._terms)
        for b in self._b:
            gather(self._values, b, self._factors)
            np.multiply(self._terms, self._factors, out=self._terms)
        np.add.reduce(self._terms, axis=0, initial=self._initial, out=self._out)

    def run_sums(self) -> None:
        """Compute the sums up to each term, too."""
        if self._a.shape[1] < WIDE:
            np.add.accumulate(self._terms, axis=0, out=self._sums)
            if self.from_zero:
                np.add(self._sums, 0.0, out=self._sums)
            return
        # Down the columns, numpy takes ten times as long as row by row.
        np.add(self._terms[0], self._initial, out=self._sums[0])
        for before, term, after in self._rows:
            np.add(before, term, out=after)


class ProductStep:
    """Products; `inputs` is int array, (2, products)."""

    def __init__(self, inputs: Indices, out: slice) -> None:
        self.inputs, self.out = inputs, out

    def bind(self, values: FloatArray, scratch: FloatArray) -> None:
        """Say where the values are that it will read and write."""
        self._values, self._out = values, values[self.out]
        self._factors = scratch[: self.inputs.size].reshape(self.inputs.shape)

    def run(self) -> None:
        """Compute the units."""
        gather(self._values, self.inputs, self._factors)
        np.multiply(self._factors[0], self._factors[1], out=self._out)


class FunctionStep:
    """A function of one number each, and its derivative, which goes to `local`.

    Parameters
    ----------
    inputs : int array
        Each once.
    which : int array
        The input of each result, as an index into `inputs`.
    out, local : slice
    exponent : float
        Of a power.
    """

    def __init__(
        self, inputs: Indices, which: Indices, out: slice, local: slice, exponent: float = 1.0
    ) -> None:
        self.inputs, self.which = inputs, which
        self.out, self.local, self.exponent = out, local, exponent

    def bind(self, values: FloatArray, scratch: FloatArray) -> None:
        """Say where the values are that it will read and write."""
        self._values, self._out, self._local = values, values[self.out], values[self.local]

    def run(self) -> None:
        """Compute the units."""
        result, derivative = self.function(self._values.take(self.inputs))
        result.take(self.which, out=self._out, mode="clip")
        derivative.take(self.which, out=self._local, mode="clip")

    def function(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return f(x) and f'(x)."""
        raise NotImplementedError


class ExpStep(FunctionStep):
    """Exponentials."""

    def function(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return exp(x) twice."""
        result = np.array([exp(number) for number in x.tolist()])
        return result, result


class LogStep(FunctionStep):
    """Natural logarithms."""

    def function(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return log(x) and 1/x."""
        return np.array([log(number) for number in x.tolist()]), 1 / x


class ReluStep(FunctionStep):
    """Rectified linear units."""

    def function(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return max(0, x), which is +0.0 unless x is positive, and 1 or 0."""
        positive = x > 0
        return np.where(positive, x, 0.0), positive.astype(np.float64)


class PowerStep(FunctionStep):
    """Powers with one exponent."""

    def function(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return x**n and n * x**(n - 1)."""
        exponent, numbers = self.exponent, x.tolist()
        return (
            np.array([number**exponent for number in numbers]),
            np.array([exponent * number ** (exponent - 1) for number in numbers]),
        )


class PeakStep:
    """Minus the largest of some numbers.

    Parameters
    ----------
    inputs : int array, (peaks, numbers)
        Where there are fewer numbers, the first stands more than once.
    which : int array
        The peak that each result is.
    out : slice
    """

    def __init__(self, inputs: Indices, which: Indices, out: slice) -> None:
        self.inputs, self.which, self.out = inputs, which, out

    def bind(self, values: FloatArray, scratch: FloatArray) -> None:
        """Say where the values are that it will read and write."""
        self._values, self._out = values, values[self.out]

    def run(self) -> None:
        """Compute the units."""
        # Python's max() and numpy's do not agree on which zero, or on NaN.
        peaks = np.array([-max(numbers) for numbers in self._values.take(self.inputs).tolist()])
        peaks.take(self.which, out=self._out, mode="clip")


class GradientStep:
    """Gradients, each the sum of its contributions in the order of the ledger.

    Parameters
    ----------
    local : int array, (contributions, gradients)
        Where the local gradients lie among the values.
    consumer : int array, (contributions, gradients)
        Where the consumers' gradients lie.
    out : slice
    unit : int
        Where 1.0 lies among the values.
    """

    def __init__(self, local: Indices, consumer: Indices, out: slice, unit: int) -> None:
        self.local, self.consumer, self.out = local, consumer, out
        self._passes_on = bool((local == unit).all())  # nothing to multiply

    def bind(self, values: FloatArray, grads: FloatArray, scratch: FloatArray) -> None:
        """Say where the values and the gradients are; `scratch` has room for twice the cells."""
        self._values, self._grads, self._out = values, grads, grads[self.out]
        both = scratch[: 2 * self.local.size].reshape(2, *self.local.shape)
        self._contributions, self._locals = both

    def run(self) -> None:
        """Add them up."""
        gather(self._grads, self.consumer, self._contributions)
        if not self._passes_on:
            gather(self._values, self.local, self._locals)
            np.multiply(self._locals, self._contributions, out=self._contributions)
        np.add.reduce(self._contributions, axis=0, initial=0.0, out=self._out)
