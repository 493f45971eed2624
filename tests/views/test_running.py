"""Names go in, passes come out; nothing that goes wrong loses the last one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace import passes
from explorer.trace.passes import record_pass, untrained
from explorer.views.main_window import MainWindow
from microgpt import Config

PATIENCE = 120_000  # milliseconds: a pass takes a second, but the machine may be busy


def type_name(qtbot: QtBot, window: MainWindow, name: str) -> None:
    window.top_bar.name.setFocus()
    window.top_bar.name.clear()
    qtbot.keyClicks(window.top_bar.name, name)


def shown_name(window: MainWindow) -> str:
    trace = window.session.trace
    assert trace is not None
    assert trace.document is not None
    return trace.document.name


def test_enter_runs_the_typed_name(qtbot: QtBot, window: MainWindow) -> None:
    type_name(qtbot, window, "olivia")
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        qtbot.keyClick(window.top_bar.name, Qt.Key.Key_Return)
    assert shown_name(window) == "olivia"
    assert window.message.text == ""


def test_the_run_button_runs_the_typed_name(qtbot: QtBot, window: MainWindow) -> None:
    type_name(qtbot, window, "ava")
    button = next(b for b in window.top_bar.findChildren(QPushButton) if b.text() == "Run")
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        assert button.text() == "Cancel"
    assert button.text() == "Run"
    assert shown_name(window) == "ava"


def test_a_pass_made_off_the_thread_is_the_same_pass(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("emma")
    trace = window.session.trace
    assert trace is not None
    expected = record_pass(untrained(Config()), "emma")
    assert (trace.data == expected.data).all()
    assert (trace.grad == expected.grad).all()


@pytest.mark.parametrize("typed", ["", "   ", "emma!", "名前"])
def test_a_name_that_cannot_run_is_refused_in_a_sentence_and_the_pass_stays(
    qtbot: QtBot, window: MainWindow, typed: str
) -> None:
    with qtbot.assertNotEmitted(window.loader.started):
        window.run(typed)
    assert window.message.text.endswith(".")
    assert shown_name(window) == "emma"


def test_accents_and_capitals_are_offered_folded(qtbot: QtBot, window: MainWindow) -> None:
    window.run("Zoë")
    offer = next(b for b in window.message.findChildren(QPushButton) if "zoe" in b.text())
    assert offer.isVisible()
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        qtbot.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert shown_name(window) == "zoe"
    assert window.message.text == ""


def test_an_over_long_name_is_truncated_and_said(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("maximilianalexander")
    trace = window.session.trace
    assert trace is not None
    assert len(trace.position_scope) == 16
    assert "first 15 of 19 letters" in window.message.text


def test_escape_puts_the_message_away(qtbot: QtBot, window: MainWindow) -> None:
    window.run("")
    qtbot.keyClick(window, Qt.Key.Key_Escape)
    assert window.message.text == ""


@pytest.fixture
def large_window(qtbot: QtBot) -> Iterator[MainWindow]:
    """A window whose passes take a few seconds."""
    window = MainWindow(untrained(Config(n_layer=2, n_embd=32)), Session(), DARK)
    qtbot.addWidget(window)
    window.show()
    yield window
    window.loader.cancel()
    window.loader.wait()


def test_a_pass_reports_rising_progress(qtbot: QtBot, window: MainWindow) -> None:
    shares: list[float] = []
    window.loader.progressed.connect(shares.append)
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("maximilian")
    assert len(shares) > 5
    assert shares == sorted(shares)
    assert 0 <= shares[0] <= shares[-1] <= 1


def test_cancel_ends_a_pass_without_showing_it(qtbot: QtBot, large_window: MainWindow) -> None:
    with (
        qtbot.assertNotEmitted(large_window.loader.loaded),
        qtbot.waitSignal(large_window.loader.ended, timeout=PATIENCE),
    ):
        large_window.run("maximilian")
        assert large_window.is_running
        qtbot.keyClick(large_window, Qt.Key.Key_Escape)
    assert not large_window.is_running
    assert large_window.session.timeline is None


def test_a_cancelled_pass_leaves_the_model_as_it_was(
    qtbot: QtBot, large_window: MainWindow
) -> None:
    with qtbot.waitSignal(large_window.loader.ended, timeout=PATIENCE):
        large_window.run("maximilian")
        qtbot.waitSignal(large_window.loader.progressed, timeout=PATIENCE).wait()
        large_window.passes.cancel()
    with qtbot.waitSignal(large_window.loader.ended, timeout=PATIENCE):
        large_window.run("al")
    trace = large_window.session.trace
    assert trace is not None
    expected = record_pass(untrained(Config(n_layer=2, n_embd=32)), "al")
    assert (trace.grad == expected.grad).all()


def test_a_second_name_replaces_one_that_is_under_way(
    qtbot: QtBot, large_window: MainWindow
) -> None:
    with qtbot.waitSignal(large_window.loader.ended, timeout=PATIENCE):
        large_window.run("maximilian")
        large_window.run("bo")
        large_window.run("al")
    assert shown_name(large_window) == "al"


def test_closing_the_window_during_a_pass_ends_its_thread(
    qtbot: QtBot, large_window: MainWindow
) -> None:
    large_window.run("maximilian")
    thread = large_window.loader._work._thread
    large_window.close()
    assert not large_window.isVisible()
    assert thread.daemon  # the program does not wait for it
    thread.join(timeout=60)
    assert not thread.is_alive()


def test_an_overflow_in_the_pass_is_told_and_the_last_pass_stays(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overflow(*_: object) -> None:
        raise OverflowError("math range error")

    monkeypatch.setattr(passes, "forward", overflow)
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("olivia")
    assert "math range error" in window.message.text
    assert shown_name(window) == "emma"


def test_an_error_in_the_observed_code_is_told_by_its_type(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise TypeError("no such operation")

    monkeypatch.setattr(passes, "forward", broken)
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        window.run("olivia")
    assert "TypeError: no such operation" in window.message.text


def test_a_pass_cancelled_at_its_end_is_not_shown(qtbot: QtBot, window: MainWindow) -> None:
    with (
        qtbot.assertNotEmitted(window.loader.loaded),
        qtbot.waitSignal(window.loader.ended, timeout=PATIENCE),
    ):
        window.run("olivia")
        window.loader.wait()  # it is finished, but the window does not know yet
        window.passes.cancel()
    assert shown_name(window) == "emma"
    assert window.top_bar.name.text() == "emma"


def test_what_is_typed_during_a_pass_is_left_alone(qtbot: QtBot, window: MainWindow) -> None:
    type_name(qtbot, window, "olivia")
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        qtbot.keyClick(window.top_bar.name, Qt.Key.Key_Return)
        qtbot.keyClicks(window.top_bar.name, "x")
    assert shown_name(window) == "olivia"
    assert window.top_bar.name.text() == "oliviax"
    assert window.top_bar.name.hasFocus()


def test_after_a_pass_the_keyboard_belongs_to_the_map(qtbot: QtBot, window: MainWindow) -> None:
    type_name(qtbot, window, "olivia")
    with qtbot.waitSignal(window.loader.ended, timeout=PATIENCE):
        qtbot.keyClick(window.top_bar.name, Qt.Key.Key_Return)
    assert window.explore.map_view.hasFocus()


def test_escape_after_a_bad_name_brings_the_good_one_back(qtbot: QtBot, window: MainWindow) -> None:
    type_name(qtbot, window, "emma2")
    qtbot.keyClick(window.top_bar.name, Qt.Key.Key_Return)
    qtbot.keyClick(window.top_bar.name, Qt.Key.Key_Escape)
    assert window.top_bar.name.text() == "emma"
    assert window.explore.map_view.hasFocus()


def test_a_bad_first_name_is_told_and_another_one_is_run(
    qtbot: QtBot, empty_window: MainWindow
) -> None:
    with qtbot.waitSignal(empty_window.loader.ended, timeout=PATIENCE):
        empty_window.passes.open_first("R2-D2")
    assert shown_name(empty_window) == "emma"
    assert "not in the vocabulary" in empty_window.message.text
