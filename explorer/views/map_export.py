"""The map as a file: pixels of any size, or vectors with real text."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSizeF
from PySide6.QtGui import QPainter

from explorer.debug.pictures import PictureRequest
from explorer.layout.camera import Camera
from explorer.views.map_frame import MapMarks
from explorer.views.map_painter import MapPainter
from explorer.views.picture_files import write_picture

TITLE = "Map of a pass, by microGPT Explorer"


@dataclass(frozen=True)
class MapPicture:
    """What a map shows, ready to be painted once more.

    Attributes
    ----------
    painter : MapPainter
    camera : Camera
    size : (float, float)
        Width and height of the widget that shows it, in pixels of scale 1.
    scale : float
        Pixels of the screen for each of these.
    marks : MapMarks
    cursor : int
    """

    painter: MapPainter
    camera: Camera
    size: tuple[float, float]
    scale: float
    marks: MapMarks
    cursor: int

    def paint(self, painter: QPainter, request: PictureRequest, as_vectors: bool) -> None:
        """Paint the same part of the map at the size of a request."""
        factor = request.magnification * self.scale
        width, height = (side / factor for side in request.size)
        camera = self.camera.resized(self.size, (width, height))
        painter.scale(factor, factor)
        self.painter.paint(
            painter, camera, QSizeF(width, height), self.marks, self.cursor, as_vectors
        )


def export_map(picture: MapPicture, request: PictureRequest) -> int:
    """Write a picture of the map, in the format that the file's ending stands for.

    Parameters
    ----------
    picture : MapPicture
    request : PictureRequest

    Returns
    -------
    int
        Size of the file in bytes.

    Raises
    ------
    ValueError
        The ending stands for no format.
    OSError
        The picture cannot be made, or the file cannot be written.
    """

    def paint(painter: QPainter, as_vectors: bool) -> None:
        picture.paint(painter, request, as_vectors)

    return write_picture(request.path, request.size, TITLE, paint)
