"""Everything that explains the program: keys, help, glossary, tour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QRect, QSettings
from PySide6.QtWidgets import QWidget

from explorer.debug.session import Session
from explorer.debug.tour import Area, tour_of
from explorer.theme.tokens import Theme
from explorer.views.help_window import HelpPage, HelpWindow
from explorer.views.keys_sheet import KeysSheet
from explorer.views.tour_overlay import TourOverlay

SEEN = "tour/seen"  # in the settings


class Guides(QObject):
    """Each is made when it is first asked for.

    Parameters
    ----------
    window : QWidget
    session : Session
    theme : Theme
    area_of : callable
        Returns the rectangle of an area in the window, None if it is not in sight.
    settings : QSettings, optional
        Where it is kept that the tour was offered; without them it never comes by itself.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        theme: Theme,
        area_of: Callable[[Area], QRect | None],
        settings: QSettings | None = None,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._theme = window, session, theme
        self._area_of, self._settings = area_of, settings
        self.keys: KeysSheet | None = None
        self.help: HelpWindow | None = None
        self.tour: TourOverlay | None = None

    def show_keys(self) -> None:
        """Show the sheet of keys."""
        if self.keys is None:
            self.keys = KeysSheet(self._window, self._theme)
        self.keys.show()
        self.keys.raise_()

    def show_help(self, page: HelpPage) -> None:
        """Show a page of the help."""
        self._help_window().show_page(page)

    def show_word(self, word: str) -> None:
        """Show what a word means."""
        self._help_window().show_word(word)

    def show_tour(self) -> None:
        """Begin the tour, if there is a pass to be shown."""
        trace = self._session.trace
        if trace is None or trace.document is None:
            return
        if self.tour is None:
            self.tour = TourOverlay(self._window, self._theme, self._area_of)
            self.tour.word_chosen.connect(self.show_word)
        self.tour.start(tour_of(trace))

    def welcome(self) -> None:
        """Begin the tour if nobody has seen it yet."""
        if self._settings is not None and not self._settings.contains(SEEN):
            self._settings.setValue(SEEN, True)
            self.show_tour()

    def take_over(self, old: Guides) -> None:
        """Show the help in another look, if it is open."""
        if old.help is not None and old.help.isVisible():
            self._help_window().take_over(old.help)

    def _help_window(self) -> HelpWindow:
        if self.help is None:
            self.help = HelpWindow(self._window, self._theme)
        return self.help
