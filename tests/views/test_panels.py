"""The panels around the map follow the session, and lead back to it."""

from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, Qt, QUrl
from pytestqt.qtbot import QtBot

from explorer.debug import numbers
from explorer.debug.session import Colour, Session
from explorer.theme.tokens import LIGHT
from explorer.trace.passes import Subject
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass

EXP = "4 a → BOS / softmax / exps"


def node_in(window: MainWindow, path: str, op: str) -> int:
    """Return the last node of an operation in a scope."""
    trace = window.session.trace
    return next(
        node
        for node in reversed(range(trace.leaves, trace.nodes))
        if trace.op_name(node) == op and _path(window, node) == path
    )


def _path(window: MainWindow, node: int) -> str:
    from explorer.debug.titles import scope_path

    return scope_path(window.session.trace, int(window.session.trace.scope[node]))


def test_the_inspector_shows_every_digit(window: MainWindow) -> None:
    node = node_in(window, EXP, "exp")
    window.session.select(node)
    text = window.explore.inspector.toPlainText()
    trace = window.session.trace
    assert numbers.exact(float(trace.data[node])) in text
    assert numbers.exact(float(trace.grad[node])) in text
    assert "final: 2 of 2 contributions" in text
    assert EXP in text
    assert "exps = [(logit - peak).exp() for logit in logits]" in text


def test_the_inspector_shows_no_number_before_its_time(window: MainWindow) -> None:
    node = node_in(window, EXP, "exp")
    window.session.select(node)
    window.session.seek(0)
    text = window.explore.inspector.toPlainText()
    trace = window.session.trace
    assert "not computed yet" in text
    assert numbers.exact(float(trace.data[node])) not in text
    assert numbers.short(float(trace.grad[node])) not in text


def test_links_of_the_inspector_lead_to_nodes_and_moments(window: MainWindow) -> None:
    node = node_in(window, EXP, "exp")
    window.session.select(node)
    ledger = window.session.timeline.ledger(node)
    window.explore.inspector.anchorClicked.emit(QUrl(f"event:{int(ledger.event[0])}"))
    assert window.session.cursor == ledger.event[0]
    assert "partial: 1 of 2 contributions" in window.explore.inspector.toPlainText()
    window.explore.inspector.anchorClicked.emit(QUrl(f"node:{int(ledger.consumer[0])}"))
    assert window.session.selection == ledger.consumer[0]


def test_a_parameter_is_inspected_by_name(window: MainWindow) -> None:
    window.session.select(5)
    text = window.explore.inspector.toPlainText()
    assert "wte[0][5]" in text
    assert "A parameter: a number that training changes." in text
    assert "CHILDREN" not in text  # it was computed from nothing


@pytest.mark.parametrize("position", range(5))
def test_a_click_on_a_position_selects_the_probability_of_its_target(
    qtbot: QtBot, window: MainWindow, position: int
) -> None:
    trace = window.session.trace
    card = window.explore.token_strip._cards()[position]
    qtbot.mouseClick(
        window.explore.token_strip, Qt.MouseButton.LeftButton, pos=card.area.center().toPoint()
    )
    target = trace.document.tokens[position + 1]
    assert window.session.selection == trace.probabilities[position, target]


def test_cards_fill_the_strip_without_overlap(window: MainWindow) -> None:
    cards = window.explore.token_strip._cards()
    assert len(cards) == 6
    for one, other in itertools.pairwise(cards):
        assert one.area.right() < other.area.left()
    assert cards[-1].area.right() <= window.explore.token_strip.width()


def test_the_strip_speaks_what_it_shows(window: MainWindow) -> None:
    assert window.explore.token_strip.accessibleDescription().endswith(
        "BOS to e, probability 3.2\N{NARROW NO-BREAK SPACE}%, loss 3.454"
    )
    window.session.seek(0)
    assert "loss" not in window.explore.token_strip.accessibleDescription()


def test_the_time_line_is_dragged(qtbot: QtBot, window: MainWindow) -> None:
    line = window.explore.timeline_view
    middle = QPoint(line.width() // 2, 50)
    qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=middle)
    assert abs(window.session.cursor / window.session.timeline.end - 0.5) < 0.01
    for x, cursor in ((0, 0), (line.width(), window.session.timeline.end)):
        qtbot.mouseClick(line, Qt.MouseButton.LeftButton, pos=QPoint(x, 50))
        assert window.session.cursor == cursor


def test_bands_of_the_time_line_cover_it_without_a_gap(window: MainWindow) -> None:
    whole, *positions, backward, update = window.explore.timeline_view._bands
    timeline = window.session.timeline
    assert (whole.start, update.stop) == (0, timeline.end)
    assert backward.stop == update.start == timeline.backward_end
    assert [band.label for band in positions] == ["BOS", "e", "m", "m", "a"]
    assert positions[0].start == 0
    for one, other in itertools.pairwise(positions):
        assert one.stop == other.start
    assert positions[-1].stop < backward.start == timeline.forward_end


def test_the_phase_is_told(window: MainWindow) -> None:
    phase, timeline = window.top_bar._phase, window.session.timeline
    window.session.seek(7)
    assert phase.text() == f"FORWARD  7 / {numbers.count(timeline.forward_end)}"
    window.session.seek(timeline.backward_start + 12)
    assert phase.text().startswith("BACKWARD  12 / ")


@pytest.mark.parametrize("colour", list(Colour))
@pytest.mark.parametrize("size", [(1280, 640), (1920, 1080)])
def test_the_light_window_paints_in_every_mode_without_a_complaint(
    qtbot: QtBot,
    subject: Subject,
    loaded_emma: LoadedPass,
    colour: Colour,
    size: tuple[int, int],
) -> None:
    window = MainWindow(subject, Session(), LIGHT)
    qtbot.addWidget(window)
    window.resize(*size)
    window.show()
    window.show_pass(loaded_emma)
    window.session.set_colour(colour)
    window.session.seek(60_000)
    image = window.grab().toImage()
    assert (image.width(), image.height()) == size


def test_everything_that_takes_the_keyboard_has_a_name(window: MainWindow) -> None:
    nameless = [
        widget
        for widget in window.findChildren(type(window.centralWidget()))
        if widget.isVisible()
        and widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not widget.accessibleName()
        and not getattr(widget, "text", str)()
    ]
    assert nameless == []
