"""Series of pictures become a PDF, a folder, or a film; or leave nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.handout import Medium, Page, SeriesRequest
from explorer.views.picture_series import new_series
from explorer.views.series_work import SeriesWork

COLOURS = ("#102030", "#405060", "#708090", "#a0b0c0")
SIZE = (320, 180)
PATIENCE = 60_000


def picture(colour: str) -> QImage:
    image = QImage(QSize(*SIZE), QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return image


def pictures(hesitates: bool = False) -> Iterator[tuple[QImage, Page] | None]:
    for i, colour in enumerate(COLOURS):
        if hesitates:
            yield None
        yield picture(colour), Page(f"Stop {i}", f"The caption of stop {i}.")


def request(medium: Medium, path: Path) -> SeriesRequest:
    return SeriesRequest(medium, path, SIZE, seconds=0.5)


@pytest.fixture
def parent(qapp: QApplication) -> QObject:
    return QObject()


def make(
    qtbot: QtBot, parent: QObject, wanted: SeriesRequest, hesitates: bool = False
) -> list[int]:
    series = new_series(wanted, "A lesson", len(COLOURS))
    work = SeriesWork(series, pictures(hesitates), parent)
    made: list[int] = []
    work.progressed.connect(made.append)
    with qtbot.waitSignal(work.done, timeout=PATIENCE):
        work.start()
    return made


@pytest.mark.parametrize("hesitates", [False, True])
def test_a_film_shows_each_picture_as_long_as_asked(
    qtbot: QtBot, parent: QObject, tmp_path: Path, hesitates: bool
) -> None:
    path = tmp_path / "film.gif"
    assert make(qtbot, parent, request(Medium.FILM, path), hesitates) == [1, 2, 3, 4]
    with Image.open(path) as film:
        assert (film.n_frames, film.size, film.info["loop"]) == (4, SIZE, 0)
        for i, colour in enumerate(COLOURS):
            film.seek(i)
            assert film.info["duration"] == 500
            shown = film.convert("RGB").getpixel((10, 10))
            assert shown == QColor(colour).toTuple()[:3]


def test_pictures_are_numbered_in_a_folder(qtbot: QtBot, parent: QObject, tmp_path: Path) -> None:
    make(qtbot, parent, request(Medium.PICTURES, tmp_path / "lesson"))
    files = sorted((tmp_path / "lesson").iterdir())
    assert [file.name for file in files] == [f"{i + 1}-stop-{i}.png" for i in range(4)]
    assert [QImage(str(file)) == picture(c) for file, c in zip(files, COLOURS, strict=True)] == (
        [True] * 4
    )


def test_a_handout_has_a_page_for_each_picture(
    qtbot: QtBot, parent: QObject, tmp_path: Path
) -> None:
    path = tmp_path / "lesson.pdf"
    make(qtbot, parent, request(Medium.HANDOUT, path))
    content = path.read_bytes()
    assert content.startswith(b"%PDF")
    assert content.count(b"/Type /Page\n") == len(COLOURS)


@pytest.mark.parametrize("medium", Medium, ids=lambda medium: medium.value)
@pytest.mark.parametrize("after", [0, 2])
def test_nothing_is_left_of_what_was_given_up(
    qtbot: QtBot, parent: QObject, tmp_path: Path, medium: Medium, after: int
) -> None:
    series = new_series(request(medium, tmp_path / "out"), "A lesson", len(COLOURS))
    work = SeriesWork(series, pictures(), parent)
    with qtbot.waitSignal(work.ended, timeout=PATIENCE):
        if after:
            work.progressed.connect(lambda made: work.cancel() if made == after else None)
            work.start()
        else:
            work.cancel()
    assert list(tmp_path.iterdir()) == []


def test_files_that_were_there_stay_when_it_is_given_up(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")
    series = new_series(request(Medium.PICTURES, tmp_path), "A lesson", 1)
    series.add(picture("#ffffff"), Page("One", ""))
    series.give_up()
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("medium", Medium, ids=lambda medium: medium.value)
def test_what_cannot_be_written_is_told(
    qtbot: QtBot, parent: QObject, tmp_path: Path, medium: Medium
) -> None:
    """The folder does not exist, or a file stands in its place."""
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "out"
    with pytest.raises(OSError, match="file"):  # noqa: PT012
        series = new_series(request(medium, path), "A lesson", 1)
        while not series.add(picture("#ffffff"), Page("One", "")):
            pass
        while not series.finish():
            pass
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_pictures_that_cannot_be_made_end_the_work(
    qtbot: QtBot, parent: QObject, tmp_path: Path
) -> None:
    def failing() -> Iterator[tuple[QImage, Page] | None]:
        yield picture("#ffffff"), Page("One", "")
        raise ValueError("the pass of the second stop cannot be made")

    series = new_series(request(Medium.PICTURES, tmp_path / "out"), "A lesson", 2)
    work = SeriesWork(series, failing(), parent)
    with qtbot.waitSignal(work.failed, timeout=PATIENCE) as told:
        work.start()
    assert told.args == ["the pass of the second stop cannot be made"]
    assert not (tmp_path / "out").exists()
