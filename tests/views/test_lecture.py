"""Lecture mode: entering and leaving it, its keys, the presenter's window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, QSize, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.desk import Workspace
from explorer.debug.lecture_keys import LECTURE_KEYS, VIEWS_BY_KEY, Act
from explorer.debug.lessons.lesson import Lesson
from explorer.debug.lessons.sources import Expression
from explorer.debug.lessons.stop import StageView, Stop, StopState
from explorer.debug.session import Colour
from explorer.debug.stepping import Granularity
from explorer.theme.tokens import DARK, LIGHT
from explorer.views.cell_grid import At
from explorer.views.help_window import HelpWindow
from explorer.views.keys_sheet import KeysSheet
from explorer.views.lecture import Lecture
from explorer.views.lecture_cover import Blank
from explorer.views.lecture_look import DISPLAY, LOOK, SIZES, TEXT_SIZE
from explorer.views.lecture_stage import LectureStage, lecture_theme
from explorer.views.lecture_window import REST, LectureWindow, spelled
from explorer.views.linked_text import ask_for
from explorer.views.live_picture import MOST_A_SECOND
from explorer.views.main_window import MainWindow

K, M = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def lecture(qtbot: QtBot, window: MainWindow) -> Iterator[Lecture]:
    """A lecture about the pass of emma."""
    lecture = window.lecture
    lecture.stand_still()
    window.session.seek(window.session.timeline.backward_start + 100)
    QTest.keyClick(window, K.Key_L, M.ControlModifier)
    qtbot.addWidget(lecture.window)
    qtbot.waitExposed(lecture.window)
    yield lecture
    lecture.close_down()


def press(lecture: Lecture, key: Qt.Key, modifier: Qt.KeyboardModifier = M.NoModifier) -> None:
    QTest.keyClick(lecture.window, key, modifier)


def stage(lecture: Lecture) -> LectureStage:
    assert lecture.stage is not None
    return lecture.stage


def test_ctrl_l_begins_and_leaves(lecture: Lecture, window: MainWindow) -> None:
    assert lecture.is_open
    assert lecture.window.isFullScreen()
    assert stage(lecture).theme == lecture_theme(DARK, lecture.window.height())
    press(lecture, K.Key_L, M.ControlModifier)
    assert not lecture.is_open
    assert window.isVisible()
    window.desk.toggle_lecture()
    assert lecture.is_open


def test_only_what_is_taught_is_shown(lecture: Lecture) -> None:
    shown = stage(lecture)
    assert shown.view is StageView.MAP
    assert shown.token_strip.isVisible()
    assert shown.timeline_view.isVisible()
    assert shown.caption.text.startswith("Backward 100 of 75 632")


def test_a_clicker_steps_the_debugger(lecture: Lecture, window: MainWindow) -> None:
    session, cursor = window.session, window.session.cursor
    session.set_granularity(Granularity.EDGE)
    moves = (
        (K.Key_PageDown, M.NoModifier, 1), (K.Key_Space, M.NoModifier, 1),
        (K.Key_Right, M.NoModifier, 1), (K.Key_Down, M.NoModifier, 1),
        (K.Key_F10, M.NoModifier, 1), (K.Key_PageUp, M.NoModifier, -1),
        (K.Key_Space, M.ShiftModifier, -1), (K.Key_Left, M.NoModifier, -1),
        (K.Key_Up, M.NoModifier, -1), (K.Key_F10, M.ShiftModifier, -1),
    )  # fmt: skip
    for key, modifier, step in moves:
        press(lecture, key, modifier)
        cursor += step
        assert session.cursor == cursor, (key, modifier)
    press(lecture, K.Key_End)
    assert session.cursor == session.timeline.end
    press(lecture, K.Key_Home)
    assert session.cursor == 0


@pytest.mark.parametrize("key", [K.Key_F5, K.Key_Escape])
@pytest.mark.parametrize("modifier", [M.NoModifier, M.ShiftModifier])
def test_what_clickers_send_to_slides_does_no_harm(
    lecture: Lecture, window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    before = window.session.cursor, stage(lecture).view
    press(lecture, key, modifier)
    assert (window.session.cursor, stage(lecture).view) == before
    assert lecture.is_open
    assert window.session.playing == 0


def test_black_and_white_come_and_go(lecture: Lecture, window: MainWindow) -> None:
    cursor = window.session.cursor
    for key, blank in ((K.Key_B, Blank.BLACK), (K.Key_Period, Blank.BLACK), (K.Key_W, Blank.WHITE)):
        press(lecture, key)
        assert lecture.window.blank is blank
        pixel = lecture.window.grab().toImage().pixelColor(50, 50)
        assert pixel.name() == blank.value
        press(lecture, key)
        assert lecture.window.blank is None
    for back in (K.Key_PageDown, K.Key_PageUp, K.Key_Escape):
        press(lecture, K.Key_B)
        press(lecture, back)
        assert lecture.window.blank is None
    assert window.session.cursor == cursor  # the picture came back, and nothing went on
    press(lecture, K.Key_B)
    press(lecture, K.Key_W)
    assert lecture.window.blank is Blank.WHITE


def test_keys_choose_the_view(lecture: Lecture) -> None:
    for key, views in VIEWS_BY_KEY.items():
        for view in views:
            QTest.keyClick(lecture.window, key)
            assert stage(lecture).view is view
    press(lecture, K.Key_1)
    press(lecture, K.Key_V)
    assert stage(lecture).view is StageView.NEIGHBOURHOOD
    press(lecture, K.Key_V, M.ShiftModifier)
    press(lecture, K.Key_V, M.ShiftModifier)
    assert stage(lecture).view is StageView.TEXT


def test_every_view_has_a_key_and_every_act_a_deed(lecture: Lecture) -> None:
    assert {view for views in VIEWS_BY_KEY.values() for view in views} == set(StageView)
    assert {key for one in LECTURE_KEYS if one.act is Act.CHOOSE_VIEW for key in one.keys} == set(
        VIEWS_BY_KEY
    )


def test_the_view_follows_the_workspace(lecture: Lecture, window: MainWindow) -> None:
    lecture.leave()
    window.show_workspace(Workspace.NAME)
    lecture.enter()
    assert stage(lecture).view is StageView.PROBABILITIES


def test_a_clicker_draws_the_letters_of_a_name(lecture: Lecture, window: MainWindow) -> None:
    cursor = window.session.cursor
    press(lecture, K.Key_9)
    press(lecture, K.Key_PageDown)
    press(lecture, K.Key_PageDown)
    assert stage(lecture).caption.text.startswith("Name 1 of seed 42")
    assert window.session.cursor == cursor


def test_theme_and_text_size_change_at_once_and_are_kept(
    qtbot: QtBot, window: MainWindow, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    lecture = Lecture(
        window, window.desk, window.runs, lambda: window.sessions.subject, DARK, settings
    )
    lecture.stand_still()
    lecture.enter()
    qtbot.addWidget(lecture.window)
    height = lecture.window.height()
    press(lecture, K.Key_3)
    press(lecture, K.Key_T)
    press(lecture, K.Key_Plus, M.ControlModifier)
    assert stage(lecture).theme == lecture_theme(LIGHT, height, SIZES[1])
    assert stage(lecture).view is StageView.FORMULA
    press(lecture, K.Key_Minus, M.ControlModifier)
    press(lecture, K.Key_Minus, M.ControlModifier)  # not below what can be read
    assert stage(lecture).theme == lecture_theme(LIGHT, height, SIZES[0])
    press(lecture, K.Key_Equal, M.ControlModifier)
    press(lecture, K.Key_0, M.ControlModifier)
    assert stage(lecture).theme == lecture_theme(LIGHT, height, SIZES[0])
    assert settings.value(LOOK) == "light"
    assert float(settings.value(TEXT_SIZE)) == SIZES[0]
    press(lecture, K.Key_D)
    assert settings.value(DISPLAY) == lecture.window.screen().name()
    again = Lecture(
        window, window.desk, window.runs, lambda: window.sessions.subject, DARK, settings
    )
    again.enter()
    qtbot.addWidget(again.window)
    assert stage(again).theme == lecture_theme(LIGHT, height)
    lecture.close_down()
    again.close_down()


def test_stages_that_were_replaced_do_not_listen_any_more(
    qtbot: QtBot, lecture: Lecture, window: MainWindow
) -> None:
    for _ in range(3):
        press(lecture, K.Key_T)
        qtbot.wait(1)
    window.session.step(-1)
    assert stage(lecture).theme == lecture_theme(DARK, lecture.window.height())


def test_the_camera_stays_when_the_stage_is_built_anew(lecture: Lecture) -> None:
    stage(lecture).look((100.0, 40.0, 60.0, 30.0))
    before = stage(lecture).rectangle
    press(lecture, K.Key_T)
    assert stage(lecture).rectangle == pytest.approx(before, abs=1e-6)


def test_colours_and_sizes_of_steps(lecture: Lecture, window: MainWindow) -> None:
    press(lecture, K.Key_C)
    assert window.session.colour is Colour.GRADIENT
    press(lecture, K.Key_C)
    assert window.session.colour is Colour.DATA
    before = window.session.granularity
    for _ in Granularity:
        press(lecture, K.Key_G)
    assert window.session.granularity is before


def test_the_sheet_shows_the_keys_of_a_lecture(lecture: Lecture) -> None:
    QTest.keyClick(lecture.window, K.Key_Question, M.ShiftModifier)
    sheet = lecture.window.findChild(KeysSheet)
    assert sheet is not None
    texts = {label.text() for label in sheet.findChildren(QWidget) if hasattr(label, "text")}
    assert {one.title for one in LECTURE_KEYS} <= texts
    QTest.keyClick(sheet.filter, K.Key_Escape)
    assert not sheet.isVisible()
    assert lecture.is_open


def test_words_lead_to_the_glossary_over_the_window_that_asks(
    qtbot: QtBot, lecture: Lecture
) -> None:
    press(lecture, K.Key_P)
    assert lecture.presenter is not None
    qtbot.addWidget(lecture.presenter)
    for window, asker in (
        (lecture.window, stage(lecture).caption),
        (lecture.presenter, lecture.presenter.notes),
    ):
        for word in ("gradient", "loss"):
            ask_for(word, asker)
        (glossary,) = (one for one in window.findChildren(HelpWindow) if one.isVisible())
        assert glossary.text.toPlainText().startswith("loss\n")
        QTest.keyClick(glossary, K.Key_Escape)
        assert not glossary.isVisible()
        assert lecture.is_open


@pytest.mark.parametrize(
    ("key", "modifier", "spelling"),
    [
        (K.Key_Question, M.ShiftModifier, "?"),
        (K.Key_Plus, M.ControlModifier | M.ShiftModifier, "Ctrl++"),
        (K.Key_Plus, M.ControlModifier | M.KeypadModifier, "Ctrl++"),
        (K.Key_Equal, M.ControlModifier, "Ctrl+="),
        (K.Key_Space, M.ShiftModifier, "Shift+Space"),
        (K.Key_PageDown, M.KeypadModifier, "PgDown"),
        (K.Key_Period, M.NoModifier, "."),
        (K.Key_F5, M.ShiftModifier, "Shift+F5"),
    ],
)
def test_keys_are_spelled_as_in_the_table(
    key: Qt.Key, modifier: Qt.KeyboardModifier, spelling: str
) -> None:
    assert spelled(QKeyEvent(QEvent.Type.KeyPress, key, modifier)) == spelling


def move_mouse(widget: QWidget, x: float) -> None:
    place = QPointF(x, 30)
    event = QMouseEvent(
        QEvent.Type.MouseMove, place, widget.mapToGlobal(place), Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton, M.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(widget, event)


def test_the_mouse_cursor_hides_when_it_rests(
    qtbot: QtBot, lecture: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    window: LectureWindow = lecture.window
    window.resting.setInterval(1)
    view = stage(lecture).map_view
    move_mouse(view, 40)
    qtbot.waitUntil(lambda: QApplication.overrideCursor() is not None)
    assert QApplication.overrideCursor().shape() is Qt.CursorShape.BlankCursor
    window.resting.setInterval(REST)
    move_mouse(view, 80)
    assert QApplication.overrideCursor() is None


def test_a_cell_of_attention_is_looked_at_closely(lecture: Lecture, window: MainWindow) -> None:
    press(lecture, K.Key_5)
    view = stage(lecture).widget(StageView.ATTENTION)
    matrices = view.matrices  # type: ignore[attr-defined]
    scale = stage(lecture).theme.scale
    cell = matrices.area_of(At(2, 3, 1)).center() * scale
    QTest.mouseClick(matrices, Qt.MouseButton.LeftButton, M.NoModifier, cell.toPoint())
    press(lecture, K.Key_5)
    head = stage(lecture).widget(StageView.HEAD)
    assert "head 2 at position 3" in head.steps_figure.remark  # type: ignore[attr-defined]


def test_a_click_on_the_map_selects(lecture: Lecture, window: MainWindow) -> None:
    view = stage(lecture).map_view
    node = window.session.trace.leaves + 5000
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, M.NoModifier, at(view.point_of(node)))
    layout = view.layout_shown
    chosen = window.session.selection
    assert chosen is not None
    assert layout is not None
    near = abs(layout.x[chosen] - layout.x[node]) + abs(layout.y[chosen] - layout.y[node])
    assert near <= 2  # cells are smaller than pixels
    QTest.keyClick(lecture.window, K.Key_F)
    assert not view.shows_all


def at(point: QPointF) -> QPoint:
    return point.toPoint()


def test_the_presenter_sees_what_the_audience_sees(qtbot: QtBot, lecture: Lecture) -> None:
    press(lecture, K.Key_P)
    presenter = lecture.presenter
    assert presenter is not None
    qtbot.addWidget(presenter)
    qtbot.waitExposed(presenter)
    qtbot.waitUntil(lambda: not presenter.live.picture.isNull())
    press(lecture, K.Key_W)
    qtbot.waitUntil(
        lambda: (
            presenter.live.picture.pixelColor(
                presenter.live.picture.width() // 2, presenter.live.picture.height() // 2
            ).name()
            == "#ffffff"
        )
    )
    assert MOST_A_SECOND == 15
    press(lecture, K.Key_P)
    assert not presenter.isVisible()


def test_the_keys_of_a_clicker_work_in_the_presenters_window(
    qtbot: QtBot, lecture: Lecture, window: MainWindow
) -> None:
    press(lecture, K.Key_P)
    presenter = lecture.presenter
    assert presenter is not None
    qtbot.addWidget(presenter)
    window.session.set_granularity(Granularity.EDGE)
    cursor = window.session.cursor
    QTest.keyClick(presenter, K.Key_PageDown)
    assert window.session.cursor == cursor + 1
    assert lecture.watch.runs
    QTest.keyClick(presenter, K.Key_B)
    assert lecture.window.blank is Blank.BLACK
    QTest.mouseClick(presenter.buttons[1], Qt.MouseButton.LeftButton)
    assert lecture.window.blank is None
    QTest.mouseClick(presenter.buttons[0], Qt.MouseButton.LeftButton)
    assert window.session.cursor == cursor
    QTest.mouseClick(presenter.pause, Qt.MouseButton.LeftButton)
    assert not lecture.watch.runs
    QTest.mouseClick(presenter.buttons[-1], Qt.MouseButton.LeftButton)
    assert not lecture.is_open
    assert not presenter.isVisible()


def test_the_lecture_ends_with_the_window(lecture: Lecture, window: MainWindow) -> None:
    press(lecture, K.Key_P)
    window.close()
    assert not lecture.is_open
    assert lecture.presenter is not None
    assert not lecture.presenter.isVisible()


def test_a_hint_says_how_to_leave(lecture: Lecture) -> None:
    press(lecture, K.Key_Escape)
    assert "Ctrl+L leaves" in lecture.window.hint.text()
    assert lecture.window.hint.isVisible()
    assert lecture.window.size() == QSize(lecture.window.width(), stage(lecture).height())


def test_no_caption_of_a_lesson_is_left_after_it(
    qtbot: QtBot, lecture: Lecture, window: MainWindow
) -> None:
    stop = Stop(title="Said before", model="m", state=StopState(cursor=1))
    window.lectern.open(Lesson("A", stops=(stop,), models={"m": Expression("L = a*a", {"a": 2.0})}))
    window.lectern.go(0)
    qtbot.waitUntil(lambda: window.lectern.is_ready, timeout=60_000)
    assert stage(lecture).caption.text.startswith("Said before")
    window.lectern.new()
    assert stage(lecture).caption.text.startswith("Forward 1 of")
    window.lectern.forget_changes()


def test_the_presenters_window_closes_with_that_of_the_lecture(
    qtbot: QtBot, lecture: Lecture, window: MainWindow
) -> None:
    press(lecture, K.Key_P)
    presenter = lecture.presenter
    assert presenter is not None
    qtbot.addWidget(presenter)
    assert not window.isVisible()  # it is covered
    with qtbot.waitSignal(lecture.closed):
        lecture.window.close()  # as the system does
    assert not presenter.isVisible()
    assert window.isVisible()
    lecture.enter()
    press(lecture, K.Key_P)
    assert lecture.presenter is not None
    assert lecture.presenter.isVisible()
