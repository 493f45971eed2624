"""Whatever can be painted, as a file: pixels of any size, or vectors with real text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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

from explorer.debug.pictures import PictureError, PictureFormat, picture_format
from explorer.trace.files import write_whole

PDF_UNITS = 1200  # an inch: the writer rounds places of letters to whole units
PIXELS, POINTS = 96, 72  # an inch

Size = tuple[int, int]
Paint = Callable[[QPainter, bool], None]  # paints; as vectors, or as pixels


def write_picture(path: Path, size: Size, title: str, paint: Paint) -> int:
    """Write a picture, in the format that the file's ending stands for.

    Parameters
    ----------
    path : Path
    size : (int, int)
        Width and height in pixels.
    title : str
        Is written into files of vectors.
    paint : callable
        Paints within the size; it is told whether as vectors.

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
    content = RENDERERS[picture_format(path)](size, title, paint)
    write_whole(path, content)
    return len(content)


def png_content(image: QImage) -> bytes:
    """Return an image as the content of a PNG file.

    Raises
    ------
    PictureError
    """
    buffer = new_buffer()
    writer = QImageWriter(buffer, b"PNG")
    if not writer.write(image):
        raise PictureError(f"the picture cannot be encoded: {writer.errorString()}")
    return bytes(buffer.data().data())


def _png(size: Size, title: str, paint: Paint) -> bytes:
    image = QImage(QSize(*size), QImage.Format.Format_RGB32)
    if image.isNull():
        raise PictureError("there is not enough memory for a picture of this size")
    _paint(image, paint, as_vectors=False)
    return png_content(image)


def _svg(size: Size, title: str, paint: Paint) -> bytes:
    buffer = new_buffer()
    generator = QSvgGenerator(QSvgGenerator.SvgVersion.Svg11)
    generator.setOutputDevice(buffer)
    generator.setResolution(PIXELS)
    generator.setSize(QSize(*size))
    generator.setViewBox(QRect(0, 0, *size))
    generator.setTitle(title)
    generator.setDescription("")
    _paint(generator, paint, as_vectors=True)
    return bytes(buffer.data().data())


def _pdf(size: Size, title: str, paint: Paint) -> bytes:
    buffer = new_buffer()
    writer = QPdfWriter(buffer)
    writer.setTitle(title)
    writer.setCreator("microGPT Explorer")
    writer.setResolution(PDF_UNITS)
    points = QSizeF(*size) * POINTS / PIXELS
    page = QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    writer.setPageLayout(
        QPageLayout(page, QPageLayout.Orientation.Portrait, QMarginsF(), QPageLayout.Unit.Point)
    )
    _paint(writer, paint, as_vectors=True, unit=PDF_UNITS / PIXELS)
    return bytes(buffer.data().data())


def _paint(device: QPaintDevice, paint: Paint, as_vectors: bool, unit: float = 1.0) -> None:
    painter = QPainter()
    if not painter.begin(device):
        raise PictureError("a picture of this size cannot be painted")
    painter.scale(unit, unit)
    paint(painter, as_vectors)
    painter.end()


def new_buffer() -> QBuffer:
    """Return a place in memory that Qt can write a file to."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    return buffer


RENDERERS: dict[PictureFormat, Callable[[Size, str, Paint], bytes]] = {
    PictureFormat.PNG: _png,
    PictureFormat.SVG: _svg,
    PictureFormat.PDF: _pdf,
}
