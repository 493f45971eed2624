"""The sum that is done now, written beside the edge that it belongs to."""

from __future__ import annotations

import numpy as np
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


def arithmetic_area(
    text: str, scene: Scene, edge: int, camera: Camera, screen: QSizeF
) -> tuple[QRectF, QPointF]:
    """Return where on the screen an edge's arithmetic has room, and the point that it is about.

    Parameters
    ----------
    text : str
    scene : Scene
    edge : int
    camera : Camera
    screen : QSizeF
    """
    width = QFontMetricsF(mono(SIZE)).horizontalAdvance(text) + 2 * PADDING
    path = _on_screen(scene.path_of(edge), camera)
    middle, size = _on_screen(scene.middle, camera), scene.size * camera.scale
    spots = path[[len(path) // 2, len(path) // 3, 2 * len(path) // 3, 1, -2]]
    limit = np.array([screen.width() - width / 2 - EDGE, screen.height() - HEIGHT / 2 - EDGE])
    least = np.array([width / 2 + EDGE, HEIGHT / 2 + EDGE])
    aside = np.array([[0.0, below] for below in ASIDE])
    tried = (aside[:, np.newaxis] + spots).reshape(-1, 2)
    tried = np.maximum(np.minimum(tried, limit), least)
    room = size / 2 + np.array([width, HEIGHT]) / 2 + 4
    covered = (np.abs(tried[:, np.newaxis] - middle) < room).all(axis=-1).sum(axis=1)
    best = int(covered.argmin())  # the first of those that cover the fewest cards
    x, y = tried[best].tolist()
    about = QPointF(*spots[best % len(spots)].tolist())
    return QRectF(x - width / 2, y - HEIGHT / 2, width, HEIGHT), about


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
