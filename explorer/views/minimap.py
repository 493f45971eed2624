"""The minimap: where on the whole map one is."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from explorer.theme.scaling import unscaled_point, unscaled_rect, unscaled_size
from explorer.theme.tokens import Theme

LARGEST, MARGIN = (230, 150), 14  # pixels
MOST_COVERED = 0.6  # of the sides of what it lies on
LEAST_FRAME = 6.0  # pixels of the frame that shows the part in view


class Minimap(QWidget):
    """The whole map, small, with a frame around the part in view; a click goes there.

    It lies in the lower right corner of its parent.

    Parameters
    ----------
    parent : QWidget
    theme : Theme
    """

    chosen = Signal(float, float)  # a point of the map, as shares of its width and height

    def __init__(self, parent: QWidget, theme: Theme) -> None:
        super().__init__(parent)
        self._around, self._theme = parent, theme
        self._image: QImage | None = None
        self._frame = QRectF()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Minimap")
        self.hide()

    def show_part(self, image: QImage, frame: QRectF) -> None:
        """Show a map, and which part of it is in view.

        Parameters
        ----------
        image : QImage
            A pixel a cell.
        frame : QRectF
            The part, in cells.
        """
        self._image, self._frame = image, frame
        room = unscaled_size(self._around, self._theme) * MOST_COVERED
        scale = min(
            min(LARGEST[0], room.width()) / image.width(),
            min(LARGEST[1], room.height()) / image.height(),
        )
        px = self._theme.px
        self.resize(px(round(image.width() * scale) + 2), px(round(image.height() * scale) + 2))
        self.move(
            self._around.width() - self.width() - px(MARGIN),
            self._around.height() - self.height() - px(MARGIN),
        )
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._image is None:
            return
        theme = self._theme
        painter = QPainter(self)
        painter.scale(theme.scale, theme.scale)
        whole = unscaled_rect(self, theme)
        painter.fillRect(whole, QColor(theme.panel))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        inside = whole.adjusted(1, 1, -1, -1)
        painter.drawImage(inside, self._image)
        painter.setPen(QPen(QColor(theme.border), theme.line(1)))
        painter.drawRect(inside.adjusted(-0.5, -0.5, 0.5, 0.5))
        scale = inside.width() / self._image.width()
        frame = QRectF(
            1 + self._frame.left() * scale,
            1 + self._frame.top() * scale,
            max(self._frame.width() * scale, LEAST_FRAME),
            max(self._frame.height() * scale, LEAST_FRAME),
        )
        painter.setPen(QPen(QColor(theme.current), theme.line(2)))
        painter.drawRect(frame.intersected(inside))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._choose(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._choose(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def _choose(self, point: QPointF) -> None:
        point, size = unscaled_point(point, self._theme), unscaled_size(self, self._theme)
        across = (point.x() - 1) / max(size.width() - 2, 1)
        down = (point.y() - 1) / max(size.height() - 2, 1)
        self.chosen.emit(min(max(across, 0.0), 1.0), min(max(down, 0.0), 1.0))
