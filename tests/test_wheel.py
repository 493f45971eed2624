"""The wheel holds all that the application needs, and works where it is unpacked."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the contents of a freshly built wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def run(unpacked: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.insert(0, {str(unpacked)!r}); from explorer.cli import main; "
    return subprocess.run(
        [sys.executable, "-c", f"{code} sys.exit(main())", *arguments],
        cwd=unpacked.parent,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_wheel_has_the_names_the_icon_and_the_lessons(unpacked: Path) -> None:
    assets = unpacked / "assets"
    assert {"names.txt", "icon.png"} <= {file.name for file in assets.iterdir()}
    ours = ROOT / "assets" / "lessons"
    lessons = {file.relative_to(ours) for file in ours.rglob("*.json")}
    assert len(lessons) > 7
    assert lessons == {file.relative_to(assets / "lessons") for file in assets.rglob("*.json")}
    entry_points = next(unpacked.glob("*.dist-info/entry_points.txt")).read_text(encoding="utf-8")
    assert "microgpt-explorer = explorer.cli:main" in entry_points


def test_the_wheel_runs_a_pass(unpacked: Path) -> None:
    done = run(unpacked, "inspect", "emma", "--json")
    assert done.stderr == ""
    assert json.loads(done.stdout)["created"] == 39703


def test_the_wheel_makes_a_picture(unpacked: Path) -> None:
    out = unpacked.parent / "window.png"
    done = run(unpacked, "snapshot", "emma", "--out", str(out))
    assert (done.returncode, done.stderr) == (0, "")
    assert out.read_bytes()[:4] == b"\x89PNG"
