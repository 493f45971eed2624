"""The SQLite file below the store: opened with care, and every error told in one sentence."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

APPLICATION_ID = int.from_bytes(b"mGPT", "big")
SCHEMA_VERSION = 1
SCHEMA = """
CREATE TABLE datasets (
    digest TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    documents BLOB NOT NULL           -- zlib, one document a line
);
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    settings TEXT NOT NULL,           -- JSON
    dataset TEXT NOT NULL REFERENCES datasets,
    created TEXT NOT NULL,            -- ISO 8601, UTC
    status TEXT NOT NULL,
    message TEXT NOT NULL
);
-- A loss has no declared type: a REAL column would drop the sign of a zero.
CREATE TABLE steps (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    document TEXT NOT NULL,
    positions INTEGER NOT NULL,
    loss,
    learning_rate,
    gradient_norm,
    PRIMARY KEY (run, step)
);
CREATE TABLE gradients (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    packed BLOB NOT NULL,
    checksum INTEGER NOT NULL,        -- CRC-32 of the state after the step
    PRIMARY KEY (run, step)
);
CREATE TABLE states (                 -- float64, little-endian
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    parameters BLOB NOT NULL,
    m BLOB NOT NULL,
    v BLOB NOT NULL,
    random BLOB NOT NULL,
    PRIMARY KEY (run, step)
);
CREATE TABLE samples (
    run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
    step INTEGER NOT NULL,
    final INTEGER NOT NULL,
    number INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (run, step, final, number)
);
"""
MAGIC = b"SQLite format 3\0"
HEADER_BYTES = 100
RETRIES_MAY_HELP = {
    sqlite3.SQLITE_BUSY: "is in use by another program",
    sqlite3.SQLITE_LOCKED: "is in use by another program",
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk is full or failing",
}
FOR_GOOD = {
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_NOTADB: "is damaged",
    sqlite3.SQLITE_READONLY: "must not be written",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened",
    sqlite3.SQLITE_PERM: "must not be opened",
}


class StoreError(ValueError):
    """The file of runs cannot do what it was asked for; the message is one sentence."""


class StoreBusyError(StoreError):
    """It cannot now, and may later: locked by another program, or the disk is full."""


class Database:
    """The opened file; every error of SQLite comes out as a StoreError.

    Parameters
    ----------
    path : Path
        Its folder is made if it is not there.
    patience : float
        Seconds to wait for another program to finish with the file.

    Raises
    ------
    StoreError
        The file is something else, damaged, or of a newer version. It is not touched.
    """

    def __init__(self, path: Path, patience: float) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            refuse_foreign(path)
        except OSError as error:
            raise StoreError(f"{path} cannot be opened: {error.strerror}") from None
        with self._explained():
            self._connection = sqlite3.connect(path, timeout=patience, isolation_level=None)
        try:
            self._prepare()
        except BaseException:
            self._connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def execute(self, statement: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        """Run a statement."""
        with self._explained():
            return self._connection.execute(statement, values)

    def rows(self, query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._explained():
            return self._connection.execute(query, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Write all of a block or, after any error, nothing of it."""
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # SQLite ends some transactions by itself
                self.execute("ROLLBACK")
            raise

    def give_back_space(self) -> None:
        """Make the file smaller after a deletion; others who use the file come first."""
        with suppress(StoreBusyError):
            with self._explained():  # execute() would stop after the first page
                self._connection.executescript("PRAGMA incremental_vacuum")
            self.rows("PRAGMA wal_checkpoint(TRUNCATE)")

    def damaged(self) -> StoreError:
        """Return the error to raise when bytes are not what was written."""
        return StoreError(f"{self.path} is damaged")

    def _prepare(self) -> None:
        self.execute("PRAGMA foreign_keys = ON")
        self.execute("PRAGMA auto_vacuum = INCREMENTAL")  # counts before the first table only
        if self.rows("PRAGMA user_version") != [(SCHEMA_VERSION,)]:
            with self.transaction():
                # Another process may have been faster.
                if self.rows("SELECT count(*) FROM sqlite_master") == [(0,)]:
                    self._make_tables()
        self.execute("PRAGMA journal_mode = WAL")
        # With a write-ahead log this survives the death of the process at any moment; a power
        # cut may take the last steps, never the file.
        self.execute("PRAGMA synchronous = NORMAL")

    def _make_tables(self) -> None:
        for statement in SCHEMA.split(";\n"):
            self.execute(statement)
        self.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # primary
            if code in RETRIES_MAY_HELP:
                raise StoreBusyError(f"{self.path} {RETRIES_MAY_HELP[code]}") from error
            raise StoreError(f"{self.path} {FOR_GOOD.get(code, f'fails: {error}')}") from error


def refuse_foreign(path: Path) -> None:
    """Read the header of a file, and raise StoreError unless it is new or one of ours."""
    if not path.exists():
        return
    with path.open("rb") as file:
        header = file.read(HEADER_BYTES)
    if not header:
        return
    version, application = (int.from_bytes(header[i : i + 4], "big") for i in (60, 68))
    if not header.startswith(MAGIC) or application != APPLICATION_ID:
        raise StoreError(f"{path} is not a file of runs")
    if version > SCHEMA_VERSION:
        raise StoreError(f"{path} was made by a newer version of microGPT Explorer")
    if version != SCHEMA_VERSION:
        raise StoreError(f"{path} is damaged")
