"""What a lecturer points with, and what is drawn with the pen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

Point = tuple[float, float]


class Tool(Enum):
    """Something to point with; the value is what it is called."""

    SPOTLIGHT = "spotlight"  # all but a circle is dimmed
    MAGNIFIER = "magnifier"
    LASER = "laser dot"
    PEN = "pen"


@dataclass
class Stroke:
    """One line of the pen.

    Attributes
    ----------
    board : str
        What it was drawn on.
    points : list of (float, float)
        In coordinates of the board, so that it stays where it is when the board moves.
    """

    board: str
    points: list[Point] = field(default_factory=list)


class Drawing:
    """The lines of the pen, on several boards."""

    def __init__(self) -> None:
        self._strokes: list[Stroke] = []

    def __bool__(self) -> bool:
        return bool(self._strokes)

    def begin(self, board: str, point: Point) -> None:
        """Put the pen down."""
        self._strokes.append(Stroke(board, [point]))

    def go_on(self, point: Point) -> None:
        """Draw on, to a point of the board on which the pen was put down."""
        self._strokes[-1].points.append(point)

    def on(self, board: str) -> Iterator[Stroke]:
        """Yield the lines on one board, in the order in which they were drawn."""
        return (stroke for stroke in self._strokes if stroke.board == board)

    def undo(self) -> None:
        """Take the last line away, if there is one."""
        if self._strokes:
            self._strokes.pop()

    def clear(self) -> None:
        """Take all lines away."""
        self._strokes.clear()
