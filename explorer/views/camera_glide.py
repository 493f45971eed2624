"""Moving the camera from one place to another, smoothly."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSizeF, QVariantAnimation, Signal

from explorer.layout.camera import Camera, between


class CameraGlide(QObject):
    """An animation between two cameras, fast in the middle and slow at its ends.

    Parameters
    ----------
    parent : QObject
    """

    moved = Signal(object)  # the Camera of the next picture

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._animation = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._animation.valueChanged.connect(self._move)
        self._start = self._goal = Camera(1.0, 0.0, 0.0)
        self._size = QSizeF()

    @property
    def goal(self) -> Camera | None:
        """Where the camera is going; None if it stands still."""
        running = self._animation.state() == QVariantAnimation.State.Running
        return self._goal if running else None

    def go(self, start: Camera, goal: Camera, size: QSizeF, milliseconds: int) -> None:
        """Begin to move, on a screen of a given size."""
        self._animation.stop()
        self._start, self._goal, self._size = start, goal, size
        self._animation.setDuration(milliseconds)
        self._animation.start()

    def stop(self) -> None:
        """Stand still."""
        self._animation.stop()

    def _move(self, share: float) -> None:
        eased = share * share * (3 - 2 * share)
        width, height = self._size.width(), self._size.height()
        self.moved.emit(between(self._start, self._goal, eased, width, height))
