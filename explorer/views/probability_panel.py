"""One position's probabilities as a small picture."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen, QPolygonF

from explorer.debug import numbers
from explorer.debug.anatomy.predictions import Prediction
from explorer.layout.labels import spread_labels
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme

PADDING, RADIUS, LINE = 7, 8, 17
LABELS, LEADERS, MARK = 17, 5, 7  # heights: letters above the bars, lines to them, mark below
LEAST_BARS = 22  # pixels of height
LEAST_HEIGHT = 2 * PADDING + 2 * LINE + LABELS + LEADERS + LEAST_BARS + MARK
ROOMY_HEIGHT = LEAST_HEIGHT + LINE + 12  # from which on rank and loss have a line of their own
LEAST_WIDTH, NARROW, WIDE = 96, 136, 170
LETTER_GAP = 3  # pixels between two letters above the bars
CENTRE = Qt.AlignmentFlag.AlignCenter
LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class Look(NamedTuple):
    """All that decides how a panel looks, apart from its size."""

    letters: str  # what is read, and the target
    probabilities: bytes
    loss: float | None
    share: float | None
    full: float  # the probability that fills the height
    chosen: bool


@dataclass(frozen=True)
class Bars:
    """Where the bars of a panel stand.

    Attributes
    ----------
    area : QRectF
        All of them at full height.
    pitch : float
        From one to the next.
    """

    area: QRectF
    pitch: float

    def middle(self, token: int) -> float:
        """Return where the bar of a token has its middle."""
        return self.area.left() + (token + 0.5) * self.pitch

    def at(self, x: float) -> int:
        """Return the token whose bar is nearest."""
        last = round(self.area.width() / self.pitch) - 1
        return min(max(int((x - self.area.left()) // self.pitch), 0), last)


def bars_in(panel: QRectF, vocabulary: int) -> Bars:
    """Return where the bars stand in a panel."""
    lines = 2 if panel.height() >= ROOMY_HEIGHT else 1
    top = panel.top() + PADDING + lines * LINE + LABELS + LEADERS
    height = panel.bottom() - PADDING - LINE - MARK - top
    room = panel.width() - 2 * PADDING
    pitch = room / vocabulary
    pitch = float(int(pitch)) if pitch >= 3 else pitch
    width = vocabulary * pitch
    left = panel.left() + PADDING + int((room - width) / 2)
    return Bars(QRectF(left, top, width, height), pitch)


class PanelPainter:
    """Paints positions into panels.

    Parameters
    ----------
    theme : Theme
    spell : callable
        Returns the letter of a token.
    """

    def __init__(self, theme: Theme, spell: Callable[[int], str]) -> None:
        self._theme, self._spell = theme, spell

    def paint(
        self, painter: QPainter, panel: QRectF, row: Prediction, look: Look, chance: float
    ) -> None:
        """Paint a position.

        Parameters
        ----------
        painter : QPainter
        panel : QRectF
        row : Prediction
        look : Look
        chance : float
            The probability of each token if one guesses.
        """
        bars = bars_in(panel, len(row.probabilities))
        self._paint_frame(painter, panel, look.chosen)
        self._write_lines(painter, panel, row)
        self._paint_bars(painter, bars, row, look.full)
        self._paint_chance(painter, bars, chance / look.full)
        if row.ranked:
            self._name(painter, bars, row, look.full)
        elif np.isnan(row.probabilities).all():
            painter.setFont(sans(SMALL))
            painter.setPen(QColor(self._theme.muted))
            words = "not computed yet" if panel.width() >= NARROW else "not yet"
            painter.drawText(bars.area, CENTRE, words)
        self._mark_target(painter, bars, row.target)

    def _paint_frame(self, painter: QPainter, panel: QRectF, chosen: bool) -> None:
        theme = self._theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(theme.muted if chosen else theme.border)
        painter.setPen(QPen(colour, theme.line(1.5 if chosen else 1)))
        painter.setBrush(QColor(theme.selected_surface if chosen else theme.raised))
        painter.drawRoundedRect(panel.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _write_lines(self, painter: QPainter, panel: QRectF, row: Prediction) -> None:
        inside = panel.adjusted(PADDING + 1, PADDING - 2, -PADDING - 1, -PADDING + 2)
        roomy = panel.height() >= ROOMY_HEIGHT
        top = QRectF(inside.left(), inside.top(), inside.width(), LINE)
        bottom = QRectF(inside.left(), inside.bottom() - LINE, inside.width(), LINE)
        theme = self._theme
        title = f"{self._spell(row.read)} → {self._spell(row.target)}"
        if row.probability is not None:
            text = numbers.percent(row.probability)
            self._write(painter, top, text, sans(14, bold=True), theme.flows[0], RIGHT)
        font = mono(15, bold=True)
        if QFontMetricsF(font).horizontalAdvance(title) > top.width() - 50:
            font, title = mono(SMALL, bold=True), title.replace(" ", "")
        self._write(painter, top, title, font, theme.text, LEFT)
        loss = "" if row.loss is None else numbers.loss(row.loss)
        share = "" if row.share is None else f"{round(100 * row.share)}{numbers.THIN_SPACE}%"
        wide, narrow = panel.width() >= WIDE, panel.width() < NARROW
        if roomy:
            second = top.translated(0, LINE)
            if row.rank is not None:
                rank = f"rank {row.rank} of {len(row.ranked)}" if wide else f"rank {row.rank}"
                self._write(painter, second, rank, sans(SMALL), theme.muted, LEFT)
            text = loss if narrow or not loss else f"loss {loss}"
            self._write(painter, second, text, sans(SMALL), theme.text, RIGHT)
            text = share and f"{share} of the loss" if wide else share
            self._write(painter, bottom, text, sans(SMALL), theme.muted, RIGHT)
        else:
            self._write(painter, bottom, loss, sans(SMALL), theme.text, RIGHT)
        if row.said is not None:
            right = row.said == row.target
            taken = QFontMetricsF(sans(SMALL)).horizontalAdvance(loss if not roomy else text)
            said = self._said(row, bottom.width() - taken - 6)
            colour = theme.flows[0] if right else theme.text
            self._write(painter, bottom, said, sans(SMALL), colour, LEFT)

    def _said(self, row: Prediction, room: float) -> str:
        """Return what the model would have said, in as many words as there is room for."""
        assert row.said is not None
        letter, percent = self._spell(row.said), numbers.percent(float(row.probabilities[row.said]))
        right = row.said == row.target
        words = ("says it", "says it") if right else (f"says {letter}", f"→ {letter}")
        metrics = QFontMetricsF(sans(SMALL))
        texts = (f"{words[0]}, {percent}" if right else f"{words[0]} {percent}", *words)
        return next((t for t in texts if metrics.horizontalAdvance(t) <= room), texts[-1])

    def _paint_bars(self, painter: QPainter, bars: Bars, row: Prediction, full: float) -> None:
        theme, area = self._theme, bars.area
        gap = 1 if bars.pitch >= 3 else 0
        heights = np.nan_to_num(np.minimum(row.probabilities / full, 1.0)) * area.height()
        groups: dict[str, list[QRectF]] = {}
        named = set(row.named)
        for token, height in enumerate(heights.tolist()):
            left = area.left() + token * bars.pitch
            unknown = np.isnan(row.probabilities[token])
            colour = theme.muted if token in named else theme.forward
            if unknown:
                colour, height = theme.unborn, area.height()
            elif token == row.target:
                colour = theme.flows[0]
            tall = max(round(height), 1)
            bar = QRectF(left, round(area.bottom()) - tall, bars.pitch - gap, tall)
            groups.setdefault(colour, []).append(bar)
        painter.setPen(Qt.PenStyle.NoPen)
        for colour, found in groups.items():
            painter.setBrush(QColor(colour))
            painter.drawRects(found)

    def _paint_chance(self, painter: QPainter, bars: Bars, height: float) -> None:
        if height <= 1:
            y = round(bars.area.bottom() - height * bars.area.height()) + 0.5
            colour = QColor(self._theme.negative)
            painter.setPen(QPen(colour, self._theme.line(1), Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(bars.area.left(), y, bars.area.right(), y))

    def _name(self, painter: QPainter, bars: Bars, row: Prediction, full: float) -> None:
        """Write the letters of the most likely tokens above their bars, with lines to them."""
        font, theme = mono(SMALL), self._theme
        metrics = QFontMetricsF(font)
        named = sorted(row.named)
        letters = [self._spell(token) for token in named]
        widths = [metrics.horizontalAdvance(letter) + LETTER_GAP for letter in letters]
        area = bars.area
        middles = spread_labels(
            [bars.middle(token) for token in named], widths, area.left(), area.right()
        )
        low = area.top() - 1
        for token, letter, width, x in zip(named, letters, widths, middles, strict=True):
            height = min(row.probabilities[token] / full, 1.0) * area.height()
            painter.setPen(QPen(QColor(theme.border), theme.line(1)))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            bend = QPointF(bars.middle(token), low)
            painter.drawPolyline(
                QPolygonF(
                    [QPointF(x, low - LEADERS), bend, QPointF(bend.x(), area.bottom() - height)]
                )
            )
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            label = QRectF(x - width / 2, low - LEADERS - LABELS, width, LABELS)
            colour = theme.flows[0] if token == row.target else theme.text
            self._write(painter, label, letter, font, colour, CENTRE)

    def _mark_target(self, painter: QPainter, bars: Bars, target: int) -> None:
        """Draw a triangle below the bar of the token that should come."""
        x, y = bars.middle(target), bars.area.bottom() + 2
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.flows[0]))
        corners = [QPointF(x, y), QPointF(x - 4, y + MARK - 2), QPointF(x + 4, y + MARK - 2)]
        painter.drawPolygon(QPolygonF(corners))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    @staticmethod
    def _write(
        painter: QPainter,
        area: QRectF,
        text: str,
        font: QFont,
        colour: str,
        where: Qt.AlignmentFlag,
    ) -> None:
        if text:
            painter.setFont(font)
            painter.setPen(QColor(colour))
            painter.drawText(area, where | Qt.TextFlag.TextDontClip, text)
