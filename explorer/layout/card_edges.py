"""The curves between cards, and where there is room to write on them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.layout.layered import FloatArray, Placement
from explorer.layout.neighbourhood import Neighbourhood

PORT_GAP = 24.0  # between edges at the side of a card, in pixels
PORT_MARGIN = 12.0  # from the corner of a card
LEAST_BEND = 36.0
STEEP = 0.28  # share of the way in which edges fan out on the centre's side; then they are level
TWIN_BEND = 26.0  # between two edges that join the same cards
# Where on a curve a text may stand, best first: at the end away from the centre, where the
# edges of a card have spread.
NEAR_CHILD = (0.3, 0.36, 0.24, 0.42, 0.5, 0.58, 0.66, 0.18, 0.75)
NEAR_CONSUMER = tuple(1 - share for share in NEAR_CHILD)
LABEL_GAP = 3.0
ARROW_ROOM = 24.0
ROW = 32.0


@dataclass(frozen=True, eq=False)
class Curves:
    """Cubic curves, several one after the other for an edge that goes around cards.

    Attributes
    ----------
    points : float64 array, (curves, 4, 2)
        Start, two control points, end.
    edge : int64 array, (curves,)
        Which edge of the neighbourhood each is part of; in order from child to consumer.
    """

    points: FloatArray
    edge: npt.NDArray[np.int64]

    @property
    def is_last(self) -> npt.NDArray[np.bool_]:
        """For each curve, whether it ends at the consumer."""
        end = np.ones(min(len(self.edge), 1), bool)
        return np.append(self.edge[1:] != self.edge[:-1], end)

    def moved(self, start: FloatArray, end: FloatArray) -> FloatArray:
        """Return the points after the cards have moved.

        Parameters
        ----------
        start, end : float64 array, (edges, 2)
            How far child and consumer of each edge have moved.
        """
        first = np.append([True] * bool(len(self.edge)), self.edge[1:] != self.edge[:-1])
        between = (start + end)[self.edge] / 2
        before = np.where(first[:, np.newaxis], start[self.edge], between)
        after = np.where(self.is_last[:, np.newaxis], end[self.edge], between)
        moves = np.stack([before, before, after, after], axis=1)
        return np.asarray(self.points + moves, float)


def draw_curves(neighbourhood: Neighbourhood, placement: Placement, size: FloatArray) -> Curves:
    """Return the curves of all edges, from the side of one card to the side of another."""
    if not len(neighbourhood.edges):
        return Curves(np.empty((0, 4, 2)), np.empty(0, np.int64))
    if placement.sideways:
        return _sideways(neighbourhood, placement, size)
    return _straight(neighbourhood, placement, size)


def _sideways(neighbourhood: Neighbourhood, placement: Placement, size: FloatArray) -> Curves:
    """Return curves that leave cards at the right and enter them at the left."""
    child, consumer, middle = neighbourhood.child, neighbourhood.consumer, placement.middle
    after, before = middle[consumer, 1].copy(), middle[child, 1].copy()
    for edge, points in placement.through.items():
        after[edge], before[edge] = points[0, 1], points[-1, 1]
    start = middle[child] + np.c_[size[child, 0] / 2, _ports(child, after, size)]
    end = middle[consumer] + np.c_[-size[consumer, 0] / 2, _ports(consumer, before, size)]
    first, last, which = _pieces(start, end, placement.through)
    across = last[:, 0] - first[:, 0]
    backward = np.maximum(LEAST_BEND, -across / 3)
    is_behind = neighbourhood.hops[consumer][which] <= 0
    early, late = np.where(is_behind, 1 - STEEP, STEEP), np.where(is_behind, STEEP, 1 - STEEP)
    level = np.zeros(len(across))
    leave = np.c_[np.where(across > 0, across * early, backward), level]
    enter = np.c_[np.where(across > 0, across * late, backward), level]
    return Curves(np.stack([first, first + leave, last - enter, last], axis=1), which)


def _pieces(
    start: FloatArray, end: FloatArray, through: dict[int, FloatArray]
) -> tuple[FloatArray, FloatArray, npt.NDArray[np.int64]]:
    """Return both ends of the pieces of each edge, and which edge each is part of."""
    if not through:
        return start, end, np.arange(len(start))
    between = [through[edge].tolist() if edge in through else [] for edge in range(len(start))]
    firsts = zip(start.tolist(), between, strict=True)
    lasts = zip(between, end.tolist(), strict=True)
    return (
        np.array([point for first, points in firsts for point in (first, *points)]),
        np.array([point for points, last in lasts for point in (*points, last)]),
        np.repeat(np.arange(len(start)), [len(points) + 1 for points in between]),
    )


def _ports(card: npt.NDArray[np.int32], other: FloatArray, size: FloatArray) -> FloatArray:
    """Return how far below a card's middle each edge touches it: in the order of the far ends."""
    order = np.lexsort((other, card))
    counts = np.bincount(card, minlength=len(size))
    first = np.cumsum(counts) - counts
    rank = np.empty(len(card))
    rank[order] = np.arange(len(card)) - first[card[order]]
    gap = np.minimum(PORT_GAP, (size[:, 1] - 2 * PORT_MARGIN) / np.maximum(counts - 1, 1))
    return np.asarray((rank - (counts[card] - 1) / 2) * gap[card], float)


def _straight(neighbourhood: Neighbourhood, placement: Placement, size: FloatArray) -> Curves:
    """Return lines from border to border; those that join the same cards are bent apart."""
    child, consumer, middle = neighbourhood.child, neighbourhood.consumer, placement.middle
    way = middle[consumer] - middle[child]
    length = np.maximum(np.hypot(way[:, 0], way[:, 1]), 1e-9)
    across = np.c_[-way[:, 1], way[:, 0]] / length[:, np.newaxis]
    pair = child.astype(np.int64) * len(middle) + consumer
    twins = np.bincount(np.unique(pair, return_inverse=True)[1])
    bend = np.zeros(len(child))
    for number in np.flatnonzero(twins > 1).tolist():
        same = np.flatnonzero(np.unique(pair, return_inverse=True)[1] == number)
        bend[same] = (np.arange(len(same)) - (len(same) - 1) / 2) * TWIN_BEND
    start = middle[child] + way * _border(way, size[child])[:, np.newaxis]
    end = middle[consumer] - way * _border(way, size[consumer])[:, np.newaxis]
    handle = (end - start) / 3
    aside = across * bend[:, np.newaxis]
    points = np.stack([start, start + handle + aside, end - handle + aside, end], axis=1)
    return Curves(points, np.arange(len(child)))


def _border(way: FloatArray, size: FloatArray) -> FloatArray:
    """Return after what share of the way a line from the middle of a card leaves it."""
    with np.errstate(divide="ignore"):
        return np.asarray((size / 2 / np.abs(way)).min(axis=1), float)


def along(points: FloatArray, share: FloatArray) -> FloatArray:
    """Return points on curves.

    Parameters
    ----------
    points : float64 array, (curves, 4, 2)
    share : float64 array, (n,)
        0 at the start, 1 at the end.

    Returns
    -------
    float64 array, (curves, n, 2)
    """
    t = share[:, np.newaxis]
    weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
    return np.asarray(np.einsum("nk,ckd->cnd", weights, points), float)


class LabelSpots:
    """Where the texts of edges may stand.

    Parameters
    ----------
    neighbourhood : Neighbourhood
    curves : Curves
    middle, size : float64 array, (cards, 2)
    """

    def __init__(
        self, neighbourhood: Neighbourhood, curves: Curves, middle: FloatArray, size: FloatArray
    ) -> None:
        self._cards = _Taken()
        for (x, y), (width, height) in zip(middle.tolist(), size.tolist(), strict=True):
            self._cards.add(x, y, width, height)
        longest = _longest(curves, len(neighbourhood.child))
        self._tips = curves.points[curves.is_last, 3].tolist()
        at_child, at_consumer = neighbourhood.child == 0, neighbourhood.consumer == 0
        is_behind = neighbourhood.hops[neighbourhood.consumer] <= 0
        self._groups: list[tuple[list[int], list[list[list[float]]], bool]] = []
        for which, shares, needed in (
            (at_consumer, NEAR_CHILD, True),
            (at_child, NEAR_CONSUMER, True),
            (is_behind & ~at_consumer, NEAR_CHILD, False),
            (~is_behind & ~at_child, NEAR_CONSUMER, False),
        ):
            edges = np.flatnonzero(which)
            spots = along(curves.points[longest[edges]], np.array(shares))
            self._groups.append((edges.tolist(), spots.tolist(), needed))

    def places(self, label: FloatArray) -> FloatArray:
        """Return where the text of each edge stands; NaN where there is no room.

        Texts of the centre's edges come first and always have a place.

        Parameters
        ----------
        label : float64 array, (edges, 2)
            Width and height of each text.
        """
        places = np.full((len(label), 2), np.nan)
        taken, sizes = self._cards.copy(), label.tolist()
        for edges, spots, needed in self._groups:
            for edge, tried in zip(edges, spots, strict=True):
                (width, height), (tip_x, tip_y) = sizes[edge], self._tips[edge]
                spot: tuple[float, float] | None = None
                first_free: tuple[float, float] | None = None
                for x, y in tried:
                    if taken.is_free(x, y, width, height):
                        room = width + ARROW_ROOM, height + ARROW_ROOM
                        if not _overlap(x - tip_x, y - tip_y, *room):
                            spot = x, y
                            break
                        first_free = first_free or (x, y)
                if spot is None and needed:
                    spot = first_free or (tried[0][0], tried[0][1])
                if spot is not None:
                    places[edge] = spot
                    taken.add(spot[0], spot[1], width, height)
        return places


class _Taken:
    """Rectangles that are in use, by the rows of the picture in which they stand."""

    def __init__(self) -> None:
        self._rows: dict[int, list[tuple[float, float, float, float]]] = {}

    def copy(self) -> _Taken:
        other = _Taken()
        other._rows = {row: taken.copy() for row, taken in self._rows.items()}
        return other

    def add(self, x: float, y: float, width: float, height: float) -> None:
        """Take the rectangle around a point."""
        for row in self._spanned(y, height):
            self._rows.setdefault(row, []).append((x, y, width, height))

    def is_free(self, x: float, y: float, width: float, height: float) -> bool:
        """Return whether the rectangle around a point, and a little more, is not in use."""
        wide, high = width + 2 * LABEL_GAP, height + 2 * LABEL_GAP
        for row in self._spanned(y, high):
            for other_x, other_y, other_width, other_height in self._rows.get(row, ()):
                # As in `_overlap`: asked hundreds of times a neighbourhood.
                if (
                    abs(x - other_x) < (wide + other_width) / 2
                    and abs(y - other_y) < (high + other_height) / 2
                ):
                    return False
        return True

    @staticmethod
    def _spanned(y: float, height: float) -> range:
        return range(int((y - height / 2) // ROW), int((y + height / 2) // ROW) + 1)


def _overlap(dx: float, dy: float, widths: float, heights: float) -> bool:
    """Return whether two rectangles overlap, from the way between them and their sizes added."""
    return abs(dx) < widths / 2 and abs(dy) < heights / 2


def _longest(curves: Curves, edges: int) -> npt.NDArray[np.int64]:
    """Return of each edge the curve that is longest, but for those across whole columns."""
    way = curves.points[:, 3] - curves.points[:, 0]
    straight = (way[:, 1] == 0) & (np.bincount(curves.edge, minlength=edges)[curves.edge] > 1)
    length = np.where(straight, 0.0, np.hypot(way[:, 0], way[:, 1]))
    order = np.lexsort((length, curves.edge))
    last = np.cumsum(np.bincount(curves.edge, minlength=edges)) - 1
    return np.asarray(order[last], np.int64)
