"""Cards in columns: every edge goes from left to right, few cross, none passes below a card.

The classic steps of layered drawing: the column of a card is the length of its longest path to the
centre; an edge across several columns holds a place in each; columns are ordered by barycentres;
from the centre outward, cards stand as close to their neighbours as the order allows.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from explorer.layout.neighbourhood import Neighbourhood

FloatArray = npt.NDArray[np.float64]
Item = tuple[int, int]  # a card (its number, CARD), or the lane of an edge (its number, column)

CARD = 1 << 20  # no column
ORDER_SWEEPS = 6
COLUMN_GAP, CARD_GAP = 136.0, 9.0  # room for a local gradient; between cards
LANE = 12.0  # height of the place that an edge holds in a column


@dataclass(frozen=True, eq=False)
class Placement:
    """Where cards stand. The middle of the centre's card is the origin.

    Attributes
    ----------
    middle : float64 array, (cards, 2)
    through : dict of int to float64 array, (points, 2)
        For edges, the points that they pass through, if there are any.
    sideways : bool
        Whether edges leave cards at the right and enter them at the left.
    """

    middle: FloatArray
    through: dict[int, FloatArray]
    sideways: bool


def layered(neighbourhood: Neighbourhood, size: FloatArray, gap: float = COLUMN_GAP) -> Placement:
    """Place cards in columns.

    Parameters
    ----------
    neighbourhood : Neighbourhood
    size : float64 array, (cards, 2)
        Width and height of each card.
    gap : float
        Between columns.
    """
    column = columns(neighbourhood)
    items, links = _with_lanes(neighbourhood, column)
    order = _ordered(items, links)
    down = _shifted(order, links, size)
    left, right = _across(column, size, gap)

    middle = np.empty_like(size)
    for card in range(len(neighbourhood)):
        here = int(column[card])
        middle[card] = (left[here] + right[here]) / 2, down[card, CARD]
    through: dict[int, list[tuple[float, float]]] = defaultdict(list)
    for here in sorted(items):
        for number, lane in items[here]:
            if lane != CARD:
                y = down[number, lane]
                through[number] += [(left[here], y), (right[here], y)]
    origin = middle[0].copy()
    return Placement(
        middle - origin,
        {edge: np.array(points) - origin for edge, points in through.items()},
        sideways=True,
    )


def columns(neighbourhood: Neighbourhood) -> npt.NDArray[np.int64]:
    """Return the column of each card: 0 of the centre, below it what it was computed from."""
    column = np.zeros(len(neighbourhood), np.int64)
    # An opened sum in the middle has several cards at no distance; all but the centre are behind.
    is_behind = neighbourhood.hops <= 0
    is_ahead = neighbourhood.hops > 0
    is_ahead[0] = True
    child, consumer = neighbourhood.child, neighbourhood.consumer
    for cards, first, second, way in (
        (is_behind, consumer, child, -1),
        (is_ahead, child, consumer, 1),
    ):
        inside = np.flatnonzero(cards[child] & cards[consumer])
        # Nodes are in the order of computing, so that what an edge starts from is settled.
        inside = inside[np.argsort(way * neighbourhood.nodes[first[inside]], kind="stable")]
        distance = [0] * len(column)
        for near, far in zip(first[inside].tolist(), second[inside].tolist(), strict=True):
            distance[far] = max(distance[far], distance[near] + 1)
        column[cards] = way * np.array(distance)[cards]
    return column


def _with_lanes(
    neighbourhood: Neighbourhood, column: npt.NDArray[np.int64]
) -> tuple[dict[int, list[Item]], dict[Item, list[Item]]]:
    """Return the items of each column, and of each item those beside it in the next columns."""
    items: dict[int, list[Item]] = defaultdict(list)
    links: dict[Item, list[Item]] = defaultdict(list)
    for card in np.argsort(neighbourhood.nodes, kind="stable").tolist():
        items[int(column[card])].append((card, CARD))
    ends = zip(neighbourhood.child.tolist(), neighbourhood.consumer.tolist(), strict=True)
    for edge, (child, consumer) in enumerate(ends):
        last: Item = (child, CARD)
        for here in range(int(column[child]) + 1, int(column[consumer])):
            lane = (edge, here)
            items[here].append(lane)
            links[last].append(lane)
            links[lane].append(last)
            last = lane
        links[last].append((consumer, CARD))
        links[consumer, CARD].append(last)
    return dict(items), {item: links[item] for row in items.values() for item in row}


def _ordered(items: dict[int, list[Item]], links: dict[Item, list[Item]]) -> dict[int, list[Item]]:
    """Order the items of each column so that few edges cross (barycentre sweeps)."""
    order = dict(items)
    outward = sorted(order, key=abs)
    unchanged = 0
    for sweep in range(ORDER_SWEEPS):
        if unchanged == 2:  # one outward and one inward: so would be all others
            break
        before = dict(order)
        rank = {
            item: (place + 0.5) / len(row)
            for row in order.values()
            for place, item in enumerate(row)
        }
        for here in outward if sweep % 2 == 0 else outward[::-1]:
            row = order[here]
            if len(row) == 1:
                continue
            wish = {
                item: sum(rank[other] for other in links[item]) / len(links[item])
                if links[item]
                else rank[item]
                for item in row
            }
            order[here] = sorted(row, key=wish.__getitem__)
            for place, item in enumerate(order[here]):
                rank[item] = (place + 0.5) / len(row)
        unchanged = unchanged + 1 if order == before else 0
    return order


def _shifted(
    order: dict[int, list[Item]], links: dict[Item, list[Item]], size: FloatArray
) -> dict[Item, float]:
    """Return how far down each item stands: near its neighbours, in order, without overlaps."""
    height = {
        item: LANE if item[1] != CARD else float(size[item[0], 1])
        for row in order.values()
        for item in row
    }
    column = {item: here for here, row in order.items() for item in row}
    offset: dict[int, FloatArray] = {}
    down: dict[Item, float] = {}
    for here, row in order.items():
        tall = pairwise(height[item] for item in row)
        gaps = ((one + other) / 2 + CARD_GAP for one, other in tall)
        offset[here] = np.array([*accumulate(gaps, initial=0.0)])
        down.update(zip(row, (offset[here] - offset[here][-1] / 2).tolist(), strict=True))
    # From the centre outward, so that what is nearest to it stays beside it.
    for here in sorted(order, key=abs):
        row = order[here]
        inward = here - int(np.sign(here))
        wish = np.array([_mean_of(links[item], down, column, inward, down[item]) for item in row])
        placed = non_decreasing(wish - offset[here]) + offset[here]
        down.update(zip(row, placed.tolist(), strict=True))
    return down


def _mean_of(
    items: list[Item],
    value: dict[Item, float],
    column: dict[Item, int],
    wanted: int,
    otherwise: float,
) -> float:
    """Return the mean of a value over the items of one column."""
    found = [value[item] for item in items if column[item] == wanted]
    return sum(found) / len(found) if found else otherwise


def non_decreasing(values: FloatArray) -> FloatArray:
    """Return the non-decreasing numbers nearest to some numbers (pool adjacent violators)."""
    pools: list[list[float]] = []  # sum and count
    for value in values.tolist():
        pools.append([value, 1.0])
        while len(pools) > 1 and pools[-2][0] * pools[-1][1] > pools[-1][0] * pools[-2][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    return np.repeat(
        [total / count for total, count in pools], [int(count) for _, count in pools]
    ).astype(np.float64)


def _across(
    column: npt.NDArray[np.int64], size: FloatArray, gap: float
) -> tuple[dict[int, float], dict[int, float]]:
    """Return where each column begins and ends."""
    left: dict[int, float] = {}
    right: dict[int, float] = {}
    x = 0.0
    for here in np.unique(column).tolist():
        left[here] = x
        right[here] = x + float(size[column == here, 0].max())
        x = right[here] + gap
    return left, right
