"""Terms of a search that follow edges: from the nodes that were typed to those that are found."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from explorer.debug import numbers
from explorer.debug.cones import ancestors, between, descendants
from explorer.debug.paths import Path, strongest_path
from explorer.debug.roles import node_label
from explorer.debug.search_terms import Related, Relation, SearchError
from explorer.trace.timeline import GradState, Timeline
from explorer.trace.trace import Trace

LOSS = "loss"
_PARAMETER = re.compile(r"(.+)\[([0-9]+)\]\[([0-9]+)\]")


@dataclass(frozen=True, eq=False)
class Followed:
    """What a term has found by following edges.

    Attributes
    ----------
    timeline : Timeline
    term : Related
    nodes : tuple of int
        Those that were typed, in the order in which paths go.
    mask : bool array, (nodes,)
    path : Path or None
        The strongest one, if it was asked for and there is any.
    """

    timeline: Timeline
    term: Related
    nodes: tuple[int, ...]
    mask: npt.NDArray[np.bool_]
    path: Path | None = None

    @property
    def is_path(self) -> bool:
        """Whether the strongest path was asked for."""
        return self.term.relation is Relation.PATH

    def is_known_at(self, cursor: int) -> bool:
        """Return whether the last node is computed: which path is the strongest depends on it."""
        return self.nodes[-1] < self.timeline.moment(cursor).computed

    def words_at(self, cursor: int) -> str:
        """Return the term in words, with the numbers that are known at a moment."""
        trace = self.timeline.trace
        names = [_name(trace, node) for node in self.nodes]
        two = self.term.relation in (Relation.BETWEEN, Relation.PATH)
        if two and not self.mask.any():
            return f"no path leads from {names[0]} to {names[1]}"
        words = self.term.say(*names)
        if self.path is None or not self.is_known_at(cursor):
            return words
        count = numbers.count(len(self.path.nodes))
        words += f": {count} node{'s' * (count != '1')}, product {numbers.short(self.path.product)}"
        if (self.path.local_grad == 0).any():
            return f"{words} like every other path"
        return words + self._share_at(cursor, self.path)

    def _share_at(self, cursor: int, path: Path) -> str:
        """Return how much of the start's gradient flows through the path, once that is final."""
        start, goal = self.nodes
        grad = float(self.timeline.trace.grad[start])
        final = self.timeline.grad_state_at(cursor, start) is GradState.FINAL
        share = 100 * path.product / grad if grad else np.inf
        if start == goal or goal != self.timeline.trace.loss or not final or not np.isfinite(share):
            return ""
        words = f", {numbers.short(share, 2)}{numbers.THIN_SPACE}% of its gradient"
        if share < 0:
            words += " (the other paths outweigh it)"
        elif share > 100:
            words += " (the other paths take from it)"
        return words


def follow(timeline: Timeline, term: Related) -> Followed:
    """Return what a term finds.

    Raises
    ------
    SearchError
        A node that was typed does not exist in the pass.
    """
    trace, relation = timeline.trace, term.relation
    nodes = [_find(trace, typed, term) for typed in term.nodes]
    if relation is Relation.ANCESTORS or relation is Relation.DESCENDANTS:
        mask = (ancestors if relation is Relation.ANCESTORS else descendants)(trace, nodes[0])
        mask[nodes[0]] = False  # it was not computed from itself
        return Followed(timeline, term, tuple(nodes), mask)
    # Children have smaller numbers than their consumers.
    start, goal = sorted(nodes) if len(nodes) == 2 else (nodes[0], _loss(trace))
    if relation is Relation.BETWEEN:
        return Followed(timeline, term, (start, goal), between(trace, start, goal))
    path = strongest_path(trace, start, goal)
    mask = np.zeros(trace.nodes, bool)
    if path is not None:
        mask[path.nodes] = True
    return Followed(timeline, term, (start, goal), mask, path)


def _name(trace: Trace, node: int) -> str:
    return "the loss" if node == trace.loss else node_label(trace, node)


def _loss(trace: Trace) -> int:
    if trace.loss is None:
        raise SearchError("This pass has no loss, for it has no backward.")
    return trace.loss


def _find(trace: Trace, typed: str, term: Related) -> int:
    """Return the node of a number, of a parameter's name or of the end of it, or the loss."""
    plain = typed.replace(numbers.THIN_SPACE, "").lower()
    if plain == LOSS:
        return _loss(trace)
    if plain.isascii() and plain.isdigit() and int(plain) < trace.nodes:
        return int(plain)
    if match := _PARAMETER.fullmatch(plain):
        name, row, column = match[1], int(match[2]), int(match[3])
        found = [
            matrix.start + row * matrix.columns + column
            for matrix in trace.parameters
            if f".{matrix.name.lower()}".endswith(f".{name}")
            and row < matrix.rows
            and column < matrix.columns
        ]
        if len(found) == 1:
            return found[0]
    last = numbers.count(trace.nodes - 1)
    example = f"names of parameters such as {trace.parameter_name(0)}, " if trace.leaves else ""
    raise SearchError(
        f"“{typed}” in “{term.relation.value}:{','.join(term.nodes)}” is no node of this pass; "
        f"there are 0 to {last}, {example}and {LOSS}."
    )
