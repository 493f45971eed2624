"""A tour of the window: what to look at, in which order, in about two minutes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from explorer.debug import numbers
from explorer.debug.positions import chance_loss
from explorer.trace.trace import Trace


class Area(Enum):
    """What a stop of the tour points at."""

    WINDOW = "window"
    MAP = "map"
    POSITIONS = "positions"
    TIMELINE = "timeline"
    STEPPING = "stepping"
    INSPECTOR = "inspector"
    NEIGHBOURHOOD = "neighbourhood"
    NAME = "name"
    WORKSPACES = "workspaces"
    MENU = "menu"


@dataclass(frozen=True)
class TourStop:
    """One thing to look at.

    Attributes
    ----------
    area : Area
    title : str
    text : str
        Two or three sentences.
    """

    area: Area
    title: str
    text: str


def tour_of(trace: Trace) -> tuple[TourStop, ...]:
    """Return the stops of the tour, with the numbers of a pass over a document."""
    assert trace.document is not None
    name, loss = trace.document.name, trace.loss
    made, positions = numbers.count(trace.created), len(trace.position_scope)
    heading = (
        f"This is one pass of a GPT over “{name}”: {made} numbers, each computed by plain Python, "
        "and all of them are here."
    )
    outcome = (
        "" if loss is None else f" Their mean here is {numbers.loss(float(trace.data[loss]))}."
    )
    return (
        TourStop(
            Area.WINDOW,
            "Welcome",
            f"{heading} The tour takes two minutes; Esc ends it, and the menu has it whenever you "
            "want it back.",
        ),
        TourStop(
            Area.MAP,
            "The map",
            f"Each cell is one number. The parameters stand at the left, then {positions} columns, "
            "one for each position, computed from top to bottom. Blue is negative, orange "
            "positive. Turn the wheel to zoom in until you can read them; F shows all again.",
        ),
        TourStop(
            Area.POSITIONS,
            "What the model says",
            "Each position reads one token and predicts the next one: p is the probability that it "
            "gave to what really came, the loss is minus its logarithm."
            f"{outcome} Guessing would give {numbers.loss(chance_loss(trace))}.",
        ),
        TourStop(
            Area.TIMELINE,
            "Time",
            "The pass as a film: forward, position by position, then backward from the loss, then "
            "the update of the parameters. Drag it: everything on screen is as it was then.",
        ),
        TourStop(
            Area.STEPPING,
            "Steps",
            "Page Down steps on, Page Up steps back, as a clicker does. What a step is you choose "
            "beside the arrows: one contribution, one node, one source line, one scope or one "
            "position.",
        ),
        TourStop(
            Area.INSPECTOR,
            "One number",
            "Click any cell. Here are its data and gradient with every digit, what it was made "
            "from, and its ledger: who contributed to its gradient, in which order.",
        ),
        TourStop(
            Area.NEIGHBOURHOOD,
            "Its neighbours",
            "Children at the left, consumers at the right, local gradients on the edges. Arrow "
            "keys walk through the graph.",
        ),
        TourStop(
            Area.NAME,
            "Another name",
            "Type one and press Enter. Half a second later its pass is here.",
        ),
        TourStop(
            Area.WORKSPACES,
            "More to see",
            "Explore is this. Name shows the pass by its larger parts: probabilities, attention, "
            "residual stream. Train makes a model from scratch in seconds, and opens any training "
            "step here.",
        ),
        TourStop(
            Area.MENU,
            "Where things are",
            "The menu has every command, ? the whole keyboard, G the glossary; Ctrl+Shift+P finds "
            "anything by a few letters. Alt+L has seven ready-made lessons, and Ctrl+L projects "
            "them, or what is on show. Have fun.",
        ),
    )
