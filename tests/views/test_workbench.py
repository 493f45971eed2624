"""Panels are shown by keys, moved, closed, and put back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QByteArray, QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from explorer.debug.addresses import node_address
from explorer.debug.bookmarks import Bookmark
from explorer.debug.commands import COMMANDS
from explorer.debug.session import Session
from explorer.theme.tokens import DARK
from explorer.trace.passes import Subject
from explorer.views.main_window import MainWindow
from explorer.views.pass_loader import LoadedPass
from explorer.views.workbench import Pane

KEYS = {c.id.removeprefix("panel_"): c.keys[0] for c in COMMANDS if c.id.startswith("panel_")}


def pane_of(window: MainWindow, panel_id: str) -> Pane:
    panes = window.explore.workbench.findChildren(Pane)
    return next(pane for pane in panes if panel_id in [panel.id for panel in pane.panels])


def widget_of(window: MainWindow, panel_id: str):
    if panel_id == "map":
        return window.explore.workbench.centralWidget()
    pane = pane_of(window, panel_id)
    return next(panel.widget for panel in pane.panels if panel.id == panel_id)


@pytest.fixture
def full(window: MainWindow) -> MainWindow:
    """The window with something in every list."""
    window.session.watches.toggle(node_address(window.session.trace, 5))
    window.session.bookmarks.add(Bookmark("emma", 5, None))
    return window


@pytest.mark.parametrize("panel", KEYS)
def test_keys_bring_each_panel_to_the_front_with_the_keyboard_in_it(
    qtbot: QtBot, full: MainWindow, panel: str
) -> None:
    if panel != "map":
        pane_of(full, panel).hide()
    full.explore.timeline_view.setFocus()
    qtbot.keySequence(full, QKeySequence(KEYS[panel]))
    widget = widget_of(full, panel)
    assert widget.isVisible()
    focused = QApplication.focusWidget()
    assert focused is widget or widget.isAncestorOf(focused)


def test_the_condition_is_asked_for_wherever_the_breakpoints_are(
    qtbot: QtBot, full: MainWindow
) -> None:
    full.desk.show_panel("watches")
    pane_of(full, "breakpoints").hide()
    qtbot.keyClick(full, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert full.explore.breakpoints.condition.hasFocus()
    assert full.explore.breakpoints.condition.isVisible()


def test_an_unknown_panel_is_no_harm(full: MainWindow) -> None:
    full.desk.show_panel("no such panel")


def test_the_arrangement_is_kept_and_put_back(full: MainWindow) -> None:
    bench = full.explore.workbench
    inspector, outline = pane_of(full, "inspector"), pane_of(full, "outline")
    bench.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, inspector)
    outline.hide()
    kept = bench.arrangement()
    bench.reset()
    assert bench.dockWidgetArea(inspector) == Qt.DockWidgetArea.RightDockWidgetArea
    assert outline.isVisible()
    assert bench.restore(kept)
    assert bench.dockWidgetArea(inspector) == Qt.DockWidgetArea.LeftDockWidgetArea
    assert outline.isHidden()


@pytest.mark.parametrize("saved", [b"", b"nonsense", b"\0" * 4000])
def test_an_arrangement_that_can_not_be_read_changes_nothing(
    full: MainWindow, saved: bytes
) -> None:
    before = full.explore.workbench.arrangement()
    assert not full.explore.workbench.restore(QByteArray(saved))
    assert full.explore.workbench.arrangement() == before


def test_a_floating_pane_comes_back(full: MainWindow) -> None:
    source = pane_of(full, "source")
    source.setFloating(True)
    full.desk.reset_panels()
    assert not source.isFloating()
    assert source.isVisible()


def test_resetting_gives_every_pane_its_share_again(full: MainWindow) -> None:
    QApplication.processEvents()
    bench = full.explore.workbench
    panes = [pane_of(full, panel) for panel in ("outline", "inspector", "order")]
    before = [pane.size() for pane in panes]
    bench.resizeDocks([panes[0]], [500], Qt.Orientation.Horizontal)
    QApplication.processEvents()
    assert panes[0].width() > before[0].width() + 50
    full.desk.reset_panels()
    QApplication.processEvents()
    for pane, size in zip(panes, before, strict=True):
        assert abs(pane.width() - size.width()) < 40
        assert abs(pane.height() - size.height()) < 40


@pytest.mark.parametrize("size", [(1280, 640), (1280, 720), (1920, 1080)])
def test_every_panel_has_room_at_every_size(full: MainWindow, size: tuple[int, int]) -> None:
    full.resize(*size)
    QApplication.processEvents()
    assert (full.width(), full.height()) == size
    for panel in KEYS:
        full.desk.show_panel(panel)
        widget = widget_of(full, panel)
        assert widget.width() > 200
        assert widget.height() > 90
        assert full.rect().contains(widget.mapTo(full, widget.rect().bottomRight()))


def test_another_window_is_arranged_as_the_last_one(
    qtbot: QtBot, subject: Subject, loaded_emma: LoadedPass, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for seen in (True, False):
        window = MainWindow(subject, Session(), DARK, settings)
        qtbot.addWidget(window)
        window.show()
        window.show_pass(loaded_emma)
        assert pane_of(window, "source").isVisible() == seen
        pane_of(window, "source").hide()
        window.close()


def test_settings_that_are_damaged_are_ignored(
    qtbot: QtBot, subject: Subject, tmp_path: Path
) -> None:
    settings = QSettings(str(tmp_path / "settings.ini"), QSettings.Format.IniFormat)
    for key, value in (("window/geometry", 7), ("window/arrangement", QByteArray(b"rubbish"))):
        settings.setValue(key, value)
    window = MainWindow(subject, Session(), DARK, settings)
    qtbot.addWidget(window)
    window.show()
    assert pane_of(window, "outline").isVisible()


def test_on_a_small_screen_the_map_comes_first(qtbot: QtBot, window: MainWindow) -> None:
    neighbourhood = window.explore.neighbourhood
    assert neighbourhood.isVisible()
    window.resize(1280, 720)
    window.desk.reset_panels()
    qtbot.waitUntil(lambda: not neighbourhood.isVisible())
    window.desk.show_panel("neighbourhood")
    assert neighbourhood.isVisible()
    window.desk.reset_panels()
    window.resize(1600, 1000)
    qtbot.waitUntil(neighbourhood.isVisible)
