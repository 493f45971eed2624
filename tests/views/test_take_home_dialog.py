"""The form for what to take home says what is wrong, and asks for what was chosen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.handout import Medium, SeriesRequest
from explorer.debug.stepping import Granularity
from explorer.theme.tokens import DARK
from explorer.trace.timeline import Timeline
from explorer.views.take_home_dialog import Offer, TakeHomeDialog

Ask = Callable[..., TakeHomeDialog]


@pytest.fixture
def ask(qtbot: QtBot, emma_timeline: Timeline, tmp_path: Path) -> Ask:
    parent = QWidget()
    qtbot.addWidget(parent)

    def ask(lesson: str = "Backprop", stops: int = 9, passes: bool = True) -> TakeHomeDialog:
        timeline = emma_timeline if passes else None
        offer = Offer(lesson, stops, timeline, 100, Granularity.NODE, tmp_path)
        dialog = TakeHomeDialog(parent, DARK, offer)
        qtbot.addWidget(dialog)
        dialog.show()
        return dialog

    return ask


def choose(dialog: TakeHomeDialog, medium: Medium) -> None:
    dialog.medium.setCurrentIndex(dialog.medium.findData(medium))


def test_a_lesson_is_offered_as_a_handout_first(ask: Ask, tmp_path: Path) -> None:
    dialog = ask()
    assert dialog.request == SeriesRequest(
        Medium.HANDOUT, tmp_path / "lesson.pdf", (1920, 1080), 4.0
    )
    assert not dialog.first.isVisible()
    assert not dialog.seconds.isVisible()


def test_steps_begin_at_the_moment_on_show(qtbot: QtBot, ask: Ask, tmp_path: Path) -> None:
    dialog = ask()
    dialog.what.setCurrentIndex(1)
    choose(dialog, Medium.FILM)
    dialog.granularity.setCurrentIndex(dialog.granularity.findData(Granularity.SCOPE))
    dialog.steps.setValue(12)
    with qtbot.waitSignal(dialog.requested) as asked:
        dialog.make.click()
    assert asked.args == [
        SeriesRequest(
            Medium.FILM, tmp_path / "steps.gif", (1920, 1080), 0.5, 100, 12, Granularity.SCOPE
        )
    ]


def test_without_a_lesson_there_are_steps_only(ask: Ask) -> None:
    dialog = ask(lesson="", stops=0)
    assert dialog.what.count() == 1
    assert dialog.request.first == 100


def test_too_many_pictures_are_refused_in_a_sentence(ask: Ask) -> None:
    dialog = ask(lesson="", stops=0)
    dialog.steps.setValue(4000)
    assert dialog.problem == "4\u202f001 pictures are too many: there can be 400."
    assert not dialog.make.isEnabled()
    dialog.steps.setValue(40)
    assert dialog.make.isEnabled()


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "Please say in which file."),
        ("/tmp/lesson", "The file’s name should end in “.pdf”."),
        ("/tmp/lesson.gif", "The file’s name should end in “.pdf”."),
        ("/tmp/lesson.PDF", ""),
    ],
)
def test_the_ending_has_to_be_that_of_the_format(ask: Ask, typed: str, problem: str) -> None:
    dialog = ask()
    dialog.path.setText(typed)
    assert dialog.problem == problem


def test_a_path_that_was_typed_stays(qtbot: QtBot, ask: Ask) -> None:
    dialog = ask()
    dialog.path.clear()
    qtbot.keyClicks(dialog.path, "/tmp/mine.pdf")
    choose(dialog, Medium.FILM)
    assert dialog.path.text() == "/tmp/mine.pdf"
    assert dialog.problem


def test_what_is_replaced_is_told_before(ask: Ask, tmp_path: Path) -> None:
    dialog = ask()
    assert not dialog._replaced.isVisible()
    (tmp_path / "mine.pdf").write_text("a handout")
    dialog.path.setText(str(tmp_path / "mine.pdf"))
    assert dialog._replaced.isVisible()
    assert dialog.make.isEnabled()


def test_it_is_told_before_that_nothing_can_be_written_there(ask: Ask, tmp_path: Path) -> None:
    dialog, file = ask(), tmp_path / "file.pdf"
    dialog.path.setText(str(tmp_path / "nowhere" / "lesson.pdf"))
    assert dialog.problem == f"There is no folder {tmp_path / 'nowhere'}."
    file.mkdir()
    dialog.path.setText(str(file))
    assert dialog.problem == f"{file} is a folder."
    choose(dialog, Medium.PICTURES)
    assert dialog.problem == ""
    file.rmdir()
    file.write_text("a file")
    dialog.path.setText(f"{file} ")
    assert dialog.problem == f"{file} is a file; pictures need a folder."
    assert not dialog.make.isEnabled()
