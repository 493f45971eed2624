"""How long a lecture has been going on."""

from __future__ import annotations

import time
from collections.abc import Callable


class Stopwatch:
    """Time that goes on or pauses; it starts from 0.

    Parameters
    ----------
    now : callable, optional
        Returns seconds that only grow.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._before = 0.0
        self._since: float | None = None

    @property
    def runs(self) -> bool:
        """Whether time goes on."""
        return self._since is not None

    @property
    def seconds(self) -> float:
        """How long it has been running."""
        return self._before + (self._now() - self._since if self._since is not None else 0.0)

    @property
    def text(self) -> str:
        """The same as people read it, ``4:05`` or ``1:04:05``."""
        minutes, seconds = divmod(int(self.seconds), 60)
        hours, minutes = divmod(minutes, 60)
        return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"

    def start(self) -> None:
        """Let time go on."""
        if self._since is None:
            self._since = self._now()

    def pause(self) -> None:
        """Let time stand still."""
        self._before, self._since = self.seconds, None

    def reset(self) -> None:
        """Begin at 0 again; if time goes on, it still does."""
        self._before = 0.0
        if self._since is not None:
            self._since = self._now()
