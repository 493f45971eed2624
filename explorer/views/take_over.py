"""What a view takes over from the one that stood in its place, in another look.

Most of what a person has chosen in a view is held by Qt's own widgets: which tab is in front, what
is ticked, typed or scrolled to. Both views were built alike, so these are taken over one by one, in
the order in which they were made; what else belongs to a view it takes over itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractScrollArea,
    QLineEdit,
    QSpinBox,
    QSplitter,
    QTabBar,
    QTextEdit,
    QToolButton,
    QWidget,
)

Kind = TypeVar("Kind", bound=QObject)


@dataclass(frozen=True)
class FocusPlace:
    """What has the keyboard.

    Attributes
    ----------
    area : int
        In which area of the window.
    within : int
        Which of those in the area that can have it.
    """

    area: int
    within: int


def focus_place(window: QWidget, areas: Sequence[QWidget]) -> FocusPlace | None:
    """Return what has the keyboard; None if it is in none of the areas."""
    widget = window.focusWidget()
    for place, area in enumerate(areas):
        if widget is not None and (widget is area or area.isAncestorOf(widget)):
            stops = _stops(area)
            return FocusPlace(place, stops.index(widget) if widget in stops else 0)
    return None


def restore_focus(place: FocusPlace | None, areas: Sequence[QWidget]) -> None:
    """Give the keyboard to what stands where it was."""
    if place is not None:
        stops = _stops(areas[place.area])
        stops[min(place.within, len(stops) - 1)].setFocus(Qt.FocusReason.OtherFocusReason)


def take_over_choices(old: Sequence[QWidget], new: Sequence[QWidget]) -> None:
    """Let areas be as those that stood in their places: tabs, ticks, typed text and sizes."""
    for before, now in zip(old, new, strict=True):
        for tabs, fresh in _pairs(QTabBar, before, now):
            fresh.setCurrentIndex(tabs.currentIndex())
        for action, fresh_action in _pairs(QAction, before, now):
            if action.isCheckable() and action.isChecked() != fresh_action.isChecked():
                fresh_action.trigger()
        for button, fresh_button in _pairs(QAbstractButton, before, now):
            follows = isinstance(button, QToolButton) and button.defaultAction() is not None
            if not follows and button.isChecked() != fresh_button.isChecked():
                fresh_button.click()
        for spin, fresh_spin in _pairs(QSpinBox, before, now):
            fresh_spin.setValue(spin.value())
        for field, fresh_field in _pairs(QLineEdit, before, now):
            if field.isModified():
                take_over_text(field, fresh_field)
        for splitter, fresh_splitter in _pairs(QSplitter, before, now):
            take_over_sizes(splitter, fresh_splitter)


def take_over_text(old: QLineEdit, new: QLineEdit) -> None:
    """Let a field have the text of another, with what is selected of it."""
    new.setText(old.text())
    new.setModified(old.isModified())
    new.setCursorPosition(old.cursorPosition())
    if old.hasSelectedText():
        new.setSelection(old.selectionStart(), old.selectionLength())


def take_over_sizes(old: QSplitter, new: QSplitter) -> None:
    """Share out the room as another splitter did, if that was ever seen."""
    if sum(old.sizes()):
        new.setSizes(old.sizes())


@dataclass(frozen=True)
class ScrollPlace:
    """Where contents are scrolled to, and how long they are, in steps of their scroll bar."""

    at: int
    length: int


def scroll_places(areas: Sequence[QWidget]) -> list[list[ScrollPlace]]:
    """Return where everything in areas is scrolled to."""
    return [[_place_of(scrolled) for scrolled in _scrolled(area)] for area in areas]


def restore_places(places: Sequence[Sequence[ScrollPlace]], areas: Sequence[QWidget]) -> None:
    """Scroll areas to the same places of their contents, which may have become longer."""
    for before, area in zip(places, areas, strict=True):
        now = _scrolled(area)
        for place, scrolled in zip(before, now if len(now) == len(before) else (), strict=False):
            bar, length = scrolled.verticalScrollBar(), _place_of(scrolled).length
            same = abs(length - place.length) <= bar.singleStep()
            bar.setValue(place.at if same else round(place.at * length / max(place.length, 1)))


def _scrolled(area: QWidget) -> list[QAbstractScrollArea]:
    own = [area] if isinstance(area, QAbstractScrollArea) else []
    return [*own, *area.findChildren(QAbstractScrollArea)]


def _place_of(scrolled: QAbstractScrollArea) -> ScrollPlace:
    """Return how far down something is scrolled; its scroll bar may not know yet how long it is."""
    bar = scrolled.verticalScrollBar()
    if isinstance(scrolled, QTextEdit):
        return ScrollPlace(bar.value(), round(scrolled.document().size().height()))
    if isinstance(scrolled, QAbstractItemView):
        scrolled.doItemsLayout()
    return ScrollPlace(bar.value(), bar.maximum() + bar.pageStep())


def _pairs(kind: type[Kind], old: QWidget, new: QWidget) -> list[tuple[Kind, Kind]]:
    """Return what stands in the same places of two areas that were built alike."""
    ours, theirs = ([area] if isinstance(area, kind) else [] for area in (old, new))
    before, now = [*ours, *old.findChildren(kind)], [*theirs, *new.findChildren(kind)]
    return list(zip(before, now, strict=True)) if len(before) == len(now) else []


def _stops(area: QWidget) -> list[QWidget]:
    return [
        widget
        for widget in (area, *area.findChildren(QWidget))
        if widget is area or widget.focusPolicy() != Qt.FocusPolicy.NoFocus
    ]
