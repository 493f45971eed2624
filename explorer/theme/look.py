"""How the window looks: the colours of a theme, and how large its text is."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QSettings, QSize

from explorer.theme.tokens import DARK, THEMES, Theme

TEXT_SIZES = (0.85, 1.0, 1.15, 1.3, 1.5, 1.75, 2.0)  # all lengths follow
USUAL = TEXT_SIZES.index(1.0)
THEME_KEY, TEXT_KEY = "look/theme", "look/text"  # in the settings


@dataclass(frozen=True)
class Look:
    """What of the look can be chosen.

    Attributes
    ----------
    colours : str
        The name of a theme.
    size : int
        Of text, as a place in `TEXT_SIZES`.
    """

    colours: str = DARK.name
    size: int = USUAL

    @property
    def theme(self) -> Theme:
        """Colours and scale."""
        return THEMES[self.colours].scaled(TEXT_SIZES[self.size])

    def resized(self, direction: int) -> Look:
        """Return the look with larger (1), smaller (-1) or the usual text (0)."""
        size = self.size + direction if direction else USUAL
        return replace(self, size=min(max(size, 0), len(TEXT_SIZES) - 1))

    def fits(self, smallest: QSize, room: QSize) -> bool:
        """Return whether a window fits the screen.

        Parameters
        ----------
        smallest : QSize
            Of the window with the usual text.
        room : QSize
            What the screen has of it.
        """
        return (smallest * TEXT_SIZES[self.size]).expandedTo(room) == room

    def within(self, smallest: QSize, room: QSize) -> Look:
        """Return the look with text that is smaller, down to the usual, if a window needs that."""
        look = self
        while look.size > USUAL and not look.fits(smallest, room):
            look = look.resized(-1)
        return look


def look_of(theme: Theme) -> Look:
    """Return the look of a theme; of a scale that cannot be chosen, that of the nearest one."""
    sizes = range(len(TEXT_SIZES))
    return Look(theme.name, min(sizes, key=lambda size: abs(TEXT_SIZES[size] - theme.scale)))


def kept_look(settings: QSettings) -> Look:
    """Return the look that the settings hold; what is not one is ignored."""
    look = Look()
    name, scale = settings.value(THEME_KEY), settings.value(TEXT_KEY)
    if isinstance(name, str) and name in THEMES:
        look = replace(look, colours=name)
    known = [size for size, one in enumerate(TEXT_SIZES) if str(one) == str(scale)]
    return replace(look, size=known[0]) if known else look


def keep_look(settings: QSettings, before: Look, now: Look) -> None:
    """Put what has been chosen of a look into the settings."""
    if now.colours != before.colours:
        settings.setValue(THEME_KEY, now.colours)
    if now.size != before.size:
        settings.setValue(TEXT_KEY, str(TEXT_SIZES[now.size]))
