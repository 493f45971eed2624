"""A lesson and steps are taken home as files, while the window goes on as it was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.debug.handout import Medium, Page, SeriesRequest, step_moments
from explorer.debug.lessons.built_in import built_in_lessons
from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Colour
from explorer.debug.stepping import Granularity
from explorer.theme.tokens import DARK
from explorer.views.lecture_stage import LectureStage, lecture_theme
from explorer.views.main_window import MainWindow
from explorer.views.picture_series import Handout
from explorer.views.stage_stop import StageStop

SIZE = (1280, 720)
PATIENCE = 120_000  # milliseconds
Make = Callable[[SeriesRequest], list[str]]


@pytest.fixture
def make(qtbot: QtBot, window: MainWindow) -> Make:
    """Take something home, and return the sentences that are told."""
    told: list[str] = []
    window.take_home.told.connect(told.append)

    def make(request: SeriesRequest) -> list[str]:
        told.clear()
        with qtbot.waitSignal(window.take_home.ended, timeout=PATIENCE):
            window.take_home.make(request)
        assert not window.take_home.is_busy
        assert window.take_home.progress is None
        return told

    return make


@pytest.fixture
def lesson(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window with the first of the lessons that come with the program."""
    assert window.lectern.open_file(built_in_lessons()[0], is_built_in=True)
    window.lectern.turn(1)
    qtbot.waitUntil(lambda: window.lectern.passes.waiting == 0, timeout=PATIENCE)
    return window


def steps(medium: Medium, path: Path, first: int, count: int = 3) -> SeriesRequest:
    return SeriesRequest(medium, path, SIZE, 0.5, first, count, Granularity.NODE)


def state(window: MainWindow) -> tuple[object, ...]:
    session, lectern = window.session, window.lectern
    return (session.timeline, session.cursor, session.selection, session.colour, lectern.at)


def on_stage(stage: LectureStage, window: MainWindow, at: int) -> QImage:
    """Return what a lecture shows at a stop."""
    window.lectern.go(at)
    stage.show_stop(StageStop.of(window.lectern, window.desk.generation), window.lectern.loaded)
    return stage.picture(QSize(*SIZE))


def test_pictures_of_a_lesson_are_those_of_the_stage(
    qtbot: QtBot, lesson: MainWindow, make: Make, tmp_path: Path
) -> None:
    before, folder = state(lesson), tmp_path / "lesson"
    told = make(SeriesRequest(Medium.PICTURES, folder, SIZE, 4.0))
    assert told == [f"The pictures are in {folder}."]
    assert state(lesson) == before
    files = sorted(folder.iterdir())
    assert lesson.lectern.lesson is not None
    assert len(files) == len(lesson.lectern.lesson.stops)
    assert files[0].name == "01-two-numbers-to-begin-with.png"
    stage = LectureStage(lesson.session, lecture_theme(DARK, SIZE[1]))
    qtbot.addWidget(stage)
    stage.stand_still()
    stage.resize(*SIZE)
    stage.show()
    for at, file in enumerate(files):
        saved = QImage(str(file)).convertToFormat(QImage.Format.Format_RGB32)
        assert saved == on_stage(stage, lesson, at), file.name


def test_passes_of_other_sizes_can_be_painted_at_any_moment(
    qtbot: QtBot, lesson: MainWindow, make: Make, tmp_path: Path
) -> None:
    """The last stop shows a GPT, those before a formula: the stage must never see half of each."""
    with qtbot.captureExceptions() as raised:
        make(SeriesRequest(Medium.FILM, tmp_path / "lesson.gif", SIZE, 4.0))
    assert raised == []
    with Image.open(tmp_path / "lesson.gif") as film:
        assert lesson.lectern.lesson is not None
        assert (film.n_frames, film.size) == (len(lesson.lectern.lesson.stops), SIZE)
        assert film.info["duration"] == 4000


def test_captions_stand_below_the_pictures_of_a_handout(
    lesson: MainWindow, make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[tuple[QImage, Page]] = []
    add = Handout.add

    def note(handout: Handout, image: QImage, page: Page) -> bool:
        pages.append((image, page))
        return add(handout, image, page)

    monkeypatch.setattr(Handout, "add", note)
    path = tmp_path / "lesson.pdf"
    assert make(SeriesRequest(Medium.HANDOUT, path, SIZE, 4.0)) == [f"The handout is in {path}."]
    assert lesson.lectern.lesson is not None
    assert path.read_bytes().count(b"/Type /Page\n") == len(pages) == 10
    titles = [page.title for _, page in pages]
    assert titles == [stop.title for stop in lesson.lectern.lesson.stops]
    assert pages[2][1].caption.startswith("L = 6 + 2 = 8.")  # with its numbers
    make(SeriesRequest(Medium.PICTURES, tmp_path / "pictures", SIZE, 4.0))
    alone = QImage(str(next((tmp_path / "pictures").glob("03-*"))))
    assert pages[2][0].size() == alone.size()
    assert pages[2][0] != alone.convertToFormat(QImage.Format.Format_RGB32)  # that has a caption


def test_steps_are_seen_as_the_window_shows_them(
    window: MainWindow, make: Make, tmp_path: Path
) -> None:
    session = window.session
    session.seek(session.timeline.backward_start + 100)
    session.set_colour(Colour.GRADIENT)
    before, path = state(window), tmp_path / "steps.gif"
    told = make(steps(Medium.FILM, path, session.cursor))
    assert told == [f"The film is in {path}."]
    assert state(window) == before
    moments = step_moments(session.timeline, session.cursor, 3, Granularity.NODE)
    with Image.open(path) as film:
        assert film.n_frames == len(moments) == 4
        assert film.info["duration"] == 500


def test_steps_are_seen_in_the_view_of_the_lecture(
    window: MainWindow, make: Make, tmp_path: Path
) -> None:
    window.lecture.enter()
    window.lecture.show_view(StageView.FORMULA)
    make(steps(Medium.PICTURES, tmp_path / "formula", 60_000, 1))
    window.lecture.leave()
    make(steps(Medium.PICTURES, tmp_path / "map", 60_000, 1))
    of_formula, of_map = (
        [QImage(str(file)) for file in sorted((tmp_path / name).iterdir())]
        for name in ("formula", "map")
    )
    assert len(of_formula) == len(of_map) == 2
    assert all(one != other for one, other in zip(of_formula, of_map, strict=True))


@pytest.mark.parametrize("medium", Medium, ids=lambda medium: medium.value)
def test_nothing_is_left_after_cancel(
    qtbot: QtBot, lesson: MainWindow, tmp_path: Path, medium: Medium
) -> None:
    take_home, before = lesson.take_home, state(lesson)
    told: list[str] = []
    take_home.told.connect(told.append)

    def cancel(made: int) -> None:
        if made == 2 and take_home.progress is not None:
            take_home.progress.findChild(QPushButton).click()

    with qtbot.waitSignal(take_home.ended, timeout=PATIENCE):
        take_home.make(SeriesRequest(medium, tmp_path / f"out.{medium.value}", SIZE, 1.0))
        assert take_home._work is not None
        take_home._work.progressed.connect(cancel)
    qtbot.wait(50)  # nothing comes later, either
    assert told == []
    assert list(tmp_path.iterdir()) == []
    assert state(lesson) == before


def test_it_ends_with_the_window(qtbot: QtBot, lesson: MainWindow, tmp_path: Path) -> None:
    lesson.take_home.make(SeriesRequest(Medium.PICTURES, tmp_path / "out", SIZE, 1.0))
    assert lesson.take_home.is_busy
    lesson.close()
    assert not lesson.take_home.is_busy
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("medium", Medium, ids=lambda medium: medium.value)
def test_why_nothing_can_be_written_is_told(
    window: MainWindow, make: Make, tmp_path: Path, medium: Medium
) -> None:
    path = tmp_path / "nowhere" / f"out.{medium.value}"
    (tmp_path / "nowhere").write_text("a file")
    told: list[str] = []
    window.take_home.told.connect(told.append)
    request = steps(medium, path, 60_000, 1)
    if medium is Medium.PICTURES:
        window.take_home.make(request)  # which is known at once
    else:
        make(request)
    assert len(told) == 1
    verb = "pictures were" if medium is Medium.PICTURES else "was"
    assert f"{verb} not made: there is no folder " in told[0]
    assert told[0].endswith(".")
    assert not told[0].endswith("..")
    assert [file.name for file in tmp_path.iterdir()] == ["nowhere"]
