"""The file below the store: what is refused is not touched, and errors are sentences."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tiny_runs import NAMES, TINY, train_into

from explorer.runs.database import APPLICATION_ID, Database, StoreBusyError, StoreError
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore


def test_file_and_folders_are_made(tmp_path: Path) -> None:
    path = tmp_path / "a" / "b" / "runs.sqlite3"
    RunStore(path).close()
    with RunStore(path) as store:
        assert store.runs() == []


def test_empty_file_becomes_a_file_of_runs(path: Path) -> None:
    path.touch()
    with RunStore(path) as store:
        assert store.runs() == []


def test_kept_in_a_write_ahead_log(path: Path) -> None:
    with closing(Database(path, 1)) as database:
        assert database.rows("PRAGMA journal_mode") == [("wal",)]
        assert database.rows("PRAGMA application_id") == [(APPLICATION_ID,)]
        assert database.rows("PRAGMA integrity_check") == [("ok",)]


def foreign_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE mine (x)")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        other.execute("PRAGMA user_version = 99")


def without_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)


def text(path: Path) -> None:
    path.write_text("emma\n" * 100)


def cut_off(path: Path) -> None:
    RunStore(path).close()
    path.write_bytes(path.read_bytes()[:5000])


def overwritten(path: Path) -> None:
    RunStore(path).close()
    data = bytearray(path.read_bytes())
    data[100:4096] = b"\x55" * 3996
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (foreign_database, "is not a file of runs"),
        (garbage, "is not a file of runs"),
        (text, "is not a file of runs"),
        (newer, "was made by a newer version"),
        (without_version, "is damaged"),
        (cut_off, "is damaged"),
        (overwritten, "is damaged"),
    ],
)
def test_what_is_no_file_of_runs_is_refused_and_not_touched(path: Path, make, sentence) -> None:
    make(path)
    before = path.read_bytes()
    with pytest.raises(StoreError, match=sentence) as caught, RunStore(path) as store:
        store.runs()
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_folder_in_place_of_the_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened: Is a directory"):
        RunStore(tmp_path)
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="cannot be opened"):
        RunStore(tmp_path / "file" / "runs.sqlite3")


def test_file_in_use_is_told_and_works_later(path: Path, store: RunStore, run: int) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreBusyError, match="is in use by another program"):
            store.rename(run, "second")
        assert store.run(run).name == "first"  # readers need not wait
        other.execute("ROLLBACK")
    store.rename(run, "second")
    assert store.run(run).name == "second"


def test_full_disk_is_told_and_leaves_nothing_half(path: Path, store: RunStore, run: int) -> None:
    database = store._database
    ((pages,),) = database.rows("PRAGMA page_count")
    database.rows(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreBusyError, match="cannot grow: the disk is full"):
        train_into(store, run, TINY.steps)
    done = store.steps_done(run)
    assert len(store.steps(run)) == done
    assert store.checkpoint(run).steps_done == done
    with pytest.raises(StoreBusyError, match="the disk is full"):
        any(create_run(store, "another", TINY, NAMES) is None for _ in range(100))
    assert database.rows("PRAGMA integrity_check") == [("ok",)]

    database.rows(f"PRAGMA max_page_count = {pages + 1000}")
    train_into(store, run, TINY.steps - done)
    assert store.steps_done(run) == TINY.steps


def fail_after_writing(database: Database) -> None:
    with database.transaction():
        database.execute("INSERT INTO datasets VALUES ('d', 'n', x'00')")
        raise KeyboardInterrupt


def test_any_error_undoes_the_whole_transaction(path: Path) -> None:
    with closing(Database(path, 1)) as database:
        with pytest.raises(KeyboardInterrupt):
            fail_after_writing(database)
        assert database.rows("SELECT * FROM datasets") == []
        with pytest.raises(StoreError, match="fails: no such table"):
            database.rows("SELECT * FROM missing")


def test_two_programs_may_make_the_file_at_once(path: Path) -> None:
    with closing(sqlite3.connect(path)) as early:  # has opened the empty file
        with RunStore(path) as store:
            create_run(store, "first", TINY, NAMES)
        assert early.execute("SELECT name FROM runs").fetchall() == [("first",)]
    with RunStore(path) as one, RunStore(path) as two:
        create_run(one, "second", TINY, NAMES)
        create_run(two, "third", TINY, NAMES)
        assert [record.name for record in one.runs()] == ["third", "second", "first"]
