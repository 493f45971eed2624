"""A pass that failed is shown like any other, up to where it ended, and says why."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from explorer.debug.lessons.stop import StageView
from explorer.debug.session import Colour, Session
from explorer.layout.flows import find_flows
from explorer.layout.map_layout import layout_map
from explorer.theme.tokens import THEMES
from explorer.trace.passes import Subject, untrained
from explorer.trace.timeline import Timeline
from explorer.trace.trace import Trace
from explorer.views.main_window import MainWindow
from explorer.views.map_colours import MapColours
from explorer.views.pass_loader import LoadedPass, load_pass
from microgpt import Config

PATIENCE = 120_000
SECTION = "THE PASS ENDED HERE"


def spoiled(kind: str) -> Subject:
    """Return a model whose passes over "emma" fail."""
    subject = untrained(Config())
    parameters = subject.model.state_dict
    if kind == "nan":
        parameters["wpe"][1][0].data = math.nan
    elif kind == "first node":
        parameters["wte"][26][0].data = math.nan
    elif kind == "log":
        for parameter in (p for row in parameters["lm_head"] for p in row):
            parameter.data *= 1e3
    else:
        for parameter in subject.model.parameters():
            parameter.data *= 1e160
    return subject


@pytest.fixture(scope="module", params=["log", "nan", "first node", "backward"])
def failed(request: pytest.FixtureRequest) -> LoadedPass:
    return load_pass(spoiled(request.param), "emma")


@pytest.fixture(scope="module")
def failed_log() -> LoadedPass:
    return load_pass(spoiled("log"), "emma")


def test_a_failing_pass_is_loaded_and_told_in_a_sentence(qtbot: QtBot) -> None:
    window = MainWindow(spoiled("log"), Session(), THEMES["dark"])
    qtbot.addWidget(window)
    window.show()
    with (
        qtbot.waitSignal(window.loader.ended, timeout=PATIENCE),
        qtbot.assertNotEmitted(window.loader.failed),
    ):
        window.run("emma")
    assert window.message.text == (
        "The pass over “emma” ended in position 1 / cross_entropy: log(0) does not exist: it goes "
        "towards −∞. Everything before it can be stepped."
    )
    trace = window.session.trace
    assert trace is not None
    assert trace.failure is not None
    assert window.session.selection == trace.failure.node
    assert SECTION in window.explore.inspector.toPlainText()


def test_the_inspector_explains_the_failure_where_and_when_it_happened(
    empty_window: MainWindow, failed_log: LoadedPass
) -> None:
    empty_window.show_pass(failed_log)
    text = empty_window.explore.inspector.toPlainText()
    assert "log(0) does not exist" in text
    assert "is where the 0 came from: exp(−1255) is smaller than the smallest float" in text
    assert "Python: ValueError: " in text
    assert "return -probabilities[target].log()" in text
    assert "This pass has no backward." in text
    empty_window.session.step(-1)
    assert SECTION not in empty_window.explore.inspector.toPlainText()
    empty_window.session.step(1)
    empty_window.session.select(0)
    assert SECTION not in empty_window.explore.inspector.toPlainText()


def test_the_strip_shows_what_was_never_computed_as_such(
    qtbot: QtBot, empty_window: MainWindow, failed_log: LoadedPass
) -> None:
    empty_window.show_pass(failed_log)
    strip, session = empty_window.explore.token_strip, empty_window.session
    assert strip.accessibleDescription().startswith("position 0, BOS to e, probability ")
    assert [view.loss is not None for view in strip._views] == [True, *[False] * 4]
    before = session.selection
    for card in strip._cards()[1:]:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=card.area.center().toPoint())
        assert session.selection == before


def test_the_time_line_has_bands_as_far_as_the_pass_came(
    empty_window: MainWindow, failed: LoadedPass
) -> None:
    empty_window.show_pass(failed)
    timeline, bands = failed.timeline, empty_window.explore.timeline_view._bands
    assert max(band.stop for band in bands) == timeline.end
    assert ("backward" in {band.label for band in bands}) == (timeline.trace.loss is not None)


def test_everything_can_be_stepped_and_coloured_up_to_the_end(
    qtbot: QtBot, empty_window: MainWindow, failed: LoadedPass
) -> None:
    empty_window.show_pass(failed)
    session, timeline = empty_window.session, failed.timeline
    for colour in Colour:
        session.set_colour(colour)
        for cursor in (0, timeline.forward_end // 2, timeline.end - 1, timeline.end):
            session.seek(cursor)
            empty_window.grab()
    empty_window.desk.zoom_to_selection()
    empty_window.grab()


@pytest.mark.parametrize("theme", THEMES)
def test_reason_has_the_colour_of_warnings(
    qtbot: QtBot, theme: str, failed_log: LoadedPass
) -> None:
    window = MainWindow(spoiled("log"), Session(), THEMES[theme])
    qtbot.addWidget(window)
    window.show()
    window.show_pass(failed_log)
    html = window.explore.inspector.toHtml()
    assert THEMES[theme].warning in html


@pytest.fixture(scope="module")
def forward_alone(emma: Trace) -> LoadedPass:
    """The pass over "emma" without its backward pass."""
    trace = replace(emma, order=emma.order[:0], grad=np.zeros(emma.nodes), update=None)
    timeline, layout = Timeline(trace), layout_map(trace)
    return LoadedPass(timeline, layout, find_flows(trace, layout), MapColours(timeline))


def test_a_forward_pass_alone_is_shown_without_a_complaint(
    empty_window: MainWindow, forward_alone: LoadedPass
) -> None:
    empty_window.show_pass(forward_alone)
    session, trace = empty_window.session, forward_alone.timeline.trace
    assert empty_window.message.text == ""
    assert session.selection == trace.nodes - 1
    assert session.cursor == session.timeline.end == trace.created
    assert empty_window.explore.token_strip._views[-1].loss is not None
    assert SECTION not in empty_window.explore.inspector.toPlainText()
    for colour in Colour:
        session.set_colour(colour)
        empty_window.grab()
    session.search("unreachable")
    assert not len(session.found)


def test_a_pass_that_succeeds_afterwards_is_explained_no_more(
    qtbot: QtBot, empty_window: MainWindow, failed_log: LoadedPass, loaded_emma: LoadedPass
) -> None:
    empty_window.show_pass(failed_log)
    with qtbot.waitSignal(empty_window.loader.ended, timeout=PATIENCE):
        empty_window.run("emma")
    assert empty_window.message.text == ""
    assert SECTION not in empty_window.explore.inspector.toPlainText()


def test_the_audience_of_a_lecture_reads_why_it_ended(
    qtbot: QtBot, empty_window: MainWindow, failed: LoadedPass
) -> None:
    empty_window.show_pass(failed)
    lecture, session = empty_window.lecture, empty_window.session
    lecture.enter()
    qtbot.addWidget(lecture.window)
    assert lecture.stage is not None
    for view in StageView:
        lecture.show_view(view)
        session.seek(0)
        session.seek(failed.timeline.end)
    lecture.show_view(StageView.MAP)
    assert "The pass ended here: " in lecture.stage.caption.text
    session.step(-1)
    assert "The pass ended here" not in lecture.stage.caption.text
    lecture.close_down()
