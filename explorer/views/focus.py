"""Where the keyboard is: shown, and led from view to view in reading order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QWidget

from explorer.theme.tokens import Theme

WIDTH = 2.0  # pixels of the frame
# Somebody at the keyboard wants to see where it is; who clicks into a view knows.
BY_KEYBOARD = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def paint_focus(painter: QPainter, area: QRectF, theme: Theme, radius: float = 0.0) -> None:
    """Draw the frame of what has the keyboard, within an area in pixels of scale 1."""
    width = theme.line(WIDTH)
    painter.setPen(QPen(QColor(theme.negative), width))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    inside = area.adjusted(width / 2, width / 2, -width / 2, -width / 2)
    painter.drawRoundedRect(inside, radius, radius)


def order_focus(window: QWidget, areas: Sequence[QWidget]) -> None:
    """Let the Tab key visit areas of a window one after the other.

    Parameters
    ----------
    window : QWidget
    areas : sequence of QWidget
        In reading order; the order within each stays.
    """
    ring: list[QWidget] = []
    widget = window.nextInFocusChain()
    while widget is not None and widget is not window:
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            ring.append(widget)
        widget = widget.nextInFocusChain()
    stops = [w for area in areas for w in ring if w is area or area.isAncestorOf(w)]
    for before, after in pairwise(stops):
        QWidget.setTabOrder(before, after)
