"""How a lecture looks and on which display it is, kept from one to the next."""

from __future__ import annotations

from PySide6.QtCore import QSettings
from PySide6.QtGui import QGuiApplication, QScreen
from PySide6.QtWidgets import QWidget

from explorer.theme.tokens import THEMES, Theme
from explorer.views.lecture_stage import lecture_theme

DISPLAY, TEXT_SIZE, LOOK = "lecture/display", "lecture/text size", "lecture/theme"  # settings
SIZES = (1.0, 1.15, 1.3, 1.5)  # of the text; none is smaller than what can be read
NEAR = 1.15  # how large the presenter's window is, at a desk


class LectureLook:
    """Theme, size of the text and display of a lecture.

    Parameters
    ----------
    theme : Theme
        If none was chosen yet.
    settings : QSettings or None
        Where they are kept; without, they are not.

    Attributes
    ----------
    theme : Theme
        Not scaled.
    """

    def __init__(self, theme: Theme, settings: QSettings | None) -> None:
        self._settings = settings
        usual = THEMES.get(theme.name, theme)
        self.theme = THEMES.get(str(self._kept(LOOK, usual.name)), usual)
        self._text_size = _known_size(self._kept(TEXT_SIZE, SIZES[0]))

    @property
    def near(self) -> Theme:
        """The theme for what is read at a desk."""
        return self.theme.scaled(NEAR)

    def on_stage(self, height: int) -> Theme:
        """Return the theme for a stage of a height in pixels."""
        return lecture_theme(self.theme, height, self._text_size)

    def turn_theme(self) -> None:
        """Take the next theme."""
        names = list(THEMES)
        self.theme = THEMES[names[(names.index(self.theme.name) + 1) % len(names)]]
        self._keep(LOOK, self.theme.name)

    def turn_size(self, direction: int) -> None:
        """Take the next larger (1) or smaller (-1) size of the text, or the usual one (0)."""
        at = SIZES.index(self._text_size) + direction if direction else 0
        self._text_size = SIZES[min(max(at, 0), len(SIZES) - 1)]
        self._keep(TEXT_SIZE, self._text_size)

    def screen(self, window: QWidget) -> QScreen:
        """Return the display of the lecture: the one that was chosen, else not that of a window.

        With one display there is no choice.
        """
        screens = QGuiApplication.screens()
        chosen = self._kept(DISPLAY, "")
        named = [screen for screen in screens if screen.name() == chosen]
        others = [screen for screen in screens if screen is not window.screen()]
        return next(iter((*named, *others, *screens)))

    def other_screen(self, window: QWidget) -> QScreen:
        """Return a display on which there is no lecture, if there is one."""
        screens, here = QGuiApplication.screens(), self.screen(window)
        return next((screen for screen in screens if screen is not here), here)

    def choose_screen(self, screen: QScreen) -> None:
        """Let the lecture be on a display from now on."""
        self._keep(DISPLAY, screen.name())

    def _kept(self, key: str, otherwise: object) -> object:
        return otherwise if self._settings is None else self._settings.value(key, otherwise)

    def _keep(self, key: str, value: object) -> None:
        if self._settings is not None:
            self._settings.setValue(key, value)


def _known_size(kept: object) -> float:
    try:
        size = float(str(kept))
    except ValueError:
        return SIZES[0]
    return size if size in SIZES else SIZES[0]
