"""Names of the blocks beside the whole map, where texts are too large to stand in them.

Blocks of one kind stand at the same height in every column, so one name does for all of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.debug.titles import scope_titles
from explorer.layout.camera import Camera
from explorer.layout.map_layout import MapLayout
from explorer.theme.style import SMALL, sans
from explorer.theme.tokens import Theme
from explorer.trace.trace import Trace

ROOM = 118.0  # pixels left of the map
BESIDE, TICK = 8.0, 6.0  # pixels between the map and a tick, and the tick's length
LINE = 17.0  # pixels from a name to the next one
NEAR = 1.2  # times the scale at which the whole map is seen, up to which names stand beside it
MOST = 3  # names of blocks side by side that are written; of more, what they have in common


@dataclass(frozen=True)
class _Row:
    """Blocks that stand side by side."""

    top: float
    bottom: float
    scopes: tuple[int, ...]

    @property
    def middle(self) -> float:
        return (self.top + self.bottom) / 2


class MapRows(QWidget):
    """Lies over a map, and names what stands in its rows.

    Parameters
    ----------
    map_view : QWidget
        Which it covers; it is painted whenever that is.
    theme : Theme
    """

    def __init__(self, map_view: QWidget, theme: Theme) -> None:
        super().__init__(map_view)
        self._theme = theme
        self._trace: Trace | None = None
        self._layout: MapLayout | None = None
        self._titles: list[str] = []
        self._camera, self._whole = Camera(1.0, 0.0, 0.0), 1.0
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAccessibleName("Names of blocks")

    def show_pass(self, trace: Trace, layout: MapLayout) -> None:
        """Show the names of a pass."""
        self._trace, self._layout, self._titles = trace, layout, scope_titles(trace)

    def follow(self, camera: Camera, whole: float) -> None:
        """Stand beside what a camera shows; `whole` is the scale at which all is seen."""
        if (camera, whole) != (self._camera, self._whole):
            self._camera, self._whole = camera, whole
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        trace, layout, theme = self._trace, self._layout, self._theme
        is_near = self._camera.scale > NEAR * self._whole
        if trace is None or layout is None or is_near or not len(trace.position_scope):
            return
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        painter.setFont(sans(SMALL))
        metrics = QFontMetricsF(painter.font())
        right = self._camera.to_screen(0.0, 0.0)[0] - BESIDE
        last = 0.0
        for row in self._rows(layout, trace, int(trace.position_scope[0])):
            name = self._name(row)
            y = self._camera.to_screen(0.0, row.middle)[1]
            left = right - TICK - 4 - metrics.horizontalAdvance(name)
            if y - last < LINE or left < 2:
                continue
            last = y
            painter.setPen(QPen(QColor(theme.muted), theme.line(1)))
            painter.drawLine(QPointF(right - TICK, y), QPointF(right, y))
            painter.setPen(QColor(theme.text))
            painter.drawText(QPointF(left, y + metrics.capHeight() / 2), name)

    def _rows(self, layout: MapLayout, trace: Trace, scope: int) -> Iterator[_Row]:
        """Yield the rows of a column that are high enough for a name, from top to bottom."""
        inside = [
            child
            for child in range(scope + 1, trace.scopes[scope].stop)
            if trace.scopes[child].parent == scope and layout.framed[child]
        ]
        for row in _in_rows(layout, inside):
            within: list[_Row] = []
            if len(row.scopes) == 1:
                within = list(self._rows(layout, trace, row.scopes[0]))
            high = (row.bottom - row.top) * self._camera.scale
            if len(within) > 1:
                yield from within
            elif high >= LINE / 2:
                yield row

    def _name(self, row: _Row) -> str:
        names = [self._titles[scope].rpartition(".")[2] for scope in row.scopes]
        if len(names) <= MOST:
            return "  ".join(names)
        return f"{names[0].rpartition(' ')[0] or names[0]}s"


def _in_rows(layout: MapLayout, scopes: list[int]) -> list[_Row]:
    """Return boxes grouped by those that overlap from top to bottom, in that order."""
    rows: list[_Row] = []
    for scope in sorted(scopes, key=lambda scope: int(layout.box[scope, 1])):
        _, top, _, height = map(float, layout.box[scope])
        if rows and top < rows[-1].bottom:
            last = rows[-1]
            rows[-1] = _Row(last.top, max(last.bottom, top + height), (*last.scopes, scope))
        else:
            rows.append(_Row(top, top + height, (scope,)))
    return [_Row(row.top, row.bottom, tuple(sorted(row.scopes))) for row in rows]
