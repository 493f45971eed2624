"""What the pen draws on: the map, whose lines move with it, or the screen."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPoint, QPointF, QRectF
from PySide6.QtWidgets import QWidget

from explorer.debug.drawing import Point
from explorer.theme.scaling import unscaled_point, unscaled_rect
from explorer.theme.tokens import Theme
from explorer.views.map_view import MapView


class Board(Protocol):
    """Something that can be drawn on. Points of the layer are in pixels of scale 1."""

    @property
    def name(self) -> str:
        """Lines belong to the board of this name."""

    @property
    def area(self) -> QRectF:
        """Where it is on the layer."""

    def point_on_board(self, point: QPointF) -> Point:
        """Return the point of the board at a point of the layer."""

    def point_on_layer(self, point: Point) -> QPointF:
        """Return where a point of the board is on the layer."""


class WidgetBoard:
    """A widget; its points are shares of its width and height.

    Parameters
    ----------
    name : str
    widget : QWidget
    layer : QWidget
        What lies over it.
    theme : Theme
    """

    def __init__(self, name: str, widget: QWidget, layer: QWidget, theme: Theme) -> None:
        self.name = name
        self._widget, self._layer, self._theme = widget, layer, theme

    @property
    def area(self) -> QRectF:
        """Where the widget is on the layer."""
        corner = QPointF(self._layer.mapFromGlobal(self._widget.mapToGlobal(QPoint())))
        whole = unscaled_rect(self._widget, self._theme)
        return whole.translated(unscaled_point(corner, self._theme))

    def point_on_board(self, point: QPointF) -> Point:
        """Return the shares of width and height at a point of the layer."""
        area = self.area
        return (
            (point.x() - area.left()) / max(area.width(), 1.0),
            (point.y() - area.top()) / max(area.height(), 1.0),
        )

    def point_on_layer(self, point: Point) -> QPointF:
        """Return where shares of width and height are on the layer."""
        area = self.area
        return area.topLeft() + QPointF(point[0] * area.width(), point[1] * area.height())


class MapBoard(WidgetBoard):
    """A map; its points are in cells, so that lines stay with what they were drawn around.

    Parameters
    ----------
    map_view : MapView
    layer : QWidget
        What lies over it.
    theme : Theme
    """

    def __init__(self, map_view: MapView, layer: QWidget, theme: Theme) -> None:
        super().__init__("map", map_view, layer, theme)
        self._map = map_view

    def point_on_board(self, point: QPointF) -> Point:
        """Return the point of the map, in cells, at a point of the layer."""
        inside = point - self.area.topLeft()
        return self._map.seen.to_map(inside.x(), inside.y())

    def point_on_layer(self, point: Point) -> QPointF:
        """Return where a point of the map is on the layer."""
        return self.area.topLeft() + QPointF(*self._map.seen.to_screen(*point))
