"""The bench measures what it says; how fast it is here is no test."""

from __future__ import annotations

import json
from importlib import import_module
from itertools import pairwise

import pytest

from explorer.bench import PARTS, measure, table
from explorer.bench.camera_path import LEVELS, SCREEN, camera_path, level_name
from explorer.bench.table import Measurement, in_another_process
from explorer.cli import main
from explorer.layout.map_layout import MapLayout, layout_map
from explorer.trace.trace import Trace


@pytest.fixture(scope="module")
def layout(emma: Trace) -> MapLayout:
    return layout_map(emma)


def test_a_part_is_printed_as_a_json_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--only", "memory", "--json"]) == 0
    lines = json.loads(capsys.readouterr().out)
    assert len(lines) == 1
    assert list(lines[0]) == ["name", "value", "unit", "bar", "holds"]
    assert lines[0]["unit"] == "MB"
    assert lines[0]["holds"] is (lines[0]["value"] <= lines[0]["bar"])


def test_an_unknown_part_is_refused_with_the_names_of_all(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["bench", "--only", "speed"]) == 2
    said = capsys.readouterr().err
    assert (
        said == f"microgpt-explorer: there is no part “speed”; the parts are {', '.join(PARTS)}\n"
    )


@pytest.mark.parametrize("part", PARTS)
def test_every_part_can_be_measured(part: str) -> None:
    module, _, function = PARTS[part].partition(":")
    assert callable(getattr(import_module(f"explorer.bench.{module}"), function))


def test_nothing_is_measured_before_it_is_asked_for() -> None:
    assert list(measure([])) == []
    next(iter(measure(["memory"])))


@pytest.mark.parametrize(
    ("value", "bar", "mark"), [(1.0, 1.0, "✓"), (1.1, 1.0, "✗"), (5.0, None, "")]
)
def test_a_line_tells_whether_it_holds(value: float, bar: float | None, mark: str) -> None:
    measurement = Measurement("frame", value, "ms", bar)
    assert measurement.holds is (mark != "✗")
    assert measurement.line().endswith(mark or "ms")


def test_another_process_answers_in_json_or_says_why_not() -> None:
    with pytest.raises(RuntimeError, match=r"No module named explorer\.nothing"):
        in_another_process("explorer.nothing")
    assert table.ROOT.joinpath("explorer").is_dir()


@pytest.mark.parametrize("level", LEVELS)
def test_the_camera_pans_over_the_map_and_zooms(layout: MapLayout, level: int) -> None:
    path = camera_path(layout, level, 60)
    assert path == camera_path(layout, level, 60)
    scales = [camera.scale for camera in path]
    assert max(scales) == pytest.approx(1.16 * min(scales))
    if level:
        assert min(scales) == level
        assert all(before != after for before, after in pairwise(path))
    for camera in path:  # something of the map is in the middle
        x, y = camera.to_map(SCREEN[0] / 2, SCREEN[1] / 2)
        assert 0 <= x <= layout.width
        assert 0 <= y <= layout.height


def test_levels_have_names_of_their_own() -> None:
    assert len({level_name(level) for level in LEVELS}) == len(LEVELS) >= 5
