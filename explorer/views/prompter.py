"""The presenter's window of a lecture: when it is open, and what it tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication, QScreen

from explorer.debug.moment_caption import caption_of
from explorer.debug.session import Session
from explorer.debug.stopwatch import Stopwatch
from explorer.views.lecture_look import LectureLook
from explorer.views.lecture_window import LectureWindow
from explorer.views.next_stop import NextStop
from explorer.views.presenter_window import PresenterWindow, Script

if TYPE_CHECKING:
    from explorer.views.lectern import Lectern


class Prompter(QObject):
    """Tells the presenter what is said now and what comes next, as long as anybody sees it.

    Parameters
    ----------
    session : Session
    look : LectureLook
    parent : QObject

    Attributes
    ----------
    window : PresenterWindow or None
        None before it is first asked for.
    is_open : bool
        Whether the window is open.
    watch : Stopwatch
        Of the lecture; it outlives the window.
    """

    closed = Signal()

    def __init__(self, session: Session, look: LectureLook, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._look = session, look
        self._lectern: Lectern | None = None
        self.window: PresenterWindow | None = None
        self.is_open = False
        self._next_stop = NextStop()
        self.watch = Stopwatch()
        for signal in (session.cursor_moved, session.opened, session.granularity_changed):
            signal.connect(self.prompt)

    def use(self, lectern: Lectern) -> None:
        """Tell of the stops of the lesson that is open there, if there is one."""
        self._lectern = lectern
        lectern.moved.connect(self.prompt)

    def open(self, audience: LectureWindow, screen: QScreen) -> PresenterWindow:
        """Open the window on a display, and return it.

        Parameters
        ----------
        audience : LectureWindow
            What the audience sees, and what keys and buttons are for.
        screen : QScreen
        """
        self.window = window = PresenterWindow(self._look.near, self.watch)
        self.is_open = True
        window.acted.connect(audience.act)
        window.closed.connect(self._on_closed)
        self.move_to(screen)
        window.live.show_window(audience)
        self.prompt()
        return window

    def move_to(self, screen: QScreen) -> None:
        """Let the window be on a display."""
        if self.window is not None and self.is_open:
            self.window.show_on(screen, fills=len(QGuiApplication.screens()) > 1)

    def close(self) -> None:
        """Close the window."""
        if self.window is not None:
            self.window.close()

    def follow(self) -> None:
        """Let the presenter see what the audience sees."""
        if self.window is not None:
            self.window.live.refresh()

    def prompt(self) -> None:
        """Tell what there is to say."""
        if self.window is not None and self.is_open:
            self.window.show_script(self._script())

    def look_ahead(self) -> bool:
        """Show what comes next; return whether that cannot be seen yet, and has to be tried again.

        It takes longer than a step may: there should be nobody who waits.
        """
        if self.window is None or not self.is_open or self._lectern is None:
            return False
        self.window.show_next(self._next_stop.picture(self._lectern, self._look.theme))
        return self._next_stop.waits

    def _on_closed(self) -> None:
        self.is_open = False
        self._next_stop.close()
        self.closed.emit()

    def _script(self) -> Script:
        lectern, timeline = self._lectern, self._session.timeline
        if lectern is not None and lectern.lesson is not None and lectern.stop is not None:
            return Script.of_stop(lectern.lesson, lectern.at or 0, lectern.caption.html)
        if timeline is None:
            return Script()
        size = f"A step is one {self._session.granularity.value}."
        return Script.of_moment(caption_of(timeline, self._session.cursor), size, self._look.theme)
