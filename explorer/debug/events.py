"""All events of a pass as columns: what each changed, and what the node's numbers were then."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from explorer.debug.stepping import position_of_nodes
from explorer.trace.timeline import Timeline

OF_NUMBERS = ("data", "grad", "added", "local")
PHASES = ("forward", "backward", "update")


@dataclass(frozen=True, eq=False)
class Words:
    """A column of words, each a number that stands for one of a few.

    Attributes
    ----------
    codes : int array, (events,)
        Into `names`.
    names : tuple of str
    """

    codes: npt.NDArray[Any]
    names: tuple[str, ...]

    def equal(self, word: str) -> npt.NDArray[np.bool_]:
        """Return where the word stands."""
        return np.isin(self.codes, [i for i, name in enumerate(self.names) if name == word])

    def text(self) -> npt.NDArray[np.str_]:
        """Return the words themselves."""
        return np.take(np.array(self.names), self.codes)


class Events:
    """Columns of the events of a time line, each made when it is first asked for.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self._columns: dict[str, npt.NDArray[Any] | Words] = {}

    def with_numbers(self, timeline: Timeline) -> Events:
        """Return the same events with other numbers; all other columns stay."""
        other = Events(timeline)
        columns = self._columns.items()
        other._columns = {name: column for name, column in columns if name not in OF_NUMBERS}
        return other

    def __len__(self) -> int:
        return self.timeline.end

    def column(self, name: str) -> npt.NDArray[Any] | Words:
        """Return one column; its names are those that conditions know."""
        if name not in self._columns:
            self._columns[name] = MAKERS[name](self)
        return self._columns[name]

    def _data(self) -> npt.NDArray[np.float64]:
        timeline = self.timeline
        data = timeline.trace.data[timeline.event_target]
        if timeline.trace.update is not None:
            data[timeline.backward_end :] = timeline.trace.update.data
        return data

    def _grad(self) -> npt.NDArray[np.float64]:
        grad = self._of_contributions(self.timeline.total, 0.0)
        grad[self.timeline.forward_end : self.timeline.backward_start] = 1.0  # the seed
        return grad

    def _of_contributions(self, values: npt.NDArray[Any], other: float) -> npt.NDArray[Any]:
        column = np.full(len(self), other, values.dtype)
        column[self.timeline.backward_start : self.timeline.backward_end] = values
        return column

    def _line(self) -> npt.NDArray[Any]:
        trace = self.timeline.trace
        lines = np.array([*(site.line for site in trace.sites), 0])  # the last one: of no site
        return lines[trace.site[self.timeline.event_target]]

    def _fan_out(self) -> npt.NDArray[Any]:
        trace = self.timeline.trace
        used = np.bincount(trace.child, minlength=trace.nodes)
        return used[self.timeline.event_target]

    def _op(self) -> Words:
        trace = self.timeline.trace
        return Words(trace.op[self.timeline.event_target], trace.op_names)

    def _function(self) -> Words:
        trace = self.timeline.trace
        names = tuple(scope.function.rpartition(" ")[2] for scope in trace.scopes)
        return Words(trace.scope[self.timeline.event_target], names)

    def _phase(self) -> Words:
        timeline = self.timeline
        lengths = (
            timeline.forward_end,
            timeline.backward_end - timeline.forward_end,
            timeline.end - timeline.backward_end,
        )
        return Words(np.repeat(np.arange(3, dtype=np.uint8), lengths), PHASES)


def _local(events: Events) -> npt.NDArray[Any]:
    timeline = events.timeline
    return events._of_contributions(timeline.trace.local_grad[timeline.edge], 0.0)


# Kept by no object: in a circle of references, the numbers of each what-if would stay in memory.
MAKERS: dict[str, Callable[[Events], npt.NDArray[Any] | Words]] = {
    "data": Events._data,
    "grad": Events._grad,
    "added": lambda events: events._of_contributions(events.timeline.value, 0.0),
    "local": _local,
    "consumer": lambda events: events._of_contributions(events.timeline.consumer, -1),
    "node": lambda events: events.timeline.event_target,
    "position": lambda events: position_of_nodes(events.timeline.trace)[
        events.timeline.event_target
    ],
    "line": Events._line,
    "fan_out": Events._fan_out,
    "event": lambda events: np.arange(1, len(events) + 1),
    "op": Events._op,
    "function": Events._function,
    "phase": Events._phase,
}
