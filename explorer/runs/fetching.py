"""Fetching the published names beside everything else, watched and cancelled from outside."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event, Thread
from typing import TypeAlias

from explorer.runs.dataset import DataSetError

Fetcher: TypeAlias = Callable[[Path, Callable[[int, int], None], Callable[[], bool]], object]


class Fetching:
    """One download under way.

    Parameters
    ----------
    folder : Path
    fetcher : callable
        What fetches, as `fetch_published`.

    Attributes
    ----------
    share : float
        How much has come, 0 to 1.
    problem : str
        Why it failed, one sentence; empty if it did not.
    """

    def __init__(self, folder: Path, fetcher: Fetcher) -> None:
        self.share, self.problem = 0.0, ""
        self._folder, self._fetcher = folder, fetcher
        self._cancelled = Event()
        self._thread = Thread(target=self._run, name="fetch", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it has ended, for better or worse."""
        return not self._thread.is_alive()

    @property
    def succeeded(self) -> bool:
        """Whether the names are there."""
        return self.is_over and not self.problem

    def cancel(self) -> None:
        """Give it up."""
        self._cancelled.set()

    def _run(self) -> None:
        try:
            self._fetcher(self._folder, self._note, self._cancelled.is_set)
        except DataSetError as error:
            self.problem = str(error)

    def _note(self, done: int, total: int) -> None:
        self.share = done / total


def fetch_names(
    folder: Path, progress: Callable[[int, int], None], cancelled: Callable[[], bool]
) -> None:
    """Fetch the published names; what speaks HTTPS is loaded only now."""
    from explorer.runs.fetch import fetch_published

    fetch_published(folder, progress, cancelled)
