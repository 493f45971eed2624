"""Recording a pass off the window's thread, with progress and cancel."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event

from PySide6.QtCore import QObject, QThread, Signal

from explorer.layout.map_layout import MapLayout, layout_map
from explorer.trace.passes import Subject, expected_nodes, record_pass
from explorer.trace.timeline import Timeline

RECORDING_SHARE = 0.6  # of the whole time; the rest is backward, columns and layout


@dataclass(frozen=True)
class LoadedPass:
    """A pass with all that the window needs to show it."""

    timeline: Timeline
    layout: MapLayout


class _CancelledError(Exception):
    pass


def load_pass(subject: Subject, name: str) -> LoadedPass:
    """Record a pass and lay out its map."""
    trace = record_pass(subject, name)
    return LoadedPass(Timeline(trace), layout_map(trace))


class _Work(QThread):
    """One pass in the making."""

    progressed = Signal(float)
    loaded = Signal(object)
    failed = Signal(str)

    def __init__(self, subject: Subject, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._subject, self._name = subject, name
        self._cancelled = Event()
        self._percent = -1
        config, vocabulary = subject.model.config, subject.tokenizer.vocab_size
        positions = min(config.block_size, len(name) + 1)
        self._expected = expected_nodes(config, vocabulary, positions)

    def cancel(self) -> None:
        self._cancelled.set()

    def run(self) -> None:
        try:
            trace = record_pass(self._subject, self._name, self._progress)
            self._report(0.8)
            timeline = Timeline(trace)
            self._report(0.9)
            self.loaded.emit(LoadedPass(timeline, layout_map(trace)))
        except _CancelledError:
            pass
        except (ArithmeticError, ValueError, MemoryError, RecursionError) as error:
            self.failed.emit(
                f"The pass over “{self._name}” failed: {error or type(error).__name__}."
            )

    def _progress(self, nodes: int) -> None:
        self._report(min(nodes / self._expected, 1.0) * RECORDING_SHARE)

    def _report(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        if int(100 * share) != self._percent:
            self._percent = int(100 * share)
            self.progressed.emit(share)


class PassLoader(QObject):
    """Makes passes one at a time; a new one replaces one that is under way.

    Parameters
    ----------
    subject : Subject
    parent : QObject
    """

    started = Signal(str)
    progressed = Signal(float)  # 0 to 1
    loaded = Signal(object)  # a LoadedPass
    failed = Signal(str)  # a sentence for the person
    ended = Signal()  # after loaded, failed and cancelled alike

    def __init__(self, subject: Subject, parent: QObject) -> None:
        super().__init__(parent)
        self._subject = subject
        self._work: _Work | None = None
        self._next: str | None = None

    @property
    def is_running(self) -> bool:
        """Whether a pass is being made."""
        return self._work is not None

    def load(self, name: str) -> None:
        """Start making a pass; `loaded` or `failed` tells how it went."""
        if self._work is not None:
            self._next = name
            self._work.cancel()
            return
        self._work = work = _Work(self._subject, name, self)
        work.progressed.connect(self.progressed)
        work.loaded.connect(self.loaded)
        work.failed.connect(self.failed)
        work.finished.connect(self._finish)
        self.started.emit(name)
        work.start()

    def cancel(self) -> None:
        """Give up the pass that is being made."""
        self._next = None
        if self._work is not None:
            self._work.cancel()

    def shut_down(self) -> None:
        """Give up, and wait until the thread has ended."""
        self.cancel()
        if self._work is not None:
            self._work.wait()

    def _finish(self) -> None:
        assert self._work is not None
        self._work.deleteLater()
        self._work = None
        name, self._next = self._next, None
        if name is not None:
            self.load(name)
        else:
            self.ended.emit()
