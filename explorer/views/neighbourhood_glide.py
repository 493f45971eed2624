"""Cards on their way from where they were to where they will be."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QObject, QVariantAnimation, Signal

from explorer.layout.camera import Camera
from explorer.layout.layered import FloatArray
from explorer.views.neighbourhood_scene import Scene


class CardGlide(QObject):
    """An animation: cards that were there move, the others appear.

    Parameters
    ----------
    parent : QObject
    """

    moved = Signal()  # it is time for another picture

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._animation = QVariantAnimation(self, startValue=0.0, endValue=1.0)
        self._animation.valueChanged.connect(self._on_value)
        self._from: FloatArray | None = None
        self._stayed: FloatArray = np.empty(0)

    def go(
        self,
        before: dict[int, tuple[float, float]],
        scene: Scene,
        camera: Camera,
        milliseconds: int,
    ) -> None:
        """Begin to move.

        Parameters
        ----------
        before : dict of int to (float, float)
            Where on the screen nodes were.
        scene : Scene
        camera : Camera
        milliseconds : int
        """
        self.stop()
        stayed = np.array([node in before for node in scene.nodes])
        start = np.array(
            [camera.to_map(*before[node]) if node in before else (0.0, 0.0) for node in scene.nodes]
        )
        self._from = np.where(stayed[:, np.newaxis], start - scene.middle, 0.0)
        self._stayed = stayed.astype(float)
        self._animation.setDuration(milliseconds)
        self._animation.start()

    def stop(self) -> None:
        """Let all cards be where they belong."""
        self._animation.stop()
        self._from = None

    def state(self) -> tuple[FloatArray | None, FloatArray | None]:
        """Return how far cards are from their places, and how much of them is there already.

        Both are None when nothing moves.
        """
        if self._from is None:
            return None, None
        share = float(self._animation.currentValue())
        eased = share * share * (3 - 2 * share)
        return self._from * (1 - eased), np.maximum(self._stayed, eased)

    def _on_value(self, share: float) -> None:
        if share >= 1:
            self._from = None
        self.moved.emit()
