"""A stop of a lesson: one saved state of the whole program, with what is to be said about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from explorer.debug.addresses import Address
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.debug.pass_state import PassState
from explorer.debug.session import Cone


class StageView(StrEnum):
    """What stands in the middle of the picture that the audience sees."""

    MAP = "map"
    NEIGHBOURHOOD = "neighbourhood"
    FORMULA = "formula"  # the step under way with its numbers put in
    PROBABILITIES = "probabilities"
    ATTENTION = "attention"  # the matrices of all heads
    HEAD = "head"  # one of them at one position, step by step
    CACHE = "cache"  # its keys and values
    STREAM = "stream"
    UNITS = "units"  # of the perceptron
    EMBEDDINGS = "embeddings"
    TRAINING = "training"  # the losses of the model's training
    GENERATION = "generation"  # a name made up, draw by draw
    TEXT = "text"  # the caption alone, large


@dataclass(frozen=True)
class Box:
    """A part of the map, in cells; it is shown whole on a screen of any size.

    Attributes
    ----------
    left, top, width, height : float
    """

    left: float
    top: float
    width: float
    height: float


Frame = Address | Box  # of a scope, or of a node with some cells around it


@dataclass(frozen=True)
class Change:
    """A number that is set by hand: a what-if.

    Attributes
    ----------
    node : Address
    data : float
    """

    node: Address
    data: float


@dataclass(frozen=True)
class Drawing:
    """A name that is being made up.

    Attributes
    ----------
    seed : int
        Of the random numbers.
    temperature : float
    number : int
        Which name of the seed it is, from 1 on.
    prefix : str
        The letters that are given.
    drawn : int or None
        How many tokens are drawn; None for the whole name.
    shown : int or None
        The position whose draw is shown; None for the last one.
    """

    seed: int
    temperature: float
    number: int = 1
    prefix: str = ""
    drawn: int | None = None
    shown: int | None = None


@dataclass(frozen=True, kw_only=True)
class StopState(PassState):
    """What a session shows at a stop.

    Attributes
    ----------
    name : str
        What the pass reads; empty for that of an expression.
    compared : Address or None
        The node that the selected one is compared with.
    pinned : bool
        Whether the selection stays while time is stepped.
    scale_follows : bool
        Whether the colour scale follows the moment.
    shows_flows : bool
        Whether the map shows what flows between blocks.
    cone : Cone
        Which nodes stand out.
    changes : tuple of Change
        The what-if.
    """

    name: str = ""
    compared: Address | None = None
    pinned: bool = False
    scale_follows: bool = False
    shows_flows: bool = True
    cone: Cone = Cone.ALL
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Stop:
    """One stop: a state, how it is shown, and what is said about it.

    Attributes
    ----------
    title : str
    caption : str
        For the audience, with placeholders for numbers (`explorer.debug.lessons.captions`).
    notes : str
        For the lecturer alone.
    model : str
        Key of the lesson's table of models.
    state : StopState
    view : StageView
    place : Place
        What is looked at closely, where the view is about a position or a head.
    frame : Address, Box or None
        What the map shows: a scope, a node with cells around it, or a part; None for all of it.
    hops : int
        How far the neighbourhood goes, 1 to 4.
    folds : bool
        Whether sums are one card each in it.
    drawing : Drawing or None
        The name that is being made up.
    workspace : Workspace
        Of the normal window.
    panels : tuple of str
        Those of the normal window that lie in front of others: ids, as the workbench knows them.
    """

    title: str
    model: str
    state: StopState
    caption: str = ""
    notes: str = ""
    view: StageView = StageView.MAP
    place: Place = field(default_factory=Place)
    frame: Frame | None = None
    hops: int = 2
    folds: bool = True
    drawing: Drawing | None = None
    workspace: Workspace = Workspace.EXPLORE
    panels: tuple[str, ...] = ()
