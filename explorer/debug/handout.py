"""What people take home from a lecture: which moments, and as which files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np

from explorer.debug import numbers
from explorer.debug.stepping import Granularity, Moments, Stepper
from explorer.trace.timeline import Timeline

MOST_PICTURES = 400  # a film of them takes a minute to make, and half a gigabyte of memory
LONGEST_NAME = 40  # letters of a title that become part of a file's name


class Medium(Enum):
    """What a series of pictures can be written as; the value is the ending of the files."""

    HANDOUT = "pdf"
    PICTURES = "png"
    FILM = "gif"


@dataclass(frozen=True)
class Page:
    """What stands under a picture.

    Attributes
    ----------
    title : str
    caption : str
        Plain text.
    """

    title: str
    caption: str


@dataclass(frozen=True)
class SeriesRequest:
    """A series of pictures that somebody wants.

    Attributes
    ----------
    medium : Medium
    path : Path
        The file; the folder of single pictures.
    size : (int, int)
        Width and height of a picture in pixels.
    seconds : float
        How long a film shows each.
    first : int or None
        The moment at which the range of steps begins; None if the lesson is wanted.
    steps : int
        How many steps follow.
    granularity : Granularity
        How much happens in each.
    """

    medium: Medium
    path: Path
    size: tuple[int, int]
    seconds: float
    first: int | None = None
    steps: int = 0
    granularity: Granularity = Granularity.NODE


def step_moments(timeline: Timeline, first: int, steps: int, granularity: Granularity) -> Moments:
    """Return the moments of a range of steps: where it begins, and after each step.

    Parameters
    ----------
    timeline : Timeline
    first : int
        A moment.
    steps : int
        There are fewer if the pass ends before.
    granularity : Granularity
    """
    stops = Stepper(timeline).stops(granularity)
    following = stops[stops > first][:steps]
    return np.concatenate([[first], following])


def picture_name(number: int, count: int, title: str) -> str:
    """Return the name of a picture's file: its number, with as many digits as all have, and title.

    Parameters
    ----------
    number : int
        From 1.
    count : int
        How many pictures there are.
    title : str
    """
    words = re.sub(r"[^a-z0-9]+", "-", title.lower()).strip("-")[:LONGEST_NAME].strip("-")
    digits = f"{number:0{len(str(count))}d}"
    return f"{digits}-{words}.png" if words else f"{digits}.png"


def check_count(pictures: int) -> None:
    """Refuse a series that is too long.

    Raises
    ------
    ValueError
        In a sentence without its full stop.
    """
    if pictures > MOST_PICTURES:
        raise ValueError(
            f"{numbers.count(pictures)} pictures are too many: there can be {MOST_PICTURES}"
        )
