"""The panel of the lesson: its list, its texts, its menu, and what is asked about changes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.desk import Workspace
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.lesson_file import read_lesson, save_lesson
from explorer.debug.lessons.sources import Expression
from explorer.debug.lessons.stop import StageView, Stop, StopState
from explorer.views import lesson_panel
from explorer.views.lesson_panel import LessonPanel
from explorer.views.main_window import MainWindow
from explorer.views.session_dialogs import FileDialog

TITLES = ["one", "two", "three"]
LESSON = Lesson(
    "A formula",
    stops=tuple(
        Stop(title=title, model="m", state=StopState(cursor=at), caption="a is {data a}")
        for at, title in enumerate(TITLES)
    ),
    models={"m": Expression("L = a*b + a", {"a": 2.0, "b": 3.0})},
)


@pytest.fixture
def panel(qtbot: QtBot, small: MainWindow) -> Iterator[LessonPanel]:
    """The panel of a window with a lesson whose pass is made."""
    small.lectern.open(LESSON)
    qtbot.waitUntil(lambda: small.lectern.passes.waiting == 0, timeout=60_000)
    small.desk.show_panel("lesson")
    yield small.lesson_panel
    small.lectern.forget_changes()
    small.lectern.close()
    small.lectern.passes.wait()


def titles(window: MainWindow) -> list[str]:
    assert window.lectern.lesson is not None
    return [stop.title for stop in window.lectern.lesson.stops]


def press(panel: LessonPanel, key: Qt.Key, alt: bool = False) -> None:
    modifier = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
    QTest.keyClick(panel.stops, key, modifier)


def test_enter_shows_a_stop_and_its_caption_with_numbers(
    panel: LessonPanel, small: MainWindow
) -> None:
    assert panel.stops.count() == 3
    assert not panel.shown.isVisible()
    press(panel, Qt.Key.Key_Down)
    press(panel, Qt.Key.Key_Return)
    assert small.lectern.at == 1
    assert panel.stops.shown == 1
    assert small.session.cursor == 1
    assert panel.shown.text() == "a is <b>2</b>"
    assert panel.title.text() == "A formula"


def test_stops_are_moved_by_keys_and_by_hand(panel: LessonPanel, small: MainWindow) -> None:
    press(panel, Qt.Key.Key_Down, alt=True)
    assert titles(small) == ["two", "one", "three"]
    assert panel.stops.currentRow() == 1
    press(panel, Qt.Key.Key_Up, alt=True)
    press(panel, Qt.Key.Key_Up, alt=True)  # at the top already
    assert titles(small) == TITLES
    model, top = panel.stops.model(), QModelIndex()
    assert model.moveRow(top, 0, top, 3)  # as a drop below the last one does
    assert titles(small) == ["two", "three", "one"]
    assert model.moveRow(top, 2, top, 1)
    assert titles(small) == ["two", "one", "three"]
    for _ in range(4):
        small._actions.by_id["lesson_undo"].trigger()
    assert titles(small) == TITLES
    assert [panel.stops.item(i).text() for i in range(3)] == TITLES


def test_delete_takes_a_stop_away_and_undo_brings_it_back(
    panel: LessonPanel, small: MainWindow
) -> None:
    small.lectern.go(2)
    press(panel, Qt.Key.Key_Delete)
    assert titles(small) == ["one", "two"]
    assert panel.stops.count() == 2
    small._actions.by_id["lesson_undo"].trigger()
    assert titles(small) == TITLES
    assert not small.lectern.can_undo


def test_a_stop_is_retitled_in_its_place(panel: LessonPanel, small: MainWindow) -> None:
    panel.stops.item(0).setText(" The first ")
    assert titles(small)[0] == "The first"
    assert panel.stops.item(0).text() == "The first"
    panel.stops.item(0).setText("  ")
    assert titles(small)[0] == "The first"
    assert panel.stops.item(0).text() == "The first"


def test_captions_count_when_the_keyboard_leaves_them(
    panel: LessonPanel, small: MainWindow
) -> None:
    small.lectern.go(0)
    panel.caption.setFocus()
    panel.caption.setPlainText("b is {data b}")
    assert small.lectern.stop is not None
    assert small.lectern.stop.caption == "a is {data a}"
    panel.stops.setFocus()
    assert small.lectern.stop.caption == "b is {data b}"
    assert panel.shown.text() == "b is <b>3</b>"
    panel.caption.setPlainText("{dota}")
    panel.caption.commit()
    assert panel.wrong.text() == "There is nothing to put in for “{dota}”."
    assert panel.wrong.isVisible()
    assert small.lectern.stop.caption == "b is {data b}"
    panel.caption.setPlainText("{data L}")
    panel.caption.commit()
    assert panel.wrong.text() == "“L” is not computed yet."
    panel.notes.setPlainText("Wait.")
    panel.notes.commit()
    assert small.lectern.stop.notes == "Wait."
    panel.stops.setCurrentRow(1)
    assert panel.caption.toPlainText() == "a is {data a}"
    assert panel.notes.toPlainText() == ""


def test_the_view_of_the_audience_is_chosen(panel: LessonPanel, small: MainWindow) -> None:
    small.lectern.go(0)
    place = list(StageView).index(StageView.FORMULA)
    panel.view.setCurrentIndex(place)
    panel.view.activated.emit(place)
    assert small.lectern.stop is not None
    assert small.lectern.stop.view is StageView.FORMULA


def test_what_is_shown_is_recorded_and_replaces(panel: LessonPanel, small: MainWindow) -> None:
    small.lectern.go(0)
    small.session.seek(5)
    small._actions.by_id["lesson_record"].trigger()
    assert len(titles(small)) == 4
    assert small.lectern.at == 1
    small.session.seek(6)
    panel.stops.setCurrentRow(3)
    panel.replacing.trigger()
    assert small.lectern.lesson is not None
    assert [stop.state.cursor for stop in small.lectern.lesson.stops] == [0, 5, 1, 6]
    assert "Changes are not saved." in panel.state.text()


def test_the_lesson_is_renamed(panel: LessonPanel, small: MainWindow) -> None:
    panel.title.setText("Another")
    panel.title.editingFinished.emit()
    assert small.lectern.lesson is not None
    assert small.lectern.lesson.title == "Another"
    panel.title.setText("")
    panel.title.editingFinished.emit()
    assert small.lectern.lesson.title == "Another"


def test_keys_turn_the_stops_in_every_workspace(panel: LessonPanel, small: MainWindow) -> None:
    actions = small._actions.by_id
    assert not actions["lesson_back"].isEnabled()
    actions["lesson_next"].trigger()
    actions["lesson_next"].trigger()
    assert small.lectern.at == 1
    small.show_workspace(Workspace.NAME)
    assert actions["lesson_back"].isEnabled()
    actions["lesson_back"].trigger()
    assert (small.lectern.at, small.workspace) == (0, Workspace.EXPLORE)
    small.session.seek(7)
    actions["lesson_again"].trigger()
    assert small.session.cursor == 0
    small.lectern.go(2)
    assert not actions["lesson_next"].isEnabled()


def test_ready_made_lessons_are_offered_by_title(
    panel: LessonPanel, small: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_lesson(tmp_path / "1.json", LESSON)
    (tmp_path / "2.json").write_text("{")
    files = tuple(sorted(tmp_path.iterdir()))
    monkeypatch.setattr(lesson_panel, "built_in_lessons", lambda: files)
    panel._built_in.aboutToShow.emit()
    (offered,) = panel._built_in.actions()
    assert offered.text() == "1. A formula"
    offered.trigger()
    assert small.lectern.path is None
    assert small.lectern.at == 0
    assert not small.lectern.is_edited


def box_of(window: MainWindow) -> QMessageBox:
    (box,) = window.findChildren(QMessageBox)
    return box


@pytest.mark.parametrize("answer", ["Save", "Discard", "Cancel"])
def test_changes_are_asked_about_before_another_lesson(
    panel: LessonPanel, small: MainWindow, qtbot: QtBot, tmp_path: Path, answer: str
) -> None:
    small.lectern.save(tmp_path / "mine.json")
    small.lectern.remove(0)
    small.lessons.new()
    assert titles(small) == ["two", "three"]
    box = box_of(small)
    assert "“A formula”" in box.text()
    box.button(getattr(QMessageBox.StandardButton, answer)).click()
    assert titles(small) == (["two", "three"] if answer == "Cancel" else [])
    small.lectern.open_file(tmp_path / "mine.json")
    assert len(titles(small)) == (2 if answer == "Save" else 3)


def test_changes_are_asked_about_before_the_window_closes(
    panel: LessonPanel, small: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    small.lectern.remove(0)
    small.close()
    assert small.isVisible()
    box_of(small).button(QMessageBox.StandardButton.Save).click()
    (dialog,) = small.findChildren(FileDialog)
    dialog.chosen.emit(tmp_path / "mine.json")
    assert (tmp_path / "mine.json").is_file()
    assert not small.isVisible()


def test_a_lesson_without_a_file_asks_for_one(
    panel: LessonPanel, small: MainWindow, tmp_path: Path
) -> None:
    small._actions.by_id["lesson_save"].trigger()
    (dialog,) = small.findChildren(FileDialog)
    assert dialog.selectedFiles()[0].endswith("a-formula.json")
    dialog.chosen.emit(tmp_path / "mine.json")
    assert small.lectern.path == tmp_path / "mine.json"
    small.lectern.remove(0)
    assert small.lectern.is_edited
    small._actions.by_id["lesson_save"].trigger()
    assert not small.lectern.is_edited


def test_the_panel_is_put_away_and_comes_back(panel: LessonPanel, small: MainWindow) -> None:
    assert panel.isVisible()
    panel.hiding.emit()
    assert not panel.isVisible()
    small.lectern.go(1)
    small.desk.show_panel("lesson")
    assert panel.isVisible()
    assert panel.stops.shown == 1


def test_what_has_the_keyboard_shows_it(panel: LessonPanel, small: MainWindow) -> None:
    small.lectern.go(1)
    QApplication.setCursorFlashTime(0)
    takers = [
        widget
        for widget in panel.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisibleTo(panel)
    ]
    assert {panel.title, panel.stops, panel.view, panel.caption, panel.notes} <= set(takers)
    for widget in takers:
        if widget.isEnabled():
            small.explore.map_view.setFocus(Qt.FocusReason.TabFocusReason)
            without = widget.grab().toImage()
            widget.setFocus(Qt.FocusReason.TabFocusReason)
            assert widget.grab().toImage() != without, widget.accessibleName()


def type_everywhere(panel: LessonPanel) -> None:
    """Type into all that can be typed into; the keyboard stays where it is."""
    panel.title.setFocus()
    QTest.keyClicks(panel.title, "!")
    panel.caption.setFocus()
    panel.caption.setPlainText("b is {data b}")
    panel.notes.setFocus()
    QTest.keyClicks(panel.notes, "Wait.")


def test_what_is_being_typed_is_saved(
    panel: LessonPanel, small: MainWindow, tmp_path: Path
) -> None:
    small.lectern.go(1)
    small.lectern.save(tmp_path / "mine.json")
    type_everywhere(panel)
    small._actions.by_id["lesson_save"].trigger()
    saved = read_lesson(tmp_path / "mine.json")
    assert saved.title == "A formula!"
    assert (saved.stops[1].caption, saved.stops[1].notes) == ("b is {data b}", "Wait.")
    assert panel.notes.hasFocus()


def test_what_is_being_typed_counts_at_the_stop_that_is_left(
    panel: LessonPanel, small: MainWindow
) -> None:
    small.lectern.go(1)
    type_everywhere(panel)
    small._actions.by_id["lesson_next"].trigger()
    assert small.lectern.lesson is not None
    assert [stop.notes for stop in small.lectern.lesson.stops] == ["", "Wait.", ""]


def test_a_window_does_not_close_over_what_is_being_typed(
    panel: LessonPanel, small: MainWindow, tmp_path: Path
) -> None:
    small.lectern.go(1)
    small.lectern.save(tmp_path / "mine.json")
    panel.notes.setFocus()
    QTest.keyClicks(panel.notes, "Wait.")
    small.close()
    assert small.isVisible()
    box_of(small).button(QMessageBox.StandardButton.Save).click()
    assert not small.isVisible()
    assert read_lesson(tmp_path / "mine.json").stops[1].notes == "Wait."


def test_a_title_that_is_being_typed_counts(panel: LessonPanel, small: MainWindow) -> None:
    panel.stops.setFocus()
    panel.stops.setCurrentRow(0)
    QTest.keyClick(panel.stops, Qt.Key.Key_F2)
    editor = panel.stops.findChild(QLineEdit)
    assert editor is not None
    QTest.keyClicks(editor, "The first")
    assert small.lessons.has_changes
    assert titles(small)[0] == "The first"
