"""Drawing a path that the search found: a line from cell to cell that widens towards the goal."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from explorer.views.map_frame import SYMBOL_CELLS, Frame, Scene, draw_lines

THINNEST, WIDEST = 1.5, 4.5  # pixels at the start and at the goal
WIDTHS = 6  # steps between them
HALO = 1.5  # pixels; it parts the line from cells of any colour
ARROW = 12.0  # pixels
LEAST_WITH_ARROW = 30.0  # pixels of a part of the line that has an arrow
LEAST_PART = 3.0  # pixels: nearer cells are passed over
REACH = 9.0  # pixels from the middle between neighbouring cells to where a line ends in them

Lines = npt.NDArray[np.float64]


class PathPainter:
    """Draws the line of a path through the middles of its cells.

    Cells that show what is in them are only touched at their edges, so that they can be read. The
    wider a line, the nearer its goal; long parts have an arrow.

    Parameters
    ----------
    scene : Scene
    """

    def __init__(self, scene: Scene) -> None:
        self._scene = scene

    def paint(self, frame: Frame) -> None:
        """Draw the path, if there is one."""
        path = frame.marks.path
        if path is None or len(path) < 2:
            return
        lines, share = _parts(frame, path)
        least_with_arrow = LEAST_WITH_ARROW
        if frame.scale >= SYMBOL_CELLS:
            least_with_arrow = REACH
            lines = _outside_of_cells(lines, frame.scale / 2)
        seen = _in_picture(lines, frame)
        lines, share = lines[seen], share[seen]
        step = np.minimum(share * WIDTHS, WIDTHS - 1).astype(np.int64)
        widths = THINNEST + (WIDEST - THINNEST) * np.arange(WIDTHS) / (WIDTHS - 1)
        arrows = _arrows(lines, least_with_arrow)
        painter, theme = frame.painter, self._scene.theme
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for colour, around in ((theme.window, HALO), (theme.found, 0.0)):
            pen = QPen(QColor(colour))
            pen.setCapStyle(Qt.PenCapStyle.RoundCap)
            pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
            for i, width in enumerate(widths.tolist()):
                pen.setWidthF(theme.line(width) + 2 * around)
                painter.setPen(pen)
                draw_lines(painter, lines[step == i])
            pen.setWidthF(max(2 * around, 0.5))
            painter.setPen(pen)
            painter.setBrush(QColor(colour))
            for arrow in arrows:
                painter.drawPolygon(arrow)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _parts(frame: Frame, path: npt.NDArray[np.int64]) -> tuple[Lines, npt.NDArray[np.float64]]:
    """Return the lines from cell to cell in pixels, and how far along the path each is, 0 to 1.

    Cells that are too near the last one are passed over, but never the goal.
    """
    points = frame.middles(path.astype(np.int32))
    if frame.scale < LEAST_PART:
        # Where two cells fall into the same square of this many pixels, the first stands for both.
        square = np.floor(points / LEAST_PART)
        kept = np.append(True, (square[1:] != square[:-1]).any(axis=1))
        kept[-1] = True
    else:
        kept = np.ones(len(path), bool)
    points, place = points[kept], np.flatnonzero(kept)
    return np.concatenate([points[:-1], points[1:]], axis=1), place[1:] / (len(path) - 1)


def _outside_of_cells(lines: Lines, half: float) -> Lines:
    """Return the parts of lines between cells of a size; where those touch, short ones across."""
    along = lines[:, 2:] - lines[:, :2]
    longest = np.maximum(np.abs(along).max(axis=1), 1e-9)
    # Cells are squares: a line leaves one when its longer component has gone half a side.
    inner = np.clip(half / longest, 0, 0.5)
    inner = np.minimum(inner, np.clip(0.5 - REACH / longest, 0, 0.5))[:, np.newaxis]
    return np.concatenate([lines[:, :2] + inner * along, lines[:, 2:] - inner * along], axis=1)


def _in_picture(lines: Lines, frame: Frame) -> npt.NDArray[np.bool_]:
    low, high = np.minimum(lines[:, :2], lines[:, 2:]), np.maximum(lines[:, :2], lines[:, 2:])
    size = np.array([frame.width, frame.height])
    inside: npt.NDArray[np.bool_] = (high > -ARROW) & (low < size + ARROW)
    return inside[:, 0] & inside[:, 1]


def _arrows(lines: Lines, least: float) -> list[QPolygonF]:
    """Return the heads of the lines that have a length, around their middles."""
    along = lines[:, 2:] - lines[:, :2]
    length = np.hypot(along[:, 0], along[:, 1])
    roomy = length >= least
    forward = along[roomy] / length[roomy, np.newaxis] * ARROW
    across = forward[:, ::-1] * np.array([-0.5, 0.5])
    tip = (lines[roomy, :2] + lines[roomy, 2:]) / 2 + forward / 2
    back = tip - forward
    return [
        QPolygonF([QPointF(*corner) for corner in corners])
        for corners in np.stack([tip, back + across, back - across], axis=1).tolist()
    ]
