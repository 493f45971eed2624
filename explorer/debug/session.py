"""The state that all views show and all commands change."""

from __future__ import annotations

import numpy as np

from explorer.debug.addresses import find_node
from explorer.debug.bookmarks import Bookmark
from explorer.debug.breakpoints import Breakpoint, node_moments
from explorer.debug.contrast import Contrast
from explorer.debug.events import Events
from explorer.debug.shown import Colour, Cone, Shown
from explorer.debug.stepping import Granularity, Stepper
from explorer.debug.visits import Visits
from explorer.debug.whatif import WhatIf
from explorer.trace.timeline import Timeline

__all__ = ["FASTEST", "SLOWEST", "Colour", "Cone", "Session"]

SLOWEST, FASTEST = 0.5, 60.0  # steps a second


class Session(Shown):
    """The pass under inspection: views listen to its signals and read its properties.

    Only its methods change them.
    """

    def open(self, timeline: Timeline) -> None:
        """Show another pass: when all gradients are complete, or where it ended.

        The loss is selected, or what failed, or the last node of a forward pass alone. The search
        goes on in it, and so do breakpoints and watches.
        """
        self.play(0)
        self._timeline = self._recorded = timeline
        self._what_if = self._contrast = None
        self._stepper = Stepper(timeline)
        self.breakpoints.open(Events(timeline))
        self._cursor = timeline.backward_end
        self._selection = timeline.trace.telling_node
        self._visits = Visits(timeline.trace.telling_node)
        self._compared = None
        self._finder.open(timeline, self._cursor)
        self._settled = True
        self.opened.emit()
        if self._finder.query:
            self.found_changed.emit()

    def open_again(self, timeline: Timeline) -> None:
        """Show a pass of other events in place of one that it is alike: moment and selection stay.

        Parameters
        ----------
        timeline : Timeline
            Of the same nodes.
        """
        cursor, selection = self._cursor, self._selection
        self.open(timeline)
        self.seek(cursor)
        self.select(selection)

    def begin_anew(self) -> None:
        """Be as if the pass on show had just been opened, but for its moment and its marks.

        To views it is no other pass, which saves them most of the work of opening one.
        """
        if self._recorded is None:
            return
        self.play(0)
        if self._what_if is not None or self._contrast is not None:
            self.show_model(self._recorded)
        first = self._recorded.trace.telling_node
        self.compare(None)
        self.select(first)
        self._visits = Visits(first)

    def show_what_if(self, what_if: WhatIf | None, moving: bool = False) -> None:
        """Show the pass with changed numbers, or as it was recorded; the moment stays.

        Searches and conditions of breakpoints are about the numbers that are shown. They take
        longer than a frame, so they wait for `settle` as long as numbers are moving.

        Parameters
        ----------
        what_if : WhatIf or None
        moving : bool
            Whether other numbers are about to follow, as while one is dragged.
        """
        if what_if is self._what_if or self._recorded is None:
            return
        self._what_if = what_if
        self._show_numbers(self._recorded if what_if is None else what_if.timeline, moving)

    def show_model(
        self, recorded: Timeline, contrast: Contrast | None = None, moving: bool = False
    ) -> None:
        """Show the pass as it is with another model, and compare it; what-if ends.

        Parameters
        ----------
        recorded : Timeline
            Of the same events; moment and selection stay.
        contrast : Contrast, optional
        moving : bool
            As in `show_what_if`.
        """
        self._recorded, self._what_if, self._contrast = recorded, None, contrast
        self._show_numbers(recorded, moving)

    def show_contrast(self, contrast: Contrast | None) -> None:
        """Compare the shown pass with that of another model, or no longer."""
        if contrast is not self._contrast and self._timeline is not None:
            self._contrast = contrast
            self.numbers_changed.emit()

    def _show_numbers(self, timeline: Timeline, moving: bool) -> None:
        self._timeline = timeline
        self.breakpoints.follow_numbers(timeline)
        self._finder.follow_numbers(timeline)
        self._settled = False
        self.numbers_changed.emit()
        if not moving:
            self.settle()

    def settle(self) -> None:
        """Look anew for what depends on numbers that have been moving until now."""
        if self._settled:
            return
        self._settled = True
        self.breakpoints.tell_of_numbers()
        if self._finder.settle(self._cursor):
            self.found_changed.emit()

    def seek(self, cursor: int) -> None:
        """Show another moment; one outside the pass becomes its nearest end."""
        if self._timeline is None:
            return
        self.settle()
        cursor = min(max(cursor, 0), self._timeline.end)
        if cursor != self._cursor:
            self._cursor = cursor
            changed = self._finder.find(cursor)
            self.cursor_moved.emit()
            if changed:
                self.found_changed.emit()

    def step(self, direction: int, granularity: Granularity | None = None) -> None:
        """Go one step on (1) or back (-1), and select the node that it dealt with.

        Its size is that which was chosen if none is given. A pinned selection stays, so that one
        can watch its gradient grow. Steps are no part of the history of selections.
        """
        if self._stepper is not None:
            size = granularity or self._granularity
            self._arrive(self._stepper.step(self._cursor, size, direction))

    def step_to_breakpoint(self, direction: int) -> None:
        """Go one step on (1) or back (-1), but not past where a breakpoint hits."""
        if self._stepper is not None:
            ahead = self._stepper.step(self._cursor, self._granularity, direction)
            stop = self.breakpoints.next_stop(self._cursor, direction)
            passed = stop is not None and (ahead - stop) * direction > 0
            self._arrive(stop if passed and stop is not None else ahead)

    def step_out(self, direction: int) -> None:
        """Go on (1) or back (-1) to where all is left that surrounds the scope at work."""
        if self._stepper is not None:
            self._arrive(self._stepper.out(self._cursor, direction))

    def run_to_breakpoint(self, direction: int) -> None:
        """Go on (1) or back (-1) to where an enabled breakpoint hits, else to the end."""
        if self._timeline is None:
            return
        stop = self.breakpoints.next_stop(self._cursor, direction)
        if stop is None:
            stop = self._timeline.end if direction > 0 else 0
        self._arrive(stop)

    def run_to_hit(self, one: Breakpoint) -> None:
        """Go on to the next moment at which one breakpoint hits; from the last one to the first."""
        moments = self.breakpoints.moments(one)
        if len(moments):
            at = int(np.searchsorted(moments, self._cursor, side="right")) % len(moments)
            self._arrive(int(moments[at]))

    def next_turn(self, direction: int) -> int | None:
        """Return when the selected node is next (1), or was last (-1), dealt with."""
        if self._timeline is None or self._selection is None:
            return None
        moments = node_moments(self._timeline, self._selection)
        ahead = [moment for moment in moments if (moment - self._cursor) * direction > 0]
        return (min if direction > 0 else max)(ahead, default=None)

    def run_to_selection(self, direction: int) -> None:
        """Go on (1) or back (-1) to where the selected node is dealt with."""
        moment = self.next_turn(direction)
        if moment is not None:
            self.seek(moment)

    def _arrive(self, cursor: int) -> None:
        """Show another moment, and select the node that was dealt with."""
        assert self._timeline is not None
        node = self._timeline.moment(cursor).node
        selects = node is not None and node != self._selection and not self._pinned
        if selects:  # before anybody is told of the moment: views shall show both at once
            self._selection = node
        self.seek(cursor)
        if selects:
            self.selected.emit()

    def go_to_bookmark(self, bookmark: Bookmark) -> None:
        """Show the moment of a bookmark, and select what was selected then."""
        self.seek(bookmark.cursor)
        trace = self.trace
        if trace is not None and bookmark.selection is not None:
            node = find_node(trace, bookmark.selection)
            if node is not None:
                self.select(node)

    def play(self, direction: int) -> None:
        """Let time go on by itself (1), back (-1), or stand still (0)."""
        if direction != self._playing and (self._timeline is not None or not direction):
            self._playing = direction
            self.play_changed.emit()

    def set_speed(self, speed: float) -> None:
        """Choose how fast time goes on by itself, in steps a second."""
        speed = min(max(speed, SLOWEST), FASTEST)
        if speed != self._speed:
            self._speed = speed
            self.play_changed.emit()

    def pin(self, pinned: bool) -> None:
        """Let the selection stay while time is stepped, or follow the steps."""
        if pinned is not self._pinned:
            self._pinned = pinned
            self.selected.emit()

    def step_phase(self, direction: int) -> None:
        """Go to the next (1) or the last (-1) beginning or end of a phase."""
        if self._stepper is not None:
            self.seek(self._stepper.phase_edge(self._cursor, direction))

    def select(self, node: int | None) -> None:
        """Select a node, or none."""
        if node == self._selection:
            return
        self._selection = node
        if node is not None:
            self._visits.add(node)
        self._finder.note(node)
        self.selected.emit()

    def can_revisit(self, direction: int) -> bool:
        """Return whether there is an earlier (-1) or later (1) selection."""
        return self._visits.can_revisit(direction, self._selection)

    def revisit(self, direction: int) -> None:
        """Select what was selected before (-1), or after that (1)."""
        if self.can_revisit(direction):
            self._selection = self._visits.revisit(direction, self._selection)
            self._finder.note(self._selection)
            self.selected.emit()

    def set_colour(self, colour: Colour) -> None:
        """Choose what the colour of a cell tells."""
        if colour is not self._colour:
            self._colour = colour
            self.colour_changed.emit()

    def compare(self, node: int | None) -> None:
        """Compare the selected node with another one, or with none."""
        if node != self._compared:
            self._compared = node
            self.selected.emit()

    def follow_scale(self, follows: bool) -> None:
        """Let the colour scale follow the moment, or fix it for the pass."""
        if follows is not self._scale_follows:
            self._scale_follows = follows
            self.colour_changed.emit()

    def show_flows(self, shown: bool) -> None:
        """Show what flows between blocks that are far from each other, or don't."""
        if shown is not self._shows_flows:
            self._shows_flows = shown
            self.colour_changed.emit()

    def show_cone(self, cone: Cone) -> None:
        """Let what the selected node depends on, or what depends on it, stand out."""
        if cone is not self._cone:
            self._cone = cone
            self.colour_changed.emit()

    def set_granularity(self, granularity: Granularity) -> None:
        """Choose how much happens in one step."""
        if granularity is not self._granularity:
            self._granularity = granularity
            self.granularity_changed.emit()

    def search(self, query: str) -> None:
        """Find the nodes that a query describes; an empty one ends the search.

        What is found follows the cursor. The marks on the map stand beside numbers and colours
        that do, and a lecturer who steps through backward sees the nodes of ``|grad|>0.1`` light
        up one after the other; marks of the moment of the search would point at numbers that are
        no longer on show. The selection stays, and so does one's place among what is found.
        """
        if query != self._finder.query:
            self._finder.search(query, self._cursor)
            self.found_changed.emit()

    def walk_found(self, direction: int) -> None:
        """Select the found node after (1) or before (-1) the last one; after the last the first."""
        self.settle()
        node = self._finder.next(direction)
        if node is None:
            return
        if node == self._selection:  # it was selected before it was found
            self._finder.note(node)
            self.found_changed.emit()
        self.select(node)
