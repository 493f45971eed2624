"""The tour of the window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QSettings, QSize, Qt
from pytestqt.qtbot import QtBot

from explorer.debug.session import Session
from explorer.debug.tour import Area
from explorer.theme.tokens import DARK
from explorer.trace.passes import Subject
from explorer.views.looks import SMALLEST
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass
from explorer.views.tour_overlay import TourOverlay
from explorer.views.window_desk import area_of

K = Qt.Key
SIZES = [SMALLEST, QSize(1920, 1080)]


@pytest.fixture
def tour(window: MainWindow) -> TourOverlay:
    window._actions.by_id["tour"].trigger()
    assert window.guides.tour is not None
    return window.guides.tour


def walk(tour: TourOverlay, qtbot: QtBot) -> None:
    qtbot.keyClick(tour, K.Key_PageDown)


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size.width()}")
def test_each_stop_has_its_area_in_the_light_and_the_card_in_sight(
    qtbot: QtBot, window: MainWindow, tour: TourOverlay, size: QSize
) -> None:
    window.resize(size)
    areas = []
    while tour.isVisible():
        assert tour.stop is not None
        areas.append(tour.stop.area)
        assert tour.rect().contains(tour.card.geometry())
        text = tour.text
        assert text.heightForWidth(text.width()) <= text.height()
        whole = tour.stop.area is Area.WINDOW
        light = None if whole else area_of(window.interior, tour.stop.area)
        if light is not None:
            assert not tour.mask().contains(light.center()) or tour.card.geometry().contains(
                light.center()
            )
            corner = QPoint(tour.width() - 1, tour.height() - 1)
            assert light.contains(corner) or tour.mask().contains(corner)
        walk(tour, qtbot)
    assert sorted(area.value for area in areas) == sorted(area.value for area in Area)


def test_keys_go_on_and_back_and_end_it(
    qtbot: QtBot, window: MainWindow, tour: TourOverlay
) -> None:
    before = window.session.cursor
    walk(tour, qtbot)
    qtbot.keyClick(tour, K.Key_Space)
    assert tour.stop is not None
    assert tour.stop.area is Area.POSITIONS
    qtbot.keyClick(tour, K.Key_PageUp)
    assert tour.stop.area is Area.MAP
    qtbot.keyClick(tour, K.Key_Home)  # no key steps the pass below
    assert window.session.cursor == before
    with qtbot.waitSignal(tour.ended):
        qtbot.keyClick(tour, K.Key_Escape)
    assert not tour.isVisible()


def test_words_lead_to_the_glossary(window: MainWindow, tour: TourOverlay) -> None:
    tour.go_on()
    assert 'href="word:parameter"' in tour.text.text()
    tour.text.linkActivated.emit("word:parameter")
    assert window.guides.help is not None
    assert window.guides.help.words.currentItem().text() == "parameter"


def test_it_comes_by_itself_once(
    qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    shown = []
    for _ in range(2):
        window = MainWindow(subject, Session(), DARK, settings, tmp_path / "runs.sqlite3")
        qtbot.addWidget(window)
        window.show()
        window.show_pass(loaded_emma)
        shown.append(window.guides.tour is not None)
        window.close()
    assert shown == [True, False]


def test_without_a_pass_there_is_none(empty_window: MainWindow) -> None:
    empty_window.desk.show_tour()
    assert empty_window.guides.tour is None
