"""What scopes are called on screen."""

from __future__ import annotations

from explorer.trace.trace import ParameterMatrix, Trace

SEPARATOR = " / "
TOKEN_MATRICES = ("wte", "lm_head")


def scope_titles(trace: Trace) -> list[str]:
    """Return a title for every scope; positions say what they read and should predict."""
    found = [scope.title for scope in trace.scopes]
    layers = {matrix.name.rpartition(".")[0] for matrix in trace.parameters if "." in matrix.name}
    if len(layers) == 1:  # nothing to be told apart
        for matrix in trace.parameters:
            found[matrix.scope] = matrix.name.rpartition(".")[2]
    for position, scope in enumerate(trace.position_scope.tolist()):
        found[scope] = position_title(trace, position)
    return found


def position_title(trace: Trace, position: int) -> str:
    """Return the title of a position, ``3 m → a``."""
    return f"{position} {transition(trace, position)}"


def transition(trace: Trace, position: int) -> str:
    """Return what a position reads and should predict, ``m → a``."""
    document = trace.document
    assert document is not None
    read, target = document.tokens[position : position + 2]
    return f"{document.spell(read)} → {document.spell(target)}"


def scope_path(trace: Trace, scope: int) -> str:
    """Return where a scope is, from the outermost to itself."""
    positions = {s: i for i, s in enumerate(trace.position_scope.tolist())}
    return SEPARATOR.join(
        position_title(trace, positions[s]) if s in positions else trace.scopes[s].title
        for s in trace.scope_path(scope)
    )


def matrix_names(trace: Trace, matrix: ParameterMatrix) -> tuple[list[str], list[str]]:
    """Return the names of a matrix's rows and columns.

    Rows of the embeddings of tokens, ``wte`` and ``lm_head``, are named by letters; all else by
    number, and so are positions.
    """
    if trace.names:  # each leaf says its name itself
        return [""] * matrix.rows, [""] * matrix.columns
    rows = [str(row) for row in range(matrix.rows)]
    if matrix.name in TOKEN_MATRICES and trace.document is not None:
        rows = [trace.document.spell(token) for token in range(matrix.rows)]
    return rows, [str(column) for column in range(matrix.columns)]
