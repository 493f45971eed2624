"""What the map shows at a stop, the same on screens of every size."""

from __future__ import annotations

from explorer.debug.addresses import Address, find_node, find_scope
from explorer.debug.lessons.stop import Box, Frame
from explorer.layout.camera import FIT_MARGIN, TOP_MARGIN, Camera, fit
from explorer.layout.map_layout import MapLayout
from explorer.trace.trace import Trace

AROUND_A_NODE = 14.0, 9.0  # cells


def box_of(frame: Frame, trace: Trace, layout: MapLayout) -> tuple[float, float, float, float]:
    """Return the part of a map that a frame means; the whole map if the pass has no such part.

    Returns
    -------
    tuple of float
        Left, top, width and height in cells.
    """
    if isinstance(frame, Box):
        return frame.left, frame.top, frame.width, frame.height
    node = find_node(trace, frame)
    if node is not None:
        width, height = AROUND_A_NODE
        x, y = layout.middle(node)
        return x - width / 2, y - height / 2, width, height
    scope = find_scope(trace, Address(frame.path)) if frame.place < 0 else None
    left, top, width, height = map(float, layout.box[scope or 0])
    return left, top, width, height


def camera_of(frame: Frame, trace: Trace, layout: MapLayout, width: float, height: float) -> Camera:
    """Return the camera that shows a frame as large as it goes on a screen of a size."""
    return fit(box_of(frame, trace, layout), width, height)


def frame_of(camera: Camera, width: float, height: float) -> Box:
    """Return what a camera shows on a screen of a size, but for the margins."""
    left, top = camera.to_map(FIT_MARGIN, TOP_MARGIN)
    across, down = width - 2 * FIT_MARGIN, height - TOP_MARGIN - FIT_MARGIN
    scale = camera.scale
    return Box(left, top, max(across, 1.0) / scale, max(down, 1.0) / scale)
