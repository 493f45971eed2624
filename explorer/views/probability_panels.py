"""All positions at once: a small picture of the probabilities at each."""

from __future__ import annotations

import math
from functools import partial

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPaintEngine,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.anatomy.predictions import Prediction, Predictions
from explorer.debug.anatomy.reading import Reading
from explorer.theme.scaling import (
    scaled_area,
    scaled_size,
    unscaled_area,
    unscaled_point,
    unscaled_size,
)
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.picture_cache import PictureCache
from explorer.views.probability_panel import (
    LEAST_HEIGHT,
    LEAST_WIDTH,
    RADIUS,
    Look,
    PanelPainter,
    bars_in,
)

MARGIN, GAP = 14, 8
PICTURES_KEPT = 64
BEST_SHAPE = 1.35  # width of a panel over its height
FULL = (
    0.05,
    0.06,
    0.08,
    0.1,
    0.15,
    0.2,
    0.3,
    0.4,
    0.5,
    0.6,
    0.8,
    1.0,
)  # probabilities that may fill the height
STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class ProbabilityPanels(QWidget):
    """A panel a position; all have the same scale.

    A click or the arrow keys choose a position. A click on a bar of the chosen one leads to its
    node, Enter to that of the target.

    Parameters
    ----------
    theme : Theme
    """

    position_chosen = Signal(int)
    node_chosen = Signal(int)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._reading: Reading | None = None
        self._predictions: Predictions | None = None
        self._looks: list[Look] = []
        self._pictures = PictureCache(PICTURES_KEPT, QColor(theme.panel))
        self._chosen, self._highest = 0, 0.0
        self._card = HoverCard(self, theme)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Probabilities of all positions")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return scaled_size(QSize(700, 400), self._theme)

    def show_predictions(
        self,
        reading: Reading | None,
        predictions: Predictions | None,
        position: int,
        highest: float = 0.0,
    ) -> None:
        """Show all positions.

        Parameters
        ----------
        reading : Reading or None
        predictions : Predictions or None
            None for none.
        position : int
            The chosen one.
        highest : float
            The largest probability that there is to be room for.
        """
        before, self._highest = self._looks, highest
        self._reading, self._predictions, self._chosen = reading, predictions, position
        self._looks = self._new_looks()
        if before != self._looks:  # the card tells of other numbers
            self._card.hide()
        if len(before) != len(self._looks):
            self._fit()
            self.update()
        else:
            for i, panel in enumerate(self.panels()):
                if before[i] != self._looks[i]:
                    self.update(scaled_area(panel.adjusted(-3, -3, 3, 3), self._theme))
        self.setAccessibleDescription(self._spoken())

    @property
    def full(self) -> float:
        """The probability that fills the height of the panels."""
        return self._looks[0].full if self._looks else 1.0

    def panels(self) -> list[QRectF]:
        """Return where each position stands, in whole pixels of the screen."""
        n = len(self._looks)
        if not n:
            return []
        columns = self._columns(n)
        rows = -(-n // columns)
        room, scale = self._room, self._theme.scale
        width = (room.width() - 2 * MARGIN - (columns - 1) * GAP) / columns
        height = (room.height() - MARGIN - 4 - (rows - 1) * GAP) / rows
        height = max(height, LEAST_HEIGHT)
        return [
            QRectF(
                round(scale * (MARGIN + i % columns * (width + GAP))) / scale,
                round(scale * (4 + i // columns * (height + GAP))) / scale,
                int(scale * width) / scale,
                int(scale * height) / scale,
            )
            for i in range(n)
        ]

    @property
    def _room(self) -> QSizeF:
        return unscaled_size(self, self._theme)

    def _columns(self, n: int) -> int:
        """Return how many panels beside each other look best: neither wide nor narrow ones."""
        room = self._room

        def height(columns: int) -> float:
            rows = -(-n // columns)
            return (room.height() - MARGIN - 4 + GAP) / rows - GAP

        def size(columns: int) -> float:
            return min(room.width() / columns, BEST_SHAPE * height(columns))

        possible = range(1, min(n, self._most_columns()) + 1)
        tall_enough = [columns for columns in possible if height(columns) >= LEAST_HEIGHT]
        return max(tall_enough, key=size) if tall_enough else possible[-1]

    def _most_columns(self) -> int:
        return max(1, int((self._room.width() - 2 * MARGIN + GAP) / (LEAST_WIDTH + GAP)))

    def _fit(self) -> None:
        """Ask for the height that the panels need."""
        n = max(1, len(self._looks))
        rows = -(-n // self._most_columns())
        self.setMinimumHeight(self._theme.px(MARGIN + 4 + rows * (LEAST_HEIGHT + GAP) - GAP))

    def _new_looks(self) -> list[Look]:
        if self._predictions is None or self._reading is None:
            return []
        spell = self._reading.spell
        rows = self._predictions.rows
        highest = max(self._highest, 1.5 * math.exp(-self._predictions.chance))
        full = next((step for step in FULL if step >= highest), 1.0)
        return [
            Look(
                f"{spell(row.read)} {spell(row.target)}", row.probabilities.tobytes(), row.loss,
                row.share, full, row.position == self._chosen,
            )
            for row in rows
        ]  # fmt: skip

    def _spoken(self) -> str:
        reading, predictions = self._reading, self._predictions
        if reading is None or predictions is None:
            return ""
        row = predictions.rows[self._chosen]
        begin = f"position {row.position}, {reading.spell(row.read)} to {reading.spell(row.target)}"
        if row.rank is None or row.probability is None or row.said is None:
            return f"{begin}, not computed yet"
        return (
            f"{begin}, probability {numbers.percent(row.probability)}, rank {row.rank} of "
            f"{len(row.ranked)}, the model says {reading.spell(row.said)}"
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.scale(self._theme.scale, self._theme.scale)
        painter.fillRect(unscaled_area(event.rect(), self._theme), QColor(self._theme.panel))
        if self._reading is None or self._predictions is None:
            return
        draw = PanelPainter(self._theme, self._reading.spell)
        chance = math.exp(-self._predictions.chance)
        for panel, row, look in zip(
            self.panels(), self._predictions.rows, self._looks, strict=True
        ):
            if not event.region().intersects(scaled_area(panel, self._theme)):
                continue
            if painter.paintEngine().type() is not QPaintEngine.Type.Raster:  # lines stay lines
                draw.paint(painter, panel, row, look, chance)
                continue
            size = QRectF(0, 0, panel.width(), panel.height())
            paint = partial(draw.paint, panel=size, row=row, look=look, chance=chance)
            ratio = painter.deviceTransform().m11()
            picture = self._pictures.get(look, panel.size(), ratio, paint)
            painter.drawPixmap(panel.topLeft(), picture)
            if look.chosen and self.hasFocus():
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                paint_focus(painter, panel.adjusted(-2, -2, 2, 2), self._theme, RADIUS + 2)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if hit is None or event.button() != Qt.MouseButton.LeftButton:
            return
        row, token = hit
        if row.position != self._chosen:
            self.position_chosen.emit(row.position)
        elif token is not None:
            self._go_to(row, token)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        hit = self._hit(event.position())
        if hit is None or self._reading is None:
            self._card.hide()
            return
        row, token = hit
        self._card.show_text(self._told(row, row.target if token is None else token),
                             event.position())  # fmt: skip

    def leaveEvent(self, event: QEvent) -> None:
        self._card.hide()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose another position, or go to the target's probability of the chosen one."""
        key, n = Qt.Key(event.key()), len(self._looks)
        columns = self._columns(n) if n else 0
        steps = {**STEPS, Qt.Key.Key_Up: -columns, Qt.Key.Key_Down: columns}
        if self._predictions is None or key not in (*steps, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif key in steps:
            there = self._chosen + steps[key]
            if 0 <= there < n:
                self.position_chosen.emit(there)
        else:
            row = self._predictions.rows[self._chosen]
            self._go_to(row, row.target)

    def _go_to(self, row: Prediction, token: int) -> None:
        assert self._reading is not None
        node = int(self._reading.anatomy.probabilities[row.position, token])
        if node >= 0:  # a pass may have failed before it
            self.node_chosen.emit(node)

    def _hit(self, spot: QPointF) -> tuple[Prediction, int | None] | None:
        """Return the position at a spot of the screen, and the token if a bar stands there."""
        if self._predictions is None:
            return None
        spot = unscaled_point(spot, self._theme)
        for panel, row in zip(self.panels(), self._predictions.rows, strict=True):
            if panel.contains(spot):
                bars = bars_in(panel, len(row.probabilities))
                area = bars.area.adjusted(-2, 0, 2, 4)
                return row, bars.at(spot.x()) if area.contains(spot) else None
        return None

    def _told(self, row: Prediction, token: int) -> str:
        assert self._reading is not None
        letter = self._reading.spell(token)
        begin = f"<b>{letter}</b> after {self._reading.spell(row.read)}"
        target = " &nbsp;the target" if token == row.target else ""
        probability = row.probabilities[token]
        if np.isnan(probability):
            told = "not computed yet"
        else:
            told = f"probability {numbers.percent(float(probability))}"
            if row.ranked:
                told += f"<br>rank {row.ranked.index(token) + 1} of {len(row.ranked)}"
        if row.loss is not None:
            share = "" if row.share is None else f", {numbers.percent(row.share)} of all"
            told += f"<br>loss of the position {numbers.loss(row.loss)}{share}"
        hint = "click: to its node" if row.position == self._chosen else "click: look closely"
        muted = self._theme.muted
        return f"{begin}{target}<br>{told}<br><span style='color:{muted}'>{hint}</span>"
