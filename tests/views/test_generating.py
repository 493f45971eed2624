"""Generation in the window: its keys, and the ways from a draw to its pass and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Workspace
from explorer.debug.generation.commands import GROUP
from explorer.debug.stepping import Granularity
from explorer.debug.whatif import CannotChangeError, prepare
from explorer.trace.passes import untrained
from explorer.views.main_window import MainWindow
from explorer.views.models import Model
from microgpt import Config

K, M = Qt.Key, Qt.KeyboardModifier
PATIENCE = 60_000  # milliseconds
MOST_STOPS = 100
OWN_KEYS = {"slider": set(), "list": set()}


@pytest.fixture
def making(window: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the workspace for generation."""
    qtbot.keyClick(window, K.Key_4, M.ControlModifier)
    return window


def press(widget: QWidget | None, key: str) -> None:
    assert widget is not None
    combination = QKeySequence(key)[0]
    QTest.keyClick(widget, combination.key(), combination.keyboardModifiers())


def test_the_workspace_opens_by_its_key_and_takes_the_keyboard(making: MainWindow) -> None:
    assert making.workspace is Workspace.GENERATE
    assert making.generate.isVisible()
    assert making.generate.tiles.hasFocus()
    assert making.desk.generation is not None
    assert making.desk.generation.subject is making.sessions.subject
    assert not making.top_bar._phase.isVisible()


def test_before_it_is_opened_there_is_nothing(window: MainWindow) -> None:
    assert window.desk.generation is None
    assert not any(
        window._actions.by_id[command.id].isEnabled()
        for command in COMMANDS
        if command.group == GROUP
    )


@pytest.mark.parametrize("key", ["F10", "PgDown", "Space"])
def test_keys_that_step_draw_here(making: MainWindow, key: str) -> None:
    generation = making.desk.generation
    assert generation is not None
    before = making.session.cursor
    press(making, key)
    assert len(generation.draws) == 1
    press(making, {"F10": "Shift+F10", "PgDown": "PgUp", "Space": "Shift+Space"}[key])
    assert len(generation.draws) == 0
    assert making.session.cursor == before


def test_other_keys_of_generation(making: MainWindow) -> None:
    generation = making.desk.generation
    assert generation is not None
    press(making, "End")
    assert generation.is_finished
    press(making, "Ctrl+PgDown")
    assert (generation.number, generation.draws) == (2, ())
    press(making, "F10")
    press(making, "Ctrl+PgUp")
    assert generation.number == 1
    press(making, "Ctrl+Space")
    assert generation.playing
    assert making._actions.by_id["draw_play"].isChecked()
    press(making, "Ctrl+Space")
    assert not generation.playing
    press(making, "Home")
    assert not generation.draws
    assert not making._actions.by_id["draw_back"].isEnabled()


def test_leaving_the_workspace_ends_the_playing(making: MainWindow) -> None:
    generation = making.desk.generation
    assert generation is not None
    press(making, "Ctrl+Space")
    press(making, "Ctrl+1")
    assert not generation.playing
    assert making._actions.by_id["step_back"].isEnabled()
    drawn = len(generation.draws)
    press(making, "PgUp")
    assert len(generation.draws) == drawn
    press(making, "Ctrl+4")
    assert len(making.generate.tiles.texts) == 1 + drawn + (not generation.is_finished)


def test_a_drawn_name_opens_as_a_pass(making: MainWindow, qtbot: QtBot) -> None:
    generation = making.desk.generation
    assert generation is not None
    generation.set_prefix("emi")
    with qtbot.waitSignal(making.loader.ended, timeout=PATIENCE):
        press(making, "O")
    trace = making.session.trace
    assert trace is not None
    assert trace.document is not None
    assert trace.document.name == "emi"
    assert trace.loss is not None
    assert making.workspace is Workspace.EXPLORE


@pytest.fixture
def stepping(making: MainWindow, qtbot: QtBot) -> MainWindow:
    """The window with the pass of the third draw."""
    generation = making.desk.generation
    assert generation is not None
    generation.set_prefix("e")
    generation.step()
    generation.tune(0.9)
    generation.step()
    generation.show(2)
    with qtbot.waitSignal(making.loader.ended, timeout=PATIENCE):
        press(making, "Shift+O")
    return making


def test_a_draw_opens_at_the_start_of_its_position(stepping: MainWindow) -> None:
    generation, trace = stepping.desk.generation, stepping.session.trace
    assert generation is not None
    assert trace is not None
    assert trace.document is not None
    assert stepping.workspace is Workspace.EXPLORE
    assert trace.document.tokens == generation.tokens
    found = trace.data[trace.probabilities].tolist()
    assert found == [list(draw.weights) for draw in generation.draws]
    token = generation.tokens[-1]
    assert stepping.session.selection == trace.probabilities[2, token]
    strip = stepping.explore.token_strip
    assert [view.is_current for view in strip._views] == [False, True, False]
    assert strip._views[1].probability is not None
    assert strip._views[2].probability is None
    assert stepping.top_bar.name.text() == generation.name


def test_the_forward_pass_of_a_draw_is_stepped_like_any_other(stepping: MainWindow) -> None:
    session = stepping.session
    start, trace = session.cursor, session.trace
    assert trace is not None
    for granularity in Granularity:
        session.set_granularity(granularity)
        session.seek(start)
        press(stepping.explore.map_view, "F10")
        assert session.cursor > start
        press(stepping.explore.map_view, "Shift+F10")
        assert session.cursor == start
    press(stepping.explore.map_view, "End")
    timeline = session.timeline
    assert timeline is not None
    assert session.cursor == timeline.end == trace.created
    strip = stepping.explore.token_strip
    assert all(view.probability is not None and view.loss is None for view in strip._views)
    strip.setFocus()
    for _ in range(5):
        press(strip, "Right")
    assert strip.accessibleDescription() == "no loss: drawn, not compared"
    press(strip, "Return")
    assert session.selection is not None
    assert not stepping._actions.by_id["select_loss"].isEnabled()
    for panel in ("order", "whatif", "neighbourhood", "outline", "source", "inspector"):
        stepping.desk.show_panel(panel)
        stepping.grab()


def test_the_parts_of_a_draw_can_be_looked_at(stepping: MainWindow) -> None:
    stepping.show_workspace(Workspace.NAME)
    assert stepping.session.timeline is not None
    for cursor in (0, stepping.session.cursor, stepping.session.timeline.end):
        stepping.session.seek(cursor)
        for tab in range(stepping.name_page.tabs.count()):
            stepping.name_page.tabs.setCurrentIndex(tab)
            stepping.grab()


def test_a_pass_of_draws_is_not_saved_as_one_over_a_name(
    stepping: MainWindow, tmp_path: Path
) -> None:
    stepping.sessions.write(tmp_path / "session.json")
    assert not (tmp_path / "session.json").exists()
    assert "reads what was drawn" in stepping.message.text


def test_numbers_of_a_draw_are_not_changed(stepping: MainWindow) -> None:
    assert stepping.session.recorded is not None
    with pytest.raises(CannotChangeError, match="has no backward part"):
        prepare(stepping.session.recorded)


def test_another_name_can_be_run_after_a_draw(stepping: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(stepping.loader.ended, timeout=PATIENCE):
        stepping.run("al")
    assert stepping.session.trace is not None
    assert stepping.session.trace.loss is not None
    stepping.grab()


def test_another_model_draws_without_leaving_the_workspace(
    making: MainWindow, qtbot: QtBot
) -> None:
    generation = making.desk.generation
    assert generation is not None
    generation.finish()
    first = generation.draws
    other = untrained(Config(n_embd=8, n_head=2), 3)
    with qtbot.waitSignal(making.loader.ended, timeout=PATIENCE):
        making.run_models.opening.emit()
        making.sessions.use(Model(other, "other"), "ab")
    assert making.workspace is Workspace.GENERATE
    assert generation.subject is other
    assert generation.seed == 3
    generation.finish()
    assert generation.draws != first
    making.close()
    assert not making.generate.batch.is_drawing


def test_a_model_that_was_chosen_before_is_the_one_that_draws(
    window: MainWindow, qtbot: QtBot
) -> None:
    other = untrained(Config(n_embd=8, n_head=2), 3)
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.sessions.use(Model(other, "other"), "ab")
    assert window.generate.shown_draw is None
    assert window.desk.generation is not None
    assert window.desk.generation.subject is other


def stops(window: MainWindow) -> list[QWidget]:
    window.top_bar.name.setFocus()
    visited: list[QWidget] = [window.top_bar.name]
    for _ in range(MOST_STOPS):
        press(QApplication.focusWidget(), "Tab")
        visited.append(QApplication.focusWidget())
        if visited[-1] is window.top_bar.name:
            return visited[:-1]
    raise AssertionError("the Tab key never leads round")


def test_tab_reaches_everything_in_reading_order(making: MainWindow) -> None:
    assert making.desk.generation is not None
    making.desk.generation.step()
    page, visited = making.generate, stops(making)
    missed = [
        widget
        for widget in page.findChildren(QWidget)
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and widget.isVisible()
        and widget.isEnabled()
        and widget.focusProxy() is None
        and widget not in visited
    ]
    assert missed == []
    order = [page.tiles, page.controls.slider, page.tokenizer.letters, page.draw.line]
    order.append(page.batch.list)
    assert [visited.index(widget) for widget in order] == sorted(map(visited.index, order))


def test_whatever_has_the_keyboard_shows_it(making: MainWindow) -> None:
    assert making.desk.generation is not None
    making.desk.generation.step()
    QApplication.setCursorFlashTime(0)
    unseen = []
    for stop in stops(making):
        area = QRect(stop.mapTo(making, QPoint(0, 0)), stop.size())
        elsewhere = making.generate.tiles
        if stop is elsewhere:
            making.top_bar.name.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        without = making.grab(area).toImage()
        stop.setFocus(Qt.FocusReason.TabFocusReason)
        if making.grab(area).toImage() == without:
            unseen.append(stop)
    assert unseen == []


@pytest.mark.parametrize("view", ["tiles", "slider", "line", "list"])
def test_no_view_takes_a_key_from_the_window(making: MainWindow, view: str) -> None:
    page, fired = making.generate, []
    widget = {
        "tiles": page.tiles,
        "slider": page.controls.slider,
        "line": page.draw.line,
        "list": page.batch.list,
    }[view]
    here = [command for command in COMMANDS if command.group == GROUP]
    for command in here:
        action = making._actions.by_id[command.id]
        action.triggered.disconnect()
        action.triggered.connect(lambda _=False, command=command: fired.append(command.id))
        action.setEnabled(True)
    widget.setFocus()
    for command in here:
        for key in command.keys:
            fired.clear()
            press(widget, key)
            assert fired == [command.id], key


def test_fields_take_what_is_typed_and_a_clicker_draws_from_them(making: MainWindow) -> None:
    generation, page = making.desk.generation, making.generate
    assert generation is not None
    fields: list[QLineEdit] = [page.controls.prefix, page.controls.seed, page.tokenizer.letters]
    for field in fields:
        field.setFocus()
        for key in ("O", "B", "Space", "Home", "End"):
            press(field, key)
        assert generation.name == generation.prefix
        assert making.workspace is Workspace.GENERATE
        press(field, "PgDown")
        assert len(generation.draws) == len(generation.prefix) + 1
        press(field, "PgUp")


def test_a_pass_can_be_made_while_names_are_drawn(
    making: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    """The recorder watches the thread of the pass alone; drawing goes on with the same bits."""
    generation = making.desk.generation
    assert generation is not None
    making.loader.load("olivia")
    numbers = []
    while making.loader.is_running:
        generation.restart()
        generation.finish()
        numbers.append([draw.weights for draw in generation.draws])
        QApplication.processEvents()
    assert numbers
    assert all(one == numbers[0] for one in numbers)
    trace = making.session.trace
    assert trace is not None
    assert trace.document is not None
    assert trace.document.name == "olivia"
    assert np.isfinite(trace.data).all()
