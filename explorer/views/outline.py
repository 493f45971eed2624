"""The outline: the scope tree of the pass, with what is known of each scope by now."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QModelIndex, QPoint, QPointF, QRect, QSizeF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPolygonF, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from explorer.debug.session import Session
from explorer.theme.style import BODY, SMALL, sans
from explorer.theme.tokens import Theme
from explorer.views.picture_cache import PictureCache
from explorer.views.scope_model import UNKNOWN, Column, Index, ScopeModel

SMALLEST = 256  # pixels: the narrowest outline
TITLE_WIDTH = 110  # what a title needs before a number may take room from it
WIDEST = {  # its title or its numbers
    Column.NODES: "999k/999k",
    Column.LOSS: "00.0 %",
    Column.NORM: "grad norm",
}
LEAVES_FIRST = (Column.LOSS, Column.NODES, Column.NORM)  # where there is no room for all
PADDING, TITLE_PADDING = 7, 3
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
BAR = 3  # pixels: the mark of the current scope
PICTURES_KEPT = 240  # of rows
CLOSED = QPolygonF([QPointF(-2, -4), QPointF(2, 0), QPointF(-2, 4)])
OPEN = QPolygonF([QPointF(-4, -2), QPointF(4, -2), QPointF(0, 2)])

Shown = dict[int, tuple[object, ...]]


class Outline(QTreeView):
    """The scope tree; it follows the selected node and time, a click shows a scope on the map.

    Titles give way to numbers, and where the pane is narrow, columns do. The row in which time
    stands, or the closed one around it, has a bar.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    scope_chosen = Signal(int)

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._model: ScopeModel | None = None
        self._shown: Shown = {}
        self._current_row = -1
        self._stale = False
        self._pictures = PictureCache(PICTURES_KEPT, QColor(theme.panel))
        self._opened: list[QModelIndex] = []  # by following the selection, not by the person
        self.setFont(sans(theme.px(BODY)))
        self.setMinimumWidth(theme.px(SMALLEST))
        self.setIndentation(theme.px(14))
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setAllColumnsShowFocus(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName("Outline")
        self._cell = _Cell(self, theme)
        self.setItemDelegate(self._cell)
        self.clicked.connect(self._choose)
        self.activated.connect(self._choose)
        self.expanded.connect(self._find_current_row)
        self.collapsed.connect(self._find_current_row)
        session.opened.connect(self._open)
        # The tree opens a moment after a click, which the rest of the window answers first.
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._follow_selection)
        session.selected.connect(self._follow_soon)
        session.cursor_moved.connect(self._follow_time)
        session.numbers_changed.connect(self._follow_numbers)
        if session.timeline is not None:
            self._open()

    @property
    def scopes(self) -> ScopeModel | None:
        """What is shown; None before the first pass."""
        return self._model

    def take_over(self, old: Outline) -> None:
        """Open what is open in another outline of the same pass."""
        ours, theirs = self._model, old._model
        trace = self._session.trace
        if ours is None or theirs is None or trace is None:
            return
        for scope in range(len(trace.scopes)):
            if old.isExpanded(theirs.index_of(scope)):
                self.expand(ours.index_of(scope))
        self._opened = [ours.index_of(theirs.scope_of(index)) for index in old._opened]
        if old.currentIndex().isValid():
            self.setCurrentIndex(ours.index_of(theirs.scope_of(old.currentIndex())))

    def is_current(self, index: Index) -> bool:
        """Return whether time stands in a row's scope, and no open row inside it shows that."""
        return index.isValid() and index.internalId() == self._current_row

    def start_again(self) -> None:
        """Show the selected node's scope as if the pass had just been opened."""
        self.collapseAll()
        self._opened = []
        self.setCurrentIndex(QModelIndex())
        self.verticalScrollBar().setValue(0)
        self._follow_selection()
        self._follow_time()

    def _open(self) -> None:
        timeline = self._session.timeline
        assert timeline is not None
        self._model = ScopeModel(timeline, self._session.cursor)
        self._opened, self._shown, self._stale = [], {}, False
        self._pictures = PictureCache(PICTURES_KEPT, QColor(self._theme.panel))
        self.setModel(self._model)
        self._find_current_row()
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(self._theme.px(20))
        header.setSectionResizeMode(Column.TITLE, QHeaderView.ResizeMode.Stretch)
        for column in LEAVES_FIRST:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Fixed)
            header.resizeSection(column, self._width(column))
        self._choose_columns()
        self._follow_selection()

    def _width(self, column: Column) -> int:
        metrics, px = QFontMetrics(sans(self._theme.px(SMALL))), self._theme.px
        return metrics.horizontalAdvance(WIDEST[column]) + 2 * px(PADDING)

    def _choose_columns(self) -> None:
        """Show as many columns of numbers as leave room for the titles."""
        room = self.viewport().width() - self._theme.px(TITLE_WIDTH)
        needed = sum(map(self._width, LEAVES_FIRST))
        for column in LEAVES_FIRST:
            hidden = needed > room and column is not LEAVES_FIRST[-1]
            self.setColumnHidden(column, hidden)
            needed -= self._width(column) if hidden else 0

    def _follow_time(self) -> None:
        """Show the numbers of the moment; only rows in sight that change are painted."""
        if self._model is None:
            return
        if not self.isVisible():
            self._stale = True
            return
        self._stale = False
        self._model.show_moment(self._session.cursor)
        before, self._shown = self._shown, {}
        self._find_current_row()
        for index, top, height in self._rows_in_sight():
            row = self._row_state(index)
            self._shown[index.internalId()] = row
            if before.get(index.internalId()) != row:
                self.viewport().update(0, top, self.viewport().width(), height)

    def _follow_numbers(self) -> None:
        timeline = self._session.timeline
        if timeline is not None and self._model is not None:
            self._model.take_numbers(timeline)
            self._follow_time()

    def _row_state(self, index: Index) -> tuple[object, ...]:
        """Return all that depends on time in a row."""
        assert self._model is not None
        scope = index.internalId()
        texts = [self._model.text(scope, column) for column in LEAVES_FIRST]
        final, begun = self._model.is_final(scope), self._model.is_begun(scope)
        return *texts, final, begun, self.is_current(index)

    def _rows_in_sight(self) -> Iterator[tuple[QModelIndex, int, int]]:
        """Yield rows, each with its upper edge and its height: one is as high as another."""
        index = self.indexAt(self.viewport().rect().topLeft())
        first, bottom = self.visualRect(index), self.viewport().height()
        top, height = first.top(), first.height()
        while index.isValid() and top < bottom:
            yield index, top, height
            index, top = self.indexBelow(index), top + height

    def _find_current_row(self) -> None:
        """Find the row of the scope in which time stands, or the outermost closed one around."""
        trace = self._session.trace
        if trace is None or self._model is None:
            return
        self._current_row = 0
        for scope in trace.scope_path(self._model.at.current):
            self._current_row = scope
            if not self.isExpanded(self._model.index_of(scope)):
                return

    def _follow_soon(self) -> None:
        self._soon.start()

    def _follow_selection(self) -> None:
        """Open the way to the selected node's scope, and close what the last one opened."""
        if not self.isVisible():
            return  # until it is shown
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

    def drawRow(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw a row, or what it looked like last: most rows look the same after a step."""
        area = QRect(0, option.rect.top(), self.viewport().width(), option.rect.height())
        if self.viewport().underMouse():  # the row below it looks different
            self._draw_row(painter, option, index, area)
            return

        selected = self.selectionModel().isSelected(index)

        def draw(painter: QPainter) -> None:
            self._draw_still(painter, index, QRect(QPoint(), area.size()), selected)

        header = self.header()
        look = (
            index.internalId(),
            self._row_state(index),
            selected,
            self.isExpanded(index),
            self.isActiveWindow(),
            tuple(header.sectionSize(column) for column in Column),
        )
        ratio = self.devicePixelRatioF()
        picture = self._pictures.get(look, QSizeF(area.size()), ratio, draw)
        painter.drawPixmap(area.topLeft(), picture)

    def _draw_still(self, painter: QPainter, index: Index, row: QRect, selected: bool) -> None:
        """Draw a row that the mouse is far from, in a quarter of the time of Qt's way."""
        assert self._model is not None
        if self.is_current(index):
            painter.fillRect(row, QColor(self._theme.current_surface))
        if selected:
            painter.fillRect(row, QColor(self._theme.selected_surface))
        scope = index.internalId()
        room = QRect(row)
        for column in LEAVES_FIRST:
            if not self.isColumnHidden(column):
                room.setLeft(self.columnViewportPosition(column))
                room.setWidth(self.columnWidth(column))
                self._cell.write(painter, scope, column, room)
        branches = QRect(row)
        branches.setWidth(self._model.depth(scope) * self.indentation())
        self.drawBranches(painter, branches, index)
        room.setLeft(branches.width())
        room.setWidth(self.columnWidth(Column.TITLE) - branches.width())
        self._cell.write(painter, scope, Column.TITLE, room)
        if self.is_current(index):
            painter.fillRect(0, 0, self._theme.px(BAR), row.height(), QColor(self._theme.current))

    def _draw_row(
        self, painter: QPainter, option: QStyleOptionViewItem, index: Index, area: QRect
    ) -> None:
        current = self.is_current(index)
        if current:
            painter.fillRect(area, QColor(self._theme.current_surface))
        super().drawRow(painter, option, index)
        if current:
            bar = QRect(0, area.top(), self._theme.px(BAR), area.height())
            painter.fillRect(bar, QColor(self._theme.current))

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:
        """Draw the arrow of a row that can be opened or closed; Qt's own has but one size."""
        assert self._model is not None
        if self.selectionModel().isSelected(index):
            painter.fillRect(rect, QColor(self._theme.selected_surface))
        if not self._model.hasChildren(index):
            return
        middle = rect.x() + rect.width() - self.indentation() / 2, rect.y() + rect.height() / 2
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(*middle)
        painter.scale(self._theme.scale, self._theme.scale)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.muted))
        painter.drawPolygon(OPEN if self.isExpanded(index) else CLOSED)
        painter.restore()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._model is not None:
            self._choose_columns()
        super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow_selection()
        if self._stale:
            self._follow_time()


class _Cell(QStyledItemDelegate):
    """Titles, and numbers at the right of their column.

    What is not settled is pale: scopes that do not exist yet, and numbers that may change.
    Painting a cell itself takes less time than asking the model for each of its roles.
    """

    def __init__(self, outline: Outline, theme: Theme) -> None:
        super().__init__(outline)
        self._outline = outline
        self._title_font, self._number_font = sans(theme.px(BODY)), sans(theme.px(SMALL))
        self._padding, self._title_padding = theme.px(PADDING), theme.px(TITLE_PADDING)
        self._metrics = QFontMetrics(self._title_font)
        self._text, self._pale = QColor(theme.text), QColor(theme.muted)
        self._hovered, self._selected = QColor(theme.raised), QColor(theme.selected_surface)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        area, state = option.rect, option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, self._selected)
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, self._hovered)
        self.write(painter, index.internalId(), index.column(), area)

    def write(self, painter: QPainter, scope: int, column: int, area: QRect) -> None:
        """Write what stands in a cell."""
        model = self._outline.scopes
        if model is None:
            return
        text = model.text(scope, column)
        if column == Column.TITLE:
            room = area.adjusted(self._title_padding, 0, -self._title_padding, 0)
            text = self._metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
            painter.setFont(self._title_font)
            painter.setPen(self._text if model.is_begun(scope) else self._pale)
            painter.drawText(room, LEFT, text)
        elif text:
            settled = column == Column.NORM and text != UNKNOWN and model.is_final(scope)
            painter.setFont(self._number_font)
            painter.setPen(self._text if settled else self._pale)
            painter.drawText(area.adjusted(0, 0, -self._padding, 0), RIGHT, text)
