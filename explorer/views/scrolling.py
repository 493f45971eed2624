"""Scroll areas: made, and moved, one within another."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


def scrolling_down(widget: QWidget) -> QScrollArea:
    """Return an area in which a widget is as wide as there is room, and as high as it has to be."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is in it has the keyboard
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area


def scroll_area_around(widget: QWidget) -> QScrollArea | None:
    """Return the nearest scroll area that a widget is in, if there is one."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


def bring_into_view(widget: QWidget, point: QPoint, margin: int) -> None:
    """Scroll all areas around a widget, until a point of it is in view with a margin around."""
    area = scroll_area_around(widget)
    while area is not None:
        inside = area.widget()
        assert inside is not None
        place = widget.mapTo(inside, point)
        area.ensureVisible(place.x(), place.y(), margin, margin)
        area = scroll_area_around(area)
