"""Making a series of pictures, a little at a time, so that the window goes on."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage

from explorer.debug.handout import Page
from explorer.views.picture_series import Series

PATIENCE = 10  # milliseconds until something that is busy is asked again

# The pictures one by one; None while the next one cannot be made yet.
Pictures = Iterator[tuple[QImage, Page] | None]


class SeriesWork(QObject):
    """Takes pictures from where they are made to where they are written.

    Parameters
    ----------
    series : Series
        Takes them.
    pictures : iterator
        Makes them; it may raise an `OSError` or a `ValueError` with a sentence without its full
        stop.
    parent : QObject
    """

    progressed = Signal(int)  # how many are made
    done = Signal()
    failed = Signal(str)  # a sentence without its full stop
    ended = Signal()  # after all of these, and if it was given up

    def __init__(self, series: Series, pictures: Pictures, parent: QObject) -> None:
        super().__init__(parent)
        self._series, self._pictures = series, pictures
        self._next: tuple[QImage, Page] | None = None
        self._made = 0
        self._is_complete = self._has_ended = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._go_on)

    def start(self) -> None:
        """Begin."""
        self._timer.start(0)

    def cancel(self) -> None:
        """Give it up, and leave nothing behind."""
        if not self._has_ended:
            self._series.give_up()
            self._end()

    def _go_on(self) -> None:
        try:
            busy = self._advance()
        except (OSError, ValueError) as error:
            self._series.give_up()
            self.failed.emit(str(error))
            self._end()
            return
        if self._has_ended:  # it was given up when somebody heard how far it is
            return
        if busy is None:
            self.done.emit()
            self._end()
        else:
            self._timer.start(PATIENCE if busy else 0)

    def _advance(self) -> bool | None:
        """Make or hand on one picture; return whether something is busy, None at the end."""
        if self._next is None and not self._is_complete:
            try:
                self._next = next(self._pictures)
            except StopIteration:
                self._is_complete = True
            return self._next is None and not self._is_complete
        if self._next is None:
            return None if self._series.finish() else True
        if not self._series.add(*self._next):
            return True
        self._next = None
        self._made += 1
        self.progressed.emit(self._made)
        return False

    def _end(self) -> None:
        self._has_ended = True
        self._timer.stop()
        self._pictures = iter(())  # with all that they are made from
        self.ended.emit()
