"""Choosing how the window looks, and keeping that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, QSettings, QSize, Signal

from explorer.theme.look import Look, keep_look, look_of
from explorer.theme.tokens import Theme

SMALLEST = QSize(1280, 640)  # the window, in pixels at scale 1
LARGEST = "The text is as large as it can be."
LEAST = "The text is as small as it can be."
NO_ROOM = "The text can't be larger on this screen: the window would not fit."


class Looks(QObject):
    """The colours of the window and the size of its text.

    Parameters
    ----------
    theme : Theme
        At first.
    room : callable
        Returns how large the window can be on its screen.
    settings : QSettings or None
        Where a choice is kept.
    parent : QObject
    """

    chosen = Signal(object)  # a Theme
    told = Signal(str)  # a sentence

    def __init__(
        self,
        theme: Theme,
        room: Callable[[], QSize],
        settings: QSettings | None,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._room, self._settings = room, settings
        self._look = look_of(theme)

    @property
    def look(self) -> Look:
        """What is chosen."""
        return self._look

    def resize_text(self, direction: int) -> None:
        """Make all text larger (1) or smaller (-1), or as large as at first (0)."""
        look = self._look.resized(direction)
        if direction and look == self._look:
            self.told.emit(LARGEST if direction > 0 else LEAST)
        elif look.size > self._look.size and not look.fits(SMALLEST, self._room()):
            self.told.emit(NO_ROOM)
        else:
            self._choose(look)

    def show_theme(self, name: str) -> None:
        """Show everything in the colours of a theme."""
        self._choose(replace(self._look, colours=name))

    def _choose(self, look: Look) -> None:
        if look != self._look:
            if self._settings is not None:
                keep_look(self._settings, self._look, look)
            self._look = look
            self.chosen.emit(look.theme)
