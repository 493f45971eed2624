"""What the map shows at a stop: the same part on screens of every size."""

from __future__ import annotations

import pytest

from explorer.debug.addresses import Address, node_address, scope_address
from explorer.debug.lessons.stop import Box, Frame
from explorer.layout.camera import Camera
from explorer.views.pass_loader import LoadedPass
from explorer.views.stop_frame import box_of, camera_of, frame_of

SIZES = ((800.0, 600.0), (1280.0, 720.0), (3840.0, 2160.0), (500.0, 900.0))


@pytest.mark.parametrize("size", SIZES)
def test_a_frame_is_shown_whole(loaded_emma: LoadedPass, size: tuple[float, float]) -> None:
    trace, layout = loaded_emma.timeline.trace, loaded_emma.layout
    frames: list[Frame] = [
        Box(10.0, 20.0, 30.0, 8.0),
        scope_address(trace, int(trace.position_scope[1])),
        node_address(trace, 5000),
    ]
    for frame in frames:
        left, top, width, height = box_of(frame, trace, layout)
        camera = camera_of(frame, trace, layout, *size)
        x, y = camera.to_screen(left, top)
        right, bottom = camera.to_screen(left + width, top + height)
        assert 0 <= x <= right <= size[0]
        assert 0 <= y <= bottom <= size[1]


def test_a_node_stands_in_the_middle_of_its_frame(loaded_emma: LoadedPass) -> None:
    trace, layout = loaded_emma.timeline.trace, loaded_emma.layout
    left, top, width, height = box_of(node_address(trace, 5000), trace, layout)
    middle = left + width / 2, top + height / 2
    assert middle == (layout.x[5000] + 0.5, layout.y[5000] + 0.5)


def test_what_is_nowhere_is_the_whole_map(loaded_emma: LoadedPass) -> None:
    trace, layout = loaded_emma.timeline.trace, loaded_emma.layout
    for frame in (Address(("nowhere",)), Address(("nowhere",), 3), Address((), 10**6)):
        assert box_of(frame, trace, layout) == (0, 0, layout.width, layout.height)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("camera", [Camera(2.5, -3.0, 40.0), Camera(100.0, 7.25, 9.5)])
def test_a_frame_that_was_taken_down_is_the_same_camera(
    loaded_emma: LoadedPass, camera: Camera, size: tuple[float, float]
) -> None:
    trace, layout = loaded_emma.timeline.trace, loaded_emma.layout
    again = camera_of(frame_of(camera, *size), trace, layout, *size)
    assert again.scale == pytest.approx(camera.scale)
    assert (again.left, again.top) == pytest.approx((camera.left, camera.top))
