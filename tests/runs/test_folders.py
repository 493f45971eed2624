"""Where the user's data lies."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.runs.folders import data_folder, runs_file


def test_xdg_folder_counts_if_it_is_absolute(tmp_path: Path) -> None:
    assert data_folder({"XDG_DATA_HOME": str(tmp_path)}, "linux") == tmp_path / "microgpt-explorer"
    assert data_folder({"XDG_DATA_HOME": "here"}, "linux").is_relative_to(Path.home())


@pytest.mark.parametrize(
    ("platform", "environment", "expected"),
    [
        ("linux", {}, Path.home() / ".local" / "share"),
        ("darwin", {}, Path.home() / "Library" / "Application Support"),
        ("win32", {"LOCALAPPDATA": "C:/data"}, Path("C:/data")),
    ],
)
def test_each_platform_has_its_place(platform: str, environment: dict, expected: Path) -> None:
    assert data_folder(environment, platform) == expected / "microgpt-explorer"


def test_runs_lie_in_the_data_folder() -> None:
    assert runs_file().parent == data_folder()
