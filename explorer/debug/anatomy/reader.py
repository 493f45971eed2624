"""What is read of the session's pass, and where in it one looks closely."""

from __future__ import annotations

from dataclasses import replace

from explorer.debug.anatomy.parts import Anatomy, has_parts
from explorer.debug.anatomy.reading import Place, Reading
from explorer.debug.session import Session


class Reader:
    """Makes readings of a session's pass, and follows it from position to position.

    Looked at is where forward is, else what was chosen, at first the last position. Whoever looks
    elsewhere in forward may do so until it comes to another position.

    Parameters
    ----------
    session : Session
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._anatomy: Anatomy | None = None
        self._of: tuple[object, object] = (None, None)  # whose anatomy it is
        self._tokens: list[int] | None = None  # of the pass that the chosen position is in
        self._chosen = 0  # the position that somebody looks at, while forward is at none
        self._left: int | None = None  # the one at which forward was when that was chosen
        self._place = Place()

    @property
    def place(self) -> Place:
        """Where one looks closely."""
        return self._place

    def choose(self, place: Place) -> None:
        """Look closely at a position, or a head."""
        if place.position != self._place.position:
            reading = self._reading()
            self._chosen = place.position
            self._left = None if reading is None else reading.position
        self._place = place

    def show(self, place: Place) -> None:
        """Look at a position whether or not forward is elsewhere."""
        reading = self._reading()
        if reading is not None:
            self._tokens = list(reading.anatomy.tokens)
            self._chosen, self._left = place.position, reading.position
        self._place = place

    def read(self) -> tuple[Reading | None, Place]:
        """Return the pass at its moment, and where to look closely."""
        reading = self._reading()
        if reading is not None:
            place = replace(self._place, position=self._position(reading))
            self._place = place.within(reading.anatomy)
        return reading, self._place

    def _position(self, reading: Reading) -> int:
        tokens = list(reading.anatomy.tokens)
        if tokens != self._tokens:
            self._tokens, self._left = tokens, None
            self._chosen = len(tokens) - 1
        if reading.position != self._left:
            self._left = None
        if reading.position is None or self._left is not None:
            return self._chosen
        return reading.position

    def _reading(self) -> Reading | None:
        timeline = self._session.timeline
        if timeline is None:
            return None
        trace, (edges, document) = timeline.trace, self._of
        if trace.child is not edges or trace.document is not document:  # not only other numbers
            self._of = trace.child, trace.document
            self._anatomy = Anatomy(timeline.trace) if has_parts(timeline.trace) else None
        if self._anatomy is None:
            return None
        return Reading(timeline, self._session.cursor, self._anatomy)
