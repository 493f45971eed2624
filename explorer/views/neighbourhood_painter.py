"""Drawing the cards of a neighbourhood and the edges between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPen

from explorer.debug.neighbourhood import CardFace, CardKind, CardReading
from explorer.layout.camera import Camera
from explorer.layout.layered import FloatArray
from explorer.theme.style import mono, sans
from explorer.theme.tokens import Theme
from explorer.trace.timeline import GradState
from explorer.views.map_text import WordPainter
from explorer.views.neighbourhood_edges import EdgePainter
from explorer.views.neighbourhood_marks import CardMarks
from explorer.views.neighbourhood_scene import Scene
from explorer.views.neighbourhood_stamps import BORDER, STATE_SIZE, Look, Stamps, corner

READABLE = 0.45  # scale from which cards have texts
THERE = 0.6  # how much of an appearing card is there when it gets its texts
RING, RING_GAP = 2.0, 4.0  # how thick it is, and how far from its card
PADDING, LARGE_PADDING, TRIANGLE = 13.0, 16.0, 15.0


@dataclass(frozen=True, eq=False)
class Style:
    """A font, and how wide texts are in it."""

    font: QFont
    widths: dict[str, float] = field(default_factory=dict)

    def width(self, text: str) -> float:
        """Return the width of a text in pixels."""
        if text not in self.widths:
            self.widths[text] = QFontMetricsF(self.font).horizontalAdvance(text)
        return self.widths[text]


Text = tuple[Style, str, str, float, float]  # style, colour, words, where the baseline begins


class NeighbourhoodPainter:
    """Draws scenes in the colours of a theme.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        self._theme = theme
        self._title, self._large_title = Style(sans(14, bold=True)), Style(sans(20, bold=True))
        self._plain, self._large_plain = Style(sans(13)), Style(sans(15))
        self._number, self._large_number = Style(mono(13)), Style(mono(15))
        self._stamps, self._edges, self._words = Stamps(theme), EdgePainter(theme), WordPainter()
        self._ways: dict[tuple[Style, tuple[str, ...], int], str] = {}

    def paint(
        self,
        painter: QPainter,
        scene: Scene,
        readings: list[CardReading],
        marks: CardMarks,
        camera: Camera,
        screen: QSizeF,
        ratio: float,
        moved: FloatArray | None = None,
        shown: FloatArray | None = None,
        hidden: QRectF | None = None,
    ) -> None:
        """Draw a scene.

        Parameters
        ----------
        painter : QPainter
        scene : Scene
        readings : list of CardReading
        marks : CardMarks
        camera : Camera
        screen : QSizeF
        ratio : float
            Pixels of the device for each of the painter's.
        moved : float64 array, (cards, 2), optional
            How far each card is from its place, while it moves there.
        shown : float64 array, (cards,), optional
            How much of each card is there already, 0 to 1.
        hidden : QRectF, optional
            Where something else will be written on the screen.
        """
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setClipRect(QRectF(QPointF(), screen))
        scale = camera.scale
        visible = QRectF(camera.left, camera.top, screen.width() / scale, screen.height() / scale)
        computed = np.array([reading.computed for reading in readings])
        middle = scene.middle if moved is None else scene.middle + moved
        apart = np.abs(middle - (visible.center().x(), visible.center().y()))
        reach = (visible.width() / 2 + BORDER, visible.height() / 2 + BORDER)
        cards = np.flatnonzero((apart <= scene.size / 2 + reach).all(axis=1)).tolist()
        painter.save()
        _aim(painter, camera)
        self._edges.paint(painter, scene, computed, marks, moved, visible)
        painter.restore()
        corners = (middle - scene.size / 2).tolist()
        for card in cards:
            if shown is not None:
                painter.setOpacity(float(shown[card]))
            look = self._look(scene, card, readings[card])
            self._stamp(painter, look, corners[card], camera, ratio)
        painter.setOpacity(1.0)
        if scale < READABLE:
            return
        painter.save()
        _aim(painter, camera)
        there = [card for card in cards if shown is None or shown[card] >= THERE]
        self._write(painter, scene, readings, there, corners)
        if moved is None:
            self._rings(painter, scene, marks, readings, scale)
            area = None
            if hidden is not None:
                x, y = camera.to_map(hidden.x(), hidden.y())
                area = QRectF(x, y, hidden.width() / scale, hidden.height() / scale)
            self._edges.paint_labels(painter, scene, computed, marks, visible, area)
        painter.restore()

    def _look(self, scene: Scene, card: int, reading: CardReading) -> Look:
        width, height = scene.size[card].tolist()
        kind, opens = scene.facts.faces[card].kind, scene.opens[card]
        return Look(width, height, kind, reading.computed, reading.state, card == 0, opens)

    def _stamp(
        self,
        painter: QPainter,
        look: Look,
        corner_at: list[float],
        camera: Camera,
        ratio: float,
    ) -> None:
        """Put a card's picture on whole pixels, where it stays sharp."""
        stamp = self._stamps.get(look, camera.scale, ratio)
        x, y = camera.to_screen(corner_at[0] - BORDER, corner_at[1] - BORDER)
        painter.drawPixmap(QPointF(round(x * ratio) / ratio, round(y * ratio) / ratio), stamp)

    def _write(
        self,
        painter: QPainter,
        scene: Scene,
        readings: list[CardReading],
        cards: list[int],
        corners: list[list[float]],
    ) -> None:
        """Write the texts of all cards, those of one font and colour by one call."""
        groups: dict[tuple[Style, str], list[Text]] = defaultdict(list)
        for card in cards:
            texts = (self._large_texts if card == 0 else self._texts)(
                scene.facts.faces[card],
                readings[card],
                corners[card],
                float(scene.size[card, 0]),
                0.0 if scene.opens[card] is None else TRIANGLE,
            )
            for text in texts:
                groups[text[:2]].append(text)
        for (style, colour), texts_of in groups.items():
            painter.setFont(style.font)
            painter.setPen(QColor(colour))
            places = np.array([(x, y) for *_, x, y in texts_of])
            self._words.write(painter, [words for _, _, words, *_ in texts_of], places)

    def _texts(
        self,
        face: CardFace,
        reading: CardReading,
        left_top: list[float],
        width: float,
        triangle: float,
    ) -> Iterator[Text]:
        t, (left, top) = self._theme, left_top
        right = left + width - PADDING
        indent = PADDING + (4 if face.kind is CardKind.PARAMETER else 0)
        x, room = left + indent, width - triangle - indent - PADDING
        title = self._fitting((face.title,), self._title, room)
        yield self._title, t.text if reading.computed else t.muted, title, x, top + 20
        used = self._title.width(title) + 8
        where = self._fitting(face.where, self._plain, room - used) if face.where else ""
        if where:
            yield self._plain, t.muted, where, x + used, top + 20
        if reading.computed:
            is_known = reading.state is not GradState.NOT_REACHED
            grad = f"∇ {reading.grad}" if is_known else "∇ pending"
            yield self._number, t.text, reading.data, x, top + 40
            start = right - STATE_SIZE - 6 - self._number.width(grad)
            yield self._number, self._grad_colour(reading), grad, start, top + 40

    def _large_texts(
        self,
        face: CardFace,
        reading: CardReading,
        left_top: list[float],
        width: float,
        triangle: float,
    ) -> Iterator[Text]:
        t, (left, top) = self._theme, left_top
        x = left + LARGE_PADDING
        room = width - triangle - 2 * LARGE_PADDING
        title = self._fitting((face.title,), self._large_title, room)
        yield self._large_title, t.text, title, x, top + 30
        used = self._large_title.width(title) + 10
        where = self._fitting(face.where, self._plain, room - used) if face.where else ""
        if where:
            yield self._plain, t.muted, where, x + used, top + 30
        if reading.computed:
            is_known = reading.state is not GradState.NOT_REACHED
            grad = reading.grad_digits if is_known else "pending"
            for y, name, number, colour in (
                (59, "data", reading.data_digits, t.text),
                (82, "grad", grad, self._grad_colour(reading)),
            ):
                yield self._large_plain, t.muted, name, x, top + y
                yield self._large_number, colour, number, x + 52, top + y
        indent = STATE_SIZE + 7 if reading.computed else 0
        yield self._plain, t.muted, reading.state_words, x + indent, top + 107

    def _grad_colour(self, reading: CardReading) -> str:
        t = self._theme
        if reading.state in (GradState.NOT_REACHED, GradState.ZERO, GradState.CLEARED):
            return t.muted
        return t.negative if reading.is_negative else t.positive

    def _rings(
        self,
        painter: QPainter,
        scene: Scene,
        marks: CardMarks,
        readings: list[CardReading],
        scale: float,
    ) -> None:
        t = self._theme
        width = t.line(RING * scale) / scale
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for card, colour, style in (
            (marks.hovered, t.muted, Qt.PenStyle.SolidLine),
            (marks.compared, t.negative, Qt.PenStyle.DashLine),
            (marks.current, t.text, Qt.PenStyle.SolidLine),
        ):
            if card is not None:
                painter.setPen(QPen(QColor(colour), width, style))
                area = scene.rect(card).adjusted(-RING_GAP, -RING_GAP, RING_GAP, RING_GAP)
                radius = corner(self._look(scene, card, readings[card])) + RING_GAP
                painter.drawRoundedRect(area, radius, radius)

    def _fitting(self, ways: tuple[str, ...], style: Style, room: float) -> str:
        """Return the first of several texts that fits; of a single one, as much as fits."""
        key = style, ways, int(room)
        if key not in self._ways:
            found = next((way for way in ways if style.width(way) <= room), "")
            if not found and len(ways) == 1:
                elide = Qt.TextElideMode.ElideRight
                found = QFontMetricsF(style.font).elidedText(ways[0], elide, room)
            self._ways[key] = found
        return self._ways[key]


def _aim(painter: QPainter, camera: Camera) -> None:
    """Let a painter draw in the units of the scene."""
    painter.scale(camera.scale, camera.scale)
    painter.translate(-camera.left, -camera.top)
