"""The probabilities of a pass: all positions, one of them large, the losses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.parts import Anatomy
from explorer.debug.anatomy.reading import Place, Reading
from explorer.theme.tokens import DARK, THEMES
from explorer.trace.draws import record_draws
from explorer.trace.passes import Subject, record_pass, untrained
from explorer.trace.timeline import Timeline
from explorer.views.probabilities_view import NO_PARTS, WIDE, ProbabilitiesView
from explorer.views.probability_panel import LEAST_WIDTH, Bars, bars_in
from microgpt import Config

K = Qt.Key


def reading_at(timeline: Timeline, cursor: int) -> Reading:
    return Reading(timeline, cursor, Anatomy(timeline.trace))


@pytest.fixture
def view(qtbot: QtBot, emma_timeline: Timeline) -> ProbabilitiesView:
    view = ProbabilitiesView(DARK)
    qtbot.addWidget(view)
    view.resize(1280, 460)
    with qtbot.waitExposed(view):
        view.show()
    view.activateWindow()
    view.show_reading(reading_at(emma_timeline, emma_timeline.end), Place(position=3))
    qtbot.waitUntil(lambda: view.panels.width() > 500)
    return view


def bars_of(view: ProbabilitiesView, position: int) -> Bars:
    return bars_in(view.panels.panels()[position], 27)


def spot(view: ProbabilitiesView, position: int, token: int) -> QPoint:
    bars = bars_of(view, position)
    return QPointF(bars.middle(token), bars.area.bottom() - 2).toPoint()


def click(widget: QWidget, at: QPoint) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton, pos=at)


def test_a_click_on_another_position_chooses_it(view: ProbabilitiesView, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(view.node_chosen), qtbot.waitSignal(view.place_chosen) as chosen:
        click(view.panels, spot(view, 1, 5))
    assert chosen.args == [Place(position=1)]


def test_a_click_on_a_bar_of_the_chosen_position_leads_to_its_node(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    with qtbot.assertNotEmitted(view.place_chosen), qtbot.waitSignal(view.node_chosen) as chosen:
        click(view.panels, spot(view, 3, 9))
    assert chosen.args == [emma_timeline.trace.probabilities[3, 9]]


def test_arrow_keys_choose_a_position_and_enter_leads_to_the_target(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    view.panels.setFocus()
    for key, position in ((K.Key_Left, 2), (K.Key_Right, 4), (K.Key_Up, 0)):
        with qtbot.waitSignal(view.place_chosen) as chosen:
            QTest.keyClick(view.panels, key)
        assert chosen.args == [Place(position=position)]
    with qtbot.assertNotEmitted(view.place_chosen):
        QTest.keyClick(view.panels, K.Key_Down)  # there is nothing below
    with qtbot.waitSignal(view.node_chosen) as chosen:
        QTest.keyClick(view.panels, K.Key_Return)
    assert chosen.args == [emma_timeline.trace.probabilities[3, 0]]


def test_bars_of_the_large_position_lead_to_probabilities_and_logits(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    trace, plot = emma_timeline.trace, view.position
    for row, nodes in enumerate((trace.probabilities, trace.logits)):
        at = QPointF(plot.place_of(row, 11)).toPoint()
        with qtbot.waitSignal(view.node_chosen) as chosen:
            click(plot.canvas.viewport(), at)
        assert chosen.args == [nodes[3, 11]]
    at = QPointF(view.losses.place_of(0, 2)).toPoint()
    with qtbot.waitSignal(view.node_chosen) as chosen:
        click(view.losses.canvas.viewport(), at)
    assert chosen.args == [trace.position_loss[2]]


def test_arrow_keys_walk_the_letters(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    trace, plot = emma_timeline.trace, view.position
    plot.setFocus(Qt.FocusReason.TabFocusReason)
    for key in (K.Key_Left, K.Key_Right, K.Key_Right, K.Key_Down, K.Key_Down):
        QTest.keyClick(plot, key)
    assert plot.accessibleDescription().startswith("c\n")
    assert "logit" in plot.accessibleDescription()
    with qtbot.waitSignal(view.node_chosen) as chosen:
        QTest.keyClick(plot, K.Key_Return)
    assert chosen.args == [trace.logits[3, 2]]
    QTest.keyClick(plot, K.Key_Up)
    with qtbot.waitSignal(view.node_chosen) as chosen:
        QTest.keyClick(plot, K.Key_Return)
    assert chosen.args == [trace.probabilities[3, 2]]


def test_what_is_said_is_what_is_known(view: ProbabilitiesView, emma_timeline: Timeline) -> None:
    trace = emma_timeline.trace
    assert "rank 23 of 27" in view.panels.accessibleDescription()
    half = reading_at(emma_timeline, emma_timeline.computed_after(int(trace.probabilities[3, 4])))
    view.show_reading(half, Place(position=3))
    assert "not computed yet" in view.panels.accessibleDescription()
    texts = [view._tell_token(0, token) for token in (4, 5)]
    assert "probability" in texts[0]
    assert "rank" not in texts[0]
    assert "not computed yet" in texts[1]
    assert "logit" in view._tell_token(1, 5)
    assert "not computed yet" in view._tell_loss(0, 3)
    assert "loss" in view._tell_loss(0, 2)
    assert view._facts["mean loss"].text() == view._facts["perplexity"].text() == "–"


def test_facts_are_those_of_the_whole_name(view: ProbabilitiesView) -> None:
    texts = {name: readout.text() for name, readout in view._facts.items()}
    assert texts == {
        "mean loss": "3.480", "perplexity": "32.45", "chance": "3.296",
        "whole name": "2.781e\N{MINUS SIGN}8",
    }  # fmt: skip
    assert all("does not" in view._facts[name].toolTip() for name in ("perplexity", "whole name"))


def test_scales_stay_the_same_in_the_course_of_time(
    view: ProbabilitiesView, emma_timeline: Timeline
) -> None:
    def limits() -> list[object]:
        plots = [row.plot for plot in (view.position, view.losses) for row in plot._rows]
        return [view.panels.full, *(plot.vb.viewRange()[1] for plot in plots)]

    at_end = limits()
    for cursor in (0, emma_timeline.forward_end // 2, emma_timeline.backward_end):
        view.show_reading(reading_at(emma_timeline, cursor), Place(position=3))
        assert limits() == at_end


@pytest.mark.parametrize("theme", THEMES)
def test_the_target_has_a_colour_of_its_own(
    qtbot: QtBot, emma_timeline: Timeline, theme: str
) -> None:
    view = ProbabilitiesView(THEMES[theme])
    qtbot.addWidget(view)
    view.resize(1280, 460)
    with qtbot.waitExposed(view):
        view.show()
    view.show_reading(reading_at(emma_timeline, emma_timeline.end), Place())
    image = view.panels.grab().toImage()
    for position, target in enumerate((4, 12, 12, 0, 26)):
        colours = [image.pixelColor(spot(view, position, token)) for token in range(27)]
        own = QColor(THEMES[theme].flows[0])
        assert [token for token, colour in enumerate(colours) if colour == own] == [target]


def test_what_is_not_computed_is_drawn_as_such(
    view: ProbabilitiesView, emma_timeline: Timeline
) -> None:
    view.show_reading(reading_at(emma_timeline, 0), Place())
    image = view.panels.grab().toImage()
    assert image.pixelColor(spot(view, 4, 3)) == QColor(DARK.unborn)


def test_a_step_that_changes_nothing_paints_nothing(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    painted: list[object] = []
    view.panels.paintEvent = painted.append
    cursor = emma_timeline.backward_end - 100
    view.show_reading(reading_at(emma_timeline, cursor), Place(position=3))
    QGuiApplication.processEvents()
    assert painted == []
    view.show_reading(reading_at(emma_timeline, cursor), Place(position=2))
    qtbot.waitUntil(lambda: len(painted) == 1)


@pytest.mark.parametrize("name", ["a", "christopherjohn"])
@pytest.mark.parametrize("size", [(1280, 430), (1920, 780), (3840, 1800)])
def test_panels_stand_beside_each_other_in_any_window(
    qtbot: QtBot, name: str, size: tuple[int, int]
) -> None:
    timeline = Timeline(record_pass(untrained(Config(n_embd=4, n_head=1)), name))
    view = ProbabilitiesView(DARK)
    qtbot.addWidget(view)
    view.resize(QSize(*size))
    with qtbot.waitExposed(view):
        view.show()
    view.show_reading(reading_at(timeline, timeline.end), Place())
    QGuiApplication.processEvents()
    panels = view.panels.panels()
    assert len(panels) == len(name) + 1
    whole = view.panels.rect()
    assert all(whole.contains(panel.toAlignedRect()) for panel in panels)
    assert all(panel.width() >= LEAST_WIDTH for panel in panels)
    for i, panel in enumerate(panels):
        assert not any(panel.intersects(other) for other in panels[:i])
    assert view._scroll.verticalScrollBar().maximum() == 0


def test_figures_take_their_numbers_along(
    view: ProbabilitiesView, qtbot: QtBot, emma_timeline: Timeline
) -> None:
    trace = emma_timeline.trace
    for figure, lines, number in (
        (view._overview, 6, trace.probabilities[4, 26]),
        (view._close_up, 28, trace.logits[3, 7]),
        (view._whole, 6, trace.position_loss[1]),
    ):
        with qtbot.waitSignal(view.told):
            figure.copy()
        text = QGuiApplication.clipboard().text()
        assert len(text.splitlines()) == lines
        assert repr(float(trace.data[number])) in text


def test_pictures_that_can_be_enlarged_are_made_of_lines(
    view: ProbabilitiesView, tmp_path: Path
) -> None:
    for figure in (view._overview, view._close_up, view._whole):
        file = tmp_path / "figure.svg"
        figure.save(file)
        text = file.read_text(encoding="utf-8")
        assert "<image" not in text
        assert text.count("<rect") + text.count("<path") > 5


def test_without_a_pass_there_is_a_sentence(view: ProbabilitiesView, qtbot: QtBot) -> None:
    view.show_reading(None, Place())
    assert view._nothing.isVisible()
    assert view._nothing.text() == NO_PARTS
    assert not view._scroll.isVisible()
    for key in (K.Key_Right, K.Key_Return):
        with qtbot.assertNotEmitted(view.node_chosen):
            QTest.keyClick(view.panels, key)


def test_a_pass_that_failed_shows_what_it_reached(qtbot: QtBot) -> None:
    subject = untrained(Config())
    for row in subject.model.state_dict["layer0.attn_wv"]:
        row[0].data = float("inf")
    timeline = Timeline(record_pass(subject, "emma"))
    view = ProbabilitiesView(DARK)
    qtbot.addWidget(view)
    view.resize(1280, 460)
    with qtbot.waitExposed(view):
        view.show()
    view.show_reading(reading_at(timeline, timeline.end), Place())
    assert len(view.panels.panels()) == 1
    with qtbot.assertNotEmitted(view.node_chosen):
        QTest.keyClick(view.panels, K.Key_Return)
        click(view.panels, spot(view, 0, 3))


def test_numbers_that_are_no_numbers_have_limits(emma_timeline: Timeline, qtbot: QtBot) -> None:
    """Losses without end do not stretch the plot."""
    data = emma_timeline.trace.data.copy()
    data[emma_timeline.trace.position_loss[1]] = np.inf
    timeline = emma_timeline.with_numbers(replace(emma_timeline.trace, data=data))
    view = ProbabilitiesView(DARK)
    qtbot.addWidget(view)
    view.show()
    view.show_reading(reading_at(timeline, timeline.forward_end), Place())
    low, high = view.losses._rows[0].plot.vb.viewRange()[1]
    assert 0 <= low < high < 10


def test_what_was_drawn_has_no_losses_to_show(
    view: ProbabilitiesView, subject: Subject, emma_timeline: Timeline
) -> None:
    drawn = Timeline(record_draws(subject, [subject.tokenizer.bos, 10, 0], [0.5, 0.9]))
    view.show_reading(reading_at(drawn, drawn.end), Place(1))
    assert not view.losses.isVisible()
    assert view._whole._remark.text() == "drawn: no loss"
    view.show_reading(reading_at(emma_timeline, emma_timeline.end), Place(1))
    assert view.losses.isVisible()
    assert view._whole._remark.text() == ""


def test_a_wider_window_has_room_for_more_words(view: ProbabilitiesView) -> None:
    view.resize(WIDE - 1, 700)
    assert "%" not in view._close_up._remark.text().split("most likely")[1]
    view.resize(WIDE, 700)
    assert "%" in view._close_up._remark.text().split("most likely")[1]
