"""Views paint again what has changed and nothing else: what is left over has to be right."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from explorer.debug.session import Colour
from explorer.views.layer import Layer
from explorer.views.main_window import MainWindow

RGB = QImage.Format.Format_RGB32


def paint_what_is_due(window: MainWindow) -> None:
    QApplication.processEvents()  # views that follow the selection a moment later
    QApplication.sendEvent(window, QEvent(QEvent.Type.UpdateRequest))


def left_over(window: MainWindow, view: QWidget) -> bool:
    """Return whether a view on the screen looks different from one that is painted anew."""
    screen = window.screen().grabWindow(window.winId()).toImage().convertToFormat(RGB)
    corner = view.mapTo(window, QPoint())
    shown = screen.copy(corner.x(), corner.y(), view.width(), view.height())
    return shown != view.grab().toImage().convertToFormat(RGB)


def check(window: MainWindow) -> None:
    paint_what_is_due(window)
    page = window.explore
    for view in (
        page.token_strip,
        page.timeline_view,
        page.event_bar,
        page.outline.viewport(),
        page.source._code.viewport(),
        page.inspector.viewport(),
    ):
        assert not left_over(window, view), view


@pytest.fixture
def settled(qtbot: QtBot, window: MainWindow) -> MainWindow:
    window.explore.map_view.setFocus()
    paint_what_is_due(window)
    return window


def test_steps_leave_nothing_over(settled: MainWindow) -> None:
    session, timeline = settled.session, settled.session.timeline
    middle = (timeline.backward_start + timeline.backward_end) // 2
    for cursor in (middle, timeline.forward_end // 3, timeline.backward_end):
        session.seek(cursor)
        check(settled)
        for way in (-1, -1, 1):
            session.step(way)
            check(settled)


def test_the_cells_of_a_step_are_painted_as_all_of_them(settled: MainWindow) -> None:
    """Without flows, which look a little different in a layer of their own."""
    session, timeline = settled.session, settled.session.timeline
    session.show_flows(False)
    session.set_colour(Colour.GRADIENT)
    session.seek((timeline.backward_start + timeline.backward_end) // 2)
    paint_what_is_due(settled)
    session.select(None)
    paint_what_is_due(settled)
    for _ in range(8):
        session.step(1)
        paint_what_is_due(settled)  # into the layer
        session.step(1)
        paint_what_is_due(settled)
        view = settled.explore.map_view
        view._painter._base = Layer()  # or the other picture would be made from the same layer
        assert not left_over(settled, view)
