"""Files are of their kind, of a known version and whole, or they are refused in a sentence."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from explorer.debug.file_fields import FieldError, FileKind

THING = FileKind("thing", largest=4_000_000, version=2)
HEAD = b'{"format": "microgpt-explorer thing"'


def read(file: Path) -> str:
    return THING.read(file, lambda fields: fields.filled({"text": None}).text("text"))


def refusal(file: Path) -> str:
    with pytest.raises(FieldError) as caught:
        read(file)
    message = str(caught.value)
    assert message.startswith(str(file))
    assert "\n" not in message
    assert not message.endswith(".")
    return message.removeprefix(str(file)).strip()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    file = tmp_path / "thing.json"
    THING.write(file, {"text": "é −"})
    assert read(file) == "é −"
    assert '"version": 2' in file.read_text(encoding="utf-8")
    file.write_bytes(file.read_text(encoding="utf-8").encode("utf-16"))  # which JSON allows
    assert read(file) == "é −"


@pytest.mark.parametrize(
    ("written", "words"),
    [
        (b"", "is not a thing: it is no JSON"),
        (b"\0\x01\xff\xfe\x80", "is not a thing: it is no JSON"),
        (b"\x80\x81\x82", "is not a thing: it is no JSON"),
        (b"{", "is not a thing: it is no JSON"),
        (b"{'text': 1}", "is not a thing: it is no JSON"),
        (b"[" * 1_000_000, "is not a thing: it is no JSON"),
        (b'{"a":' * 500_000, "is not a thing: it is no JSON"),
        (b"9" * 10_000, "is not a thing: it is no JSON"),
        (b"null", "is not a thing of this program"),
        (b"[]", "is not a thing of this program"),
        (b"{}", "is not a thing of this program"),
        (b"NaN", "is not a thing of this program"),
        (b'{"format": ["microgpt-explorer thing"]}', "is not a thing of this program"),
        (b'{"format": "microgpt-explorer toy", "version": 2}', "is not a thing of this program"),
        (HEAD + b"}", "is damaged: “version” should be a whole number from 0 on"),
        (HEAD + b', "version": true}', "is damaged: “version” should be a whole number from 0 on"),
        (HEAD + b', "version": 3}', "has version 3, not 2"),
        (HEAD + b', "version": 0}', "has version 0, not 2"),
        (HEAD + b', "version": 1}', "is damaged: “text” should be a text of at most 40000 letters"),
        (HEAD + b', "version": 2, "x": 1}', "is damaged: “x”: there is no such field"),
        (b'{"format": "x", ' + HEAD[1:] + b"}", "is damaged: “format” stands in it twice"),
        (HEAD + b', "a": [{"b": 1, "b": 2}]}', "is damaged: “b” stands in it twice"),
        (b" " * (THING.largest + 1), "is too large for a thing"),
    ],
    ids=lambda value: str(value[:40]),
)
def test_what_is_no_file_of_the_kind_is_refused(tmp_path: Path, written: bytes, words: str) -> None:
    file = tmp_path / "thing.json"
    file.write_bytes(written)
    assert refusal(file) == words


def test_files_that_can_not_be_opened_are_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.json") == "can't be read (No such file or directory)"
    assert refusal(tmp_path) == "can't be read (Is a directory)"
    file = tmp_path / "locked.json"
    THING.write(file, {"text": "x"})
    file.chmod(0)
    if os.geteuid():
        assert refusal(file) == "can't be read (Permission denied)"
