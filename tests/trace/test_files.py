"""Files are written whole or not at all, and what goes wrong is one sentence."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from explorer.trace.files import WriteError, make_folder, write_whole


def test_a_file_replaces_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "map.svg"
    write_whole(file, b"first")
    write_whole(file, b"second")
    assert file.read_bytes() == b"second"
    assert [file.name for file in tmp_path.iterdir()] == ["map.svg"]


def test_a_link_stays_a_link(tmp_path: Path) -> None:
    file, link = tmp_path / "file.svg", tmp_path / "link.svg"
    file.write_bytes(b"first")
    link.symlink_to(file)
    write_whole(link, b"second")
    assert link.is_symlink()
    assert file.read_bytes() == b"second"


def complaint(file: Path) -> str:
    with pytest.raises(WriteError) as caught:
        write_whole(file, b"content")
    return str(caught.value)


def test_a_missing_folder_is_named(tmp_path: Path) -> None:
    assert complaint(tmp_path / "none" / "a.png") == f"there is no folder {tmp_path / 'none'}"


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    assert complaint(tmp_path) == f"{tmp_path} is a folder"


@pytest.mark.skipif(os.geteuid() == 0, reason="the administrator may write everywhere")
def test_a_folder_without_the_right_to_write(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "no right to write" in complaint(tmp_path / "a.png")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.EACCES, "there is no right to write in the folder {folder}"),
        (errno.EROFS, "there is no right to write in the folder {folder}"),
        (errno.ENOSPC, "the disk is full, and {file} was not written"),
        (errno.EDQUOT, "the disk is full, and {file} was not written"),
        (errno.EIO, "{file} cannot be written: Input/output error"),
    ],
)
def test_what_the_system_refuses_is_a_sentence_and_the_last_picture_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    file = tmp_path / "map.pdf"
    file.write_bytes(b"before")

    def refuse(path: Path, content: bytes) -> int:
        with path.open("wb") as opened:
            opened.write(content[:3])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    assert complaint(file) == words.format(file=file, folder=tmp_path)
    assert file.read_bytes() == b"before"
    assert [file.name for file in tmp_path.iterdir()] == ["map.pdf"]


def test_a_disk_that_takes_no_more_leaves_nothing_behind(tmp_path: Path) -> None:
    """A limit of the system on the size of files, as a disk that is really full needs a disk."""
    program = f"""
import resource
from pathlib import Path
from explorer.trace.files import WriteError, make_folder, write_whole
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    write_whole(Path({str(tmp_path / "map.png")!r}), b"x" * 100_000)
except WriteError as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.stdout == f"{tmp_path / 'map.png'} cannot be written: File too large\n"
    assert [file.name for file in tmp_path.iterdir()] == []


def test_a_folder_is_made_or_the_reason_told(tmp_path: Path) -> None:
    make_folder(tmp_path / "pictures")
    make_folder(tmp_path / "pictures")  # it is there
    assert (tmp_path / "pictures").is_dir()
    with pytest.raises(WriteError, match="there is no folder"):
        make_folder(tmp_path / "nowhere" / "pictures")
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match="cannot be written: File exists"):
        make_folder(tmp_path / "file")
