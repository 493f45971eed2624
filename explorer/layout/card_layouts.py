"""The layouts of the neighbourhood that can be chosen, and which of them take too long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import networkx as nx
import numpy as np

from explorer.layout.layered import COLUMN_GAP, FloatArray, Placement, layered
from explorer.layout.neighbourhood import Neighbourhood

MOST_SECONDS = 0.3
GAP = 46.0  # between cards that stand free, in pixels
PUSHES = 60  # of cards that overlap, before all are spread
PUSH = 0.51  # of the overlap that each of two cards gives way
SPRING_STEPS, STRESS_STEPS = 50, 40


class CardLayout(Enum):
    """How cards are arranged around the centre."""

    LAYERED = "Layered"
    BFS = "Breadth-first"
    SPRING = "Spring"
    KAMADA_KAWAI = "Kamada-Kawai"
    SPIRAL = "Spiral"
    CIRCULAR = "Circular"


@dataclass(frozen=True)
class Cost:
    """How long a layout takes: so many seconds for 200 cards, growing with a power of them."""

    seconds: float
    power: float

    def of(self, cards: int) -> float:
        """Return the expected seconds for a number of cards."""
        return float(self.seconds * (cards / 200) ** self.power)


# Measured on neighbourhoods of 100 to 300 cards, separating them included.
COSTS = {
    CardLayout.LAYERED: Cost(0.012, 1.3),
    CardLayout.BFS: Cost(0.004, 2.0),
    CardLayout.SPRING: Cost(0.100, 2.4),
    CardLayout.KAMADA_KAWAI: Cost(0.090, 2.2),
    CardLayout.SPIRAL: Cost(0.020, 2.0),
    CardLayout.CIRCULAR: Cost(0.020, 2.0),
}


def refusal(layout: CardLayout, cards: int) -> str:
    """Return in a sentence why a layout is not done for so many cards; empty if it is."""
    seconds = COSTS[layout].of(cards)
    if seconds <= MOST_SECONDS:
        return ""
    return (
        f"{layout.value} would take about {seconds:.1f} s for {cards} cards; "
        f"choose fewer hops, or another layout."
    )


def place_cards(
    layout: CardLayout, neighbourhood: Neighbourhood, size: FloatArray, gap: float = COLUMN_GAP
) -> Placement:
    """Place the cards of a neighbourhood; none covers another.

    Parameters
    ----------
    layout : CardLayout
    neighbourhood : Neighbourhood
    size : float64 array, (cards, 2)
        Width and height of each card.
    gap : float
        Between columns, if there are any.

    Raises
    ------
    ValueError
        It would take too long.
    """
    reason = refusal(layout, len(neighbourhood))
    if reason:
        raise ValueError(reason)
    if layout is CardLayout.LAYERED or len(neighbourhood) == 1:
        return layered(neighbourhood, size, gap)
    place = {
        CardLayout.BFS: _breadth_first,
        CardLayout.SPRING: _spring,
        CardLayout.KAMADA_KAWAI: _kamada_kawai,
        CardLayout.SPIRAL: _spiral,
        CardLayout.CIRCULAR: _circular,
    }[layout]
    middle = place(neighbourhood)
    separate = _spread if layout is CardLayout.BFS else separated
    middle = separate(middle, size)
    return Placement(middle - middle[0], {}, sideways=layout is CardLayout.BFS)


def _graph(neighbourhood: Neighbourhood) -> nx.Graph:
    graph = nx.Graph()
    graph.add_nodes_from(range(len(neighbourhood)))
    graph.add_edges_from(
        zip(neighbourhood.child.tolist(), neighbourhood.consumer.tolist(), strict=True)
    )
    return graph


def _points(found: dict[int, FloatArray]) -> FloatArray:
    return np.array([found[card] for card in range(len(found))], float)


def _breadth_first(neighbourhood: Neighbourhood) -> FloatArray:
    """Return a column for each number of hops, by the shortest way; children at the left."""
    points = np.zeros((len(neighbourhood), 2))
    graph = _graph(neighbourhood)
    for way in (-1, 1):
        cards = np.r_[0, np.flatnonzero(np.sign(neighbourhood.hops) == way)]
        if way < 0:  # an opened sum has cards at no distance from the centre
            cards = np.r_[0, 1 + np.flatnonzero(neighbourhood.hops[1:] <= 0)]
        if len(cards) > 1:
            found = nx.bfs_layout(graph.subgraph(cards.tolist()), 0)
            part = np.array([found[card] for card in cards.tolist()])
            part = part - part[0]
            column = np.unique(np.round(part[:, 0], 9), return_inverse=True)[1]
            points[cards, 0] = way * column
            points[cards, 1] = part[:, 1]
    return points


def _spread(points: FloatArray, size: FloatArray) -> FloatArray:
    """Return columns side by side, their cards below each other in the order that they have."""
    placed = np.zeros_like(points)
    x = 0.0
    for column in np.unique(points[:, 0]):
        cards = np.flatnonzero(points[:, 0] == column)
        cards = cards[np.argsort(points[cards, 1], kind="stable")]
        width = float(size[cards, 0].max())
        tall = size[cards, 1]
        down = np.r_[0.0, np.cumsum((tall[1:] + tall[:-1]) / 2 + GAP / 2)]
        placed[cards, 0] = x + width / 2
        placed[cards, 1] = down - down[-1] / 2
        x += width + COLUMN_GAP
    return placed


def _spring(neighbourhood: Neighbourhood) -> FloatArray:
    """Return the layout of Fruchterman and Reingold, from the same start every time."""
    start = dict(enumerate(_circular(neighbourhood)))
    found = nx.spring_layout(
        _graph(neighbourhood), pos=start, iterations=SPRING_STEPS, seed=1, method="force"
    )
    return _points(found)


def _kamada_kawai(neighbourhood: Neighbourhood) -> FloatArray:
    """Return a layout of least Kamada-Kawai energy.

    The energy is the sum over all pairs of ((distance drawn - distance in the graph) / distance
    in the graph) squared. networkx minimises it with SciPy, which is not needed here: stress
    majorisation (Gansner, Koren and North, 2004) gets there with one matrix.
    """
    cards = len(neighbourhood)
    wanted = np.zeros((cards, cards))
    for card, found in nx.all_pairs_shortest_path_length(_graph(neighbourhood)):
        wanted[card, list(found)] = list(found.values())
    with np.errstate(divide="ignore"):
        weight = np.where(wanted > 0, wanted**-2, 0.0)
    laplacian = np.diag(weight.sum(axis=1)) - weight
    inverse = np.linalg.pinv(laplacian, hermitian=True)
    points = _circular(neighbourhood)
    # Two cards at one point have no direction to be pushed in.
    points = points + np.linspace(0, 1e-3, cards)[:, np.newaxis]
    for _ in range(STRESS_STEPS):
        apart = points[:, np.newaxis] - points[np.newaxis]
        distance = np.hypot(apart[..., 0], apart[..., 1])
        np.fill_diagonal(distance, 1.0)
        pull = -weight * wanted / np.maximum(distance, 1e-9)
        np.fill_diagonal(pull, 0.0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        points = inverse @ (pull @ points)
    return points


def _spiral(neighbourhood: Neighbourhood) -> FloatArray:
    """Return a spiral that begins at the centre; cards are nearest first."""
    return _points(nx.spiral_layout(_graph(neighbourhood), equidistant=True, resolution=0.9))


def _circular(neighbourhood: Neighbourhood) -> FloatArray:
    """Return a circle around the centre, with consumers at the right."""
    hops = neighbourhood.hops
    behind = 1 + np.flatnonzero(hops[1:] <= 0)
    ahead = np.flatnonzero(hops > 0)
    half = len(ahead) // 2
    turn = np.r_[ahead[half:], behind, ahead[:half]].tolist()
    found = nx.circular_layout(nx.empty_graph(turn)) if turn else {}
    return _points({0: np.zeros(2), **found})


def separated(points: FloatArray, size: FloatArray) -> FloatArray:
    """Return points at which no card covers another, as much like the given ones as possible.

    First all are scaled until most cards are free, then those that are not are pushed apart; if
    some still overlap, everything is spread.

    Parameters
    ----------
    points : float64 array, (cards, 2)
    size : float64 array, (cards, 2)
    """
    first, second = np.triu_indices(len(points), 1)
    room = ((size[first] + size[second]) / 2 + GAP).T
    x, y = (points * (size[:, 0].mean(), 2 * size[:, 1].mean())).T
    x = x + np.linspace(0, 1e-6, len(points))  # two cards at one point have no way to part

    needed = np.sort(_factors(x[second] - x[first], y[second] - y[first], room))[::-1]
    enough = needed[min(len(points) // 2, len(needed) - 1)]
    x, y = x * enough, y * enough
    for _ in range(PUSHES):
        across, down = x[second] - x[first], y[second] - y[first]
        over_x, over_y = room[0] - np.abs(across), room[1] - np.abs(down)
        which = np.flatnonzero((over_x > 1e-6) & (over_y > 1e-6))
        if not len(which):
            return np.column_stack((x, y))
        sideways = over_x[which] <= over_y[which]
        push_x = np.where(sideways, np.copysign(over_x[which], across[which]), 0.0) * PUSH
        push_y = np.where(sideways, 0.0, np.copysign(over_y[which], down[which])) * PUSH
        ends = np.r_[second[which], first[which]]
        x = x + np.bincount(ends, np.r_[push_x, -push_x], len(x))
        y = y + np.bincount(ends, np.r_[push_y, -push_y], len(y))
    left_over = float(_factors(x[second] - x[first], y[second] - y[first], room).max())
    return np.column_stack((x, y)) * max(1.0, left_over * (1 + 1e-9))


def _factors(across: FloatArray, down: FloatArray, room: FloatArray) -> FloatArray:
    """Return by how much each pair of cards must be scaled so that they are free."""
    wide = room[0] / np.maximum(np.abs(across), 1e-9)
    high = room[1] / np.maximum(np.abs(down), 1e-9)
    return np.asarray(np.minimum(wide, high), float)
