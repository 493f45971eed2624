"""The presenter sees the stop that comes next, painted while nobody waits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Expression
from explorer.debug.lessons.stop import StageView, Stop, StopState
from explorer.theme.tokens import DARK, LIGHT
from explorer.views.lecture_stage import LectureStage, lecture_theme
from explorer.views.lesson_passes import LessonPass
from explorer.views.main_window import MainWindow
from explorer.views.next_stop import SIZE, NextStop
from explorer.views.presenter_window import PresenterWindow
from explorer.views.stage_stop import StageStop

VIEWS = (StageView.MAP, StageView.FORMULA, StageView.MAP)
LESSON = Lesson(
    "A formula",
    stops=tuple(
        Stop(title=f"Stop {at}", model="m", state=StopState(cursor=at), view=view)
        for at, view in enumerate(VIEWS)
    ),
    models={"m": Expression("L = a*b + a", {"a": 2.0, "b": 3.0})},
)


@pytest.fixture
def taught(qtbot: QtBot, window: MainWindow) -> Iterator[MainWindow]:
    """A window at the first stop of a lesson, whose passes are made."""
    window.lectern.open(LESSON)
    qtbot.waitUntil(lambda: window.lectern.passes.waiting == 0, timeout=60_000)
    window.lectern.go(0)
    yield window
    window.lecture.close_down()
    window.lectern.forget_changes()


def on_stage(qtbot: QtBot, window: MainWindow) -> QImage:
    """Return what a lecture shows at the stop."""
    stage = LectureStage(window.session, lecture_theme(DARK, SIZE[1]))
    qtbot.addWidget(stage)
    stage.stand_still()
    stage.resize(*SIZE)
    stage.show()
    stage.show_stop(StageStop.of(window.lectern, None), window.lectern.loaded)
    return stage.picture(QSize(*SIZE))


def test_the_picture_is_what_the_audience_will_see(qtbot: QtBot, taught: MainWindow) -> None:
    coming, lectern = NextStop(), taught.lectern
    for at in range(len(VIEWS) - 1):
        lectern.go(at)
        cursor = taught.session.cursor
        picture = coming.picture(lectern, DARK)
        assert (lectern.at, taught.session.cursor) == (at, cursor)
        lectern.go(at + 1)
        assert picture == on_stage(qtbot, taught)
    assert coming.picture(lectern, DARK) is None  # after the last one
    coming.close()


def test_a_picture_is_painted_once(taught: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[Stop] = []
    paint = NextStop._paint

    def note(coming: NextStop, stop: Stop, made: LessonPass, theme: object) -> QImage | None:
        painted.append(stop)
        return paint(coming, stop, made, theme)  # type: ignore[arg-type]

    monkeypatch.setattr(NextStop, "_paint", note)
    coming = NextStop()
    first = coming.picture(taught.lectern, DARK)
    assert coming.picture(taught.lectern, DARK) is first
    assert coming.picture(taught.lectern, LIGHT) != first
    taught.lectern.rewrite(1, title="Another")
    coming.picture(taught.lectern, LIGHT)
    assert [stop.title for stop in painted] == ["Stop 1", "Stop 1", "Another"]
    coming.close()


def test_there_is_no_picture_before_its_pass(window: MainWindow) -> None:
    window.lectern.open(LESSON)
    coming = NextStop()
    window.lectern.go(0)
    assert coming.picture(window.lectern, DARK) is None
    assert coming.waits
    window.lectern.passes.wait()
    window.lectern.forget_changes()


def test_the_presenter_sees_it_after_a_moment(qtbot: QtBot, taught: MainWindow) -> None:
    lecture = taught.lecture
    lecture.stand_still()
    lecture.enter()
    qtbot.addWidget(lecture.window)
    lecture.toggle_presenter()
    presenter = lecture.presenter
    assert isinstance(presenter, PresenterWindow)
    qtbot.addWidget(presenter)
    assert not presenter.next_picture.isVisible()
    qtbot.waitUntil(presenter.next_picture.isVisible)
    first = presenter.next_picture.pixmap().toImage()
    QTest.keyClick(presenter, Qt.Key.Key_PageDown)
    assert not presenter.next_picture.isVisible()  # it is that of the stop which is shown now
    qtbot.waitUntil(presenter.next_picture.isVisible)
    assert presenter.next_picture.pixmap().toImage() != first
    QTest.keyClick(presenter, Qt.Key.Key_End)
    assert not presenter.next_picture.isVisible()
    QTest.keyClick(presenter, Qt.Key.Key_T)
    assert presenter.next_title.text() == "The end"
