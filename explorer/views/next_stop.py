"""A picture of the stop that comes next, for the presenter alone."""

from __future__ import annotations

from PySide6.QtGui import QImage

from explorer.debug.lessons.passes import PassKey
from explorer.debug.lessons.stop import Stop
from explorer.debug.whatif import CannotChangeError
from explorer.theme.tokens import Theme
from explorer.views.lectern import Lectern
from explorer.views.lesson_passes import LessonPass
from explorer.views.projection import Projection

SIZE = (1280, 720)  # in which it is painted, so that it is as in a lecture; it is shown smaller


class NextStop:
    """Paints the next stop on a stage that nobody sees, when it is asked for while nobody waits.

    Stops at which a name is made up have no picture: to draw the name once more takes too long.

    Attributes
    ----------
    waits : bool
        Whether the picture that was asked for last has to be asked for again, since its pass is
        still in the making.
    """

    def __init__(self) -> None:
        self.waits = False
        self._projection: Projection | None = None
        self._theme: Theme | None = None
        self._painted: tuple[Stop, LessonPass] | None = None
        self._picture: QImage | None = None

    def picture(self, lectern: Lectern, theme: Theme) -> QImage | None:
        """Return what the audience will see at the stop after that of a lectern.

        Parameters
        ----------
        lectern : Lectern
        theme : Theme
            Of the lecture, not scaled.

        Returns
        -------
        QImage or None
            None after the last stop, or if it can't be painted, or not yet.
        """
        self.waits = False
        if lectern.lesson is None or lectern.at is None:
            return None
        stop = next(iter(lectern.lesson.stops[lectern.at + 1 :]), None)
        if stop is None or stop.drawing is not None:
            return None
        key = PassKey(stop.model, stop.state.name)
        made = lectern.passes.get(key)
        if made is None:
            self.waits = not lectern.passes.problem(key)
            return None
        if theme != self._theme:
            self.close()
            self._theme = theme
        if self._painted != (stop, made):
            self._painted, self._picture = (stop, made), self._paint(stop, made, theme)
        return self._picture

    def close(self) -> None:
        """Let the stage go, which is made anew if it is needed again."""
        self._painted = self._picture = None
        if self._projection is not None:
            self._projection.close()
            self._projection = None

    def _paint(self, stop: Stop, made: LessonPass, theme: Theme) -> QImage | None:
        if self._projection is None:
            self._projection = Projection(theme, SIZE)
        try:
            self._projection.show_stop(stop, made)
        except CannotChangeError:
            return None
        return self._projection.picture()
