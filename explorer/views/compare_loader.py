"""Making passes beside the one on show, off the window's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from explorer.debug.anatomy.comparison import Outcome
from explorer.debug.anatomy.other_passes import (
    CannotPassError,
    GivenModel,
    OtherPasses,
    readable_name,
)
from explorer.trace.passes import digest
from explorer.views.background import Background

MOST_KEPT = 64  # outcomes; each has some kB


@dataclass(frozen=True, eq=False)
class _Request:
    model: GivenModel
    name: str
    key: Hashable


class CompareLoader(QObject):
    """Makes one pass at a time; of what a column asked for, only the last counts.

    What is not wanted any more when it is done is kept, but not told.
    """

    began = Signal(int)  # a column whose pass takes a moment
    made = Signal(int, object)  # a column and its Outcome
    failed = Signal(int, str, str)  # a column, a sentence, and a name that could be read instead

    def __init__(self) -> None:
        super().__init__()
        self._passes = OtherPasses()
        self._kept: OrderedDict[Hashable, Outcome] = OrderedDict()
        self._wanted: dict[int, _Request] = {}
        self._work: Background | None = None
        self._running: _Request | None = None

    @property
    def is_running(self) -> bool:
        """Whether a pass is being made."""
        return self._work is not None

    def want(self, column: int, model: GivenModel, typed: str) -> None:
        """Ask for the outcome of a name; `made` or `failed` tells it, at once if it is known."""
        self._wanted.pop(column, None)
        try:
            name = readable_name(typed, model.shape)
        except CannotPassError as error:
            self.failed.emit(column, str(error), error.suggestion or "")
            return
        key = model.shape, model.seed, digest(model.parameters), name
        if key in self._kept:
            self._kept.move_to_end(key)
            self.made.emit(column, self._kept[key])
            return
        self._wanted[column] = _Request(model, name, key)
        self.began.emit(column)
        self._go_on()

    def take_over(self, old: CompareLoader) -> None:
        """Go on with what another loader has made, and is making."""
        self._passes, self._kept = old._passes, old._kept
        self._work, self._running = old._work, old._running
        if self._work is not None:
            self._work.done.disconnect(old._accept)
            self._work.failed.disconnect(old._fail)
            self._follow(self._work)

    def _follow(self, work: Background) -> None:
        work.done.connect(self._accept)
        work.failed.connect(self._fail)

    def give_up(self, column: int | None = None) -> None:
        """Nothing is wanted any more by a column, or by all."""
        if column is None:
            self._wanted.clear()
        else:
            self._wanted.pop(column, None)

    def wait(self) -> None:
        """Wait until the thread that was started last has ended."""
        if self._work is not None:
            self._work.wait()

    def _go_on(self) -> None:
        if self._work is not None or not self._wanted:
            return
        self._running = request = next(iter(self._wanted.values()))
        self._work = work = Background(
            lambda report: self._passes.outcome(request.model, request.name, report),
            f"comparing {request.name}",
        )
        self._follow(work)
        work.start()

    def _accept(self, outcome: Outcome) -> None:
        request, columns = self._finish()
        self._kept[request.key] = outcome
        if len(self._kept) > MOST_KEPT:
            self._kept.popitem(last=False)
        for column in columns:
            self.made.emit(column, outcome)
        self._go_on()

    def _fail(self, sentence: str) -> None:
        for column in self._finish()[1]:
            self.failed.emit(column, sentence, "")
        self._go_on()

    def _finish(self) -> tuple[_Request, list[int]]:
        """Return what has come to its end, and the columns that waited for it."""
        assert self._running is not None
        request, self._running, self._work = self._running, None, None
        waited = [c for c, wanted in self._wanted.items() if wanted.key == request.key]
        for column in waited:
            del self._wanted[column]
        return request, waited
