"""A batch of names as rows in an order, and what they have in common."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum
from statistics import fmean

from explorer.debug import numbers
from explorer.debug.generation.batch import BatchName, BatchOrder
from explorer.debug.table import Table


class Order(Enum):
    """In which order the names stand."""

    DRAWN = "as drawn"
    LIKELY = "likeliest first"
    UNLIKELY = "least likely first"
    SHORT = "shortest first"
    LONG = "longest first"
    NEW = "new ones first"
    NAME = "by the alphabet"


class BatchTable:
    """The names that a batch has found so far.

    Parameters
    ----------
    order : BatchOrder
        What was asked for.
    stands_in_data : callable
        Whether a name stands in the data set.
    """

    def __init__(self, order: BatchOrder, stands_in_data: Callable[[str], bool]) -> None:
        self.asked = order
        self._stands_in_data = stands_in_data
        self._names: list[BatchName] = []

    @property
    def names(self) -> Sequence[BatchName]:
        """The names in the order in which they were drawn."""
        return self._names

    def add(self, name: BatchName) -> None:
        """Add the next name; another thread may call this."""
        self._names.append(name)

    def is_new(self, name: BatchName) -> bool:
        """Return whether a name does not stand in the data set."""
        return not self._stands_in_data(name.name)

    def sorted(self, order: Order) -> list[BatchName]:
        """Return the names in an order; equals stand as they were drawn."""
        names = list(self._names)
        if order is Order.LIKELY:
            names.sort(key=lambda one: -one.probability)
        elif order is Order.UNLIKELY:
            names.sort(key=lambda one: one.probability)
        elif order in (Order.SHORT, Order.LONG):
            way = 1 if order is Order.SHORT else -1
            names.sort(key=lambda one: way * len(one.name))
        elif order is Order.NEW:
            names.sort(key=self._stands_in_data_of)
        elif order is Order.NAME:
            names.sort(key=lambda one: one.name)
        return names

    def starts_up_to(self, name: BatchName) -> list[int]:
        """Return how many random numbers were drawn before each name up to this one."""
        return [one.start for one in self._names[: name.number]]

    def summary(self) -> str:
        """Say what the names have in common."""
        if not self._names:
            return ""
        count = len(self._names)
        new = sum(map(self.is_new, self._names))
        different = len({one.name for one in self._names})
        parts = [
            f"{numbers.count(new)} of {numbers.count(count)} new ({numbers.percent(new / count)})",
            f"{numbers.count(different)} different",
            f"mean length {fmean(len(one.name) for one in self._names):.1f}",
        ]
        return " · ".join(parts)

    def origin(self) -> str:
        """Say with what they were drawn."""
        prefix = "".join(self.asked.letters[token] for token in self.asked.prefix)
        beginning = f", beginning “{prefix}”" if prefix else ""
        return f"Seed {self.asked.seed}, temperature {self.asked.temperature:g}{beginning}"

    def table(self, order: Order) -> Table | None:
        """Return the rows with every digit; None if there are none."""
        if not self._names:
            return None
        columns = (
            "number",
            "name",
            "length",
            f"probability at temperature {self.asked.temperature:g}",
            "probability at temperature 1",
            "in data set",
            "ended with BOS",
        )
        rows = []
        for one in self.sorted(order):
            known = int(not self.is_new(one))
            odds = (one.probability, one.own_probability)
            rows.append((one.number, one.name, len(one.name), *odds, known, int(one.ended)))
        return Table(columns, tuple(rows))

    def _stands_in_data_of(self, name: BatchName) -> bool:
        return self._stands_in_data(name.name)
