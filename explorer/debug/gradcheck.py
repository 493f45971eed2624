"""The gradient check: the slope of the loss, measured, beside what backward() computed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from explorer.debug.whatif import Rerun
from explorer.trace.timeline import Timeline
from explorer.trace.trace import FloatArray

# Where the error of cutting off the series, about h^2, and that of rounding, about eps / h, are
# of the same size.
STEP = float(np.cbrt(np.finfo(np.float64).eps))
FLOOR = 1e-5  # gradients below it are as small as what rounding does to the measured slope
GOOD = 1e-4  # a relative error up to here is that of the method
CLOSER = 16  # how much smaller the step is with which a large error is looked at again
LIMITS = (1e-8, 1e-6, 1e-4)  # between the classes of relative errors

METHOD = (
    "The loss is computed with the number a little larger and a little smaller: "
    "(f(x + h) − f(x − h)) / 2h, with h = 6.06e−6 × max(1, |x|). The relative error is "
    "|measured − gradient| / max(|measured|, |gradient|, 1e−5): below 1e−5, rounding hides "
    "what could be seen."
)


def step_of(data: float) -> float:
    """Return the step h with which the slope at a number is measured."""
    return STEP * max(1.0, abs(data))


def relative_error(numeric: float, analytic: float) -> float:
    """Return how far two slopes are apart, relative to the larger one, or to `FLOOR`."""
    return abs(numeric - analytic) / max(abs(numeric), abs(analytic), FLOOR)


@dataclass(frozen=True)
class NodeCheck:
    """The check of one gradient.

    Attributes
    ----------
    node : int
    step : float
        How far the number was moved to each side.
    above, below : float
        The loss there.
    numeric, analytic : float
        The measured slope, and the gradient that backward() computed.
    kinks : int
        How many relu are on at one side and off at the other, if the error is large.
    closer : float or None
        The relative error with a step `CLOSER` times smaller, if the error is large.
    """

    node: int
    step: float
    above: float
    below: float
    numeric: float
    analytic: float
    kinks: int = 0
    closer: float | None = None

    @property
    def error(self) -> float:
        """The relative error, see `relative_error`."""
        return relative_error(self.numeric, self.analytic)

    @property
    def explanation(self) -> str:
        """Why the error is large, in a sentence; empty if it is not."""
        if self.error <= GOOD:
            return ""
        if self.kinks:
            return (
                f"{self.kinks} relu {'is' if self.kinks == 1 else 'are'} on at one side and off at "
                "the other: the loss has a kink there, and a slope across it says nothing."
            )
        if self.closer is not None and self.closer < self.error / 4:
            return (
                f"The loss bends within the step: with a step {CLOSER} times smaller the relative "
                f"error is {self.closer:.1e}."
            ).replace("e-", "e\N{MINUS SIGN}")
        return "No kink and no bend explains it: one would look for a mistake in backward()."


def check_node(rerun: Rerun, node: int) -> NodeCheck:
    """Check the gradient of one node, whatever it is.

    Raises
    ------
    CannotChangeError
        The code fails with a number that close, or the node cannot be changed.
    """
    trace = rerun.recorded.trace
    data, analytic = float(trace.data[node]), float(trace.grad[node])
    h = step_of(data)
    losses = rerun.loss({node: data + h}), rerun.loss({node: data - h})
    check = NodeCheck(node, h, *losses, _slope(data, h, *losses), analytic)
    if check.error <= GOOD:
        return check
    kinks = _kinks(rerun, node, data, h)
    small = h / CLOSER
    nearer = rerun.loss({node: data + small}), rerun.loss({node: data - small})
    closer = relative_error(_slope(data, small, *nearer), analytic)
    return NodeCheck(node, h, *losses, check.numeric, analytic, kinks, closer)


def _slope(data: float, h: float, above: float, below: float) -> float:
    """Return the slope between two points; the points are not exactly 2h apart, being floats."""
    return (above - below) / ((data + h) - (data - h))


def _kinks(rerun: Rerun, node: int, data: float, h: float) -> int:
    """Return how many relu are on at one side and off at the other."""
    trace = rerun.recorded.trace
    if "relu" not in trace.op_names:
        return 0
    relus = trace.op == trace.op_names.index("relu")
    above, below = rerun.trace({node: data + h}), rerun.trace({node: data - h})
    return int(np.count_nonzero((above.data[relus] > 0) != (below.data[relus] > 0)))


@dataclass(frozen=True, eq=False)
class ParametersCheck:
    """The check of all parameters.

    Attributes
    ----------
    numeric, analytic : float64 arrays, (parameters,)
    worst : NodeCheck
        That of the parameter with the largest relative error, looked at closely.
    """

    numeric: FloatArray
    analytic: FloatArray
    worst: NodeCheck

    def __len__(self) -> int:
        return len(self.numeric)

    @cached_property
    def errors(self) -> FloatArray:
        """The relative error of each parameter."""
        return _relative_errors(self.numeric, self.analytic)

    @property
    def median(self) -> float:
        """The relative error that half of the parameters stay below."""
        return float(np.median(self.errors))

    @property
    def exact(self) -> int:
        """How many parameters the loss does not depend on, measured and computed alike."""
        return int(np.count_nonzero((self.numeric == 0) & (self.analytic == 0)))

    @cached_property
    def classes(self) -> tuple[int, ...]:
        """How many relative errors are below each of `LIMITS` but above the last, and the rest."""
        counts: npt.NDArray[np.int64] = np.bincount(
            np.searchsorted(LIMITS, self.errors), minlength=len(LIMITS) + 1
        )
        return tuple(counts.tolist())


def check_parameters(
    rerun: Rerun, report: Callable[[float], None] | None = None
) -> ParametersCheck:
    """Check the gradients of all parameters.

    Parameters
    ----------
    rerun : Rerun
    report : callable, optional
        Called with how much is done, 0 to 1; it may raise to give up.

    Raises
    ------
    CannotChangeError
        The code fails with a number that close.
    """
    trace = rerun.recorded.trace
    count = parameter_count(rerun.recorded)
    analytic = trace.grad[:count]
    numeric = np.empty(count)
    for node, data in enumerate(trace.data[:count].tolist()):
        h = step_of(data)
        losses = rerun.loss({node: data + h}), rerun.loss({node: data - h})
        numeric[node] = _slope(data, h, *losses)
        if report is not None:
            report((node + 1) / count)
    worst = int(_relative_errors(numeric, analytic).argmax())
    return ParametersCheck(numeric, analytic, check_node(rerun, worst))


def parameter_count(timeline: Timeline) -> int:
    """Return how many of the leaves have a name: the parameters."""
    matrices = timeline.trace.parameters
    return matrices[-1].stop if matrices else 0


def _relative_errors(numeric: FloatArray, analytic: FloatArray) -> FloatArray:
    larger = np.maximum(np.abs(numeric), np.abs(analytic))
    errors: FloatArray = np.abs(numeric - analytic) / np.maximum(larger, FLOOR)
    return errors
