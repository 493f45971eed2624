"""The scopes of a pass as a tree with numbers, for the outline."""

from __future__ import annotations

from enum import IntEnum

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt

from explorer.debug import numbers
from explorer.debug.scope_facts import FactsAt, ScopeFacts
from explorer.debug.titles import scope_titles
from explorer.trace.timeline import Timeline

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()
UNKNOWN = "–"


class Column(IntEnum):
    """The columns of the outline."""

    TITLE = 0
    NODES = 1
    LOSS = 2
    NORM = 3


HEADERS = {
    Column.TITLE: ("scope", "A function that was called, or a statement of one"),
    Column.NODES: (
        "nodes",
        "How many nodes it made; of how many in all, as long as some are missing",
    ),
    Column.LOSS: ("loss", "A position's part of the sum of all positions' losses"),
    Column.NORM: (
        "grad norm",
        "The Euclidean norm of the gradients in it, as far as they have come",
    ),
}


class ScopeModel(QAbstractItemModel):
    """The scopes of a trace as a tree; an index's internal id is the scope's.

    Parameters
    ----------
    timeline : Timeline
    cursor : int
        The moment whose numbers are shown first.
    """

    def __init__(self, timeline: Timeline, cursor: int) -> None:
        super().__init__()
        trace = self._trace = timeline.trace
        self._titles = scope_titles(trace)
        self._children: list[list[int]] = [[] for _ in trace.scopes]
        self._row, self._depth = [0] * len(trace.scopes), [0] * len(trace.scopes)
        for i, scope in enumerate(trace.scopes[1:], start=1):
            self._row[i] = len(self._children[scope.parent])
            self._depth[i] = self._depth[scope.parent] + 1
            self._children[scope.parent].append(i)
        self._positions = frozenset(trace.position_scope.tolist())
        self._facts = ScopeFacts(timeline)
        self._at = self._facts.at(cursor)
        self._shares = self._facts.loss_shares(cursor)

    @property
    def at(self) -> FactsAt:
        """What is known of all scopes at the moment that is shown."""
        return self._at

    def show_moment(self, cursor: int) -> None:
        """Show the numbers of another moment; who shows rows asks for them again."""
        self._at = self._facts.at(cursor)
        self._shares = self._facts.loss_shares(cursor)

    def take_numbers(self, timeline: Timeline) -> None:
        """Take over other numbers of the same events, to be shown from the next moment on."""
        self._facts = self._facts.with_numbers(timeline)

    def scope_of(self, index: Index) -> int:
        """Return the scope at an index; the whole pass is the invisible root."""
        return index.internalId() if index.isValid() else 0

    def index_of(self, scope: int) -> QModelIndex:
        """Return the index of a scope."""
        return self.createIndex(self._row[scope], 0, scope) if scope else QModelIndex()

    def depth(self, scope: int) -> int:
        """Return how many levels a scope is below the invisible root."""
        return self._depth[scope]

    def is_final(self, scope: int) -> bool:
        """Return whether a scope's gradients have all come."""
        return bool(self._at.final[scope])

    def is_begun(self, scope: int) -> bool:
        """Return whether one of its nodes exists, if it has any."""
        return bool(self._at.computed[scope] or not self._facts.nodes[scope])

    def text(self, scope: int, column: int) -> str:
        """Return what stands in a cell; empty where there is nothing to be known."""
        if column == Column.TITLE:
            return self._titles[scope]
        if column == Column.NODES:
            made, nodes = int(self._at.computed[scope]), int(self._facts.nodes[scope])
            if made < nodes:
                return f"{numbers.compact(made)}/{numbers.compact(nodes)}"
            return numbers.count(nodes)
        if column == Column.LOSS:
            share = self._shares.get(scope)
            if share is not None:
                return numbers.percent(share)
            return UNKNOWN if scope in self._positions else ""
        return numbers.short(float(self._at.norm[scope]), 3) if self._at.reached[scope] else UNKNOWN

    def tooltip(self, scope: int) -> str:
        """Return what is known of a scope, with all digits, a line each."""
        made, nodes = int(self._at.computed[scope]), int(self._facts.nodes[scope])
        lines = [self._titles[scope], self._trace.scopes[scope].function]
        if made < nodes:
            lines.append(f"{numbers.count(made)} of {numbers.count(nodes)} nodes computed")
        else:
            lines.append(f"{numbers.count(nodes)} node{'' if nodes == 1 else 's'}")
        if scope in self._shares:
            lines.append(f"{numbers.exact(self._shares[scope])} of the sum of the losses")
        lines.append(self._gradient_in_words(scope))
        return "\n".join(line for line in lines if line)

    def _gradient_in_words(self, scope: int) -> str:
        if not self._at.reached[scope]:
            if self._facts.ever_reached(scope):
                return "no gradient has come yet"
            return "no gradient ever comes: the loss does not depend on it"
        norm = numbers.exact(float(self._at.norm[scope]))
        if self._at.final[scope]:
            return f"norm of the gradients {norm}, final"
        done, total = map(numbers.count, self._facts.contributions(self._at.cursor, scope))
        return f"norm of the gradients {norm} so far: {done} of {total} contributions"

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        # Trees ask for hundreds of rows at a step: hasIndex would ask back for both counts.
        children = self._children[self.scope_of(parent)]
        inside = 0 <= row < len(children) and 0 <= column < len(Column)
        if not inside or (parent.isValid() and parent.column() != Column.TITLE):
            return QModelIndex()
        return self.createIndex(row, column, children[row])

    def parent(self, index: Index = NO_INDEX) -> QModelIndex:  # type: ignore[override]
        scope = self.scope_of(index)
        return self.index_of(self._trace.scopes[scope].parent) if scope else QModelIndex()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        if parent.isValid() and parent.column() != Column.TITLE:
            return 0
        return len(self._children[self.scope_of(parent)])

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return len(Column)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(self.scope_of(index), index.column())
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tooltip(self.scope_of(index))
        if role == Qt.ItemDataRole.TextAlignmentRole and index.column() != Column.TITLE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation != Qt.Orientation.Horizontal:
            return None
        title, explanation = HEADERS[Column(section)]
        if role == Qt.ItemDataRole.DisplayRole:
            return title
        if role == Qt.ItemDataRole.ToolTipRole:
            return explanation
        if role == Qt.ItemDataRole.TextAlignmentRole and section != Column.TITLE:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None
