"""`Trace`: one pass as immutable columns, and its file format."""

from __future__ import annotations

import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

FORMAT, VERSION = "microgpt-explorer trace", 1

IntArray: TypeAlias = npt.NDArray[np.int32]
FloatArray: TypeAlias = npt.NDArray[np.float64]


class TraceFileError(ValueError):
    """A file is not a trace that this version can read; the message says why."""


@dataclass(frozen=True)
class ParameterMatrix:
    """A named matrix of parameters; its nodes are numbered row by row from `start`."""

    name: str
    start: int
    rows: int
    columns: int
    scope: int

    @property
    def stop(self) -> int:
        """One more than the last node."""
        return self.start + self.rows * self.columns


@dataclass(frozen=True)
class ScopeInfo:
    """A named region of the call tree.

    Attributes
    ----------
    name : str
    number : int
        Among its siblings of the same name; -1 if it is the only one.
    parent : int
        Id of the scope around it; -1 for the whole pass.
    stop : int
        Ids from its own up to this one (exclusive) are the scope and all scopes in it.
    function : str
        File and function, ``microgpt/nn.py softmax``; empty for parameters.
    """

    name: str
    number: int
    parent: int
    stop: int
    function: str

    @property
    def title(self) -> str:
        """The name with its number."""
        return self.name if self.number < 0 else f"{self.name} {self.number}"


@dataclass(frozen=True)
class SiteInfo:
    """A source line that made nodes."""

    file: int
    line: int
    function: str


@dataclass(frozen=True)
class SourceText:
    """A source file as it was when the pass was recorded."""

    name: str
    text: str


@dataclass(frozen=True)
class Document:
    """What was read: the name, its tokens, and the model that read it.

    Attributes
    ----------
    name : str
    letters : tuple of str
        The vocabulary; BOS has the id ``len(letters)``.
    tokens : tuple of int
        Of the positions that the model read, and the last target: one more than positions.
    config : dict
        Shape of the model.
    seed : int
    """

    name: str
    letters: tuple[str, ...]
    tokens: tuple[int, ...]
    config: dict[str, int]
    seed: int

    def spell(self, token: int) -> str:
        """Return the letter of a token, or BOS."""
        return self.letters[token] if token < len(self.letters) else "BOS"


@dataclass(frozen=True, eq=False)
class Trace:
    """One forward and backward pass: every node that existed, in columns.

    Nodes are numbered: first the leaves that existed before (parameters, in state-dict order),
    then the nodes that the pass made, in order of creation.

    Attributes
    ----------
    op : uint8 array, (nodes,)
        Index into `op_names`.
    data, grad : float64 arrays, (nodes,)
        As they are after the backward pass.
    child_pointer : int32 array, (nodes + 1,)
        The children of node i are ``child[child_pointer[i]:child_pointer[i + 1]]``.
    child : int32 array, (edges,)
    local_grad : float64 array, (edges,)
        d(node)/d(child) of each edge.
    scope : int32 array, (nodes,)
        Id of the innermost scope.
    site : int32 array, (nodes,)
        Index into `sites`; -1 for leaves.
    order : int32 array, (reachable nodes,)
        Children before consumers, the loss last; backward goes through it in reverse.
    leaves : int
        How many nodes existed before the pass.
    position_scope : int32 array, (positions,)
        Scope of each position, like the next ones only for passes over a document.
    logits, probabilities : int32 arrays, (positions, vocabulary)
        Node of each token.
    position_loss : int32 array, (positions,)
        Node of each position's loss.
    """

    op: npt.NDArray[np.uint8]
    data: FloatArray
    grad: FloatArray
    child_pointer: IntArray
    child: IntArray
    local_grad: FloatArray
    scope: IntArray
    site: IntArray
    order: IntArray
    leaves: int
    op_names: tuple[str, ...]
    scopes: tuple[ScopeInfo, ...]
    sites: tuple[SiteInfo, ...]
    files: tuple[SourceText, ...]
    parameters: tuple[ParameterMatrix, ...]
    document: Document | None
    position_scope: IntArray
    logits: IntArray
    probabilities: IntArray
    position_loss: IntArray

    def __post_init__(self) -> None:
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def nodes(self) -> int:
        """Number of nodes, parameters included."""
        return len(self.data)

    @property
    def created(self) -> int:
        """Number of nodes that the pass made."""
        return self.nodes - self.leaves

    @property
    def loss(self) -> int:
        """The node that backward started from."""
        return int(self.order[-1])

    @cached_property
    def reaches_loss(self) -> npt.NDArray[np.bool_]:
        """For each node, whether the loss depends on it."""
        reachable = np.zeros(self.nodes, bool)
        reachable[self.order] = True
        return reachable

    @cached_property
    def nbytes(self) -> int:
        """Memory of the columns in bytes."""
        values = (getattr(self, column.name) for column in fields(self))
        return sum(value.nbytes for value in values if isinstance(value, np.ndarray))

    def op_name(self, node: int) -> str:
        """Return the operation of a node."""
        return self.op_names[int(self.op[node])]

    def edges(self, node: int) -> range:
        """Return the indices of a node's edges to its children."""
        return range(int(self.child_pointer[node]), int(self.child_pointer[node + 1]))

    def parameter_name(self, node: int) -> str | None:
        """Return the name of a parameter, ``wte[5][3]``; None for other nodes."""
        for matrix in self.parameters:
            if matrix.start <= node < matrix.stop:
                row, column = divmod(node - matrix.start, matrix.columns)
                return f"{matrix.name}[{row}][{column}]"
        return None

    def scope_path(self, scope: int) -> list[int]:
        """Return the scopes around a scope, from the outermost below the pass to itself."""
        path = []
        while scope > 0:
            path.append(scope)
            scope = self.scopes[scope].parent
        return path[::-1]

    def save(self, path: str | Path) -> None:
        """Write the trace as a compressed ``.npz`` file.

        Raises
        ------
        OSError
            The file cannot be written.
        """
        arrays, texts = {}, {"format": FORMAT, "version": VERSION}
        for column in fields(self):
            value = getattr(self, column.name)
            if isinstance(value, np.ndarray):
                arrays[column.name] = value
            elif isinstance(value, tuple):
                texts[column.name] = [v if isinstance(v, str) else asdict(v) for v in value]
            else:
                texts[column.name] = asdict(value) if isinstance(value, Document) else value
        text = np.frombuffer(json.dumps(texts).encode(), np.uint8)
        with Path(path).open("wb") as file:
            np.savez_compressed(file, allow_pickle=False, text=text, **arrays)


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


_DAMAGE = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    EOFError,
    zipfile.BadZipFile,
    zlib.error,
)


def load_trace(path: str | Path) -> Trace:
    """Read a trace written by `Trace.save`.

    Raises
    ------
    OSError
        The file cannot be opened.
    TraceFileError
        It is not a trace, of another version, or damaged.
    """
    try:
        with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as archive:
            text = json.loads(archive["text"].tobytes())
            if text["format"] != FORMAT:
                raise TraceFileError(f"{path} is not a recorded pass")
            if text["version"] != VERSION:
                raise TraceFileError(f"{path} has version {text['version']}, not {VERSION}")
            arrays = {name: archive[name] for name in _ARRAYS}
        trace = _assemble(text, arrays)
    except TraceFileError:
        raise
    except _DAMAGE as error:
        raise TraceFileError(f"{path} is not a recorded pass, or damaged ({error})") from None
    _check(trace, path)
    return trace


def _assemble(text: dict[str, Any], arrays: dict[str, npt.NDArray[Any]]) -> Trace:
    document = text["document"]
    if document is not None:
        document["letters"] = tuple(document["letters"])
        document["tokens"] = tuple(document["tokens"])
        document = Document(**document)
    return Trace(
        **arrays,
        leaves=int(text["leaves"]),
        op_names=tuple(text["op_names"]),
        scopes=tuple(ScopeInfo(**row) for row in text["scopes"]),
        sites=tuple(SiteInfo(**row) for row in text["sites"]),
        files=tuple(SourceText(**row) for row in text["files"]),
        parameters=tuple(ParameterMatrix(**row) for row in text["parameters"]),
        document=document,
    )


def _check(trace: Trace, path: str | Path) -> None:
    """Refuse columns that do not fit together: an index out of range would show wrong numbers."""
    n, edges = trace.nodes, len(trace.child)
    positions = len(trace.position_scope)

    def within(name: str, low: int, high: int) -> bool:
        column = getattr(trace, name)
        return column.size == 0 or (int(column.min()) >= low and int(column.max()) < high)

    sound = (
        all(getattr(trace, name).dtype == dtype for name, dtype in _ARRAYS.items())
        and all(getattr(trace, name).shape == (n,) for name in ("op", "grad", "scope", "site"))
        and trace.child_pointer.shape == (n + 1,)
        and trace.local_grad.shape == (edges,)
        and 0 <= trace.leaves <= n
        and 0 < len(trace.order) <= n
        and trace.child_pointer[0] == 0
        and trace.child_pointer[-1] == edges
        and bool((np.diff(trace.child_pointer) >= 0).all())
        and trace.position_loss.shape == (positions,)
        and trace.logits.shape == trace.probabilities.shape
        and within("op", 0, len(trace.op_names))
        and within("scope", 0, len(trace.scopes))
        and within("site", -1, len(trace.sites))
        and within("position_scope", 0, len(trace.scopes))
        and all(within(name, 0, n) for name in ("child", "order", "logits", "probabilities"))
        and within("position_loss", 0, n)
    )
    if not sound:
        raise TraceFileError(f"{path} is damaged: its columns do not fit together")
