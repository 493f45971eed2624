"""Where all of a neighbourhood stands: like neighbourhoods stand alike.

Whoever steps through a product of vectors sees the same structure again and again, with other
nodes and numbers, so places are found once for each structure.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from explorer.layout.card_edges import Curves, LabelSpots, along, draw_curves
from explorer.layout.card_layouts import CardLayout, place_cards
from explorer.layout.layered import COLUMN_GAP, FloatArray
from explorer.layout.neighbourhood import Neighbourhood

KEPT = 100  # arrangements, some 5 MB
SAMPLES = np.linspace(0, 1, 9)


@dataclass(frozen=True, eq=False)
class Arrangement:
    """Where cards and edges stand.

    Attributes
    ----------
    middle, size : float64 array, (cards, 2)
        The middle of the centre's card is the origin.
    curves : Curves
    spots : LabelSpots
    """

    middle: FloatArray
    size: FloatArray
    curves: Curves
    spots: LabelSpots

    @cached_property
    def paths(self) -> FloatArray:
        """Points along each curve: float64 array, (curves, 9, 2)."""
        return along(self.curves.points, SAMPLES)


class Arranger:
    """Arranges neighbourhoods, each structure once.

    Parameters
    ----------
    card, centre : (float, float)
        Width and height of cards, and of the one in the middle.
    gap : float
        Between columns of cards.
    """

    def __init__(
        self, card: tuple[float, float], centre: tuple[float, float], gap: float = COLUMN_GAP
    ) -> None:
        self._card, self._centre, self._gap = card, centre, gap
        self._made: dict[tuple[CardLayout, tuple[bytes, ...]], Arrangement] = {}

    def arrange(self, neighbourhood: Neighbourhood, layout: CardLayout) -> Arrangement:
        """Return where everything stands.

        Raises
        ------
        ValueError
            The layout would take too long.
        """
        key = layout, neighbourhood.structure
        made = self._made.pop(key, None)
        if made is None:
            made = self._make(neighbourhood, layout)
        self._made[key] = made  # the last to be forgotten
        if len(self._made) > KEPT:
            del self._made[next(iter(self._made))]
        return made

    def _make(self, neighbourhood: Neighbourhood, layout: CardLayout) -> Arrangement:
        size: FloatArray = np.tile(self._card, (len(neighbourhood), 1))
        size[0] = self._centre
        placement = place_cards(layout, neighbourhood, size, self._gap)
        curves = draw_curves(neighbourhood, placement, size)
        spots = LabelSpots(neighbourhood, curves, placement.middle, size)
        return Arrangement(placement.middle, size, curves, spots)
