"""Marks that stay on the map: watched nodes with their names, and nodes that break."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from explorer.theme.style import SMALL, sans
from explorer.views.map_frame import Frame, Scene

LEAST_RING, ROOM = 4.0, 3.0  # pixels: half a ring at least, and from the cell to the ring
DOT = 4.5  # pixels: radius of the dot of a breakpoint
PADDING = 5.0  # pixels around a name
MOST_NAMES = 24


class PinPainter:
    """Draws a ring and a name at each watched node, and a dot at each node that breaks.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def paint(self, frame: Frame) -> None:
        """Draw all marks; names that would cover an earlier one are left out."""
        painter = frame.painter
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_watched(frame)
        self._paint_breaks(frame)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_watched(self, frame: Frame) -> None:
        painter, theme = frame.painter, self._scene.theme
        taken: list[QRectF] = []
        for node, name in frame.marks.watched:
            x, y = frame.middle(node)
            half = max(frame.scale / 2, LEAST_RING) + ROOM
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.bookmark), theme.line(2)))
            painter.drawEllipse(QPointF(x, y), half * 1.2, half * 1.2)
            paint_name(frame, QPointF(x + half * 1.2, y), name, theme.bookmark, taken)

    def _paint_breaks(self, frame: Frame) -> None:
        painter, theme = frame.painter, self._scene.theme
        painter.setPen(QPen(QColor(theme.window), theme.line(1.5)))
        for node, enabled in frame.marks.breaks:
            x, y = frame.middle(node)
            corner = max(frame.scale / 2, LEAST_RING)
            painter.setBrush(QColor(theme.breakpoint if enabled else theme.panel))
            painter.drawEllipse(QPointF(x - corner, y - corner), DOT, DOT)


def paint_name(frame: Frame, ring: QPointF, name: str, colour: str, taken: list[QRectF]) -> None:
    """Write a name at the right of a ring, unless it would cover an earlier one.

    Parameters
    ----------
    frame : Frame
    ring : QPointF
        The rightmost point of the ring.
    name : str
    colour : str
        Of its frame.
    taken : list of QRectF
        Where names stand already; this one is added.
    """
    painter, theme = frame.painter, frame.scene.theme
    metrics = QFontMetricsF(sans(SMALL))
    chip = QRectF(
        ring.x() + 3,
        ring.y() - metrics.height() / 2 - 2,
        metrics.horizontalAdvance(name) + 2 * PADDING,
        metrics.height() + 4,
    )
    if len(taken) >= MOST_NAMES or any(chip.intersects(other) for other in taken):
        return
    taken.append(chip)
    painter.setBrush(QColor(theme.raised))
    painter.setPen(QPen(QColor(colour), theme.line(1)))
    painter.drawRoundedRect(chip, 4, 4)
    painter.setFont(sans(SMALL))
    painter.setPen(QColor(theme.text))
    painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, name)
