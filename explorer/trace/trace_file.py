"""A recorded pass as a file: columns as numpy has them, everything else as JSON.

What is read is not trusted: columns that do not fit together would show wrong numbers.
"""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from explorer.trace.failure import Failure, Kind, failing_contribution
from explorer.trace.order import differing_gradients, topological_order
from explorer.trace.trace import (
    Document,
    ParameterMatrix,
    ScopeInfo,
    SiteInfo,
    SourceText,
    Trace,
)
from explorer.trace.update import Update, read_update

FORMAT, VERSION = "microgpt-explorer trace", 3

_ARRAYS = {
    "op": np.uint8,
    "data": np.float64,
    "grad": np.float64,
    "child_pointer": np.int32,
    "child": np.int32,
    "local_grad": np.float64,
    "scope": np.int32,
    "site": np.int32,
    "order": np.int32,
    "position_scope": np.int32,
    "logits": np.int32,
    "probabilities": np.int32,
    "position_loss": np.int32,
}


class TraceFileError(ValueError):
    """A file is not a trace that this version can read; the message says why."""


def save_trace(trace: Trace, path: str | Path) -> None:
    """Write a trace as a compressed ``.npz`` file.

    Raises
    ------
    OSError
        The file cannot be written.
    """
    arrays, texts = {}, {"format": FORMAT, "version": VERSION}
    for column in fields(trace):
        value = getattr(trace, column.name)
        if isinstance(value, np.ndarray):
            arrays[column.name] = value
        elif isinstance(value, Update):
            arrays |= value.arrays()
            texts[column.name] = value.texts()
        elif isinstance(value, Failure):
            texts[column.name] = value.as_texts()
        elif isinstance(value, tuple):
            texts[column.name] = [v if isinstance(v, str) else asdict(v) for v in value]
        else:
            texts[column.name] = asdict(value) if isinstance(value, Document) else value
    text = np.frombuffer(json.dumps(texts).encode(), np.uint8)
    with Path(path).open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, text=text, **arrays)


def load_trace(path: str | Path) -> Trace:
    """Read a trace written by `save_trace`.

    Raises
    ------
    OSError
        The file cannot be opened.
    TraceFileError
        It is not a trace, of another version, or damaged.
    """
    with Path(path).open("rb") as file:
        try:
            trace = _read(file)
        except TraceFileError as error:
            raise TraceFileError(f"{path} {error}") from None
        except Exception as error:  # a damaged file can fail anywhere in zip, numpy or JSON
            raise TraceFileError(f"{path} is not a recorded pass, or damaged ({error})") from None
    return trace


def _read(file: BinaryIO) -> Trace:
    with np.load(file, allow_pickle=False) as archive:
        text = json.loads(archive["text"].tobytes())
        if text["format"] != FORMAT:
            raise TraceFileError("is not a recorded pass")
        if text["version"] != VERSION:
            raise TraceFileError(f"has version {text['version']}, not {VERSION}")
        trace = _assemble(text, {name: archive[name] for name in _ARRAYS})
        if text["update"] is not None:
            trace = replace(trace, update=read_update(text["update"], archive))
    if not _is_sound(trace):
        raise TraceFileError("is damaged: its columns do not fit together")
    if trace.loss is None:
        order = trace.order
    else:
        order = topological_order(trace.child_pointer, trace.child, trace.loss)
    columns = trace.child_pointer, trace.child, trace.local_grad, trace.grad
    if not np.array_equal(order, trace.order) or differing_gradients(*columns, order):
        raise TraceFileError("is damaged: its gradients are not those of its graph")
    failed = -1 if trace.failure is None else trace.failure.contribution
    found = failing_contribution(*columns, order, trace.leaves)
    if failed != (-1 if found is None else found):
        raise TraceFileError("is damaged: its gradients did not fail where it says")
    if trace.update is not None and not _is_sound_update(trace, trace.update):
        raise TraceFileError("is damaged: its update is not that of its gradients")
    return trace


def _assemble(text: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Trace:
    document = text["document"]
    if document is not None:
        document["letters"] = tuple(document["letters"])
        document["tokens"] = tuple(document["tokens"])
        document = Document(**document)
    return Trace(
        **arrays,  # type: ignore[arg-type]
        leaves=int(text["leaves"]),
        op_names=tuple(text["op_names"]),
        scopes=tuple(ScopeInfo(**row) for row in text["scopes"]),
        sites=tuple(SiteInfo(**row) for row in text["sites"]),
        files=tuple(SourceText(**row) for row in text["files"]),
        parameters=tuple(ParameterMatrix(**row) for row in text["parameters"]),
        document=document,
        failure=text["failure"] and Failure.from_texts(text["failure"]),
        names=tuple(text.get("names", ())),
    )


def _is_sound(trace: Trace) -> bool:
    """Return whether the columns fit together; if they don't, they would show wrong numbers."""
    return _has_sound_shapes(trace) and _has_sound_indices(trace) and _has_sound_tables(trace)


def _has_sound_shapes(trace: Trace) -> bool:
    n, edges, positions = len(trace.data), len(trace.child), len(trace.logits)
    compares = trace.loss is not None or len(trace.position_loss) > 0
    shapes = {
        "op": (n,),
        "data": (n,),
        "grad": (n,),
        "child_pointer": (n + 1,),
        "child": (edges,),
        "local_grad": (edges,),
        "scope": (n,),
        "site": (n,),
        "order": (len(trace.order),),
        "position_scope": (len(trace.position_scope),),
        "logits": (positions, *trace.logits.shape[1:]),
        "probabilities": trace.logits.shape,
        "position_loss": (positions if compares else 0,),
    }
    return trace.logits.ndim == 2 and all(
        getattr(trace, name).shape == shape and getattr(trace, name).dtype == _ARRAYS[name]
        for name, shape in shapes.items()
    )


def _has_sound_indices(trace: Trace) -> bool:
    n, scopes = trace.nodes, len(trace.scopes)
    bounds = {
        "op": (0, len(trace.op_names)),
        "child": (0, n),
        "scope": (0, scopes),
        "site": (-1, len(trace.sites)),
        "order": (0, n),
        "position_scope": (0, scopes),
        "logits": (0, n),
        "probabilities": (0, n),
        "position_loss": (0, n),
    }
    for name, (low, high) in bounds.items():
        column = getattr(trace, name)
        if column.size and not (low <= int(column.min()) and int(column.max()) < high):
            return False
    counts = np.diff(trace.child_pointer)
    if trace.child_pointer[0] != 0 or (counts < 0).any() or counts.sum() != len(trace.child):
        return False
    consumer = np.repeat(np.arange(n), counts)
    return (
        bool((trace.child < consumer).all())
        and len(trace.order) == len(np.unique(trace.order))
        and 0 <= trace.leaves <= n
        and not counts[: trace.leaves].any()
    )


def _is_sound_update(trace: Trace, update: Update) -> bool:
    parameters = trace.parameters[-1].stop if trace.parameters else 0
    if len(update) != parameters:
        return False
    before, grad = trace.data[:parameters].tolist(), trace.grad[:parameters].tolist()
    done = (update.of(i, before[i], grad[i]) for i in range(parameters))
    return all(one.is_consistent for one in done)


def _has_sound_tables(trace: Trace) -> bool:
    scopes = len(trace.scopes)
    stops = [matrix.stop for matrix in trace.parameters]
    tokens = () if trace.document is None else trace.document.tokens
    vocabulary = 0 if trace.document is None else len(trace.document.letters) + 1
    return (
        trace.scopes[0].parent == -1
        and all(0 <= scope.parent < i for i, scope in enumerate(trace.scopes[1:], start=1))
        and all(i < scope.stop <= scopes for i, scope in enumerate(trace.scopes))
        and all(0 <= site.file < len(trace.files) for site in trace.sites)
        and len(trace.names) in (0, trace.nodes)
        and [matrix.start for matrix in trace.parameters] == [0, *stops][: len(stops)]
        and all(m.rows > 0 and m.columns > 0 and 0 < m.scope < scopes for m in trace.parameters)
        and (stops or [0])[-1] <= trace.leaves
        and all(0 <= token < vocabulary for token in tokens)
        and _has_sound_end(trace, max(len(tokens) - 1, 0))
    )


def _has_sound_end(trace: Trace, positions: int) -> bool:
    """Return whether the trace ends where its failure, or the last position, says."""
    failure = trace.failure
    begun, finished = len(trace.position_scope), len(trace.logits)
    if failure is None:
        return begun == finished == positions
    of_gradient = failure.kind is Kind.GRADIENT
    nodes = [failure.node, *(a.node for a in failure.arguments if a.node is not None)]
    return (
        finished <= begun <= min(positions, finished + 1)
        and all(0 <= node < trace.nodes for node in nodes)
        and 0 <= failure.scope < len(trace.scopes)
        and -1 <= failure.site < len(trace.sites)
        and of_gradient == (trace.loss is not None) == (failure.contribution >= 0)
        and (failure.kind is not Kind.NAN or bool(np.isnan(trace.data[-1])))
    )
