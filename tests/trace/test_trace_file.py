"""The file format of recorded passes: every bit comes back, and what is damaged is refused."""

from __future__ import annotations

import json
import pickle
import zipfile
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from explorer.trace import trace_file
from explorer.trace.passes import record_pass, summarise, untrained
from explorer.trace.trace import Trace
from explorer.trace.trace_file import TraceFileError, load_trace, save_trace
from explorer.trace.update import Update
from microgpt import Config

ARRAYS = [column.name for column in fields(Trace) if "Array" in str(column.type)]


@pytest.fixture(scope="module")
def small() -> Trace:
    return record_pass(untrained(Config(1, 4, 2, 3)), "ab")


@pytest.fixture
def rewritten(small: Trace, tmp_path: Path) -> Callable[..., Path]:
    """Save a trace with some columns or some of the texts replaced."""
    path = tmp_path / "small.npz"

    def write(texts: Callable[[dict[str, Any]], None] | None = None, **columns: Any) -> Path:
        save_trace(small, path)
        with np.load(path) as archive:
            arrays = {name: archive[name] for name in archive.files}
        if texts is not None:
            text = json.loads(arrays["text"].tobytes())
            texts(text)
            arrays["text"] = np.frombuffer(json.dumps(text).encode(), np.uint8)
        np.savez(path, **{**arrays, **columns})
        return path

    return write


def columns(update: Update) -> dict[str, bytes]:
    return {name: column.tobytes() for name, column in update.arrays().items()}


def same(one: Trace, other: Trace) -> bool:
    for column in fields(Trace):
        a, b = getattr(one, column.name), getattr(other, column.name)
        if isinstance(a, np.ndarray):
            if a.dtype != b.dtype or a.shape != b.shape or a.tobytes() != b.tobytes():
                return False
        elif isinstance(a, Update):
            if b is None or a.settings != b.settings or columns(a) != columns(b):
                return False
        elif a != b or type(a) is not type(b):
            return False
    return True


def test_every_array_is_a_column_of_the_file() -> None:
    assert len(ARRAYS) == 13
    assert set(ARRAYS) == set(trace_file._ARRAYS)


@pytest.mark.parametrize("which", ["emma", "small", "foreign_trace"])
def test_saved_trace_is_loaded_with_every_bit(
    which: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    trace = request.getfixturevalue(which)
    save_trace(trace, tmp_path / "pass.npz")
    loaded = load_trace(tmp_path / "pass.npz")
    assert same(loaded, trace)
    with pytest.raises(ValueError, match="read-only"):
        loaded.data[0] = 0
    if loaded.document is not None:
        assert summarise(loaded) == summarise(trace)


def test_signed_zeros_infinities_and_nan_survive_the_file(small: Trace, tmp_path: Path) -> None:
    data = small.data.copy()
    data[:4] = [-0.0, np.inf, -np.inf, np.nan]
    values = {column.name: getattr(small, column.name) for column in fields(Trace)}
    odd = Trace(**{**values, "data": data, "update": None})
    save_trace(odd, tmp_path / "odd.npz")
    assert same(load_trace(tmp_path / "odd.npz"), odd)


def test_name_of_the_file_is_kept_as_given(small: Trace, tmp_path: Path) -> None:
    save_trace(small, tmp_path / "pass.trace")
    assert [p.name for p in tmp_path.iterdir()] == ["pass.trace"]
    assert same(load_trace(str(tmp_path / "pass.trace")), small)


def test_file_holds_no_pickles(small: Trace, tmp_path: Path) -> None:
    save_trace(small, tmp_path / "pass.npz")
    with np.load(tmp_path / "pass.npz", allow_pickle=False) as archive:
        assert all(archive[name].dtype != object for name in archive.files)


def test_pickles_are_never_loaded(
    rewritten: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []
    load = np.load

    def spy(*arguments, **options):
        asked.append(options)
        return load(*arguments, **options)

    path = rewritten(data=np.array([{"a": 1}], dtype=object))
    monkeypatch.setattr(trace_file.np, "load", spy)
    with pytest.raises(TraceFileError):
        load_trace(path)
    assert asked == [{"allow_pickle": False}]


def refused(path: Path) -> str:
    with pytest.raises(TraceFileError) as caught:
        load_trace(path)
    message = str(caught.value)
    assert str(path) in message
    assert "\n" not in message
    return message


def test_missing_file_and_folder_are_os_errors(small: Trace, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_trace(tmp_path / "missing.npz")
    with pytest.raises(OSError, match=r"directory|denied"):
        load_trace(tmp_path)
    with pytest.raises(OSError, match="missing"):
        save_trace(small, tmp_path / "missing" / "pass.npz")


@pytest.mark.parametrize(
    "content",
    [b"", b"emma\nolivia\n", pickle.dumps({"data": 1}), b"PK\x05\x06", b"\x93NUMPY\x01\x00"],
    ids=["empty", "text", "pickle", "half a zip", "half an array"],
)
def test_file_of_another_kind_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "pass.npz"
    path.write_bytes(content)
    assert "is not a recorded pass" in refused(path)


def test_single_array_is_refused(tmp_path: Path) -> None:
    np.save(tmp_path / "one.npy", np.arange(3))
    assert "is not a recorded pass" in refused(tmp_path / "one.npy")


def test_archive_of_something_else_is_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "else.npz", data=np.arange(3))
    assert "is not a recorded pass" in refused(tmp_path / "else.npz")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_truncated_file_is_refused(share: float, small: Trace, tmp_path: Path) -> None:
    path = tmp_path / "pass.npz"
    save_trace(small, path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    assert "damaged" in refused(path)


def test_changed_byte_in_a_column_is_noticed(small: Trace, tmp_path: Path) -> None:
    path = tmp_path / "pass.npz"
    save_trace(small, path)
    with zipfile.ZipFile(path) as archive:
        start = archive.getinfo("grad.npy").header_offset
    whole = bytearray(path.read_bytes())
    whole[start + 400] ^= 1
    path.write_bytes(whole)
    assert "damaged" in refused(path)


def test_other_version_is_told(rewritten: Callable[..., Path]) -> None:
    path = rewritten(lambda text: text.update(version=2))
    assert refused(path) == f"{path} has version 2, not 3"


@pytest.mark.parametrize("what", ["update_m", "update_v", "update_data", "update_m_before"])
def test_an_update_that_is_not_that_of_the_gradients_is_refused(
    small: Trace, tmp_path: Path, what: str
) -> None:
    save_trace(small, tmp_path / "pass.npz")
    with np.load(tmp_path / "pass.npz") as archive:
        arrays = {name: archive[name] for name in archive.files}
    arrays[what][1] += 1e-9
    np.savez(tmp_path / "pass.npz", **arrays)
    assert "its update is not that of its gradients" in refused(tmp_path / "pass.npz")


def test_an_update_of_too_few_parameters_is_refused(small: Trace, tmp_path: Path) -> None:
    assert small.update is not None
    shorter = {name.removeprefix("update_"): a[:-1] for name, a in small.update.arrays().items()}
    odd = replace(small, update=Update(small.update.settings, **shorter))
    save_trace(odd, tmp_path / "pass.npz")
    assert "its update is not that of its gradients" in refused(tmp_path / "pass.npz")


def test_other_format_is_refused(rewritten: Callable[..., Path]) -> None:
    assert "is not a recorded pass" in refused(rewritten(lambda text: text.update(format="other")))


MISSING = [*ARRAYS, "text"]


@pytest.mark.parametrize("column", MISSING)
def test_missing_column_is_refused(column: str, small: Trace, tmp_path: Path) -> None:
    path = tmp_path / "pass.npz"
    save_trace(small, path)
    with np.load(path) as archive:
        arrays = {name: archive[name] for name in archive.files if name != column}
    np.savez(path, **arrays)
    assert "damaged" in refused(path)


@pytest.mark.parametrize("column", ["child", "order", "logits", "probabilities", "position_loss"])
@pytest.mark.parametrize("node", [-1, 10**6])
def test_node_out_of_range_is_refused(
    column: str, node: int, small: Trace, rewritten: Callable[..., Path]
) -> None:
    values = getattr(small, column).copy()
    values.flat[0] = node
    assert "do not fit" in refused(rewritten(**{column: values}))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("op", 200),
        ("scope", -1),
        ("scope", 10**6),
        ("site", -2),
        ("site", 10**6),
        ("position_scope", -1),
        ("position_scope", 10**6),
        ("child_pointer", 1),
    ],
)
def test_index_out_of_range_is_refused(
    column: str, value: int, small: Trace, rewritten: Callable[..., Path]
) -> None:
    values = getattr(small, column).copy()
    values[0] = value
    assert "do not fit" in refused(rewritten(**{column: values}))


@pytest.mark.parametrize("column", ARRAYS)
def test_column_of_another_type_is_refused(
    column: str, small: Trace, rewritten: Callable[..., Path]
) -> None:
    values = getattr(small, column).astype(np.int64)
    assert "do not fit" in refused(rewritten(**{column: values}))


@pytest.mark.parametrize(
    "column", ["op", "data", "grad", "child_pointer", "local_grad", "scope", "site", "order"]
)
def test_shortened_column_is_refused(
    column: str, small: Trace, rewritten: Callable[..., Path]
) -> None:
    values = getattr(small, column)
    path = rewritten(**{column: values[:0] if column == "order" else values[:-1]})
    reason = "gradients are not those" if column == "order" else "do not fit"
    assert reason in refused(path)


def test_pointers_that_go_back_are_refused(small: Trace, rewritten: Callable[..., Path]) -> None:
    pointer = small.child_pointer.copy()
    pointer[-2] = pointer[-1] + 1
    assert "do not fit" in refused(rewritten(child_pointer=pointer))


@pytest.mark.parametrize("text", [b"", b"3", b"null", b"[]", b"{}", b"\xff", b"{"])
def test_text_of_another_kind_is_refused(text: bytes, rewritten: Callable[..., Path]) -> None:
    assert "damaged" in refused(rewritten(text=np.frombuffer(text, np.uint8)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.pop("scopes"),
        lambda text: text["scopes"][0].pop("name"),
        lambda text: text["sites"][0].update(colour="red"),
        lambda text: text.update(op_names=5),
        lambda text: text.update(document={"name": "ab"}),
        lambda text: text.update(scopes=[]),
    ],
)
def test_texts_that_are_incomplete_are_refused(
    change: Callable[[dict[str, Any]], None], rewritten: Callable[..., Path]
) -> None:
    assert "damaged" in refused(rewritten(change))


@pytest.mark.parametrize("column", ["data", "child", "position_scope"])
def test_number_in_place_of_a_column_is_refused(
    column: str, small: Trace, rewritten: Callable[..., Path]
) -> None:
    refused(rewritten(**{column: getattr(small, column)[0]}))


def test_unknown_compression_is_refused(small: Trace, tmp_path: Path) -> None:
    path = tmp_path / "pass.npz"
    save_trace(small, path)
    whole = bytearray(path.read_bytes())
    whole[whole.index(b"PK\x01\x02") + 10] = 77
    path.write_bytes(whole)
    refused(path)


@pytest.mark.parametrize("text", [b"[" * 100_000, b'{"leaves": Infinity}'])
def test_text_that_cannot_be_a_trace_is_refused(
    text: bytes, rewritten: Callable[..., Path]
) -> None:
    if text.startswith(b"{"):
        refused(rewritten(lambda texts: texts.update(leaves=float("inf"))))
    else:
        refused(rewritten(text=np.frombuffer(text, np.uint8)))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text["sites"][0].update(file=99),
        lambda text: text["scopes"][5].update(parent=9999),
        lambda text: text["scopes"][5].update(parent=5),
        lambda text: text["scopes"][5].update(stop=99_999),
        lambda text: text["parameters"][0].update(rows=9999),
        lambda text: text["parameters"][0].update(rows="three"),
        lambda text: text["document"].update(tokens=[1]),
        lambda text: text.update(leaves=1),
    ],
    ids=["file", "parent", "own parent", "stop", "rows", "rows type", "tokens", "leaves"],
)
def test_texts_that_do_not_fit_the_columns_are_refused(
    change: Callable[[dict[str, Any]], None], rewritten: Callable[..., Path]
) -> None:
    refused(rewritten(change))


@pytest.mark.parametrize(
    "change",
    [
        lambda trace: {"order": trace.order.reshape(-1, 1)},
        lambda trace: {"order": np.full_like(trace.order, trace.loss)},
        lambda trace: {"child": np.full_like(trace.child, trace.loss)},
        lambda trace: {"logits": trace.logits[:1], "probabilities": trace.probabilities[:1]},
    ],
    ids=["shape of order", "order repeats", "child after its consumer", "positions"],
)
def test_columns_that_contradict_each_other_are_refused(
    change: Callable[[Trace], dict[str, Any]], small: Trace, rewritten: Callable[..., Path]
) -> None:
    refused(rewritten(**change(small)))
