"""Which part of the map is on screen: pure arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace

FIT_MARGIN = 10.0  # pixels at each side
TOP_MARGIN = 30.0  # pixels at the top, where columns are named
LARGEST_SCALE = 240.0  # pixels a cell


@dataclass(frozen=True)
class Camera:
    """A view of the map.

    Attributes
    ----------
    scale : float
        Pixels a cell.
    left, top : float
        The point of the map, in cells, at the upper left corner of the widget.
    """

    scale: float
    left: float
    top: float

    def to_screen(self, x: float, y: float) -> tuple[float, float]:
        """Return where a point of the map is on screen, in pixels."""
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """Return the point of the map, in cells, at a point of the screen."""
        return x / self.scale + self.left, y / self.scale + self.top

    def panned(self, dx: float, dy: float) -> Camera:
        """Return the camera after the map has been dragged by so many pixels."""
        return replace(self, left=self.left - dx / self.scale, top=self.top - dy / self.scale)

    def zoomed(self, factor: float, x: float, y: float, smallest: float) -> Camera:
        """Return the camera after zooming with the point (x, y) of the screen held in place."""
        scale = min(max(self.scale * factor, smallest), LARGEST_SCALE)
        map_x, map_y = self.to_map(x, y)
        return Camera(scale, map_x - x / scale, map_y - y / scale)

    def centred(self, x: float, y: float, width: float, height: float) -> Camera:
        """Return the camera with a point of the map in the middle of the screen."""
        return replace(self, left=x - width / self.scale / 2, top=y - height / self.scale / 2)

    def kept_near(
        self, box: tuple[float, float], screen: tuple[float, float], smallest: float
    ) -> Camera:
        """Return the camera, or the nearest one that has a point of the map in the middle.

        Parameters
        ----------
        box, screen : (float, float)
            Width and height of the map in cells, and of the screen in pixels.
        smallest : float
            The least scale.
        """
        scale = min(max(self.scale, smallest), LARGEST_SCALE)
        x, y = self.to_map(screen[0] / 2, screen[1] / 2)
        near_x, near_y = min(max(x, 0.0), box[0]), min(max(y, 0.0), box[1])
        if (scale, near_x, near_y) == (self.scale, x, y):
            return self
        return Camera(scale, 0.0, 0.0).centred(near_x, near_y, *screen)

    def resized(self, before: tuple[float, float], after: tuple[float, float]) -> Camera:
        """Return the camera that shows the same part of the map on a screen of another size.

        What was in the middle stays there; a screen of another shape shows more at two sides.
        """
        x, y = self.to_map(before[0] / 2, before[1] / 2)
        factor = min(after[0] / before[0], after[1] / before[1])
        return Camera(self.scale * factor, 0.0, 0.0).centred(x, y, *after)


@dataclass(frozen=True)
class Part:
    """A part of the map, as one screen shows it and others can.

    Attributes
    ----------
    camera : Camera
    width, height : float
        Of the screen, in pixels.
    """

    camera: Camera
    width: float
    height: float

    def on(self, width: float, height: float) -> Camera:
        """Return the camera that shows it on a screen of another size."""
        return self.camera.resized((self.width, self.height), (width, height))


def between(start: Camera, end: Camera, share: float, width: float, height: float) -> Camera:
    """Return the camera on its way from one to another; the middle of the screen moves straight.

    Parameters
    ----------
    start, end : Camera
    share : float
        How much of the way is done, 0 to 1.
    width, height : float
        Size of the screen in pixels.
    """
    if share >= 1:
        return end
    scale = start.scale * (end.scale / start.scale) ** share
    # At this pace the point that both cameras show at the same place does not move.
    pace = share
    if abs(end.scale / start.scale - 1) > 1e-9:
        pace = (1 / start.scale - 1 / scale) / (1 / start.scale - 1 / end.scale)
    from_x, from_y = start.to_map(width / 2, height / 2)
    to_x, to_y = end.to_map(width / 2, height / 2)
    x, y = from_x + (to_x - from_x) * pace, from_y + (to_y - from_y) * pace
    return Camera(scale, 0.0, 0.0).centred(x, y, width, height)


def fit(box: tuple[float, float, float, float], width: float, height: float) -> Camera:
    """Return the camera that shows a box (left, top, width, height; in cells) as large as it goes.

    Parameters
    ----------
    box : tuple of float
    width, height : float
        Size of the screen in pixels.
    """
    left, top, box_width, box_height = box
    across = max(width - 2 * FIT_MARGIN, 1.0) / box_width
    down = max(height - TOP_MARGIN - FIT_MARGIN, 1.0) / box_height
    camera = Camera(min(across, down, LARGEST_SCALE), 0.0, 0.0)
    centred = camera.centred(left + box_width / 2, top + box_height / 2, width, height)
    return centred.panned(0, (TOP_MARGIN - FIT_MARGIN) / 2)
