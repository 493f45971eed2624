"""Which words of the glossary stand where the mouse or the keyboard is."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLabel,
    QTabBar,
    QWidget,
)

from explorer.debug.glossary_terms import Term
from explorer.views.linked_text import the_glossary

MOST = 5  # terms that are offered at once


@runtime_checkable
class Written(Protocol):
    """A view that paints its texts itself, or that knows best what it is about."""

    def text_at(self, point: QPoint | None) -> str:
        """Return what is written at a point of the view; None: where its keyboard is."""


def terms_around(widget: QWidget | None, point: QPoint | None = None) -> tuple[Term, ...]:
    """Return the terms that are written there, or else in the headings around it.

    Parameters
    ----------
    widget : QWidget or None
    point : QPoint, optional
        In the widget, where the mouse is; left out, the keyboard is meant.
    """
    while widget is not None:
        for text in (_text_at(widget, point), widget.accessibleName(), _heading(widget)):
            terms = the_glossary().terms_in(text)
            if terms:
                return terms[:MOST]
        if widget.isWindow():
            break
        point = None if point is None else widget.mapToParent(point)
        widget = widget.parentWidget()
    return ()


def _text_at(widget: QWidget, point: QPoint | None) -> str:
    if isinstance(widget, Written):
        return widget.text_at(point)
    if isinstance(widget, QLabel | QAbstractButton):
        return widget.text()
    if isinstance(widget, QComboBox):
        return widget.currentText()
    if isinstance(widget, QTabBar):
        return widget.tabText(widget.currentIndex() if point is None else widget.tabAt(point))
    if isinstance(widget, QHeaderView):
        return "" if point is None else _title(widget, point)
    if isinstance(widget, QAbstractItemView):
        place = None if point is None else widget.viewport().mapFrom(widget, point)
        index = widget.currentIndex() if place is None else widget.indexAt(place)
        return str(index.siblingAtColumn(0).data() or "")
    return widget.accessibleDescription()


def _title(header: QHeaderView, point: QPoint) -> str:
    """Return what a column is called."""
    column, model = header.logicalIndexAt(point), header.model()
    return "" if model is None else str(model.headerData(column, header.orientation()) or "")


def _heading(widget: QWidget) -> str:
    """Return the title of a pane or a figure."""
    own = Qt.FindChildOption.FindDirectChildrenOnly
    labels = widget.findChildren(QLabel, options=own)
    titles = [label.text() for label in labels if label.property("role") == "heading"]
    return " ".join(title for title in titles) or widget.windowTitle()
