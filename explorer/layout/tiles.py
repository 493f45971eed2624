"""Rectangles of different sizes side by side: packed once, then kept in that order at any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Size = tuple[int, int]  # width and height
Place = tuple[int, int]  # left and top


@dataclass(frozen=True)
class Packing:
    """Which tiles stand beside and which above each other.

    Attributes
    ----------
    across, down : tuple of tuple of int
        Of each tile those that end before it begins: left of it, and above it.
    """

    across: tuple[tuple[int, ...], ...]
    down: tuple[tuple[int, ...], ...]

    def places(self, sizes: Sequence[Size], gap: int) -> list[Place]:
        """Return where tiles stand without overlaps, whatever size they have now."""
        lefts = _ends(self.across, [width for width, _ in sizes], gap)
        tops = _ends(self.down, [height for _, height in sizes], gap)
        return list(zip(lefts, tops, strict=True))


def pack(sizes: Sequence[Size], width: int, gap: int) -> Packing:
    """Put tiles, one after the other, as high up as they go, and there as far left.

    Parameters
    ----------
    sizes : sequence of (int, int)
    width : int
        Of the page; a wider tile sticks out.
    gap : int
        Between tiles.
    """
    places: list[Place] = []
    lefts, skyline = [0], [0]  # from each left to the next one, the lowest free top
    for tile_width, tile_height in sizes:
        top, left = min(
            (_top(lefts, skyline, left, left + tile_width), left)
            for left in lefts
            if left == 0 or left + tile_width <= width
        )
        places.append((left, top))
        _raise(lefts, skyline, left, left + tile_width + gap, top + tile_height + gap)
    return _relations(places, sizes)


def extent(places: Sequence[Place], sizes: Sequence[Size]) -> Size:
    """Return width and height of what all tiles take."""
    right = max(left + width for (left, _), (width, _) in zip(places, sizes, strict=True))
    bottom = max(top + height for (_, top), (_, height) in zip(places, sizes, strict=True))
    return right, bottom


def _top(lefts: list[int], skyline: list[int], left: int, right: int) -> int:
    """Return the lowest free top between two places."""
    ends = [*lefts[1:], right + lefts[-1]]
    return max(
        y for x, end, y in zip(lefts, ends, skyline, strict=True) if x < right and end > left
    )


def _raise(lefts: list[int], skyline: list[int], left: int, right: int, top: int) -> None:
    """Let the skyline between two places be at another height."""
    after = skyline[max(i for i, x in enumerate(lefts) if x <= right)]
    kept = [(x, y) for x, y in zip(lefts, skyline, strict=True) if not left <= x <= right]
    new = sorted([*kept, (left, top), (right, after)])
    lefts[:] = [x for x, _ in new]
    skyline[:] = [y for _, y in new]


def _relations(places: Sequence[Place], sizes: Sequence[Size]) -> Packing:
    """Note for each pair of tiles the way in which they are furthest from an overlap."""
    numbers = range(len(places))
    across: list[list[int]] = [[] for _ in numbers]
    down: list[list[int]] = [[] for _ in numbers]
    for i in numbers:
        for j in range(i):
            apart_x = _apart(places[i][0], sizes[i][0], places[j][0], sizes[j][0])
            apart_y = _apart(places[i][1], sizes[i][1], places[j][1], sizes[j][1])
            axis = 0 if apart_x >= apart_y else 1
            first, last = (i, j) if places[i][axis] < places[j][axis] else (j, i)
            (down if axis else across)[last].append(first)
    return Packing(tuple(map(tuple, across)), tuple(map(tuple, down)))


def _apart(a: int, a_length: int, b: int, b_length: int) -> int:
    """Return the room between two stretches, negative if they overlap."""
    return max(a - b - b_length, b - a - a_length)


def _ends(before: Sequence[Sequence[int]], lengths: Sequence[int], gap: int) -> list[int]:
    """Return where each tile begins: after the last end of those before it."""
    found: dict[int, int] = {}

    def begin(i: int) -> int:
        if i not in found:
            found[i] = max((begin(j) + lengths[j] + gap for j in before[i]), default=0)
        return found[i]

    return [begin(i) for i in range(len(lengths))]
