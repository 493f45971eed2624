"""What a session shows, to be read; only `explorer.debug.session.Session` changes it."""

from __future__ import annotations

from enum import Enum

from psygnal import Signal

from explorer.debug.bookmarks import Bookmarks
from explorer.debug.breakpoints import Breakpoints
from explorer.debug.contrast import Contrast
from explorer.debug.finder import Finder
from explorer.debug.search import Nodes
from explorer.debug.stepping import Granularity, Stepper
from explorer.debug.visits import Visits
from explorer.debug.watches import Watches
from explorer.debug.whatif import WhatIf
from explorer.trace.timeline import Moment, Timeline
from explorer.trace.trace import Trace

USUAL_SPEED = 4.0  # steps a second


class Colour(Enum):
    """What the colour of a cell tells."""

    DATA = "data"
    GRADIENT = "gradient"
    MAGNITUDE = "magnitude"  # of the gradient, on a logarithmic scale
    STATE = "state"  # of the gradient
    OP = "op"
    FAN_OUT = "fan-out"


class Cone(Enum):
    """Which nodes stand out, seen from the selected one."""

    ALL = "all"
    ANCESTORS = "ancestors"  # what it was computed from
    DESCENDANTS = "descendants"  # what was computed from it


class Shown:
    """One pass under inspection: where time stands, and what is selected.

    Everything shown is a function of the time line, the cursor and the selection.

    Attributes
    ----------
    opened : Signal
        Another pass is shown. The cursor and the selection have been set for it.
    cursor_moved : Signal
        Time has changed.
    selected : Signal
        Another node, or none, is selected.
    colour_changed : Signal
        The colour mode, how its scale is chosen, which cone stands out, or whether flows show.
    granularity_changed : Signal
    play_changed : Signal
        Time goes on by itself, or no longer, or at another speed.
    numbers_changed : Signal
        The same events with other numbers: a what-if began, went on or ended, another step of a
        training is shown, or another one is compared with.
    found_changed : Signal
        Another search, other nodes that it finds, or another place among them.
    breakpoints : Breakpoints
    watches : Watches
    bookmarks : Bookmarks
    """

    opened = Signal()
    cursor_moved = Signal()
    selected = Signal()
    colour_changed = Signal()
    granularity_changed = Signal()
    play_changed = Signal()
    numbers_changed = Signal()
    found_changed = Signal()

    def __init__(self) -> None:
        self.breakpoints, self.watches, self.bookmarks = Breakpoints(), Watches(), Bookmarks()
        self._timeline: Timeline | None = None
        self._recorded: Timeline | None = None
        self._what_if: WhatIf | None = None
        self._contrast: Contrast | None = None
        self._stepper: Stepper | None = None
        self._cursor = 0
        self._playing = 0
        self._speed = USUAL_SPEED
        self._selection: int | None = None
        self._visits = Visits()
        self._compared: int | None = None
        self._pinned = False
        self._colour = Colour.DATA
        self._scale_follows = False
        self._cone = Cone.ALL
        self._shows_flows = True
        self._granularity = Granularity.NODE
        self._finder = Finder()
        self._settled = True

    @property
    def timeline(self) -> Timeline | None:
        """The pass under inspection, None before the first; with the numbers of the what-if."""
        return self._timeline

    @property
    def recorded(self) -> Timeline | None:
        """The pass as it was recorded, whatever is changed."""
        return self._recorded

    @property
    def what_if(self) -> WhatIf | None:
        """The changed numbers that are shown in place of the recorded ones; None if none are."""
        return self._what_if

    @property
    def contrast(self) -> Contrast | None:
        """The pass of another model that the shown one is compared with; None if none is.

        Colours of data and of gradients then show differences.
        """
        return self._contrast

    @property
    def trace(self) -> Trace | None:
        """The columns of the pass, with the numbers that are shown."""
        return self._timeline.trace if self._timeline else None

    @property
    def cursor(self) -> int:
        """The moment that is shown: how many events have happened."""
        return self._cursor

    @property
    def moment(self) -> Moment | None:
        """What has happened at the cursor."""
        return self._timeline.moment(self._cursor) if self._timeline else None

    @property
    def selection(self) -> int | None:
        """The selected node."""
        return self._selection

    @property
    def colour(self) -> Colour:
        """What the colour of a cell tells."""
        return self._colour

    @property
    def compared(self) -> int | None:
        """The node that the selected one is compared with."""
        return self._compared

    @property
    def pinned(self) -> bool:
        """Whether the selection stays while time is stepped."""
        return self._pinned

    @property
    def scale_follows(self) -> bool:
        """Whether the colour scale follows the moment, or is fixed for the pass."""
        return self._scale_follows

    @property
    def shows_flows(self) -> bool:
        """Whether the map shows what flows between blocks that are far from each other."""
        return self._shows_flows

    @property
    def cone(self) -> Cone:
        """Which nodes stand out, seen from the selected one."""
        return self._cone

    @property
    def granularity(self) -> Granularity:
        """How much happens in one step."""
        return self._granularity

    @property
    def playing(self) -> int:
        """Whether time goes on by itself (1), back (-1), or stands still (0)."""
        return self._playing

    @property
    def speed(self) -> float:
        """How fast it does, in steps a second."""
        return self._speed

    @property
    def query(self) -> str:
        """What is searched for; empty if nothing is."""
        return self._finder.query

    @property
    def search_words(self) -> str:
        """How the query was understood; empty if there is none, or it is malformed."""
        return self._finder.words(self._cursor)

    @property
    def search_error(self) -> str:
        """What is wrong with the query, in a sentence; empty if nothing is."""
        return self._finder.error

    @property
    def found(self) -> Nodes:
        """The nodes that the search finds at the cursor, in the order in which they are walked."""
        return self._finder.found

    @property
    def found_path(self) -> Nodes:
        """The nodes of the path that is searched for, in its order; empty if there is none."""
        return self._finder.path(self._cursor)

    @property
    def found_at(self) -> int | None:
        """Which of the found nodes was selected last; None if none was since the search began."""
        return self._finder.at

    @property
    def found_at_end(self) -> int:
        """How many nodes the search finds once all gradients are complete."""
        return self._finder.count(self._timeline.backward_end) if self._timeline else 0
