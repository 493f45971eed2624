"""Small cells as vectors, for pictures that can be enlarged: one path a colour."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath

from explorer.layout.rectangles import merge_cells
from explorer.views.map_frame import Frame


def paint_vector_cells(frame: Frame, colours: list[QColor]) -> None:
    """Draw the visible cells as rectangles that touch each other.

    Where cells touch, programs that smooth edges let what is behind shine through, as a pattern of
    hairlines. So each block of cells first gets a ground in a colour that is common in it.

    Parameters
    ----------
    frame : Frame
    colours : list of QColor
        The palette.
    """
    painter, camera = frame.painter, frame.camera
    left, top, right, bottom = frame.visible_cells()
    visible = frame.scene.layout.grid[top:bottom, left:right]
    if not visible.size:
        return
    kinds = np.where(visible >= 0, frame.indices[visible].astype(np.int32), np.int32(-1))
    ground = merge_cells(np.minimum(kinds, 0))
    for i, (x, y, width, height, _) in enumerate(ground.tolist()):
        inside = np.sort(kinds[y : y + height, x : x + width], axis=None)
        ground[i, 4] = inside[inside.size // 2]
    painter.save()
    painter.translate(*camera.to_screen(left, top))
    painter.scale(camera.scale, camera.scale)
    painter.setPen(Qt.PenStyle.NoPen)
    for rectangles in (ground, merge_cells(kinds)):
        _draw(painter, rectangles, colours)
    painter.restore()


def _draw(painter: QPainter, rectangles: npt.NDArray[np.int32], colours: list[QColor]) -> None:
    for kind in np.unique(rectangles[:, 4]).tolist():
        path = QPainterPath()
        path.setFillRule(Qt.FillRule.WindingFill)
        for x, y, width, height in rectangles[rectangles[:, 4] == kind, :4].tolist():
            path.addRect(x, y, width, height)
        painter.setBrush(colours[kind])
        painter.drawPath(path)
