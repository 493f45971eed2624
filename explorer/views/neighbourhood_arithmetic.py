"""The sum that is done now, written beside the edge that it belongs to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.layout.camera import Camera
from explorer.layout.layered import FloatArray
from explorer.theme.style import mono
from explorer.theme.tokens import Theme
from explorer.views.neighbourhood_scene import Scene

SIZE, PADDING, HEIGHT = 14, 12.0, 30.0
EDGE = 8.0  # pixels to the edge of the widget
ASIDE = (0.0, 30.0, -30.0, 56.0, -56.0, 90.0, -90.0, 130.0, -130.0)  # pixels from the edge
ANYWHERE = 24, 16  # places across and down that are tried if all of these cover a card
APART = 8.0  # pixels from a card at least


def arithmetic_area(
    text: str,
    scene: Scene,
    edge: int,
    camera: Camera,
    screen: QSizeF,
    taken: Sequence[QRectF] = (),
) -> tuple[QRectF, QPointF]:
    """Return where on the screen an edge's arithmetic has room, and the point that it is about.

    Parameters
    ----------
    text : str
    scene : Scene
    edge : int
    camera : Camera
    screen : QSizeF
    taken : sequence of QRectF
        Where other words stand.
    """
    width = QFontMetricsF(mono(SIZE)).horizontalAdvance(text) + 2 * PADDING
    path = _on_screen(scene.path_of(edge), camera)
    middle, size = _on_screen(scene.middle, camera), scene.size * camera.scale
    for area in taken:
        middle = np.vstack([middle, area.center().toTuple()])
        size = np.vstack([size, area.size().toTuple()])
    spots = path[[len(path) // 2, len(path) // 3, 2 * len(path) // 3, 1, -2]]
    limit = np.array([screen.width() - width / 2 - EDGE, screen.height() - HEIGHT / 2 - EDGE])
    least = np.array([width / 2 + EDGE, HEIGHT / 2 + EDGE])
    aside = np.array([[0.0, below] for below in ASIDE])
    tried = (aside[:, np.newaxis] + spots).reshape(-1, 2)
    tried = np.maximum(np.minimum(tried, limit), least)
    room = size / 2 + np.array([width, HEIGHT]) / 2 + APART

    def covered(places: FloatArray) -> npt.NDArray[np.int64]:
        """Return how many cards each place covers."""
        return (np.abs(places[:, np.newaxis] - middle) < room).all(axis=-1).sum(axis=1)

    cards = covered(tried)
    best = int(cards.argmin())  # the first of those that cover the fewest cards
    place, about = tried[best], spots[best % len(spots)]
    if cards[best]:
        across, down = (np.linspace(least[i], limit[i], ANYWHERE[i]) for i in (0, 1))
        tried = np.stack(np.meshgrid(across, down), axis=-1).reshape(-1, 2)
        away = np.hypot(*(tried - about).T)
        place = tried[int(np.lexsort((away, covered(tried)))[0])]
    x, y = place.tolist()
    return QRectF(x - width / 2, y - HEIGHT / 2, width, HEIGHT), QPointF(*about.tolist())


def paint_arithmetic(
    painter: QPainter, text: str, area: QRectF, about: QPointF, theme: Theme
) -> None:
    """Write the arithmetic, with a line to its edge if it stands aside."""
    if not area.contains(about):
        painter.setPen(QPen(QColor(theme.current), theme.line(1.2), Qt.PenStyle.DotLine))
        painter.drawLine(area.center(), about)
    painter.setPen(QPen(QColor(theme.current), theme.line(1.6)))
    painter.setBrush(QColor(theme.current_surface))
    painter.drawRoundedRect(area, 8, 8)
    painter.setPen(QColor(theme.text))
    painter.setFont(mono(SIZE))
    painter.drawText(area, Qt.AlignmentFlag.AlignCenter, text)


def _on_screen(points: FloatArray, camera: Camera) -> FloatArray:
    return np.asarray((points - (camera.left, camera.top)) * camera.scale, float)
