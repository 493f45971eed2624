"""A list of any length of which only the rows in sight are ever asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from math import ceil
from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from explorer.theme.scaling import device_ratio, unscaled_point, unscaled_rect
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.picture_cache import PictureCache

ROW, HEADER, PADDING, SWATCH, RULER = 26, 26, 10, 11, 12
WIDEST = 480  # of a column that takes what is left: eyes have to follow the row
PICTURES_KEPT, TEXTS_KEPT = 80, 1000
CENTRE = Qt.AlignmentFlag.AlignVCenter


class Column(NamedTuple):
    """A column; with a width of 0 it takes what is left, which else is shared by all.

    `least` is the width of the list from which on it is shown. What stands in a `fleeting` column
    changes at every step; the rest of a row is drawn once.
    """

    title: str
    width: int
    right: bool = False
    mono: bool = False
    least: int = 0
    fleeting: bool = False


class Cell(NamedTuple):
    """What stands in a cell; with a `swatch` a little square of that colour before it."""

    text: str
    colour: str
    swatch: str = ""
    bold: bool = False


class RowList(QAbstractScrollArea):
    """Rows of cells with a header, one of them chosen and one marked.

    Up and Down choose another row, Enter opens the chosen one.

    Parameters
    ----------
    columns : sequence of Column
    theme : Theme
    name : str
        For those who don't see it.
    """

    chosen = Signal(int)
    opened = Signal(int)

    def __init__(self, columns: Sequence[Column], theme: Theme, name: str) -> None:
        super().__init__()
        self._columns, self._theme = tuple(columns), theme
        self._rows = 0
        self._cells: Callable[[int], Sequence[Cell]] = _no_cells
        self._chosen_row: int | None = None
        self._marked: int | None = None
        self._ticks: Mapping[int, str] = {}
        self._empty = ""
        self._pictures = PictureCache(PICTURES_KEPT)
        self._fitted = lru_cache(maxsize=TEXTS_KEPT)(_fitted)
        self.setFrameShape(self.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(name)
        self.setMinimumHeight(theme.px(HEADER + 2 * ROW))
        self.verticalScrollBar().setSingleStep(ROW)

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._rows

    @property
    def chosen_row(self) -> int | None:
        """The row that is highlighted."""
        return self._chosen_row

    @property
    def marked_row(self) -> int | None:
        """The row that is marked as the current one."""
        return self._marked

    def show_rows(self, rows: int, cells: Callable[[int], Sequence[Cell]], empty: str = "") -> None:
        """Show other rows; `cells` is asked for each one in sight whenever it is painted.

        Parameters
        ----------
        rows : int
        cells : callable
            From a row to its cells, one a column.
        empty : str
            What to say if there are none.
        """
        self._rows, self._cells, self._empty = rows, cells, empty
        self._chosen_row = self._marked = None
        self._fit()
        self.viewport().update()

    def point_out(
        self, chosen: int | None, marked: int | None, ticks: Mapping[int, str] | None = None
    ) -> None:
        """Highlight a row, mark another, and set ticks of some colours beside the scroll bar."""
        self._chosen_row, self._marked, self._ticks = chosen, marked, ticks or {}
        self.viewport().update()

    def centre(self, row: int) -> None:
        """Scroll until a row is in the middle."""
        room = self._room().height() - HEADER
        self.verticalScrollBar().setValue(round((row + 0.5) * ROW - room / 2))

    def shows(self, row: int) -> bool:
        """Return whether a row is in sight as a whole."""
        area = self._area(row)
        return area.top() >= HEADER and area.bottom() <= self._room().height()

    def row_at(self, point: QPointF) -> int | None:
        """Return the row at a point of the viewport."""
        y = unscaled_point(point, self._theme).y()
        row = int((y - HEADER + self.verticalScrollBar().value()) // ROW)
        return row if y >= HEADER and 0 <= row < self._rows else None

    def row_area(self, row: int) -> QRectF:
        """Return where a row is in the viewport, in sight or not."""
        area, scale = self._area(row), self._theme.scale
        return QRectF(area.topLeft() * scale, area.size() * scale)

    def rows_in_sight(self) -> range:
        """Return the rows that are painted, in part or as a whole."""
        top = self.verticalScrollBar().value()
        bottom = top + self._room().height() - HEADER
        return range(max(0, top // ROW), min(self._rows, ceil(bottom / ROW)))

    def _room(self) -> QRectF:
        """Return the viewport in pixels of scale 1, which everything here counts in."""
        return unscaled_rect(self.viewport(), self._theme)

    def _area(self, row: int) -> QRectF:
        """Return where a row is; it begins on a whole pixel, or its pictures would be blurred."""
        ratio = device_ratio(self, self._theme)
        y = HEADER + row * ROW - self.verticalScrollBar().value()
        return QRectF(0, round(y * ratio) / ratio, self._room().width(), ROW)

    def _fit(self) -> None:
        room = int(self._room().height()) - HEADER
        bar = self.verticalScrollBar()
        bar.setRange(0, max(0, self._rows * ROW - room))
        bar.setPageStep(max(ROW, room))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self.chosen.emit(row)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        row = self.row_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and row is not None:
            self.opened.emit(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, chosen = event.key(), self._chosen_row
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and self._rows:
            step = 1 if key == Qt.Key.Key_Down else -1
            sight = self.rows_in_sight()
            row = chosen + step if chosen is not None else sight.start
            self.chosen.emit(min(max(row, 0), self._rows - 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and chosen is not None:
            self.opened.emit(chosen)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.viewport().rect(), QColor(self._theme.panel))
        painter.scale(self._theme.scale, self._theme.scale)
        if not self._rows:
            painter.setFont(sans(14))
            painter.setPen(QColor(self._theme.muted))
            painter.drawText(self._room(), Qt.AlignmentFlag.AlignCenter, self._empty)
            self._paint_focus(painter)
            return
        places = self._places()
        for row in self.rows_in_sight():
            self._paint_row(painter, row, places)
        self._paint_header(painter, places)
        self._paint_ruler(painter)
        self._paint_focus(painter)

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self._theme.negative), self._theme.line(1)))
            frame = self._room().adjusted(0.5, 0.5, -0.5, -0.5)
            painter.drawRoundedRect(frame, 4, 4)

    def _places(self) -> list[tuple[int, float, float]]:
        """Return the columns that are shown, each with its left edge and its width."""
        room = self._room().width() - RULER
        shown = [i for i, column in enumerate(self._columns) if room >= column.least]
        left_over = room - sum(self._columns[i].width for i in shown)
        takers = [i for i in shown if not self._columns[i].width] or shown
        share = min(max(0, left_over) / len(takers), WIDEST)
        places, x = [], 0.0
        for i in shown:
            width = self._columns[i].width + (share if i in takers else 0)
            places.append((i, x + PADDING, width - 2 * PADDING))
            x += width
        return places

    def _paint_row(
        self, painter: QPainter, row: int, places: list[tuple[int, float, float]]
    ) -> None:
        area, theme = self._area(row), self._theme
        if row == self._chosen_row:
            painter.fillRect(area, QColor(theme.selected_surface))
        elif row == self._marked:
            painter.fillRect(area, QColor(theme.current_surface))
        lasting, fleeting = [], []
        cells = self._cells(row)
        for i, x, width in places:
            if self._columns[i].fleeting:
                fleeting.append((i, x, width))
            else:
                lasting.append((cells[i], i, x, width))
        painter.drawPixmap(area.topLeft(), self._picture(tuple(lasting)))
        for i, x, width in fleeting:
            place = QRectF(x, area.top(), width, ROW)
            self._paint_cell(painter, self._columns[i], cells[i], place)
        if row in (self._chosen_row, self._marked):
            colour = theme.current if row == self._marked else theme.text
            painter.fillRect(QRectF(0, area.top(), 3, ROW), QColor(colour))

    def _picture(self, cells: tuple[tuple[Cell, int, float, float], ...]) -> QPixmap:
        """Return some cells of a row as a picture; most are what they were before a step."""
        _, _, left, room = cells[-1]

        def draw(painter: QPainter) -> None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            for cell, i, x, width in cells:
                self._paint_cell(painter, self._columns[i], cell, QRectF(x, 0, width, ROW))

        size = QSizeF(left + room + PADDING, ROW)
        return self._pictures.get(cells, size, device_ratio(self, self._theme), draw)

    def _paint_cell(self, painter: QPainter, column: Column, cell: Cell, area: QRectF) -> None:
        if not cell.text:
            return
        if cell.swatch:
            box = QRectF(area.left(), area.center().y() - SWATCH / 2, SWATCH, SWATCH)
            painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1)))
            painter.setBrush(QColor(cell.swatch))
            painter.drawRoundedRect(box, 3, 3)
            area = area.adjusted(SWATCH + 7, 0, 0, 0)
        font = (mono if column.mono else sans)(14, cell.bold)
        text = self._fitted(cell.text, column.mono, cell.bold, int(area.width()))
        painter.setFont(font)
        painter.setPen(QColor(cell.colour))
        side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
        painter.drawText(area, side | CENTRE, text)

    def _paint_header(self, painter: QPainter, places: list[tuple[int, float, float]]) -> None:
        width, line = self._room().width(), self._theme.line(1)
        painter.fillRect(QRectF(0, 0, width, HEADER), QColor(self._theme.panel))
        painter.fillRect(QRectF(0, HEADER - line, width, line), QColor(self._theme.border))
        painter.setFont(sans(SMALL))
        painter.setPen(QColor(self._theme.muted))
        for i, x, room in places:
            column = self._columns[i]
            side = Qt.AlignmentFlag.AlignRight if column.right else Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRectF(x, 0, room, HEADER - 1), side | CENTRE, column.title)

    def _paint_ruler(self, painter: QPainter) -> None:
        """Set the ticks at the heights at which their rows are in the whole list."""
        whole = self._room()
        left, room = whole.width() - RULER, whole.height() - HEADER - 6
        for row, colour in self._ticks.items():
            y = HEADER + 3 + room * (row + 0.5) / self._rows
            painter.fillRect(QRectF(left + 2, y - 1, RULER - 4, 2), QColor(colour))


def _fitted(text: str, is_mono: bool, bold: bool, width: int) -> str:
    """Return a text, or as much of it as fits."""
    metrics = QFontMetricsF((mono if is_mono else sans)(14, bold))
    return metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, width + 0.5)


def _no_cells(row: int) -> Sequence[Cell]:
    return ()
