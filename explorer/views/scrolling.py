"""Scroll areas around a widget, one within another."""

from __future__ import annotations

from PySide6.QtCore import QPoint
from PySide6.QtWidgets import QScrollArea, QWidget


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
