"""The map under the mouse and the keyboard."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QSinglePointEvent,
    QWheelEvent,
)

from explorer.debug.session import Session
from explorer.theme.scaling import unscaled_point
from explorer.theme.tokens import Theme
from explorer.views.focus import BY_KEYBOARD
from explorer.views.map_canvas import SMALLEST_SHARE, MapCanvas
from explorer.views.map_menu import node_menu

WHEEL_ZOOM = 1.0015  # a unit of wheel angle; a notch is 120 units
NOTCH = 120
KEY_ZOOM, KEY_PAN = 1.3, 80
DRAG_START = 4  # pixels that the mouse moves before a press is a drag
ENTERING = 1.15  # how much closer a double click goes at least


class MapView(MapCanvas):
    """The whole pass as one picture: pan, zoom, click.

    Parameters
    ----------
    session : Session
    theme : Theme
    """

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__(session, theme)
        self._pressed: QPointF | None = None
        self._clicked = False  # here, since the map is in sight
        self._dragging = False
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _unscaled(self, event: QSinglePointEvent) -> QPointF:
        """Return where the mouse is, in pixels of scale 1."""
        return unscaled_point(event.position(), self._theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        super().focusOutEvent(event)

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            point = self._unscaled(event)
            self._zoom(math.exp(event.value()), point.x(), point.y(), glide=False)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        point, angle = self._unscaled(event), event.angleDelta().y()
        # A touchpad sends many small angles, which are smooth by themselves.
        glide = abs(angle) >= NOTCH
        self._zoom(WHEEL_ZOOM**angle, point.x(), point.y(), glide)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = self._unscaled(event), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_over(self.node_at(event.position()), event.position())
            return
        moved = self._unscaled(event) - self._pressed
        if not self._dragging and moved.manhattanLength() < DRAG_START:
            return
        self._dragging = True
        self._hover_over(None)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = self._unscaled(event)
        self._gliding.stop()
        self._shows_all = False
        self._set_camera(self._camera.panned(moved.x(), moved.y()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pressed is not None and not self._dragging:
            node = self.node_at(event.position())
            if node is not None and event.button() == Qt.MouseButton.LeftButton:
                self._click(node, bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        self._clicked |= self._pressed is not None
        self._pressed, self._dragging = None, False
        self.unsetCursor()

    def _click(self, node: int, compare: bool) -> None:
        if compare and node != self._session.selection:
            self._session.compare(node)
        else:
            self._session.compare(None)
            self._session.select(node)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._clicked = False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Enter the next scope inwards that shows more, at the point of the click."""
        trace = self._session.trace
        if trace is None or self._layout is None or not self._clicked:
            return  # the first click may have been on what led here
        point = self._unscaled(event)
        x, y = self._camera.to_map(point.x(), point.y())
        left, top, width, height = self._layout.box.T
        hit = (left <= x) & (x < left + width) & (top <= y) & (y < top + height)
        for scope in np.flatnonzero(hit & self._layout.framed).tolist():
            if scope and self._fitted(scope).scale > ENTERING * self.camera.scale:
                self.show_scope(scope)
                return

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the menu of the node at the mouse; from the keyboard, of the selected one."""
        node, place = self.node_at(QPointF(event.pos())), event.globalPos()
        if event.reason() == QContextMenuEvent.Reason.Keyboard:
            node = self._session.selection
            if node is not None and self._layout is not None:
                place = self.mapToGlobal(self.point_of(node)).toPoint()
        if node is not None and self._session.timeline is not None:
            self._hover_over(None)
            node_menu(self, self._session, node, self.zoom_to_selection).popup(place)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover_over(self.node_at(event.position()), event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._hover_over(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        pans = {
            Qt.Key.Key_Left: (KEY_PAN, 0),
            Qt.Key.Key_Right: (-KEY_PAN, 0),
            Qt.Key.Key_Up: (0, KEY_PAN),
            Qt.Key.Key_Down: (0, -KEY_PAN),
        }
        zooms = {
            Qt.Key.Key_Plus: KEY_ZOOM,
            Qt.Key.Key_Equal: KEY_ZOOM,
            Qt.Key.Key_Minus: 1 / KEY_ZOOM,
        }
        key = Qt.Key(event.key())
        if key in pans:
            self.look(self.camera.panned(*pans[key]))
        elif key in zooms:
            width, height = self.view_size
            self._zoom(zooms[key], width / 2, height / 2)
        else:
            super().keyPressEvent(event)

    def _zoom(self, factor: float, x: float, y: float, glide: bool = True) -> None:
        if self._layout is None:
            return
        smallest = self.whole.scale * SMALLEST_SHARE
        camera = self.camera.zoomed(factor, x, y, smallest)
        if glide:
            self.look(camera)
        else:
            self._gliding.stop()
            self._shows_all = False
            self._set_camera(camera)
