"""Data sets: where documents come from, and a sentence where they cannot."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from explorer.runs.dataset import DataSetError, load_dataset, published_file
from explorer.runs.settings import RunSettings
from microgpt import bundled_names, read_documents

PUBLISHED = RunSettings(dataset="published")


def of_file(path: Path) -> RunSettings:
    return RunSettings(dataset="file", dataset_file=str(path))


def test_bundled_names_come_with_the_project(tmp_path: Path) -> None:
    data = load_dataset(RunSettings(), tmp_path)
    assert list(data.documents) == read_documents(bundled_names())
    assert data.name == "bundled names"
    assert len(data.digest) == 64


def test_local_file_is_read_as_the_script_does(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("\ufeffone \n\n two\n")
    data = load_dataset(of_file(file), tmp_path)
    assert (data.name, data.documents, data.text) == ("words.txt", ("one", "two"), "one\ntwo")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (None, "cannot be read: no such file or directory"),
        (b"", "has no documents in it"),
        (b"\n \n", "has no documents in it"),
        (b"\xff\xfe\x00", "is not a text file"),
        (b"a\0b", "is not a text file"),
    ],
)
def test_bad_file_is_told_in_one_sentence(
    tmp_path: Path, content: bytes | None, sentence: str
) -> None:
    file = tmp_path / "words.txt"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(DataSetError, match=sentence) as caught:
        load_dataset(of_file(file), tmp_path)
    assert "\n" not in str(caught.value)


def test_huge_file_and_folder_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "huge.txt"
    with file.open("wb") as out:
        out.truncate(65 * 2**20)
    with pytest.raises(DataSetError, match="is larger than 64 MiB"):
        load_dataset(of_file(file), tmp_path)
    with pytest.raises(DataSetError, match="is a directory"):
        load_dataset(of_file(tmp_path), tmp_path)


def test_documents_that_changed_are_noticed(tmp_path: Path) -> None:
    file = tmp_path / "words.txt"
    file.write_text("one\ntwo\n")
    settings = replace(of_file(file), dataset_digest=load_dataset(of_file(file), tmp_path).digest)
    assert load_dataset(settings, tmp_path).documents == ("one", "two")
    file.write_text("one\nthree\n")
    with pytest.raises(DataSetError, match=r"words.txt is not the data set that it was"):
        load_dataset(settings, tmp_path)


def test_published_names_must_be_fetched_first(tmp_path: Path) -> None:
    with pytest.raises(DataSetError, match="not on this computer yet"):
        load_dataset(PUBLISHED, tmp_path)


def test_damaged_published_names_are_refused(tmp_path: Path) -> None:
    published_file(tmp_path).write_text("emma\n")
    with pytest.raises(DataSetError, match="is not the published list of names; fetch it again"):
        load_dataset(PUBLISHED, tmp_path)
