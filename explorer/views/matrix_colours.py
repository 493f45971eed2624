"""What a quantity of all parameters looks like: colours, their scale, and statistics."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.runs.matrices import (
    Matrix,
    ModelShape,
    Quantity,
    Statistics,
    StepMatrices,
    not_comparable,
    statistics,
)
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.trace.trace import FloatArray

RATIO_DECADES = 6  # the scale of ratios ends at 1, and begins so many powers of ten below
RULE_OF_THUMB = 1e-3  # of the norm of an update to the norm of the weights
UNSIGNED = (Quantity.RATIO, Quantity.V)

Limits = Mapping[Quantity, float]


@dataclass(frozen=True, eq=False)
class Scene:
    """A step, ready to be drawn.

    Attributes
    ----------
    step : StepMatrices
    other : StepMatrices or None
        To compare with; of the same shape.
    quantity : Quantity
    numbers : float64 array, (parameters,), or None
        None if the step has no such numbers.
    limit : float
        The end of the scale.
    indices : uint8 array, (parameters,)
        In the palette.
    pixels : uint32 array, (parameters,)
        ARGB.
    statistics : dict of Matrix to Statistics
        Empty if there are no numbers.
    ratios : dict of Matrix to float
        Norm of the update to norm of the weights; empty before the first step.
    """

    step: StepMatrices
    other: StepMatrices | None
    quantity: Quantity
    numbers: FloatArray | None
    limit: float
    indices: Indices
    pixels: npt.NDArray[np.uint32]
    statistics: Mapping[Matrix, Statistics]
    ratios: Mapping[Matrix, float]

    @property
    def shape(self) -> ModelShape:
        """The model's shape."""
        return self.step.shape


def make_scene(
    step: StepMatrices,
    other: StepMatrices | None,
    quantity: Quantity,
    limits: Limits,
    table: npt.NDArray[np.uint32],
) -> Scene:
    """Return a step as it is drawn.

    Parameters
    ----------
    step : StepMatrices
    other : StepMatrices or None
        Not used if it cannot be compared.
    quantity : Quantity
    limits : mapping of Quantity to float
        Ends of scales; where one is missing, the scale follows the numbers.
    table : uint32 array, (256,)
        The colours of the theme.
    """
    if other is not None and not_comparable(step, other) is not None:
        other = None
    numbers = step.numbers(quantity, other)
    matrices = step.shape.matrices
    if numbers is None:
        limit = limits.get(quantity, 1.0)
        indices = np.full(step.shape.size, palette.UNBORN, np.uint8)
    else:
        limit = limits.get(quantity) or scale_end(numbers, quantity)
        indices = indices_of(numbers, quantity, limit)
    told = {} if numbers is None else {m: statistics(numbers[m.part]) for m in matrices}
    ratios = {m: ratio for m in matrices if (ratio := step.update_ratio(m)) is not None}
    pixels = np.ascontiguousarray(table[indices])
    return Scene(step, other, quantity, numbers, limit, indices, pixels, told, ratios)


def indices_of(numbers: FloatArray, quantity: Quantity, limit: float) -> Indices:
    """Return the palette index of each number of a quantity."""
    if quantity is not Quantity.RATIO:
        return palette.signed_indices(numbers, limit)
    indices = palette.size_indices(ratio_share(numbers))
    indices[numbers == 0] = palette.ZERO
    return indices


def ratio_share(ratios: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Return where ratios stand on their logarithmic scale, 0 to 1 and beyond."""
    with np.errstate(divide="ignore"):
        return 1 + np.log10(ratios) / RATIO_DECADES


def scale_end(numbers: FloatArray, quantity: Quantity) -> float:
    """Return where the scale of a quantity ends if it follows the numbers."""
    return 1.0 if quantity is Quantity.RATIO else palette.colour_limit(numbers)


def limits_over(steps: Iterable[StepMatrices], other: StepMatrices | None = None) -> Limits:
    """Return ends of scales that serve all of some steps, such as a few of a whole run.

    Parameters
    ----------
    steps : iterable of StepMatrices
    other : StepMatrices, optional
        That they are compared with.
    """
    found: dict[Quantity, float] = {}
    for step in steps:
        for quantity in Quantity:
            numbers = step.numbers(quantity, other)
            if numbers is not None and np.any(numbers):
                end = scale_end(numbers, quantity)
                found[quantity] = max(found.get(quantity, 0.0), end)
    return found
