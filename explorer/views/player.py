"""Time that goes on by itself."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from explorer.debug.session import Session


class Player(QObject):
    """Steps the session while it plays; it pauses where a breakpoint hits, and at the ends.

    Parameters
    ----------
    session : Session
    parent : QObject
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step)
        session.play_changed.connect(self._follow)

    def _follow(self) -> None:
        if not self._session.playing:
            self._timer.stop()
            return
        self._timer.setInterval(round(1000 / self._session.speed))
        if not self._timer.isActive():
            self._timer.start()

    def _step(self) -> None:
        session, before = self._session, self._session.cursor
        session.step_to_breakpoint(session.playing)
        timeline = session.timeline
        ended = timeline is None or session.cursor in (0, timeline.end)
        if ended or session.cursor == before or session.breakpoints.hit_at(session.cursor):
            session.play(0)
