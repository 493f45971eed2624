"""Letters in a plot: each in a disc near its point, where no other one covers it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform
from PySide6.QtWidgets import QWidget

from explorer.layout.spread import spread
from explorer.theme.style import SMALL, mono
from explorer.theme.tokens import Theme
from explorer.trace.trace import FloatArray

DISC, WIDE_DISC, DOT = 25, 42, 5  # pixels: of a letter, of what is longer, of its point
LETTER = 15
APART = 3  # between two discs
PENS = (1.0, 2.0, 3.0)  # of a disc, of one that is used, and of the chosen one


@dataclass(frozen=True)
class Disc:
    """How a letter is drawn.

    Attributes
    ----------
    name : str
    is_vowel : bool or None
        None if it is no letter.
    is_used : bool
        Whether it stands out.
    """

    name: str
    is_vowel: bool | None
    is_used: bool

    @property
    def size(self) -> int:
        """Pixels from side to side."""
        return WIDE_DISC if len(self.name) > 2 else DISC


class LetterDiscs(pg.GraphicsObject):
    """Vowels in circles, consonants in squares, what is longer than a letter in a diamond.

    One item that draws all of them takes a tenth of the time of an item for each.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._points: FloatArray = np.empty((0, 2))
        self._discs: tuple[Disc, ...] = ()
        self._is_path = False
        self._chosen: int | None = None
        self._placed: tuple[object, FloatArray] | None = None  # in pixels, for which points

    def show_points(self, points: FloatArray, discs: Sequence[Disc], is_path: bool) -> None:
        """Show letters at some points.

        Parameters
        ----------
        points : float64 array, (letters, 2)
        discs : sequence of Disc
        is_path : bool
            Whether a line joins the points in order.
        """
        self._points, self._discs, self._is_path = points, tuple(discs), is_path
        self._placed = None
        self.update()

    def show_chosen(self, chosen: int | None) -> None:
        """Show which letter is chosen."""
        if chosen != self._chosen:
            self._chosen = chosen
            self.update()

    def places(self, to_pixels: QTransform) -> FloatArray:
        """Return where the letters are, in pixels, (letters, 2)."""
        key = tuple(getattr(to_pixels, f"m{i}{j}")() for i in range(1, 4) for j in range(1, 4))
        if self._placed is None or self._placed[0] != key:
            scale = self._theme.scale
            at = _mapped(to_pixels, self._points) / scale
            sizes = np.array([disc.size + APART for disc in self._discs], float)
            self._placed = key, scale * spread(at, sizes)
        return self._placed[1]

    # What a plot asks of its items

    def boundingRect(self) -> QRectF:
        return QRectF(self.viewRect())

    def viewTransformChanged(self) -> None:
        self.prepareGeometryChange()

    def dataBounds(self, *_: Any, **__: Any) -> tuple[None, None]:
        """Leave the range as it is set."""
        return None, None

    def paint(self, painter: QPainter, _option: object, _widget: QWidget | None = None) -> None:
        to_pixels = painter.transform()
        painter.save()
        painter.resetTransform()
        painter.scale(self._theme.scale, self._theme.scale)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        at = _mapped(to_pixels, self._points) / self._theme.scale
        places = self.places(to_pixels) / self._theme.scale
        if self._is_path:
            painter.setPen(QPen(QColor(self._theme.border), self._theme.line(1.5)))
            painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in at.tolist()]))
        self._paint_leaders(painter, at, places)
        order = [i for i in range(len(places)) if i != self._chosen]
        if self._chosen is not None and self._chosen < len(places):
            order.append(self._chosen)
        for i in order:
            at_pixel = QPointF(*places[i].tolist())
            self._paint_disc(painter, at_pixel, self._discs[i], i == self._chosen)
        painter.restore()

    def _paint_leaders(self, painter: QPainter, at: FloatArray, places: FloatArray) -> None:
        """Join letters that are not where they belong with their points."""
        for (x, y), (u, v), disc in zip(at.tolist(), places.tolist(), self._discs, strict=True):
            if np.hypot(x - u, y - v) > disc.size / 2:
                painter.setPen(QPen(QColor(self._theme.muted), self._theme.line(1)))
                painter.drawLine(QPointF(x, y), QPointF(u, v))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.muted))
                painter.drawEllipse(QPointF(x, y), DOT / 2, DOT / 2)

    def _paint_disc(self, painter: QPainter, at: QPointF, disc: Disc, is_chosen: bool) -> None:
        theme = self._theme
        colour = {True: theme.positive, False: theme.negative, None: theme.muted}[disc.is_vowel]
        pen = QPen(QColor(colour), theme.line(PENS[disc.is_used]))
        painter.setPen(QPen(QColor(theme.current), theme.line(PENS[2])) if is_chosen else pen)
        painter.setBrush(QColor(theme.selected_surface if disc.is_used else theme.panel))
        half = disc.size / 2
        area = QRectF(at.x() - half, at.y() - half, disc.size, disc.size)
        if disc.is_vowel is False:
            painter.drawRect(area.adjusted(1, 1, -1, -1))
        elif disc.is_vowel or disc.size == DISC:
            painter.drawEllipse(area)
        else:
            corners = ((0, -half), (half, 0), (0, half), (-half, 0))
            painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))
        painter.setFont(mono(LETTER if disc.size == DISC else SMALL, disc.is_used))
        painter.setPen(QColor(theme.text if disc.is_used or is_chosen else theme.muted))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, disc.name)


def _mapped(to_pixels: QTransform, points: FloatArray) -> FloatArray:
    """Return points in pixels."""
    t = to_pixels
    matrix = np.array([[t.m11(), t.m12()], [t.m21(), t.m22()]])
    mapped: FloatArray = points @ matrix + (t.dx(), t.dy())
    return mapped
