"""Giving each kind of scope a size, and each key in it a place: text-like flow of blocks.

Generations follow each other like words of a text, from left to right, and on a new line where the
width is used up. The items of one generation stay together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from explorer.layout.kinds import OWN, Key, Kind

Size = tuple[int, int]
Places = dict[Key, tuple[int, int]]

PADDING = 1  # cells between the frame of a box and what is in it
GAP = 1  # between items
LARGE_HEADER, SMALL_HEADER = 5, 1
LARGE_WIDTH, LARGE_HEIGHT = 24, 12  # a box with content of either has the large header
WIDEST = 1.7  # how much wider than its widest item a column may be, to be less tall
WIDTH_STEP = 2


@dataclass(frozen=True)
class Arrangement:
    """A kind of scope, arranged.

    Attributes
    ----------
    width, height : int
        Of the box.
    header : int
        Height of the place for the label at its top.
    place : dict
        Left and top of each key within the box.
    """

    width: int
    height: int
    header: int
    place: Places = field(default_factory=dict)

    @property
    def size(self) -> Size:
        """Width and height of the box."""
        return self.width, self.height


def frame(places: Places, size: Size, header: int) -> Arrangement:
    """Return the arrangement of a box with a frame around its content."""
    return Arrangement(
        size[0] + 2 * PADDING,
        size[1] + header + 2 * PADDING,
        header,
        {key: (x + PADDING, y + PADDING + header) for key, (x, y) in places.items()},
    )


def label_widths(box: Arrangement, sizes: Mapping[Key, Size]) -> dict[Key, int]:
    """Return the room for the label of each key, from its left.

    A label may leave its own box as long as nothing stands beside it; the labels of a row of equal
    boxes stay inside, so that either all of them fit or none.
    """
    found = {}
    equals = Counter((top, sizes[key]) for key, (_, top) in box.place.items())
    for key, (left, top) in box.place.items():
        if equals[top, sizes[key]] > 1:
            found[key] = sizes[key][0]
            continue
        beside = [
            x
            for other, (x, y) in box.place.items()
            if x > left and y < top + LARGE_HEADER and y + sizes[other][1] > top
        ]
        found[key] = min(beside, default=box.width - PADDING + GAP) - GAP - left
    return found


class Packer:
    """Arranges kinds.

    Parameters
    ----------
    kinds : sequence of Kind
    """

    def __init__(self, kinds: Sequence[Kind]) -> None:
        self._kinds = kinds
        self._generations = [list(kind.generations()) for kind in kinds]
        self._least_width = [0] * len(kinds)
        for i in sorted(range(len(kinds)), key=lambda i: -kinds[i].depth):
            inner = [self._least_width[k] for k in kinds[i].children.values()]
            padding = 2 * PADDING if kinds[i].children else 0
            self._least_width[i] = max([kinds[i].own[0], *inner]) + padding

    def arrange_compactly(self, kind: int) -> dict[int, Arrangement]:
        """Arrange a kind and all kinds in it in the width that needs the least area.

        Returns
        -------
        dict of int to Arrangement
            By kind.
        """
        least = self._least_width[kind]
        widths = range(least, int(least * WIDEST) + 1, WIDTH_STEP)
        candidates = (self.arrange(kind, width) for width in widths)
        return min(candidates, key=lambda found: found[kind].width * found[kind].height)

    def arrange(self, kind: int, room: int) -> dict[int, Arrangement]:
        """Arrange a kind and all kinds in it in a box of a given width, or less."""
        found: dict[int, Arrangement] = {}
        self._arrange(kind, room, found)
        return found

    def _arrange(self, index: int, room: int, found: dict[int, Arrangement]) -> None:
        kind = self._kinds[index]
        if not kind.children:
            width, height = kind.own
            place = {OWN: (0, SMALL_HEADER)}
            found[index] = Arrangement(width, height + SMALL_HEADER, SMALL_HEADER, place)
            return
        inside = max(room, self._least_width[index]) - 2 * PADDING
        sizes: dict[Key, Size] = {OWN: kind.own}
        flow = _Flow(inside)
        for generation in self._generations[index]:
            self._arrange_children(kind, generation, inside, found)
            for key in generation:
                if key != OWN:
                    sizes[key] = found[kind.children[key]].size
            flow.add(*self._pack_generation(kind, generation, sizes, inside))
        large = flow.width >= LARGE_WIDTH or flow.height >= LARGE_HEIGHT
        header = LARGE_HEADER if large else SMALL_HEADER
        found[index] = frame(flow.places, (flow.width, flow.height), header)

    def _arrange_children(
        self, kind: Kind, generation: Sequence[Key], inside: int, found: dict[int, Arrangement]
    ) -> None:
        """Share the width among the boxes of a generation."""
        inner = [kind.children[key] for key in generation if key != OWN]
        least = max((self._least_width[k] for k in inner), default=1)
        beside = max(1, min(len(inner), (inside + GAP) // (least + GAP)))
        share = (inside - GAP * (beside - 1)) // beside
        for k in dict.fromkeys(inner):
            self._arrange(k, share, found)

    def _pack_generation(
        self, kind: Kind, generation: Sequence[Key], sizes: Mapping[Key, Size], inside: int
    ) -> tuple[Places, Size]:
        """Put items of the same kind in a grid, and the grids beside each other."""
        flow = _Flow(inside)
        for child, group in groupby(generation, key=lambda key: kind.children.get(key, -1)):
            keys = list(group)
            is_leaf = child < 0 or not self._kinds[child].children
            flow.add(*_grid(keys, sizes[keys[0]], inside, down_first=is_leaf))
        return flow.places, (flow.width, flow.height)


class _Flow:
    """Blocks set like words, from left to right and line by line."""

    def __init__(self, room: int) -> None:
        self._room = room
        self._left = self._top = self._bottom = 0
        self.places: Places = {}
        self.width = 0

    @property
    def height(self) -> int:
        return self._bottom

    def add(self, places: Places, size: Size) -> None:
        width, height = size
        if self._left and self._left + width > self._room:
            self._left, self._top = 0, self._bottom + GAP
        for key, (x, y) in places.items():
            self.places[key] = (self._left + x, self._top + y)
        self.width = max(self.width, self._left + width)
        self._bottom = max(self._bottom, self._top + height)
        self._left += width + GAP


def _grid(keys: Sequence[Key], size: Size, room: int, down_first: bool) -> tuple[Places, Size]:
    """Put items of equal size in a grid; the rows of a matrix run down its columns."""
    width, height = size
    gap_below = 0 if down_first else GAP  # unframed items are kept apart by their labels
    columns = max(1, min(len(keys), (room + GAP) // (width + GAP)))
    rows = -(-len(keys) // columns)
    columns = -(-len(keys) // rows)
    places = {}
    for i, key in enumerate(keys):
        column, row = divmod(i, rows) if down_first else divmod(i, columns)[::-1]
        places[key] = (column * (width + GAP), row * (height + gap_below))
    whole = columns * (width + GAP) - GAP, rows * (height + gap_below) - gap_below
    return places, whole
