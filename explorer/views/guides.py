"""Everything that explains the program: keys, help, glossary, tour."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings
from PySide6.QtGui import QContextMenuEvent, QWhatsThisClickedEvent
from PySide6.QtWidgets import QApplication, QMainWindow, QMenu, QTabBar, QWidget

from explorer.debug.session import Session
from explorer.debug.tour import Area, tour_of
from explorer.theme.tokens import Theme
from explorer.views.help_window import HelpPage, HelpWindow
from explorer.views.keys_sheet import KeysSheet
from explorer.views.linked_text import add_words, asked_word
from explorer.views.tour_overlay import TourOverlay
from explorer.views.words_around import terms_around

SEEN = "tour/seen"  # in the settings


class Guides(QObject):
    """Each is made when it is first asked for.

    All that is in the window, and dialogs of it, can ask for a word with `ask_for`. Where nobody
    else has a menu, the right mouse button offers the words that stand there.

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
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open the glossary for whoever asks, and offer words."""
        if event.type() == QEvent.Type.Show and watched is self._window:
            # Now it has all its parts, and the window around it, which dialogs may belong to.
            for part in (self._window.window(), *self._window.findChildren(QMainWindow)):
                part.installEventFilter(self)
        if isinstance(event, QWhatsThisClickedEvent):
            self.show_word(asked_word(event.href()))
            return True
        if isinstance(event, QContextMenuEvent) and isinstance(watched, QWidget):
            return self._offer(watched, event)
        return super().eventFilter(watched, event)

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
        """Show what a word means, above a dialog that keeps everything else waiting."""
        dialog = QApplication.activeModalWidget()
        if dialog is None or dialog is self.help:
            self._help_window().show_word(word)
        else:
            above = dialog.findChild(HelpWindow) or HelpWindow(dialog, self._theme)
            above.show_word(word)

    def show_word_here(self) -> None:
        """Show the word that stands in, or above, what has the keyboard."""
        terms = terms_around(self._window.focusWidget())
        if terms:
            self.show_word(terms[0].word)
        else:
            self.show_help(HelpPage.GLOSSARY)

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

    def _offer(self, part: QWidget, event: QContextMenuEvent) -> bool:
        """Open a menu with the words below the mouse, or of what has the keyboard."""
        by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        at = self._window.focusWidget() if by_key else part.childAt(event.pos())
        if at is None or (part is not self._window and not isinstance(at, QTabBar)):
            return False  # of a pane, the title has a menu
        point = None if by_key else at.mapFrom(part, event.pos())
        terms = terms_around(at, point)
        if terms:
            menu = QMenu(self._window)
            menu.aboutToHide.connect(menu.deleteLater)
            add_words(menu, terms, at)
            menu.popup(at.mapToGlobal(QPoint(0, at.height())) if by_key else event.globalPos())
        return bool(terms)

    def _help_window(self) -> HelpWindow:
        if self.help is None:
            self.help = HelpWindow(self._window, self._theme)
        return self.help
