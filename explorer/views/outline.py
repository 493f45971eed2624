"""The outline: the scope tree of the pass."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QTreeView

from explorer.debug import numbers
from explorer.debug.session import Session
from explorer.debug.titles import scope_titles
from explorer.theme.style import sans
from explorer.trace.trace import Trace

Index = QModelIndex | QPersistentModelIndex
NO_INDEX = QModelIndex()


class ScopeModel(QAbstractItemModel):
    """The scopes of a trace as a tree; an index's internal id is the scope's.

    Parameters
    ----------
    trace : Trace
    """

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace
        self._titles = scope_titles(trace)
        self._children: list[list[int]] = [[] for _ in trace.scopes]
        self._row = [0] * len(trace.scopes)
        for i, scope in enumerate(trace.scopes[1:], start=1):
            self._row[i] = len(self._children[scope.parent])
            self._children[scope.parent].append(i)
        own = np.bincount(trace.scope, minlength=len(trace.scopes))
        below = np.concatenate([[0], np.cumsum(own)]).tolist()  # scopes are in pre-order
        self._counts = [below[scope.stop] - below[i] for i, scope in enumerate(trace.scopes)]

    def scope_of(self, index: Index) -> int:
        """Return the scope at an index; the whole pass is the invisible root."""
        return index.internalId() if index.isValid() else 0

    def index_of(self, scope: int) -> QModelIndex:
        """Return the index of a scope."""
        return self.createIndex(self._row[scope], 0, scope) if scope else QModelIndex()

    def index(self, row: int, column: int, parent: Index = NO_INDEX) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._children[self.scope_of(parent)][row])

    def parent(self, index: Index = NO_INDEX) -> QModelIndex:  # type: ignore[override]
        scope = self.scope_of(index)
        return self.index_of(self._trace.scopes[scope].parent) if scope else QModelIndex()

    def rowCount(self, parent: Index = NO_INDEX) -> int:
        return len(self._children[self.scope_of(parent)])

    def columnCount(self, parent: Index = NO_INDEX) -> int:
        return 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        scope = self.scope_of(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return f"{self._titles[scope]}   {numbers.count(self._counts[scope])}"
        if role == Qt.ItemDataRole.ToolTipRole:
            function = self._trace.scopes[scope].function
            return f"{numbers.count(self._counts[scope])} nodes {function}".strip()
        return None


class Outline(QTreeView):
    """The scope tree; it follows the selected node, and a click shows a scope on the map.

    Parameters
    ----------
    session : Session
    """

    scope_chosen = Signal(int)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._model: ScopeModel | None = None
        self._opened: list[QModelIndex] = []  # by following the selection, not by the person
        self.setFont(sans())
        self.setHeaderHidden(True)
        self.setIndentation(16)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Outline")
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        session.opened.connect(self._open)
        session.selected.connect(self._follow_selection)

    def _open(self) -> None:
        trace = self._session.trace
        assert trace is not None
        self._model = ScopeModel(trace)
        self._opened = []
        self.setModel(self._model)
        self._follow_selection()

    def _follow_selection(self) -> None:
        """Open the way to the selected node's scope, and close what the last one opened."""
        trace, node = self._session.trace, self._session.selection
        if trace is None or node is None or self._model is None:
            return
        index = self._model.index_of(int(trace.scope[node]))
        if index == self.currentIndex():
            return
        way = []
        around = index.parent()
        while around.isValid():
            way.append(around)
            around = around.parent()
        for opened in [other for other in self._opened if other not in way]:
            self.collapse(opened)
            self._opened.remove(opened)
        for closed in reversed(way):
            if not self.isExpanded(closed):
                self.expand(closed)
                self._opened.append(closed)
        self.setCurrentIndex(index)
        self.scrollTo(index)

    def _choose(self, index: QModelIndex) -> None:
        if self._model is not None:
            self.scope_chosen.emit(self._model.scope_of(index))
