"""The slider over the steps of a run: the pass on show follows, with the bits of each step."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from tiny_runs import NAMES, TINY, train_into

from explorer.debug.desk import RunAction
from explorer.debug.session import Colour
from explorer.runs.desk import Comparison
from explorer.runs.exchange import create_run
from explorer.runs.store import RunStore
from explorer.runs.subjects import subject_of
from explorer.trace.passes import record_pass
from explorer.trace.replay import NotReplayableError, Replay
from explorer.trace.timeline import Phase, Timeline
from explorer.trace.trace import Trace
from explorer.views.live_steps import Step
from explorer.views.main_window import MainWindow
from explorer.views.map_colours import MapColours
from explorer.views.pass_loader import LoadedPass
from explorer.views.run_models import AT_REST

K = Qt.Key
PATIENCE = 120_000  # milliseconds
STEPS = 6  # that are done; the last model is that after them


@pytest.fixture
def on_step_2(qtbot: QtBot, run: int, small: MainWindow) -> MainWindow:
    """The window on step 2 of the run, and ready for others."""
    small.runs.refresh()
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, 2)
    qtbot.waitUntil(lambda: small.live.is_ready, timeout=PATIENCE)
    return small


def slide(window: MainWindow, step: int) -> None:
    """Move the slider, and let the window show what follows."""
    window.explore.step_bar.slider.setValue(step)
    QApplication.processEvents()


def recorded(path: Path, run: int, step: int, name: str) -> Trace:
    with RunStore(path) as store:
        return record_pass(subject_of(store, run, step)[0], name)


def shows(window: MainWindow, wanted: Trace) -> bool:
    trace = window.session.trace
    assert trace is not None
    same = all(
        getattr(trace, column).tobytes() == getattr(wanted, column).tobytes()
        for column in ("data", "grad", "local_grad")
    )
    if trace.update is None or wanted.update is None:
        return same and trace.update is wanted.update
    return same and all(
        getattr(trace.update, column).tobytes() == getattr(wanted.update, column).tobytes()
        for column in ("m_before", "v_before", "m", "v", "data")
    )


def test_the_bar_is_there_for_models_of_runs_alone(qtbot: QtBot, on_step_2: MainWindow) -> None:
    bar = on_step_2.explore.step_bar
    assert bar.isVisible()
    assert (bar.run.text(), bar.step.text()) == ("“first”", "step 2 of 20")
    assert (bar.slider.minimum(), bar.slider.maximum(), bar.slider.value()) == (1, STEPS + 1, 2)
    with qtbot.waitSignal(on_step_2.loader.ended, timeout=PATIENCE):
        on_step_2.run_models.open_untrained()
    assert bar.isHidden()
    assert on_step_2.live.step is None


@pytest.mark.parametrize("step", [1, 5, STEPS + 1])
def test_the_slider_shows_the_bits_of_each_step(
    on_step_2: MainWindow, run: int, runs_path: Path, step: int
) -> None:
    name = on_step_2.session.trace.document.name
    slide(on_step_2, step)
    assert shows(on_step_2, recorded(runs_path, run, step, name))
    assert on_step_2.live.step == Step(run, step)


def test_moment_selection_and_camera_stay(on_step_2: MainWindow) -> None:
    session, view = on_step_2.session, on_step_2.explore.map_view
    session.seek(session.timeline.end - 3)
    session.select(11)
    view.zoom_to_selection()
    before = session.cursor, session.selection, view.camera
    layout, colours = view._layout, view._painter.image.copy()
    slide(on_step_2, 5)
    assert (session.cursor, session.selection, view.camera) == before
    assert session.moment.phase is Phase.UPDATE
    assert view._layout is layout
    assert view._painter.image != colours
    assert "step 5" in on_step_2.explore.inspector.toPlainText()  # of its update


def test_only_the_newest_wish_is_fulfilled(on_step_2: MainWindow) -> None:
    shown: list[object] = []
    on_step_2.session.numbers_changed.connect(lambda: shown.append(on_step_2.live.step.number))
    for step in (3, 4, 6, 5):
        on_step_2.explore.step_bar.slider.setValue(step)
    QApplication.processEvents()
    assert shown == [5]


def test_keys_go_from_step_to_step(qtbot: QtBot, on_step_2: MainWindow) -> None:
    qtbot.keyClick(on_step_2.explore.map_view, K.Key_Period)
    qtbot.keyClick(on_step_2.explore.map_view, K.Key_Period)
    QApplication.processEvents()
    assert on_step_2.explore.step_bar.step.text() == "step 4 of 20"
    for _ in range(9):
        qtbot.keyClick(on_step_2.explore.map_view, K.Key_Comma)
    QApplication.processEvents()
    assert on_step_2.live.step.number == 1
    assert on_step_2.explore.step_bar.slider.value() == 1


def test_a_wish_from_before_replay_is_ready_is_fulfilled_then(
    qtbot: QtBot, run: int, small: MainWindow
) -> None:
    small.runs.refresh()
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, 2)
    small.live.ask(4)
    qtbot.waitUntil(lambda: small.live.step == Step(run, 4), timeout=PATIENCE)
    assert small.session.trace.data[0] == small.runs.matrices(3).parameters[0]


def test_the_next_name_is_run_with_the_model_of_the_shown_step(
    qtbot: QtBot, on_step_2: MainWindow, run: int, runs_path: Path
) -> None:
    slide(on_step_2, 5)
    assert on_step_2.top_bar.model.accessibleName() == "Model: run “first” · step 5"
    with qtbot.waitSignal(on_step_2.loader.ended, timeout=PATIENCE):
        on_step_2.run("eve")
    assert shows(on_step_2, recorded(runs_path, run, 5, "eve"))
    assert on_step_2.live.step == Step(run, 5)
    qtbot.waitUntil(lambda: on_step_2.live.is_ready, timeout=PATIENCE)
    slide(on_step_2, 3)
    assert shows(on_step_2, recorded(runs_path, run, 3, "eve"))


def test_the_model_follows_when_the_slider_rests(qtbot: QtBot, on_step_2: MainWindow) -> None:
    settled: list[object] = []
    on_step_2.run_models.settled.connect(settled.append)
    slide(on_step_2, 4)
    qtbot.waitUntil(lambda: on_step_2.sessions.model.step == 4, timeout=PATIENCE)
    parameters = [p.data for p in on_step_2.sessions.subject.model.parameters()]
    assert parameters == on_step_2.runs.matrices(3).parameters.tolist()
    assert settled == [on_step_2.sessions.model]
    assert on_step_2.sessions.subject.optimizer.steps_done == 3


def test_a_forward_pass_alone_is_no_step(on_step_2: MainWindow, emma: Trace) -> None:
    order = emma.order[:0]
    timeline = Timeline(replace(emma, order=order, grad=0 * emma.grad, update=None))
    layout = on_step_2.live._loaded.layout
    on_step_2.run_models.follow(LoadedPass(timeline, layout, [], MapColours(timeline)))
    assert on_step_2.live.step is None
    assert on_step_2.explore.step_bar.isHidden()


def test_after_the_last_step_there_is_no_update(
    qtbot: QtBot, runs_path: Path, run: int, small: MainWindow
) -> None:
    with RunStore(runs_path) as store:
        train_into(store, run, TINY.steps - STEPS)
    small.runs.refresh()
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, TINY.steps)
    qtbot.waitUntil(lambda: small.live.is_ready, timeout=PATIENCE)
    session, name = small.session, small.session.trace.document.name
    session.seek(session.timeline.end)
    session.select(9)
    slide(small, TINY.steps + 1)
    assert shows(small, recorded(runs_path, run, TINY.steps + 1, name))
    assert session.cursor == session.timeline.end == session.timeline.backward_end
    assert session.selection == 9
    assert small.explore.step_bar.step.text() == "after step 20"
    slide(small, 3)
    assert shows(small, recorded(runs_path, run, 3, name))
    session.seek(session.timeline.end)
    assert session.moment.phase is Phase.UPDATE


def test_without_replay_the_pass_is_recorded_when_the_slider_rests(
    qtbot: QtBot, run: int, small: MainWindow, runs_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(trace: object) -> None:
        raise NotReplayableError("something new is in it")

    monkeypatch.setattr(Replay.__init__, "__defaults__", (None, refuse))
    small.runs.refresh()
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, 2)
    qtbot.waitUntil(lambda: bool(small.live.problem), timeout=PATIENCE)
    assert "something new is in it" in small.explore.step_bar.slider.toolTip()
    name = small.session.trace.document.name
    small.session.seek(40)
    small.session.select(17)
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        slide(small, 3)
        slide(small, 5)
    assert shows(small, recorded(runs_path, run, 5, name))
    assert (small.session.cursor, small.session.selection) == (40, 17)
    assert small.live.step == Step(run, 5)


def test_a_step_that_is_damaged_is_told_and_leaves_all_as_it_is(
    on_step_2: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    trace = on_step_2.session.trace

    def fail(run: int, step: int) -> object:
        raise ValueError("the file is damaged")

    monkeypatch.setattr(on_step_2.runs._states, "state", fail)
    slide(on_step_2, 4)
    assert on_step_2.message.text == "The step cannot be read: the file is damaged."
    assert on_step_2.session.trace is trace
    assert on_step_2.live.step.number == 2


def test_what_if_goes_on_from_the_shown_step(qtbot: QtBot, on_step_2: MainWindow) -> None:
    on_step_2.desk.show_panel("whatif")
    panel = on_step_2.explore.what_if
    qtbot.waitUntil(lambda: panel.is_ready, timeout=PATIENCE)
    panel.change(0, 0.5)
    slide(on_step_2, 4)
    assert on_step_2.session.what_if is None
    assert panel.is_ready
    before = float(on_step_2.session.trace.data[on_step_2.session.trace.loss])
    panel.change(0, 0.5)
    assert on_step_2.session.what_if.loss_before == before
    assert on_step_2.session.what_if.changes[0].recorded == on_step_2.runs.matrices(3).parameters[0]


def test_the_slider_has_arrows_and_the_window_all_other_keys(
    qtbot: QtBot, on_step_2: MainWindow
) -> None:
    slider, session = on_step_2.explore.step_bar.slider, on_step_2.session
    slider.setFocus()
    qtbot.keyClick(slider, K.Key_Right)
    QApplication.processEvents()
    assert on_step_2.live.step.number == 3
    session.seek(50)
    for key in (K.Key_PageDown, K.Key_Space, K.Key_PageUp):
        qtbot.keyClick(slider, key)
    assert session.cursor == 51
    qtbot.keyClick(slider, K.Key_Home)
    assert session.cursor == 0
    assert slider.value() == 3


def test_a_closed_window_does_not_open_the_file_of_runs_again(
    qtbot: QtBot, on_step_2: MainWindow
) -> None:
    slide(on_step_2, 4)
    on_step_2.close()
    qtbot.wait(2 * AT_REST)  # nothing comes that one could wait for
    assert on_step_2.runs._opened is None


def test_all_of_the_bar_has_a_name_and_is_reached_by_tab(on_step_2: MainWindow) -> None:
    bar = on_step_2.explore.step_bar
    stops = [w for w in bar.findChildren(QWidget) if w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    shown = [w for w in stops if w.isVisible()]
    assert {bar.slider, bar.compare} < set(shown)
    assert len(shown) == 4
    assert all(w.accessibleName() for w in shown)
    on_step_2.explore.token_strip.setFocus()
    QTest.keyClick(on_step_2.explore.token_strip, K.Key_Tab)
    assert bar.isAncestorOf(QApplication.focusWidget())


# Comparing


def test_the_map_is_coloured_by_what_two_steps_differ_by(on_step_2: MainWindow, run: int) -> None:
    slide(on_step_2, 5)
    on_step_2.live.compare(Comparison(run, 1))
    contrast = on_step_2.session.contrast
    assert contrast.title == "step 5 − step 1"
    parameters = [on_step_2.runs.matrices(step).parameters for step in (4, 0)]
    difference = contrast.data_difference(on_step_2.session.timeline, on_step_2.session.cursor)
    assert (difference[: len(parameters[0])] == parameters[0] - parameters[1]).all()
    slide(on_step_2, 3)
    assert on_step_2.session.contrast.title == "step 3 − step 1"
    assert on_step_2.session.contrast.timeline is contrast.timeline  # made once
    slide(on_step_2, 1)
    view = on_step_2.explore.map_view
    for colour in (Colour.DATA, Colour.GRADIENT):
        on_step_2.session.set_colour(colour)
        assert len(set(view._painter._indices.tolist())) == 1  # the same model


def test_comparing_begins_with_colours_that_show_it(on_step_2: MainWindow, run: int) -> None:
    session = on_step_2.session
    for colour, then in (
        (Colour.OP, Colour.DATA),
        (Colour.GRADIENT, Colour.GRADIENT),
        (Colour.DATA, Colour.DATA),
    ):
        session.set_colour(colour)
        on_step_2.live.compare(Comparison(run, 1))
        assert session.colour is then
        on_step_2.live.compare(None)


def test_a_long_name_of_a_run_is_cut_in_titles(
    qtbot: QtBot, runs_path: Path, on_step_2: MainWindow
) -> None:
    with RunStore(runs_path) as store:
        second = create_run(store, "a very long name of a run", TINY, NAMES)
    on_step_2.runs.refresh()
    on_step_2.live.compare(Comparison(second))
    assert on_step_2.session.contrast.other == "“a very long name …” the start"


def test_two_runs_are_compared_step_by_step(
    qtbot: QtBot, runs_path: Path, run: int, small: MainWindow
) -> None:
    with RunStore(runs_path) as store:
        second = create_run(store, "second", replace(TINY, seed=8, learning_rate=0.1), NAMES)
        train_into(store, second, 3)
    small.runs.refresh()
    with qtbot.waitSignal(small.loader.ended, timeout=PATIENCE):
        small.open_step(run, 2)
    qtbot.waitUntil(lambda: small.live.is_ready, timeout=PATIENCE)
    small.live.compare(Comparison(second))
    assert small.session.contrast.title == "“first” step 2 − “second” step 2"
    slide(small, 6)
    contrast = small.session.contrast
    assert contrast.title == "“first” step 6 − “second” after step 3"
    theirs = small.runs.matrices(3, second).parameters
    assert contrast.timeline.trace.data[: len(theirs)].tolist() == theirs.tolist()


def test_a_run_of_another_shape_is_not_compared(
    qtbot: QtBot, runs_path: Path, on_step_2: MainWindow
) -> None:
    with RunStore(runs_path) as store:
        wide = create_run(store, "wide", replace(TINY, n_embd=8), NAMES)
    on_step_2.runs.refresh()
    on_step_2.live.compare(Comparison(wide))
    assert on_step_2.session.contrast is None
    assert on_step_2.message.text.startswith("The map cannot be compared with run “wide”")


def test_the_command_begins_and_ends_the_comparison(
    qtbot: QtBot, on_step_2: MainWindow, run: int
) -> None:
    box = on_step_2.explore.step_bar.compare
    qtbot.keyClick(on_step_2.explore.map_view, K.Key_C)
    assert box.view().isVisible()
    offers = [box.itemText(i) for i in range(box.count())]
    assert offers == ["Compare with…", "with step 2", "with the start", "with the end"]
    box.hidePopup()
    box.setCurrentIndex(2)
    box.activated.emit(2)
    assert on_step_2.live.comparison == Comparison(run, 1)
    assert on_step_2.session.contrast is not None
    qtbot.keyClick(on_step_2.explore.map_view, K.Key_C)
    assert on_step_2.live.comparison is None
    assert on_step_2.session.contrast is None
    assert box.currentIndex() == 0


def test_inspector_and_hover_card_have_both_numbers(on_step_2: MainWindow, run: int) -> None:
    slide(on_step_2, 5)
    on_step_2.live.compare(Comparison(run, 1))
    on_step_2.session.select(3)
    text = on_step_2.explore.inspector.toPlainText()
    assert "COMPARED" in text
    assert "step 5 − step 1" in text
    view = on_step_2.explore.map_view
    view._hover_over(3, view.point_of(3))
    card = view._card.text()
    assert "step 1" in card
    assert "difference" in card
    on_step_2.live.compare(None)
    assert "COMPARED" not in on_step_2.explore.inspector.toPlainText()


def test_a_comparison_goes_on_in_the_next_name(
    qtbot: QtBot, on_step_2: MainWindow, run: int
) -> None:
    on_step_2.live.compare(Comparison(run, 1))
    with qtbot.waitSignal(on_step_2.loader.ended, timeout=PATIENCE):
        on_step_2.run("eve")
    qtbot.waitUntil(lambda: on_step_2.session.contrast is not None, timeout=PATIENCE)
    assert on_step_2.session.contrast.timeline.trace.document.name == "eve"


def test_commands_for_steps_need_a_model_of_a_run(small: MainWindow) -> None:
    for action in (RunAction.BACK, RunAction.ON, RunAction.COMPARE):
        assert not small.desk.can_train_run(action)
    assert small.desk.can_train_run(RunAction.NEW)
