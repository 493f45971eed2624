"""The sheet of all keys fits the screen, has a filter, and closes with the key that opened it."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.commands import COMMANDS
from explorer.debug.desk import Command
from explorer.theme.tokens import DARK
from explorer.views import keys_sheet
from explorer.views.keys_sheet import KeysSheet, _fair_cuts
from explorer.views.main_window import MainWindow

K = Qt.Key
SCROLLED = (1280, 720)  # up to this size of the window not all commands are in sight at once


def opened(window: MainWindow) -> KeysSheet:
    QTest.keyClick(window, K.Key_F1)
    sheet = window.findChild(KeysSheet)
    assert sheet.isVisible()
    return sheet


def texts(sheet: QWidget) -> set[str]:
    return {label.text() for label in sheet.findChildren(QLabel) if label.isVisible()}


def test_it_shows_every_command_with_its_keys(window: MainWindow) -> None:
    sheet = opened(window)
    assert {command.title for command in COMMANDS if command.keys} <= texts(sheet)
    sheet.close()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
def test_it_fits_into_the_window_and_nothing_is_cut(
    window: MainWindow, size: tuple[int, int]
) -> None:
    window.resize(*size)
    sheet = opened(window)
    assert sheet.width() <= size[0]
    assert sheet.height() <= size[1]
    area = sheet.findChild(QScrollArea)
    if size > SCROLLED:
        assert area.verticalScrollBar().maximum() == 0
    for label in sheet.findChildren(QLabel):
        assert label.height() >= label.heightForWidth(label.width()), label.text()
        right = label.mapTo(area.widget(), QPoint(label.width(), 0)).x()
        assert right <= area.viewport().width()
    sheet.close()


def columns(sheet: KeysSheet) -> int:
    headings = [x for x in sheet.findChildren(QLabel) if x.property("role") == "heading"]
    return len({label.mapTo(sheet, QPoint(0, 0)).x() for label in headings if label.isVisible()})


@pytest.mark.parametrize(("width", "expected"), [(1280, 3), (1920, 4)])
def test_wider_windows_have_more_columns(
    window: MainWindow, qtbot: QtBot, width: int, expected: int
) -> None:
    window.resize(width, 720)
    sheet = opened(window)
    assert columns(sheet) == expected
    sheet.resize(QSize(900, 600))
    qtbot.waitUntil(lambda: columns(sheet) == 2)
    sheet.close()


@pytest.fixture
def many(window: MainWindow, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> KeysSheet:
    """A sheet of many more commands, in a small window."""
    commands = [
        Command(f"c{i}", f"Do the thing number {i} to what is selected", f"Group {i % 7}",
                ("Ctrl+A", "Shift+Space"), lambda desk: None, lambda desk: True)
        for i in range(130)
    ]  # fmt: skip
    monkeypatch.setattr(keys_sheet, "COMMANDS", commands)
    window.resize(1280, 720)
    sheet = KeysSheet(window, DARK)
    qtbot.addWidget(sheet)
    sheet.show()
    return sheet


def test_many_commands_scroll_by_keys(many: KeysSheet) -> None:
    assert many.height() <= 720
    bar = many.findChild(QScrollArea).verticalScrollBar()
    assert bar.maximum() > 0
    QTest.keyClick(many.filter, K.Key_PageDown)
    assert bar.value() > 0
    QTest.keyClick(many.filter, K.Key_PageUp)
    assert bar.value() == 0
    QTest.keyClick(many.filter, K.Key_Down)
    assert bar.value() > 0


def test_the_filter_leaves_what_has_all_words(window: MainWindow) -> None:
    sheet = opened(window)
    assert sheet.filter.hasFocus() or sheet.focusWidget() is sheet.filter
    QTest.keyClicks(sheet.filter, "colour GRAD")
    left = texts(sheet)
    assert {"Colour by gradient", "Colour by size of the gradient", "MAP"} <= left
    assert "Colour by data" not in left
    assert "TIME" not in left
    sheet.filter.setText("f10")
    assert {"Step", "Step back"} <= texts(sheet)
    sheet.filter.setText("nothing like this")
    assert texts(sheet) == set()
    sheet.filter.clear()
    assert {command.title for command in COMMANDS if command.keys} <= texts(sheet)
    sheet.close()


def test_it_begins_without_a_filter_each_time(window: MainWindow) -> None:
    sheet = opened(window)
    sheet.filter.setText("colour")
    sheet.close()
    assert opened(window).filter.text() == ""
    sheet.close()


@pytest.mark.parametrize("key", [K.Key_Question, K.Key_Escape, K.Key_F1])
def test_keys_close_it(window: MainWindow, key: Qt.Key) -> None:
    sheet = opened(window)
    QTest.keyClick(sheet.filter, key)
    assert not sheet.isVisible()


@given(st.lists(st.integers(1, 400), min_size=1, max_size=9), st.integers(2, 4))
def test_columns_keep_the_order_and_are_fair(heights: list[int], columns: int) -> None:
    cuts = _fair_cuts(heights, columns)
    assert len(cuts) == columns + 1
    assert cuts[0] == 0
    assert cuts[-1] == len(heights)
    assert list(cuts) == sorted(cuts)
    highest = max(sum(heights[a:b]) for a, b in pairwise(cuts))
    assert highest >= max(heights)
    assert highest <= sum(heights) / columns + max(heights)
