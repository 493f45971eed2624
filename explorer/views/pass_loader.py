"""Recording a pass off the window's thread, with progress and cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Event, Thread

from PySide6.QtCore import QObject, Signal

from explorer.layout.flows import Flow, find_flows
from explorer.layout.map_layout import MapLayout, layout_map
from explorer.trace.passes import Subject, record_pass
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.map_colours import MapColours

RECORDED = 0.75  # of the whole time; the rest is the time line, the layout and the colours


@dataclass(frozen=True)
class LoadedPass:
    """A pass with all that the window needs to show it."""

    timeline: Timeline
    layout: MapLayout
    flows: list[Flow]
    colours: MapColours


Progress = Callable[[float], None]
# Records a pass over a name, or another one that has this name.
Recorder = Callable[[Subject, str, Progress], Trace]


class _CancelledError(Exception):
    pass


def load_pass(
    subject: Subject,
    name: str,
    progress: Progress | None = None,
    recorder: Recorder = record_pass,
) -> LoadedPass:
    """Record a pass over a name, and make it ready to be shown."""
    return load_trace(lambda report: recorder(subject, name, report), progress)


def load_trace(make: Callable[[Progress], Trace], progress: Progress | None = None) -> LoadedPass:
    """Make a pass, lay out its map and prepare its colours.

    Parameters
    ----------
    make : callable
        Makes the trace; called with a function that it tells how much is done.
    progress : callable, optional
        Called with how much is done, 0 to 1; it may raise to give up.
    """
    report = progress or (lambda share: None)
    trace = make(lambda share: report(share * RECORDED))
    report(RECORDED)
    timeline = Timeline(trace)
    report((1 + RECORDED) / 2)
    layout = layout_map(trace)
    loaded = LoadedPass(timeline, layout, find_flows(trace, layout), MapColours(timeline))
    report(1.0)
    return loaded


class _Work(QObject):
    """One pass in the making, on a thread that does not keep the process alive.

    A pass can only be given up between its stages and while it is recorded. What is left of it
    must neither hold up the end of the program nor be destroyed with the window, as a QThread
    would be.
    """

    progressed = Signal(float)
    loaded = Signal(object)
    failed = Signal(str)
    ended = Signal()

    def __init__(self, subject: Subject, name: str, recorder: Recorder, parent: QObject) -> None:
        super().__init__(parent)
        self._subject, self._name, self._recorder = subject, name, recorder
        self._cancelled = Event()
        self._percent = -1
        self._thread = Thread(target=self._run, name=f"pass over {name}", daemon=True)

    @property
    def is_cancelled(self) -> bool:
        return self._cancelled.is_set()

    def start(self) -> None:
        self._thread.start()

    def cancel(self) -> None:
        self._cancelled.set()

    def wait(self) -> None:
        self._thread.join()

    def _run(self) -> None:
        try:
            self._make()
            self.ended.emit()
        except RuntimeError:  # the window, and this object with it, is gone
            if not self.is_cancelled:
                raise

    def _make(self) -> None:
        try:
            loaded = load_pass(self._subject, self._name, self._report, self._recorder)
        except _CancelledError:
            return
        except Exception as error:  # the observed code may fail in any way
            what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.failed.emit(f"The pass over “{self._name}” failed ({what}).")
        else:
            self.loaded.emit(loaded)

    def _report(self, share: float) -> None:
        if self.is_cancelled:
            raise _CancelledError
        if int(100 * share) > self._percent:
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
        self._next: tuple[str, Recorder] | None = None

    @property
    def is_running(self) -> bool:
        """Whether a pass is being made."""
        return self._work is not None

    def use(self, subject: Subject) -> None:
        """Make the passes that are asked for from now on with another model."""
        self._subject = subject

    def load(self, name: str, recorder: Recorder = record_pass) -> None:
        """Start making a pass; `loaded` or `failed` tells how it went."""
        if self._work is not None:
            self._next = name, recorder
            self._work.cancel()
            return
        self._work = work = _Work(self._subject, name, recorder, self)
        work.progressed.connect(self._progress)
        work.loaded.connect(self._accept)
        work.failed.connect(self._fail)
        work.ended.connect(self._finish)
        self.started.emit(name)
        work.start()

    def cancel(self) -> None:
        """Give up the pass that is being made; it is not shown, even if it is just finished."""
        self._next = None
        if self._work is not None:
            self._work.cancel()

    def wait(self) -> None:
        """Wait until the thread that was started last has ended."""
        if self._work is not None:
            self._work.wait()

    def _progress(self, share: float) -> None:
        if self._work is not None and not self._work.is_cancelled:
            self.progressed.emit(share)

    def _accept(self, loaded: LoadedPass) -> None:
        if self._work is not None and not self._work.is_cancelled:
            self.loaded.emit(loaded)

    def _fail(self, sentence: str) -> None:
        if self._work is not None and not self._work.is_cancelled:
            self.failed.emit(sentence)

    def _finish(self) -> None:
        assert self._work is not None
        self._work.wait()
        self._work.deleteLater()
        self._work = None
        following, self._next = self._next, None
        if following is not None:
            self.load(*following)
        else:
            self.ended.emit()
