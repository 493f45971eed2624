"""Pictures of what stays the same from one frame to the next."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from math import ceil

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPixmap, QRegion, QTransform


class Layer:
    """A part of a picture that is painted anew only if its look changes.

    What looks different at every frame, such as what a moving camera sees, is painted straight
    away; it becomes a picture of its own when it is to look the same for the second time.
    """

    def __init__(self) -> None:
        self._look: tuple[Hashable, ...] = ()
        self._picture: QPixmap | None = None

    def paint(
        self,
        painter: QPainter,
        area: QRectF,
        look: Hashable,
        draw: Callable[[QPainter], None],
        opaque: bool = False,
        changed: Sequence[QRect] = (),
    ) -> None:
        """Paint the layer.

        Parameters
        ----------
        painter : QPainter
            Of a picture of pixels.
        area : QRectF
            Where the layer is, in whole units of the painter.
        look : hashable
            All that decides how the layer looks, apart from its area and the painter's scale.
        draw : callable
            Draws the layer with a painter that has the same coordinates as the given one.
        opaque : bool
            Whether all of the area gets covered.
        changed : sequence of QRect, optional
            Where an opaque layer looks different than the last time although its look is the same.
        """
        scale, own = painter.deviceTransform().m11(), painter.worldTransform().m11()
        whole = look, area.getRect(), scale
        if whole != self._look or area.isEmpty():
            self._look, self._picture = whole, None
            draw(painter)
            return
        if self._picture is None:
            self._picture = _picture(area, scale, own, draw, opaque)
        elif changed:
            _draw_on(self._picture, area, own, draw, changed)
        # Pixel by pixel: if Qt scaled the picture, text would be blurred at most scales.
        place = painter.worldTransform()
        painter.setWorldTransform(QTransform())
        painter.drawPixmap(place.map(area.topLeft()), self._picture)
        painter.setWorldTransform(place)


def _picture(
    area: QRectF, scale: float, own: float, draw: Callable[[QPainter], None], opaque: bool
) -> QPixmap:
    picture = QPixmap(QSize(ceil(area.width() * scale), ceil(area.height() * scale)))
    picture.setDevicePixelRatio(scale / own)
    if not opaque:
        picture.fill(Qt.GlobalColor.transparent)
    _draw_on(picture, area, own, draw)
    return picture


def _draw_on(
    picture: QPixmap,
    area: QRectF,
    scale: float,
    draw: Callable[[QPainter], None],
    parts: Sequence[QRect] = (),
) -> None:
    painter = QPainter(picture)
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    # Qt draws lines five times as fast within a clip that was set by hand.
    painter.setClipRect(area)
    if parts:
        region = QRegion()
        for part in parts:
            region = region.united(part)
        painter.setClipRegion(region, Qt.ClipOperation.IntersectClip)
    draw(painter)
    painter.end()
