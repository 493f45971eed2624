"""What stands out in a neighbourhood."""

from __future__ import annotations

from dataclasses import dataclass

from explorer.debug.neighbourhood import Contribution


@dataclass(frozen=True)
class CardMarks:
    """Which cards and edges stand out.

    Attributes
    ----------
    current, compared, hovered : int or None
        Cards.
    hovered_edge : int or None
    active : Contribution or None
        The contribution that is added now.
    active_edge : int or None
        Its edge, if it is on show.
    """

    current: int | None = None
    compared: int | None = None
    hovered: int | None = None
    hovered_edge: int | None = None
    active: Contribution | None = None
    active_edge: int | None = None
