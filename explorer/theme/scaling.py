"""Widgets that paint themselves count in pixels of scale 1, and meet the screen through these.

A painter that was scaled by ``theme.scale`` draws in the same pixels. Pictures that are kept are
made for ``device_ratio``, so that they are sharp at every scale.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, QSizeF
from PySide6.QtWidgets import QWidget

from explorer.theme.tokens import Theme


def unscaled_size(widget: QWidget, theme: Theme) -> QSizeF:
    """Return how large a widget is in pixels of scale 1."""
    return QSizeF(widget.size()) / theme.scale


def unscaled_rect(widget: QWidget, theme: Theme) -> QRectF:
    """Return the whole of a widget in pixels of scale 1."""
    return QRectF(QPointF(), unscaled_size(widget, theme))


def unscaled_area(area: QRect, theme: Theme) -> QRectF:
    """Return a part of the screen, as events give it, in pixels of scale 1."""
    return QRectF(QPointF(area.topLeft()) / theme.scale, QSizeF(area.size()) / theme.scale)


def scaled_area(area: QRectF, theme: Theme) -> QRect:
    """Return what part of the widget has all of an area in pixels of scale 1."""
    return QRectF(area.topLeft() * theme.scale, area.size() * theme.scale).toAlignedRect()


def scaled_size(size: QSize, theme: Theme) -> QSize:
    """Return how large on the screen is what has a size in pixels of scale 1."""
    return QSize(theme.px(size.width()), theme.px(size.height()))


def unscaled_point(point: QPointF, theme: Theme) -> QPointF:
    """Return a point of the screen, as events give it, in pixels of scale 1."""
    return point / theme.scale


def scaled_point(point: QPointF, theme: Theme) -> QPointF:
    """Return where a point in pixels of scale 1 is on the widget."""
    return point * theme.scale


def device_ratio(widget: QWidget, theme: Theme) -> float:
    """Return how many pixels of the device are one of scale 1."""
    return widget.devicePixelRatioF() * theme.scale
