"""What-if in the window: typed, nudged and dragged numbers, and the way back."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.debug.breakpoints import BreakOn, Breakpoint
from explorer.debug.desk import Workspace
from explorer.debug.numbers import exact, short
from explorer.trace.replay import NotReplayableError
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass

NODE = 4 * 16 + 3  # wte[4][3]: the letter e, which emma begins with


@pytest.fixture
def ready(qtbot: QtBot, window: MainWindow) -> MainWindow:
    """The window with its what-if prepared, and a parameter selected."""
    window.session.select(NODE)
    window.desk.show_panel("whatif")
    qtbot.waitUntil(lambda: window.explore.what_if.is_ready, timeout=20_000)
    return window


def type_in(qtbot: QtBot, window: MainWindow, text: str) -> None:
    field = window.explore.what_if.field
    field.setFocus()
    field.selectAll()
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def test_a_typed_number_reaches_all_views(qtbot: QtBot, ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    before = ready.explore.map_view.grab().toImage()
    strip = ready.explore.token_strip.grab().toImage()
    type_in(qtbot, ready, "0.75")
    assert session.trace.data[NODE] == 0.75
    assert exact(session.what_if.loss) in panel.result.text
    assert exact(session.what_if.loss_before) in panel.result.text
    assert short(session.what_if.prediction_error) in panel.result.text
    assert "0.75" in ready.explore.inspector.toPlainText()
    assert "wte[4][3] = 0.75" in ready.explore.what_if_bar.line.text
    assert ready.explore.what_if_bar.isVisible()
    assert ready.explore.map_view.grab().toImage() != before
    session.select(session.trace.loss)
    assert exact(session.what_if.loss) in ready.explore.inspector.toPlainText()
    assert ready.explore.token_strip.grab().toImage() != strip


def test_reset_shows_the_recorded_numbers(qtbot: QtBot, ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    text = ready.explore.inspector.toPlainText()
    type_in(qtbot, ready, "0.75")
    assert panel.reset.isEnabled()
    panel.reset.click()
    assert session.what_if is None
    assert session.timeline is session.recorded
    assert ready.explore.inspector.toPlainText() == text
    assert not ready.explore.what_if_bar.isVisible()
    assert not panel.reset.isEnabled()


def test_one_of_several_changes_is_reset(qtbot: QtBot, ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    type_in(qtbot, ready, "0.75")
    other = int(session.trace.logits[0, 3])
    session.select(other)
    type_in(qtbot, ready, "-1")
    assert [one.node for one in session.what_if.changes] == [NODE, other]
    panel.changes.linkActivated.emit(f"reset:{NODE}")
    assert [one.node for one in session.what_if.changes] == [other]
    panel.changes.linkActivated.emit(f"node:{other}")
    assert session.selection == other
    ready.explore.what_if_bar.reset.click()
    assert session.what_if is None


@pytest.mark.parametrize("typed", ["", "abc", "nan", "inf", "1e999", "1e200"])
def test_what_cannot_be_is_refused_in_a_sentence(
    qtbot: QtBot, ready: MainWindow, typed: str
) -> None:
    panel = ready.explore.what_if
    type_in(qtbot, ready, "0.75")
    qtbot.keyClick(panel.field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(panel.field, Qt.Key.Key_Backspace)
    type_in(qtbot, ready, typed)
    assert panel.message.isVisible()
    assert panel.message.text().endswith(".")
    assert ready.session.trace.data[NODE] == 0.75


def test_keys_nudge_and_esc_goes_back(qtbot: QtBot, ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    recorded = float(session.recorded.trace.data[NODE])
    panel.field.setFocus()
    qtbot.keyClick(panel.field, Qt.Key.Key_Up)
    assert session.trace.data[NODE] == recorded + 0.001
    assert panel.field.text() == exact(recorded + 0.001)
    qtbot.keyClick(panel.field, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert session.trace.data[NODE] == recorded + 0.001 - 0.01
    qtbot.keyClicks(panel.field, "9")
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)  # what was typed
    assert session.what_if is not None
    assert panel.field.text() == exact(recorded + 0.001 - 0.01)
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)
    assert session.what_if is None


def test_the_slider_moves_finely_around_the_recorded_number(
    qtbot: QtBot, ready: MainWindow
) -> None:
    panel, session = ready.explore.what_if, ready.session
    recorded = float(session.recorded.trace.data[NODE])
    assert panel.slider.value() == 0
    with qtbot.waitSignal(session_told(panel)):
        panel.slider.setValue(100)
    assert session.trace.data[NODE] == pytest.approx(recorded + 0.001)
    with qtbot.waitSignal(session_told(panel)):
        panel.slider.setValue(0)
    assert session.what_if is None


def test_a_dragged_number_moves_all_views_and_searches_follow_when_it_rests(
    qtbot: QtBot, ready: MainWindow
) -> None:
    panel, session = ready.explore.what_if, ready.session
    session.search("data=0.75")
    session.breakpoints.add(Breakpoint(BreakOn.CONDITION, text="data == 0.75"))
    told = []
    session.breakpoints.changed.connect(lambda: told.append("breakpoints"))
    with qtbot.waitSignal(panel.rested):
        panel.field.dragged.emit(0.75)
        assert session.trace.data[NODE] == 0.75
        assert "wte[4][3] = 0.75" in ready.explore.what_if_bar.line.text
        assert NODE not in session.found
        assert not told
    assert NODE in session.found
    assert told == ["breakpoints"]


def session_told(panel: object) -> object:
    return panel.slider.moved


def test_a_node_that_does_not_exist_yet_cannot_be_changed(ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    session.select(session.trace.loss)
    session.seek(100)
    assert not panel.field.isEnabled()
    assert panel.field.text() == ""
    assert "not computed yet" in panel.node.text()


def test_a_loss_that_is_not_computed_yet_is_not_told(qtbot: QtBot, ready: MainWindow) -> None:
    panel, session = ready.explore.what_if, ready.session
    session.seek(100)
    type_in(qtbot, ready, "0.75")
    assert "not computed yet" in panel.result.text
    session.seek(session.timeline.forward_end)
    assert exact(session.what_if.loss) in panel.result.text
    assert "predicted" not in panel.result.text
    assert not panel.check.one.isEnabled()


def test_another_pass_ends_the_what_if(
    qtbot: QtBot, ready: MainWindow, loaded_emma: LoadedPass
) -> None:
    type_in(qtbot, ready, "0.75")
    ready.show_pass(loaded_emma)
    assert not ready.explore.what_if_bar.isVisible()
    assert ready.session.what_if is None


def test_a_pass_that_cannot_be_changed_says_why(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise NotReplayableError("it is too strange")

    monkeypatch.setattr("explorer.debug.whatif.compile_program", refuse)
    monkeypatch.setattr("explorer.debug.whatif._scalar_code", lambda trace: None)
    window.desk.show_panel("whatif")
    panel = window.explore.what_if
    qtbot.waitUntil(lambda: "too strange" in panel.message.text(), timeout=20_000)
    assert not panel.field.isEnabled()


def test_a_gradient_is_checked(ready: MainWindow) -> None:
    check = ready.explore.what_if.check
    check.one.click()
    assert check.one_result.isVisibleTo(check)
    assert "relative error" in check.one_result.text()
    ready.session.select(NODE + 1)
    assert not check.one_result.isVisibleTo(check)


def test_all_parameters_are_checked_and_the_worst_is_a_link(
    qtbot: QtBot, ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("explorer.debug.gradcheck.parameter_count", lambda timeline: 200)
    check = ready.explore.what_if.check
    check.all.click()
    assert check.all.text().startswith("Cancel")
    qtbot.waitUntil(lambda: check.all_result.isVisibleTo(check), timeout=20_000)
    assert "200 parameters" in check.all_result.text()
    assert check.all.text().startswith("Check")
    check.all_result.linkActivated.emit("5")
    assert ready.session.selection == 5


def test_the_check_of_all_parameters_is_cancelled(qtbot: QtBot, ready: MainWindow) -> None:
    check = ready.explore.what_if.check
    check.all.click()
    check.all.click()
    assert check.all.text().startswith("Check")
    assert not check.progress.isVisibleTo(check)
    qtbot.wait(1)
    assert not check.all_result.isVisibleTo(check)


def test_the_page_of_a_name_says_that_numbers_are_changed(qtbot: QtBot, ready: MainWindow) -> None:
    type_in(qtbot, ready, "0.75")
    ready.show_workspace(Workspace.NAME)
    page = ready.name_page
    assert page.what_if_bar.isVisible()
    assert "wte[4][3] = 0.75" in page.what_if_bar.line.text
    page.what_if_bar.reset.click()
    assert not page.what_if_bar.isVisible()
    assert ready.session.what_if is None
