"""The source lines of each stage of the way from a token to the update."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import microgpt.adam
import microgpt.value
from explorer.debug.anatomy.chain import Stage
from explorer.debug.syntax import Span, syntax_spans
from explorer.trace.trace import SourceText

FUNCTIONS = {
    Stage.TOKEN: ("predict",),
    Stage.EMBEDDING: ("embed",),
    Stage.ATTENTION: ("attention", "attend"),
    Stage.RESIDUAL: ("residual",),
    Stage.MLP: ("mlp",),
    Stage.LOGITS: ("lm_head", "linear"),
    Stage.LOSS: ("softmax", "cross_entropy"),
    Stage.GRADIENTS: ("backward",),
    Stage.UPDATE: ("update",),
}


@dataclass(frozen=True)
class Excerpt:
    """A function as it stands in its file.

    Attributes
    ----------
    file : str
    first : int
        The number of its first line.
    lines : tuple of str
    spans : tuple of tuples of Span
        What has a colour in each line.
    """

    file: str
    first: int
    lines: tuple[str, ...]
    spans: tuple[tuple[Span, ...], ...]


def stage_source(stage: Stage, files: Sequence[SourceText]) -> tuple[Excerpt, ...]:
    """Return the functions of a stage.

    Parameters
    ----------
    stage : Stage
    files : sequence of SourceText
        Those of the pass; backward and update, which make no nodes, are in files of their own.
    """
    found = []
    for name in FUNCTIONS[stage]:
        excerpts = (_excerpt(file, name) for file in (*files, *_without_nodes()))
        found += [excerpt for excerpt in excerpts if excerpt is not None][:1]
    return tuple(found)


def _without_nodes() -> list[SourceText]:
    paths = [Path(module.__file__) for module in (microgpt.value, microgpt.adam) if module.__file__]
    return [
        SourceText(f"{path.parent.name}/{path.name}", path.read_text(encoding="utf-8"))
        for path in paths
    ]


def _excerpt(file: SourceText, name: str) -> Excerpt | None:
    try:
        tree = ast.parse(file.text)
    except SyntaxError:
        return None
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef) and node.name == name:
            assert node.end_lineno is not None
            part = slice(node.lineno - 1, node.end_lineno)
            lines, spans = file.text.split("\n")[part], syntax_spans(file.text)[part]
            return Excerpt(file.name, node.lineno, tuple(lines), tuple(map(tuple, spans)))
    return None
