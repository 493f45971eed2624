"""Which kinds of pictures there are, and in which sizes."""

from __future__ import annotations

from pathlib import Path

import pytest

from explorer.debug.pictures import PictureFormat, picture_format, size_presets


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.png", PictureFormat.PNG),
        ("A.PNG", PictureFormat.PNG),
        ("a.b.Svg", PictureFormat.SVG),
        ("x/y.pdf", PictureFormat.PDF),
    ],
)
def test_the_ending_decides(name: str, kind: PictureFormat) -> None:
    assert picture_format(Path(name)) is kind


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.jpg", "“.jpg” is no kind of picture: "),
        ("svg", "“svg” has no ending: "),
        (".png", "“.png” has no ending: "),
        ("", "“” has no ending: "),
    ],
)
def test_another_ending_is_told(name: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^{words}a picture can be a .png, an .svg or a .pdf$"):
        picture_format(Path(name))


def test_presets_begin_with_the_screen_and_have_names_of_their_own() -> None:
    presets = size_presets((700, 500))
    assert presets[0][1] == (700, 500)
    assert {(1400, 1000), (1920, 1080), (3840, 2160)} <= {size for _, size in presets}
    assert len({name for name, _ in presets}) == len(presets)
