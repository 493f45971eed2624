"""The debugger without a window: moments of the longest name, and continuing backwards."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from random import Random
from statistics import median, quantiles

from explorer.bench.table import LONG_NAME, Measurement, seconds
from explorer.debug.breakpoints import BreakOn, Breakpoint, Breakpoints
from explorer.debug.events import Events
from explorer.debug.inspection import inspect_node
from explorer.debug.stepping import Granularity, Stepper
from explorer.trace.passes import record_pass, untrained
from explorer.trace.timeline import Timeline
from microgpt import Config

MOMENTS = 200
CONDITION = 'abs(grad) > 1e9 and op == "mul" or isnan(data)'  # never true: all events are looked at


def debugger() -> Iterator[Measurement]:
    """Time the whole state at random moments, and the search for a condition that never holds."""
    timeline = Timeline(record_pass(untrained(Config()), LONG_NAME))
    rng = Random(1)
    moments = [rng.randint(0, timeline.end) for _ in range(MOMENTS)]

    def seek(cursor: int) -> None:
        timeline.data_at(cursor)
        timeline.grad_at(cursor)
        timeline.grad_states_at(cursor)
        node = timeline.moment(cursor).node
        inspect_node(timeline, cursor, timeline.trace.telling_node if node is None else node)

    seeks = [1000 * seconds(partial(seek, cursor)) for cursor in moments]
    yield Measurement("state at a random moment, median", median(seeks), "ms")
    slowest = quantiles(seeks, n=20, method="inclusive")[-1]
    yield Measurement("state at a random moment, p95", slowest, "ms", 5.0)

    def continue_back() -> None:
        breakpoints = Breakpoints()
        breakpoints.open(Events(timeline))
        breakpoints.add(Breakpoint(BreakOn.CONDITION, text=CONDITION))
        breakpoints.next_stop(timeline.end, -1)

    backs = [seconds(continue_back) for _ in range(5)]
    yield Measurement("back to a condition, all events", median(backs), "s", 0.3)
    stepper = Stepper(timeline)
    first = seconds(lambda: [stepper.stops(granularity) for granularity in Granularity])
    yield Measurement("stops of all granularities, once", first, "s")
