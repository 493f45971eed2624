"""Which part of a neighbourhood is on screen: pure arithmetic on `Camera`, a pixel a unit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from explorer.layout.camera import Camera

MARGIN = 18.0  # pixels between the outermost cards and the edge
LEAST_SCALE, MOST_SCALE = 0.08, 3.0
LEAST_OPENING, MOST_OPENING = 1.0, 1.3  # texts are 13 pixels at 1; smaller ones are hard to read
WALKING_SHARE = 0.3  # of the screen at each side that one does not walk into

Box = tuple[float, float, float, float]  # left, top, right, bottom


def opening(bounds: Box, width: float, height: float, scale: float | None = None) -> Camera:
    """Return the camera on a neighbourhood: all of it if it fits, else around its centre.

    Parameters
    ----------
    bounds : tuple of float
        Of all cards; the centre is at the origin.
    width, height : float
        Size of the screen in pixels.
    scale : float, optional
        What a person has chosen.
    """
    left, top, right, bottom = bounds
    if scale is None:
        across = (width - 2 * MARGIN) / max(right - left, 1.0)
        down = (height - 2 * MARGIN) / max(bottom - top, 1.0)
        scale = min(max(min(across, down), LEAST_OPENING), MOST_OPENING)
    return Camera(
        scale,
        -_origin(left * scale, right * scale, width) / scale,
        -_origin(top * scale, bottom * scale, height) / scale,
    )


def fits(bounds: Box, width: float, height: float) -> bool:
    """Return whether all of a neighbourhood can be seen at once, with texts that can be read."""
    left, top, right, bottom = bounds
    across, down = width - 2 * MARGIN, height - 2 * MARGIN
    return (right - left) * LEAST_OPENING <= across and (bottom - top) * LEAST_OPENING <= down


def _origin(low: float, high: float, room: float) -> float:
    """Return where the centre stands along one side: in the middle, unless that wastes room."""
    at_low_edge, at_high_edge = MARGIN - low, room - MARGIN - high
    if high - low <= room - 2 * MARGIN:
        return (at_low_edge + at_high_edge) / 2
    return min(max(room / 2, at_high_edge), at_low_edge)


def anchored(scale: float, x: float, y: float) -> Camera:
    """Return the camera that shows the centre at a point of the screen."""
    return Camera(scale, -x / scale, -y / scale)


def within_reach(x: float, y: float, width: float, height: float) -> tuple[float, float]:
    """Return the point of the screen nearest to another that leaves room at all sides."""
    share = WALKING_SHARE
    return (
        min(max(x, share * width), (1 - share) * width),
        min(max(y, share * height), (1 - share) * height),
    )


def beyond(
    middle: npt.NDArray[np.float64], camera: Camera, width: float, height: float
) -> dict[str, int]:
    """Return how many cards have their middle out of the picture: ◀, ▲, ▼ and ▶."""
    x, y = ((middle - (camera.left, camera.top)) * camera.scale).T
    left, right = x < 0, x > width
    level = ~(left | right)
    sides = {"◀": left, "▲": level & (y < 0), "▼": level & (y > height), "▶": right}
    return {sign: int(which.sum()) for sign, which in sides.items() if which.any()}


def zoomed(camera: Camera, factor: float, x: float, y: float) -> Camera:
    """Return the camera after zooming with a point of the screen held in place."""
    scale = min(max(camera.scale * factor, LEAST_SCALE), MOST_SCALE)
    return camera.zoomed(scale / camera.scale, x, y, LEAST_SCALE)
