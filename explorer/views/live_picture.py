"""A small picture of another window, as it is now."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from explorer.theme.tokens import Theme

MOST_A_SECOND = 15


class LivePicture(QWidget):
    """Shows what a window shows, a moment after that has changed.

    Parameters
    ----------
    theme : Theme
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._source: QWidget | None = None
        self._picture = QImage()
        self._soon = QTimer(self, singleShot=True, interval=1000 // MOST_A_SECOND)
        self._soon.timeout.connect(self._take)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(theme.px(320), theme.px(180))
        self.setAccessibleName("What the audience sees")

    @property
    def picture(self) -> QImage:
        """What was seen last."""
        return self._picture

    def show_window(self, window: QWidget | None) -> None:
        """Show another window, or none."""
        self._source = window
        self.refresh()

    def refresh(self) -> None:
        """Look again, soon."""
        if not self._soon.isActive():
            self._soon.start()

    def _take(self) -> None:
        if self._source is None or not self.isVisible():
            return
        self._picture = _seen(self._source, self.size() * self.devicePixelRatioF())
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.fillRect(self.rect(), QColor(self._theme.window))
        if self._picture.isNull():
            return
        size = self._picture.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        area = QRectF(left, top, size.width(), size.height())
        painter.drawImage(area, self._picture)
        painter.setPen(QColor(self._theme.border))
        painter.drawRect(area.adjusted(0, 0, -1, -1))


def _seen(window: QWidget, size: QSize) -> QImage:
    """Return what a window shows, as large as there is room.

    That is what it has painted already, where the system lets us see it; to paint it once more
    takes a frame.
    """
    store = window.backingStore()
    painted = None if store is None else store.paintDevice()
    ratio = window.devicePixelRatioF()
    if not isinstance(painted, QImage) or painted.size() != window.size() * ratio:
        painted = window.grab().toImage()
    shown = painted.scaled(
        size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    shown.setDevicePixelRatio(1.0)
    return shown
