"""Weights of a model in files: JSON, and safetensors as the wider world reads it."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from explorer.trace.files import write_whole
from explorer.trace.trace import FloatArray
from microgpt import Config

FORMAT, VERSION = "microgpt-explorer weights", 1
MAX_BYTES = 2**30
NUMBER_TYPES = {"F64": "<f8", "F32": "<f4"}  # F32 becomes float64 without a loss


class WeightsError(ValueError):
    """Weights cannot be written or read; the message is one sentence."""


@dataclass(frozen=True, eq=False)
class Weights:
    """A model without its training.

    Attributes
    ----------
    config : Config
    letters : tuple of str
        Of the vocabulary, in the order of their ids; BOS is one more token.
    parameters : float64 array, (parameters,)
        In state-dict order, row by row.

    Raises
    ------
    WeightsError
        The number of parameters is not that of such a model.
    """

    config: Config
    letters: tuple[str, ...]
    parameters: FloatArray

    def __post_init__(self) -> None:
        expected = sum(rows * columns for rows, columns in self.shapes.values())
        if len(self.parameters) != expected:
            raise WeightsError(
                f"the model has {expected} parameters, and these are {len(self.parameters)}"
            )

    @property
    def shapes(self) -> dict[str, tuple[int, int]]:
        """Rows and columns of each matrix, in state-dict order."""
        return matrix_shapes(self.config, len(self.letters) + 1)

    @property
    def matrices(self) -> dict[str, FloatArray]:
        """The parameters as matrices, by name."""
        found, start = {}, 0
        for name, (rows, columns) in self.shapes.items():
            stop = start + rows * columns
            found[name] = self.parameters[start:stop].reshape(rows, columns)
            start = stop
        return found


def matrix_shapes(config: Config, vocab_size: int) -> dict[str, tuple[int, int]]:
    """Return rows and columns of each matrix of a model, in state-dict order."""
    n = config.n_embd
    shapes = {"wte": (vocab_size, n), "wpe": (config.block_size, n), "lm_head": (vocab_size, n)}
    for layer in range(config.n_layer):
        for name in ("attn_wq", "attn_wk", "attn_wv", "attn_wo"):
            shapes[f"layer{layer}.{name}"] = (n, n)
        shapes[f"layer{layer}.mlp_fc1"] = (4 * n, n)
        shapes[f"layer{layer}.mlp_fc2"] = (n, 4 * n)
    return shapes


def save_json(weights: Weights, path: Path) -> None:
    """Write weights as JSON: nested lists by name of the matrix, with every bit.

    Raises
    ------
    WeightsError
        A weight is infinite or not a number, which JSON cannot say.
    OSError
        The file cannot be written; an older one stays as it was.
    """
    if not np.isfinite(weights.parameters).all():
        raise WeightsError("JSON has no infinite numbers; write these weights as safetensors")
    matrices = {name: matrix.tolist() for name, matrix in weights.matrices.items()}
    content = {**_about(weights), "weights": matrices}
    write_whole(path, json.dumps(content).encode())


def save_safetensors(weights: Weights, path: Path) -> None:
    """Write weights as safetensors, float64; the shape is told in its metadata.

    Raises
    ------
    OSError
        The file cannot be written; an older one stays as it was.
    """
    header: dict[str, Any] = {
        "__metadata__": {key: json.dumps(value) for key, value in _about(weights).items()}
    }
    parts, start = [], 0
    for name, matrix in weights.matrices.items():
        data = np.ascontiguousarray(matrix, "<f8").tobytes()
        place = [start, start + len(data)]
        header[name] = {"dtype": "F64", "shape": list(matrix.shape), "data_offsets": place}
        parts.append(data)
        start += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)  # so that the numbers are aligned
    write_whole(path, struct.pack("<Q", len(text)) + text + b"".join(parts))


def load_weights(path: Path) -> Weights:
    """Read weights of either kind, told apart by their content.

    Raises
    ------
    WeightsError
        The file is not one of weights of such a model.
    OSError
        The file cannot be read.
    """
    if path.stat().st_size > MAX_BYTES:
        raise WeightsError(f"{path} is larger than {MAX_BYTES // 2**20} MiB")
    data = path.read_bytes()
    try:
        about, matrices = (_read_safetensors if _is_safetensors(data) else _read_json)(data)
        return _checked(about, matrices)
    except WeightsError as error:
        raise WeightsError(f"{path}: {error}") from None


def _about(weights: Weights) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "version": VERSION,
        "config": asdict(weights.config),
        "letters": list(weights.letters),
    }


def _read_json(data: bytes) -> tuple[Mapping[str, Any], Mapping[str, FloatArray]]:
    content = _parse_object(data)
    lists = content.get("weights")
    if not isinstance(lists, dict):
        raise WeightsError("it has no “weights”")
    return content, {name: _matrix(name, rows) for name, rows in lists.items()}


def _matrix(name: str, rows: Any) -> FloatArray:
    plain = isinstance(rows, list) and all(isinstance(row, list) for row in rows)
    if not plain or not all(type(x) in (int, float) for row in rows for x in row):
        raise WeightsError(f"“{name}” is not a list of rows of numbers")
    try:
        return np.array(rows, np.float64)
    except (ValueError, OverflowError):
        raise WeightsError(
            f"“{name}” has rows of different lengths, or too large numbers"
        ) from None


def _is_safetensors(data: bytes) -> bool:
    """Whether the first eight bytes are the length of a header that the file has room for."""
    return len(data) >= 8 and struct.unpack_from("<Q", data)[0] <= len(data) - 8


def _read_safetensors(data: bytes) -> tuple[Mapping[str, Any], Mapping[str, FloatArray]]:
    (length,) = struct.unpack_from("<Q", data)
    header = _parse_object(data[8 : 8 + length])
    body = data[8 + length :]
    metadata = header.pop("__metadata__", {})
    try:
        about = {
            key: json.loads(metadata[key]) for key in ("format", "version", "config", "letters")
        }
    except (TypeError, KeyError, ValueError):
        raise WeightsError("its metadata does not say which model it is") from None
    return about, {name: _tensor(name, place, body) for name, place in header.items()}


def _tensor(name: str, place: Any, body: bytes) -> FloatArray:
    try:
        kind, shape = NUMBER_TYPES[place["dtype"]], tuple(map(int, place["shape"]))
        start, stop = map(int, place["data_offsets"])
    except KeyError:
        raise WeightsError(f"“{name}” is not of float64 or float32 numbers") from None
    except (TypeError, ValueError):
        raise WeightsError(f"“{name}” is not described as safetensors are") from None
    if not 0 <= start <= stop <= len(body):
        raise WeightsError(f"the file ends before the numbers of “{name}”")
    try:
        return np.frombuffer(body[start:stop], kind).astype(np.float64).reshape(shape)
    except ValueError:
        raise WeightsError(f"the bytes of “{name}” are not as many as its shape asks for") from None


def _parse_object(data: bytes) -> dict[str, Any]:
    try:
        content = json.loads(data)
    except (ValueError, RecursionError):
        raise WeightsError("it is neither JSON nor safetensors, or it is cut off") from None
    if not isinstance(content, dict):
        raise WeightsError("it is not a JSON object")
    return content


def _checked(about: Mapping[str, Any], matrices: Mapping[str, FloatArray]) -> Weights:
    """Return the weights if they are those of one of our models."""
    if about.get("format") != FORMAT:
        raise WeightsError(f"it is not a file of {FORMAT}")
    if about.get("version") != VERSION:
        raise WeightsError(f"it is of version {about.get('version')}, and this one reads {VERSION}")
    config, letters = _checked_config(about.get("config")), _checked_letters(about.get("letters"))
    shapes = matrix_shapes(config, len(letters) + 1)
    differing = sorted(shapes.keys() ^ matrices.keys())
    if differing:
        raise WeightsError(f"matrices are missing or unknown: {', '.join(differing)}")
    for name, shape in shapes.items():
        if matrices[name].shape != shape:
            theirs = " x ".join(map(str, matrices[name].shape))
            raise WeightsError(f"“{name}” is {theirs}, and the model needs {shape[0]} x {shape[1]}")
        if not np.isfinite(matrices[name]).all():
            raise WeightsError(f"“{name}” has numbers that are infinite or not numbers")
    return Weights(config, letters, np.concatenate([matrices[name].ravel() for name in shapes]))


def _checked_config(values: object) -> Config:
    names = {field.name for field in fields(Config)}
    if not isinstance(values, dict) or values.keys() != names:
        raise WeightsError(f"its “config” does not have {', '.join(sorted(names))}")
    if not all(type(value) is int for value in values.values()):
        raise WeightsError("its “config” does not hold whole numbers")
    try:
        return Config(**values)
    except ValueError as error:
        raise WeightsError(str(error)) from None


def _checked_letters(letters: Any) -> tuple[str, ...]:
    plain = isinstance(letters, list) and all(isinstance(c, str) and len(c) == 1 for c in letters)
    if not plain or sorted(set(letters)) != letters:
        raise WeightsError("its “letters” are not single letters in order")
    return tuple(letters)
