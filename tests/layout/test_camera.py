"""Which part of the map is on screen."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.layout.camera import FIT_MARGIN, LARGEST_SCALE, TOP_MARGIN, Camera, fit

SMALLEST = 0.05
scales = st.floats(SMALLEST, LARGEST_SCALE)
places = st.floats(-5000, 5000)
pixels = st.floats(0, 4000)
cameras = st.builds(Camera, scales, places, places)


def close(a: tuple[float, float], b: tuple[float, float], far: float = 1e-6) -> bool:
    return all(math.isclose(p, q, rel_tol=1e-9, abs_tol=far) for p, q in zip(a, b, strict=True))


def test_a_point_of_the_map_on_screen() -> None:
    camera = Camera(scale=10, left=3, top=5)
    assert camera.to_screen(3, 5) == (0, 0)
    assert camera.to_screen(4, 7) == (10, 20)
    assert camera.to_map(10, 20) == (4, 7)


@given(cameras, places, places)
def test_to_the_screen_and_back_is_the_same_point(camera: Camera, x: float, y: float) -> None:
    assert close(camera.to_map(*camera.to_screen(x, y)), (x, y))


@given(cameras, pixels, pixels)
def test_to_the_map_and_back_is_the_same_pixel(camera: Camera, x: float, y: float) -> None:
    assert close(camera.to_screen(*camera.to_map(x, y)), (x, y), far=1e-3)


@given(cameras, st.floats(0.01, 100), pixels, pixels)
def test_zooming_keeps_the_point_under_the_mouse(
    camera: Camera, factor: float, x: float, y: float
) -> None:
    under = camera.to_map(x, y)
    assert close(camera.zoomed(factor, x, y, SMALLEST).to_map(x, y), under)


@given(cameras, st.floats(0.01, 100), pixels, pixels)
def test_zooming_changes_the_scale_by_the_factor_within_its_limits(
    camera: Camera, factor: float, x: float, y: float
) -> None:
    scale = camera.zoomed(factor, x, y, SMALLEST).scale
    assert scale == min(max(camera.scale * factor, SMALLEST), LARGEST_SCALE)


def test_zooming_at_a_limit_changes_nothing() -> None:
    for scale, factor in ((LARGEST_SCALE, 1.5), (SMALLEST, 0.5)):
        camera = Camera(scale, 2.0, 3.0)
        zoomed = camera.zoomed(factor, 100, 100, SMALLEST)
        assert zoomed.scale == scale
        assert close((zoomed.left, zoomed.top), (2.0, 3.0))


def test_zooming_in_and_out_again_leads_back() -> None:
    camera = Camera(2.0, 3.0, 4.0)
    there = camera.zoomed(4.0, 320, 200, SMALLEST)
    assert there.zoomed(0.25, 320, 200, SMALLEST) == camera


@given(cameras, st.floats(-500, 500), st.floats(-500, 500), places, places)
def test_panning_moves_everything_by_as_many_pixels(
    camera: Camera, dx: float, dy: float, x: float, y: float
) -> None:
    before = camera.to_screen(x, y)
    after = camera.panned(dx, dy).to_screen(x, y)
    assert close(after, (before[0] + dx, before[1] + dy), far=1e-3)
    assert camera.panned(dx, dy).scale == camera.scale


@given(cameras, places, places, st.floats(1, 4000), st.floats(1, 3000))
def test_centring_puts_a_point_into_the_middle(
    camera: Camera, x: float, y: float, width: float, height: float
) -> None:
    centred = camera.centred(x, y, width, height)
    assert close(centred.to_screen(x, y), (width / 2, height / 2), far=1e-3)
    assert centred.scale == camera.scale


sizes = st.tuples(st.floats(50, 4000), st.floats(50, 3000))
boxes = st.tuples(places, places, st.floats(1, 3000), st.floats(1, 3000))


@given(boxes, sizes)
def test_a_fitted_box_lies_within_the_margins(
    box: tuple[float, float, float, float], size: tuple[float, float]
) -> None:
    left, top, width, height = box
    camera = fit(box, *size)
    x0, y0 = camera.to_screen(left, top)
    x1, y1 = camera.to_screen(left + width, top + height)
    assert x0 >= FIT_MARGIN - 1e-3
    assert y0 >= TOP_MARGIN - 1e-3
    assert x1 <= size[0] - FIT_MARGIN + 1e-3
    assert y1 <= size[1] - FIT_MARGIN + 1e-3


@given(boxes, sizes)
def test_a_fitted_box_is_as_large_as_it_goes(
    box: tuple[float, float, float, float], size: tuple[float, float]
) -> None:
    _, _, width, height = box
    scale = fit(box, *size).scale
    spare_x = size[0] - 2 * FIT_MARGIN - width * scale
    spare_y = size[1] - TOP_MARGIN - FIT_MARGIN - height * scale
    assert scale == LARGEST_SCALE or abs(min(spare_x, spare_y)) < 1e-3


@given(boxes, sizes)
def test_a_fitted_box_stands_in_the_middle_of_what_the_margins_leave(
    box: tuple[float, float, float, float], size: tuple[float, float]
) -> None:
    left, top, width, height = box
    middle = fit(box, *size).to_screen(left + width / 2, top + height / 2)
    free = size[1] - TOP_MARGIN - FIT_MARGIN
    assert close(middle, (size[0] / 2, TOP_MARGIN + free / 2), far=1e-3)


def test_a_single_cell_is_not_blown_up_beyond_the_largest_scale() -> None:
    assert fit((0, 0, 1, 1), 4000, 3000).scale == LARGEST_SCALE


@pytest.mark.parametrize("size", [(0, 0), (1, 1), (19, 39)])
def test_a_screen_smaller_than_its_margins_still_has_a_scale(size: tuple[int, int]) -> None:
    assert fit((0, 0, 100, 100), *size).scale > 0


def test_another_size_of_the_same_shape_shows_the_same_part() -> None:
    camera = Camera(3.0, 5.0, -7.0)
    larger = camera.resized((800, 600), (2000, 1500))
    assert larger.scale == pytest.approx(7.5)
    assert larger.to_map(0, 0) == pytest.approx(camera.to_map(0, 0))
    assert larger.to_map(2000, 1500) == pytest.approx(camera.to_map(800, 600))


@pytest.mark.parametrize("size", [(2000, 600), (800, 4000), (100, 700)])
def test_another_shape_shows_the_same_part_in_the_middle(size: tuple[int, int]) -> None:
    camera = Camera(3.0, 5.0, -7.0)
    other = camera.resized((800, 600), size)
    assert other.to_map(size[0] / 2, size[1] / 2) == pytest.approx(camera.to_map(400, 300))
    for corner in (camera.to_map(0, 0), camera.to_map(800, 600)):
        x, y = other.to_screen(*corner)
        assert -1e-9 <= x <= size[0] + 1e-9
        assert -1e-9 <= y <= size[1] + 1e-9


BOX, SCREEN = (100.0, 60.0), (800.0, 600.0)


def test_a_camera_on_the_map_is_kept_to_the_last_bit() -> None:
    camera = Camera(12.345678, 1 / 3, 2 / 3)
    assert camera.kept_near(BOX, SCREEN, 1.0) is camera


@pytest.mark.parametrize("scale", [1e-300, 1e-9, 0.5, 7.0, 240.0, 1e9])
@pytest.mark.parametrize("left", [-1e9, -5.0, 40.0, 1e9])
def test_any_camera_is_brought_near_the_map(scale: float, left: float) -> None:
    camera = Camera(scale, left, -left).kept_near(BOX, SCREEN, 2.0)
    assert 2.0 <= camera.scale <= 240.0
    x, y = camera.to_map(SCREEN[0] / 2, SCREEN[1] / 2)
    assert -1e-6 <= x <= BOX[0] + 1e-6
    assert -1e-6 <= y <= BOX[1] + 1e-6
