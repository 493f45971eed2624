"""A series of pictures as one PDF, as a folder of PNG files, or as an animated GIF.

GIFs are encoded by Pillow on a thread of their own, which takes the pictures one by one.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from queue import Full, Queue
from threading import Thread
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QMarginsF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPageLayout, QPageSize, QPainter, QPdfWriter

from explorer.debug.handout import Medium, Page, SeriesRequest, picture_name
from explorer.debug.pictures import PictureError
from explorer.theme.style import sans
from explorer.trace.files import make_folder, write_whole
from explorer.views.picture_files import PDF_UNITS, new_buffer, png_content

if TYPE_CHECKING:
    from PIL.Image import Image

POINTS = 72  # an inch
MARGIN = 12.0  # millimetres around a page
TITLE_SIZE, CAPTION_SIZE, FOOT_SIZE = 15, 12, 9  # points
GAP = 10  # points between the parts of a page
PAPER_TEXT, PAPER_MUTED = "#131b26", "#414c5a"
WAITING = 2  # pictures that wait for the encoder
COLOURS = 256


class Series(Protocol):
    """Takes pictures one after the other, and writes them."""

    def add(self, image: QImage, page: Page) -> bool:
        """Take the next picture; False if it is still busy and has to be asked again."""

    def finish(self) -> bool:
        """Write what has not been written yet; False if it is still busy, as above.

        Raises
        ------
        OSError
        """

    def give_up(self) -> None:
        """Leave nothing behind."""


class Handout:
    """A PDF with a picture a page, and its caption below as text.

    Parameters
    ----------
    path : Path
    title : str
    """

    def __init__(self, path: Path, title: str) -> None:
        self._path, self._title, self._pages = path, title, 0
        self._buffer = new_buffer()
        self._writer = QPdfWriter(self._buffer)
        self._writer.setTitle(title)
        self._writer.setCreator("microGPT Explorer")
        self._writer.setResolution(PDF_UNITS)
        self._writer.setPageLayout(
            QPageLayout(
                QPageSize(QPageSize.PageSizeId.A4),
                QPageLayout.Orientation.Landscape,
                QMarginsF(MARGIN, MARGIN, MARGIN, MARGIN),
                QPageLayout.Unit.Millimeter,
            )
        )
        self._painter = QPainter()

    def add(self, image: QImage, page: Page) -> bool:
        """Add a page."""
        if self._pages == 0:
            if not self._painter.begin(self._writer):
                raise PictureError("the handout cannot be painted")
        else:
            self._writer.newPage()
        self._pages += 1
        paint_page(self._painter, self._area(), image, page, f"{self._title} · {self._pages}")
        return True

    def finish(self) -> bool:
        """Write the file."""
        self._painter.end()
        write_whole(self._path, bytes(self._buffer.data().data()))
        return True

    def give_up(self) -> None:
        """Forget the pages; nothing was written."""
        if self._painter.isActive():
            self._painter.end()

    def _area(self) -> QRectF:
        """Return what can be painted on, in points, and let the painter count in them."""
        self._painter.resetTransform()
        self._painter.scale(PDF_UNITS / POINTS, PDF_UNITS / POINTS)
        inside = self._writer.pageLayout().paintRect(QPageLayout.Unit.Point)
        return QRectF(0, 0, inside.width(), inside.height())


def paint_page(painter: QPainter, area: QRectF, image: QImage, page: Page, foot: str) -> None:
    """Paint a page of a handout: title, picture, caption, and a line at the foot.

    Parameters
    ----------
    painter : QPainter
    area : QRectF
        In points.
    image : QImage
    page : Page
    foot : str
    """
    title, caption = sans(TITLE_SIZE, bold=True), sans(CAPTION_SIZE)  # a pixel is a point here
    wrapped = Qt.TextFlag.TextWordWrap
    painter.setFont(title)
    head = painter.boundingRect(area, wrapped, page.title)
    painter.setFont(caption)
    words = painter.boundingRect(area, wrapped, page.caption)
    foot_height = 1.5 * FOOT_SIZE
    room = QRectF(area)
    room.setTop(head.bottom() + GAP)
    room.setBottom(area.bottom() - foot_height - words.height() - 2 * GAP)
    size = image.size().toSizeF().scaled(room.size(), Qt.AspectRatioMode.KeepAspectRatio)
    picture = QRectF(area.left() + (area.width() - size.width()) / 2, room.top(), 0, 0)
    picture.setSize(size)
    painter.setPen(QColor(PAPER_TEXT))
    painter.setFont(title)
    painter.drawText(area, wrapped, page.title)
    painter.drawImage(picture, image)
    painter.setFont(caption)
    painter.drawText(
        words.translated(0, picture.bottom() + GAP - words.top()), wrapped, page.caption
    )
    painter.setPen(QColor(PAPER_MUTED))
    painter.setFont(sans(FOOT_SIZE))
    painter.drawText(area, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignRight, foot)


class Pictures:
    """A folder of PNG files, numbered.

    Parameters
    ----------
    folder : Path
        It may exist; files of the same names in it are replaced.
    count : int
        How many there will be.

    Raises
    ------
    WriteError
        The folder cannot be made.
    """

    def __init__(self, folder: Path, count: int) -> None:
        self._folder, self._count = folder, count
        self._is_new = not folder.exists()
        self._written: list[Path] = []
        make_folder(folder)

    def add(self, image: QImage, page: Page) -> bool:
        """Write a file."""
        name = picture_name(len(self._written) + 1, self._count, page.title)
        write_whole(self._folder / name, png_content(image))
        self._written.append(self._folder / name)
        return True

    def finish(self) -> bool:
        """Nothing is left to do."""
        return True

    def give_up(self) -> None:
        """Take the files away again, and the folder if it is ours."""
        for path in self._written:
            path.unlink(missing_ok=True)
        if self._is_new and not any(self._folder.iterdir()):
            self._folder.rmdir()


class Film:
    """An animated GIF that begins again when it has ended.

    Parameters
    ----------
    path : Path
    seconds : float
        How long each picture is shown.
    """

    def __init__(self, path: Path, seconds: float) -> None:
        self._path, self._milliseconds = path, round(1000 * seconds)
        self._images: Queue[QImage | None] = Queue(WAITING)
        self._content = BytesIO()
        self._failure: Exception | None = None
        self._ended = self._given_up = False
        self._thread = Thread(target=self._encode, name="GIF", daemon=True)
        self._thread.start()

    def add(self, image: QImage, page: Page) -> bool:
        """Hand a picture to the encoder, unless it is busy."""
        self._raise_failure()
        return self._put(image)

    def finish(self) -> bool:
        """Write the file, once the encoder is done."""
        if not self._ended:
            self._ended = self._put(None)
        if not self._ended or self._thread.is_alive():
            return False
        self._raise_failure()
        write_whole(self._path, self._content.getvalue())
        return True

    def give_up(self) -> None:
        """Let the encoder end."""
        self._given_up = True
        while self._thread.is_alive():
            self._put(None)
            self._thread.join(0.05)

    def _put(self, image: QImage | None) -> bool:
        try:
            self._images.put_nowait(image)
        except Full:
            return False
        return True

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise PictureError(f"the film cannot be encoded: {self._failure}")

    def _encode(self) -> None:
        """Encode all pictures as they come; runs on a thread of its own."""
        frames = self._frames()
        try:
            first = next(frames, None)
            if first is not None:
                first.save(
                    self._content,
                    "GIF",
                    save_all=True,
                    append_images=frames,
                    duration=self._milliseconds,
                    loop=0,
                )
        except Exception as error:  # whatever it is, the window's thread tells it
            self._failure = error

    def _frames(self) -> Iterator[Image]:
        while (image := self._images.get()) is not None and not self._given_up:
            yield _paletted(image)


def new_series(request: SeriesRequest, title: str, count: int) -> Series:
    """Return what takes the pictures of a request.

    Parameters
    ----------
    request : SeriesRequest
    title : str
        Of the whole.
    count : int
        How many pictures there will be.

    Raises
    ------
    OSError
    """
    if request.medium is Medium.HANDOUT:
        return Handout(request.path, title)
    if request.medium is Medium.PICTURES:
        return Pictures(request.path, count)
    return Film(request.path, request.seconds)


def _paletted(image: QImage) -> Image:
    """Return a picture in the colours that suit it best."""
    from PIL import Image  # takes a while to load, and few films are made

    pixels = image.convertToFormat(QImage.Format.Format_RGB888)
    size = pixels.width(), pixels.height()
    whole = Image.frombuffer(
        "RGB", size, bytes(pixels.constBits()), "raw", "RGB", pixels.bytesPerLine(), 1
    )
    return whole.quantize(COLOURS, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
