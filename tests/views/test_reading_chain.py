"""The strip of stages above the parts of a name, in the window."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.anatomy.chain import Stage, reading_chain, stage_moments
from explorer.debug.anatomy.reader import Reader
from explorer.debug.anatomy.reading import Place
from explorer.debug.desk import Workspace
from explorer.theme.tokens import DARK
from explorer.views.main_window import MainWindow
from explorer.views.name_page import NamePage
from explorer.views.probabilities_view import ProbabilitiesView
from explorer.views.reading_chain import ReadingChain

K = Qt.Key


@pytest.fixture
def inside(window: MainWindow) -> MainWindow:
    """The window looking inside the name, with the keyboard in the strip of stages."""
    window.show_workspace(Workspace.NAME)
    window.name_page.chain.setFocus(Qt.FocusReason.TabFocusReason)
    return window


@pytest.fixture
def page(inside: MainWindow) -> NamePage:
    return inside.name_page


@pytest.fixture
def chain(page: NamePage) -> ReadingChain:
    return page.chain


def chip(chain: ReadingChain, stage: Stage) -> QPoint:
    return chain._chips()[list(Stage).index(stage)].center().toPoint()


def click(chain: ReadingChain, stage: Stage) -> None:
    QTest.mouseClick(chain, Qt.MouseButton.LeftButton, pos=chip(chain, stage))


def walk_to(chain: ReadingChain, stage: Stage) -> None:
    for _ in range(list(Stage).index(stage)):
        QTest.keyClick(chain, K.Key_Right)


def scope_of(window: MainWindow, stage: Stage, place: Place) -> int | None:
    reading, _ = Reader(window.session).read()
    assert reading is not None
    return next(link.scope for link in reading_chain(reading, place) if link.stage is stage)


def test_the_strip_follows_time(inside: MainWindow, chain: ReadingChain) -> None:
    inside.session.seek(0)
    assert [link.figure for link in chain._links] == ["BOS = 26"] + [None] * 8
    inside.session.seek(inside.session.timeline.forward_end)
    assert [link.figure is None for link in chain._links] == [False] * 7 + [True] * 2
    before = chain.grab().toImage()
    inside.session.seek(inside.session.timeline.backward_start + 100)
    after = chain.grab().toImage()
    at = chain._chips()[7].topLeft() + QPointF(6, 8)
    assert before.pixelColor(at.toPoint()) == QColor(DARK.panel)
    assert after.pixelColor(at.toPoint()) == QColor(DARK.current_surface)


def test_a_click_opens_the_lines_of_a_stage_and_another_closes_them(chain: ReadingChain) -> None:
    click(chain, Stage.MLP)
    assert chain.is_open
    assert "relu = [unit.relu() for unit in fc1]" in chain.card.code.toPlainText()
    assert "159  def mlp(" in chain.card.code.toPlainText()
    click(chain, Stage.MLP)
    assert not chain.is_open


def test_arrows_lead_the_open_card_from_stage_to_stage(chain: ReadingChain) -> None:
    walk_to(chain, Stage.LOGITS)
    assert chain.accessibleDescription().startswith("logits: ")
    QTest.keyClick(chain, K.Key_Return)
    left = chain.card.x()
    assert "def lm_head" in chain.card.code.toPlainText()
    QTest.keyClick(chain, K.Key_Right)
    assert "def cross_entropy" in chain.card.code.toPlainText()
    assert chain.card.x() >= left
    assert chain.parentWidget().rect().contains(chain.card.geometry())


def test_enter_shows_the_part_that_explains_the_stage(
    page: NamePage, chain: ReadingChain, qtbot: QtBot
) -> None:
    page.tabs.setCurrentIndex(page.tabs.count() - 1)
    walk_to(chain, Stage.LOSS)
    with qtbot.waitSignal(chain.stage_chosen) as chosen:
        QTest.keyClick(chain, K.Key_Return)
    assert chosen.args == [Stage.LOSS]
    assert page.tabs.tabText(page.tabs.currentIndex()) == "Probabilities"
    assert chain.hasFocus()


@pytest.mark.parametrize("keys", [(K.Key_Return, K.Key_Return), (K.Key_M,)])
def test_a_second_enter_or_m_leads_to_the_map(
    inside: MainWindow, chain: ReadingChain, keys: tuple[Qt.Key, ...]
) -> None:
    scope = scope_of(inside, Stage.ATTENTION, inside.name_page.place)
    walk_to(chain, Stage.ATTENTION)
    for key in keys:
        QTest.keyClick(chain, key)
    assert inside.workspace is Workspace.EXPLORE
    trace, node = inside.session.trace, inside.session.selection
    assert scope in trace.scope_path(int(trace.scope[node]))
    assert not chain.is_open


def test_the_card_leads_to_the_map_and_to_both_ends_of_a_stage(
    inside: MainWindow, page: NamePage, chain: ReadingChain, qtbot: QtBot
) -> None:
    click(chain, Stage.UPDATE)
    timeline = inside.session.timeline
    chain.card.start.click()
    assert inside.session.cursor == timeline.backward_end + 1
    chain.card.end.click()
    assert inside.session.cursor == timeline.end
    assert chain.is_open
    (reading, _), link = Reader(inside.session).read(), chain._links[8]
    assert stage_moments(reading, link) == (timeline.backward_end + 1, timeline.end)
    with qtbot.waitSignal(page.scope_chosen):
        QTest.keyClick(chain.card, K.Key_M)
    assert inside.workspace is Workspace.EXPLORE


def test_escape_closes_the_card_and_gives_the_keyboard_back(chain: ReadingChain) -> None:
    QTest.keyClick(chain, K.Key_Return)
    QTest.keyClick(chain, K.Key_Escape)
    assert not chain.is_open
    QTest.keyClick(chain, K.Key_Return)
    chain.card.on_map.setFocus()
    assert chain.is_open
    QTest.keyClick(chain.card.on_map, K.Key_Escape)
    assert not chain.is_open
    assert chain.hasFocus()


def test_the_card_closes_when_the_keyboard_goes_elsewhere(
    page: NamePage, chain: ReadingChain
) -> None:
    click(chain, Stage.LOSS)
    chain.card.code.setFocus()
    assert chain.is_open
    page.tabs.setFocus()
    assert not chain.is_open


def test_tab_goes_through_the_open_card(chain: ReadingChain) -> None:
    QTest.keyClick(chain, K.Key_Return)
    visited = []
    for _ in range(5):
        QTest.keyClick(QApplication.focusWidget(), K.Key_Tab)
        visited.append(QApplication.focusWidget())
    card = chain.card
    assert visited == [card.code, card.on_map, card.start, card.end, card.close_button]


def test_the_strip_shows_the_chosen_position(page: NamePage, chain: ReadingChain) -> None:
    page.show_place(Place(position=3))
    assert chain._links[0].figure == "m = 12"
    QTest.mouseClick(page.token_strip, Qt.MouseButton.LeftButton, pos=QPoint(60, 30))
    assert page.place.position == 0
    assert chain._links[0].figure == "BOS = 26"


def test_a_chip_tells_what_it_shows(chain: ReadingChain) -> None:
    assert chain.accessibleDescription() == "token at 4: a = 0. What is read, and its number"


@pytest.mark.parametrize("width", [1280, 3840])
def test_figures_fit_their_chips(inside: MainWindow, chain: ReadingChain, width: int) -> None:
    inside.resize(width, 900)
    inside.session.seek(inside.session.timeline.backward_start + 1000)
    QApplication.processEvents()
    chips = chain._chips()
    assert len(chips) == len(Stage)
    assert all(chain.rect().contains(area.toAlignedRect()) for area in chips)
    assert all(a.right() < b.left() for a, b in pairwise(chips))


def test_keys_turn_from_part_to_part(inside: MainWindow) -> None:
    tabs = inside.name_page.tabs
    first, last = 0, tabs.count() - 1
    tabs.setCurrentIndex(last)
    inside._actions.by_id["part_on"].trigger()
    assert tabs.currentIndex() == first
    inside._actions.by_id["part_back"].trigger()
    assert tabs.currentIndex() == last
    inside.show_workspace(Workspace.EXPLORE)
    assert not inside._actions.by_id["part_on"].isEnabled()


def test_a_keyboard_sends_another_key_for_shift_and_tab(inside: MainWindow) -> None:
    page, both = inside.name_page, Qt.KeyboardModifier.ControlModifier
    page.tabs.addTab("another")
    page._stack.addWidget(ProbabilitiesView(DARK))
    last = page.tabs.count() - 1
    QTest.keyClick(page.chain, K.Key_Backtab, both | Qt.KeyboardModifier.ShiftModifier)
    assert page.tabs.currentIndex() == last
    QTest.keyClick(page.chain, K.Key_Tab, both)
    assert page.tabs.currentIndex() == 0


def test_without_a_pass_there_is_no_stage(empty_window: MainWindow) -> None:
    empty_window.show_workspace(Workspace.NAME)
    chain = empty_window.name_page.chain
    for key in (K.Key_Right, K.Key_Return, K.Key_M):
        QTest.keyClick(chain, key)
    assert chain._links == ()
    assert not chain.is_open
