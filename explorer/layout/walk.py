"""Walking from node to node by arrow keys."""

from __future__ import annotations

from enum import Enum

from explorer.layout.neighbourhood import CHILDREN, CONSUMERS, FoldedGraph


class Step(Enum):
    """Where an arrow key leads."""

    CHILD = "left"
    CONSUMER = "right"
    SIBLING_ABOVE = "up"
    SIBLING_BELOW = "down"


class Walk:
    """A person's way through a graph, so that the opposite key leads back."""

    def __init__(self) -> None:
        self._last: dict[tuple[int, int], int] = {}  # which neighbour was chosen, by direction
        self._origin: tuple[int, int] | None = None

    def step(self, graph: FoldedGraph, node: int, step: Step, folds: bool = True) -> int | None:
        """Return where a step leads from a node; None if there is nothing.

        Siblings are the other children of the consumer that one came from, or its other
        consumers if one came from a child. Without a way that led here, they are the other
        children of the first consumer.
        """
        if step in (Step.CHILD, Step.CONSUMER):
            direction = CHILDREN if step is Step.CHILD else CONSUMERS
            choices = sorted(graph.neighbours(node, direction, folds))
            if not choices:
                return None
            last = self._last.get((node, direction))
            goal = last if last is not None and last in choices else choices[0]
            self._note(node, direction, goal)
            return goal
        origin, direction = self._where_from(graph, node, folds)
        siblings = sorted(graph.neighbours(origin, direction, folds)) if origin >= 0 else []
        if node not in siblings:
            return None
        place = siblings.index(node) + (1 if step is Step.SIBLING_BELOW else -1)
        if not 0 <= place < len(siblings):
            return None
        self._note(origin, direction, siblings[place])
        return siblings[place]

    def _note(self, origin: int, direction: int, goal: int) -> None:
        self._origin = origin, direction
        self._last[origin, direction] = goal
        self._last[goal, -direction] = origin

    def _where_from(self, graph: FoldedGraph, node: int, folds: bool) -> tuple[int, int]:
        """Return whose neighbours the siblings of a node are; -1 if nobody's."""
        if self._origin is not None:
            origin, direction = self._origin
            if node in graph.neighbours(origin, direction, folds):
                return self._origin
        for direction in (CONSUMERS, CHILDREN):
            beside = graph.neighbours(node, direction, folds)
            if beside:
                return min(beside), -direction
        return -1, CHILDREN
