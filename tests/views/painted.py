"""Whether a widget that draws only what changed draws all that changed."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QImage, QPaintEvent, QRegion
from PySide6.QtWidgets import QApplication, QWidget


class _Painted(QObject):
    """Notes what a widget is asked to draw."""

    def __init__(self) -> None:
        super().__init__()
        self.region = QRegion()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if isinstance(event, QPaintEvent):
            self.region = self.region.united(event.region())
        return False


def left_out(widget: QWidget, change: Callable[[], object]) -> int:
    """Return how many pixels should look different after a change, and were not drawn again."""
    before = _pixels(widget)
    _turn()
    painted = _Painted()
    widget.installEventFilter(painted)
    change()
    _turn()
    widget.removeEventFilter(painted)
    differs = _pixels(widget) != before
    visible = np.zeros_like(differs)
    for area in widget.visibleRegion():
        visible[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = True
    for area in painted.region:
        visible[area.top() : area.bottom() + 1, area.left() : area.right() + 1] = False
    return int((differs & visible).sum())


def _turn() -> None:
    for _ in range(3):  # a scene tells its view later that something changed
        QApplication.processEvents()


def _pixels(widget: QWidget) -> npt.NDArray[np.uint32]:
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32)
    return pixels.reshape(image.height(), image.width()).copy()
