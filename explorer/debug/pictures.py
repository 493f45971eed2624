"""Pictures that somebody wants: their formats and sizes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

LARGEST_SIDE = 16384  # pixels; a square of it takes a gigabyte while it is painted


class PictureFormat(Enum):
    """What a picture can be written as; the value is the ending of the file."""

    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


@dataclass(frozen=True)
class PictureRequest:
    """A picture that somebody wants.

    Attributes
    ----------
    path : Path
    size : (int, int)
        Width and height in pixels; what is drawn in a vector format is measured in them too.
    magnification : float
        How much larger texts and lines are than on screen.
    """

    path: Path
    size: tuple[int, int]
    magnification: float = 1.0


class PictureError(OSError):
    """A picture could not be made; the message is one sentence without its full stop."""


def picture_format(path: Path) -> PictureFormat:
    """Return the format that the ending of a file's name stands for.

    Raises
    ------
    ValueError
        There is no such format; the message is one sentence without its full stop.
    """
    ending = path.suffix[1:].lower()
    try:
        return PictureFormat(ending)
    except ValueError:
        known = "a picture can be a .png, an .svg or a .pdf"
        what = f"“.{ending}” is no kind of picture" if ending else f"“{path.name}” has no ending"
        raise ValueError(f"{what}: {known}") from None


def size_presets(on_screen: tuple[int, int]) -> tuple[tuple[str, tuple[int, int]], ...]:
    """Return sizes that people want, with their names; the first is the one on screen."""
    width, height = on_screen
    return (
        ("As on screen", on_screen),
        ("Twice the screen", (2 * width, 2 * height)),
        ("Four times the screen", (4 * width, 4 * height)),
        ("Full HD", (1920, 1080)),
        ("4K", (3840, 2160)),
        ("A4 at 300 dpi, landscape", (3508, 2480)),
    )
