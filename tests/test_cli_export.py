"""``microgpt-explorer snapshot`` in other formats than PNG."""

from __future__ import annotations

import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SMALL = ["--embd", "4", "--heads", "2"]


def snapshot(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "explorer", "snapshot", "emma", "--out", str(out), *SMALL]
    return subprocess.run([*command, *options], cwd=ROOT, capture_output=True, text=True)


def test_the_map_as_svg(tmp_path: Path) -> None:
    out = tmp_path / "map.svg"
    done = snapshot(out, "--view", "map", "--size", "800x600")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    root = ElementTree.fromstring(out.read_text(encoding="utf-8"))
    assert root.get("viewBox") == "0 0 800 600"
    assert any("BOS" in "".join(text.itertext()) for text in root.iter() if "text" in text.tag)


def test_the_map_as_pdf(tmp_path: Path) -> None:
    out = tmp_path / "map.PDF"
    done = snapshot(out, "--view", "map", "--size", "800x600", "--theme", "light")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert out.read_bytes().startswith(b"%PDF-")
    assert b"/MediaBox [0 0 600.000000 450.000000]" in out.read_bytes()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("map.jpg", "“.jpg” is no kind of picture: a picture can be a .png, an .svg or a .pdf"),
        ("map", "“map” has no ending: a picture can be a .png, an .svg or a .pdf"),
        ("map.svg", "only the map can be drawn as SVG: add “--view map”"),
        ("map.pdf", "only the map can be drawn as PDF: add “--view map”"),
    ],
)
def test_what_cannot_be_drawn_is_one_line(tmp_path: Path, name: str, words: str) -> None:
    done = snapshot(tmp_path / name)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"microgpt-explorer: {words}\n"
    assert list(tmp_path.iterdir()) == []
