"""What a person has chosen to see of a neighbourhood, and the scene that it makes."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass

from explorer.debug.neighbourhood import CardBook
from explorer.layout.arrangement import Arranger
from explorer.layout.card_layouts import CardLayout, refusal
from explorer.layout.neighbourhood import FoldedGraph, Neighbourhood
from explorer.trace.timeline import Timeline
from explorer.views.neighbourhood_scene import CARD, CENTRE, Scene

CLOSER = 96.0  # pixels between columns where there is little room


@dataclass(frozen=True)
class Choices:
    """How a neighbourhood is shown.

    Attributes
    ----------
    hops : int
        How far it goes.
    layout : CardLayout
    folds : bool
        Whether sums are one card each.
    opened : frozenset of int
        Totals of sums that are not, nevertheless.
    """

    hops: int = 2
    layout: CardLayout = CardLayout.LAYERED
    folds: bool = True
    opened: frozenset[int] = frozenset()


class PassScenes:
    """Makes the scenes of one pass.

    Parameters
    ----------
    timeline : Timeline
    """

    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.graph = FoldedGraph(timeline.trace)
        self._book, self._arranger = CardBook(timeline), Arranger(CARD, CENTRE)
        self._closer = Arranger(CARD, CENTRE, CLOSER)

    def with_numbers(self, timeline: Timeline) -> PassScenes:
        """Return what makes scenes of the same events with other numbers."""
        other = copy(self)
        other.timeline, other._book = timeline, self._book.with_numbers(timeline)
        return other

    @property
    def closer(self) -> PassScenes:
        """What makes scenes of the same pass whose columns stand closer to each other."""
        other = copy(self)
        other._arranger = self._closer
        return other

    def refill(self, scene: Scene) -> Scene:
        """Return a scene with the numbers of these events, everything where it stood."""
        return scene.with_numbers(self._book)

    def make(
        self, node: int, choices: Choices, around: Neighbourhood | None = None
    ) -> tuple[Scene, str]:
        """Return the neighbourhood of a node, and why it is not in the layout of choice.

        The sentence is empty if it is; a layout that takes too long is replaced by columns.

        Parameters
        ----------
        node : int
        choices : Choices
        around : Neighbourhood, optional
            What is shown of it; as far as was chosen if there is none.
        """
        if around is None:
            around = self.graph.around(node, choices.hops, choices.folds, choices.opened)
        reason = refusal(choices.layout, len(around))
        layout = CardLayout.LAYERED if reason else choices.layout
        return Scene(self._book, around, self._arranger.arrange(around, layout)), reason
