"""A neighbourhood laid out: cards, curves and texts of edges, and what lies below a point."""

from __future__ import annotations

from copy import copy
from functools import cache

import numpy as np
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from explorer.debug import numbers
from explorer.debug.neighbourhood import CardBook, CardFacts
from explorer.layout.arrangement import Arrangement
from explorer.layout.layered import FloatArray
from explorer.layout.neighbourhood import Neighbourhood
from explorer.theme.style import mono

CARD, CENTRE = (186.0, 50.0), (244.0, 120.0)  # width and height in pixels
LABEL_SIZE, LABEL_HEIGHT, LABEL_PADDING = 13, 20.0, 8.0
DISCLOSURE = 30.0  # pixels of a card's upper right corner that open or fold its sum
NEAR = 7.0  # pixels from a curve that count as on it


class Scene:
    """Everything about a neighbourhood that does not change with time.

    Parameters
    ----------
    book : CardBook
        Of the pass.
    neighbourhood : Neighbourhood
    arrangement : Arrangement
        Of cards of the sizes `CARD` and `CENTRE`.
    """

    def __init__(
        self, book: CardBook, neighbourhood: Neighbourhood, arrangement: Arrangement
    ) -> None:
        self.neighbourhood = neighbourhood
        self.nodes: list[int] = neighbourhood.nodes.tolist()
        self._fill(book)
        self._arrangement = arrangement
        self.middle, self.size = arrangement.middle, arrangement.size
        self.curves = arrangement.curves
        label = np.stack([self.label_width, np.full(len(self.labels), LABEL_HEIGHT)], axis=1)
        self.label_places = arrangement.spots.places(label)
        sums, summands = neighbourhood.sums.tolist(), neighbourhood.summands.tolist()
        self.opens: list[bool | None] = [
            terms > 0 if total >= 0 else None for total, terms in zip(sums, summands, strict=True)
        ]

    def with_numbers(self, book: CardBook) -> Scene:
        """Return the same scene with other numbers of the same events."""
        other = copy(self)
        other._fill(book)
        return other

    def _fill(self, book: CardBook) -> None:
        """Take over what cards and edges say."""
        around = self.neighbourhood
        self.facts = CardFacts(book, self.nodes, around.summands.tolist())
        local = book.timeline.trace.local_grad[around.edges].tolist()
        self.labels = [f"∂ {numbers.short(value)}" for value in local]
        letters = np.array([len(text) for text in self.labels], float)
        self.label_width = letters * _letter_width() + LABEL_PADDING

    def rect(self, card: int) -> QRectF:
        """Return where a card is."""
        (x, y), (width, height) = self.middle[card].tolist(), self.size[card].tolist()
        return QRectF(x - width / 2, y - height / 2, width, height)

    def bounds(self) -> tuple[float, float, float, float]:
        """Return left, top, right and bottom of all cards."""
        left, top = (self.middle - self.size / 2).min(axis=0).tolist()
        right, bottom = (self.middle + self.size / 2).max(axis=0).tolist()
        return left, top, right, bottom

    def card_at(self, x: float, y: float) -> int | None:
        """Return the card at a point."""
        inside = (np.abs(self.middle - (x, y)) <= self.size / 2).all(axis=1)
        found = np.flatnonzero(inside)
        return int(found[0]) if len(found) else None

    def is_disclosure(self, card: int, x: float, y: float) -> bool:
        """Return whether a point of a card opens or folds its sum."""
        rect = self.rect(card)
        right, top = rect.right() - x, y - rect.top()
        return int(self.neighbourhood.sums[card]) >= 0 and max(right, top) <= DISCLOSURE

    def edge_at(self, x: float, y: float, near: float = NEAR) -> int | None:
        """Return the edge that passes a point, if one does."""
        paths = self._arrangement.paths
        if not len(paths):
            return None
        start, end = paths[:, :-1], paths[:, 1:]
        way = end - start
        length = np.maximum((way**2).sum(axis=-1), 1e-9)
        share = np.clip((((x, y) - start) * way).sum(axis=-1) / length, 0, 1)
        distance = np.hypot(*np.moveaxis(start + way * share[..., np.newaxis] - (x, y), -1, 0))
        nearest = distance.min(axis=1)
        best = int(nearest.argmin())
        return int(self.curves.edge[best]) if nearest[best] <= near else None

    def path_of(self, edge: int) -> FloatArray:
        """Return points along an edge, from child to consumer."""
        path = self._arrangement.paths[self.curves.edge == edge]
        return np.asarray(path.reshape(-1, 2), float)


@cache
def _letter_width() -> float:
    return QFontMetricsF(mono(LABEL_SIZE)).horizontalAdvance("0")
