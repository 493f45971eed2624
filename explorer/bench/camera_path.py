"""The way that a camera takes over the map in every measurement: the same on every machine."""

from __future__ import annotations

import math

from explorer.layout.camera import Camera, fit
from explorer.layout.map_layout import MapLayout

SCREEN = (1920, 1080)
# Pixels a cell; 0 for the whole map. Those at 6, 22 and 62 are where cells begin to stand apart, to
# show their operation and to show their numbers: each is the most that its kind of frame draws.
LEVELS = (0, 3, 6, 12, 22, 30, 62, 80, 150)


def level_name(level: int) -> str:
    """Return how a level of zoom is called in the table."""
    return f"{level} px a cell" if level else "the whole map"


def camera_path(layout: MapLayout, level: int, frames: int) -> list[Camera]:
    """Return cameras that pan over the map in a zigzag, zooming in and out by up to a fifth.

    Parameters
    ----------
    layout : MapLayout
    level : int
        One of `LEVELS`: the smallest scale of the path.
    frames : int
    """
    whole = (0.0, 0.0, float(layout.width), float(layout.height))
    start = fit(whole, *SCREEN)
    path = []
    for i in range(frames):
        share = (i + 0.5) / frames
        x = layout.width * (0.05 + 0.9 * share)
        y = layout.height * (0.5 + 0.4 * math.sin(9 * math.tau * share))
        zoom = 1 + 0.2 * (i % 5) / 5
        if level:
            path.append(Camera(level * zoom, 0, 0).centred(x, y, *SCREEN))
        else:
            path.append(start.zoomed(zoom, SCREEN[0] * share, SCREEN[1] / 2, start.scale))
    return path
