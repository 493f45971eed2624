"""The map widget: camera, mouse and keyboard."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QEnterEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QShowEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QStyle, QWidget

from explorer.debug import titles
from explorer.debug.addresses import find_node
from explorer.debug.breakpoints import BreakOn
from explorer.debug.cones import ancestors, descendants
from explorer.debug.roles import node_label
from explorer.debug.session import Colour, Cone, Session
from explorer.layout.camera import Camera, fit
from explorer.layout.flows import Flow
from explorer.layout.map_layout import MapLayout
from explorer.theme import palette
from explorer.theme.palette import Indices
from explorer.theme.tokens import Theme
from explorer.views.camera_glide import CameraGlide
from explorer.views.focus import BY_KEYBOARD, paint_focus
from explorer.views.hover_card import HoverCard
from explorer.views.map_colours import MapColours
from explorer.views.map_export import MapPicture
from explorer.views.map_frame import COLUMN_HEADER, MapMarks
from explorer.views.map_menu import node_menu
from explorer.views.map_painter import MapPainter
from explorer.views.minimap import Minimap

WHEEL_ZOOM = 1.0015  # a unit of wheel angle; a notch is 120 units
NOTCH = 120
KEY_ZOOM, KEY_PAN = 1.3, 80
DRAG_START = 4  # pixels that the mouse moves before a press is a drag
SELECTION_SCALE = 72.0  # pixels a cell after zooming to the selection
SMALLEST_SHARE = 0.5  # of the scale at which the whole map is seen
SEEN_MARGIN = 10  # pixels between a cell in view and the edge
GLIDE = 180  # milliseconds that the camera takes from one place to another
IN_VIEW = 0.4  # of the picture that a scope fills when it counts as entered
ENTERING = 1.15  # how much closer a double click goes at least
MINIMAP_MARGIN = 14
BY_GRADIENT = (Colour.GRADIENT, Colour.MAGNITUDE, Colour.STATE)


class MapView(QWidget):
    """The whole pass as one picture: pan, zoom, click.

    Parameters
    ----------
    session : Session
    theme : Theme

    Attributes
    ----------
    glide : int
        Milliseconds that the camera takes from one place to another; 0 if the person prefers
        reduced motion.
    """

    scope_entered = Signal(int)  # the innermost scope that fills the picture
    limit_changed = Signal(float)  # the end of the colour scale

    def __init__(self, session: Session, theme: Theme) -> None:
        super().__init__()
        self._session, self._theme = session, theme
        self._layout: MapLayout | None = None
        self._painter: MapPainter | None = None
        self._colours: MapColours | None = None
        self._camera = Camera(1.0, 0.0, 0.0)
        self._stale = self._has_old_numbers = False  # what changed while nobody looked
        self._shows_all = True
        self._entered = 0
        self._aim = 0, self._camera  # the scope that was asked for, and where it is in view
        self._pressed: QPointF | None = None
        self._clicked = False  # here, since the map is in sight
        self._dragging = False
        self._shows_focus = False
        self._hover: int | None = None
        self._watched: tuple[tuple[int, str], ...] = ()
        self._breaks: tuple[tuple[int, bool], ...] = ()
        self._card = HoverCard(self, theme)
        self._minimap = Minimap(self, theme)
        self._minimap.chosen.connect(self._centre_on_share)
        self._gliding = CameraGlide(self)
        self._gliding.moved.connect(self._set_camera)
        hint = QStyle.StyleHint.SH_Widget_Animation_Duration
        self.glide = GLIDE if self.style().styleHint(hint, None, self) else 0
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 160)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAccessibleName("Map of the pass")
        session.cursor_moved.connect(self._recolour)
        session.numbers_changed.connect(self._follow_numbers)
        session.colour_changed.connect(self._recolour)
        session.selected.connect(self._show_selection)
        session.found_changed.connect(self._redraw)
        session.watches.changed.connect(self._note_pins)
        session.breakpoints.changed.connect(self._note_pins)

    def show_pass(self, layout: MapLayout, flows: Sequence[Flow], colours: MapColours) -> None:
        """Show the session's pass, laid out as given.

        The camera stays if the map has the same size as the last one.
        """
        timeline = self._session.timeline
        assert timeline is not None
        last = self._layout
        self._layout = layout
        self._colours = colours
        self._painter = MapPainter(
            layout, timeline, flows, titles.scope_titles(timeline.trace), self._theme
        )
        self._hover_over(None)
        self._note_pins()
        self._has_old_numbers = False
        self._shade()
        if last is None or last.grid.shape != layout.grid.shape or self._shows_all:
            self._set_camera(self._whole())
            self._shows_all = True

    @property
    def layout_shown(self) -> MapLayout | None:
        """Where everything stands; None before the first pass."""
        return self._layout

    @property
    def camera(self) -> Camera:
        """Which part of the map is on screen, or will be when the camera stands still."""
        return self._gliding.goal or self._camera

    @property
    def shows_all(self) -> bool:
        """Whether the whole map is shown, at any size of the window."""
        return self._shows_all

    def zoom_to_fit(self) -> None:
        """Show the whole map."""
        if self._layout is not None:
            self.look(self._whole())
            self._shows_all = True

    def zoom_to_selection(self) -> None:
        """Show the selected node large; if it already is, the whole map."""
        camera = self._at_selection()
        if camera == self.camera:
            self.zoom_to_fit()
        elif camera is not None:
            self.look(camera)

    def show_selection(self) -> None:
        """Show the selected node large, also if it already is."""
        camera = self._at_selection()
        if camera is not None:
            self.look(camera)

    def _at_selection(self) -> Camera | None:
        node = self._session.selection
        if node is None or self._layout is None:
            return None
        x, y = float(self._layout.x[node]) + 0.5, float(self._layout.y[node]) + 0.5
        return Camera(SELECTION_SCALE, 0.0, 0.0).centred(x, y, self.width(), self.height())

    def show_scope(self, scope: int) -> None:
        """Show a scope as large as it goes."""
        if scope == 0:
            self.zoom_to_fit()
        elif self._layout is not None:
            self._aim = scope, self._fitted(scope)
            self.look(self._aim[1])

    def look(self, camera: Camera) -> None:
        """Move the camera, smoothly unless the person prefers reduced motion."""
        self._hover_over(None)
        self._shows_all = False
        if self.glide and self.isVisible():
            self._gliding.go(self._camera, camera, QSizeF(self.size()), self.glide)
        else:
            self._gliding.stop()
            self._set_camera(camera)

    def look_again(self, camera: Camera) -> None:
        """Look as a saved camera did, or as near to that as there is something to see."""
        if self._layout is not None:
            box = float(self._layout.width), float(self._layout.height)
            screen = float(self.width()), float(self.height())
            self.look(camera.kept_near(box, screen, self._whole().scale * SMALLEST_SHARE))

    def picture(self) -> MapPicture | None:
        """Return what is shown, to be painted once more; None before the first pass."""
        if self._painter is None:
            return None
        self._catch_up()
        size = (self.width(), self.height())
        marks = self._marks(hovered=None)
        return MapPicture(self._painter, self._camera, size, marks, self._session.cursor)

    def node_at(self, point: QPointF) -> int | None:
        """Return the node at a point of the widget."""
        if self._layout is None:
            return None
        return self._layout.node_at(*self._camera.to_map(point.x(), point.y()))

    def point_of(self, node: int) -> QPointF:
        """Return where the middle of a node's cell is on the widget."""
        assert self._layout is not None
        x, y = self._layout.x[node] + 0.5, self._layout.y[node] + 0.5
        return QPointF(*self._camera.to_screen(x, y))

    def _fitted(self, scope: int) -> Camera:
        assert self._layout is not None
        left, top, width, height = map(float, self._layout.box[scope])
        return fit((left, top, width, height), self.width(), self.height())

    def _whole(self) -> Camera:
        assert self._layout is not None
        whole = (0.0, 0.0, float(self._layout.width), float(self._layout.height))
        return fit(whole, self.width(), self.height())

    def _set_camera(self, camera: Camera) -> None:
        self._camera = camera
        self._tell_scope()
        self._refresh_minimap()
        self.update()

    def _tell_scope(self) -> None:
        """Tell which scope was asked for or fills the picture, if that has changed."""
        trace = self._session.trace
        if self._layout is None or trace is None:
            return
        left, top = self._camera.to_map(0, 0)
        right, bottom = self._camera.to_map(self.width(), self.height())
        framed = np.flatnonzero(self._layout.framed)
        x, y, width, height = self._layout.box[framed].T
        shared = np.clip(np.minimum(x + width, right) - np.maximum(x, left), 0, None)
        shared = shared * np.clip(np.minimum(y + height, bottom) - np.maximum(y, top), 0, None)
        filling = framed[shared >= IN_VIEW * (right - left) * (bottom - top)]
        entered = int(filling[-1]) if filling.size else 0  # pre-order: the last is the innermost
        if self._camera == self._aim[1]:
            entered = self._aim[0]
        if entered != self._entered:
            self._entered = entered
            self.scope_entered.emit(entered)

    def _refresh_minimap(self) -> None:
        if self._painter is None or self._layout is None:
            return
        whole = self._whole()
        if self._camera.scale <= 1.25 * whole.scale:
            self._minimap.hide()
            return
        left, top = self._camera.to_map(0, 0)
        width, height = self.width() / self._camera.scale, self.height() / self._camera.scale
        self._minimap.show_part(self._painter.image, QRectF(left, top, width, height))
        self._minimap.move(
            self.width() - self._minimap.width() - MINIMAP_MARGIN,
            self.height() - self._minimap.height() - MINIMAP_MARGIN,
        )

    def _centre_on_share(self, across: float, down: float) -> None:
        if self._layout is not None:
            x, y = across * self._layout.width, down * self._layout.height
            self._gliding.stop()
            self._set_camera(self._camera.centred(x, y, self.width(), self.height()))

    def _marks(self, hovered: int | None) -> MapMarks:
        moment = self._session.moment
        return MapMarks(
            selected=self._session.selection,
            current=moment.node if moment else None,
            hovered=hovered,
            compared=self._session.compared,
            flows=self._session.shows_flows,
            found=self._session.found,
            found_at=self._session.found_at,
            path=self._session.found_path,
            watched=self._watched,
            breaks=self._breaks,
            what_if=self._session.what_if,
            by_gradient=self._session.colour in BY_GRADIENT,
        )

    def _note_pins(self) -> None:
        """Find the watched nodes and those that break in the pass on show."""
        trace = self._session.trace
        if trace is None:
            return
        watched = [find_node(trace, address) for address in self._session.watches]
        self._watched = tuple(
            (node, node_label(trace, node)) for node in watched if node is not None
        )
        self._breaks = tuple(
            (node, one.enabled)
            for one in self._session.breakpoints
            if one.on in (BreakOn.NODE, BreakOn.GRADIENT)
            and one.address is not None
            and (node := find_node(trace, one.address)) is not None
        )
        self.update()

    def _recolour(self) -> None:
        self._card.hide()  # what it says may be out of date
        if self.isVisible():
            self._shade()
        else:
            self._stale = True

    def _catch_up(self) -> None:
        """Show what has changed while the map was hidden."""
        if self._stale:
            self._shade()

    def _shade(self) -> None:
        self._stale = False
        if self._painter is None or self._colours is None:
            return
        colours = self._colours
        if self._has_old_numbers:
            colours = self._colours = self._with_numbers(self._painter, colours)
        session = self._session
        shading = colours.at(session.cursor, session.colour, session.scale_follows)
        self._painter.recolour(self._outside_of_cone_dimmed(shading.indices))
        self.limit_changed.emit(shading.limit)
        if self._minimap.isVisible():
            self._minimap.update()
        self.update()

    def _follow_numbers(self) -> None:
        self._has_old_numbers = True
        self._recolour()

    def _with_numbers(self, painter: MapPainter, colours: MapColours) -> MapColours:
        """Let a painter show the numbers of the session, and return their colours."""
        self._has_old_numbers = False
        timeline = self._session.timeline
        if timeline is None:
            return colours
        painter.show_numbers(timeline)
        return colours.with_numbers(timeline, self._session.contrast)

    def _outside_of_cone_dimmed(self, indices: Indices) -> Indices:
        trace, node, cone = self._session.trace, self._session.selection, self._session.cone
        if cone is Cone.ALL or node is None or trace is None:
            return indices
        inside = (ancestors if cone is Cone.ANCESTORS else descendants)(trace, node)
        return np.where(inside, indices, np.uint8(palette.UNBORN))

    def _redraw(self) -> None:
        self.update()

    def _show_selection(self) -> None:
        """Bring the selected node into view, if the camera is close and has lost it."""
        node = self._session.selection
        if self._session.cone is not Cone.ALL:
            self._recolour()
        if node is not None and self._layout is not None and not self._shows_all:
            x, y = float(self._layout.x[node]) + 0.5, float(self._layout.y[node]) + 0.5
            point = QPointF(*self.camera.to_screen(x, y))
            edge = SEEN_MARGIN + round(self.camera.scale / 2)
            inside = self.rect().adjusted(edge, edge + COLUMN_HEADER, -edge, -edge)
            if not inside.contains(point.toPoint()):
                self.look(self.camera.centred(x, y, self.width(), self.height()))
        self.update()

    def _zoom(self, factor: float, x: float, y: float, glide: bool = True) -> None:
        if self._layout is None:
            return
        smallest = self._whole().scale * SMALLEST_SHARE
        camera = self.camera.zoomed(factor, x, y, smallest)
        if glide:
            self.look(camera)
        else:
            self._gliding.stop()
            self._shows_all = False
            self._set_camera(camera)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._painter is None:
            painter.fillRect(self.rect(), QColor(self._theme.window))
            return
        self._catch_up()  # a widget can be painted that is not shown
        size = QSizeF(self.size())
        marks = self._marks(self._hover)
        self._painter.paint(painter, self._camera, size, marks, self._session.cursor)
        if self._shows_focus:
            paint_focus(painter, QRectF(self.rect()), self._theme)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = event.reason() in BY_KEYBOARD
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shows_focus = False
        super().focusOutEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._catch_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self._shows_all and self._layout is not None:
            self._gliding.stop()
            self._set_camera(self._whole())
        self._refresh_minimap()

    def event(self, event: QEvent) -> bool:
        if (
            isinstance(event, QNativeGestureEvent)
            and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture
        ):
            point = event.position()
            self._zoom(math.exp(event.value()), point.x(), point.y(), glide=False)
            return True
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        point, angle = event.position(), event.angleDelta().y()
        # A touchpad sends many small angles, which are smooth by themselves.
        glide = abs(angle) >= NOTCH
        self._zoom(WHEEL_ZOOM**angle, point.x(), point.y(), glide)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._pressed, self._dragging = event.position(), False

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            self._hover_over(self.node_at(event.position()), event.position())
            return
        moved = event.position() - self._pressed
        if not self._dragging and moved.manhattanLength() < DRAG_START:
            return
        self._dragging = True
        self._hover_over(None)
        self.setCursor(Qt.CursorShape.ClosedHandCursor)
        self._pressed = event.position()
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
        x, y = self._camera.to_map(event.position().x(), event.position().y())
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
            self._zoom(zooms[key], self.width() / 2, self.height() / 2)
        else:
            super().keyPressEvent(event)

    def _hover_over(self, node: int | None, at: QPointF | None = None) -> None:
        """Tell about the node under the mouse, if there is one."""
        timeline = self._session.timeline
        if node is None or timeline is None or at is None:
            self._card.hide()
        else:
            self._card.show_node(timeline, self._session.cursor, node, at, self._session.contrast)
        if node != self._hover:
            self._hover = node
            self.update()
