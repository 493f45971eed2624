"""Reading documents, and the tokenizer."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import microgpt.data
from microgpt.data import Tokenizer, bundled_names, read_documents

DOCUMENTS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), min_size=1)


@given(DOCUMENTS)
def test_decoding_undoes_encoding(documents: list[str]) -> None:
    tokenizer = Tokenizer(documents)
    for document in documents:
        assert tokenizer.decode(tokenizer.encode(document)) == document


def test_bos_stands_at_both_ends() -> None:
    tokenizer = Tokenizer(["cab"])
    assert tokenizer.letters == ["a", "b", "c"]
    assert (tokenizer.bos, tokenizer.vocab_size) == (3, 4)
    assert tokenizer.encode("bac") == [3, 1, 0, 2, 3]
    assert tokenizer.encode("") == [3, 3]
    assert tokenizer.decode([3, 1, 3]) == "b"


def test_unknown_letters_are_told_each_once_in_order() -> None:
    tokenizer = Tokenizer(["abc"])
    assert tokenizer.unknown("zazby") == ["z", "y"]
    assert tokenizer.unknown("cab") == []
    with pytest.raises(ValueError, match=r"^no token for 'z', 'é'$"):
        tokenizer.encode("zéz")


def test_documents_keep_their_order_without_white_space_and_blank_lines(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(b"\n  zoe \r\n\r\n \t\nanna\tmaria\nbob\xc3\xa9")
    assert read_documents(file) == ["zoe", "anna\tmaria", "bobé"]
    assert read_documents(str(file)) == read_documents(file)


def test_only_line_feeds_end_a_document(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_text("an\u2028na\nb\x0cob\n", encoding="utf-8")
    assert read_documents(file) == ["an\u2028na", "b\x0cob"]


def test_missing_file_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_documents(tmp_path / "missing.txt")


def test_folder_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"directory|denied"):
        read_documents(tmp_path)


@pytest.mark.parametrize("content", [b"", b"\n \n\t\r\n"])
def test_file_without_documents_is_refused(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(content)
    with pytest.raises(ValueError, match=r"names\.txt has no documents"):
        read_documents(file)


def test_binary_file_is_refused_with_the_byte(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(b"anna\n\xff\xfe")
    with pytest.raises(ValueError, match=r"not a text file \(byte 5 is not UTF-8\)"):
        read_documents(file)


def test_file_with_nul_characters_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "names.txt"
    file.write_bytes(b"anna\0bob\n")
    with pytest.raises(ValueError, match="NUL"):
        read_documents(file)


def test_too_large_file_is_refused_before_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "names.txt"
    file.write_text("anna")
    monkeypatch.setattr(microgpt.data, "MAX_BYTES", 4)
    assert read_documents(file) == ["anna"]
    file.write_text("annas")
    monkeypatch.setattr(Path, "read_text", None)
    with pytest.raises(ValueError, match="larger than"):
        read_documents(file)


def test_bundled_names_are_at_least_2000_lower_case_names_of_all_letters() -> None:
    names = read_documents(bundled_names())
    assert len(set(names)) == len(names) >= 2000
    assert set("".join(names)) == set(string.ascii_lowercase)
    assert all(2 <= len(name) <= 15 for name in names)


def test_published_names_are_read_whole(reference: Path) -> None:
    names = read_documents(reference / "names.txt")
    assert len(names) == 32033
    assert (names[0], names[-1]) == ("emma", "zzyzx")
    assert Tokenizer(names).vocab_size == 27
