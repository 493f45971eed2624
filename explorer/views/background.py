"""Work off the window's thread, with progress and cancel."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from PySide6.QtCore import QObject, Signal

Report = Callable[[float], None]


class _CancelledError(Exception):
    pass


class Background(QObject):
    """One piece of work on a thread that does not keep the process alive.

    It has no parent: the thread may outlive the widget that waits for it.

    Parameters
    ----------
    work : callable
        Called with a function that it tells its progress, 0 to 1, and that ends it if it was
        cancelled. It may raise; a `ValueError` says what is wrong in a sentence.
    name : str
    """

    progressed = Signal(float)
    done = Signal(object)
    failed = Signal(str)  # a sentence for the person
    _ended = Signal(object, str)
    _told = Signal(float)

    def __init__(self, work: Callable[[Report], Any], name: str) -> None:
        super().__init__()
        self._work = work
        self._cancelled = Event()
        self._percent = -1
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._ended.connect(self._pass_on)  # on the window's thread
        self._told.connect(self._pass_progress_on)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def cancel(self) -> None:
        """Give it up; nothing is told any more, even if it is just finished."""
        self._cancelled.set()

    def wait(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()

    def _run(self) -> None:
        result, sentence = None, ""
        try:
            result = self._work(self._report)
        except _CancelledError:
            return
        except ValueError as error:
            sentence = str(error)
        except Exception as error:  # the observed code may fail in any way, and at any length
            first = str(error).partition("\n")[0]
            sentence = f"It failed ({type(error).__name__}: {first})."
        self._ended.emit(result, sentence)

    def _report(self, share: float) -> None:
        if self._cancelled.is_set():
            raise _CancelledError
        if int(100 * share) > self._percent:
            self._percent = int(100 * share)
            self._told.emit(share)

    def _pass_progress_on(self, share: float) -> None:
        if not self._cancelled.is_set():
            self.progressed.emit(share)

    def _pass_on(self, result: object, sentence: str) -> None:
        if self._cancelled.is_set():
            return
        if sentence:
            self.failed.emit(sentence)
        else:
            self.done.emit(result)
