"""The name that is being made up: a tile for each token."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.debug import numbers
from explorer.debug.generation.generation import Generation
from explorer.debug.generation.words import spelled
from explorer.theme.scaling import unscaled_point, unscaled_size
from explorer.theme.style import SMALL, mono, sans
from explorer.theme.tokens import Theme
from explorer.views.focus import paint_focus

HEIGHT, MARGIN, GAP, RADIUS = 112, 16, 8, 10
START, WIDEST, NARROWEST = 62, 104, 58  # pixels at scale 1 of the tile of BOS, and of the others
SHARE = 4  # pixels of the bar that is as long as the token is probable


@dataclass(frozen=True)
class _Tile:
    """What stands on a tile; `position` is None for the BOS that begins the name."""

    position: int | None
    token: str
    note: str
    share: float
    is_given: bool


class _Look(NamedTuple):
    """How a tile is painted; `place` is its area."""

    tile: _Tile
    place: tuple[float, float, float, float]
    is_shown: bool
    is_dim: bool

    @property
    def area(self) -> QRectF:
        return QRectF(*self.place)


class DrawTiles(QWidget):
    """BOS, a tile for each token with its probability, and one for the token to come.

    A click shows the draw; so do Left and Right, once the Tab key has reached the tiles.

    Parameters
    ----------
    generation : Generation
    theme : Theme
    """

    def __init__(self, generation: Generation, theme: Theme) -> None:
        super().__init__()
        self._generation, self._theme = generation, theme
        self._tiles: list[_Tile] = []
        self._painted: set[_Look] = set()
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Drawn tokens")
        self.refresh()

    def sizeHint(self) -> QSize:
        return QSize(self._theme.px(900), self._theme.px(HEIGHT))

    @property
    def texts(self) -> list[str]:
        """What is written on the tiles."""
        return [f"{tile.token} {tile.note}" for tile in self._tiles]

    def refresh(self) -> None:
        """Show what is drawn now."""
        generation = self._generation
        tokenizer = generation.subject.tokenizer
        tiles = [_Tile(None, "BOS", "start", 0.0, False)]
        for drawn in generation.draws:
            draw = drawn
            if drawn.position == generation.shown and generation.view is not None:
                draw = generation.view  # as it would be drawn with the temperature of now
            assert draw.token is not None
            weight = draw.weights[draw.token]
            note = "given" if draw.is_given else numbers.percent(weight)
            token = spelled(tokenizer, draw.token)
            tiles.append(_Tile(draw.position, token, note, weight, draw.is_given))
        if not generation.is_finished:
            tiles.append(_Tile(len(generation.draws), "?", "next", 0.0, False))
        self._tiles = tiles
        self._update_what_changed()
        shown = tiles[min(generation.shown + 1, len(tiles) - 1)]
        self.setAccessibleDescription(f"position {shown.position}: {shown.token}, {shown.note}")

    def _update_what_changed(self) -> None:
        """Paint again the tiles that are different: while time is stepped, that is few of them."""
        before, self._painted = self._painted, self._looks()
        for look in before ^ self._painted:
            self.update(self._reach(look.area))

    def _looks(self) -> set[_Look]:
        shown, is_tuned = self._generation.shown, self._generation.is_tuned
        looks = set()
        for tile, area in self._placed():
            later = tile.position is not None and tile.position > shown and not tile.is_given
            place = (area.x(), area.y(), area.width(), area.height())
            looks.add(_Look(tile, place, tile.position == shown, is_tuned and later))
        return looks

    def area_of(self, position: int) -> QRectF | None:
        """Return where the tile of a position is at scale 1; None if it is out of sight."""
        return next((area for tile, area in self._placed() if tile.position == position), None)

    def _placed(self) -> list[tuple[_Tile, QRectF]]:
        """Return the tiles in sight; if there is no room for all, those around the shown one."""
        height = HEIGHT - 24.0
        first, *others = self._tiles
        placed = [(first, QRectF(MARGIN, 12, START, height))]
        left = MARGIN + START + GAP
        room = unscaled_size(self, self._theme).width() - left - MARGIN
        fits = max(1, int((room + GAP) // (NARROWEST + GAP)))
        start = min(max(0, self._generation.shown - fits // 2), max(0, len(others) - fits))
        others = others[start : start + fits]
        width = min(float(WIDEST), (room + GAP) / max(1, len(others)) - GAP)
        for i, tile in enumerate(others):
            placed.append((tile, QRectF(left + i * (width + GAP), 12, width, height)))
        return placed

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._painted = self._looks()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        painter.scale(self._theme.scale, self._theme.scale)
        for tile, place, is_shown, is_dim in self._painted:
            area = QRectF(*place)
            if not event.rect().intersects(self._reach(area)):
                continue
            painter.setOpacity(0.45 if is_dim else 1.0)
            self._paint(painter, tile, area, is_shown)
            if is_shown and self.hasFocus():
                paint_focus(painter, area.adjusted(-3, -3, 3, 3), self._theme, RADIUS + 3)

    def _reach(self, area: QRectF) -> QRect:
        """Return the pixels of the widget that a tile and its frame may touch."""
        scale = self._theme.scale
        around = QRectF(area.toAlignedRect().adjusted(-4, -4, 4, 4))
        return QRectF(around.topLeft() * scale, around.size() * scale).toAlignedRect()

    def _paint(self, painter: QPainter, tile: _Tile, area: QRectF, shown: bool) -> None:
        theme = self._theme
        width = theme.line(2 if shown else 1)
        pen = QPen(QColor(theme.current if shown else theme.border), width)
        if tile.is_given or tile.token == "?":
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(QColor(theme.current_surface if shown else theme.raised))
        painter.drawRoundedRect(area.adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        is_word = len(tile.token) > 1
        letter = mono(17 if is_word else 32, bold=True)
        upper = QRectF(area.left(), area.top() + 6, area.width(), area.height() * 0.5)
        quiet = tile.position is None or tile.token == "?"
        self._write(painter, upper, tile.token, letter, theme.muted if quiet else theme.text)
        lower = QRectF(area.left(), upper.bottom(), area.width(), 24)
        self._write(painter, lower, tile.note, _largest(tile.note, area.width() - 6), theme.muted)
        if tile.share:
            track = QRectF(area.left() + 10, area.bottom() - 12, area.width() - 20, SHARE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.border))
            painter.drawRoundedRect(track, SHARE / 2, SHARE / 2)
            track.setWidth(max(SHARE, track.width() * tile.share))
            painter.setBrush(QColor(theme.current if shown else theme.muted))
            painter.drawRoundedRect(track, SHARE / 2, SHARE / 2)

    def _write(self, painter: QPainter, area: QRectF, text: str, font: QFont, colour: str) -> None:
        painter.setFont(font)
        painter.setPen(QColor(colour))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        point = unscaled_point(event.position(), self._theme)
        for tile, area in self._placed():
            if area.contains(point) and tile.position is not None:
                self._generation.show(tile.position)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from tile to tile."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self._generation.show(self._generation.shown + step)


def _largest(text: str, width: float) -> QFont:
    """Return the largest of two fonts in which a text fits."""
    font = sans(15)
    return font if QFontMetricsF(font).horizontalAdvance(text) <= width else sans(SMALL)
