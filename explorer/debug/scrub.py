"""Changing a number by dragging it: how far it goes with each pixel."""

from __future__ import annotations

import math

NUDGE = 0.001  # the smallest step of a drag, and what an arrow key adds
SHARE = 0.1  # of the number's power of ten: its step


class Scrub:
    """One drag of a number.

    A pixel is a tenth of the number's power of ten, so that numbers of every size can be dragged:
    0.01 for 0.25, 1 for 30. What comes out are multiples of the step, easy to read aloud; but back
    where the drag began, it is the number of the beginning, to the last bit.

    Parameters
    ----------
    start : float

    Attributes
    ----------
    start : float
    step : float
        What a pixel adds.
    """

    def __init__(self, start: float) -> None:
        self.start = start
        exponent = math.floor(math.log10(abs(start))) if start else -math.inf
        self.step = max(NUDGE, SHARE * 10.0**exponent)
        self._pixels = 0.0
        self._finest = 1.0

    def move(self, pixels: float, pace: float = 1.0) -> None:
        """Go on by some pixels, to the right if positive.

        Parameters
        ----------
        pixels : float
        pace : float
            How many times as fast: 0.1 is fine, 10 coarse.
        """
        self._pixels += pixels * pace
        self._finest = min(self._finest, pace)

    @property
    def number(self) -> float:
        """The number by now."""
        grid = self.step * self._finest
        steps = round(self._pixels / self._finest)
        if not steps:
            return self.start
        multiple = round(self.start / grid) + steps
        decimals = max(0, 1 - math.floor(math.log10(grid)))
        return round(multiple * grid, decimals)
