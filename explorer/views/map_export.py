"""The map as a file: pixels of any size, or vectors with real text."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QIODevice, QMarginsF, QRect, QSize, QSizeF
from PySide6.QtGui import (
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator

from explorer.debug.pictures import (
    PictureError,
    PictureFormat,
    PictureRequest,
    picture_format,
)
from explorer.layout.camera import Camera
from explorer.trace.files import write_whole
from explorer.views.map_frame import MapMarks
from explorer.views.map_painter import MapPainter

TITLE = "Map of a pass, by microGPT Explorer"
PDF_UNITS = 1200  # an inch: the writer rounds places of letters to whole units
PIXELS, POINTS = 96, 72  # an inch


@dataclass(frozen=True)
class MapPicture:
    """What a map shows, ready to be painted once more.

    Attributes
    ----------
    painter : MapPainter
    camera : Camera
    size : (int, int)
        Width and height of the widget that shows it.
    marks : MapMarks
    cursor : int
    """

    painter: MapPainter
    camera: Camera
    size: tuple[int, int]
    marks: MapMarks
    cursor: int

    def paint(self, painter: QPainter, request: PictureRequest, as_vectors: bool) -> None:
        """Paint the same part of the map at the size of a request."""
        width, height = (side / request.magnification for side in request.size)
        camera = self.camera.resized(self.size, (width, height))
        painter.scale(request.magnification, request.magnification)
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
    content = RENDERERS[picture_format(request.path)](picture, request)
    write_whole(request.path, content)
    return len(content)


def png_content(image: QImage) -> bytes:
    """Return an image as the content of a PNG file.

    Raises
    ------
    PictureError
    """
    buffer = _buffer()
    writer = QImageWriter(buffer, b"PNG")
    if not writer.write(image):
        raise PictureError(f"the picture cannot be encoded: {writer.errorString()}")
    return bytes(buffer.data().data())


def _png(picture: MapPicture, request: PictureRequest) -> bytes:
    image = QImage(QSize(*request.size), QImage.Format.Format_RGB32)
    if image.isNull():
        raise PictureError("there is not enough memory for a picture of this size")
    _paint(picture, request, image, as_vectors=False)
    return png_content(image)


def _svg(picture: MapPicture, request: PictureRequest) -> bytes:
    buffer = _buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(PIXELS)
    generator.setSize(QSize(*request.size))
    generator.setViewBox(QRect(0, 0, *request.size))
    generator.setTitle(TITLE)
    generator.setDescription("")
    _paint(picture, request, generator, as_vectors=True)
    return bytes(buffer.data().data())


def _pdf(picture: MapPicture, request: PictureRequest) -> bytes:
    buffer = _buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(TITLE)
    writer.setCreator("microGPT Explorer")
    writer.setResolution(PDF_UNITS)
    points = QSizeF(*request.size) * POINTS / PIXELS
    page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(
        QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Point)
    )
    _paint(picture, request, writer, as_vectors=True, unit=PDF_UNITS / PIXELS)
    return bytes(buffer.data().data())


def _paint(
    picture: MapPicture,
    request: PictureRequest,
    device: QPaintDevice,
    as_vectors: bool,
    unit: float = 1.0,
) -> None:
    painter = QPainter()
    if not painter.begin(device):
        raise PictureError("a picture of this size cannot be painted")
    painter.scale(unit, unit)
    picture.paint(painter, request, as_vectors)
    painter.end()


def _buffer() -> QBuffer:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


RENDERERS = {PictureFormat.PNG: _png, PictureFormat.SVG: _svg, PictureFormat.PDF: _pdf}
