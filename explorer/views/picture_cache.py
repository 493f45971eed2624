"""Pictures of parts of widgets that most often look as they did a step ago."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from math import ceil

from PySide6.QtCore import QSizeF, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap


class PictureCache:
    """Pictures by what decides how they look; those that were not needed for longest give way.

    Parameters
    ----------
    kept : int
        The most pictures.
    background : QColor, optional
        Texts look best on an opaque one; without it pictures are transparent.
    """

    def __init__(self, kept: int, background: QColor | None = None) -> None:
        self._kept = kept
        self._background = background or QColor(Qt.GlobalColor.transparent)
        self._pictures: dict[Hashable, QPixmap] = {}

    def get(
        self, look: Hashable, size: QSizeF, ratio: float, draw: Callable[[QPainter], None]
    ) -> QPixmap:
        """Return a picture; it is drawn if there is none of this look, size and ratio.

        Parameters
        ----------
        look : hashable
        size : QSizeF
            In pixels that do not depend on the screen.
        ratio : float
            Pixels of the screen for each of these.
        draw : callable
            Draws with a painter whose origin is the picture's upper left corner.
        """
        whole = look, size.width(), size.height(), ratio
        picture = self._pictures.pop(whole, None)
        if picture is None:
            picture = QPixmap(ceil(size.width() * ratio), ceil(size.height() * ratio))
            picture.setDevicePixelRatio(ratio)
            picture.fill(self._background)
            painter = QPainter(picture)
            draw(painter)
            painter.end()
        self._pictures[whole] = picture  # the last to be forgotten
        if len(self._pictures) > self._kept:
            del self._pictures[next(iter(self._pictures))]
        return picture
