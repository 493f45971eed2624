"""Weights in files: every bit there and back, and a sentence for every damaged file."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tiny_runs import TINY

from explorer.runs.weights import (
    Weights,
    WeightsError,
    load_weights,
    matrix_shapes,
    save_json,
    save_safetensors,
)
from explorer.trace.files import write_whole
from microgpt import GPT, Config

LETTERS = ("a", "b", "é")
COUNT = sum(rows * columns for rows, columns in matrix_shapes(TINY.config, 4).values())
SAVERS = [save_json, save_safetensors]
here = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def weights(first: float = 0.1) -> Weights:
    parameters = np.random.default_rng(1).normal(0, 0.08, COUNT)
    parameters[:3] = first, -0.0, 5e-324
    return Weights(TINY.config, LETTERS, parameters)


def same(one: Weights, other: Weights) -> bool:
    about = one.config == other.config and one.letters == other.letters
    return about and one.parameters.tobytes() == other.parameters.tobytes()


@pytest.mark.parametrize("config", [Config(), Config(2, 8, 2, 5), Config(3, 4, 1, 1)])
def test_shapes_are_those_of_the_model(config: Config) -> None:
    model = GPT(config, 5, Random(0)).state_dict
    assert matrix_shapes(config, 5) == {n: (len(m), len(m[0])) for n, m in model.items()}
    assert list(matrix_shapes(config, 5)) == list(model)


@pytest.mark.parametrize("save", SAVERS)
def test_weights_come_back(tmp_path: Path, save: Callable[[Weights, Path], None]) -> None:
    file = tmp_path / "weights"
    save(weights(), file)
    assert same(load_weights(file), weights())
    assert list(tmp_path.iterdir()) == [file]


@here
@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(SAVERS))
def test_any_number_comes_back(tmp_path: Path, number: float, save: Callable) -> None:
    save(weights(number), tmp_path / "weights")
    assert same(load_weights(tmp_path / "weights"), weights(number))


def test_safetensors_are_what_others_read(tmp_path: Path) -> None:
    save_safetensors(weights(), tmp_path / "weights")
    data = (tmp_path / "weights").read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    assert (8 + length) % 8 == 0
    header = json.loads(data[8 : 8 + length])
    assert all(isinstance(value, str) for value in header.pop("__metadata__").values())
    end = 0
    for name, matrix in weights().matrices.items():
        assert header[name]["dtype"] == "F64"
        assert header[name]["shape"] == list(matrix.shape)
        start, stop = header[name]["data_offsets"]
        assert start == end  # no gaps
        end = stop
        assert data[8 + length + start : 8 + length + stop] == matrix.astype("<f8").tobytes()
    assert 8 + length + end == len(data)


def test_json_has_rows_by_name(tmp_path: Path) -> None:
    save_json(weights(), tmp_path / "weights.json")
    content = json.loads((tmp_path / "weights.json").read_text())
    assert content["weights"]["wte"] == weights().matrices["wte"].tolist()
    assert content["config"] == {"n_layer": 1, "n_embd": 4, "n_head": 2, "block_size": 4}
    assert content["letters"] == list(LETTERS)


def test_safetensors_of_float32_are_read(tmp_path: Path) -> None:
    save_safetensors(weights(), tmp_path / "w")
    data = (tmp_path / "w").read_bytes()
    (length,) = struct.unpack_from("<Q", data)
    header = json.loads(data[8 : 8 + length])
    for name in weights().matrices:
        header[name]["dtype"] = "F32"
        header[name]["data_offsets"] = [x // 2 for x in header[name]["data_offsets"]]
    text = json.dumps(header).encode()
    body = np.frombuffer(data[8 + length :], "<f8").astype("<f4")
    (tmp_path / "w").write_bytes(struct.pack("<Q", len(text)) + text + body.tobytes())
    assert np.array_equal(load_weights(tmp_path / "w").parameters, body.astype(np.float64))


@pytest.mark.parametrize("number", [np.inf, np.nan])
def test_infinite_weights_are_not_written_as_json_and_not_read(
    tmp_path: Path, number: float
) -> None:
    with pytest.raises(WeightsError, match="JSON has no infinite numbers"):
        save_json(weights(number), tmp_path / "w")
    save_safetensors(weights(number), tmp_path / "w")
    with pytest.raises(WeightsError, match="infinite or not numbers"):
        load_weights(tmp_path / "w")


def changed(tmp_path: Path, **changes: object) -> Path:
    save_json(weights(), tmp_path / "w")
    content = json.loads((tmp_path / "w").read_text())
    (tmp_path / "w").write_text(json.dumps({**content, **changes}))
    return tmp_path / "w"


GOOD = {"n_layer": 1, "n_embd": 4, "n_head": 2, "block_size": 4}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"format": "other"}, "is not a file of microgpt-explorer weights"),
        ({"version": 2}, "is of version 2, and this one reads 1"),
        ({"config": None}, "its “config” does not have block_size"),
        ({"config": {**GOOD, "n_embd": 4.0}}, "does not hold whole numbers"),
        ({"config": {**GOOD, "n_head": 3}}, "n_embd 4 is not a multiple of n_head 3"),
        ({"config": {**GOOD, "block_size": 5}}, "“wpe” is 4 x 4, and the model needs 5 x 4"),
        ({"config": {**GOOD, "n_layer": 2}}, "missing or unknown: layer1.attn_wk"),
        ({"letters": ["b", "a"]}, "“letters” are not single letters in order"),
        ({"letters": ["a", "bc"]}, "“letters” are not single letters in order"),
        ({"letters": [1]}, "“letters” are not single letters in order"),
        ({"letters": None}, "“letters” are not single letters in order"),
        ({"weights": None}, "it has no “weights”"),
        ({"weights": {"wte": 1}}, "“wte” is not a list of rows of numbers"),
        ({"weights": {"wte": [["1"]]}}, "“wte” is not a list of rows of numbers"),
        ({"weights": {"wte": [[1], [1, 2]]}}, "“wte” has rows of different lengths"),
        ({"weights": {"wte": [[10**400]]}}, "“wte” has rows of different lengths, or too large"),
    ],
)
def test_wrong_json_is_told(tmp_path: Path, changes: dict[str, object], sentence: str) -> None:
    with pytest.raises(WeightsError, match=sentence) as caught:
        load_weights(changed(tmp_path, **changes))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b"\xff" * 20, b"emma\n", struct.pack("<Q", 2) + b"[]"]
)
def test_other_files_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "w").write_bytes(content)
    with pytest.raises(WeightsError):
        load_weights(tmp_path / "w")


@here
@given(st.sampled_from(SAVERS), st.integers(0, 20_000), st.integers(0, 255), st.booleans())
def test_damaged_files_are_refused_or_are_weights(
    tmp_path: Path, save: Callable, place: int, byte: int, cut: bool
) -> None:
    file = tmp_path / "w"
    save(weights(), file)
    data = bytearray(file.read_bytes())
    place %= len(data)
    if cut:
        del data[place:]
    else:
        data[place] = byte
    file.write_bytes(data)
    with suppress(WeightsError):
        load_weights(file)


def test_wrong_number_of_parameters_is_told() -> None:
    with pytest.raises(WeightsError, match=f"has {COUNT} parameters, and these are 3"):
        Weights(TINY.config, LETTERS, np.zeros(3))


def test_file_that_cannot_be_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "w"
    file.write_text("old")

    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="the disk is full"):
        write_whole(file, b"new")
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
