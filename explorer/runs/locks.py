"""Which runs are being trained, by any process: locks that end with the process that holds them."""

from __future__ import annotations

import os
from pathlib import Path
from time import monotonic, sleep
from types import TracebackType

try:
    import fcntl
except ImportError:  # not on this system: nothing is known of other processes there
    fcntl = None  # type: ignore[assignment]

PATIENCE, BLINK = 5.0, 0.01  # seconds; the last process of the run may still be ending


class RunLocks:
    """A file beside that of runs, of which each run has one byte to lock.

    A lock is gone as soon as its process is, however that ended. Locks are between processes: a
    process does not see its own.

    Parameters
    ----------
    path : Path
        The file of runs.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.name}.lock")
        self._file: int | None = None

    def __enter__(self) -> RunLocks:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self.close()

    def hold(self, run: int) -> bool:
        """Lock a run until this process ends, or `close`; return False if another one has it.

        Raises
        ------
        OSError
            The file cannot be made.
        """
        if fcntl is None:
            return True
        if self._file is None:
            self._file = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        end = monotonic() + PATIENCE
        while not _lock(self._file, run):
            if monotonic() > end:
                return False
            sleep(BLINK)
        return True

    def is_held(self, run: int) -> bool:
        """Return whether another process has locked a run."""
        if fcntl is None:
            return False
        try:
            if self._file is None:
                self._file = os.open(self.path, os.O_RDWR)
            if not _lock(self._file, run):
                return True
            fcntl.lockf(self._file, fcntl.LOCK_UN, 1, run)
        except OSError:  # there is no such file, or none that can be locked
            pass
        return False

    def close(self) -> None:
        """Let go of all locks."""
        if self._file is not None:
            os.close(self._file)
            self._file = None


def _lock(file: int, run: int) -> bool:
    try:
        fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, run)
    except (BlockingIOError, PermissionError):
        return False
    return True
