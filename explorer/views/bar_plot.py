"""Plots of bars, one above the other, that share their letters."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyqtgraph as pg
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QTextDocumentFragment
from PySide6.QtWidgets import QVBoxLayout, QWidget

from explorer.theme.tokens import Theme
from explorer.views.bar_row import RIGHT, BarRow, Letter, Row
from explorer.views.hover_card import HoverCard


class BarPlot(QWidget):
    """Rows of bars over the same letters.

    Left and Right walk from bar to bar, Up and Down from row to row, Enter is a click.

    Parameters
    ----------
    theme : Theme
    name : str
        For those who don't see it.
    titles : sequence of str
        Of the rows, from top to bottom.
    shares : sequence of int
        Of the height.
    tell : callable
        Returns what the card says of a row and a bar.
    """

    chosen = Signal(int, int)  # row and bar that were clicked

    def __init__(
        self,
        theme: Theme,
        name: str,
        titles: Sequence[str],
        shares: Sequence[int],
        tell: Callable[[int, int], str],
    ) -> None:
        super().__init__()
        self._theme, self._tell = theme, tell
        self._letters: tuple[Letter, ...] = ()
        self._at = (0, 0)  # row and bar that have the keyboard
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.canvas = pg.GraphicsLayoutWidget()
        self.canvas.setBackground(theme.panel)
        self.canvas.setCacheMode(self.canvas.CacheModeFlag.CacheNone)  # it would be a picture
        self.canvas.setFrameShape(self.canvas.Shape.NoFrame)
        self.canvas.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.canvas.ci.setContentsMargins(*map(theme.px, (0, 4, RIGHT, 6)))
        self.canvas.ci.setSpacing(0)
        self.canvas.setMinimumSize(theme.px(100), theme.px(80))
        self._rows = [Row(self.canvas, i, title, i == 0, theme) for i, title in enumerate(titles)]
        for i, share in enumerate(shares):
            self.canvas.ci.layout.setRowStretchFactor(i, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.canvas)
        self._card = HoverCard(self, theme)
        self.canvas.viewport().setMouseTracking(True)
        self.canvas.viewport().installEventFilter(self)

    def show_bars(self, letters: Sequence[Letter], rows: Sequence[BarRow]) -> None:
        """Show other numbers; what looks the same is left alone."""
        if tuple(letters) != self._letters:
            self._letters = tuple(letters)
            self._card.hide()
            self._rows[0].show_letters(self._letters)
        changed = [row.show(bars) for row, bars in zip(self._rows, rows, strict=True)]
        if any(changed):  # the card tells of other numbers
            self._card.hide()
        self._at = self._at[0], min(self._at[1], max(len(letters) - 1, 0))
        self._describe()

    def place_of(self, row: int, bar: int) -> QPointF:
        """Return where the middle of a bar is, in the coordinates of the canvas."""
        plot = self._rows[row].plot
        low, high = plot.vb.viewRange()[1]
        return self.canvas.mapFromScene(plot.vb.mapViewToScene(QPointF(bar, (low + high) / 2)))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind in MOUSE:
            hit = self._hit(event.position())
            if kind == QEvent.Type.MouseButtonPress and hit is not None:
                self._at = hit
                self.setFocus(Qt.FocusReason.MouseFocusReason)
                if event.button() == Qt.MouseButton.LeftButton:
                    self.chosen.emit(*hit)
            self._point(hit, event.position())
            return True
        if kind == QEvent.Type.Leave:
            self._point(None)
        return kind == QEvent.Type.Wheel

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Walk along the bars, or choose the one that has the keyboard."""
        key, (row, bar) = Qt.Key(event.key()), self._at
        steps = {
            Qt.Key.Key_Left: (0, -1),
            Qt.Key.Key_Right: (0, 1),
            Qt.Key.Key_Up: (-1, 0),
            Qt.Key.Key_Down: (1, 0),
        }
        if not self._letters or key not in (*steps, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif key in steps:
            down, right = steps[key]
            self._at = (
                min(max(row + down, 0), len(self._rows) - 1),
                min(max(bar + right, 0), len(self._letters) - 1),
            )
            self._point(self._at, self.place_of(*self._at))
            self._describe()
        else:
            self.chosen.emit(row, bar)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._frame(self._at, focused=True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._point(None)

    def _hit(self, spot: QPointF) -> tuple[int, int] | None:
        scene = self.canvas.mapToScene(spot.toPoint())
        for i, row in enumerate(self._rows):
            area = row.plot.sceneBoundingRect()
            if area.top() <= scene.y() < area.bottom() and self._letters:
                bar = round(row.plot.vb.mapSceneToView(scene).x())
                return (i, bar) if 0 <= bar < len(self._letters) else None
        return None

    def _point(self, hit: tuple[int, int] | None, spot: QPointF | None = None) -> None:
        """Frame a bar and tell about it; None for none but the one with the keyboard."""
        if hit is None or spot is None:
            self._card.hide()
        else:
            self._card.show_text(self._tell(*hit), spot)
        focused = self.hasFocus()
        self._frame(
            self._at if focused and hit is None else hit, focused and hit in (None, self._at)
        )

    def _frame(self, hit: tuple[int, int] | None, focused: bool) -> None:
        colour = self._theme.negative if focused else self._theme.muted
        for i, row in enumerate(self._rows):
            row.frame(hit[1] if hit is not None and hit[0] == i and self._letters else None, colour)

    def _describe(self) -> None:
        told = self._tell(*self._at) if self._letters else ""
        self.setAccessibleDescription(QTextDocumentFragment.fromHtml(told).toPlainText())


MOUSE = (
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)
