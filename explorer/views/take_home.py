"""Lessons and steps to take home: asked for, made with progress, and told about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QProgressBar, QProgressDialog, QWidget

from explorer.debug.handout import Medium, SeriesRequest, step_moments
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Session
from explorer.theme.style import BODY, sans
from explorer.theme.tokens import Theme
from explorer.views.lecture_stage import Rectangle
from explorer.views.pass_loader import LoadedPass
from explorer.views.picture_series import new_series
from explorer.views.projection import lesson_pictures, step_pictures
from explorer.views.series_work import Pictures, SeriesWork
from explorer.views.take_home_dialog import Offer, TakeHomeDialog

WIDTH = 420  # pixels of the progress
THINGS = {Medium.HANDOUT: "handout", Medium.PICTURES: "pictures", Medium.FILM: "film"}


class TakeHome(QObject):
    """Makes one series of pictures at a time.

    Parameters
    ----------
    window : QWidget
        Where it asks.
    session : Session
    theme : Theme
        Of dialogs and pictures; it may be replaced.
    lesson : callable
        Returns the lesson that is open, None if none is.
    loaded : callable
        Returns the pass on show, None before the first.
    shown : callable
        Returns the view that steps are to be seen in, and the part of the map.
    """

    told = Signal(str)  # a sentence
    ended = Signal()  # whatever was made

    def __init__(
        self,
        window: QWidget,
        session: Session,
        theme: Theme,
        lesson: Callable[[], Lesson | None],
        loaded: Callable[[], LoadedPass | None],
        shown: Callable[[], tuple[StageView, Rectangle | None]],
    ) -> None:
        super().__init__(window)
        self._window, self._session, self.theme = window, session, theme
        self._lesson, self._loaded, self._shown = lesson, loaded, shown
        self._folder = Path.home()
        self._work: SeriesWork | None = None
        self.progress: QProgressDialog | None = None

    @property
    def is_busy(self) -> bool:
        """Whether something is being made."""
        return self._work is not None

    def ask(self) -> None:
        """Ask what to take home, and make it."""
        lesson, loaded = self._lesson(), self._loaded()
        stops = 0 if lesson is None else len(lesson.stops)
        if self._work is not None or (not stops and loaded is None):
            return
        offer = Offer(
            lesson=lesson.title if lesson is not None and stops else "",
            stops=stops,
            timeline=None if loaded is None else self._session.timeline,
            cursor=self._session.cursor,
            granularity=self._session.granularity,
            folder=self._folder,
        )
        dialog = TakeHomeDialog(self._window, self.theme, offer)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.requested.connect(self.make)
        dialog.open()

    def make(self, request: SeriesRequest) -> None:
        """Make a series of pictures."""
        pictures, title, count = self._pictures(request)
        what = THINGS[request.medium]
        several = request.medium is Medium.PICTURES
        failed = f"The {what} {'were' if several else 'was'} not made: "
        try:
            series = new_series(request, title, count)
        except OSError as error:
            self.told.emit(f"{failed}{error}.")
            return
        self._folder = request.path.parent
        self._work = work = SeriesWork(series, pictures, self)
        self.progress = progress = self._show_progress(f"Making the {what} “{title}”", count)
        progress.canceled.connect(self.close_down)
        work.progressed.connect(progress.setValue)
        verb = "are" if several else "is"
        work.done.connect(lambda: self.told.emit(f"The {what} {verb} in {request.path}."))
        work.failed.connect(lambda why: self.told.emit(f"{failed}{why}."))
        work.ended.connect(self._end)
        work.start()

    def close_down(self) -> None:
        """Give up what is being made."""
        if self._work is not None:
            self._work.cancel()

    def _pictures(self, request: SeriesRequest) -> tuple[Pictures, str, int]:
        """Return the pictures of a request, what the whole is called, and how many there are."""
        if request.first is None:
            lesson = self._lesson()
            assert lesson is not None
            pictures = lesson_pictures(lesson, request, self.theme, self._window)
            return pictures, lesson.title, len(lesson.stops)
        loaded, timeline = self._loaded(), self._session.timeline
        assert loaded is not None
        assert timeline is not None
        moments = step_moments(timeline, request.first, request.steps, request.granularity)
        steps = step_pictures(loaded, self._session, request, self.theme, *self._shown())
        document = timeline.trace.document
        return steps, f"Steps of {document.name if document else 'a pass'}", len(moments)

    def _show_progress(self, text: str, count: int) -> QProgressDialog:
        progress = QProgressDialog(text, "Cancel", 0, count, self._window)
        bar = QProgressBar(progress)
        bar.setTextVisible(False)  # it could not be read on the bar
        bar.setMaximum(count)
        progress.setBar(bar)
        progress.setFont(sans(self.theme.px(BODY)))
        progress.setWindowTitle("Take home")
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        progress.setMinimumDuration(0)
        progress.setMinimumWidth(self.theme.px(WIDTH))
        progress.setAutoReset(False)
        progress.setAutoClose(False)
        progress.setValue(0)
        return progress

    def _end(self) -> None:
        if self._work is not None:
            self._work.deleteLater()
            self._work = None
        if self.progress is not None:
            self.progress.close()
            self.progress.deleteLater()
            self.progress = None
        self.ended.emit()
